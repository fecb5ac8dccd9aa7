"""A step as it stands on its page: each field and part with all that the page says about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.urls import reverse

from problems import advice, lint, readability
from problems.advice import Advice, Check
from problems.completeness import Missing
from problems.forms.parts import PartRows
from problems.forms.sheet import Sheet
from problems.models import ProblemPolicy
from problems.plain_text import plain


@dataclass
class Item:
    """One field, or one part: what a reviewer asked for, what is missing, advice on the wording."""

    name: str
    control: forms.BoundField | None = None
    rows: PartRows | None = None
    reasons: list[Any] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    described_by: str = ""
    advice: list[Advice] | None = None
    characters_left: int | None = None
    grade: str = ""


def items_of(
    sheet: Sheet,
    *,
    gaps: Iterable[Missing],
    reasons: Sequence[Any],
    check: Check,
    policy: ProblemPolicy,
) -> list[Item]:
    """Return the fields and parts of a step in their order.

    `gaps` is what the page says is missing; `reasons` what a reviewer asked for, each with its
    `field`.
    """
    told = list(gaps)
    items = []
    for name in sheet.step.names:
        item = Item(
            name,
            reasons=[asked for asked in reasons if asked.field == name],
            gaps=[gap.sentence for gap in told if gap.field == name],
        )
        if name in sheet.parts:
            _add_rows(item, sheet.parts[name])
        else:
            _add_control(item, sheet, check, policy)
        items.append(item)
    return items


def _add_rows(item: Item, rows: PartRows) -> None:
    item.rows = rows
    for row in rows.forms:
        describe_row(row)


def _add_control(item: Item, sheet: Sheet, check: Check, policy: ProblemPolicy) -> None:
    item.control = control = sheet.statement[item.name]
    text = str(control.value() or "")
    if item.name in advice.LINTED_FIELDS:
        item.advice = check.on_text(item.name, text)
        item.grade = grade_of(text)
        check_while_typing(control, f"{reverse('problems:lint')}?problem={sheet.problem.pk}")
    item.characters_left = characters_left(item.name, text, policy)
    _describe(item, control)


def characters_left(name: str, text: str, policy: ProblemPolicy) -> int | None:
    """Return how much room is left in a field that council members read first, or None."""
    limits = {"title": 80, "statement": policy.statement_max_characters}
    return limits[name] - len(plain(text).strip()) if name in limits else None


def grade_of(text: str) -> str:
    """Return how hard a text is to read, in words; "" for one too short to say."""
    grade = readability.grade(text[: advice.LONGEST_TEXT], lint.detect_language(text))
    return grade.label if grade and grade.words >= readability.ENOUGH_WORDS else ""


def check_while_typing(shown: forms.BoundField, url: str) -> None:
    """Let a control ask `url` for advice on its wording, which stands under it."""
    shown.field.widget.attrs |= {
        "hx-post": url,
        "hx-trigger": "input changed delay:700ms",
        "hx-params": shown.html_name,
        "hx-target": f"#{shown.auto_id}_lint",
        "hx-swap": "innerHTML",
        "hx-sync": "this:replace",
    }


def _describe(item: Item, control: forms.BoundField) -> None:
    """Point the control to every text that stands with it, and mark it where something is amiss."""
    named = {
        "reason": item.reasons,
        "helptext": control.help_text,
        "error": item.gaps,
        "wrong": True,
        "count": item.characters_left is not None,
        "lint": item.advice is not None,
    }
    item.described_by = " ".join(
        f"{control.auto_id}_{name}" for name, stands in named.items() if stands
    )
    attrs = control.field.widget.attrs
    if not control.use_fieldset:
        attrs["aria-describedby"] = item.described_by
    if item.gaps:
        attrs["aria-invalid"] = "true"


def describe_row(row: forms.BaseForm) -> None:
    """Point each control of a row to its hint and to the place of its error."""
    for control in row.visible_fields():
        names = ["helptext", "wrong"] if control.help_text else ["wrong"]
        control.field.widget.attrs["aria-describedby"] = " ".join(
            f"{control.auto_id}_{name}" for name in names
        )
