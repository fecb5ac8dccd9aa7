"""Forms of what-if scenarios: what one is called, and which money and slots are tried in it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from budgets.models import Fund
from portfolio.models import Scenario
from portfolio.ranking import LONGEST_REASON
from portfolio.scenarios import HIGHEST, LOWEST, Changes

MINUS_SIGNS = str.maketrans(dict.fromkeys("\u2212\u2013", "-"))


class PercentField(forms.IntegerField):
    """A change in whole percent, as people type it: −10, "-10 %", 5."""

    default_error_messages = {
        "invalid": "Enter a whole number of percent, such as −10 for a tenth less.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TextInput(
                attrs={"class": "w5", "inputmode": "text", "autocomplete": "off"}
            ),
            **kwargs,
        )
        sentence = f"Enter a number from \u2212{-LOWEST} to {HIGHEST}."
        self.validators = [
            MinValueValidator(LOWEST, sentence),
            MaxValueValidator(HIGHEST, sentence),
        ]

    def to_python(self, value: Any) -> int | None:
        """Read a minus of any kind, and drop the sign of percent."""
        if isinstance(value, str):
            value = value.strip().translate(MINUS_SIGNS).removesuffix("%").strip()
            value = value.removeprefix("+")
            # The number of digits is bounded, so that reading it is.
            if (value and not value.removeprefix("-").isdecimal()) or len(value) > 6:
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        number: int | None = super().to_python(value)
        return number


class ScenarioForm(forms.Form):
    """A new scenario: what it is called, and what it tries."""

    name = forms.CharField(
        max_length=80,
        error_messages={"required": "Enter a name."},
        widget=forms.TextInput(attrs={"class": "w20"}),
        help_text="Say what you try, such as “Ten percent less” or “Water first”.",
    )
    note = forms.CharField(label="What it is for", max_length=300, required=False)


class ChangesForm(ScenarioForm):
    """What a scenario tries beside its order: appropriations and slots.

    One field a fund is named after its key; empty means the change of all funds.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    change_percent = PercentField(
        label="All funds, in percent",
        error_messages={"required": "Enter a number of percent, 0 for no change."},
        help_text="−10 leaves nine tenths of each appropriation. Where that is less than is "
        "promised, promises fall away from the bottom of the list up, in this scenario only.",
    )
    scoping_slots = forms.IntegerField(
        label="Projects in scoping at once",
        min_value=1,
        max_value=50,
        widget=forms.NumberInput(attrs={"class": "w5"}),
    )
    delivery_slots = forms.IntegerField(
        label="Projects in delivery at once",
        min_value=1,
        max_value=50,
        widget=forms.NumberInput(attrs={"class": "w5"}),
    )

    def __init__(self, *args: Any, funds: Sequence[Fund], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.funds = {_field_of(fund): fund for fund in funds}
        for name, fund in self.funds.items():
            self.fields[name] = PercentField(label=str(fund), required=False)

    @property
    def own(self) -> list[forms.BoundField]:
        """The fields of single funds."""
        return [self[name] for name in self.funds]

    @property
    def has_own(self) -> bool:
        """True where a single fund is changed otherwise than all, or cannot be."""
        return any(field.errors or field.value() not in {None, ""} for field in self.own)

    def changes(self) -> Changes:
        """Return what was written, once it is valid."""
        data = self.cleaned_data
        own = {fund.pk: data[name] for name, fund in self.funds.items() if data[name] is not None}
        return Changes(fund_changes=own, **{name: data[name] for name in WRITTEN})


WRITTEN = ("name", "note", "change_percent", "scoping_slots", "delivery_slots")


def _field_of(fund: Fund) -> str:
    return f"fund_{fund.pk}"


def written(scenario: Scenario) -> dict[str, Any]:
    """Return what the form shows of a saved scenario."""
    own = {f"fund_{fund}": percent for fund, percent in scenario.fund_changes.items()}
    return {name: getattr(scenario, name) for name in WRITTEN} | own | {"seen": scenario.revision}


class UseForm(forms.Form):
    """What turns a scenario into the working order."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=60)
    reason = forms.CharField(
        label="Why this order",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the order changes."},
        help_text="It explains each project that moves, on the list and in the lists adopted "
        "from it.",
    )
