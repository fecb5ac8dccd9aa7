"""Who reaches the money: every view declares a permission, a fund comes by its loader.

Permissions are strings here; the roles that hold them are the site's.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase

from budgets.models import Appropriation, Fund

READ, ENTER, SET_POLICY = "budgets.read", "budgets.enter_money", "budgets.set_policy"

REASONS = {
    READ: "Your role does not read budgets.",
    ENTER: "Only a finance officer may enter money. Ask one of them, or sign in as one.",
    SET_POLICY: "Only an administrator may set the city's numbers for money.",
}


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


def load_fund(user: Any, pk: int, permission: str) -> Fund:
    """Return fund `pk` if `user` holds `permission`.

    Raises Http404 when `user` reads no money or there is no such fund, PermissionDenied with the
    reason when they may see it but not do this.
    """
    fund = Fund.objects.filter(pk=pk).first()
    if fund is None or not user.has_perm(READ):
        raise Http404("There is no such fund, or it is not yours to see.")
    if not user.has_perm(permission):
        raise PermissionDenied(REASONS[permission])
    return fund


def load_appropriation(user: Any, pk: int, permission: str) -> Appropriation:
    """Return appropriation `pk` with its fund, if `user` holds `permission`.

    Raises Http404 and PermissionDenied as `load_fund` does.
    """
    found = Appropriation.objects.select_related("fund").filter(pk=pk).first()
    if found is None or not user.has_perm(READ):
        raise Http404("There is no such appropriation, or it is not yours to see.")
    if not user.has_perm(permission):
        raise PermissionDenied(REASONS[permission])
    return found


type ViewOf[Row, **P] = Callable[Concatenate[Any, Row, P], HttpResponseBase]


def with_fund[**P](permission: str) -> Callable[[ViewOf[Fund, P]], Any]:
    """Give a view the fund its address names, loaded and checked for `permission`."""
    return _with(load_fund, permission)


def with_appropriation[**P](permission: str) -> Callable[[ViewOf[Appropriation, P]], Any]:
    """Give a view the appropriation its address names, loaded and checked for `permission`."""
    return _with(load_appropriation, permission)


def _with[Row, **P](
    load: Callable[[Any, int, str], Row], permission: str
) -> Callable[[ViewOf[Row, P]], Any]:
    def decorate(view: ViewOf[Row, P]) -> Any:
        @wraps(view)
        def guarded(request: Any, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            return view(request, load(request.user, pk, permission), *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate
