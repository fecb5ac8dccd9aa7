"""What every page shows: the city, the way around, who is signed in."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from portfolio.models import City
from portfolio.roles import Permission

PRODUCT = "Groundwork"

# Label, route, the permission that shows it, and the first part of the addresses below it.
NAVIGATION = (
    ("Overview", "home", Permission.SEE_OWN_WORK, "/"),
    ("Priority list", "priority_list", Permission.READ_LIST, "/list/"),
    ("Projects", "projects", Permission.READ_PROJECTS, "/projects/"),
    ("Problems", "problems:list", Permission.READ_PROBLEMS, "/problems/"),
    ("Funds", "funds", Permission.READ_MONEY, "/funds/"),
    ("Council briefs", "briefs", Permission.EXPORT_BRIEFS, "/briefs/"),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the city, the product's name and the navigation this person may follow."""
    return {
        "city": getattr(request, "city", None) or City.current(),
        "product": PRODUCT,
        "nav": list(_navigation(request)),
    }


def _navigation(request: HttpRequest) -> Any:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return
    for label, route, permission, below in NAVIGATION:
        if not user.has_perm(permission):
            continue
        try:
            url = reverse(route)
        except NoReverseMatch:
            continue
        here = request.path == below if below == "/" else request.path.startswith(below)
        yield {"label": label, "url": url, "current": here}
