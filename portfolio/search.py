"""Search over everything a person may see: one kind of record after the other.

Each kind brings its own rights along: what somebody may not see is neither shown nor counted. A
new kind of record is one more entry of KINDS.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchHeadline, SearchRank
from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe

from portfolio.models import AdoptedList, Project, Scope, User
from portfolio.models.search import words_of
from portfolio.roles import Permission
from problems import search
from problems.models import Problem

SHOWN, PER_PAGE = 5, 20
# Around the words found, until the text is escaped: signs that no keyboard types.
START, STOP = "\x02", "\x03"
MARKED = re.compile(f"{START}([^{START}{STOP}]*){STOP}")
PROJECT_NUMBER = re.compile(r"p-?0*(\d{1,9})", re.IGNORECASE)
LIST_NUMBER = re.compile(r"(?:(?:priority )?list )?#?(\d{1,6})", re.IGNORECASE)


class Hit(NamedTuple):
    """One record that was found: its name and some of its words, with what was found in <mark>."""

    title: SafeString
    url: str
    about: str
    excerpt: SafeString


class Kind(NamedTuple):
    """A kind of record: who may search it, how it is searched, and how a record is shown."""

    key: str
    label: str
    permission: Permission
    find: Callable[[User, str], QuerySet[Any]]
    show: Callable[[Any], Hit]


class Group(NamedTuple):
    """What was found of one kind: the page that is shown, and how many there are on all pages."""

    kind: Kind
    page: Page[Any]
    hits: list[Hit]
    total: int


def found(text: str, *, user: User, only: str = "", page: str | None = None) -> Iterator[Group]:
    """Yield what `user` may see and `text` fits, kind by kind; kinds without a hit are left out.

    With the key of a kind as `only`, its hits on one `page` of PER_PAGE; otherwise the first SHOWN
    of every kind. Two queries a kind.
    """
    wanted = search.typed(text)
    if not wanted:
        return
    for kind in KINDS:
        if not user.has_perm(kind.permission) or only not in {"", kind.key}:
            continue
        records = Paginator(kind.find(user, wanted), PER_PAGE if only else SHOWN)
        shown = records.get_page(page)
        if records.count:
            hits = [kind.show(record) for record in shown]
            yield Group(kind, shown, hits, records.count)


def _problems(user: User, text: str) -> QuerySet[Any]:
    fitting = search.fitting(Problem.objects.visible_to(user).with_departments(), text)
    return _with_excerpts(fitting, text, "title", "statement", "impact_now", "do_nothing")


def _projects(user: User, text: str) -> QuerySet[Any]:
    vector, question = words_of(title="A", summary="B"), search.question(text)
    projects = Project.objects.visible_to(user).select_related("department")
    fits = Q(words=question)
    if number := PROJECT_NUMBER.fullmatch(text):
        fits |= Q(pk=int(number[1]))
    fitting = projects.annotate(words=vector).filter(fits)
    ranked = fitting.annotate(rank=SearchRank(vector, question)).order_by("-rank", "title", "pk")
    return _with_excerpts(ranked, text, "title", "summary")


def _briefs(user: User, text: str) -> QuerySet[Any]:
    """Projects whose brief says it: in their own words, their scope's, or a readable problem's."""
    question = search.question(text)
    projects = Project.objects.visible_to(user)
    readable = Problem.objects.visible_to(user).filter(words__vector=question)
    scopes = Scope.objects.annotate(words=words_of(approach="C")).filter(words=question)
    named = projects.annotate(words=words_of(title="A", summary="B")).filter(words=question)
    saying = named.values("pk").union(
        projects.filter(problem__in=readable.values("pk")).values("pk"),
        projects.filter(scope__in=scopes.values("pk")).values("pk"),
    )
    fitting = projects.filter(pk__in=saying).select_related("department").order_by("title", "pk")
    return _with_excerpts(fitting, text, "title", "summary", "scope__approach")


def _lists(_user: User, text: str) -> QuerySet[Any]:
    fits = Q(action_number__icontains=text)
    if number := LIST_NUMBER.fullmatch(text):
        fits |= Q(number=int(number[1]))
    return AdoptedList.objects.filter(fits).select_related("signed_by").order_by("-number")


def _with_excerpts(records: QuerySet[Any], text: str, title: str, *texts: str) -> QuerySet[Any]:
    """Annotate `records` with what to show of them, in every language that is searched."""
    question = search.question(text)
    whole = Concat(*_apart(texts), output_field=TextField()) if len(texts) > 1 else F(texts[0])
    for language in search.LANGUAGES:
        signs: dict[str, Any] = {"config": language, "start_sel": START, "stop_sel": STOP}
        records = records.annotate(
            **{
                f"title_{language}": SearchHeadline(title, question, highlight_all=True, **signs),
                f"words_{language}": SearchHeadline(
                    whole, question, max_words=30, min_words=15, max_fragments=2, **signs
                ),
            }
        )
    return records


def _apart(names: tuple[str, ...]) -> Iterator[Any]:
    for place, name in enumerate(names):
        if place:
            yield Value(" ")
        yield F(name)


def _marked(record: Any, part: str) -> SafeString:
    """Return the title or the words of `record`, escaped, with what was found in <mark>."""
    texts = [getattr(record, f"{part}_{language}") or "" for language in search.LANGUAGES]
    text = next((one for one in texts if START in one), texts[0])
    marked = MARKED.sub(r"<mark>\1</mark>", escape(text))
    # Everything but our own marks is escaped above.
    return mark_safe(marked.replace(START, "").replace(STOP, ""))  # noqa: S308


def _excerpt(record: Any) -> SafeString:
    """Return some of the words of `record`, with dots where its text begins before or goes on."""
    words = _marked(record, "words")
    plain = strip_tags(words).strip()
    before = "… " if plain[:1].islower() else ""
    after = " …" if plain and plain[-1] not in ".!?…" else ""
    return SafeString(f"{before}{words}{after}")


def _problem(problem: Any) -> Hit:
    return Hit(
        title=_marked(problem, "title") if problem.title else SafeString(problem),
        url=problem.get_absolute_url(),
        about=f"{problem.departments_in_words} · {problem.get_state_display()}",
        excerpt=_excerpt(problem),
    )


def _project(project: Any) -> Hit:
    return Hit(
        title=_marked(project, "title"),
        url=project.get_absolute_url(),
        about=f"{project.reference} · {project.department} · {project.gate_word}",
        excerpt=_excerpt(project),
    )


def _brief(project: Any) -> Hit:
    return _project(project)._replace(
        url=reverse("project_brief", args=[project.pk]),
        about=f"Brief of {project.reference} · {project.department}",
    )


def _list(adopted: AdoptedList) -> Hit:
    adopted_on = date_format(adopted.adopted_on, "F j, Y")
    return Hit(
        title=SafeString(escape(str(adopted))),
        url=adopted.get_absolute_url(),
        about=f"{adopted.action_number} · {adopted.length} projects",
        excerpt=SafeString(escape(f"Adopted on {adopted_on}, signed by {adopted.signed_by}.")),
    )


KINDS = (
    Kind("problems", "Problems", Permission.READ_PROBLEMS, _problems, _problem),
    Kind("projects", "Projects", Permission.READ_PROJECTS, _projects, _project),
    Kind("briefs", "Council briefs", Permission.EXPORT_BRIEFS, _briefs, _brief),
    Kind("lists", "Adopted lists", Permission.READ_LIST, _lists, _list),
)
