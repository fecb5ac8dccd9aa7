"""One step of a statement as it is typed: its fields and the rows of its parts as one thing."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.utils.functional import cached_property

from problems import drafting, marks
from problems.forms.conflicts import Difference, in_words
from problems.forms.parts import PART_ROWS, PartRows
from problems.forms.rows import PartForm
from problems.forms.statement import StatementForm
from problems.forms.steps import Step, anchor_of, label_of
from problems.marks import Marks
from problems.models import Problem

LOST = "Open the page again: it lost its place."


class Line(NamedTuple):
    """One line of an error summary: what to do, and where."""

    sentence: str
    href: str


class Sheet:
    """Everything that is typed about one problem in one step, read and checked together.

    `files` are the files that came with the page; `one_more` names a part that shows an empty row.
    """

    def __init__(
        self, problem: Problem, step: Step, data: Any = None, files: Any = None, one_more: str = ""
    ) -> None:
        self.problem, self.step, self.data = problem, step, data
        own = [name for name in step.names if name not in PART_ROWS]
        self.statement = StatementForm(data, instance=problem, only=own)
        self.parts = {
            name: PART_ROWS[name](
                data, files, problem=problem, part=name, one_more=name == one_more
            )
            for name in step.names
            if name in PART_ROWS
        }

    def is_valid(self) -> bool:
        """Return whether everything typed can be read; it may all be missing."""
        readable = [rows.is_valid() for rows in self.parts.values()]
        return self.statement.is_valid() and all(readable)

    @property
    def has_place(self) -> bool:
        """Whether the page says at which revision it was read, and all of its rows arrived."""
        self.is_valid()
        arrived = [not rows.non_form_errors() for rows in self.parts.values()]
        return "revision" not in self.statement.errors and all(arrived)

    @cached_property
    def shown(self) -> Marks | None:
        """The marks of what the page showed, or None for a page without them."""
        return marks.read(self.data.get("shown", "")) if self.data is not None else None

    @cached_property
    def changed_fields(self) -> dict[str, Any]:
        """The readable values that saving has to write, by field."""
        return self.statement.changed_since(self.shown)

    @cached_property
    def changed_rows(self) -> dict[str, drafting.Rows]:
        """The readable rows to write and to take out, part by part."""
        known = self.shown.rows if self.shown else {}
        return {name: rows.changes(known.get(name)) for name, rows in self.parts.items()}

    def has_changed(self) -> bool:
        """Return whether anything that can be read is to be saved."""
        return bool(self.changed_fields) or any(
            rows.written or rows.removed for rows in self.changed_rows.values()
        )

    def save(self, *, by: Any) -> None:
        """Save what can be read, as a draft, over the state that the page showed.

        Raises Stale when a newer state changed the same, ValidationError when it was sent in
        meanwhile; nothing is saved then.
        """
        drafting.save(
            self.problem,
            fields=self.changed_fields,
            parts=self.changed_rows,
            seen=self.statement.cleaned_data["revision"],
            shown=self.shown,
            by=by,
        )

    def now_shown(self) -> Marks:
        """Return the marks of what the page shows: of what was typed where there is something."""
        if self.data is None:
            own = [name for name in self.step.names if name not in self.parts]
            return marks.of(self.problem, fields=own, parts=self.parts)
        before = self.shown or Marks({}, {})
        read = self.statement.readable.items()
        return Marks(
            {**before.fields, **{name: marks.of_value(value) for name, value in read}},
            {name: rows.marks_on_page() for name, rows in self.parts.items()},
        )

    def carried(self) -> dict[str, str]:
        """Return the hidden values of the page as they are after saving: its place, and the keys of
        rows that became records.
        """
        return self._place() | {
            form["id"].html_name: str(form.instance.pk)
            for rows in self.parts.values()
            for form in rows.forms
            if form.instance.pk and not form.says_nothing
        }

    def _place(self) -> dict[str, str]:
        return {"revision": str(self.problem.revision), "shown": self.now_shown().written()}

    def place(self) -> dict[str, str]:
        """Return at which state the page was read: as it was sent, or as it is now."""
        if self.data is None:
            return self._place()
        return {name: str(self.data.get(name, "")) for name in ("revision", "shown")}

    def controls(self) -> list[forms.BoundField]:
        """Return every control on the page that may say that it could not be read."""
        own = [self.statement[name] for name in self.step.names if name not in self.parts]
        rows = [
            control
            for part in self.parts.values()
            for row in part.forms
            for control in row.shown()
            if control.name != forms.formsets.DELETION_FIELD_NAME
        ]
        return own + rows

    def filled_in(self) -> list[forms.BoundField]:
        """Return the controls that a picked measure filled in, as they are now."""
        return [
            control
            for rows in self.parts.values()
            for row in rows.forms
            for control in row.filled_in()
        ]

    def errors(self) -> list[Line]:
        """Return what cannot be read, one line for each, in the order of the page."""
        lines = [Line(LOST, "")] if "revision" in self.statement.errors else []
        lines += [Line(str(text), "") for text in self.statement.non_field_errors()]
        for name in self.step.names:
            if name in self.parts:
                lines += _row_errors(self.parts[name])
            else:
                lines += _errors_of(self.statement[name], label_of(name), anchor_of(name))
        return lines

    def differences(self) -> list[Difference]:
        """Return where the typed words and the saved ones are not the same."""
        saved = StatementForm(None, instance=self.problem, only=list(self.statement.fields))
        found = [
            Difference(label_of(name), _shown(self.statement, name), _saved(saved, name))
            for name in self.statement.changed_since(None)
        ]
        for rows in self.parts.values():
            found += _row_differences(rows)
        return found


def _errors_of(shown: forms.BoundField, label: str, href: str) -> Iterator[Line]:
    for text in shown.errors:
        yield Line(f"{label}: {text}", href)


def _row_errors(rows: PartRows) -> Iterator[Line]:
    for text in rows.non_form_errors():
        yield Line(f"{rows.title}: {text}", f"#{rows.prefix}")
    for number, row in enumerate(rows.forms, 1):
        if not row.errors or row.is_taken_out:
            continue
        where = f"{rows.row_label} {number}"
        for text in row.non_field_errors():
            yield Line(f"{where}: {text}", f"#{rows.prefix}")
        for shown in row.shown():
            label = f"{where}, {str(shown.label).lower()}"
            yield from _errors_of(shown, label, f"#{shown.id_for_label}")


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
    return in_words(form.fields[name], form.cleaned_data.get(name))


def _saved(form: forms.BaseForm, name: str) -> str:
    return in_words(form.fields[name], form.get_initial_for_field(form.fields[name], name))
