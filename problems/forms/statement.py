"""The statement's own fields as a form. All may be missing; what is typed must be readable."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from problems import severity
from problems.forms.fields import CalendarDate, Choice, Count, Dollars, PlainText
from problems.models import CriticalPriority, Problem


class StatementForm(forms.ModelForm[Problem]):
    """What a problem says about itself, in the order of the page.

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

    revision = forms.IntegerField(
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}), min_value=0
    )
    title = PlainText(
        "Title",
        limit=80,
        help_text="One line that names what goes wrong for people, at most 80 characters.",
    )
    statement = PlainText(
        "The problem in two or three sentences",
        limit=2000,
        rows=4,
        help_text="Who has it, what happens to them, what it leads to. Leave out products, vendors "
        "and ideas for a fix.",
    )
    place = PlainText("Where it happens", limit=200, help_text="An area, a street, or city-wide.")
    since = CalendarDate(
        "Since when", help_text="Such as 3/15/2019. The first day of the month or year will do."
    )
    frequency = Choice("How often", Problem.Frequency.choices)
    impact_now = PlainText(
        "What happens to people today",
        limit=4000,
        rows=5,
        help_text="Describe a normal day with the problem, as they would tell it.",
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
        help_text="Such as 1,200 or $1,200.50. Leave it empty when nobody knows.",
    )
    critical_reason = PlainText(
        "Why it matters now",
        limit=1000,
        rows=2,
        help_text="If none of the critical priorities fits, say why not.",
    )
    contact_method = PlainText(
        "How the people who have the problem were asked",
        limit=200,
        help_text="Such as interviews at the front desk. If nobody was asked, say why below.",
    )
    contact_count = Count("How many were asked")
    contact_dates = PlainText("When they were asked", limit=100, help_text="Such as May 2025.")
    no_contact_reason = PlainText(
        "Why nobody was asked", limit=1000, rows=2, help_text="Only if that is so."
    )
    mandate = PlainText(
        "Law or order that asks for it", limit=300, help_text="Name the section and its date."
    )
    solved_6_months = PlainText("What people would notice after 6 months", limit=1000, rows=2)
    solved_12_months = PlainText(
        "What people would notice after 12 months",
        limit=1000,
        rows=3,
        help_text="Say it without naming a means.",
    )
    influence = Choice("How far the city can change it", Problem.Influence.choices)
    not_in_scope = PlainText(
        "What this problem leaves out",
        limit=2000,
        rows=2,
        help_text="Neighboring problems that are not meant here.",
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision
        self.fields["critical_priority"] = forms.ModelChoiceField(
            _priorities(self.instance),
            label="Which critical priority it serves",
            required=False,
            empty_label="None of these",
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": "Choose one of the list."},
        )
        self.fields["owner"] = forms.ModelChoiceField(
            _heads(self.instance),
            label="Who owns the problem",
            required=False,
            empty_label="Choose one",
            help_text="A head of the department. The city manager asks them first.",
            error_messages={"invalid_choice": "Choose a head of the department."},
        )

    @property
    def changed_names(self) -> list[str]:
        """The fields whose typed value differs from the saved one."""
        return [name for name in self.changed_data if name != "revision"]


def _priorities(problem: Problem) -> Any:
    """What the city holds critical today, and what the problem names already."""
    declared = CriticalPriority.objects.declared(on=timezone.localdate())
    named = CriticalPriority.objects.filter(pk__in=[problem.critical_priority_id])
    return declared | named


def _heads(problem: Problem) -> Any:
    """People who head the problem's department, and who owns it now."""
    heads = Q(memberships__department=problem.department_id, memberships__is_head=True)
    return get_user_model().objects.filter(heads | Q(pk=problem.owner_id)).distinct()
