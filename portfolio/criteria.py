"""The criteria of the city: which questions are asked, what each weighs, version by version.

A criterion that keeps its words keeps its answers, also when it weighs otherwise or comes back
after a version without it. Other words are another criterion, which is asked anew.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from budgets.ledger import Stale, lock_changes
from portfolio.models import CriteriaVersion, Criterion, User, Weight

WHOLE = 100


class Wanted(NamedTuple):
    """A criterion as somebody wants it: its code (empty for a new one), its words, its weight."""

    code: str
    name: str
    question: str
    anchors: tuple[str, ...]
    weight: int


class Signed(NamedTuple):
    """What a new version did: how many criteria keep their answers, how many are asked anew."""

    version: CriteriaVersion
    kept: int
    anew: int


def newest() -> CriteriaVersion | None:
    """Return the version in force; None before the first one."""
    return CriteriaVersion.objects.order_by("-number").first()


def weights_of(version: CriteriaVersion | None) -> list[Weight]:
    """Return the criteria of `version` with their weights, in their order."""
    if version is None:
        return []
    return list(version.weights.select_related("criterion").order_by("place"))


def as_wanted(version: CriteriaVersion | None) -> list[Wanted]:
    """Return what `version` says."""
    return [
        Wanted(
            weight.criterion.code,
            weight.criterion.name,
            weight.criterion.question,
            tuple(weight.criterion.anchors),
            weight.weight,
        )
        for weight in weights_of(version)
    ]


def new_version(*, wanted: Sequence[Wanted], reason: str, seen: int, by: User) -> Signed:
    """Put `wanted` in force, in this order, instead of the criteria before.

    `seen` is the number of the version that the person read, 0 for none. Raises Stale when there
    is a newer one; ValidationError without a reason, for what differs in nothing, for weights
    that do not add up to 100, and for a criterion without a name, a question or one of its six
    answers, or with the name of another.
    """
    with by.changing():
        lock_changes()
        before = newest()
        if (before.number if before else 0) != seen:
            raise Stale(
                "Somebody made a new version of the criteria while you had this page open. Yours "
                "are still here: compare them with the ones in force, then sign again."
            )
        _check(wanted, reason)
        named = list(_named(wanted))
        if named == as_wanted(before):
            raise ValidationError(f"Nothing differs from version {seen}.")
        asked_before = {weight.criterion_id for weight in weights_of(before)}
        version = CriteriaVersion(reason=reason.strip(), signed_by=by)
        version.save(force_insert=True)
        version.refresh_from_db()
        weights = [_weigh(version, place, one) for place, one in enumerate(named, start=1)]
        kept = sum(weight.criterion_id in asked_before for weight in weights)
        return Signed(version, kept=kept, anew=len(weights) - kept)


def _check(wanted: Sequence[Wanted], reason: str) -> None:
    total = sum(one.weight for one in wanted)
    if not reason.strip():
        raise ValidationError("Say why the criteria or their weights change.")
    if total != WHOLE:
        raise ValidationError(f"The weights add up to {total}. They must add up to {WHOLE}.")
    if any(not 1 <= one.weight <= WHOLE for one in wanted):
        raise ValidationError("A weight is a whole number from 1 to 100.")
    if any(not all((one.name, one.question, *one.anchors)) for one in wanted):
        raise ValidationError("Write a name, a question and the words for each of the six answers.")
    codes = [one.code for one in wanted if one.code]
    if len(set(codes)) < len(codes):
        raise ValidationError("A criterion stands here twice. Reload the page.")
    if len({one.name.casefold() for one in wanted}) < len(wanted):
        raise ValidationError("Two criteria have the same name. Give one of them another.")


def _named(wanted: Sequence[Wanted]) -> Iterator[Wanted]:
    """Yield `wanted`, new ones with a code made from their name."""
    taken = {one.code for one in wanted if one.code}
    for one in wanted:
        if one.code:
            yield one
            continue
        stem = slugify(one.name).replace("-", "_")[:26] or "criterion"
        spare = (f"{stem}_{number}" for number in range(2, len(wanted) + 2))
        code = next(name for name in (stem, *spare) if name not in taken)
        taken.add(code)
        yield one._replace(code=code)


def _weigh(version: CriteriaVersion, place: int, one: Wanted) -> Weight:
    """Weigh a criterion in `version`: the one with the same words, else a new one."""
    words = {
        "code": one.code,
        "name": one.name,
        "question": one.question,
        "anchors": list(one.anchors),
    }
    criterion = Criterion.objects.filter(**words).first() or Criterion.objects.create(**words)
    return Weight.objects.create(
        version=version, criterion=criterion, place=place, weight=one.weight
    )
