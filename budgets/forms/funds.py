"""Forms of a fund and of an appropriation in it."""

from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from budgets import fiscal, money
from budgets.forms.fields import MoneyField, day_field
from budgets.models import Appropriation, BudgetPolicy, Fund

# Fund balance classes after GASB Statement 54, from what binds most to what binds least.
CONSTRAINTS = {
    Appropriation.Constraint.RESTRICTED: "A law, a grant, a bond or a donor says what it is for.",
    Appropriation.Constraint.COMMITTED: "The council bound it by a formal action, and only such an "
    "action can free it.",
    Appropriation.Constraint.ASSIGNED: "It is meant for a purpose, but nothing holds the city to "
    "it.",
    Appropriation.Constraint.UNASSIGNED: "It may go to anything in the fund.",
    Appropriation.Constraint.NONSPENDABLE: "It cannot be spent, such as inventory or an endowment.",
}


class FundForm(forms.ModelForm):  # type: ignore[type-arg] # Django's form takes no parameter.
    """A fund of the city's books."""

    class Meta:
        model = Fund
        fields = ("code", "name", "fund_type", "note")
        labels = {"code": "Number", "fund_type": "Type"}
        help_texts = {
            "code": "As in the city's books, for example 301.",
            "note": "What the fund is for, in a sentence or two.",
        }
        error_messages = {
            "code": {"required": "Enter the fund's number."},
            "name": {"required": "Enter the fund's name."},
            "fund_type": {"required": "Choose the type of fund."},
        }


def explained(constraint: str, label: str) -> SafeString:
    """Return the name of a constraint with what it means."""
    meaning = CONSTRAINTS[Appropriation.Constraint(constraint)]
    return format_html('<span>{} <span class="sub">{}</span></span>', label, meaning)


GRANT = (
    "award_number",
    "agency",
    "match_percent",
    "match_kind",
    "match_fund",
    "obligate_by",
    "report_by",
)


class AppropriationForm(forms.ModelForm):  # type: ignore[type-arg] # Same.
    """Money of a fund for one fiscal year, authorized by a numbered action."""

    amount = MoneyField(help_text=f"{money.HINT}.")
    action_date = day_field("Date of the action")
    available_from = day_field(
        "Available from", required=False, help_text="Empty means the fiscal year's first day."
    )
    available_until = day_field(
        "Available until", required=False, help_text="Empty means the fiscal year's last day."
    )
    match_percent = forms.DecimalField(
        label="Match, in percent",
        required=False,
        min_value=0,
        max_value=Decimal("99.99"),
        max_digits=4,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "w5"}),
        help_text="The city's share of the whole cost: 20 where the award pays 80 of 100 dollars, "
        "50 where it pays one to one. What counts as match is in 2 CFR 200.306.",
        error_messages={
            "invalid": "Enter a percentage such as 20 or 12.5.",
            "max_value": "Enter less than 100 percent: the award pays the rest.",
            "min_value": "Enter a percentage of zero or more.",
        },
    )
    obligate_by = day_field(
        "Obligate by", required=False, help_text="The last day to bind the money by a contract."
    )
    report_by = day_field(
        "Report by", required=False, help_text="The day on which the final report is due."
    )

    class Meta:
        model = Appropriation
        fields = (
            "fiscal_year",
            "amount",
            "action_type",
            "action_number",
            "action_date",
            "constraint",
            "restriction",
            "available_from",
            "available_until",
            *GRANT,
        )
        widgets = {"constraint": forms.RadioSelect}
        labels = {
            "action_type": "Kind of action",
            "action_number": "Number of the action",
            "constraint": "What binds the money",
            "agency": "Who awards it",
            "match_kind": "Kind of match",
            "match_fund": "Fund that pays the match",
        }
        help_texts = {
            "action_number": "As in the council's records, for example Ord. 2026-12, or the number "
            "of the award.",
            "constraint": "Only restricted and committed money counts toward a dedicated budget, "
            "and money of an action that names the project.",
            "restriction": "The words of the law, the grant or the action.",
            "award_number": "As in the signed award, for example FTA-2026-0147.",
            "agency": "For example Federal Transit Administration.",
            "match_kind": "Match in kind is shown, but never covers a cost.",
            "match_fund": "Where cash comes from. Its money is appropriated and committed as any "
            "other.",
        }
        error_messages = {
            "action_type": {"required": "Choose the kind of action."},
            "action_number": {"required": "Enter the number of the action."},
            "constraint": {"required": "Choose what binds the money."},
            "match_fund": {"invalid_choice": "Choose a fund from the list."},
        }

    def __init__(self, data: Any = None, *, fund: Fund, today: date) -> None:
        super().__init__(data, instance=Appropriation(fund=fund))
        self.first_month = BudgetPolicy.current().fiscal_year_first_month
        current = fiscal.fiscal_year_of(today, self.first_month)
        self.fields["fiscal_year"] = forms.TypedChoiceField(
            coerce=int,
            choices=[(year, self._year(year)) for year in range(current - 3, current + 7)],
        )
        self.initial["fiscal_year"] = current
        cast(forms.ChoiceField, self.fields["constraint"]).choices = [
            (code, explained(code, code.label)) for code in CONSTRAINTS
        ]

    def _year(self, year: int) -> str:
        first, last = fiscal.bounds(year, self.first_month)
        return f"{fiscal.label(year)}: {date_format(first)} to {date_format(last)}"

    def clean(self) -> dict[str, Any]:
        """Fill in the fiscal year's days, and put the order of the days at the field."""
        cleaned = super().clean() or self.cleaned_data
        if "fiscal_year" in cleaned:
            first, last = fiscal.bounds(cleaned["fiscal_year"], self.first_month)
            for name, day in (("available_from", first), ("available_until", last)):
                if name not in self.errors:
                    cleaned[name] = cleaned.get(name) or day
        start, end = cleaned.get("available_from"), cleaned.get("available_until")
        if start and end and end < start:
            self.add_error(
                "available_until",
                f"Enter a day after {date_format(start)}, or leave it empty.",
            )
        self._check_grant(cleaned)
        return cleaned

    def _check_grant(self, cleaned: dict[str, Any]) -> None:
        """Ask for a match as a whole, and for days in their order."""
        percent, kind, fund = (cleaned.get(f"match_{part}") for part in ("percent", "kind", "fund"))
        if percent is None and (kind or fund) and "match_percent" not in self.errors:
            self.add_error("match_percent", "Enter the match in percent, or clear what is below.")
        elif percent is not None and not kind and "match_kind" not in self.errors:
            self.add_error("match_kind", "Choose whether the match is in cash or in kind.")
        elif kind == Appropriation.MatchKind.CASH and not fund and "match_fund" not in self.errors:
            self.add_error("match_fund", "Choose the fund that pays the match.")
        bind, report = cleaned.get("obligate_by"), cleaned.get("report_by")
        if bind and report and report < bind:
            self.add_error("report_by", f"Enter a day after {date_format(bind)}.")

    @property
    def of_every_appropriation(self) -> list[forms.BoundField]:
        """The fields that every appropriation has, a grant or not."""
        return [field for field in self if field.name not in GRANT]

    @property
    def of_grants(self) -> list[forms.BoundField]:
        """The fields that only a grant has."""
        return [field for field in self if field.name in GRANT]

    @property
    def is_about_a_grant(self) -> bool:
        """True where something of a grant was typed or is wrong."""
        return any(self[name].value() or name in self.errors for name in GRANT)

    def _get_validation_exclusions(self) -> set[str]:
        """Keep the fund in sight: one action is entered once for a fund and year."""
        return super()._get_validation_exclusions() - {"fund"}  # type: ignore[misc, no-any-return]
