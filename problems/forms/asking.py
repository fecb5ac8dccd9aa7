"""Small forms: choosing problems from the list, starting one, deciding on one."""

from typing import Any

from django import forms

from problems import search
from problems.forms.fields import PlainText
from problems.forms.steps import ORDER, label_of
from problems.models import CriticalPriority, Problem

# Reasons at fields: how many rows stand on the page at first, and at most.
REASON_ROWS, MOST_REASONS = 3, 30


def departments() -> Any:
    """Return all departments of the city, by name."""
    department: Any = Problem._meta.get_field("department").related_model
    return department.objects.order_by("name")


class SearchWords(forms.CharField):
    """What to search for, freed of what cannot be searched for."""

    widget = forms.TextInput(attrs={"type": "search"})

    def to_python(self, value: Any) -> str:
        """Return the words on one line, cut where nobody reads on."""
        return search.typed(super().to_python(value) or "")


class FilterForm(forms.Form):
    """What to show of the list. What cannot be read is ignored."""

    NO_PRIORITY = "none"

    q = SearchWords(label="Words", required=False)
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Every state"), *Problem.State.choices]
    )
    department = forms.ModelChoiceField(
        Problem.objects.none(), required=False, empty_label="Every department"
    )
    priority = forms.ChoiceField(label="Critical priority", required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["department"].queryset = departments()  # type: ignore[attr-defined]
        self.fields["priority"].choices = [  # type: ignore[attr-defined]
            ("", "With or without one"),
            (self.NO_PRIORITY, "None of those declared"),
            *CriticalPriority.objects.values_list("pk", "name"),
        ]
        self.is_valid()

    @property
    def words(self) -> str:
        """The words to search for, or none."""
        return str(self.cleaned_data.get("q", ""))

    @property
    def is_narrow(self) -> bool:
        """True where the form asks for anything at all."""
        return any(self.data.get(name) for name in self.fields)

    def narrow(self, problems: Any) -> Any:
        """Return those of `problems` that fit; where words are asked for, the best fit first."""
        asked = self.cleaned_data
        if asked.get("state"):
            problems = problems.filter(state=asked["state"])
        if asked.get("department"):
            problems = problems.of_departments([asked["department"].pk])
        if asked.get("priority"):
            key = asked["priority"]
            problems = problems.filter(
                critical_priority=None if key == self.NO_PRIORITY else int(key)
            )
        return search.fitting(problems, self.words) if self.words else problems


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
