"""Scores: what departments answer, what the manager corrects, and the order that follows.

The database computes the score of a project from its answers and the newest weights. Scores
advise, the manager ranks: nothing here moves a project on the list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from itertools import groupby
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from budgets.ledger import Stale, lock_changes
from portfolio.models import Answer, CriteriaVersion, Criterion, Project, User, Weight
from portfolio.models.scoring import HIGHEST_ANSWER
from problems.models import AffectedGroup, Problem

NEVER_SCORED = (Project.Stage.CLOSED, Project.Stage.STOPPED)
OVERTAKEN = (
    "Somebody answered, or changed the criteria, while you had this page open. Here are the "
    "answers as they are now, with yours still chosen. Look at them, then save again."
)


class Question(NamedTuple):
    """A criterion that is asked about a project: what it weighs, and the answer so far."""

    criterion: Criterion
    weight: int
    answer: Answer | None

    @property
    def words(self) -> str:
        """The department's answer in words; empty while there is none."""
        return self.criterion.anchors[self.answer.value] if self.answer else ""

    @property
    def corrected_words(self) -> str:
        """The manager's correction in words; empty while there is none."""
        if self.answer is None or self.answer.corrected_value is None:
            return ""
        return self.criterion.anchors[self.answer.corrected_value]

    @property
    def is_corrected(self) -> bool:
        """True once the manager corrected the answer: then the department leaves it."""
        return self.answer is not None and self.answer.corrected_value is not None

    @property
    def points(self) -> Decimal | None:
        """What the answer adds to the score: its share of the weight. None while there is none."""
        if self.answer is None:
            return None
        return Decimal(self.weight * self.answer.counted) / HIGHEST_ANSWER


def questions(project: Project) -> list[Question]:
    """Return what the newest criteria ask about `project`, in their order: two queries."""
    newest = CriteriaVersion.objects.order_by("-number").values("pk")[:1]
    weights = Weight.objects.filter(version__in=newest).select_related("criterion")
    answers = {
        one.criterion_id: one
        for one in project.answers.select_related("answered_by", "corrected_by")
    }
    return [
        Question(weight.criterion, weight.weight, answers.get(weight.criterion_id))
        for weight in weights.order_by("place")
    ]


def mark(asked: Sequence[Question]) -> str:
    """Return a mark of what is asked and answered: it differs after every change of either."""
    said = "\n".join(f"{one.criterion.pk} {one.weight} {_said(one.answer)}" for one in asked)
    return blake2b(said.encode(), digest_size=12).hexdigest()


def _said(answer: Answer | None) -> str:
    if answer is None:
        return ""
    return f"{answer.value} {answer.answered_at} {answer.corrected_value} {answer.corrected_at}"


def answer(project: Project, *, values: Mapping[int, int], by: User, seen: str = "") -> int:
    """Answer criteria of `project`, and return how many answers are new or changed.

    `values` are answers of 0 to 5 by the key of their criterion; those left out stay as they are.
    `seen` is the mark of the page, where there was one. Raises Stale when answers or criteria
    changed since, ValidationError for a project that has ended, for what is not asked or not one
    of the six answers, and for an answer that the manager corrected.
    """
    with by.changing():
        lock_changes()
        _insist_on_running(project)
        asked = questions(project)
        if seen and seen != mark(asked):
            raise Stale(OVERTAKEN)
        known = {one.criterion.pk: one for one in asked}
        changed = {
            key: value
            for key, value in values.items()
            if key not in known or known[key].answer is None or known[key].answer.value != value  # type: ignore[union-attr]
        }
        for key, value in changed.items():
            _keep(project, known.get(key), value, by)
        return len(changed)


def _keep(project: Project, question: Question | None, value: int, by: User) -> None:
    """Write one answer of a department."""
    if question is None:
        raise ValidationError("This is no longer asked. Reload the page.")
    if question.is_corrected:
        raise ValidationError(
            f"{question.criterion}: a city manager corrected this answer. Ask one to change it."
        )
    kept = question.answer or Answer(project=project, criterion=question.criterion)
    kept.value, kept.answered_by, kept.answered_at = _one_of_six(value), by, timezone.now()
    kept.save()


def correct(
    project: Project, *, criterion: int, value: int, reason: str, by: User, seen: str = ""
) -> Answer:
    """Let `value` count instead of what the department answered; its answer stays visible.

    `seen` is the mark of the page, where there was one. Raises Stale when answers or criteria
    changed since, ValidationError without a reason, without an answer to correct, for the answer
    that counts already, and for a project that has ended.
    """
    with by.changing():
        lock_changes()
        _insist_on_running(project)
        asked = questions(project)
        if seen and seen != mark(asked):
            raise Stale(OVERTAKEN)
        found = next((one for one in asked if one.criterion.pk == criterion), None)
        if found is None or found.answer is None:
            raise ValidationError("There is no answer to correct. The department answers first.")
        if not reason.strip():
            raise ValidationError("Say why another answer is right.")
        if _one_of_six(value) == found.answer.counted:
            raise ValidationError("This answer counts already. Choose another one.")
        kept = found.answer
        kept.corrected_value, kept.correction_reason = value, reason.strip()
        kept.corrected_by, kept.corrected_at = by, timezone.now()
        kept.save()
        return kept


def _insist_on_running(project: Project) -> None:
    stage = Project.objects.values_list("stage", flat=True).get(pk=project.pk)
    if stage in NEVER_SCORED:
        raise ValidationError(f"This project is {stage}. Its answers stay as they are.")


def _one_of_six(value: int) -> int:
    if not 0 <= value <= HIGHEST_ANSWER:
        raise ValidationError("Choose one of the six answers.")
    return value


class Place(NamedTuple):
    """What decides where a project stands by score, the most telling first.

    Dollars are whole-life and None where nothing is estimated; people and the day of acceptance
    come from the accepted problem statement alone.
    """

    project: int
    score: Decimal
    safety: int | None
    mandate: int | None
    outside_money: int | None
    people: int
    whole_life: Decimal | None
    defined_at: datetime | None
    key: str


# What each part of a place is called where it decides a tie.
DECIDED_BY = {
    "safety": "life, health and safety",
    "mandate": "legal duty",
    "outside_money": "outside money and its deadline",
    "people": "more people affected",
    "whole_life": "lower whole-life cost",
    "defined_at": "the earlier accepted problem",
    "key": "the manager’s order",
}


# Where each part of a place is found.
COLUMNS = {
    "project": "pk",
    "score": "score__score",
    "safety": "score__safety",
    "mandate": "score__mandate",
    "outside_money": "score__outside_money",
    "people": "people",
    "whole_life": "whole_life",
    "defined_at": "defined_at",
    "key": "working_position__key",
}


def _places() -> QuerySet[Any, tuple[Any, ...]]:
    """Return the places of the projects whose every criterion is answered, best score first.

    Also of those that are not on the list: what is remembered of them holds when they are put
    there.
    """
    people = AffectedGroup.objects.filter(
        problem=OuterRef("problem"), problem__state=Problem.State.DEFINED
    )
    counted = people.order_by().values("problem").annotate(sum=Sum("number")).values("sum")
    cost = F("budget__one_time_cost") + F("budget__contingency") + F("budget__recurring_cost")
    accepted = When(problem__state=Problem.State.DEFINED, then=F("problem__decided_at"))
    most_first = ("score", "safety", "mandate", "outside_money", "people")
    least_first = ("whole_life", "defined_at", "key")
    return (
        Project.objects.filter(score__asked__gt=0, score__answered=F("score__asked"))
        .annotate(
            people=Coalesce(Subquery(counted), 0),
            whole_life=NullIf(cost, Value(Decimal(0))),
            defined_at=Case(accepted),
        )
        .order_by(
            *(F(COLUMNS[name]).desc(nulls_last=True) for name in most_first),
            *(F(COLUMNS[name]).asc(nulls_last=True) for name in least_first),
        )
        .values_list(*COLUMNS.values())
    )


def equal_places() -> list[tuple[int, ...]]:
    """Return the projects in score order, together where only the manager's order decides.

    All whose every criterion is answered, on the list or not. Equal scores are decided by safety,
    legal duty, outside money and its deadline, people affected, lower whole-life cost, the earlier
    accepted problem, and last the manager's order (the chain is a judgement of ours; Bernalillo
    County uses its letters the same way, for ties alone). One query.
    """
    places = groupby(_places(), key=lambda row: row[1:-1])
    return [tuple(row[0] for row in together) for _, together in places]


class Tie(NamedTuple):
    """A project with the score of its neighbor by score, and what decided between the two."""

    neighbor: int
    is_before: bool
    decided_by: str

    @property
    def sentence(self) -> str:
        """The tie in words."""
        side = "before" if self.is_before else "after"
        return f"Same score as P-{self.neighbor:03d}; {side} it by {self.decided_by}"


def tie_breaks(score_ranks: Mapping[int, int], shown: Iterable[int]) -> dict[int, list[Tie]]:
    """Return by what ties the places of `shown` were decided, each against its neighbors.

    `score_ranks` is the rank by score of each, best first. One query, however many are shown.
    """
    by_score = list(score_ranks)
    starts = {score_ranks[one] + side for one in shown if one in score_ranks for side in (-2, -1)}
    pairs = [by_score[start : start + 2] for start in sorted(starts) if start >= 0]
    wanted = {project for pair in pairs for project in pair}
    found = {row[0]: Place(*row) for row in _places().filter(pk__in=wanted)}
    ties: dict[int, list[Tie]] = {}
    for first, *second in pairs:
        for one, tie in _between(found.get(first), found.get(second[0]) if second else None):
            ties.setdefault(one, []).append(tie)
    return ties


def _between(first: Place | None, second: Place | None) -> Iterator[tuple[int, Tie]]:
    """Yield the tie between two neighbors for either of them; nothing where there is none."""
    if first is None or second is None or first.score != second.score:
        return
    for name, words in DECIDED_BY.items():
        if getattr(first, name) != getattr(second, name):
            yield second.project, Tie(first.project, is_before=False, decided_by=words)
            yield first.project, Tie(second.project, is_before=True, decided_by=words)
            return


def places_off(order: Sequence[int], score_ranks: Mapping[int, int]) -> dict[int, int]:
    """Return by how many places each scored project stands below (+) or above (−) its score.

    `order` is the list, `score_ranks` the rank by score of those whose score is complete. Only
    these are counted: who is not scored yet puts nobody off.
    """
    scored = (project for project in order if project in score_ranks)
    return {project: place - score_ranks[project] for place, project in enumerate(scored, start=1)}


def off_in_words(places: int) -> str:
    """Say what `places_off` counted: 3 places above its score, as its score says."""
    if places == 0:
        return "as its score says"
    number = abs(places)
    side = "below" if places > 0 else "above"
    return f"{number:,} {'place' if number == 1 else 'places'} {side} its score"


class Comparison(NamedTuple):
    """The list beside the scores, by project: the order, the rank by score, the places off."""

    order: Sequence[int]
    score_ranks: Mapping[int, int]
    off: Mapping[int, int]

    @property
    def best_first(self) -> list[int]:
        """Everything on the list by score; what is not scored yet comes last, in list order."""
        return [*self.score_ranks, *(one for one in self.order if one not in self.score_ranks)]


def compare(order: Sequence[int], score_ranks: Mapping[int, int]) -> Comparison:
    """Return the list `order` beside `score_ranks`, the rank by score of each, best first."""
    return Comparison(order, score_ranks, places_off(order, score_ranks))
