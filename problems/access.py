"""Who reaches a problem: its loader fetches and checks at once.

Who may not see a statement gets the 404 of one that does not exist; who may see but not do gets a
403 with the reason. Permissions are strings here; the roles that hold them are the site's.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from problems.models import Problem

READ, WRITE, REVIEW = "problems.read", "problems.write", "problems.review"
DECLARE, SET_POLICY = "problems.declare_priorities", "problems.set_policy"

REASONS = {
    READ: "Your role does not read problems.",
    WRITE: "Only a head of the department that has the problem may write it.",
    REVIEW: "Only a city manager may review problems.",
    DECLARE: "Only a city manager may declare what is critical.",
    SET_POLICY: "Only an administrator may change the city's words and numbers for statements.",
}

# In digits: a longer number is no key of PostgreSQL's.
LONGEST_KEY = 18


class SignedInRequest(HttpRequest):
    """A request of somebody who signed in, as far as this app needs to know them."""

    user: Any
    htmx: Any


def requires[**P](
    permission: str, *others: str
) -> Callable[[Callable[Concatenate[Any, P], HttpResponseBase]], Any]:
    """Let in only people with `permission` or one of `others`; tests read what is declared."""

    def decorate(view: Callable[Concatenate[Any, P], HttpResponseBase]) -> Any:
        @wraps(view)
        def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not any(request.user.has_perm(code) for code in (permission, *others)):
                raise PermissionDenied(REASONS[permission])
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def may(user: Any, permission: str, problem: Problem) -> bool:
    """Return whether `user` holds `permission` on `problem`."""
    if permission == WRITE:
        headed = set(user.headed_department_ids)
        return user.has_perm(WRITE) and not headed.isdisjoint(problem.department_ids)
    return bool(user.has_perm(permission))


def load_problem(user: Any, pk: int, permission: str) -> Problem:
    """Return problem `pk` if `user` holds `permission` on it.

    Raises Http404 when `user` may not see it or it does not exist, PermissionDenied with the
    reason when they may see it but not do this.
    """
    problem = (
        Problem.objects.visible_to(user)
        .select_related(
            "department", "critical_priority", "owner", "author", "decided_by", "submitted_by"
        )
        .prefetch_related("joint_departments__department")
        .filter(pk=pk)
        .first()
    )
    if problem is None or not user.has_perm(READ):
        raise Http404("There is no such problem, or it is not yours to see.")
    if not may(user, permission, problem):
        raise PermissionDenied(REASONS[permission])
    return problem


def key_in(text: str) -> int:
    """Return the key that a part of an address names; 0, which no record has, for anything else."""
    is_key = text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY
    return int(text) if is_key else 0


def with_problem[**P](
    permission: str,
) -> Callable[[Callable[Concatenate[Any, Problem, P], HttpResponseBase]], Any]:
    """Give a view the problem its address names, loaded and checked for `permission`."""

    def decorate(view: Callable[Concatenate[Any, Problem, P], HttpResponseBase]) -> Any:
        @wraps(view)
        def guarded(request: Any, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            problem = load_problem(request.user, pk, permission)
            return view(request, problem, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate
