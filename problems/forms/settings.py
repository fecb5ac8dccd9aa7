"""Forms of the settings: what is critical, the city's own words, the numbers for statements."""

from datetime import date
from typing import Any

from django import forms

from problems import policies, word_lists
from problems.forms.asking import ListFilter
from problems.forms.fields import CalendarDate, Count
from problems.models import CityWord, CriticalPriority, ProblemPolicy

PARAGRAPH = forms.Textarea(attrs={"rows": 3})


class PriorityForm(forms.Form):
    """What the city declares critical."""

    name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="A few words that everybody knows, such as “Winter shelter”.",
        error_messages={"required": "Enter a name."},
    )
    area = forms.ChoiceField(
        label="Area",
        choices=CriticalPriority.Area.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an area."},
    )
    reason = forms.CharField(
        label="Why it is critical",
        max_length=300,
        widget=PARAGRAPH,
        help_text="What happens to people, with a number where there is one. Residents read it.",
        error_messages={"required": "Say why it is critical."},
    )
    starts_on = CalendarDate(
        "From", needed="Enter the first day.", help_text="For example 3/15/2027."
    )
    ends_on = CalendarDate("Until", help_text="The last day. Leave it empty until the city knows.")


class EndForm(forms.Form):
    """The last day on which something is critical."""

    ends_on = CalendarDate(
        "Last day",
        needed="Enter the last day.",
        help_text="From the next day on no statement can name it.",
    )

    def __init__(self, data: Any = None, *, priority: CriticalPriority, today: date) -> None:
        super().__init__(data, initial={"ends_on": max(today, priority.starts_on)})


class WordForm(forms.Form):
    """A word or name of the city's own for the wording check."""

    words = forms.CharField(
        label="Words",
        max_length=80,
        help_text="A word or a few, as people write them, such as the name of a product.",
        error_messages={"required": "Enter the words."},
    )
    kind = forms.ChoiceField(
        label="What they are",
        choices=CityWord.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what they are."},
    )
    language = forms.ChoiceField(label="Language", choices=CityWord.Language.choices)
    reason = forms.CharField(
        label="Reason",
        max_length=300,
        widget=PARAGRAPH,
        help_text="One or two sentences. Authors read them under their text.",
        error_messages={"required": "Say why, in a sentence that authors can use."},
    )
    example = forms.CharField(
        label="Example",
        max_length=300,
        widget=PARAGRAPH,
        help_text="A sentence in which the words are found. For a name that is fine here: a "
        "sentence that is advised on today and no longer will be.",
        error_messages={"required": "Give a sentence with the words in it."},
    )
    suggestion = forms.CharField(
        label="What to write instead", max_length=300, required=False, widget=PARAGRAPH
    )


def number(name: str) -> Count:
    """Return the field of one of the city's numbers, with its reason and its default."""
    column: Any = ProblemPolicy._meta.get_field(name)
    at = policies.RANGES[name]
    field = Count(
        str(column.verbose_name),
        needed=f"Enter a whole number from {at.least:,} to {at.most:,}.",
        help_text=f"{column.help_text} By default {column.default:,}.",
    )
    field.widget.attrs["class"] = "w5"
    return field


class NumbersForm(forms.ModelForm[ProblemPolicy]):
    """The city's own numbers for statements."""

    baseline_max_age_months = number("baseline_max_age_months")
    statement_max_characters = number("statement_max_characters")
    statement_max_sentences = number("statement_max_sentences")
    sentence_max_words = number("sentence_max_words")
    evidence_max_megabytes = number("evidence_max_megabytes")

    class Meta:
        model = ProblemPolicy
        fields = tuple(policies.RANGES)

    def clean(self) -> dict[str, Any]:
        """Refuse numbers out of their range."""
        cleaned = super().clean() or self.cleaned_data
        for name, sentence in policies.faults(cleaned).items():
            self.add_error(name, sentence)
        return cleaned


class TryForm(forms.Form):
    """A text to try the wording check on."""

    text = forms.CharField(
        label="Text",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter a text to check."},
    )


class OwnFilter(ListFilter):
    """Which of the city's own words to show."""

    q = forms.CharField(label="Words", required=False, max_length=80)
    kind = forms.ChoiceField(
        label="What they are", required=False, choices=[("", "Everything"), *CityWord.Kind.choices]
    )
    language = forms.ChoiceField(
        label="Language",
        required=False,
        choices=[("", "Every language"), *CityWord.Language.choices],
    )

    def narrow(self, words: Any) -> Any:
        """Return those of `words` that fit."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        if "q" in asked:
            words = words.filter(words__icontains=asked.pop("q"))
        return words.filter(**asked)


class BuiltInFilter(ListFilter):
    """Which of the words that come with the check to show."""

    q = forms.CharField(label="Words", required=False, max_length=80)
    topic = forms.ChoiceField(
        label="About",
        required=False,
        choices=[
            ("", "Everything"),
            *((name, name) for name in dict.fromkeys(word_lists.TOPICS.values())),
        ],
    )
    language = forms.ChoiceField(
        label="Language", required=False, choices=CityWord.Language.choices
    )

    def asked(self) -> dict[str, str]:
        """Return the language, topic and text that were asked for."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "language": given.get("language") or CityWord.Language.ENGLISH.value,
            "topic": given.get("topic") or "",
            "text": given.get("q") or "",
        }
