"""Problems like this one that somebody has written already, in any department.

Two problems are alike when they share words that few others have. Words that most problems have
say nothing, and a single shared word says little; both are left out.
"""

from collections.abc import Callable
from functools import reduce
from math import log
from operator import add, or_
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import Case, F, Q, Value, When

from problems.joining import joinable
from problems.models import Problem

# Of a long text the beginning says what it is about.
MOST_CHARACTERS = 3000
# The rarest words of a text; more of them only cost time.
MOST_TERMS = 12
# A word in more than a fifth of the problems says nothing, once there are enough to tell.
COMMON_SHARE, TOO_FEW_TO_TELL = 5, 20
# Sharing this many words is enough; fewer must be this part of what the text says.
ENOUGH, TELLING_PART = 3, 0.35

# Words of any statement, whatever it is about, in all their forms. Where there are many problems,
# counting finds them; a small city has too few to count.
SAY_NOTHING = """
    almost answer average away begin bring call cannot change city come could day even every far
    few find first five four get give half hour keep know late leave less long make many mean mile
    minute month more most need never new nobody number often old one past pay people percent put
    reach report resident say see seven several show since six stay stop take tell ten third three
    time today turn twelve twice two use want way week whole without work year
    ahora algo antes años aún cada casi ciudad cuatro dar decir después días dice dos gente hace
    hacer horas hoy llegar meses mientras minutos mitad muchas muchos nadie nuevo nunca personas
    poder porque pueden semanas sigue sin tener tiempo tres varias varios vecinos
"""

# A term is a word by its English and its Spanish stem, to be found in a title or a statement (A,
# B); words that either language calls a stop word are left out. Forms that share a stem are one
# term. Counts go over readable problems only, so that others' drafts have no say in it.
TERMS = """
WITH readable (id) AS MATERIALIZED ({readable}),
word AS (
    SELECT (ts_lexize('english_stem', lexeme))[1] AS english,
           (ts_lexize('spanish_stem', lexeme))[1] AS spanish
      FROM unnest(to_tsvector('simple', %s)) WHERE lexeme ~ '^[[:alpha:]]{{3,}}$'
),
term AS (
    SELECT string_agg(DISTINCT quote_literal(lexeme) || ':AB', ' | ')::tsquery AS query
      FROM word, unnest(ARRAY[english, spanish]) AS lexeme
     WHERE english IS NOT NULL AND spanish IS NOT NULL
       AND english NOT IN (SELECT lexeme FROM unnest(to_tsvector('english', %s)))
     GROUP BY least(english, spanish)
)
SELECT query::text,
       (SELECT count(*) FROM problems_problemwords words
         WHERE words.vector @@ term.query AND words.problem_id IN (SELECT id FROM readable)),
       (SELECT count(*) FROM readable)
  FROM term ORDER BY 2, 1
"""


class Term(NamedTuple):
    """A word as a tsquery, in how many readable problems it stands, and how many there are."""

    query: str
    found: int
    readable: int

    @property
    def tells(self) -> bool:
        """True for a word that some have, and not so many that it says nothing."""
        return 0 < self.found <= max(self.readable // COMMON_SHARE, TOO_FEW_TO_TELL)

    @property
    def weight(self) -> float:
        """More for a word that fewer problems have."""
        return log(1 + self.readable / self.found)

    @property
    def question(self) -> SearchQuery:
        """The word as Django's query; its stems are stems already."""
        return SearchQuery(self.query, config="simple", search_type="raw")


class Similar(NamedTuple):
    """A problem that is like a text, and whether a department of the reader may join it."""

    problem: Problem
    may_join: bool


def similar_to(
    text: str, *, user: Any, problem: Problem | None = None, limit: int = 5
) -> list[Similar]:
    """Return the problems that `user` may read and that are most like `text`, at most `limit`.

    `problem` is the one that the text is of: it is not like itself. Retired ones are left out.
    They come with their departments, the most alike first. At most three queries.
    """
    return [
        Similar(found, may_join=bool(joinable(found, by=user)))
        for found in _most_alike(text, user=user, problem=problem, limit=limit)
    ]


def _most_alike(text: str, *, user: Any, problem: Problem | None, limit: int) -> list[Problem]:
    readable = Problem.objects.visible_to(user).exclude(state=Problem.State.RETIRED)
    if problem is not None:
        readable = readable.exclude(pk=problem.pk)
    words = _terms(text, readable)
    telling = [term for term in words if term.tells][:MOST_TERMS]
    least = 1 if len(words) < ENOUGH else 2
    if len(telling) < least:
        return []
    vector = F("words__vector")
    ranks: list[Any] = [SearchRank(vector, term.question) * Value(term.weight) for term in telling]
    found: Any = readable.filter(words__vector=reduce(or_, (term.question for term in telling)))
    found = found.annotate(
        shared=_sum(telling, lambda _: 1),
        told=_sum(telling, lambda term: term.weight),
        alike=reduce(add, ranks),
    )
    part = TELLING_PART * sum(term.weight for term in telling)
    found = found.filter(Q(shared__gte=ENOUGH) | Q(shared__gte=least, told__gte=part))
    return list(found.with_departments().order_by("-alike", "-pk")[:limit])


def _sum(terms: list[Term], value: Callable[[Term], float]) -> Any:
    """Return an expression: the sum over those of `terms` that a problem has."""
    parts: list[Any] = [
        Case(When(words__vector=term.question, then=Value(float(value(term)))), default=0.0)
        for term in terms
    ]
    return reduce(add, parts)


def text_of(problem: Problem) -> str:
    """Return the words of `problem` that say what it is about."""
    return f"{problem.title} {problem.statement}"


def _terms(text: str, readable: Any) -> list[Term]:
    """Return the words of `text`, the rarest first."""
    sql, values = readable.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        words = text[:MOST_CHARACTERS].replace("\0", " ")
        cursor.execute(TERMS.format(readable=sql), [*values, words, SAY_NOTHING])
        return [Term(*row) for row in cursor.fetchall()]
