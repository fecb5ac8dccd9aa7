"""The statement's own fields as a form. All may be missing; what is typed must be readable."""

from collections.abc import Collection
from copy import copy
from typing import Any, ClassVar

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.html import format_html

from problems import marks, severity
from problems.forms.fields import CalendarDate, Choice, Count, Dollars, PlainText
from problems.marks import Marks
from problems.models import CriticalPriority, Problem


class PriorityChoice(forms.ModelChoiceField[CriticalPriority]):
    """One of the priorities that the city declared, each with its dates and its reason."""

    def label_from_instance(self, obj: CriticalPriority) -> str:
        """Return the name, and below it since when, until when and why."""
        until = f"until {_day(obj.ends_on)}" if obj.ends_on else "until further notice"
        return format_html(
            '<span>{}<span class="sub">Critical from {} {}. {}</span></span>',
            obj.name,
            _day(obj.starts_on),
            until,
            obj.reason,
        )


def _day(day: Any) -> str:
    return str(formats.date_format(day, "F j, Y"))


class StatementForm(forms.ModelForm[Problem]):
    """What a problem says about itself: of all its fields those that a page asks for.

    `needed` names what has to be there before it is sent; the page calls the rest optional.
    """

    needed: ClassVar = frozenset(
        {
            "title",
            "statement",
            "place",
            "impact_now",
            "severity",
            "do_nothing",
            "contact_method",
            "critical_priority",
            "critical_reason",
            "influence",
            "solved_12_months",
            "owner",
        }
    )

    # Fields whose choices depend on the problem are made with it.
    LABELS: ClassVar = {
        "critical_priority": "Which critical priority does it serve?",
        "owner": "Who owns the problem",
    }

    revision = forms.IntegerField(
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}), min_value=0
    )
    title = PlainText(
        "Title",
        limit=80,
        help_text="One line that names what goes wrong for people. You can change it later.",
    )
    statement = PlainText(
        "The problem in two or three sentences",
        limit=2000,
        rows=4,
        help_text="Who has it, what happens to them, what it leads to. Leave out products, vendors "
        "and ideas for a fix.",
    )
    place = PlainText("Where it happens", limit=200, help_text="An area, a street, or city-wide.")
    since = CalendarDate("Since when", help_text="Such as 3/15/2019 or March 2019.")
    frequency = Choice("How often", Problem.Frequency.choices)
    impact_now = PlainText(
        "What happens to people today",
        limit=4000,
        rows=5,
        help_text="Describe a normal day with the problem, as they would tell it. Leave out "
        "products, vendors and ideas for a fix.",
    )
    severity = forms.TypedChoiceField(
        label="How bad it is",
        choices=[(number, f"{number}: {words}") for number, words in severity.WORDS.items()],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose a number from 0 to 5."},
    )
    do_nothing = PlainText(
        "What happens if the city does nothing",
        limit=4000,
        rows=3,
        help_text="Next year, and in five years.",
    )
    do_nothing_cost = Dollars(
        "What doing nothing costs a year, in dollars",
        help_text="Such as $1,200 or 1.2 million. Leave it empty if nobody knows.",
    )
    critical_reason = PlainText(
        "Why it matters now",
        limit=1000,
        rows=2,
        help_text="One or two sentences. With “None of these”, say why none fits.",
    )
    contact_method = PlainText(
        "How the people who have the problem were asked",
        limit=200,
        help_text="Such as interviews at the front desk. If nobody was asked, say why below.",
    )
    contact_count = Count("How many were asked")
    contact_dates = PlainText("When they were asked", limit=100, help_text="Such as May 2025.")
    no_contact_reason = PlainText(
        "Why nobody was asked", limit=1000, rows=2, help_text="Only if nobody was."
    )
    mandate = PlainText(
        "Law or order that asks for it", limit=300, help_text="Name the section and its date."
    )
    solved_6_months = PlainText("What people would notice after 6 months", limit=1000, rows=2)
    solved_12_months = PlainText(
        "What people would notice after 12 months",
        limit=1000,
        rows=3,
        help_text="Say what changes for them, not what brings it about.",
    )
    influence = Choice("How far the city can change it", Problem.Influence.choices)
    not_in_scope = PlainText(
        "What this problem leaves out",
        limit=2000,
        rows=2,
        help_text="Related problems that this one does not cover.",
    )
    constraints = PlainText(
        "What cannot change", limit=2000, rows=2, help_text="Laws, contracts, dates, buildings."
    )

    class Meta:
        model = Problem
        fields = (
            "title",
            "statement",
            "place",
            "since",
            "frequency",
            "impact_now",
            "severity",
            "do_nothing",
            "do_nothing_cost",
            "critical_priority",
            "critical_reason",
            "contact_method",
            "contact_count",
            "contact_dates",
            "no_contact_reason",
            "mandate",
            "solved_6_months",
            "solved_12_months",
            "influence",
            "not_in_scope",
            "constraints",
            "owner",
        )

    def __init__(self, data: Any = None, *, instance: Problem, only: Collection[str]) -> None:
        super().__init__(data, instance=copy(instance))
        self.problem = instance
        self.initial["revision"] = instance.revision
        if "critical_priority" in only:
            self.fields["critical_priority"] = PriorityChoice(
                _priorities(instance),
                label=self.LABELS["critical_priority"],
                help_text="What the city has declared critical, and for how long.",
                required=False,
                blank=True,
                empty_label="None of these",
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": "Choose one of the list."},
            )
        if "owner" in only:
            self.fields["owner"] = forms.ModelChoiceField(
                _heads(instance),
                label=self.LABELS["owner"],
                required=False,
                empty_label="Choose one",
                help_text="A head of the department. The city manager asks them first.",
                error_messages={"invalid_choice": "Choose a head of the department."},
            )
        for name in set(self.fields) - {"revision", *only}:
            del self.fields[name]

    @property
    def readable(self) -> dict[str, Any]:
        """What was typed and could be read, by field."""
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}

    def changed_since(self, shown: Marks | None) -> dict[str, Any]:
        """Return what is to be saved: readable values that are not saved now.

        With `shown`, values that the page showed already are left out: somebody else's newer one
        stands.
        """
        kept = shown.fields if shown else {}
        return {
            name: value
            for name, value in self.readable.items()
            if marks.of_value(value)
            not in {kept.get(name), marks.of_value(getattr(self.problem, name))}
        }


def _priorities(problem: Problem) -> Any:
    """What the city holds critical today, and what the problem names already."""
    declared = CriticalPriority.objects.declared(on=timezone.localdate())
    named = CriticalPriority.objects.filter(pk__in=[problem.critical_priority_id])
    return declared | named


def _heads(problem: Problem) -> Any:
    """People who head a department that has the problem, and who owns it now."""
    heads = Q(memberships__department__in=problem.department_ids, memberships__is_head=True)
    return get_user_model().objects.filter(heads | Q(pk=problem.owner_id)).distinct()
