"""Which department joins a problem, and which of its drafts the joint problem replaces."""

from typing import Any

from django import forms

from problems import joining
from problems.forms.asking import departments
from problems.models import Problem


class JoinForm(forms.Form):
    """For which department ours is the same, and instead of which draft."""

    department = forms.ModelChoiceField(
        Problem.objects.none(),
        label="Which department has the same problem?",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose a department.",
            "invalid_choice": "Choose a department that you head and that does not have it yet.",
        },
    )
    instead_of = forms.ModelChoiceField(
        Problem.objects.none(),
        label="Which draft does it replace?",
        required=False,
        blank=True,
        empty_label="None: we had not written it yet",
        widget=forms.RadioSelect,
        help_text="The draft is retired. Its words stay readable and point to the joint problem.",
        error_messages={"invalid_choice": "Choose one of your drafts, or none."},
    )

    def __init__(
        self, data: Any = None, *, joinable: frozenset[int], drafts: Any, draft: str
    ) -> None:
        super().__init__(data)
        headed = departments().filter(pk__in=joinable)
        self.fields["department"].queryset = headed  # type: ignore[attr-defined]
        self.fields["instead_of"].queryset = drafts  # type: ignore[attr-defined]
        chosen = next((one for one in drafts if str(one.pk) == draft), None)
        if chosen is not None:
            self.initial = {"instead_of": chosen.pk, "department": chosen.department_id}
        elif len(joinable) == 1:
            (self.initial["department"],) = joinable
        if not drafts:
            del self.fields["instead_of"]

    def join(self, problem: Problem, *, by: Any) -> Problem:
        """Join `problem` as chosen. Raises ValidationError as `joining.join` does."""
        asked = self.cleaned_data
        return joining.join(
            problem,
            department=asked["department"],
            by=by,
            instead_of=asked.get("instead_of"),
        )
