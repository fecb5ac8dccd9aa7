"""A project with its cost and no money, and the people of its budget, each signed in."""

from types import SimpleNamespace

import pytest
from django.test import Client

from budgets.models import Fund
from portfolio.models import Project, User
from tests.factories import add_costs, make_appropriation, make_project


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def project(cast: SimpleNamespace) -> Project:
    made = make_project(cast, title="One sign-up for programs")
    add_costs(made.budget, cast=cast)
    return made


@pytest.fixture
def finance(cast: SimpleNamespace) -> Client:
    return client_of(cast.finance)


@pytest.fixture
def second(cast: SimpleNamespace) -> Client:
    return client_of(cast.second_finance)


@pytest.fixture
def head(cast: SimpleNamespace) -> Client:
    return client_of(cast.head)


@pytest.fixture
def fund(db: None) -> Fund:
    return make_appropriation().fund
