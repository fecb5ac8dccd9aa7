"""The sheet on which a project's cost is written."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.functional import cached_property

from budgets import costing, growth, tally
from budgets.forms.fields import day_field
from budgets.models import Budget, BudgetPolicy, CostLine, Fund
from portfolio.forms.cost_lines import UNREAD, Choices, Difference, LineForm, differing, rows_of
from portfolio.forms.mistakes import Mistake, mistakes_of
from portfolio.forms.same_select import SameSelect
from portfolio.models import User


class PlanForm(forms.Form):
    """When the planned phase runs, why nothing recurs, and which state of the budget was read."""

    summary_on_page = True

    seen = forms.IntegerField(widget=forms.HiddenInput)
    phase_start = day_field("Planned phase begins", required=False)
    phase_end = day_field("Planned phase ends", required=False)
    no_recurring_reason = forms.CharField(
        label="Why nothing recurs",
        required=False,
        max_length=300,
        help_text="Only where nothing has to be run, licensed or maintained afterwards.",
    )

    def clean(self) -> dict[str, Any]:
        """Put the order of the days at the field."""
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("phase_start"), cleaned.get("phase_end")
        if start and end and end < start:
            self.add_error("phase_end", "Enter a day after the planned phase begins.")
        return cleaned


class CostLineForm(LineForm):
    """One cost of the plan. `growth` is only for copying it over the later years."""

    source = forms.TypedChoiceField(
        label="Fund, if recurring",
        coerce=int,
        empty_value=None,
        required=False,
        widget=SameSelect,
    )
    growth = forms.CharField(
        label="Growth a year, in percent",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, is_copied: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_copied = is_copied

    def clean_growth(self) -> Decimal | None:
        """Return the percent a year that were typed, nothing where the field is empty."""
        typed: str = self.cleaned_data["growth"]
        try:
            return growth.parse(typed) if typed else None
        except growth.GrowthError as unreadable:
            raise ValidationError(str(unreadable), code="not_percent") from None

    def clean(self) -> dict[str, Any]:
        """Lose no growth that was typed."""
        cleaned = super().clean()
        if cleaned.get("growth") is not None and not self.is_copied:
            self.add_error(
                "growth", "Press “Copy” to repeat this line in the later years, or empty the field."
            )
        return cleaned

    @property
    def is_removed(self) -> bool:
        """Whether the box that removes the line is ticked."""
        return bool(self["DELETE"].value())

    def cost(self) -> tally.Cost | None:
        """Return what the line costs; None while that is not wholly there or cannot be read."""
        self.full_clean()
        names = tally.Cost._fields
        found = getattr(self, "cleaned_data", {})
        if not all(found.get(name) for name in names):
            return None
        return tally.Cost(*(found[name] for name in names))

    def written(self) -> CostLine:
        """Return the cost line of this row."""
        row = self.cleaned_data
        return CostLine(
            pk=row["line"],
            fiscal_year=row["fiscal_year"],
            kind=row["kind"],
            element=row["element"],
            amount=row["amount"],
            note=row["note"],
            source_id=row["source"],
        )


CostLines = rows_of(CostLineForm)


class Typed(NamedTuple):
    """What stands on the page, as it was typed: of the plan by field, and each row by field."""

    plan: dict[str, str]
    rows: list[dict[str, str]]
    block: str = ""


class CostSheet:
    """The page on which a head writes what a project costs: the plan and the cost lines.

    `data` is what was sent, to be checked and saved; `typed` is what to show again without a word
    on what is still missing. The rows are matched with the saved lines by key, not by place, so
    that a page which somebody overtook is still read as it was written.
    """

    def __init__(
        self,
        budget: Budget,
        *,
        data: QueryDict | None = None,
        typed: Typed | None = None,
        blank: int = 1,
        is_copied: bool = False,
    ) -> None:
        self.budget, self.typed = budget, typed
        self.block = data.get("block", "") if data is not None else typed.block if typed else ""
        self.saved = list(budget.cost_lines.select_related("source"))
        self.policy = BudgetPolicy.current()
        self.until = budget.first_fiscal_year - 1 + self.policy.horizon_years
        years = [
            budget.first_fiscal_year,
            self.until + 5,
            *(line.fiscal_year for line in self.saved),
        ]
        self.years = range(min(years), max(years) + 1)
        self.funds = {fund.pk: fund for fund in Fund.objects.all()}
        self.options: dict[str, Any] = {
            "choices": Choices(self.years, self.funds.values()),
            "is_copied": is_copied,
        }
        plan = typed.plan if typed else {name: getattr(budget, name) for name in costing.PLAN}
        rows = typed.rows if typed else [_row(line) for line in self.saved]
        self.plan = PlanForm(data, initial={"seen": budget.revision} | plan)
        self.lines = CostLines(
            data,
            prefix="lines",
            initial=None if data is not None else rows,
            form_kwargs=self.options,
        )
        self.lines.extra = blank

    @cached_property
    def tally(self) -> tally.Tally:
        """What the lines on the page come to, as far as they can be read."""
        if self.plan.is_bound:
            costs = [form.cost() for form in self.lines.forms if not form.is_removed]
        elif self.typed:
            kept = [row for row in self.typed.rows if not row.get("DELETE")]
            costs = [CostLineForm(row, **self.options).cost() for row in kept]
        else:
            costs = list(tally.of_lines(self.saved))
        found = tuple(cost for cost in costs if cost)
        return tally.Tally(found, self.years, self.until, self.policy, self.budget.estimate)

    @property
    def uncounted(self) -> int:
        """How many rows were begun and are not counted, as something in them is not readable."""
        return self._begun - len(self.tally.costs)

    @property
    def _begun(self) -> int:
        if self.plan.is_bound:
            return sum(form.has_changed() and not form.is_removed for form in self.lines.forms)
        if self.typed:
            return sum(is_begun(row) and not row.get("DELETE") for row in self.typed.rows)
        return len(self.saved)

    def is_valid(self) -> bool:
        """Return whether everything can be saved."""
        return all([self.plan.is_valid(), self.lines.is_valid(), not self.block.strip()])

    def save(self, *, by: User) -> Budget:
        """Save plan and lines as one state; raises Stale when somebody saved in between."""
        plan = dict(self.plan.cleaned_data)
        seen = plan.pop("seen")
        return costing.save_costs(
            self.budget,
            plan=plan,
            lines=self._written(),
            removed=self.lines.removed,
            seen=seen,
            by=by,
        )

    def _written(self) -> list[CostLine]:
        return [self._with_fund(row.written()) for row in self.lines.kept]

    def _with_fund(self, line: CostLine) -> CostLine:
        line.source = self.funds.get(line.source_id) if line.source_id else None
        return line

    def mistakes(self) -> list[Mistake]:
        """Return everything to fix, in the order of the page."""
        if not self.plan.is_bound or self.is_valid():
            return []
        unread = [UNREAD] if self.block.strip() else []
        return [*mistakes_of(self.plan), *self.lines.mistakes(), *unread]

    def differences(self) -> list[Difference]:
        """Return where the page differs from what is saved; nothing while it has mistakes."""
        if not self.is_valid():
            return []
        plan = self.plan.cleaned_data
        found = [
            Difference(str(self.plan.fields[name].label), _say(plan[name]), _say(saved))
            for name in costing.PLAN
            if plan[name] != (saved := getattr(self.budget, name))
        ]
        return found + differing(self._written(), self.saved)


def overtaken(budget: Budget, data: QueryDict) -> CostSheet:
    """Return what was sent, to be compared with the newer `budget` and saved over it."""
    sent = data.copy()
    sent["seen"] = str(budget.revision)
    sheet = CostSheet(budget, data=sent)
    sheet.is_valid()
    return sheet


def is_begun(row: dict[str, str]) -> bool:
    """Return whether something is typed in a row of fields; the box that removes it aside."""
    return any(value.strip() for name, value in row.items() if name != "DELETE")


def _row(line: CostLine) -> dict[str, Any]:
    return {
        "line": line.pk,
        "fiscal_year": line.fiscal_year,
        "kind": line.kind,
        "element": line.element,
        "amount": line.amount,
        "note": line.note,
        "source": line.source_id,
    }


def _say(value: Any) -> str:
    """Return a date or a text for people."""
    if isinstance(value, date):
        return date_format(value)
    return value or "Empty"
