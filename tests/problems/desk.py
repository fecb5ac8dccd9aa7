"""One step of a statement as somebody has it in front of them, and what they do there."""

from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse

from problems.models import Problem
from tests.problems.pages import typed


def opened(client: Client, problem: Problem, step: str, *, add: str = "") -> SimpleNamespace:
    """Open a step; `add` names a part that shows an empty row."""
    url = reverse("problems:step", args=[problem.pk, step])
    shown = client.get(url, {"add": add} if add else {})
    return SimpleNamespace(client=client, problem=problem, url=url, shown=shown)


def send(page: SimpleNamespace, **changes: str) -> Any:
    """Press a button on the page, after typing `changes`; "__" stands for "-"."""
    return page.client.post(page.url, typed(page.shown, **changes))


def autosave(page: SimpleNamespace, **changes: str) -> Any:
    """Let the page save by itself after typing `changes`."""
    values = typed(page.shown, **changes)
    return page.client.post(page.url, values, headers={"HX-Request": "true"})


def saved(page: SimpleNamespace) -> Problem:
    """Return the problem of the page as it is saved."""
    return Problem.objects.get(pk=page.problem.pk)
