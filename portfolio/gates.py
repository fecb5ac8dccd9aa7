"""The scoping gate: everything that keeps a project from being scoped, in one place.

Pages, briefs, the command and the changes of stage all ask `scoping_gate`. It is computed live,
with today's date in the city. What it says in words the database holds by itself: migration
`0003_gate`, constraint `project_gate`. There is no override.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format

from budgets import dedication, money
from portfolio.models import AdoptedList, City, Project
from problems.models import Problem

# Who mends what keeps a budget from being dedicated, where it is not the head of its department.
FOR_FINANCE = ("not_covered", "unsuitable_money", "money_lapsed", "not_confirmed")
FOR_SECURITY = ("security_below_floor", "security_waiver_ended")


@dataclass(frozen=True, slots=True)
class Blocker:
    """One unmet condition: what it is, who can mend it, and where."""

    code: str
    sentence: str
    owner: str
    url: str
    link_label: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the three things a project needs before it is scoped."""

    number: int
    name: str
    is_defined: bool
    sentence: str
    link_url: str
    link_label: str
    blockers: tuple[Blocker, ...]

    @property
    def tag(self) -> str:
        """Where it stands, in two words at most."""
        return "Defined" if self.is_defined else "Not defined"


@dataclass(frozen=True, slots=True)
class Gate:
    """The answer: the three panels, and what else stands in the way."""

    panels: tuple[Panel, Panel, Panel]
    others: tuple[Blocker, ...]

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """Everything that is missing, in the order it is mended."""
        return (*(item for panel in self.panels for item in panel.blockers), *self.others)

    @property
    def is_open(self) -> bool:
        """True when nothing is missing."""
        return not self.blockers

    @property
    def undefined(self) -> tuple[Panel, ...]:
        """The panels that are not defined."""
        return tuple(panel for panel in self.panels if not panel.is_defined)

    @property
    def summary(self) -> str:
        """The gate in a sentence."""
        if self.is_open:
            return "The gate is open: problem, budget and priority are defined."
        if self.undefined:
            count = len(self.undefined)
            return f"Scoping is blocked: {count} of 3 {'is' if count == 1 else 'are'} missing."
        return "Problem, budget and priority are defined. " + self.others[0].sentence


def scoping_gate(project: Project, *, on: date | None = None, city: City | None = None) -> Gate:
    """Return every blocker of `project`'s scoping gate on that day, today if none is given.

    At most three queries where `project` comes with its problem, budget and department; two where
    the caller has the city at hand.
    """
    city = city or City.current()
    day = on or city.today()
    return Gate(
        panels=(_problem(project), _budget(project, day), _priority(project, day)),
        others=tuple(_others(project, city)),
    )


def _day(day: date | None) -> str:
    return date_format(day) if day else ""


def _problem(project: Project) -> Panel:
    problem = project.problem
    head = f"Head of {project.department.name}"
    if problem is None:
        url, label = reverse("project_problem", args=[project.pk]), "Choose or write the problem"
        blocker = Blocker(
            "problem_missing", "No problem is named that this project answers.", head, url, label
        )
        return Panel(1, "Problem", False, blocker.sentence, url, label, (blocker,))
    url, label = problem.get_absolute_url(), "Read the problem statement"
    if problem.is_defined:
        sentence = f"Accepted on {_day(problem.decided_at)}, version {problem.version}."
        return Panel(1, "Problem", True, sentence, url, label, ())
    sentence, owner = {
        Problem.State.DRAFT: ("The problem is a draft. Complete it and send it in.", head),
        Problem.State.SUBMITTED: ("The problem waits for its review.", "A city manager"),
        Problem.State.RETURNED: ("The problem was returned with reasons. Answer them.", head),
        Problem.State.RETIRED: ("The problem was retired. Name another one.", head),
    }[Problem.State(problem.state)]
    blocker = Blocker(f"problem_{problem.state}", sentence, owner, url, label)
    return Panel(1, "Problem", False, sentence, url, label, (blocker,))


def _budget(project: Project, day: date) -> Panel:
    budget = project.budget
    url = reverse("project_budget", args=[project.pk])
    label = "See the dedicated budget"
    head = f"Head of {project.department.name}"
    owners = {
        **dict.fromkeys(FOR_FINANCE, "A finance officer"),
        **dict.fromkeys(FOR_SECURITY, f"{head}, or a security officer"),
    }
    blockers = tuple(
        Blocker(
            condition.code,
            condition.sentence,
            owners.get(condition.code, head),
            f"{url}#{condition.code}",
            "Open the budget",
        )
        for condition in dedication.unmet(budget, on=day)
    )
    if not blockers:
        sentence = f"{money.show(budget.committed)} is dedicated until {_day(budget.money_until)}."
        waived_until = dedication.waiver_end(budget)
        if waived_until:
            share = dedication.security_percent(budget)
            sentence += (
                f" Its share of security, {share} percent, is below the floor: a waiver lets that "
                f"count until {_day(waived_until)}."
            )
        return Panel(2, "Budget", True, sentence, url, label, ())
    covered = f"{money.show(budget.committed)} of {money.show(budget.needed)} is committed."
    sentence = covered if budget.needed else blockers[0].sentence
    return Panel(2, "Budget", False, sentence, url, "Build the dedicated budget", blockers)


def _priority(project: Project, day: date) -> Panel:
    manager = "A city manager"
    latest = AdoptedList.objects.with_rank_of(project).latest_adopted()
    if latest is None:
        url = reverse("priority_list")
        blocker = Blocker(
            "list_missing", "No priority list has been adopted yet.", manager, url, "Open the list"
        )
    elif not latest.is_in_force(on=day):
        url = reverse("priority_list")
        lapsed = f"Priority list {latest.number} lapsed on {_day(latest.valid_until)}."
        blocker = Blocker("list_lapsed", lapsed, manager, url, "Open the list")
    elif latest.rank_of_project is None:
        url = reverse("priority_list")
        sentence = f"It is not on priority list {latest.number}, which is in force."
        blocker = Blocker("not_listed", sentence, manager, url, "Open the list")
    else:
        sentence = (
            f"Number {latest.rank_of_project} of {latest.length} on the list adopted on "
            f"{_day(latest.adopted_on)} by {latest.action_number}."
        )
        url = latest.get_absolute_url()
        return Panel(3, "Priority", True, sentence, url, "See its place on the list", ())
    return Panel(3, "Priority", False, blocker.sentence, url, "See the priority list", (blocker,))


def _others(project: Project, city: City) -> Iterator[Blocker]:
    url = project.get_absolute_url()
    manager = "A city manager"
    if project.stage in {Project.Stage.STOPPED, Project.Stage.CLOSED}:
        sentence = f"The project is {project.get_stage_display().lower()}."
        yield Blocker(f"project_{project.stage}", sentence, manager, url, "Open the project")
    if project.on_hold:
        sentence = f"The project is on hold. {project.hold_reason}"
        yield Blocker("on_hold", sentence, manager, url, "Open the project")
    takes_slot = project.stage == Project.Stage.SCOPING and not project.on_hold
    if not takes_slot and Project.objects.in_scoping().count() >= city.scoping_slots:
        sentence = (
            f"All {city.scoping_slots} scoping slots are taken. Finish or stop a project in "
            "scoping first."
        )
        listing = reverse("projects") + "?stage=scoping"
        yield Blocker("no_scoping_slot", sentence, manager, listing, "See who is in scoping")
