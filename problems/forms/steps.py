"""The five steps in which a statement is written: what each of them asks for."""

from typing import NamedTuple

from django.urls import reverse

from problems.forms.parts import PART_ROWS
from problems.forms.statement import StatementForm


class Step(NamedTuple):
    """One step: its name in addresses, its title, what it is about, its fields and parts."""

    key: str
    title: str
    about: str
    names: tuple[str, ...]

    @property
    def asks_in_own_words(self) -> bool:
        """Whether its words may be found again in the statement of somebody else."""
        return not {"title", "statement"}.isdisjoint(self.names)


STEPS = (
    Step(
        "who",
        "Who is affected",
        "Name the people first. Everything else follows from who they are and how many.",
        ("title", "affected_groups", "place", "since"),
    ),
    Step(
        "today",
        "What happens today",
        "Tell it the way the people who live with it would.",
        (
            "impact_now",
            "frequency",
            "severity",
            "do_nothing",
            "do_nothing_cost",
            "critical_priority",
            "critical_reason",
        ),
    ),
    Step(
        "proof",
        "How we know",
        "One good number with its source is worth more than a page.",
        (
            "evidence",
            "causes",
            "contact_method",
            "contact_count",
            "contact_dates",
            "no_contact_reason",
            "prior_attempts",
            "mandate",
        ),
    ),
    Step(
        "success",
        "What success looks like",
        "Say how far it is from today to good enough, and how anybody could tell.",
        (
            "measures",
            "solved_6_months",
            "solved_12_months",
            "influence",
            "not_in_scope",
            "constraints",
        ),
    ),
    Step(
        "send",
        "Check and send",
        "You have the facts. Now put them in two or three sentences, read it through, and send it.",
        ("statement", "owner"),
    ),
)
BY_KEY = {step.key: step for step in STEPS}
ORDER = [name for step in STEPS for name in step.names]


def step_of(name: str) -> Step:
    """Return the step that asks for a field or part; the last one for the whole statement."""
    return next((step for step in STEPS if name in step.names), STEPS[-1])


def label_of(name: str) -> str:
    """Return the words on the page for a field or part; "The whole statement" for none."""
    if name in PART_ROWS:
        return PART_ROWS[name].title
    if name in StatementForm.LABELS:
        return str(StatementForm.LABELS[name])
    known = StatementForm.base_fields.get(name)
    return str(known.label or name.capitalize()) if known else "The whole statement"


def anchor_of(name: str) -> str:
    """Return the link to a field or part on the page of its step."""
    if name in PART_ROWS:
        return f"#{name}"
    is_choice = name in {"severity", "critical_priority"}
    return f"#id_{name}_0" if is_choice else f"#id_{name}"


def url_of(problem_pk: int, step: Step) -> str:
    """Return the address of a step."""
    return reverse("problems:step", args=[problem_pk, step.key])


def link_to(problem_pk: int, name: str, *, gaps: bool = False) -> str:
    """Return the link to a field or part; with `gaps`, what is missing stands there."""
    asked = "?missing=1" if gaps else ""
    return f"{url_of(problem_pk, step_of(name))}{asked}{anchor_of(name) if name else ''}"
