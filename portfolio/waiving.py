"""Security waivers of projects: who sponsors a project, or prepared its budget, does not sign."""

from datetime import date

from django.core.exceptions import ValidationError

from budgets import waivers
from budgets.models import SecurityWaiver
from portfolio.models import Project, User


def refusals(project: Project, *, by: User) -> list[ValidationError]:
    """Return everything that keeps `by` from signing a waiver for `project`, at once."""
    found = waivers.refusals(project.budget, by=by)
    if by.pk == project.sponsor_id:
        found.append(
            ValidationError(
                "You sponsor this project. Another security officer has to sign.", code="sponsor"
            )
        )
    return found


def sign(
    project: Project, *, reason: str, ends_on: date, by: User, on: date, seen: str = ""
) -> SecurityWaiver:
    """Sign a waiver for the share of security that the budget of `project` has now.

    Raises what `waivers.sign` raises, and ValidationError where `by` sponsors the project. The
    database holds that too (migration `0011_money_on_projects`).
    """
    if by.pk == project.sponsor_id:
        raise ValidationError(refusals(project, by=by))
    return waivers.sign(project.budget, reason=reason, ends_on=ends_on, by=by, on=on, seen=seen)
