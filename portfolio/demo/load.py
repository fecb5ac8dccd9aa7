"""Loads the demonstration city into an empty database, through the functions people use.

One transaction: either the whole city is there, or nothing. Loading again changes nothing.
"""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from budgets.ledger import lock_changes
from budgets.models import Appropriation, Fund
from portfolio.demo import (
    city_settings,
    finances,
    options,
    people,
    plans,
    scores,
    spending,
    statements,
)
from portfolio.models import AdoptedList, City, Department, Project, User
from portfolio.roles import Role
from problems.models import Problem


class Loaded(NamedTuple):
    """What was made."""

    city: City
    adopted: AdoptedList

    @property
    def sentence(self) -> str:
        """The city in numbers."""
        counts = ", ".join(
            f"{model.objects.count()} {model._meta.verbose_name_plural}"
            for model in (Department, User, Problem, Project, Fund, Appropriation)
        )
        return (
            f"Made the {self.city.name}: {counts}. Priority list {self.adopted.number} with "
            f"{self.adopted.length} projects was adopted by {self.adopted.action_number}."
        )


def load() -> Loaded | None:
    """Make the demonstration city; return None where it is there already.

    Raises ValidationError, and touches nothing, in a database that holds anything else.
    """
    with transaction.atomic():
        # Two loaders at once: the second one waits here and finds the city.
        lock_changes()
        if City.current().is_demonstration:
            return None
        _insist_on_empty_database()
        everybody = people.build()
        city = City.current()
        with timezone.override(ZoneInfo(city.time_zone)):
            return Loaded(city, _plan(everybody, city))


def _insist_on_empty_database() -> None:
    kept = {
        "a city": City.objects.all(),
        "people": User.objects.all(),
        "departments": Department.objects.all(),
        "funds": Fund.objects.all(),
        "problems": Problem.objects.all(),
        "projects": Project.objects.all(),
    }
    found = [name for name, rows in kept.items() if rows.exists()]
    if found:
        raise ValidationError(
            f"This database holds other data ({', '.join(found)}), so the demonstration was not "
            "loaded. Use an empty database."
        )


def _plan(everybody: people.People, city: City) -> AdoptedList:
    """Make problems, money, list, and scopes in the order in which a city would."""
    today = city.today()
    city_settings.add_words(everybody)
    problems = statements.build(everybody, on=today)
    projects = plans.start(everybody, problems)
    enters, confirms, *_ = everybody.holding(Role.FINANCE_OFFICER)
    waives, *_ = everybody.holding(Role.SECURITY_OFFICER)
    finances.build(projects, finances.Officers(enters, confirms, waives), on=today)
    options.build(projects)
    scores.build(projects, everybody)
    adopted = plans.adopt(projects, everybody, on=today)
    plans.scope(projects, everybody, on=today)
    spending.build(projects, by=enters, on=today)
    statements.reopen(everybody, problems)
    return adopted
