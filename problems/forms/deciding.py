"""Deciding on a statement: reasons at fields, what to say about the whole."""

from typing import Any

from django import forms

from problems.forms.fields import PlainText
from problems.forms.steps import ORDER, label_of

# Reasons at fields: how many rows stand on the page at first, and at most.
REASON_ROWS, MOST_REASONS = 3, 30


class ReasonForm(forms.Form):
    """One reason to return a statement, and where it is."""

    field = forms.ChoiceField(label="About", required=False)
    reason = PlainText("What to change", limit=2000, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about = [("", "Choose one"), *((name, label_of(name)) for name in ORDER)]
        self.fields["field"].choices = about  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Insist on the words where a field was chosen."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("field") and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", f"Say what to change about “{label_of(cleaned['field'])}”.")
        return cleaned


class BaseReasonRows(forms.BaseFormSet[ReasonForm]):
    """The reasons to return a statement, one a row; rows may stay empty."""

    def __init__(self, data: Any = None, *, rows: int = REASON_ROWS, **options: Any) -> None:
        super().__init__(data, prefix="reasons", **options)
        self.extra = min(rows, MOST_REASONS) - len(self.initial or [])
        self.error_messages["missing_management_form"] = (  # type: ignore[attr-defined]
            "The reasons did not arrive. Open the page again and repeat them."
        )
        self.error_messages["too_many_forms"] = (  # type: ignore[attr-defined]
            f"Give at most {MOST_REASONS} reasons."
        )

    def typed(self) -> list[dict[str, str]]:
        """Return the rows as they were typed, readable or not."""
        return [
            {name: str(row[name].value() or "") for name in ("field", "reason")}
            for row in self.forms[:MOST_REASONS]
        ]

    def with_another(self) -> "BaseReasonRows":
        """Return the rows as they were typed and an empty one, without a word about errors."""
        typed = self.typed()
        return type(self)(initial=typed, rows=len(typed) + 1)

    @property
    def has_room(self) -> bool:
        """Whether another row fits."""
        return len(self.forms) < MOST_REASONS


ReasonRows: type[BaseReasonRows] = forms.formset_factory(  # type: ignore[assignment]
    ReasonForm,
    formset=BaseReasonRows,
    max_num=MOST_REASONS,
    absolute_max=MOST_REASONS,
    validate_max=True,
)


class DecisionForm(forms.Form):
    """What a reviewer says about the whole, and the revision they read."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    general = PlainText(
        "About the whole statement", limit=2000, rows=3, help_text="The author sees it on top."
    )
