"""The parts of a statement as rows of a page: groups, measures, causes, evidence, attempts."""

from collections.abc import Mapping
from copy import copy
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.functional import cached_property

from problems import marks
from problems.drafting import Rows
from problems.forms.files import EvidenceFileField
from problems.forms.rows import (
    AttemptForm,
    CauseForm,
    EvidenceForm,
    GroupForm,
    MeasureForm,
    PartForm,
)
from problems.models import Problem, ProblemPolicy

MOST_ROWS = 60


class PartRows(forms.BaseFormSet[PartForm]):
    """The rows of one part of one problem: the saved ones, then an empty one if there is none or
    the page asks for one more.

    A row finds its saved record by the key it carries, so that rows which somebody else added or
    took out meanwhile never shift one record's words onto another.
    """

    title: ClassVar[str]
    row_label: ClassVar[str]
    add_label: ClassVar[str]
    # False for a part that most statements do without: it shows no empty row unasked.
    is_open: ClassVar[bool] = True
    hint: ClassVar[str] = ""

    def __init__(
        self, data: Any, files: Any = None, *, problem: Problem, part: str, one_more: bool = False
    ) -> None:
        self.saved: list[models.Model] = list(getattr(problem, part).all())
        self.extra = int(one_more or (self.is_open and not self.saved))
        super().__init__(data, files, prefix=part)
        self.error_messages["missing_management_form"] = (  # type: ignore[attr-defined]
            "Some rows did not arrive. Open the page again and repeat what is missing."
        )

    def initial_form_count(self) -> int:
        """Count the saved rows, or those that were saved when the page was sent."""
        return super().initial_form_count() if self.is_bound else len(self.saved)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Give a row the saved record it is about; a row without one makes a new record."""
        kwargs = super().get_form_kwargs(index)
        if index is None or not self.is_bound:
            known = self.saved[index : index + 1] if index is not None else []
        else:
            key = self.data.get(f"{self.prefix}-{index}-id", "")
            known = [row for row in self.saved if str(row.pk) == key]
        # A form writes into its instance: the saved row stays as it is, to compare with.
        return {**kwargs, "instance": copy(known[0]), "empty_permitted": False} if known else kwargs

    def add_fields(self, form: PartForm, index: int | None) -> None:
        """Word the checkbox that takes a row out."""
        super().add_fields(form, index)
        if isinstance(chooser := form.fields.get("file"), EvidenceFileField):
            chooser.fit(self.policy)
        if forms.formsets.DELETION_FIELD_NAME in form.fields:
            form.fields[
                forms.formsets.DELETION_FIELD_NAME
            ].label = f"Remove this {self.row_label.lower()}"

    def changes(self, shown: Mapping[int, str] | None = None) -> Rows:
        """Return what saving has to write and to take out.

        With `shown`, the marks of the rows as the page showed them, rows that nobody changed on
        this page are left out: somebody else's newer ones stand.
        """
        written: list[models.Model] = []
        removed: list[int] = []
        for form in self.forms:
            key, was_shown = form.instance.pk, (shown or {}).get(self.key_of(form))
            if form.says_nothing:
                removed += [key] if key else []
            elif was_shown == marks.of_row(form.instance):
                continue
            elif was_shown and not key:
                # Somebody took it out while it was changed here.
                form.instance.pk = self.key_of(form)
                written.append(form.instance)
            elif key:
                written += [form.instance] if form.has_changed() else []
            elif self.is_new(form):
                written.append(form.instance)
            else:
                form.instance.pk = self.sent_before(form)
        return Rows(written, removed)

    def marks_on_page(self) -> dict[int, str]:
        """Return the marks of the rows as they stand on the page that was sent, after saving."""
        kept = [form for form in self.forms if not form.says_nothing and form.instance.pk]
        return {form.instance.pk: marks.of_row(form.instance) for form in kept}

    @cached_property
    def policy(self) -> ProblemPolicy:
        """The city's numbers, asked for once, whatever the number of rows."""
        return ProblemPolicy.current()

    def key_of(self, form: PartForm) -> int:
        """Return the key of the record that the page showed in this row; 0 for none."""
        if form.instance.pk:
            return int(form.instance.pk)
        return form.cleaned_data.get("id") or 0

    def is_new(self, form: PartForm) -> bool:
        """Return whether a row is to become a record: not when the same page was sent twice."""
        return not form.instance.pk and not self.sent_before(form)

    def sent_before(self, form: PartForm) -> int | None:
        """Return the key of a saved row that says the same and of which the page knows nothing."""
        same = (
            row.pk
            for row in self.saved_elsewhere
            if all(getattr(row, name) == form.cleaned_data.get(name) for name in form.content)
        )
        return next(same, None)

    @cached_property
    def saved_elsewhere(self) -> list[models.Model]:
        """The saved rows of which the page knows nothing."""
        here = {form.instance.pk for form in self.forms}
        return [row for row in self.saved if row.pk not in here]


def rows_of(
    form: type[PartForm], *, title: str, row_label: str, hint: str, is_open: bool = True
) -> type[PartRows]:
    """Make the rows of a part from the form of one row and its words."""
    made = forms.formset_factory(
        form,
        formset=PartRows,
        extra=1,
        can_delete=True,
        can_delete_extra=False,
        max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
    )
    made.title, made.row_label, made.hint = title, row_label, hint  # type: ignore[attr-defined]
    made.add_label = f"Add another {row_label.lower()}"  # type: ignore[attr-defined]
    made.is_open = is_open  # type: ignore[attr-defined]
    return made  # type: ignore[return-value]


PART_ROWS: dict[str, type[PartRows]] = {
    "affected_groups": rows_of(
        GroupForm,
        title="People who have the problem",
        row_label="Group",
        hint="At least one group with a number and where the number comes from.",
    ),
    "prior_attempts": rows_of(
        AttemptForm,
        title="What was tried before",
        row_label="Attempt",
        hint="Include what failed: it saves the next team the detour.",
        is_open=False,
    ),
    "evidence": rows_of(
        EvidenceForm,
        title="Evidence",
        row_label="Piece of evidence",
        hint="At least one with its source. Numbers that the city already has come first.",
    ),
    "causes": rows_of(
        CauseForm,
        title="Why it happens",
        row_label="Cause",
        hint="Ask why up to five times. At least one cause that was observed or measured.",
    ),
    "measures": rows_of(
        MeasureForm,
        title="What is measured",
        row_label="Measure",
        hint="At least one, from its value today to a target.",
    ),
}
