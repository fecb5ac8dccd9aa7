"""A city for the attempts: a project behind every closed gate, and some behind open ones."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from types import SimpleNamespace

from portfolio import ranking
from portfolio.models import (
    City,
    Deliverable,
    Department,
    Milestone,
    Project,
    Risk,
    Scope,
    ScopeOption,
)
from portfolio.roles import Role
from problems.models import Problem
from problems.review import decisions
from tests.factories import (
    add_costs,
    adopt_list,
    dedicate,
    defined_problem,
    draft_problem,
    make_appropriation,
    make_project,
    make_user,
)

CONDITIONS = ("problem", "budget", "priority")
# Every way to lack something: one condition, two, all three.
LACKS = tuple("+".join(some) for count in (1, 2, 3) for some in combinations(CONDITIONS, count))


@dataclass
class World:
    """The people, and the projects by what they are: `ready`, `opened`, `held`, and what lacks."""

    cast: SimpleNamespace
    ready: Project
    opened: Project
    held: Project
    lacking: dict[str, Project]
    draft: Problem
    other: Problem
    names: dict[str, int] = field(default_factory=dict)


def settle(*, slots: int = 50) -> SimpleNamespace:
    """Found the city and let the people of the gate move in."""
    city = City.objects.create(name="Testville", time_zone="America/Chicago", scoping_slots=slots)
    parks = Department.objects.create(name="Parks")
    water = Department.objects.create(name="Water")
    return SimpleNamespace(
        city=city,
        parks=parks,
        head=make_user("Hanna Head", head_of=parks),
        finance=make_user("Fiona Finance", role=Role.FINANCE_OFFICER),
        second_finance=make_user("Fred Finance", role=Role.FINANCE_OFFICER),
        manager=make_user("Mara Manager", role=Role.CITY_MANAGER),
        second_manager=make_user("Milo Manager", role=Role.CITY_MANAGER),
        outsider=make_user("Otto Outsider", head_of=water),
        security=make_user("Sam Security", role=Role.SECURITY_OFFICER),
        council=make_user("Cora Council", role=Role.COUNCIL_STAFF),
        administrator=make_user("Ada Administrator", role=Role.ADMINISTRATOR),
        reader=make_user("Rita Reader"),
    )


def project_lacking(cast: SimpleNamespace, lack: Iterable[str], *, title: str = "") -> Project:
    """Start a project with everything but `lack`; its place is adopted with the next list."""
    without = set(lack)
    problem = draft_problem(cast) if "problem" in without else defined_problem(cast)
    project = make_project(cast, problem=problem, title=title)
    add_costs(project.budget, cast=cast)
    if "budget" not in without:
        dedicate(project.budget, cast=cast)
    if "priority" not in without:
        ranking.add(project, by=cast.manager)
    return project


def open_by_hand(project: Project) -> None:
    """Open scoping in the database alone, where the gate is open."""
    Project.objects.filter(pk=project.pk).update(stage=Project.Stage.SCOPING)


def write_scope(project: Project, cast: SimpleNamespace) -> Scope:
    """Write a scope with one part of each kind."""
    scope = Scope.objects.create(project=project, written_by=cast.head, approach="Ask families.")
    ScopeOption.objects.create(scope=scope, kind="nothing", description="Leave it as it is")
    Deliverable.objects.create(scope=scope, what="One list of programs")
    Milestone.objects.create(scope=scope, what="First season")
    Risk.objects.create(scope=scope, what="Nobody signs up")
    return scope


def build() -> World:
    """Build the whole world, committed, through the functions that people use."""
    cast = settle()
    lacking = {lack: project_lacking(cast, lack.split("+")) for lack in LACKS}
    ready, opened, held = (project_lacking(cast, ()) for _ in range(3))
    adopt_list(cast)
    open_by_hand(opened)
    open_by_hand(held)
    scope, old_scope = write_scope(opened, cast), write_scope(held, cast)
    decisions.reopen(problem_of(held), by=cast.head)
    world = World(
        cast=cast,
        ready=ready,
        opened=opened,
        held=held,
        lacking=lacking,
        draft=draft_problem(cast),
        other=defined_problem(cast),
    )
    world.names = {"scope": scope.pk, "old_scope": old_scope.pk, **names_in(world)}
    return world


def names_in(world: World) -> dict[str, int]:
    """Every key of the world, as SQL of the attempts names it; the projects are read anew."""
    names = {
        "draft": world.draft.pk,
        "other": world.other.pk,
        "spare": make_appropriation().pk,
        **{who: getattr(world.cast, who).pk for who in ("parks", "head", "finance", "manager")},
    }
    for name in ("ready", "opened", "held"):
        getattr(world, name).refresh_from_db()
        names |= names_of(name, getattr(world, name))
    for lack, project in world.lacking.items():
        project.refresh_from_db()
        names |= names_of(lack.replace("+", "_"), project)
    return names


def problem_of(project: Project) -> Problem:
    """The problem that a project of this world has."""
    assert project.problem
    return project.problem


def names_of(name: str, project: Project) -> dict[str, int]:
    """The keys of a project and what it stands on, as SQL of the attempts names them."""
    keys = {
        name: project.pk,
        f"{name}_problem": problem_of(project).pk,
        f"{name}_budget": project.budget_id,
    }
    allocation = project.budget.allocations.first()
    if allocation:
        keys |= {f"{name}_allocation": allocation.pk, f"{name}_source": allocation.appropriation_id}
    return keys
