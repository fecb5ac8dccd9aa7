"""The form of the city's own numbers for money, each with its reason and its default."""

import calendar
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from django import forms

from budgets import money
from budgets.forms.fields import MoneyField
from budgets.models import BudgetPolicy

# Which numbers stand together, and why a group is there.
GROUPS = (
    (
        "Years",
        "How the city counts its years, and how far a budget looks ahead.",
        ("fiscal_year_first_month", "horizon_years"),
    ),
    (
        "Contingency",
        "What an estimate may be wrong by: the less is designed, the more.",
        ("contingency_percent", "contingency_design_percent", "contingency_delivery_percent"),
    ),
    (
        "Security",
        "What keeps a project from saving on its own security.",
        ("security_floor_percent", "security_note_percent", "waiver_months"),
    ),
    (
        "Money that is held or lapses",
        "How long money may wait, and how early its end is told.",
        ("hold_days", "hold_warn_days", "at_risk_days"),
    ),
    (
        "Which money counts",
        "Restricted and committed money always counts toward a dedicated budget.",
        ("allow_assigned",),
    ),
    (
        "Notes on large projects",
        "A note blocks nothing. It asks whether the project can be made smaller.",
        ("whole_life_warning", "yearly_warning"),
    ),
)
NAMES = tuple(name for _, _, names in GROUPS for name in names)


class Number(NamedTuple):
    """One number in words, with its reason and its default."""

    label: str
    value: str
    reason: str


class InForce(NamedTuple):
    """Numbers that stand together, for whoever reads them."""

    heading: str
    why: str
    numbers: list[Number]


class Group(NamedTuple):
    """Numbers that stand together on the page."""

    heading: str
    why: str
    fields: list[forms.BoundField]


class PolicyForm(forms.ModelForm[BudgetPolicy]):
    """The city's own numbers for money."""

    fiscal_year_first_month = forms.TypedChoiceField(
        label="First month of the fiscal year",
        coerce=int,
        choices=[(month, calendar.month_name[month]) for month in range(1, 13)],
    )
    whole_life_warning = MoneyField(label="Whole-life cost above which a note is shown")
    yearly_warning = MoneyField(label="Cost in one year above which a note is shown")

    class Meta:
        model = BudgetPolicy
        fields = NAMES
        labels: ClassVar = {"horizon_years": "Years that a budget looks ahead"}

    def __init__(self, data: Any = None, *, policy: BudgetPolicy) -> None:
        super().__init__(data, instance=policy)
        for name in NAMES:
            column: Any = BudgetPolicy._meta.get_field(name)
            field = self.fields[name]
            default = shown(name, column.default)
            field.help_text = f"{column.help_text} The default is {default}."
            if isinstance(field, forms.IntegerField):
                field.widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "w5"})
                field.error_messages |= {
                    "required": "Enter a number.",
                    "invalid": "Enter a number such as 25.",
                    "min_value": "Enter %(limit_value)s or more.",
                    "max_value": "Enter %(limit_value)s or less.",
                }

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Show dollars as people read them, and a percentage without zeros that say nothing."""
        value = super().get_initial_for_field(field, field_name)
        if isinstance(field, MoneyField):
            return Decimal(value)
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    @property
    def groups(self) -> list[Group]:
        """The fields by what they are about."""
        return [
            Group(heading, why, [self[name] for name in names]) for heading, why, names in GROUPS
        ]

    def in_force(self, policy: BudgetPolicy) -> list[InForce]:
        """Return what `policy` says, in words."""
        return [
            InForce(heading, why, [self._number(name, policy) for name in names])
            for heading, why, names in GROUPS
        ]

    def _number(self, name: str, policy: BudgetPolicy) -> Number:
        field = self.fields[name]
        return Number(str(field.label), shown(name, getattr(policy, name)), str(field.help_text))


def shown(name: str, value: Any) -> str:
    """Return a number of the policy in words for people."""
    if name == "fiscal_year_first_month":
        return str(calendar.month_name[value])
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if name.endswith("_warning"):
        return money.show(Decimal(value))
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
