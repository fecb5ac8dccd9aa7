"""The sign-in library's forms in this site's words: labels above the boxes, nothing inside them."""

from typing import Any

from allauth.account import forms as account
from django import forms

LABELS = {
    "login": "Email address",
    "email": "Email address",
    "remember": "Keep me signed in on this device",
    "oldpassword": "Your password now",
    "password1": "New password",
    "password2": "New password again",
}


class InPlainWords(forms.Form):
    """A form that takes its labels from here, and shows no word inside an empty box."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class SignInForm(InPlainWords, account.LoginForm):
    """Who signs in, and whether for longer than this visit."""


class ConfirmForm(InPlainWords, account.ReauthenticateForm):
    """The password once more, before something that matters."""


class ChangePasswordForm(InPlainWords, account.ChangePasswordForm):
    """The password now, and the new one twice."""


class SetPasswordForm(InPlainWords, account.SetPasswordForm):
    """The first password of somebody who had none."""


class ForgottenForm(InPlainWords, account.ResetPasswordForm):
    """Where to send the link to a new password."""


class NewPasswordForm(InPlainWords, account.ResetPasswordKeyForm):
    """A new password after the link, twice."""
