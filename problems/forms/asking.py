"""Choosing problems from the list, and the department that a new one is of."""

from typing import Any

from django import forms

from problems import search
from problems.models import CriticalPriority, Problem


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


class ListFilter(forms.Form):
    """What to show of a list. What cannot be read is ignored."""

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")

    @property
    def is_narrow(self) -> bool:
        """True where the form asks for anything at all."""
        return any(self.data.get(name) for name in self.fields)


class FilterForm(ListFilter):
    """Which problems to show."""

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
        super().__init__(data)
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
