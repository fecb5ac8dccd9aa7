"""Forms of the scores: answers in words, a correction with its reason, which rows to compare."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.html import format_html

from portfolio import scoring
from portfolio.models import Criterion, Department
from portfolio.scoring import Comparison, Question

RELOAD = {"required": "Reload the page, then save again."}


def in_words(criterion: Criterion) -> list[tuple[str, Any]]:
    """Return the six answers of `criterion` as choices: the number, and its words."""
    return [
        (str(value), format_html('<b class="value">{}</b> {}', value, words))
        for value, words in enumerate(criterion.anchors)
    ]


def _choice(criterion: Criterion, **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=in_words(criterion),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose one of the six answers.",
            "invalid_choice": "Choose one of the six answers.",
        },
        **options,
    )


class Asked(NamedTuple):
    """A question on the page, with its control where the person may answer it."""

    question: Question
    field: forms.BoundField | None


class AnswersForm(forms.Form):
    """The answers to everything that is asked about a project; any of them may wait."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40, error_messages=RELOAD)

    def __init__(self, data: Any = None, *, asked: Sequence[Question]) -> None:
        super().__init__(data)
        self.asked = asked
        self.fields["seen"].initial = scoring.mark(asked)
        for one in asked:
            if not one.is_corrected:
                self.fields[self._name(one)] = _choice(
                    one.criterion,
                    label=one.criterion.name,
                    required=False,
                    empty_value=None,
                    initial=one.answer.value if one.answer else None,
                )

    @staticmethod
    def _name(question: Question) -> str:
        return f"criterion_{question.criterion.pk}"

    @property
    def rows(self) -> Iterator[Asked]:
        """Every question, in order."""
        for one in self.asked:
            name = self._name(one)
            yield Asked(one, self[name] if name in self.fields else None)

    @property
    def values(self) -> dict[int, int]:
        """The answers that were chosen, by the key of their criterion."""
        chosen = {one.criterion.pk: self.cleaned_data.get(self._name(one)) for one in self.asked}
        return {key: value for key, value in chosen.items() if value is not None}


class CorrectionForm(forms.Form):
    """Another answer than the department's, and why it is right."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40, error_messages=RELOAD)
    reason = forms.CharField(
        label="Why this answer is right",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why another answer is right."},
        help_text="The department reads it beside its own answer.",
    )
    field_order = ("seen", "value", "reason")

    def __init__(self, data: Any = None, *, question: Question, mark: str) -> None:
        super().__init__(data)
        self.fields["seen"].initial = mark
        self.fields["value"] = _choice(question.criterion, label="The answer that counts")
        self.order_fields(self.field_order)


class CompareForm(forms.Form):
    """Which projects to compare, in which order to read them. What cannot be read is ignored."""

    SCORED, UNSCORED, OFF = "complete", "missing", "off"
    BY_SCORE = "score"

    department = forms.ModelChoiceField(
        Department.objects.all(), required=False, empty_label="Every department"
    )
    answers = forms.ChoiceField(
        label="Projects",
        required=False,
        choices=[
            ("", "All on the list"),
            (SCORED, "With every answer"),
            (UNSCORED, "With answers missing"),
            (OFF, "Away from their score"),
        ],
    )
    order = forms.ChoiceField(
        label="Read them", required=False, choices=[("", "In list order"), (BY_SCORE, "By score")]
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.is_valid()

    @property
    def is_narrow(self) -> bool:
        """True where the form asks for anything at all."""
        return any(self.data.get(name) for name in self.fields)

    def narrow(self, comparison: Comparison, *, far: int) -> list[int]:
        """Return the projects that fit, in the order asked for; `far` places off are too many."""
        asked = self.cleaned_data
        listed = comparison.best_first if asked.get("order") else comparison.order
        fits = {
            self.SCORED: lambda one: one in comparison.off,
            self.UNSCORED: lambda one: one not in comparison.off,
            self.OFF: lambda one: abs(comparison.off.get(one, 0)) > far,
        }.get(asked.get("answers", ""))
        found = [one for one in listed if fits(one)] if fits else list(listed)
        department = asked.get("department")
        if department is None:
            return found
        own = set(department.projects.values_list("pk", flat=True))
        return [one for one in found if one in own]
