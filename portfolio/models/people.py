"""People: users, departments, and who belongs where in which role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models, transaction
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject, Lower

from portfolio.roles import FOR_EVERYBODY, Permission, Role, permissions_of


class Department(models.Model):
    """A unit of the city. It has members, some of them heads."""

    name = models.CharField(max_length=120, unique=True)
    code = models.CharField(max_length=40, blank=True, help_text="Its number in the city's books.")

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Make people by e-mail address, and fetch them with what they may do."""

    def with_duties(self) -> models.QuerySet[User]:
        """People with their roles and departments, in one query: every request needs all three."""
        grants = RoleGrant.objects.filter(user=OuterRef("pk")).values("role")
        memberships = Membership.objects.filter(user=OuterRef("pk"))
        row = JSONObject(department="department_id", is_head="is_head")
        return self.annotate(
            fetched_roles=ArraySubquery(grants),
            fetched_memberships=ArraySubquery(memberships.values(row=row)),
        )

    def create_user(
        self, email: str, password: str | None = None, *, name: str = "", **fields: Any
    ) -> User:
        """Make a person who signs in with `email`; without a password nobody can sign in."""
        user = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an administrator: people, departments and policy, and no domain power."""
        user = self.create_user(email, password, **fields)
        RoleGrant.objects.create(user=user, role=Role.ADMINISTRATOR)
        return user


class User(AbstractBaseUser):
    """A person who signs in. What they may do comes from their roles (`portfolio/roles.py`)."""

    class Notices(models.TextChoices):
        IMMEDIATELY = "immediately", "Within minutes"
        DAILY = "daily", "Once a day"
        NEVER = "never", "Never"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    notices = models.CharField(
        "E-mail when something waits", max_length=12, choices=Notices, default=Notices.IMMEDIATELY
    )
    departments: models.ManyToManyField[Department, Membership] = models.ManyToManyField(
        Department, through="Membership", related_name="members"
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message="Somebody signs in with this address already.",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def memberships_by_department(self) -> dict[int, bool]:
        """Departments of this person, by key; True where they head it."""
        fetched = self.__dict__.get("fetched_memberships")
        if fetched is not None:
            return {row["department"]: row["is_head"] for row in fetched}
        return dict(self.memberships.values_list("department_id", "is_head"))

    @property
    def department_ids(self) -> list[int]:
        """Keys of the departments this person is a member of."""
        return list(self.memberships_by_department)

    @property
    def headed_department_ids(self) -> list[int]:
        """Keys of the departments this person heads."""
        return [key for key, is_head in self.memberships_by_department.items() if is_head]

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles this person holds; heading a department is one."""
        codes = self.__dict__.get("fetched_roles")
        if codes is None:
            codes = list(self.role_grants.values_list("role", flat=True))
        granted = {Role(code) for code in codes}
        if self.headed_department_ids:
            granted.add(Role.DEPARTMENT_HEAD)
        return frozenset(granted)

    @property
    def role_names(self) -> str:
        """The roles in words, for the header and the history."""
        return ", ".join(role.label for role in Role if role in self.roles) or "Reader"

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything this person's roles allow, somewhere; the loaders say where."""
        return permissions_of(self.roles) | FOR_EVERYBODY if self.is_active else frozenset()

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Return whether a role of this person allows `perm`; on a record, see the loaders."""
        return perm in self.permissions

    def has_module_perms(self, app_label: str) -> bool:
        """Return whether the administration site shows anything: to administrators only."""
        return self.is_staff

    @property
    def is_staff(self) -> bool:
        """True for administrators: they enter the administration site."""
        return self.is_active and Role.ADMINISTRATOR in self.roles

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Run a change as this person: one transaction, and their name in its history."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('groundwork.user_id', true), "
                "set_config('groundwork.user_id', %s, true)",
                [str(self.pk)],
            )
            before = cursor.fetchone()[0]
            yield
            # A change within another's change ends here; what follows is the other's again.
            if before and before != str(self.pk):
                cursor.execute("SELECT set_config('groundwork.user_id', %s, true)", [before])


class Membership(models.Model):
    """A person's place in a department."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="memberships")
    is_head = models.BooleanField("heads the department", default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "department"],
                name="membership_once",
                violation_error_message="This person is a member of the department already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.department_id}"


class RoleGrant(models.Model):
    """A city-wide role that a person holds, stored as a short code."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role"],
                name="role_grant_once",
                violation_error_message="This person holds the role already.",
            ),
            models.CheckConstraint(
                condition=~Q(role="department_head"),
                name="role_head_comes_from_membership",
                violation_error_message="Make somebody head of a department in its members.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()
