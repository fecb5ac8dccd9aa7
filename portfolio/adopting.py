"""Adopt the one list: what signing the working order changes, and the signature.

The database copies the working order, its reasons and scores when a list is signed. On which side
of the lines each project stands is told to it here, as the page showed it.
"""

import json
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.formats import time_format

from budgets.ledger import lock_changes
from portfolio import list_differences, order_changes
from portfolio.constraints import sentence_for
from portfolio.line_facts import Standing, sentence, standing
from portfolio.list_differences import Difference
from portfolio.models import AdoptedList, City, Project, User
from portfolio.ranking import Stale


def changes_since(adopted: AdoptedList | None) -> int:
    """Return how often the working order was changed since `adopted` was signed."""
    changes = order_changes.changes()
    return changes.filter(at__gt=adopted.signed_at).count() if adopted else changes.count()


def order_mark() -> str:
    """Return a mark of the working order as it is now: it differs after every change."""
    return str(order_changes.changes().aggregate(last=Max("id"))["last"] or 0)


class Signing(NamedTuple):
    """What a manager signs: how the working order stands, and the list it replaces."""

    now: Standing
    latest: AdoptedList | None

    @property
    def mark(self) -> str:
        """A mark of what is shown before signing: the order, the list before, and what it gives.

        Not of how many are ready to scope: that may grow while somebody signs.
        """
        walk, number = self.now.walk, self.latest.number if self.latest else 0
        sums = (walk.slots, walk.slots_used, walk.money, walk.money_used)
        has = [(one.has_people, one.has_money) for one in walk.outcomes.values()]
        told = repr((sums, self.now.critical_warnings, has)).encode()
        return f"{self.now.mark}-{number}-{sha256(told).hexdigest()[:16]}"

    def difference(self) -> Difference:
        """Return what signing changes against the list adopted last."""
        before = list_differences.places_of(self.latest) if self.latest else []
        since = self.latest.signed_at if self.latest else None
        return list_differences.differences(
            before, list_differences.places_now(self.now, since=since)
        )

    def blocked(self) -> list[Project]:
        """Return those above the line for people with something open, in the list's order.

        That is what has a slot and cannot be scoped yet, and what is on hold.
        """
        ranks, walk = self.now.ranks, self.now.walk
        staffed = [project for project in self.now.order if walk.outcomes[project].has_people]
        undefined = Q(problem_defined=False) | Q(budget_dedicated=False)
        found = Project.objects.select_related("department").filter(
            Q(pk__in=staffed, stage=Project.Stage.CONCEPT) & undefined
            | Q(on_hold=True, working_position__isnull=False)
        )
        ended = {Project.Stage.STOPPED, Project.Stage.CLOSED}
        above = [
            project
            for project in found
            if project.stage not in ended and 0 < ranks.get(project.pk, 0) <= walk.people_line
        ]
        return sorted(above, key=lambda project: ranks[project.pk])


def signing(*, on: date) -> Signing:
    """Return what would be signed on that day."""
    return Signing(standing(on), AdoptedList.objects.latest_adopted())


def adopt(
    *, action_number: str, adopted_on: date, by: User, seen: str | None = None
) -> AdoptedList:
    """Sign the working order into the next adopted list, in force from now on.

    `seen` is the mark of what the person saw, where a page showed it. Raises Stale when it changed
    since; ValidationError without an action number, for an empty order, for a day on which the
    list would not be in force, or for an action that adopted a list before.
    """
    action = action_number.strip()
    with by.changing():
        lock_changes()
        if not action:
            raise ValidationError("Enter the number of the action that adopts the list.")
        offered = signing(on=City.current().today())
        if seen is not None and seen != offered.mark:
            raise Stale(_changed(seen, offered, by=by))
        if AdoptedList.objects.filter(action_number=action).exists():
            raise ValidationError(
                f"A list was already adopted by {action}. Check the number, or reload the page."
            )
        if not offered.now.order:
            raise ValidationError("The list is empty. Put projects on it before you adopt it.")
        return _sign(
            AdoptedList(
                action_number=action,
                adopted_on=adopted_on,
                signed_by=by,
                shown=_shown(offered.now),
            ),
            offered.now,
        )


def _changed(seen: str, offered: Signing, *, by: User) -> str:
    """Return in a sentence what changed since a page was shown with the mark `seen`."""
    order, _, rest = seen.partition("-")
    number = rest.partition("-")[0]
    latest = offered.latest
    if latest and number != str(latest.number):
        who = "You" if latest.signed_by == by else latest.signed_by.name
        at = time_format(timezone.localtime(latest.signed_at))
        return (
            f"{who} adopted list {latest.number} by {latest.action_number} at {at}. Nothing was "
            "signed twice. Adopt again only if you still want to."
        )
    if order != offered.now.mark:
        told = order_changes.told(mark=order, by=by) or "Somebody changed the order."
        return f"{told} Look at what changed, then sign again."
    return (
        "Money, costs, stages, critical priorities or slots changed while you had this page open. "
        "Look at what changed, then sign again."
    )


def _shown(now: Standing) -> dict[str, Any]:
    """Return what stood above the list, to be frozen in it. Money in cents."""
    walk = now.walk
    names = (
        "people_line",
        "money_line",
        "slots",
        "slots_used",
        "money",
        "money_used",
        "critical_of_top_ten",
        "critical_money",
        "ready_above",
    )
    bands = [band._asdict() | {"side": band.side.value} for band in walk.bands()]
    shown = {name: getattr(walk, name) for name in names}
    return shown | {"bands": bands, "warnings": now.critical_warnings}


def _outcomes(now: Standing) -> str:
    """Return as JSON, by project, what the lines say of it: what the database copies."""
    score_ranks = now.score_ranks
    return json.dumps(
        {
            project: {
                "people": outcome.has_people,
                "money": outcome.has_money,
                "sentence": sentence(outcome, now.funds),
                "score_rank": score_ranks.get(project),
            }
            for project, outcome in now.walk.outcomes.items()
        }
    )


def _sign(adopted: AdoptedList, now: Standing) -> AdoptedList:
    """Save the list; the database refuses a day on which it would not be in force."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            tell = "SELECT set_config('groundwork.outcomes', %s, true)"
            cursor.execute(tell, [_outcomes(now)])
            adopted.save(force_insert=True)
            cursor.execute(tell, [""])
    except IntegrityError as refused:
        raise ValidationError(sentence_for(refused)) from refused
    adopted.refresh_from_db()
    return adopted
