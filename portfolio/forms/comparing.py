"""Which two adopted lists to compare."""

from typing import Any

from django import forms

from portfolio.forms.numbers import whole
from portfolio.forms.same_select import SameSelect, options
from portfolio.models import AdoptedList
from problems.forms.asking import ListFilter

LABELS = {"from": "From list", "to": "To list"}


class CompareForm(ListFilter):
    """Two adopted lists by their numbers, `from` the earlier one `to` the later one.

    The newest two are chosen unless others are asked for. What is no number is ignored.
    """

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        lists = AdoptedList.objects.order_by("-number").values_list("number", "action_number")
        choices = [(number, f"List {number}, {action}") for number, action in lists]
        self.known = [number for number, _ in choices]
        asked = [whole(str(data.get(name, ""))) for name in LABELS]
        # As far as they are told, the earlier list first.
        self.asked = sorted(number for number in asked if number is not None)
        shared = options(choices, empty="Choose a list")
        chosen = self.asked if self.is_complete else sorted(self.known[:2])
        for (name, label), number in zip(LABELS.items(), [*chosen, "", ""], strict=False):
            widget = SameSelect()
            widget.shared = shared
            self.fields[name] = forms.ChoiceField(
                label=label, choices=choices, widget=widget, required=False
            )
            self.data = {**self.data, name: number}

    @property
    def is_complete(self) -> bool:
        """True where both lists are told."""
        return len(self.asked) == len(LABELS)

    @property
    def is_unknown(self) -> bool:
        """True where a number is asked for that no list has."""
        return not set(self.asked) <= set(self.known)
