"""From the records to a brief: everything is read here, at one moment, and nothing later.

The number of queries does not depend on the number of rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.utils.dateformat import format as in_format
from django.utils.formats import date_format

from budgets.models import Allocation
from portfolio import gates
from portfolio.briefs import freeze_budget, freeze_problem, summary
from portfolio.briefs.content import (
    NO_MONEY,
    DatedStep,
    FundTotal,
    ListBrief,
    ListEntry,
    Masthead,
    OptionRow,
    PriorityPart,
    ProjectBrief,
    RiskRow,
    ScopePart,
)
from portfolio.briefs.verdict import Blocker, GateState, Panel
from portfolio.child_rows import child_rows
from portfolio.models import (
    AdoptedEntry,
    AdoptedList,
    City,
    Deliverable,
    HistoryLink,
    Milestone,
    Project,
    Risk,
    ScopeOption,
    User,
)
from problems.models import Problem

# Blockers that the headline and its reason say already.
TOLD_BY_HEADLINE = frozenset({"on_hold", "project_stopped", "project_closed"})


def project_brief(project: Project, *, by: User, at: datetime) -> ProjectBrief:
    """Return the brief of `project` as `by` prepares it at that moment: at most 15 queries.

    A problem that `by` may not read (another department's, never sent in) is named as a draft and
    not shown.
    """
    with one_moment():
        city = City.current()
        today = at.astimezone(ZoneInfo(city.time_zone)).date()
        found = _with_everything(project.pk, by)
        gate = _gate(found, today)
        problem = freeze_problem.part(found, may_read=found.problem_is_readable, on=today)
        budget = freeze_budget.part(found.budget)
        priority = _priority(found, today)
        return ProjectBrief(
            masthead=_masthead(city, by=by, at=at),
            title=found.title,
            reference=found.reference,
            department=found.department.name,
            sponsor=str(found.sponsor or ""),
            in_brief=summary.of_project(problem=problem, priority=priority, budget=budget),
            gate=gate,
            problem=problem,
            priority=priority,
            budget=budget,
            scope=_scope(found),
        )


def list_brief(adopted_list: AdoptedList, *, by: User, at: datetime) -> ListBrief:
    """Return the brief of an adopted list: at most 10 queries, whatever its length."""
    with one_moment():
        city = City.current()
        today = at.astimezone(ZoneInfo(city.time_zone)).date()
        signed = AdoptedList.objects.select_related("signed_by").get(pk=adopted_list.pk)
        entries = tuple(_entries(signed))
        standing = _standing(signed, today)
        cost, committed = (
            (entries[-1].cost_so_far, entries[-1].committed_so_far)
            if entries
            else (NO_MONEY, NO_MONEY)
        )
        return ListBrief(
            masthead=_masthead(city, by=by, at=at),
            number=signed.number,
            action_number=signed.action_number,
            adopted_on=signed.adopted_on,
            valid_until=_last_day(signed),
            signed_by=str(signed.signed_by),
            standing=standing,
            in_brief=summary.of_list(
                entries=entries, standing=standing, cost=cost, committed=committed
            ),
            entries=entries,
            funds=tuple(_funds(signed)),
        )


@contextmanager
def one_moment() -> Iterator[None]:
    """Read as of one moment, so that no part of a brief contradicts another.

    Inside somebody's transaction that is theirs to decide.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _masthead(city: City, *, by: User, at: datetime) -> Masthead:
    local = at.astimezone(ZoneInfo(city.time_zone))
    link = HistoryLink.objects.order_by("-id").first()
    digits = bytes(link.hash).hex() if link else ""
    return Masthead(
        city=city.name,
        is_demonstration=city.is_demonstration,
        prepared_on=local.date(),
        prepared_at=in_format(local, "N j, Y, g:i A T"),
        prepared_by=str(by),
        # Sixteen of its digits are enough to know it by.
        history_head=digits[:16],
        history_entry=link.pk if link else 0,
    )


def _with_everything(pk: int, by: User) -> Any:
    """Return the project with the parts of its scope and of its problem that are plain words."""
    of_scope = Q(scope__project=OuterRef("pk"))
    readable = Problem.objects.visible_to(by).filter(pk=OuterRef("problem"))
    return (
        Project.objects.for_pages()
        .select_related(
            *("scope", "problem__owner", "problem__decided_by", "problem__critical_priority"),
            *("problem__department", "budget__confirmed_by"),
        )
        .annotate(
            problem_is_readable=Exists(readable),
            scope_options=child_rows(
                ScopeOption.objects.filter(of_scope),
                *("kind", "description", "advantages", "drawbacks", "is_chosen"),
            ),
            scope_deliverables=child_rows(
                Deliverable.objects.filter(of_scope), "what", "done_when"
            ),
            scope_milestones=child_rows(Milestone.objects.filter(of_scope), "what", "due"),
            scope_risks=child_rows(
                Risk.objects.filter(of_scope), "what", "likelihood", "effect", "answer"
            ),
            **freeze_problem.parts_in_words(),
        )
        .get(pk=pk)
    )


def _gate(project: Project, today: date) -> GateState:
    gate = gates.scoping_gate(project, on=today)
    stage = Project.Stage(project.stage)
    return GateState(
        stage=stage.label,
        has_left_concept=project.has_left_concept,
        is_over=stage in {Project.Stage.STOPPED, Project.Stage.CLOSED},
        hold_reason=project.hold_reason,
        stopped_reason=project.stopped_reason,
        panels=tuple(
            Panel(panel.name, panel.is_defined, panel.sentence, _blockers(panel.blockers))
            for panel in gate.panels
        ),
        others=tuple(item for item in _blockers(gate.others) if item.code not in TOLD_BY_HEADLINE),
    )


def _blockers(found: tuple[gates.Blocker, ...]) -> tuple[Blocker, ...]:
    return tuple(Blocker(item.code, item.sentence, item.owner) for item in found)


def _priority(project: Project, today: date) -> PriorityPart | None:
    latest = AdoptedList.objects.order_by("-number").values("pk")[:1]
    entry = (
        AdoptedEntry.objects.select_related("adopted_list", "adopted_list__signed_by")
        .filter(project=project, adopted_list=Subquery(latest))
        .first()
    )
    if entry is None:
        return None
    signed = entry.adopted_list
    return PriorityPart(
        rank=entry.rank,
        length=signed.length,
        list_number=signed.number,
        action_number=signed.action_number,
        adopted_on=signed.adopted_on,
        valid_until=_last_day(signed),
        signed_by=str(signed.signed_by),
        is_in_force=signed.is_in_force(on=today),
    )


def _scope(project: Any) -> ScopePart | None:
    scope = getattr(project, "scope", None)
    if scope is None:
        return None
    return ScopePart(
        approach=scope.approach,
        options=tuple(
            OptionRow(**row | {"kind": ScopeOption.Kind(row["kind"]).label})
            for row in project.scope_options
        ),
        deliverables=tuple(
            DatedStep(row["what"], row["done_when"]) for row in project.scope_deliverables
        ),
        milestones=tuple(
            DatedStep(
                row["what"], date_format(date.fromisoformat(row["due"])) if row["due"] else ""
            )
            for row in project.scope_milestones
        ),
        risks=tuple(RiskRow(**row) for row in project.scope_risks),
    )


def _entries(signed: AdoptedList) -> Iterator[ListEntry]:
    cost_so_far = committed_so_far = NO_MONEY
    bands = {band["first"]: (band["title"], band["note"]) for band in signed.shown.get("bands", [])}
    for entry in signed.entries.order_by("rank"):
        cost_so_far += entry.one_time_cost
        committed_so_far += entry.committed
        yield ListEntry(
            rank=entry.rank,
            title=entry.title,
            department=entry.department,
            gate=entry.gate_word,
            cost=entry.one_time_cost,
            committed=entry.committed,
            cost_so_far=cost_so_far,
            committed_so_far=committed_so_far,
            critical_priority=entry.critical_priority,
            has_people=entry.has_people,
            has_money=entry.has_money,
            notes=tuple(_notes(entry, signed)),
            band=bands.get(entry.rank),
        )


def _notes(entry: AdoptedEntry, signed: AdoptedList) -> Iterator[str]:
    """Yield what a place of the list says beside its numbers, as it was signed."""
    before = signed.number - 1
    if before and entry.previous_rank is None:
        yield f"New since list {before}"
    elif entry.previous_rank and entry.previous_rank != entry.rank:
        yield f"Number {entry.previous_rank} on list {before}"
    if entry.score is not None:
        by_score = f", number {entry.score_rank} by score" if entry.score_rank else ""
        yield f"Score {entry.score.normalize():f} of 100{by_score}"
    # Below the line for people that goes without saying.
    if entry.has_people is False and entry.rank <= signed.shown.get("people_line", 0):
        yield "Had no slot"
    if entry.line_sentence:
        yield entry.line_sentence[0].upper() + entry.line_sentence[1:]
    if entry.reason:
        yield f"Why it moved: {entry.reason}"


def _last_day(signed: AdoptedList) -> date:
    """Return the last valid day; the database fills it when the list is signed."""
    return signed.valid_until or signed.adopted_on


def _standing(signed: AdoptedList, today: date) -> str:
    adopted = f"adopted {date_format(signed.adopted_on)} by {signed.action_number}"
    last_day = date_format(_last_day(signed))
    latest = AdoptedList.objects.latest_adopted()
    if latest and latest.number != signed.number:
        return f"It was {adopted}. Priority list {latest.number} has replaced it."
    if signed.is_in_force(on=today):
        return f"It is in force: {adopted}, valid until {last_day}."
    return f"It was {adopted} and lapsed after {last_day}."


def _funds(signed: AdoptedList) -> Iterator[FundTotal]:
    totals = (
        Allocation.objects.filter(
            state=Allocation.State.COMMITTED,
            budget__project__adopted_entries__adopted_list=signed,
        )
        .values("appropriation__fund__code", "appropriation__fund__name")
        .annotate(together=Sum("amount"), projects=Count("budget", distinct=True))
        .order_by("appropriation__fund__code")
    )
    for row in totals:
        yield FundTotal(
            fund=f"{row['appropriation__fund__code']} {row['appropriation__fund__name']}",
            projects=row["projects"],
            amount=row["together"],
        )
