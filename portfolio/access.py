"""Who reaches what: every view of the site declares a permission, every record comes by a loader.

A loader fetches and checks at once. Who may not see a record gets the 404 of one that does not
exist; who may see but not do gets a 403 with the reason.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from portfolio.models import City, Project, Scenario, User
from portfolio.roles import Permission, refusal

# Where a permission reaches only the own departments' projects, whatever the person may read.
OWN_DEPARTMENTS_ONLY = {
    Permission.START_PROJECTS,
    Permission.DRAFT_COSTS,
    Permission.WRITE_SCOPES,
    Permission.ANSWER_CRITERIA,
}


class SignedInRequest(HttpRequest):
    """A request of somebody who signed in: what every view behind the sign-in receives."""

    user: User
    city: City
    htmx: HtmxDetails


type View[**P] = Callable[Concatenate[Any, P], HttpResponseBase]


def requires[**P](permission: Permission, *others: Permission) -> Callable[[View[P]], Any]:
    """Let in only people with `permission` or one of `others`; tests read what is declared."""

    def decorate(view: View[P]) -> Any:
        @wraps(view)
        def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not any(request.user.has_perm(code) for code in (permission, *others)):
                raise PermissionDenied(refusal(permission, *others))
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def load_project(user: User, pk: int, *permissions: Permission) -> Project:
    """Return project `pk` with what its pages show, if `user` holds one of `permissions` on it.

    Raises Http404 when `user` may not see it or it does not exist, PermissionDenied with the
    reason when they may see it but not do this.
    """
    project = Project.objects.visible_to(user).for_pages().filter(pk=pk).first()
    if project is None or not user.has_perm(Permission.READ_PROJECTS):
        raise Http404("There is no such project, or it is not yours to see.")
    if not any(may(user, permission, project) for permission in permissions):
        raise PermissionDenied(refusal(*permissions))
    return project


def may(user: User, permission: Permission, project: Project) -> bool:
    """Return whether `user` holds `permission` on `project`."""
    if permission in OWN_DEPARTMENTS_ONLY:
        return user.has_perm(permission) and project.department_id in user.headed_department_ids
    return user.has_perm(permission)


def with_project[**P](
    *permissions: Permission,
) -> Callable[[Callable[Concatenate[Any, Project, P], HttpResponseBase]], Any]:
    """Give a view the project its address names, loaded and checked for one of `permissions`."""

    def decorate(view: Callable[Concatenate[Any, Project, P], HttpResponseBase]) -> Any:
        @wraps(view)
        def guarded(request: Any, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            project = load_project(request.user, pk, *permissions)
            return view(request, project, *args, **kwargs)

        guarded.permission = permissions[0]  # type: ignore[attr-defined]
        return guarded

    return decorate


def load_scenario(user: User, pk: int, *permissions: Permission) -> Scenario:
    """Return scenario `pk` if it is the own one, or `user` ranks the list and sees all.

    Raises Http404 for anybody else and where it does not exist, PermissionDenied with the reason
    when they may see it but hold none of `permissions`.
    """
    found = Scenario.objects.visible_to(user).select_related("owner", "used_by").filter(pk=pk)
    scenario = found.first() if user.has_perm(Permission.WHAT_IF) else None
    if scenario is None:
        raise Http404("There is no such scenario, or it is not yours to see.")
    if not any(user.has_perm(permission) for permission in permissions):
        raise PermissionDenied(refusal(*permissions))
    return scenario


def with_scenario[**P](
    *permissions: Permission,
) -> Callable[[Callable[Concatenate[Any, Scenario, P], HttpResponseBase]], Any]:
    """Give a view the scenario its address names, loaded and checked for one of `permissions`."""

    def decorate(view: Callable[Concatenate[Any, Scenario, P], HttpResponseBase]) -> Any:
        @wraps(view)
        def guarded(request: Any, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            scenario = load_scenario(request.user, pk, *permissions)
            try:
                return view(request, scenario, *args, **kwargs)
            except Scenario.DoesNotExist as gone:
                raise Http404("Somebody threw this scenario away.") from gone

        guarded.permission = permissions[0]  # type: ignore[attr-defined]
        return guarded

    return decorate
