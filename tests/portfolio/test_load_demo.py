"""The demonstration city: it loads, says so when it is there, keeps away from others' data."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import TestCase

from budgets.models import Allocation, Appropriation, Budget, CostOption, FundingRequest
from portfolio import line_facts, scoring
from portfolio.demo.accounts import DEMO_ACCOUNTS
from portfolio.demo.data import months_from, read, statements
from portfolio.demo.load import load
from portfolio.gates import scoping_gate
from portfolio.models import (
    AdoptedList,
    Answer,
    City,
    Department,
    History,
    Project,
    ProjectScore,
    Scope,
    User,
    WorkingPosition,
)
from portfolio.roles import Role
from problems import city_words, lint, wording
from problems.advice import LINTED_FIELDS
from problems.completeness import missing
from problems.models import CityWord, CriticalPriority, Evidence, JointDepartment, Problem

WRITTEN = {item["key"]: item for item in statements()}
CRITERIA = {"portfolio_criterion", "portfolio_criteriaversion", "portfolio_weight"}
COMPLETE = [item["title"] for item in WRITTEN.values() if item["state"] != "draft"]


def run() -> str:
    said = StringIO()
    call_command("load_demo", stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_the_command_says_what_it_made() -> None:
    said = run()
    assert said.startswith("Made the City of Riverbend: 9 departments, 14 users, 16 problems, ")
    assert "Priority list 1 with 10 projects was adopted by Resolution" in said
    assert City.current().is_demonstration


@pytest.mark.django_db
def test_loading_again_changes_nothing_and_says_so() -> None:
    run()
    before = History.objects.count()
    assert run() == "The demonstration city is here already. Nothing was changed.\n"
    assert History.objects.count() == before


@pytest.mark.django_db
def test_it_keeps_away_from_a_database_with_a_person() -> None:
    User.objects.create_user("somebody@example.org", name="Somebody")
    before = History.objects.count()
    with pytest.raises(CommandError, match=r"holds other data \(people\).*Use an empty database"):
        run()
    assert History.objects.count() == before


@pytest.mark.django_db
def test_it_keeps_away_from_a_city_that_named_itself() -> None:
    City.objects.create(name="Testville")
    Department.objects.create(name="Parks")
    with pytest.raises(CommandError, match=r"\(a city, departments\)"):
        run()
    assert City.current().name == "Testville"


def test_the_accounts_cover_every_role_and_two_departments() -> None:
    heads = [account for account in DEMO_ACCOUNTS if account.role == Role.DEPARTMENT_HEAD.label]
    assert len({account.department for account in heads}) == 2
    assert {account.role for account in DEMO_ACCOUNTS} == {role.label for role in Role}


@pytest.mark.parametrize("item", WRITTEN.values(), ids=WRITTEN.keys())
def test_no_statement_sells_a_technology(item: dict[str, object]) -> None:
    texts = [str(item[name]) for name in LINTED_FIELDS if name in item]
    kinds = {finding.kind for text in texts for finding in lint.check(text)}
    sold = kinds & {lint.Kind.TECH_FIRST, lint.Kind.HYPE, lint.Kind.ABSOLUTE, lint.Kind.JARGON}
    # One statement names a purchase on purpose and was sent back for it.
    assert sold == ({lint.Kind.TECH_FIRST} if "names_a_solution" in item else set())


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 22), 2, date(2027, 1, 22)),
        (date(2026, 3, 15), -3, date(2025, 12, 15)),
        (date(2027, 12, 1), 1, date(2028, 1, 1)),
    ],
)
def test_months_are_counted_from_any_day(day: date, months: int, expected: date) -> None:
    assert months_from(day, months) == expected


class TheDemonstration(TestCase):
    """What stands in the database once it is loaded."""

    city: City

    @classmethod
    def setUpTestData(cls) -> None:
        loaded = load()
        assert loaded is not None
        cls.city = loaded.city

    def test_every_change_after_the_first_person_names_who_made_it(self) -> None:
        nameless = History.objects.filter(user_id=None).values_list("table", flat=True)
        # The criteria that every city starts with came before.
        assert [table for table in nameless if table not in CRITERIA] == ["portfolio_user"]

    def test_every_account_shown_signs_in_with_its_role(self) -> None:
        first = DEMO_ACCOUNTS[0]
        signed_in = authenticate(None, email=first.email, password=first.password)
        assert isinstance(signed_in, User)
        for account in DEMO_ACCOUNTS:
            user = User.objects.get(email=account.email)
            # The same hash is the same password, and quicker to check.
            assert user.password == signed_in.password, account
            assert account.role in user.role_names
            assert user.departments.get().name == account.department

    def test_a_head_sees_nothing_of_the_other_departments_drafts(self) -> None:
        first, second = (
            User.objects.get(email=account.email)
            for account in DEMO_ACCOUNTS
            if account.role == Role.DEPARTMENT_HEAD.label
        )
        for reader, other in ((first, second), (second, first)):
            drafts = Problem.objects.filter(author=other, state=Problem.State.DRAFT)
            assert drafts
            assert not Problem.objects.visible_to(reader).intersection(drafts)

    def test_every_statement_that_should_be_complete_is(self) -> None:
        assert len(COMPLETE) >= 10
        for title in COMPLETE:
            problem = Problem.objects.get(title=title)
            assert missing(problem, on=self.city.today()) == [], title

    def test_every_statement_has_the_state_its_file_says(self) -> None:
        for item in WRITTEN.values():
            expected = "draft" if item["state"] == "reopened" else item["state"]
            assert Problem.objects.get(title=item["title"]).state == expected
        reopened = Problem.objects.get(title=WRITTEN["traffic"]["title"])
        assert reopened.version == 2

    def test_all_evidence_names_source_link_and_day(self) -> None:
        assert Evidence.objects.count() >= 20
        for item in Evidence.objects.all():
            assert item.source, item
            assert item.link.startswith("http"), item
            assert item.dated is not None, item
            assert item.dated < self.city.today(), item

    def test_borrowed_figures_say_so(self) -> None:
        for problem in Problem.objects.all():
            for group in problem.affected_groups.all():
                assert "demonstration data" in group.number_source, group
            for measure in problem.measures.all():
                assert "for the demonstration" in measure.baseline_source, measure

    def test_priorities_were_declared_one_has_ended_and_each_statement_says_why_now(self) -> None:
        today = self.city.today()
        declared = CriticalPriority.objects.declared(on=today)
        assert {str(one) for one in declared} == {"Public health", "Public safety"}
        assert CriticalPriority.objects.count() == 3
        complete = Problem.objects.exclude(critical_reason="")
        assert complete.filter(critical_priority=None).count() >= 4
        assert not complete.exclude(critical_priority=None).exclude(critical_priority__in=declared)
        marked = AdoptedList.objects.get().entries.exclude(critical_priority="")
        assert marked.count() >= 4

    def test_the_citys_own_words_do_what_they_say(self) -> None:
        assert {word.kind for word in CityWord.objects.all()} == {
            "technology",
            "hype",
            "jargon",
            "fine",
        }
        for word in city_words.entries():
            assert wording.faults(word) == [], word

    def test_two_departments_have_one_problem_together(self) -> None:
        joint = JointDepartment.objects.get()
        assert joint.problem.is_defined
        assert (str(joint.problem.department), str(joint.department)) == (
            "Water and Sewer",
            "Public Health",
        )

    def test_one_piece_of_evidence_has_a_file(self) -> None:
        with_file = Evidence.objects.exclude(file="").get()
        assert with_file.file_type == "text/csv"
        with with_file.file.open() as file:
            assert b"309" in file.read()

    def test_every_project_stands_at_the_gate_as_its_file_says(self) -> None:
        expected = {item["title"]: item["gate"] for item in read("projects")["project"]}
        assert {one.title: one.gate_word for one in Project.objects.all()} == expected

    def test_there_is_a_project_at_every_place_of_the_gate(self) -> None:
        assert {project.gate_word for project in Project.objects.all()} == {
            "Ready to scope",
            "Scoping started",
            "On hold",
            "Needs problem",
            "Needs budget",
            "Needs priority",
            "Needs problem and budget",
            "Needs budget and priority",
            "Needs problem, budget and priority",
            "Stopped",
        }
        with_problem = Project.objects.exclude(problem=None)
        assert set(with_problem.values_list("problem__state", flat=True)) == {
            "draft",
            "submitted",
            "returned",
            "defined",
        }
        assert Project.objects.filter(problem=None).exists()

    def test_what_is_ready_has_an_open_gate(self) -> None:
        ready = [
            project
            for project in Project.objects.for_pages()
            if project.gate_word == "Ready to scope"
        ]
        assert len(ready) >= 2
        for project in ready:
            assert scoping_gate(project).is_open

    def test_each_gate_is_closed_by_what_the_file_means(self) -> None:
        def blockers(title: str) -> dict[str, str]:
            project = Project.objects.for_pages().get(title=title)
            return {item.code: item.sentence for item in scoping_gate(project).blockers}

        assert list(blockers("Keep sewage out of the river")) == ["not_confirmed"]
        assert list(blockers("Help people keep their court date")) == ["not_listed"]
        assert list(blockers("Collect trash on the day we promise")) == ["problem_submitted"]
        permits = blockers("Answer permit applications on time")
        assert list(permits) == ["not_covered", "not_confirmed"]
        assert permits["not_covered"].startswith("Commit $100,000 more")

    def test_the_held_project_keeps_its_scope_and_its_money(self) -> None:
        project = Project.objects.get(title="Make the deadliest crossings safe to walk")
        assert project.on_hold
        assert project.hold_reason == "The gate closed: its problem is not defined."
        assert project.budget.is_dedicated
        assert Scope.objects.get(project=project).risks.exists()

    def test_the_scope_compares_nothing_no_technology_and_a_peer(self) -> None:
        scope = Scope.objects.get(project__title="Replace lead pipes in the oldest neighborhoods")
        kinds = set(scope.options.values_list("kind", flat=True))
        assert kinds == {"nothing", "no_technology", "peer"}
        assert scope.options.filter(is_chosen=True).count() == 1
        assert scope.approach
        assert scope.deliverables.count() == scope.milestones.count() == scope.risks.count() == 3

    def test_one_appropriation_has_50000_dollars_left(self) -> None:
        left = Appropriation.objects.annotate(rest=F("amount") - F("held") - F("committed"))
        assert left.filter(rest=50_000).count() == 1
        this_year = Budget.objects.earliest("pk").first_fiscal_year
        assert {item.fiscal_year for item in left} == {this_year, this_year + 1}

    def test_something_of_the_money_waits_on_people(self) -> None:
        today = self.city.today()
        within_a_week = (today + timedelta(days=1), today + timedelta(days=7))
        ending = Allocation.objects.filter(state="held", expires_on__range=within_a_week)
        assert ending.get().amount == 90_000
        asked = FundingRequest.objects.unanswered().get()
        assert asked.amount == asked.budget.short == 100_000

    def test_the_cheaper_option_now_is_the_dearer_one_in_the_end(self) -> None:
        now, later = CostOption.objects.order_by("place")
        year = now.budget.first_fiscal_year

        def cost(option: CostOption, last: int) -> Decimal:
            lines = option.lines.filter(fiscal_year__lte=last)
            return sum((line.amount for line in lines), Decimal(0))

        assert cost(now, year) < cost(later, year)
        assert cost(now, year + 4) > cost(later, year + 4)

    def test_no_budget_is_confirmed_by_who_prepared_or_entered_it(self) -> None:
        dedicated = Budget.objects.dedicated()
        assert dedicated.count() >= 5
        for budget in dedicated:
            entered = set(budget.allocations.values_list("held_by_id", flat=True))
            assert budget.confirmed_by_id not in entered | {budget.prepared_by_id}

    def test_scores_tie_leave_the_order_and_wait(self) -> None:
        standing = line_facts.standing(self.city.today())
        ranks = standing.score_ranks
        titles = {one.pk: one.title for one in Project.objects.all()}
        assert len(ranks) == 9
        off = scoring.places_off(standing.order, ranks)
        far = [titles[key] for key, places in off.items() if abs(places) > self.city.score_places]
        assert far == ["Fix dark streetlights within two months"]
        ties = scoring.tie_breaks(ranks, ranks)
        decided = {tie.decided_by for found in ties.values() for tie in found}
        assert decided == {"life, health and safety", "legal duty"}
        corrected = Answer.objects.exclude(corrected_value=None).get()
        assert (corrected.value, corrected.counted) == (4, 3)
        fleet = ProjectScore.objects.get(project__title="Keep collection trucks on the road")
        assert not fleet.is_complete

    def test_the_working_order_differs_from_the_adopted_list(self) -> None:
        adopted = AdoptedList.objects.get()
        assert adopted.length == 10
        assert adopted.is_in_force(on=self.city.today())
        signed = list(adopted.entries.order_by("rank").values_list("project__title", flat=True))
        working = list(WorkingPosition.objects.in_order().values_list("project__title", flat=True))
        # One project moved up, one was added.
        moved, added = "Reach emergencies at the edge of the city sooner", working[-1]
        assert (signed.index(moved), working.index(moved)) == (8, 3)
        assert added not in signed
        assert [one for one in working if one not in {moved, added}] == [
            one for one in signed if one != moved
        ]
