"""The administration site: people, departments and policy. No domain record is changed here."""

from typing import Any, ClassVar

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.db.models import Model
from django.http import HttpRequest

from portfolio.models import City, Department, Membership, RoleGrant, User
from problems.forms.settings import NumbersForm
from problems.models import ProblemPolicy

admin.site.site_header = admin.site.site_title = "Groundwork administration"
admin.site.index_title = "People, departments and policy"
# The sign-in page of the site: it counts attempts, the admin's own does not.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.disable_action("delete_selected")


def is_administrator(request: HttpRequest) -> bool:
    """Return whether an administrator asks."""
    return bool(getattr(request.user, "is_staff", False))


class ByAdministrators(admin.ModelAdmin[Any]):
    """Administrators do everything here; every change is one transaction under their name."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show it to administrators."""
        return is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let administrators look."""
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let administrators add."""
        return is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let administrators change."""
        return is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: what is in the history stays; people are made inactive instead."""
        return False

    def changeform_view(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Write the administrator's name into the history of what is saved."""
        with request.user.changing():
            return super().changeform_view(request, *args, **kwargs)


class InlineByAdministrators(admin.TabularInline[Any, User]):
    """Rows of a person that administrators add, change and take away."""

    extra = 1

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let administrators look."""
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let administrators add."""
        return is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let administrators change."""
        return is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let administrators take away."""
        return is_administrator(request)


class MembershipInline(InlineByAdministrators):
    """The departments a person belongs to."""

    model = Membership


class RoleInline(InlineByAdministrators):
    """The city-wide roles of a person."""

    model = RoleGrant


class PersonForm(forms.ModelForm[User]):
    """A person; a new password is optional, the old one is never shown."""

    new_password = forms.CharField(
        required=False, widget=forms.PasswordInput(render_value=False), strip=False
    )

    class Meta:
        model = User
        fields = ("email", "name", "is_active")

    def clean_new_password(self) -> str:
        """Insist on a password that the validators accept."""
        password: str = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        return password

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's signature
        """Set the new password, if one was given."""
        user = super().save(commit=False)
        if self.cleaned_data["new_password"]:
            user.set_password(self.cleaned_data["new_password"])
        elif not user.pk:
            user.set_unusable_password()
        if commit:
            user.save()
        return user


@admin.register(User)
class PersonAdmin(ByAdministrators):
    """People: who they are, where they belong, which roles they hold."""

    form = PersonForm
    inlines = (MembershipInline, RoleInline)
    list_display = ("name", "email", "is_active", "role_names")
    search_fields = ("name", "email")


@admin.register(Department)
class DepartmentAdmin(ByAdministrators):
    """Departments of the city."""

    list_display = ("name", "code")
    search_fields: ClassVar = ("name",)


@admin.register(City)
class PolicyAdmin(ByAdministrators):
    """The city's own numbers, each with the reason for its default."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow one row."""
        return super().has_add_permission(request, obj) and not self.model.objects.exists()


@admin.register(ProblemPolicy)
class ProblemPolicyAdmin(PolicyAdmin):
    """The city's own numbers for statements, within the same ranges as on the settings page."""

    form = NumbersForm
