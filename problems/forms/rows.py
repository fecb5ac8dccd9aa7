"""One row of each part: a group, a measure, a cause, a piece of evidence, an attempt."""

from typing import Any, ClassVar

from django import forms

from problems import catalogue
from problems.evidence_files.reading import EvidenceFile
from problems.forms.fields import CalendarDate, Choice, Count, Figure, PlainText
from problems.forms.files import EvidenceFileField
from problems.models import AffectedGroup, Cause, Evidence, Measure, PriorAttempt

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
    def is_taken_out(self) -> bool:
        """True for a row marked for removal."""
        return bool(self.cleaned_data.get(forms.formsets.DELETION_FIELD_NAME, False))

    @property
    def says_nothing(self) -> bool:
        """True for a row that is empty or marked for removal; a saved one is not empty while
        something in it cannot be read.
        """
        if self.is_taken_out:
            return True
        if self.errors and self.instance.pk:
            return False
        return all(self.cleaned_data.get(name) in EMPTY for name in self.content)

    def filled_in(self) -> list[forms.BoundField]:
        """Return the controls that saving filled in for the person, as they are now."""
        return []

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
    number = Count("How many", help_text="Such as 6,200 or about 1.2 million.")
    as_of = CalendarDate("As of", help_text="Such as 3/15/2025 or March 2025.")
    number_source = PlainText("Where the number comes from", limit=300, rows=2)

    class Meta:
        model = AffectedGroup
        fields = ("who", "number", "as_of", "number_source")


class MeasureForm(PartForm):
    """An outcome, from where it stands to where it should get."""

    needed = frozenset(
        {
            "name",
            "kind",
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
    content = tuple(sorted(needed - {"kind"}))
    wide = frozenset({"catalogue_code", "name", "kind", "baseline_source"})

    catalogue_code = forms.ChoiceField(
        label="Pick a measure that cities use",
        required=False,
        help_text="It fills in name, unit and direction when you save. Or write your own below.",
        error_messages={"invalid_choice": "Choose one of the list, or write your own below."},
    )
    name = PlainText("What is measured", limit=160, help_text="Such as days until an answer.")
    kind = forms.ChoiceField(
        label="What it counts",
        required=False,
        choices=Measure.Kind.choices,
        initial=Measure.Kind.OUTCOME,
        error_messages={"invalid_choice": "Choose one of the list."},
    )
    unit = PlainText("Unit", limit=60, help_text="Such as days or percent.")
    direction = Choice("Which way is better", Measure.Direction.choices)
    baseline_value = Figure("Value today", help_text="Such as 26 or 1,200.5.")
    baseline_date = CalendarDate("Measured on", help_text="Such as 3/15/2025 or March 2025.")
    baseline_quality = Choice("How good the value is", Measure.Quality.choices)
    baseline_source = PlainText("Source of the value", limit=300, rows=2)
    target_value = Figure("Target", help_text="Such as 10.")
    target_date = CalendarDate(
        "Target date", end_of_month=True, help_text="Such as 12/31/2027 or June 2027."
    )

    class Meta:
        model = Measure
        fields = (
            "catalogue_code",
            "name",
            "kind",
            "unit",
            "direction",
            "baseline_value",
            "baseline_date",
            "baseline_quality",
            "baseline_source",
            "target_value",
            "target_date",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken_over: list[str] = []
        own = ("", "My own measure")
        self.fields["catalogue_code"].choices = [own, *catalogue.by_theme()]  # type: ignore[attr-defined]

    @property
    def picked(self) -> catalogue.Entry | None:
        """The measure of the catalogue that the row names."""
        return catalogue.by_code(self.cleaned_data.get("catalogue_code") or "")

    def clean(self) -> dict[str, Any]:
        """Take over what the catalogue says, and refuse what is no outcome."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        entry = self.picked
        if entry:
            self._take_over(entry)
        kind = entry.kind if entry else cleaned.get("kind") or Measure.Kind.OUTCOME
        is_chosen = {"catalogue_code", "kind"} & set(self.changed_data)
        if kind != Measure.Kind.OUTCOME and (
            is_chosen or cleaned.get("baseline_value") is not None
        ):
            where = "catalogue_code" if entry else "kind"
            self.add_error(where, catalogue.why_not(kind, entry))
            # What is refused is left unsaved: with the old kind, the row keeps the old value.
            cleaned.pop("kind", None)
            cleaned.pop("baseline_value", None)
        else:
            cleaned["kind"] = kind
        return cleaned

    def _take_over(self, entry: catalogue.Entry) -> None:
        """Fill in what is empty, or what the measure filled in that was picked before."""
        before = catalogue.by_code(self.instance.catalogue_code)
        for name in ("name", "unit", "direction"):
            typed = self.cleaned_data.get(name, "")
            if entry.is_outcome and typed in {"", before and getattr(before, name)}:
                self.cleaned_data[name] = str(getattr(entry, name))
                self.taken_over.append(name)

    def filled_in(self) -> list[forms.BoundField]:
        """Return the controls that the picked measure filled in, as they are after saving."""
        filled = type(self)(instance=self.instance, prefix=self.prefix)
        return [filled[name] for name in self.taken_over]


class CauseForm(PartForm):
    """One why, and what it rests on."""

    needed = frozenset({"cause", "basis", "depth"})
    content = ("cause",)
    wide = frozenset({"cause"})

    cause = PlainText("Because", limit=300, rows=2)
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
    content = ("finding", "source", "link", "count", "dated", "file_sha256")
    wide = frozenset({"finding", "source", "link", "file"})

    finding = PlainText("What it shows", limit=400, rows=2)
    source = PlainText(
        "Source", limit=300, rows=2, help_text="Who published it and where, or give a link."
    )
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
    file = EvidenceFileField()

    class Meta:
        model = Evidence
        fields = ("finding", "source", "link", "kind", "dated", "count", "file")

    def clean(self) -> dict[str, Any]:
        """Describe the file that comes, or that goes, on the row."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        file, row = cleaned.get("file"), self.instance
        if isinstance(file, EvidenceFile) and file.sha256 == row.file_sha256:
            # The page was sent again, with something mended elsewhere.
            cleaned["file"] = self.fields["file"].saved = row.file  # type: ignore[attr-defined]
        elif isinstance(file, EvidenceFile):
            file.put_on(row)
        elif file is False:
            row.file_name = row.file_type = row.file_sha256 = ""
            row.file_size = None
        # Stands for the file wherever two rows are compared: its name on disk never comes twice.
        return cleaned | {"file_sha256": row.file_sha256}


class AttemptForm(PartForm):
    """What was tried before."""

    content = ("what", "year", "result")
    wide = frozenset({"what", "result"})

    what = PlainText("What was tried", limit=300, rows=2)
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
    result = PlainText("What came of it", limit=300, rows=2)

    class Meta:
        model = PriorAttempt
        fields = ("what", "year", "result")
