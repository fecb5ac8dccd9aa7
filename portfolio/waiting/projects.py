"""Projects that wait: for their head to complete or scope them, for the manager to move them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse

from budgets import dedication
from portfolio.models import (
    AdoptedEntry,
    AdoptedList,
    City,
    CriteriaVersion,
    History,
    Project,
    User,
)
from portfolio.roles import Permission
from portfolio.waiting.money import COST_GAPS, UNDER_WAY, changes_of
from portfolio.waiting.task import Asked, Kind, Task, Wait, counted, oldest

PROBLEM = Kind("problem", "flag", "projects without a problem", "projects", "?stage=concept")
COSTS = Kind("costs", "attach_money", "budgets to complete", "projects", "?stage=concept")
SCOPE = Kind("scope", "edit", "scopes to write", "projects", "?stage=scoping")
CLOSED = Kind("closed", "lock", "projects whose gate closed", "projects", "?stage=scoping")
OPEN = Kind("open", "lock_open", "projects ready to scope", "projects", "?stage=concept")
SCORE = Kind("score", "insights", "projects to score", "scores", "?answers=missing")
RESUME = Kind("resume", "lock_open", "projects to take off hold", "projects", "?stage=scoping")
SLOT = Kind("slot", "hourglass_empty", "scoping slots to free", "projects", "?stage=scoping")

BEGUN = (Project.Stage.SCOPING, Project.Stage.DELIVERY, Project.Stage.SCALING)
STOOD_STILL = Q(stage__in=BEGUN, on_hold=True)
# Nothing is stored for a project of which nothing is answered.
UNSCORED = Q(score=None) | Q(score__answered__lt=F("score__asked"))
# What a budget lacks that money, not its plan, has to mend.
OF_FINANCE = {"not_covered", "unsuitable_money", "money_lapsed", "money_not_yet"}
PLAN_OUTSIDE_WINDOW = Q(budget__phase_start__lt=F("budget__money_from")) | Q(
    budget__phase_end__gt=F("budget__money_until")
)


def tasks(asked: Asked) -> Iterator[Task]:
    """Yield the projects that wait on the person."""
    user, city, most = asked
    waits = [*_of_head(user), *_of_manager(user, city)]
    ready = []
    for project in oldest(_projects(), waits, most=most):
        if project.waits_as in {OPEN.code, RESUME.code}:
            ready.append(project)
        else:
            yield _of_own_department(project, city)
    if ready:
        yield from _ready(ready, city)


def _of_head(user: User) -> Iterator[Wait]:
    if not user.has_perm(Permission.START_PROJECTS):
        return
    own = Q(department__in=user.headed_department_ids)
    nameless = Q(problem=None) | Q(problem__state="retired")
    yield Wait(PROBLEM, own & UNDER_WAY & nameless, F("stage_since"))
    gaps = COST_GAPS | PLAN_OUTSIDE_WINDOW
    yield Wait(COSTS, own & UNDER_WAY & ~nameless & gaps, F("stage_since"))
    unwritten = Q(scope=None) | Q(scope__approach="")
    yield Wait(SCOPE, own & Q(stage="scoping", on_hold=False) & unwritten, F("stage_since"))
    if user.has_perm(Permission.ANSWER_CRITERIA):
        listed = own & UNDER_WAY & Q(working_position__isnull=False)
        yield Wait(SCORE, listed & UNSCORED, Greatest(_ranked_since(), _asked_since()))
    fallen = ~Q(problem_defined=True, budget_dedicated=True, listed=True)
    yield Wait(CLOSED, own & STOOD_STILL & fallen, Coalesce(_held_since(), "stage_since"))


def _of_manager(user: User, city: City) -> Iterator[Wait]:
    if not user.has_perm(Permission.MOVE_STAGES):
        return
    today = city.today()
    listed = Subquery(
        AdoptedEntry.objects.filter(project=OuterRef("pk"))
        .order_by("adopted_list__number")
        .values("adopted_list__signed_at")[:1]
    )
    # The facts on the row are as of the last change; money and lists lapse without one.
    is_open = Q(
        problem_defined=True,
        budget_dedicated=True,
        listed=True,
        budget__money_from__lte=today,
        budget__money_until__gte=today,
        list_until__gte=today,
    )
    all_true = (F("problem__decided_at"), F("budget__confirmed_at"), listed)
    yield Wait(
        OPEN,
        is_open & Q(stage=Project.Stage.CONCEPT, on_hold=False),
        Greatest(F("stage_since"), *all_true),
    )
    yield Wait(
        RESUME,
        is_open & STOOD_STILL,
        Greatest(F("stage_since"), _held_since(), *all_true),
    )


def _ranked_since() -> Subquery:
    """Return when the project was put on the working order last."""
    ranked = changes_of("portfolio_workingposition", "pk").filter(action=History.Action.INSERT)
    return Subquery(ranked.order_by("-id").values("at")[:1])


def _asked_since() -> Subquery:
    """Return since when the city asks what it asks now."""
    return Subquery(CriteriaVersion.objects.order_by("-number").values("signed_at")[:1])


def _held_since() -> Subquery:
    """Return when the project went on hold last."""
    holds = changes_of("portfolio_project", "pk").filter(before__on_hold=False, after__on_hold=True)
    return Subquery(holds.order_by("-id").values("at")[:1])


def _projects() -> Any:
    in_scoping = Project.objects.in_scoping().order_by().values("stage")
    lists = AdoptedList.objects.order_by("-number")
    return Project.objects.for_pages().annotate(
        list_until=Subquery(lists.values("valid_until")[:1]),
        slots_taken=Subquery(in_scoping.annotate(number=Count("*")).values("number")),
    )


def _of_own_department(project: Any, city: City) -> Task:
    kind, title, about, route = {
        PROBLEM.code: (PROBLEM, "Name the problem", "It names no problem yet", "project_problem"),
        COSTS.code: (COSTS, "Complete the costs", _cost_gaps(project, city), "project_costs"),
        SCOPE.code: (SCOPE, "Write the scope", "Scoping is open", "scope"),
        SCORE.code: (SCORE, "Answer the criteria", _unanswered(project), "project_score"),
        CLOSED.code: (CLOSED, "See why the gate closed", project.hold_reason, "project"),
    }[project.waits_as]
    return Task(
        kind=kind,
        record=project.pk,
        title=f"{title}: {project}",
        about=f"{project.reference} · {about}",
        url=reverse(route, args=[project.pk]),
        since=project.waits_since,
        of_kind=project.of_kind,
        # The scope was handed over, the project ranked, and the gate closed, by somebody else.
        by_mail=kind in {SCOPE, SCORE, CLOSED},
    )


def _unanswered(project: Any) -> str:
    """Return how many criteria are answered."""
    score = getattr(project, "score", None)
    if score is None or not score.answered:
        return "It stands on the list without a score"
    return f"{score.answered} of {score.asked} answered"


def _cost_gaps(project: Any, city: City) -> str:
    """Return the first thing that the plan lacks, and how many more there are."""
    conditions = dedication.unmet_before_confirmation(project.budget, on=city.today())
    gaps = [item.sentence for item in conditions if item.code not in OF_FINANCE]
    more = f" And {len(gaps) - 1} more." if len(gaps) > 1 else ""
    return "".join(gaps[:1]) + more


def _ready(ready: Sequence[Any], city: City) -> Iterator[Task]:
    """Yield what the manager may move now; where every slot is taken, the slot to free."""
    waiting = [one for one in ready if one.stage in {Project.Stage.CONCEPT, Project.Stage.SCOPING}]
    if waiting and (waiting[0].slots_taken or 0) >= city.scoping_slots:
        number = sum({one.waits_as: one.of_kind for one in waiting}.values())
        verb = "is" if number == 1 else "are"
        yield Task(
            kind=SLOT,
            record=0,
            title=f"Free a scoping slot: {counted(number, 'project')} {verb} ready",
            about=f"All {city.scoping_slots} slots are taken. Finish, hold or stop one",
            url=SLOT.listing,
            since=min(one.waits_since for one in waiting),
        )
        ready = [one for one in ready if one not in waiting]
    for project in ready:
        yield _to_move(project)


def _to_move(project: Any) -> Task:
    held = project.waits_as == RESUME.code
    why = (
        f"{project.hold_reason.rstrip('.')}. Its gate is open" if held else str(project.department)
    )
    return Task(
        kind=RESUME if held else OPEN,
        record=project.pk,
        title=f"{'Take off hold' if held else 'Open scoping'}: {project}",
        about=f"{project.reference} · {why}",
        url=project.get_absolute_url(),
        since=project.waits_since,
        of_kind=project.of_kind,
    )
