"""The scores beside the list: where a rank leaves the score order, and how ties were decided."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portfolio import line_facts, scoring
from portfolio.access import SignedInRequest, requires
from portfolio.forms.scoring import CompareForm
from portfolio.models import Project
from portfolio.roles import Permission
from portfolio.scoring import Comparison
from problems.figures import in_figures

PER_PAGE = 50


class Row(NamedTuple):
    """A project as its row shows it: its rank and, once all is answered, its place by score.

    Everything is in words here: a template that words 50 rows takes many times as long.
    """

    title: str
    about: str
    url: str
    rank: str
    # Its place among those that are scored, where it is another number than the rank.
    place: str
    score_rank: str
    score: str
    # How far the rank is from the score, or what is missing of a score.
    off: str
    is_far: bool
    reason: str
    ties: list[str]


@require_safe
@requires(Permission.READ_LIST)
def scores(request: SignedInRequest) -> HttpResponse:
    """Rank and score of every project on the list, side by side. Nothing moves here."""
    standing = line_facts.standing(request.city.today())
    comparison = scoring.compare(standing.order, standing.score_ranks)
    form = CompareForm(request.GET)
    far = request.city.score_places
    shown = form.narrow(comparison, far=far)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "rows": list(_rows(list(page), comparison, standing.ranks, request)),
        "scored": len(comparison.score_ranks),
        "length": len(comparison.order),
        "far": sum(abs(places) > far for places in comparison.off.values()),
    }
    return render(request, "portfolio/scores/index.html", context)


def _rows(
    keys: Sequence[int], comparison: Comparison, ranks: dict[int, int], request: SignedInRequest
) -> Iterator[Row]:
    """Yield the rows of a page: two queries."""
    found = Project.objects.select_related("department", "score", "working_position").in_bulk(keys)
    ties = scoring.tie_breaks(comparison.score_ranks, keys)
    reads_all = request.user.has_perm(Permission.READ_ALL_PROJECTS)
    for key in keys:
        project, rank = found[key], ranks[key]
        may_read = reads_all or project.department_id in request.user.department_ids
        row = Row(
            title=project.title,
            about=f"{project.reference} · {project.department}",
            url=reverse("project_score", args=[key]) if may_read else "",
            rank=f"{rank:,}",
            place="",
            score_rank="",
            score="",
            off=_missing(project),
            is_far=False,
            reason="",
            ties=[tie.sentence for tie in ties.get(key, [])],
        )
        score_rank, off = comparison.score_ranks.get(key), comparison.off.get(key, 0)
        if score_rank is not None:
            is_far = abs(off) > request.city.score_places
            row = row._replace(
                place="" if score_rank + off == rank else f"{score_rank + off:,}",
                score_rank=f"{score_rank:,}",
                score=in_figures(project.score.score),
                off=scoring.off_in_words(off).capitalize(),
                is_far=is_far,
                reason=_reason(project) if is_far else "",
            )
        yield row


def _reason(project: Project) -> str:
    """Return why it was moved last; nothing where it was taken off the list just now."""
    position = getattr(project, "working_position", None)
    return position.reason if position else ""


def _missing(project: Project) -> str:
    """Say how much of a score is there."""
    score = getattr(project, "score", None)
    if score is None or not score.answered:
        return "Not answered yet"
    return f"{score.answered} of {score.asked} answered"
