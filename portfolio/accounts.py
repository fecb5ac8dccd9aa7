"""Signing in: who may have an account, and the accounts of a demonstration."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from portfolio.demo.accounts import DEMO_ACCOUNTS
from portfolio.models import User


class SignInBackend(AuthenticationBackend):
    """Sign-in by e-mail address and password; a request fetches the person in one query."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a session with their roles and departments, unless inactive."""
        return User.objects.with_duties().filter(pk=user_id, is_active=True).first()


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators; nobody signs up by themselves."""

    # What people may do wrong here, in words that say what to do.
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The email address or the password is wrong. Try again, or use "
        "“Forgot your password?”.",
        "enter_current_password": "Enter the password that you use now.",
        "incorrect_password": "The password is wrong. Try again.",
        "invalid_password_reset": "This link no longer works. Ask for a new one.",
        "too_many_login_attempts": "Too many tries. Wait five minutes, then try again.",
        "rate_limited": "Too many requests. Wait a minute, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: a stranger never gets an account of the city."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Go to the overview."""
        return str(super().get_login_redirect_url(request))


def demo_accounts(request: Any) -> list[Any]:
    """Return the accounts to show on the sign-in page: in a demonstration, and only there."""
    return list(DEMO_ACCOUNTS) if request.city.is_demonstration else []
