"""Projects and scopes are found by their words: an index over what the search asks for.

The expression is the one of `portfolio.models.search.words_of`, word for word.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import migrations
from django.db.models.functions import Left


def vector(field: str, language: str, weight: str) -> SearchVector:
    return SearchVector(Left(field, 20_000), config=language, weight=weight)


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0008_critical_priority_on_adopted_lists")]

    operations = [
        migrations.AddIndex(
            model_name="project",
            index=GinIndex(
                vector("title", "english", "A")
                + vector("title", "spanish", "A")
                + vector("summary", "english", "B")
                + vector("summary", "spanish", "B"),
                name="project_words",
            ),
        ),
        migrations.AddIndex(
            model_name="scope",
            index=GinIndex(
                vector("approach", "english", "C") + vector("approach", "spanish", "C"),
                name="scope_words",
            ),
        ),
    ]
