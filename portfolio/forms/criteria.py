"""The sheet on which an administrator writes a new version of the criteria."""

from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.http import QueryDict

from portfolio.criteria import WHOLE, Wanted
from portfolio.forms.mistakes import Mistake, mistakes_of
from portfolio.forms.numbers import whole
from portfolio.models.scoring import HIGHEST_ANSWER

MOST_CRITERIA = 20
ANCHORS = tuple(f"answer_{value}" for value in range(HIGHEST_ANSWER + 1))
FIELDS = ("code", "name", "question", "weight", *ANCHORS)
EXTREMES = {0: " (none)", HIGHEST_ANSWER: " (most)"}


class SigningForm(forms.Form):
    """Why the criteria change, and which version the person read."""

    summary_on_page = True

    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages={"required": "Reload the page, then sign again."},
    )
    reason = forms.CharField(
        label="Why they change",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the criteria or their weights change."},
        help_text="Everybody who reads the list reads it, for example the council’s decision.",
    )


class CriterionForm(forms.Form):
    """One criterion: its name and question, what it weighs, and its six answers in words."""

    use_required_attribute = False

    code = forms.CharField(widget=forms.HiddenInput, max_length=30, required=False)
    name = forms.CharField(max_length=60, error_messages={"required": "Enter a name."})
    weight = forms.IntegerField(
        label="Weight",
        min_value=1,
        max_value=WHOLE,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w5"}),
        error_messages={
            "required": "Enter a weight, or take the criterion out.",
            "invalid": "Enter a whole number such as 10.",
            "min_value": "Enter 1 or more, or take the criterion out.",
            "max_value": "Enter 100 or less.",
        },
    )
    question = forms.CharField(
        max_length=200,
        # On one line nobody could read it again on a phone.
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Enter the question."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for value, name in enumerate(ANCHORS):
            self.fields[name] = forms.CharField(
                label=f"Answer {value}{EXTREMES.get(value, '')}",
                max_length=160,
                widget=forms.Textarea(attrs={"rows": 2}),
                error_messages={"required": "Write what this answer means."},
            )

    @property
    def heading(self) -> str:
        """What the row is called: the name that it had."""
        return str(self.initial.get("name") or "New criterion")

    @property
    def answers(self) -> list[forms.BoundField]:
        """The words of the six answers."""
        return [self[name] for name in ANCHORS]

    @property
    def is_open(self) -> bool:
        """True where the six answers want to be seen: a new criterion, or a mistake in one."""
        return not self.initial.get("name") or any(name in self.errors for name in ANCHORS)

    def wanted(self) -> Wanted:
        """Return the criterion as it was typed."""
        row = self.cleaned_data
        name, question, *anchors = (
            _on_one_line(row[one]) for one in ("name", "question", *ANCHORS)
        )
        return Wanted(row["code"], name, question, tuple(anchors), row["weight"])


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


class CriteriaRows(BaseFormSet):  # type: ignore[type-arg] # Django's formset takes no parameter.
    """Criteria as rows; each can be taken out."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Word the checkbox that takes a row out."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Take this criterion out"

    @property
    def remaining(self) -> list[CriterionForm]:
        """The rows that say something and are not taken out."""
        return [
            form
            for form in self.forms
            if form.cleaned_data.get("name") and not form.cleaned_data.get("DELETE")
        ]

    def clean(self) -> None:
        """Insist on weights that add up."""
        if any(self.errors):
            return
        total = sum(form.cleaned_data["weight"] for form in self.remaining)
        if total != WHOLE:
            raise forms.ValidationError(
                f"The weights add up to {total}. They must add up to {WHOLE}."
            )


def _rows(data: Any = None, *, initial: Any = None, extra: int = 0) -> CriteriaRows:
    kind = forms.formset_factory(
        CriterionForm,
        formset=CriteriaRows,
        extra=extra,
        can_delete=True,
        max_num=MOST_CRITERIA,
        absolute_max=MOST_CRITERIA,
        validate_max=True,
    )
    return kind(data, prefix="rows", initial=initial)  # type: ignore[return-value]


def as_typed(wanted: Wanted) -> dict[str, Any]:
    """Return a criterion as the fields of its row show it."""
    values = (wanted.code, wanted.name, wanted.question, wanted.weight, *wanted.anchors)
    return dict(zip(FIELDS, values, strict=True))


class CriteriaSheet:
    """The page of a new version: why, and the criteria in their order.

    `data` is what was sent, to be checked; with `one_more` it is shown as it was typed, with an
    empty row below.
    """

    def __init__(
        self,
        before: list[Wanted],
        *,
        number: int,
        data: QueryDict | None = None,
        one_more: bool = False,
    ) -> None:
        initial = [as_typed(one) for one in before]
        self.before = before
        if data is not None and one_more:
            self.signing = SigningForm(initial=data.dict())
            self.rows = _rows(initial=_typed_rows(data), extra=1)
            return
        self.signing = SigningForm(data, initial={"seen": number})
        self.rows = _rows(data, initial=initial)

    def is_valid(self) -> bool:
        """Return whether everything typed can be signed."""
        return all([self.signing.is_valid(), self.rows.is_valid()])

    def mistakes(self) -> list[Mistake]:
        """Return what is to fix, row by row."""
        found = list(mistakes_of(self.signing))
        found += [Mistake(str(error), "") for error in self.rows.non_form_errors()]
        for number, form in enumerate(self.rows.forms, start=1):
            found += mistakes_of(form, f"Criterion {number}, ")
        return found

    def wanted(self) -> list[Wanted]:
        """Return the criteria as they were typed."""
        return [form.wanted() for form in self.rows.remaining]

    def differences(self) -> list[dict[str, str]]:
        """Return each criterion that weighs or asks otherwise than in the version in force."""
        yours = {one.code or one.name: one for one in self.wanted()}
        theirs = {one.code: one for one in self.before}
        return [
            {
                "label": (yours.get(code) or theirs[code]).name,
                "yours": _said(yours.get(code)),
                "theirs": _said(theirs.get(code)),
            }
            for code in {**theirs, **yours}
            if yours.get(code) != theirs.get(code)
        ]


def _said(wanted: Wanted | None) -> str:
    """Return a criterion in few words."""
    if wanted is None:
        return "Not asked"
    answers = "\n".join(f"{value}: {words}" for value, words in enumerate(wanted.anchors))
    return f"{wanted.name}, weighs {wanted.weight}\n{wanted.question}\n{answers}"


def _typed_rows(data: QueryDict) -> list[dict[str, Any]]:
    """Return the rows that were typed, empty ones left out."""
    total = min(whole(data.get("rows-TOTAL_FORMS", ""), digits=3) or 0, MOST_CRITERIA)
    rows = [
        {name: data.get(f"rows-{index}-{name}", "") for name in (*FIELDS, "DELETE")}
        for index in range(total)
    ]
    return [row for row in rows if any(row[name] for name in FIELDS)]
