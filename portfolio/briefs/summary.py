"""The opening of a brief, in at most 120 words, built from its facts alone."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.formats import date_format

from budgets.money import show
from portfolio.briefs.content import (
    BudgetPart,
    ListEntry,
    Measure,
    PriorityPart,
    ProblemPart,
)
from portfolio.templatetags.groundwork import number

# What a council member reads before turning the page.
MOST_WORDS = 120


def of_project(
    *,
    problem: ProblemPart | None,
    priority: PriorityPart | None,
    budget: BudgetPart,
) -> str:
    """Return the opening of a project's brief; a sentence that no longer fits is left out."""
    return _fitting(
        [
            *_of_problem(problem),
            *_of_budget(budget),
            _of_priority(priority),
        ]
    )


def of_list(
    *, entries: tuple[ListEntry, ...], standing: str, cost: Decimal, committed: Decimal
) -> str:
    """Return the opening of a list's brief."""
    projects = "project" if len(entries) == 1 else "projects"
    covered = sum(entry.is_covered for entry in entries)
    critical = sum(bool(entry.critical_priority) for entry in entries)
    return _fitting(
        [
            f"{len(entries):,} {projects} on one ranked list.",
            standing,
            _of_lines(entries),
            f"Together they cost {show(cost)} once, with contingency." if cost else "",
            f"{show(committed)} was committed when the list was signed.",
            f"Committed money covered {covered:,} of them then." if committed else "",
            f"{critical:,} of them served a critical priority then." if critical else "",
        ]
    )


def _of_lines(entries: tuple[ListEntry, ...]) -> str:
    """Return how far people and money reached; empty for a list that drew no lines."""
    if any(entry.has_people is None for entry in entries):
        return ""
    people = sum(bool(entry.has_people) for entry in entries)
    money = sum(bool(entry.has_money) for entry in entries)
    return f"There were people for {people:,} of them, and money for {money:,}."


def _fitting(sentences: Iterable[str]) -> str:
    """Join the sentences that fit into the limit, in their order."""
    kept, words = [], 0
    for sentence in sentences:
        length = len(sentence.split())
        if sentence and words + length <= MOST_WORDS:
            kept.append(sentence)
            words += length
    return " ".join(kept)


def _of_problem(problem: ProblemPart | None) -> list[str]:
    if problem is None:
        return ["No problem is linked to it."]
    counted = [group for group in problem.groups if group.number is not None]
    sentences = []
    if counted:
        first = counted[0]
        dated = f" ({date_format(first.as_of)})" if first.as_of else ""
        sentences.append(f"Affected: {first.who}, {first.number:,}{dated}.")
    sentences += [_of_measure(measure) for measure in problem.measures[:1]]
    if problem.do_nothing_cost:
        sentences.append(f"Doing nothing is put at {show(problem.do_nothing_cost)}.")
    return sentences


def _of_measure(measure: Measure) -> str:
    if measure.baseline is None:
        return ""
    unit = f" {measure.unit}" if measure.unit else ""
    on = f" on {date_format(measure.baseline_date)}" if measure.baseline_date else ""
    sentence = f"{measure.name}: {number(measure.baseline)}{unit}{on}"
    if measure.target is not None:
        by = f" by {date_format(measure.target_date)}" if measure.target_date else ""
        sentence += f"; the target is {number(measure.target)}{by}"
    return f"{sentence}."


def _of_budget(budget: BudgetPart) -> list[str]:
    if not budget.whole_life:
        return ["Its cost is not worked out yet."]
    cost = f"It costs {show(budget.one_time)} once"
    if budget.contingency:
        cost += f", {show(budget.contingency)} of contingency"
    if budget.recurring:
        cost += f", and {show(budget.recurring)} to run over {budget.horizon}"
    if budget.is_dedicated:
        money = f"{show(budget.committed)} is committed and the budget is dedicated."
    elif budget.committed:
        money = f"{show(budget.committed)} is committed; the budget is not dedicated."
    else:
        money = "No money is committed to it."
    return [f"{cost}.", money]


def _of_priority(priority: PriorityPart | None) -> str:
    if priority is None:
        return "It is not on the adopted list."
    ending = "valid until" if priority.is_in_force else "lapsed after"
    return (
        f"It ranks {priority.rank:,} of {priority.length:,} on priority list "
        f"{priority.list_number}, adopted {date_format(priority.adopted_on)} by "
        f"{priority.action_number}, {ending} {date_format(priority.valid_until)}."
    )
