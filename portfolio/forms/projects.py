"""Forms of a project: starting one, naming its problem, and the reasons for hold and stop."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from portfolio.forms.wording import advised
from portfolio.models import Department, Project, User
from portfolio.wording import Text
from problems.models import Problem
from problems.plain_text import plain


def seen_title(text: str) -> str:
    """Return a title without marks that turn a line round. Raises ValidationError for nothing."""
    title = plain(text)
    if not title:
        raise ValidationError("Enter a title.")
    return title


class ProjectForm(forms.ModelForm[Project]):
    """What a project is called, whose it is, and which problem it answers."""

    class Meta:
        model = Project
        fields = ("title", "department", "problem")
        help_texts = {
            "title": "Say what people will be able to do. Leave out products and vendors.",
            "problem": "A problem of the same department. It can be named later.",
        }
        error_messages = {"title": {"required": "Enter a title."}}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = Department.objects.filter(pk__in=user.headed_department_ids)
        self.fields["department"] = forms.ModelChoiceField(departments, empty_label=None)
        self.fields["problem"] = forms.ModelChoiceField(
            problems_of(user.headed_department_ids),
            required=False,
            empty_label="No problem yet",
            help_text=self.fields["problem"].help_text,
        )
        advised(self, Text.TITLE, ["title"])

    def clean_title(self) -> str:
        """Return a title that people can see."""
        return seen_title(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any]:
        """Insist on a problem of the department that runs the project."""
        cleaned = super().clean() or self.cleaned_data
        problem, department = cleaned.get("problem"), cleaned.get("department")
        if problem and department and department.pk not in problem.department_ids:
            self.add_error("problem", "Choose a problem of the department that runs the project.")
        return cleaned


class DescriptionForm(forms.ModelForm[Project]):
    """What a project is called, and what it is about in a few plain sentences."""

    class Meta:
        model = Project
        fields = ("title", "summary")
        widgets: ClassVar = {"summary": forms.Textarea(attrs={"rows": 4})}
        help_texts: ClassVar = {
            "title": "Say what people will be able to do. Leave out products and vendors.",
            "summary": "What gets better for whom. Residents read it; technology comes last.",
        }
        error_messages: ClassVar = {"title": {"required": "Enter a title."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        advised(self, Text.TITLE, ["title"])
        advised(self, Text.SUMMARY, ["summary"])

    def clean_title(self) -> str:
        """Return a title that people can see."""
        return seen_title(self.cleaned_data["title"])


class ProblemChoiceForm(forms.Form):
    """The problem that a project answers."""

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["problem"] = forms.ModelChoiceField(
            problems_of([project.department_id]),
            empty_label="Choose a problem",
            error_messages={"required": "Choose a problem, or write a new one."},
            initial=project.problem_id,
        )


class ReasonForm(forms.Form):
    """Why a project is put on hold or stopped."""

    reason = forms.CharField(
        label="Reason",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter the reason."},
        help_text="One or two sentences. Everybody who reads the project sees them.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        advised(self, Text.REASON, ["reason"])


def problems_of(departments: list[int]) -> Any:
    """Return the problems of those departments that a project can still answer."""
    return (
        Problem.objects.of_departments(departments)
        .exclude(state=Problem.State.RETIRED)
        .exclude(title="")
        .order_by("title")
    )
