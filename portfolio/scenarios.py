"""What if: another order, other appropriations, other slots, tried on a copy of the working order.

A scenario holds the keys of its projects, first one first, and the changes to try. Its lines are
drawn from the same facts as those of the list. Nothing here writes money, and only `use` writes
the working order.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone

from budgets.ledger import lock_changes
from budgets.models import Fund
from portfolio import adopting, order_changes, ranking
from portfolio.line_facts import Standing, standing
from portfolio.models import City, History, Project, Scenario, User
from portfolio.ranking import Between, Stale

LOWEST, HIGHEST = -100, 100
# What a person writes about a scenario; its order changes by moves.
WRITTEN = (
    "name",
    "note",
    "change_percent",
    "fund_changes",
    "scoping_slots",
    "delivery_slots",
)


class Contents(NamedTuple):
    """The projects of a scenario as the list stands by now, by their keys.

    `gone` left the list or were stopped since it was copied and do not count; `new` came to the
    list and are not in the scenario, in the order of the list.
    """

    order: tuple[int, ...]
    gone: tuple[int, ...]
    new: tuple[int, ...]


class Changes(NamedTuple):
    """What is tried in a scenario beside its order, and what it is called.

    `fund_changes` has the percent of single funds by their keys, `change_percent` of all others.
    """

    name: str
    note: str
    change_percent: int
    fund_changes: Mapping[int, int]
    scoping_slots: int
    delivery_slots: int


def now() -> Standing:
    """Return the working order with its lines, today in the city's zone."""
    return standing(City.current().today())


def contents(scenario: Scenario, list_now: Standing) -> Contents:
    """Return which projects of `scenario` count by now, which do not, and which are new."""
    stopped = _stopped()
    counted = set(list_now.order) - stopped
    held = set(scenario.order)
    return Contents(
        order=tuple(project for project in scenario.order if project in counted),
        gone=tuple(project for project in scenario.order if project not in counted),
        new=tuple(one for one in list_now.order if one in counted and one not in held),
    )


def _stopped() -> set[int]:
    on_list = Project.objects.filter(working_position__isnull=False, stage=Project.Stage.STOPPED)
    return set(on_list.values_list("pk", flat=True))


def drawn(scenario: Scenario, order: Sequence[int], list_now: Standing) -> Standing:
    """Return `order` with the lines that the money and the slots of `scenario` draw."""
    wanted = _Tried(
        tuple(order),
        scenario.change_percent,
        {int(fund): percent for fund, percent in scenario.fund_changes.items()},
        scenario.scoping_slots + scenario.delivery_slots,
    )
    for tried, found in list(_lately):
        if found.facts is list_now.facts and tried == wanted:
            return found
    found = list_now.changed(**wanted._asdict())
    _lately.append((wanted, found))
    return found


class _Tried(NamedTuple):
    """What `Standing.changed` takes."""

    order: tuple[int, ...]
    change_percent: int
    fund_changes: dict[int, int]
    slots: int


# What was drawn lately in this process, as long as the facts behind it are the same: among ten
# thousand projects drawing takes longer than all the rest of a page.
_lately: deque[tuple[_Tried, Standing]] = deque(maxlen=4)


def tried(scenario: Scenario, funds: Mapping[int, str]) -> list[str]:
    """Return in words what `scenario` tries beside its order; `funds` are names by their keys."""
    changed = [(funds.get(int(one), "A fund"), by) for one, by in scenario.fund_changes.items()]
    words = [f"{name} {_percent(by)}" for name, by in sorted(changed)]
    if scenario.change_percent:
        name = "All other funds" if changed else "All funds"
        words.append(f"{name} {_percent(scenario.change_percent)}")
    slots = f"{scenario.scoping_slots} in scoping and {scenario.delivery_slots} in delivery at once"
    return [*words, slots]


def _percent(change: int) -> str:
    if not change:
        return "unchanged"
    return f"+{change}%" if change > 0 else f"\u2212{-change}%"


def copy(*, name: str, note: str = "", by: User) -> Scenario:
    """Copy the working order into a scenario of `by`, with the city's own slots.

    Raises ValidationError without a name, and where the list is empty.
    """
    with by.changing():
        city, list_now, stopped = City.current(), now(), _stopped()
        scenario = Scenario(
            name=name.strip(),
            note=note.strip(),
            owner=by,
            order=[project for project in list_now.order if project not in stopped],
            scoping_slots=city.scoping_slots,
            delivery_slots=city.delivery_slots,
            list_mark=list_now.mark,
        )
        if not scenario.order:
            raise ValidationError("The list is empty. Put projects on it before you copy it.")
        _check(scenario)
        scenario.save(force_insert=True)
        return scenario


def move(
    scenario: Scenario, project: Project, *, to: int | Between, seen: int, by: User
) -> ranking.Move:
    """Move `project` in `scenario` to a rank counted from 1, or between two projects.

    `seen` is the revision as the person saw it. Raises Stale when it is another one by now, or the
    two are no neighbors; ValidationError when the project is not in the scenario or the scenario
    was used.
    """
    with by.changing():
        current, list_now = _to_change(scenario, seen), now()
        counted = contents(current, list_now).order
        if project.pk not in counted:
            raise ValidationError("This project is not in the scenario. Reload the page.")
        rest = [one for one in counted if one != project.pk]
        rank = ranking.rank_meant(to, rest)
        if rank is None:
            raise Stale("The two are no neighbors any more. Here is the scenario as it is now.")
        done = ranking.effect(project, rank, drawn(current, counted, list_now))
        if done.after != done.before:
            follower = rest[rank - 1] if rank <= len(rest) else None
            current.order = _placed(current.order, project.pk, follower)
            _save(current, "order")
        return done


def _placed(order: Sequence[int], project: int, follower: int | None) -> list[int]:
    """Return `order` with `project` put before `follower`, at the end where that is None."""
    placed = [one for one in order if one != project]
    placed.insert(len(placed) if follower is None else placed.index(follower), project)
    return placed


def change(scenario: Scenario, changes: Changes, *, seen: int, by: User) -> Scenario:
    """Try other appropriations and slots in `scenario`, or call it otherwise.

    `seen` is the revision as the person saw it. Raises Stale when it is another one by now;
    ValidationError for numbers that make no sense, for a fund that does not exist, and when the
    scenario was used.
    """
    with by.changing():
        current = _to_change(scenario, seen)
        for name, value in changes._asdict().items():
            setattr(current, name, value)
        current.name, current.note = changes.name.strip(), changes.note.strip()
        current.fund_changes = _fund_changes(changes.fund_changes)
        _check(current)
        _save(current, *WRITTEN)
        return current


def _fund_changes(wanted: Mapping[int, int]) -> dict[str, int]:
    """Return the percent by fund as they are stored, the funds as texts."""
    if any(type(percent) is not int for percent in wanted.values()):
        raise ValidationError("Enter each change as a whole number of percent.")
    if any(not LOWEST <= percent <= HIGHEST for percent in wanted.values()):
        raise ValidationError("A change is −100 to 100 percent.")
    if Fund.objects.filter(pk__in=wanted).count() != len(wanted):
        raise ValidationError("One of these funds does not exist. Reload the page.")
    return {str(fund): percent for fund, percent in wanted.items()}


def put_new_at_end(scenario: Scenario, *, seen: int, by: User) -> int:
    """Put the projects that came to the list since at the end; return how many there were."""
    with by.changing():
        current = _to_change(scenario, seen)
        new = contents(current, now()).new
        if new:
            current.order = [*(one for one in current.order if one not in new), *new]
            _save(current, "order")
        return len(new)


def mark(scenario: Scenario) -> str:
    """Return which state of the working order and of the scenario a page shows."""
    return f"{adopting.order_mark()}:{scenario.revision}"


def order_by(scenario: Scenario, list_now: Standing) -> tuple[int, ...]:
    """Return the working order that `scenario` would make: nothing leaves the list by it.

    What is on the list and does not count in the scenario follows at the end, in its present order.
    """
    counted = contents(scenario, list_now).order
    inside = set(counted)
    return (*counted, *(project for project in list_now.order if project not in inside))


def use(scenario: Scenario, *, reason: str, seen: str, by: User) -> Scenario:
    """Make the order of `scenario` the working order; its money and slots stay what-ifs.

    `seen` is the `mark` that the page showed; `reason` explains each project that moves. Raises
    Stale when the working order or the scenario is another one by now, ValidationError without a
    reason and when the scenario was used before.
    """
    with by.changing():
        lock_changes()
        order_seen, _, revision = seen.rpartition(":")
        current = _unused(_locked(scenario))
        if revision != str(current.revision):
            raise _overtaken(current)
        if order_seen != adopting.order_mark():
            told = order_changes.told(mark=order_seen, by=by) or "The working order changed."
            raise Stale(f"{told} Nothing was moved. Read what would change now, then decide again.")
        ranking.restore_order(order_by(current, now()), by=by, reason=reason)
        current.used_by, current.used_at = by, timezone.now()
        _save(current, "used_by", "used_at")
        return current


def discard(scenario: Scenario, *, seen: int, by: User) -> None:
    """Throw `scenario` away; the history keeps it. Raises Stale when it changed since."""
    with by.changing():
        current = _locked(scenario)
        if current.revision != seen:
            raise _overtaken(current)
        current.delete()


def _locked(scenario: Scenario) -> Scenario:
    """Return the saved scenario, locked. Raises Scenario.DoesNotExist when it was thrown away."""
    return Scenario.objects.select_for_update().get(pk=scenario.pk)


def _to_change(scenario: Scenario, seen: int) -> Scenario:
    """Return the saved scenario, locked. Raises as `change` says."""
    current = _unused(_locked(scenario))
    if current.revision != seen:
        raise _overtaken(current)
    return current


def _unused(scenario: Scenario) -> Scenario:
    if scenario.used_at:
        raise ValidationError(
            "This scenario became the working order and stays as it was used. Copy the working "
            "order to try something else."
        )
    return scenario


def _overtaken(scenario: Scenario) -> Stale:
    """Return the refusal for whoever saw `scenario` before it was changed last."""
    changes = History.objects.filter(table=Scenario._meta.db_table, row=str(scenario.pk))
    last = changes.order_by("-id").values_list("user_id", flat=True).first()
    who = User.objects.filter(pk=last).first() if last else None
    return Stale(
        f"{who or 'Somebody'} changed this scenario since you opened it. Nothing of yours was "
        "saved. Here it is as it is now; do it again if you still want to."
    )


def _check(scenario: Scenario) -> None:
    """Raise ValidationError, field by field, where what was written makes no sense."""
    scenario.full_clean(
        exclude=("owner", "order", "fund_changes", "used_by", "used_at"), validate_unique=False
    )


def _save(scenario: Scenario, *names: str) -> None:
    scenario.revision += 1
    scenario.save(update_fields=[*names, "revision"])
