"""How allauth behaves here: operators make the accounts, nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from partners.models import User
from partners.requests import Request
from tracker.factors import Factor

EPOCH_AT_PASSWORD = "epoch_at_password"  # noqa: S105  (in a session that still lacks its second factor)


class ResetTokens(PasswordResetTokenGenerator):
    """Links to set a password, reminders and invitations alike: dead once anything about the account has changed."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{user.pk}:{user.known_epoch()}:{timestamp}"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **how: Any) -> Any:
        """The password was right; until the second factor is given, the account must stay as it was then."""
        request.session[EPOCH_AT_PASSWORD] = user.known_epoch()
        return super().pre_login(request, user, **how)

    def login(self, request: HttpRequest, user: Any) -> None:
        if request.session.pop(EPOCH_AT_PASSWORD, None) != user.known_epoch():
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def set_password(self, user: Any, password: str) -> None:
        """Only while the account is as it was read: of many who spend one link at once, one gets through."""
        user.set_password(password)
        now = User.objects.filter(pk=user.pk, epoch=user.known_epoch(), is_active=True)
        if not now.update(password=user.password):
            raise ImmediateHttpResponse(redirect(self.request.path))
        user.read_epoch()

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names: the e-mail address signs in."""


def keep_own_session(request: Request, context: Any) -> None:
    """Whoever changes their own second factor goes on; every other session ends, as with a new password.

    `context` is the history's: only what this very request changed is forgiven, so that a session which sends one
    request after the other does not outlive what somebody else does to the account meanwhile.
    """
    before = request.user.epoch
    own = Factor.pgh_event_model.objects.filter(pgh_context=context).count()
    if own and request.user.read_epoch() == before + own:
        update_session_auth_hash(request, request.user)


def closed(request: HttpRequest, what: str) -> HttpResponse:
    """Signing up and addresses of one's own choice: a second address would outlive what the operator takes away."""
    raise Http404
