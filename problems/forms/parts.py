"""The parts of a statement as rows of a page: groups, measures, causes, evidence, attempts."""

from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.functional import cached_property

from problems.drafting import Rows
from problems.forms.fields import CalendarDate, Choice, Count, Figure, PlainText
from problems.models import AffectedGroup, Cause, Evidence, Measure, PriorAttempt, Problem

MOST_ROWS = 60
EMPTY = (None, "")


class PartForm(forms.ModelForm[Any]):
    """One row of a part.

    `content` names the fields without which the row says nothing; `wide` those that take a line of
    their own.
    """

    needed: ClassVar[frozenset[str]] = frozenset()
    content: ClassVar[tuple[str, ...]] = ()
    wide: ClassVar[frozenset[str]] = frozenset()

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["id"] = self.instance.pk

    @property
    def says_nothing(self) -> bool:
        """True for a row that is empty or marked for removal."""
        return self.cleaned_data.get(forms.formsets.DELETION_FIELD_NAME, False) or all(
            self.cleaned_data.get(name) in EMPTY for name in self.content
        )

    def shown(self) -> list[forms.BoundField]:
        """Return the fields that stand on the page, the checkbox for removal last."""
        return [field for field in self if not field.is_hidden]

    def lines(self) -> list[list[forms.BoundField]]:
        """Return the fields as they share the lines of the page."""
        lines: list[list[forms.BoundField]] = []
        for field in self.shown():
            alone = field.name in self.wide or field.name == forms.formsets.DELETION_FIELD_NAME
            if alone or not lines or lines[-1][-1].name in self.wide:
                lines.append([])
            lines[-1].append(field)
        return lines


class GroupForm(PartForm):
    """People who have the problem."""

    needed = frozenset({"who", "number", "number_source"})
    content = ("who", "number", "number_source", "as_of")
    wide = frozenset({"who", "number_source"})

    who = PlainText("Who they are", limit=120, help_text="Such as tenants of old buildings.")
    number = Count("How many", help_text="Such as 6,200.")
    as_of = CalendarDate("As of", help_text="Such as 3/15/2025.")
    number_source = PlainText("Where the number comes from", limit=300)

    class Meta:
        model = AffectedGroup
        fields = ("who", "number", "as_of", "number_source")


class MeasureForm(PartForm):
    """An outcome, from where it stands to where it should get."""

    needed = frozenset(
        {
            "name",
            "unit",
            "direction",
            "baseline_value",
            "baseline_date",
            "baseline_source",
            "baseline_quality",
            "target_value",
            "target_date",
        }
    )
    content = tuple(sorted(needed))
    wide = frozenset({"name", "baseline_source"})

    name = PlainText("What is measured", limit=160, help_text="Such as days until an answer.")
    unit = PlainText("Unit", limit=60, help_text="Such as days or percent.")
    direction = Choice("Which way is better", Measure.Direction.choices)
    baseline_value = Figure("Value today", help_text="Such as 26 or 1,200.5.")
    baseline_date = CalendarDate("Measured on", help_text="Such as 3/15/2025.")
    baseline_quality = Choice("How good the value is", Measure.Quality.choices)
    baseline_source = PlainText("Source of the value", limit=300)
    target_value = Figure("Target", help_text="Such as 10.")
    target_date = CalendarDate("Target date", help_text="Such as 12/31/2027.")

    class Meta:
        model = Measure
        fields = (
            "name",
            "unit",
            "direction",
            "baseline_value",
            "baseline_date",
            "baseline_quality",
            "baseline_source",
            "target_value",
            "target_date",
        )


class CauseForm(PartForm):
    """One why, and what it rests on."""

    needed = frozenset({"cause", "basis", "depth"})
    content = ("cause",)
    wide = frozenset({"cause"})

    cause = PlainText("Because", limit=300)
    depth = forms.TypedChoiceField(
        label="Which why",
        coerce=int,
        initial=1,
        choices=[
            (1, "1: the direct cause"),
            (2, "2: why that is so"),
            (3, "3: why that is so"),
            (4, "4: why that is so"),
            (5, "5: the root"),
        ],
    )
    basis = forms.ChoiceField(
        label="How we know", choices=Cause.Basis.choices, initial=Cause.Basis.ASSUMED
    )

    class Meta:
        model = Cause
        fields = ("cause", "depth", "basis")


class EvidenceForm(PartForm):
    """A sourced item behind the problem."""

    needed = frozenset({"kind", "finding", "source"})
    content = ("finding", "source", "link", "count", "dated")
    wide = frozenset({"finding", "source", "link"})

    finding = PlainText("What it shows", limit=400)
    source = PlainText("Source", limit=300, help_text="Who published it and where, or give a link.")
    link = forms.URLField(
        label="Link",
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        error_messages={
            "invalid": "Enter an address such as https://example.org/report.",
            "max_length": "Enter a shorter address: at most %(limit_value)s characters fit.",
        },
    )
    kind = forms.ChoiceField(
        label="Kind", choices=Evidence.Kind.choices, initial=Evidence.Kind.DATA
    )
    dated = CalendarDate("Date", help_text="Such as 3/15/2025.")
    count = Count("How many cases", help_text="Such as 6,200.")

    class Meta:
        model = Evidence
        fields = ("finding", "source", "link", "kind", "dated", "count")


class AttemptForm(PartForm):
    """What was tried before."""

    content = ("what", "year", "result")
    wide = frozenset({"what", "result"})

    what = PlainText("What was tried", limit=300)
    year = forms.IntegerField(
        label="Year",
        required=False,
        min_value=1900,
        max_value=2200,
        widget=forms.TextInput(attrs={"class": "w5", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Enter a year with four digits, such as 2019."
        ),
    )
    result = PlainText("What came of it", limit=300)

    class Meta:
        model = PriorAttempt
        fields = ("what", "year", "result")


class PartRows(forms.BaseFormSet[PartForm]):
    """The rows of one part of one problem: the saved ones, then an empty one.

    A row finds its saved record by the key it carries, so that rows which somebody else added or
    took out meanwhile never shift one record's words onto another.
    """

    title: ClassVar[str]
    row_label: ClassVar[str]
    add_label: ClassVar[str]
    hint: ClassVar[str] = ""

    def __init__(self, data: Any, *, problem: Problem, part: str) -> None:
        self.saved: list[models.Model] = list(getattr(problem, part).all())
        super().__init__(data, prefix=part)
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
        return {**kwargs, "instance": known[0]} if known else kwargs

    def add_fields(self, form: PartForm, index: int | None) -> None:
        """Word the checkbox that takes a row out."""
        super().add_fields(form, index)
        if forms.formsets.DELETION_FIELD_NAME in form.fields:
            form.fields[
                forms.formsets.DELETION_FIELD_NAME
            ].label = f"Remove this {self.row_label.lower()}"

    def changes(self) -> Rows:
        """Return what saving has to write and to take out."""
        written: list[models.Model] = []
        removed: list[int] = []
        for form in self.forms:
            if form.says_nothing:
                removed += [form.instance.pk] if form.instance.pk else []
            elif self.is_new(form) or (form.instance.pk and form.has_changed()):
                written.append(form.instance)
        return Rows(written, removed)

    def is_new(self, form: PartForm) -> bool:
        """Return whether a row is to become a record: not when the same page was sent twice."""
        return not form.instance.pk and not any(
            all(getattr(row, name) == form.cleaned_data.get(name) for name in form.content)
            for row in self.saved_elsewhere
        )

    @cached_property
    def saved_elsewhere(self) -> list[models.Model]:
        """The saved rows of which the page knows nothing."""
        here = {form.instance.pk for form in self.forms}
        return [row for row in self.saved if row.pk not in here]

    def next_anchor(self) -> str:
        """Return the id of the first field of the empty row."""
        row = self.forms[-1]
        return row[row.content[0]].auto_id


def rows_of(form: type[PartForm], *, title: str, row_label: str, hint: str) -> type[PartRows]:
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
        hint="Also what failed: it saves the next people a detour.",
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
