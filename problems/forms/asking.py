"""Small forms: choosing problems from the list, starting one, deciding on one."""

from typing import Any

from django import forms
from django.db.models import Q

from problems.forms.fields import PlainText
from problems.forms.sheet import ORDER, label_of
from problems.models import Problem

REASON_ROWS = 3


def departments() -> Any:
    """Return all departments of the city, by name."""
    department: Any = Problem._meta.get_field("department").related_model
    return department.objects.order_by("name")


class FilterForm(forms.Form):
    """What to show of the list. What cannot be read is ignored."""

    q = forms.CharField(label="Words", required=False, max_length=200)
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Every state"), *Problem.State.choices]
    )
    department = forms.ModelChoiceField(
        Problem.objects.none(), required=False, empty_label="Every department"
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["department"].queryset = departments()  # type: ignore[attr-defined]

    def narrow(self, problems: Any) -> Any:
        """Return those of `problems` that fit."""
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("q"):
            words = Q(title__icontains=asked["q"]) | Q(statement__icontains=asked["q"])
            problems = problems.filter(words)
        if asked.get("state"):
            problems = problems.filter(state=asked["state"])
        if asked.get("department"):
            problems = problems.filter(department=asked["department"])
        return problems


class StartForm(forms.Form):
    """Which department has the problem."""

    department = forms.ModelChoiceField(
        Problem.objects.none(),
        label="Which department has the problem?",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose a department.",
            "invalid_choice": "Choose a department that you head.",
        },
    )

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data)
        headed = departments().filter(pk__in=user.headed_department_ids)
        self.fields["department"].queryset = headed  # type: ignore[attr-defined]
        if len(user.headed_department_ids) == 1:
            self.initial["department"] = user.headed_department_ids[0]


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


ReasonRows = forms.formset_factory(ReasonForm, extra=REASON_ROWS, max_num=REASON_ROWS)


class DecisionForm(forms.Form):
    """What a reviewer says about the whole, and the revision they read."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    general = PlainText(
        "About the whole statement", limit=2000, rows=3, help_text="The author sees it on top."
    )
