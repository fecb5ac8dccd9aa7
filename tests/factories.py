"""Rows for tests, made through the same functions that people use."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from budgets import dedication, ledger, options, waivers
from budgets.models import (
    Appropriation,
    Budget,
    CostLine,
    CostOption,
    Fund,
    FundingRequest,
    OptionLine,
)
from portfolio import adopting, projects, ranking
from portfolio.models import AdoptedList, Department, Membership, Project, RoleGrant, User
from portfolio.roles import Role
from problems import drafting
from problems.evidence_files import reading as evidence_reading
from problems.models import (
    AffectedGroup,
    Cause,
    CityWord,
    CriticalPriority,
    Evidence,
    Measure,
    Problem,
)
from problems.review import decisions

numbers = count(1)


def make_user(name: str, *, role: Role | None = None, head_of: Department | None = None) -> User:
    """Make a person with a role, or as head of a department."""
    email = f"{name.lower().replace(' ', '.')}.{next(numbers)}@example.org"
    user = User(email=email, name=name)
    user.set_unusable_password()
    user.save()
    if role:
        RoleGrant.objects.create(user=user, role=role)
    if head_of:
        Membership.objects.create(user=user, department=head_of, is_head=True)
    return User.objects.get(pk=user.pk)


def fill_problem(problem: Problem, **changes: Any) -> Problem:
    """Give a draft everything it needs to be sent, apart from `changes`."""
    today = timezone.localdate()
    fields: dict[str, Any] = {
        "title": "Families wait nine days to learn about a summer place",
        "statement": "Parents who register a child wait up to nine days for an answer. "
        "One in four gives up before paying.",
        "place": "City-wide",
        "impact_now": "Families call the front desk several times.",
        "severity": 3,
        "do_nothing": "Places stay empty while families look elsewhere.",
        "contact_method": "Front-desk interviews",
        "contact_count": 22,
        "influence": Problem.Influence.FULL,
        "critical_reason": "Summer child care lets parents keep their work.",
        "solved_12_months": "Families get an answer the same day.",
        "owner": problem.author,
    } | changes
    for name, value in fields.items():
        setattr(problem, name, value)
    problem.save()
    AffectedGroup.objects.create(
        problem=problem, who="Households", number=6200, number_source="Registration log 2025"
    )
    Measure.objects.create(
        problem=problem,
        name="Families who start and give up",
        unit="percent",
        direction=Measure.Direction.DOWN,
        baseline_value=Decimal(26),
        baseline_date=today - timedelta(days=90),
        baseline_source="Registration log 2025",
        baseline_quality=Measure.Quality.MEASURED,
        target_value=Decimal(10),
        target_date=today + timedelta(days=400),
    )
    Cause.objects.create(problem=problem, cause="Three lists", basis=Cause.Basis.OBSERVED)
    Evidence.objects.create(problem=problem, finding="8,140 registrations", source="Log 2025")
    return problem


def declared_priority(name: str = "Public safety", **fields: Any) -> CriticalPriority:
    """What the city holds critical since last year, until further notice."""
    values = {
        "area": CriticalPriority.Area.PUBLIC_SAFETY,
        "reason": "Somebody is badly hurt every five days.",
        "starts_on": date(2025, 1, 1),
        **fields,
    }
    return CriticalPriority.objects.get_or_create(name=name, defaults=values)[0]


def city_word(words: str = "CivicFlow", **fields: str) -> CityWord:
    """A product that the city names as a technology."""
    values = {
        "kind": CityWord.Kind.TECHNOLOGY,
        "reason": "A product: say what people need instead.",
        "example": f"We need {words} for permits.",
        **fields,
    }
    return CityWord.objects.create(words=words, **values)


def draft_problem(cast: Any, **changes: Any) -> Problem:
    """Make a complete draft of the Parks department by its head."""
    return fill_problem(drafting.start(department=cast.parks, by=cast.head), **changes)


def attach_file(problem: Problem, *, name: str = "log.csv", content: bytes = b"a,b") -> Problem:
    """Give the first piece of evidence of a draft a file."""
    row = problem.evidence.all()[0]
    evidence_reading.read(SimpleUploadedFile(name, content), most_megabytes=10).put_on(row)
    row.save()
    return problem


def defined_problem(cast: Any, **changes: Any) -> Problem:
    """Make a problem that was sent by the head and accepted by the manager."""
    return define(draft_problem(cast, **changes), cast=cast)


def define(problem: Problem, *, cast: Any) -> Problem:
    """Have a draft sent by the head and accepted by the manager."""
    decisions.submit(problem, by=cast.head, on=timezone.localdate())
    decisions.accept(problem, by=cast.manager)
    problem.refresh_from_db()
    return problem


def make_appropriation(amount: int | Decimal = 1_000_000, **changes: Any) -> Appropriation:
    """Make a fund with one appropriation that is available this year and next."""
    today = timezone.localdate()
    serial = next(numbers)
    fund = changes.pop("fund", None) or Fund.objects.create(
        code=str(100 + serial), name="Capital projects", fund_type=Fund.Type.CAPITAL_PROJECTS
    )
    fields: dict[str, Any] = {
        "fund": fund,
        "fiscal_year": today.year + 1,
        "amount": Decimal(amount),
        "constraint": Appropriation.Constraint.COMMITTED,
        "action_type": Appropriation.ActionType.ORDINANCE,
        "action_number": f"Ord. {serial}",
        "action_date": today - timedelta(days=60),
        "available_from": today - timedelta(days=30),
        "available_until": today + timedelta(days=600),
    } | changes
    return Appropriation.objects.create(**fields)


def add_costs(budget: Budget, *, cast: Any, cost: int = 100_000) -> Budget:
    """Give a budget complete cost lines: one-time, contingency, security, five recurring years."""
    today = timezone.localdate()
    year = budget.first_fiscal_year
    source = Fund.objects.first() or make_appropriation().fund
    with cast.head.changing():
        Budget.objects.filter(pk=budget.pk).update(
            prepared_by=cast.head,
            phase_start=today,
            phase_end=today + timedelta(days=300),
        )
        lines = [
            ("one_time", "services", year, Decimal(cost) * 9 / 10, None),
            ("one_time", "security", year, Decimal(cost) / 10, None),
            ("one_time", "contingency", year, Decimal(cost) / 4, None),
            *(("recurring", "staff", year + n, Decimal(5000), source) for n in range(5)),
        ]
        for kind, element, fiscal_year, amount, fund in lines:
            CostLine.objects.create(
                budget=budget,
                kind=kind,
                element=element,
                fiscal_year=fiscal_year,
                amount=amount,
                source=fund,
            )
    budget.refresh_from_db()
    return budget


def hoped_for(budget: Budget, *, amount: int = 1000, **fields: Any) -> FundingRequest:
    """Note money that is asked for, of any fund unless one is named."""
    values = {"fiscal_year": budget.first_fiscal_year, "amount": Decimal(amount), **fields}
    return FundingRequest.objects.create(budget=budget, **values)


def dedicate(budget: Budget, *, cast: Any, appropriation: Appropriation | None = None) -> Budget:
    """Dedicate a budget with costs: one officer allocates, the second confirms."""
    source = appropriation or make_appropriation()
    allocation = ledger.hold(
        budget=budget, appropriation=source, amount=budget.needed, by=cast.finance
    )
    ledger.commit(allocation, by=cast.finance)
    return dedication.confirm(budget, by=cast.second_finance, on=timezone.localdate())


def make_project(cast: Any, *, problem: Problem | None = None, title: str = "") -> Project:
    """Make a concept project of the Parks department."""
    return projects.start(
        title=title or f"One sign-up for programs {next(numbers)}",
        department=cast.parks,
        problem=problem,
        by=cast.head,
        sponsor=cast.head,
    )


def waived_project(cast: Any) -> Project:
    """Make a project whose small share of security, 2.77 percent, a security officer waived."""
    project = make_project(cast)
    add_costs(project.budget, cast=cast)
    project.budget.cost_lines.filter(element="security").update(amount=Decimal(4000))
    today = timezone.localdate()
    waivers.sign(
        project.budget,
        reason="Guards watch the site until the locks come.",
        ends_on=today + timedelta(days=90),
        by=cast.security,
        on=today,
    )
    return project


def adopt_list(cast: Any) -> AdoptedList:
    """Adopt the working order today."""
    return adopting.adopt(
        action_number=f"Res. {next(numbers)}", adopted_on=cast.city.today(), by=cast.manager
    )


def ready_project(cast: Any, *, title: str = "") -> Project:
    """Make a project whose gate is open: all three are defined."""
    project = make_project(cast, problem=defined_problem(cast), title=title)
    add_costs(project.budget, cast=cast)
    dedicate(project.budget, cast=cast)
    ranking.add(project, by=cast.manager)
    adopt_list(cast)
    return Project.objects.for_pages().get(pk=project.pk)


def scoping_project(cast: Any) -> Project:
    """Make a project in scoping."""
    return projects.open_scoping(ready_project(cast), by=cast.manager)


def option_of(budget: Budget, *, by: Any, place: int = 1) -> CostOption:
    """Write an option of cost of one line."""
    line = OptionLine(
        fiscal_year=budget.first_fiscal_year,
        kind=OptionLine.Kind.CAPITAL,
        element=OptionLine.Element.HARDWARE,
        amount=Decimal(40_000),
    )
    return options.save(
        budget,
        place=place,
        name=f"Way {place}",
        note="",
        lines=[line],
        removed=[],
        seen=0,
        by=by,
    )
