"""The page on which a statement is written: its fields and the rows of its parts as one thing.

A field or part on the page carries what the page has to say about it: what a reviewer asked for,
what is missing, what is badly typed, and advice on the wording.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property

from problems import advice, drafting
from problems.advice import Advice
from problems.completeness import Missing
from problems.forms.parts import PART_ROWS, PartForm, PartRows
from problems.forms.statement import StatementForm
from problems.models import Problem, ProblemPolicy

# The sections of the page, each with its fields and parts in order.
SECTIONS = {
    "who": (
        "Who is affected",
        ("title", "statement", "affected_groups", "place", "since", "frequency"),
    ),
    "today": (
        "What happens today",
        (
            "impact_now",
            "severity",
            "do_nothing",
            "do_nothing_cost",
            "critical_priority",
            "critical_reason",
            "prior_attempts",
        ),
    ),
    "proof": (
        "How we know",
        (
            "evidence",
            "causes",
            "contact_method",
            "contact_count",
            "contact_dates",
            "no_contact_reason",
            "mandate",
        ),
    ),
    "success": (
        "What success looks like",
        (
            "measures",
            "solved_6_months",
            "solved_12_months",
            "influence",
            "not_in_scope",
            "constraints",
        ),
    ),
    "send": ("Check and send", ("owner",)),
}
ORDER = [name for _, names in SECTIONS.values() for name in names]


def label_of(name: str) -> str:
    """Return the words on the page for a field or part; "The whole statement" for none."""
    if name in PART_ROWS:
        return PART_ROWS[name].title
    known = StatementForm.base_fields.get(name)
    return str(known.label or name.capitalize()) if known else "The whole statement"


def anchor_of(name: str) -> str:
    """Return the link to a field or part on the page."""
    if name in PART_ROWS:
        return f"#{name}"
    return "#id_severity_0" if name == "severity" else f"#id_{name}"


class Line(NamedTuple):
    """One line of an error summary: what to do, and where."""

    sentence: str
    href: str


class Difference(NamedTuple):
    """One place where what was typed and what is saved are not the same."""

    label: str
    yours: str
    theirs: str


@dataclass
class Item:
    """One field, or one part, with all that the page says about it."""

    name: str
    control: forms.BoundField | None = None
    rows: PartRows | None = None
    reasons: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    described_by: str = ""
    advice: list[Advice] | None = None
    characters_left: int | None = None


@dataclass
class Section:
    """A section of the page; done when nothing in it is missing, next when it is the first not."""

    key: str
    title: str
    items: list[Item]
    is_done: bool
    is_next: bool


class Sheet:
    """Everything that is typed about one problem, read and checked together."""

    def __init__(self, problem: Problem, data: Any = None) -> None:
        self.problem = problem
        self.statement = StatementForm(data, instance=copy(problem))
        self.parts = {
            name: rows(data, problem=problem, part=name) for name, rows in PART_ROWS.items()
        }
        self.is_bound = data is not None

    def is_valid(self) -> bool:
        """Return whether everything typed can be read; it may all be missing."""
        readable = [rows.is_valid() for rows in self.parts.values()]
        return self.statement.is_valid() and all(readable)

    @cached_property
    def changes(self) -> dict[str, drafting.Rows]:
        """The rows to write and to take out, part by part."""
        return {name: rows.changes() for name, rows in self.parts.items()}

    def has_changed(self) -> bool:
        """Return whether anything typed differs from what is saved now."""
        return bool(self.statement.changed_names) or any(
            rows.written or rows.removed for rows in self.changes.values()
        )

    def save(self, *, by: Any) -> None:
        """Save all of it as a draft, over the revision that the page was read at.

        Raises Stale when a newer one was saved, ValidationError when it was sent in meanwhile.
        """
        typed = self.statement.cleaned_data
        drafting.save(
            self.problem,
            fields={name: typed[name] for name in self.statement.changed_names},
            parts=self.changes,
            seen=typed["revision"],
            by=by,
        )

    def errors(self) -> list[Line]:
        """Return what cannot be read, one line for each, in the order of the page."""
        lost = "revision" in self.statement.errors
        lines = [Line("Open the page again: it lost its place.", "")] if lost else []
        lines += [Line(str(text), "") for text in self.statement.non_field_errors()]
        for name in ORDER:
            if name in self.parts:
                lines += self._row_errors(self.parts[name])
            else:
                lines += _errors_of(self.statement[name], label_of(name), anchor_of(name))
        return lines

    def _row_errors(self, rows: PartRows) -> Iterator[Line]:
        for text in rows.non_form_errors():
            yield Line(f"{rows.title}: {text}", f"#{rows.prefix}")
        for number, (row, errors) in enumerate(zip(rows.forms, rows.errors, strict=True), 1):
            if not errors:
                continue
            where = f"{rows.row_label} {number}"
            for text in row.non_field_errors():
                yield Line(f"{where}: {text}", f"#{rows.prefix}")
            for shown in row.shown():
                yield from _errors_of(
                    shown, f"{where}, {str(shown.label).lower()}", f"#{shown.id_for_label}"
                )

    def differences(self) -> list[Difference]:
        """Return where the typed words and the saved ones are not the same."""
        found = [
            Difference(label_of(name), _shown(self.statement, name), _saved(self.statement, name))
            for name in self.statement.changed_names
        ]
        for rows in self.parts.values():
            found += _row_differences(rows)
        return found

    def sections(self, *, gaps: Iterable[Missing], told: bool, reasons: Any) -> list[Section]:
        """Return the page section by section.

        `gaps` is what is missing; it stands at the fields when `told`. `reasons` holds what the
        reviewer asked for, as (field, sentence).
        """
        gaps = list(gaps)
        policy = ProblemPolicy.current()
        sections: list[Section] = []
        for key, (title, names) in SECTIONS.items():
            items = [self._item(name, gaps if told else [], reasons, policy) for name in names]
            done = not any(gap.field in names for gap in gaps)
            is_next = not done and all(section.is_done for section in sections)
            sections.append(Section(key, title, items, done, is_next))
        return sections

    def _item(self, name: str, gaps: list[Missing], reasons: Any, policy: ProblemPolicy) -> Item:
        item = Item(
            name,
            reasons=[reason for about, reason in reasons if about == name],
            gaps=[gap.sentence for gap in gaps if gap.field == name],
        )
        if name in self.parts:
            item.rows = self.parts[name]
            return item
        item.control = control = self.statement[name]
        text = str(control.value() or "")
        if name in advice.LINTED_FIELDS:
            item.advice = advice.on_text(name, text)
            _check_while_typing(control)
        item.characters_left = characters_left(name, text, policy)
        _describe(item, control)
        return item


def characters_left(name: str, text: str, policy: ProblemPolicy) -> int | None:
    """Return how much room is left in a field that council members read first, or None."""
    limits = {"title": 80, "statement": policy.statement_max_characters}
    return limits[name] - len(text.replace("\r\n", "\n").strip()) if name in limits else None


def _check_while_typing(shown: forms.BoundField) -> None:
    shown.field.widget.attrs |= {
        "hx-post": reverse("problems:lint"),
        "hx-trigger": "input changed delay:700ms",
        "hx-params": shown.name,
        "hx-target": f"#{shown.auto_id}_lint",
        "hx-swap": "innerHTML",
        "hx-sync": "this:replace",
    }


def _describe(item: Item, control: forms.BoundField) -> None:
    """Point the control to every text that stands with it, and mark it where something is amiss."""
    named = {
        "reason": item.reasons,
        "helptext": control.help_text,
        "error": control.errors or item.gaps,
        "count": item.characters_left is not None,
        "lint": item.advice is not None,
    }
    item.described_by = " ".join(
        f"{control.auto_id}_{name}" for name, stands in named.items() if stands
    )
    attrs = control.field.widget.attrs
    if item.described_by and not control.use_fieldset:
        attrs["aria-describedby"] = item.described_by
    if item.gaps:
        attrs["aria-invalid"] = "true"


def _errors_of(shown: forms.BoundField, label: str, href: str) -> Iterator[Line]:
    for text in shown.errors:
        yield Line(f"{label}: {text}", href)


def _row_differences(rows: PartRows) -> Iterator[Difference]:
    """Rows typed otherwise than saved, then saved rows of which this page knows nothing."""
    for number, row in enumerate(rows.forms, 1):
        label = f"{rows.row_label} {number}"
        if not row.instance.pk:
            if not row.says_nothing and rows.is_new(row):
                yield Difference(label, _whole_row(row, _shown), "")
        elif row.says_nothing:
            yield Difference(label, "Taken out", _whole_row(row, _saved))
        elif row.has_changed():
            yield Difference(label, _whole_row(row, _shown), _whole_row(row, _saved))
    for saved in rows.saved_elsewhere:
        row = rows.form(instance=saved)
        yield Difference(f"{rows.row_label}, added", "", _whole_row(row, _saved))


def _whole_row(row: PartForm, value: Any) -> str:
    told = ((str(row.fields[name].label), value(row, name)) for name in row._meta.fields or ())
    return "; ".join(f"{label}: {text}" for label, text in told if text)


def _shown(form: forms.BaseForm, name: str) -> str:
    return _in_words(form.fields[name], form.cleaned_data.get(name))


def _saved(form: forms.BaseForm, name: str) -> str:
    return _in_words(form.fields[name], form.get_initial_for_field(form.fields[name], name))


def _in_words(shown: forms.Field, value: Any) -> str:
    """Return a value as the page shows it: a choice by its label, a day and a number as typed."""
    if value is None or value == "":
        return ""
    if isinstance(shown, forms.ModelChoiceField):
        return str(shown.clean(getattr(value, "pk", value)))
    if isinstance(shown, forms.ChoiceField):
        return str(dict(shown.choices).get(value, value))  # type: ignore[arg-type]
    if isinstance(shown, forms.DateField):
        return f"{value:%m/%d/%Y}"
    return str(shown.prepare_value(value))
