"""The overview, signing in, and help."""

from typing import Any

from allauth.account.views import LoginView
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q, Window
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from portfolio.access import SignedInRequest, requires
from portfolio.accounts import demo_accounts
from portfolio.models import Project, User, WorkingPosition
from portfolio.overview import list_cost
from portfolio.roles import ROLES, Permission
from portfolio.waiting import waiting_for, what_comes

SHOWN = 12
BLOCKED_SHOWN = 6


@require_safe
@requires(Permission.SEE_OWN_WORK)
def home(request: SignedInRequest) -> HttpResponse:
    """What waits on the person, what the top of the list costs, and who is blocked at the gate."""
    ranked = WorkingPosition.objects.select_related("project", "project__budget").in_order()
    sees_list = request.user.has_perm(Permission.READ_LIST)
    blocked = list(_blocked(request.user)[:BLOCKED_SHOWN])
    context = {
        "waiting": waiting_for(request.user, city=request.city),
        "what_comes": what_comes(request.user),
        "cost": list_cost(ranked[:SHOWN]) if sees_list else None,
        "counts": Project.objects.aggregate(
            ranked=Count("working_position"),
            in_scoping=Count("pk", filter=Q(stage=Project.Stage.SCOPING, on_hold=False)),
        ),
        "blocked": blocked,
        "blocked_count": blocked[0].of_all if blocked else 0,
    }
    return render(request, "portfolio/home.html", context)


def _blocked(user: User) -> Any:
    """Return the ranked concepts at a closed gate that `user` may open, with their number."""
    if not user.has_perm(Permission.READ_PROJECTS):
        return Project.objects.none()
    ranked = Project.objects.visible_to(user).filter(working_position__isnull=False)
    closed = ranked.filter(stage=Project.Stage.CONCEPT).exclude(
        problem_defined=True, budget_dedicated=True, listed=True
    )
    return closed.annotate(of_all=Window(Count("*"))).order_by("working_position__key")


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
