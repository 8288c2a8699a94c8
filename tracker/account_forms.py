"""The sign-in library's forms, with our limits before what they look at."""

from __future__ import annotations

from functools import partial
from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as factors
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from partners import attempts
from tracker.accounts import begin, note_failure


def _begin(what: str, email: str) -> attempts.Try:
    one = begin(context.request, what, email)
    if one.wait:
        raise get_adapter().validation_error("too_many_login_attempts")
    return one


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    def clean_oldpassword(self) -> str:
        one = _begin(attempts.PASSWORD, self.user.email)
        try:
            typed: str = super().clean_oldpassword()
        except ValidationError:
            note_failure(attempts.PASSWORD, self.user.email)
            raise
        one.succeeded()
        return typed


class ResetPasswordForm(account.ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Mails go out when the answer has gone: neither its bytes nor its time tell whether there is an account."""

    def clean_email(self) -> str:
        _begin(attempts.RESET, self.cleaned_data["email"])
        typed: str = super().clean_email()
        return typed

    def save(self, request: HttpRequest, **options: Any) -> str:
        request.after_answer = partial(super().save, request, **options)  # type: ignore[attr-defined]
        email: str = self.cleaned_data["email"]
        return email


class _Counted:
    """A code of a second factor: counted before it is compared."""

    user: Any

    def clean_code(self) -> str:
        one = _begin(attempts.CODE, self.user.email)
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # of the library's form beside it
        except ValidationError:
            note_failure(attempts.CODE, self.user.email)
            raise
        one.succeeded()
        return code


class AuthenticateForm(_Counted, factors.AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class ReauthenticateForm(_Counted, factors.ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass
