"""Django's ORM and the domain functions, as a shell or a careless view would use them."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from budgets import dedication, ledger
from budgets.models import Allocation, Budget, CostLine
from portfolio import projects, ranking, scoping
from portfolio.constraints import sentence_for
from portfolio.gates import scoping_gate
from portfolio.models import Project, Scope, WorkingPosition
from problems.models import Measure, Problem
from problems.review import decisions
from tests.factories import adopt_list, make_appropriation
from tests.gate.attempts import assert_readable
from tests.gate.invariants import assert_all_is_true, assert_gate_holds
from tests.gate.world import LACKS, World, problem_of

pytestmark = pytest.mark.usefixtures("inside")

SCOPING = Project.Stage.SCOPING
FACTS = {"problem_defined": True, "budget_dedicated": True, "listed": True, "scoping_opened": True}


def save(project: Project) -> None:
    project.stage = SCOPING
    project.save()


def save_with_facts(project: Project) -> None:
    for name in FACTS:
        setattr(project, name, True)
    save(project)


def save_the_stage_only(project: Project) -> None:
    project.stage = SCOPING
    project.save(update_fields=["stage", *FACTS])


def save_as_a_fixture_does(project: Project) -> None:
    project.stage = SCOPING
    project.save_base(raw=True)


def save_as_new(project: Project) -> None:
    project.pk, project.stage, project.budget = (
        None,
        SCOPING,
        ledger.open_budget(by=project.sponsor),
    )
    project._state.adding = True
    project.save(force_insert=True)


def update(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(stage=SCOPING)


def update_with_facts(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(stage=SCOPING, **FACTS)


def update_by_the_base_manager(project: Project) -> None:
    Project._base_manager.filter(pk=project.pk).update(stage=SCOPING)


def update_by_an_expression(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(
        stage=Case(When(revision__gte=0, then=Value("scoping")), default=F("stage"))
    )


def update_into_a_hold(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(stage=SCOPING, on_hold=True, hold_reason="Later.")


def update_after_locking(project: Project) -> None:
    locked = Project.objects.select_for_update().get(pk=project.pk)
    locked.stage = SCOPING
    locked.save(update_fields=["stage"])


def update_every_project(project: Project) -> None:
    Project.objects.filter(stage=Project.Stage.CONCEPT).update(stage=SCOPING)


def bulk_update(project: Project) -> None:
    project.stage = SCOPING
    Project.objects.bulk_update([project], ["stage"])


def bulk_create(project: Project) -> None:
    budget = ledger.open_budget(by=project.sponsor)
    Project.objects.bulk_create(
        [Project(title="New", department=project.department, budget=budget, stage=SCOPING, **FACTS)]
    )


def bulk_create_over(project: Project) -> None:
    project.stage = SCOPING
    Project.objects.bulk_create(
        [project], update_conflicts=True, unique_fields=["id"], update_fields=["stage"]
    )


def update_or_create(project: Project) -> None:
    Project.objects.update_or_create(pk=project.pk, defaults={"stage": SCOPING})


def update_or_create_anew(project: Project) -> None:
    Project.objects.update_or_create(
        title="New",
        defaults={"stage": SCOPING},
        create_defaults={
            "department": project.department,
            "budget": ledger.open_budget(by=project.sponsor),
            "stage": SCOPING,
        },
    )


def get_or_create(project: Project) -> None:
    Project.objects.get_or_create(
        title="New",
        defaults={
            "department": project.department,
            "budget": ledger.open_budget(by=project.sponsor),
            "stage": SCOPING,
        },
    )


def by_way_of_its_department(project: Project) -> None:
    project.department.projects.filter(pk=project.pk).update(stage=SCOPING)


def raw_cursor(project: Project) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE portfolio_project SET stage = %s WHERE id = %s", ["scoping", project.pk]
        )


def delivery(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(stage=Project.Stage.DELIVERY)


WAYS: list[Callable[[Project], None]] = [
    save,
    save_with_facts,
    save_the_stage_only,
    save_as_a_fixture_does,
    save_as_new,
    update,
    update_with_facts,
    update_by_the_base_manager,
    update_by_an_expression,
    update_into_a_hold,
    update_after_locking,
    update_every_project,
    bulk_update,
    bulk_create,
    bulk_create_over,
    update_or_create,
    update_or_create_anew,
    get_or_create,
    by_way_of_its_department,
    raw_cursor,
    delivery,
]


def fresh(project: Project) -> Project:
    return Project.objects.for_pages().get(pk=project.pk)


@pytest.mark.parametrize("lack", LACKS)
@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_the_orm_opens_a_closed_gate(
    world: World, way: Callable[[Project], None], lack: str
) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        way(fresh(world.lacking[lack]))
    assert_readable(sentence_for(refused.value))
    with connection.cursor() as cursor:
        assert_gate_holds(cursor)


@pytest.mark.parametrize("way", [save, update, update_after_locking, bulk_update, raw_cursor])
def test_the_same_call_opens_an_open_gate(world: World, way: Callable[[Project], None]) -> None:
    way(fresh(world.ready))
    assert fresh(world.ready).stage == SCOPING
    with connection.cursor() as cursor:
        assert_all_is_true(cursor)


@pytest.mark.parametrize("lack", LACKS)
def test_the_function_says_everything_that_is_missing(world: World, lack: str) -> None:
    project = fresh(world.lacking[lack])
    with pytest.raises(ValidationError) as refused:
        projects.open_scoping(project, by=world.cast.manager)
    codes = {
        "problem": "problem_draft",
        "budget": "not_confirmed",
        "priority": "not_listed",
    }
    said = {error.code for error in refused.value.error_list}
    assert {codes[part] for part in lack.split("+")} <= said
    assert said == {blocker.code for blocker in scoping_gate(project).blockers}
    for sentence in refused.value.messages:
        assert_readable(sentence)
    assert fresh(project).stage == Project.Stage.CONCEPT


@pytest.mark.parametrize("lack", LACKS)
def test_a_form_is_told_before_it_saves(world: World, lack: str) -> None:
    project = fresh(world.lacking[lack])
    project.stage = SCOPING
    with pytest.raises(ValidationError) as refused:
        project.full_clean()
    assert any("scoping gate is closed" in sentence for sentence in refused.value.messages)


def test_a_held_project_is_not_resumed_while_its_gate_is_closed(world: World) -> None:
    with pytest.raises(ValidationError) as refused:
        projects.resume(world.held, by=world.cast.manager)
    assert "problem_draft" in {error.code for error in refused.value.error_list}
    assert fresh(world.held).on_hold


@pytest.mark.parametrize("lack", [*LACKS, "ready", "held"])
def test_no_scope_by_function_or_orm(world: World, lack: str) -> None:
    project = fresh(getattr(world, lack) if lack in {"ready", "held"} else world.lacking[lack])
    with pytest.raises(ValidationError) as refused:
        scoping.save(project, approach="Sensors.", seen=0, by=world.cast.head)
    for sentence in refused.value.messages:
        assert_readable(sentence)
    with pytest.raises(IntegrityError), transaction.atomic():
        Scope.objects.update_or_create(
            project=project,
            defaults={"approach": "Sensors."},
            create_defaults={"written_by": world.cast.head},
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Scope.objects.filter(project=world.opened).update(project=project)
    assert Scope.objects.filter(project=project, approach="Sensors.").count() == 0
    with connection.cursor() as cursor:
        assert_all_is_true(cursor)


# What falls away afterwards, by the functions that people use and by the ORM.


def reopen(world: World) -> None:
    decisions.reopen(problem_of(world.opened), by=world.cast.head)


def reopen_by_update(world: World) -> None:
    Problem.objects.filter(pk=problem_of(world.opened).pk).update(
        state="draft", decision="", decided_by=None, decided_at=None
    )


def retire_by_bulk_update(world: World) -> None:
    problem = Problem.objects.get(pk=problem_of(world.opened).pk)
    problem.state = Problem.State.RETIRED
    Problem.objects.bulk_update([problem], ["state"])


def exchange_the_problem(world: World) -> None:
    Project.objects.filter(pk=world.opened.pk).update(problem=world.draft)


def release(world: World) -> None:
    ledger.release(world.opened.budget.allocations.get(), by=world.cast.finance)


def release_by_update(world: World) -> None:
    Allocation.objects.filter(budget=world.opened.budget).update(
        state="released", released_by=world.cast.finance, released_at=timezone.now()
    )


def withdraw(world: World) -> None:
    dedication.withdraw(world.opened.budget, by=world.cast.finance)


def withdraw_by_update(world: World) -> None:
    Budget.objects.filter(pk=world.opened.budget.pk).update(
        state="draft", confirmed_by=None, confirmed_at=None
    )


def raise_the_cost(world: World) -> None:
    CostLine.objects.filter(budget=world.opened.budget).update(amount=F("amount") * 2)


def delete_the_costs(world: World) -> None:
    world.opened.budget.cost_lines.all().delete()


def adopt_without_it(world: World) -> None:
    ranking.remove(world.opened, by=world.cast.manager)
    adopt_list(world.cast)


def adopt_without_it_by_the_orm(world: World) -> None:
    WorkingPosition.objects.filter(project=world.opened).delete()
    adopt_list(world.cast)


FALLS = {
    "problem is not defined": [
        reopen,
        reopen_by_update,
        retire_by_bulk_update,
        exchange_the_problem,
    ],
    "budget is not dedicated": [
        release,
        release_by_update,
        withdraw,
        withdraw_by_update,
        raise_the_cost,
        delete_the_costs,
    ],
    "not on the adopted list in force": [adopt_without_it, adopt_without_it_by_the_orm],
}


@pytest.mark.parametrize(
    ("words", "fall"), [(words, fall) for words, falls in FALLS.items() for fall in falls]
)
def test_what_falls_away_puts_the_project_on_hold(
    world: World, words: str, fall: Callable[[World], None]
) -> None:
    fall(world)
    project = fresh(world.opened)
    assert project.stage == SCOPING
    assert project.on_hold
    assert words in project.hold_reason
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert_all_is_true(cursor)
    assert not scoping_gate(project).is_open
    with pytest.raises(ValidationError):
        projects.resume(project, by=world.cast.manager)
    with pytest.raises(ValidationError):
        scoping.save(project, approach="Go on.", seen=0, by=world.cast.head)


def test_the_parts_of_a_defined_problem_stay(world: World) -> None:
    measures = Measure.objects.filter(problem=world.opened.problem)
    for attempt in (
        measures.delete,
        lambda: measures.update(target_value=None),
        lambda: measures.update(problem=world.draft),
        lambda: Measure.objects.filter(problem=world.draft).update(problem=world.opened.problem),
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            attempt()
        assert_readable(sentence_for(refused.value))
    assert not fresh(world.opened).on_hold


def test_a_held_project_goes_on_when_its_gate_is_open_again(world: World) -> None:
    release(world)
    dedicated = world.opened.budget
    allocation = ledger.hold(
        budget=dedicated,
        appropriation=make_appropriation(),
        amount=fresh(world.opened).budget.needed,
        by=world.cast.finance,
    )
    ledger.commit(allocation, by=world.cast.finance)
    dedication.confirm(dedicated, by=world.cast.second_finance, on=world.cast.city.today())
    assert fresh(world.opened).on_hold, "a person resumes it, not the money"
    projects.resume(world.opened, by=world.cast.manager)
    assert not fresh(world.opened).on_hold
    with connection.cursor() as cursor:
        assert_all_is_true(cursor)
