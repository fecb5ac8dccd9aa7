"""The form of a scope: its approach, and the rows that belong to it."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.forms import BaseInlineFormSet, inlineformset_factory

from portfolio.forms.wording import advised
from portfolio.models import Deliverable, Milestone, Project, Risk, Scope, ScopeOption
from portfolio.wording import Text


class ScopeForm(forms.ModelForm[Scope]):
    """The approach, and the revision of the scope that the person read."""

    summary_on_page = True

    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Scope
        fields = ("approach",)
        widgets = {"approach": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "approach": "How the problem will be answered, in the order the work is done. "
            "Technology comes last."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.revision
        advised(self, Text.SCOPE, ["approach"])


class ScopePartForm(forms.ModelForm[Any]):
    """One row; a row in which nothing was typed is no row."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        advised(self, Text.SCOPE, [name for name in SENTENCES if name in self.fields])


# Fields of rows in which people write sentences.
SENTENCES = ("description", "advantages", "drawbacks", "what", "done_when", "answer")
WIDGETS: dict[str, forms.Widget] = {"due": forms.DateInput(attrs={"type": "date"})} | {
    # On one line nobody could read them again.
    name: forms.Textarea(attrs={"rows": 2})
    for name in SENTENCES
}


class ScopePartRows(BaseInlineFormSet[Any, Any, Any]):
    """The rows of one kind; those that are saved can be removed."""

    row_label: ClassVar[str]
    add_label: ClassVar[str]

    def add_fields(self, form: forms.ModelForm[Any], index: int | None) -> None:
        """Name the box that removes a row."""
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = f"Remove this {self.row_label.lower()}"


class Part(NamedTuple):
    """A kind of row: its model, its fields, what a row is called, and the button that adds one."""

    model: Any
    fields: tuple[str, ...]
    row_label: str
    add_label: str


PARTS = (
    Part(
        ScopeOption,
        ("kind", "description", "advantages", "drawbacks", "is_chosen"),
        "Option",
        "Add another option",
    ),
    Part(Deliverable, ("what", "done_when"), "Deliverable", "Add another deliverable"),
    Part(Milestone, ("what", "due"), "Milestone", "Add another milestone"),
    Part(Risk, ("what", "likelihood", "effect", "answer"), "Risk", "Add another risk"),
)


def part_formsets(
    project: Project, scope: Scope | None, data: Mapping[str, Any] | None = None
) -> list[BaseInlineFormSet[Any, Any, Any]]:
    """Return a formset for each kind of part: the rows there are, and one more to fill."""
    return [_part_formset(scope or Scope(project=project), data, part) for part in PARTS]


def _part_formset(
    scope: Scope, data: Mapping[str, Any] | None, part: Part
) -> BaseInlineFormSet[Any, Any, Any]:
    factory = inlineformset_factory(
        Scope,
        part.model,
        form=ScopePartForm,
        fields=part.fields,
        extra=1,
        max_num=200,
        validate_max=True,
        can_delete=True,
        can_delete_extra=False,
        formset=ScopePartRows,
        widgets={name: widget for name, widget in WIDGETS.items() if name in part.fields},
    )
    factory.row_label, factory.add_label = part.row_label, part.add_label  # type: ignore[attr-defined]
    return factory(data, instance=scope, prefix=part.model._meta.model_name)
