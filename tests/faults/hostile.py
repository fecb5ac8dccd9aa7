"""Texts that nobody writes by mistake, and a statement that has one in every place for words."""

from collections.abc import Iterator

from problems.forms.fields import PlainText
from problems.forms.parts import PART_ROWS
from problems.forms.statement import StatementForm
from problems.models import Problem

# Markup that would leave a text, an attribute or a text box and run something. It fits everywhere.
MARKUP = "</textarea>'\"><script>r()</script><img src=x onerror=r()>"
# A line that turns round what follows it, one of a script that runs the other way, and hidden
# characters. None of them is closed.
TURNED = "Dark \u202estreets\u2067 \u05e8\u05d7\u05d5\u05d1\u200b 12"
EMOJI = "👩‍👩‍👧‍👦 🇺🇸 👍🏽 e\u0301 ﷽"


def text_fields() -> dict[str, PlainText]:
    """Return the fields of the statement itself that take words."""
    fields = StatementForm.base_fields
    return {name: field for name, field in fields.items() if isinstance(field, PlainText)}


def text_columns() -> Iterator[tuple[str, str, PlainText]]:
    """Yield part, name and field of every column of a row that takes words."""
    for part, rows in PART_ROWS.items():
        for name, field in rows.form.base_fields.items():
            if isinstance(field, PlainText):
                yield part, name, field


def say_everywhere(problem: Problem, text: str) -> Problem:
    """Put `text` into every field and every row of a draft, in place of the words there."""
    for name in text_fields():
        setattr(problem, name, text)
    problem.save()
    problem.prior_attempts.create(what=text)
    for part, name, _ in text_columns():
        getattr(problem, part).update(**{name: text})
    problem.evidence.update(file_name=text)
    return problem
