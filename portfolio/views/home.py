"""The overview, signing in, and help."""

from typing import Any

from allauth.account.views import LoginView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from portfolio.access import SignedInRequest, requires
from portfolio.accounts import demo_accounts
from portfolio.models import Project, WorkingPosition
from portfolio.overview import list_cost
from portfolio.roles import ROLES, Permission
from portfolio.waiting import waiting_for

SHOWN = 12


@require_safe
@requires(Permission.SEE_OWN_WORK)
def home(request: SignedInRequest) -> HttpResponse:
    """What waits on the person, what the top of the list costs, and who is blocked at the gate."""
    sees_projects = request.user.has_perm(Permission.READ_PROJECTS)
    ranked = WorkingPosition.objects.select_related("project", "project__budget").in_order()
    projects = Project.objects.visible_to(request.user) if sees_projects else Project.objects.none()
    blocked = projects.filter(working_position__isnull=False, stage="concept").exclude(
        problem_defined=True, budget_dedicated=True, listed=True
    )
    context = {
        "tasks": waiting_for(request.user),
        "cost": list_cost(ranked[:SHOWN]) if request.user.has_perm(Permission.READ_LIST) else None,
        "ranked_count": WorkingPosition.objects.count(),
        "blocked": blocked.order_by("working_position__key")[:6],
        "blocked_count": blocked.count(),
        "in_scoping": Project.objects.in_scoping().count(),
    }
    return render(request, "portfolio/home.html", context)


@require_safe
@requires(Permission.SEE_OWN_WORK)
def help_page(request: SignedInRequest) -> HttpResponse:
    """How the three steps work, and who does what."""
    roles = [
        {"name": role.label, "description": duties.description} for role, duties in ROLES.items()
    ]
    return render(request, "portfolio/help.html", {"roles": roles})


@method_decorator(login_not_required, name="dispatch")
class SignInView(LoginView):
    """allauth's sign-in page; in a demonstration it lists the accounts."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demonstration's accounts, where this is one."""
        return super().get_context_data(**kwargs) | {"demo_accounts": demo_accounts(self.request)}


sign_in = SignInView.as_view()
