"""People who cannot work yet: nobody gave them a role."""

from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef, Window
from django.urls import reverse

from portfolio.models import Membership, RoleGrant, User
from portfolio.roles import Role
from portfolio.waiting.task import Asked, Kind, Task

NO_ROLE = Kind("no_role", "person", "people without a role", "admin:portfolio_user_changelist")


def tasks(asked: Asked) -> Iterator[Task]:
    """Yield the people without a role, for an administrator."""
    if Role.ADMINISTRATOR not in asked.user.roles:
        return
    without = (
        User.objects.filter(is_active=True)
        .exclude(Exists(RoleGrant.objects.filter(user=OuterRef("pk"))))
        .exclude(Exists(Membership.objects.filter(user=OuterRef("pk"), is_head=True)))
        .annotate(of_kind=Window(Count("*")))
    )
    for person in without.order_by("joined_at", "pk")[: asked.most]:
        yield Task(
            kind=NO_ROLE,
            record=person.pk,
            title=f"Give a role: {person}",
            about=f"{person.email} · sees only this overview and the help",
            url=reverse("admin:portfolio_user_change", args=[person.pk]),
            since=person.joined_at,
            of_kind=person.of_kind,
        )
