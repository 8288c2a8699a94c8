"""How allauth behaves here: operators make the accounts, nobody signs up."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from partners import attempts
from partners.addresses import client_address
from partners.models import User
from partners.requests import Request
from partners.statements import STATEMENTS
from tracker.factors import Factor

log = structlog.get_logger()
EPOCH_AT_PASSWORD = "epoch_at_password"  # noqa: S105  (in a session that still lacks its second factor)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Whether somebody has a second factor is asked for every page and every answer of the API: its text is kept."""

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        if types is not None or user.is_anonymous:
            return bool(super().is_mfa_enabled(user, types))
        return bool(STATEMENTS.rows("second factor", [user.pk], _factors))


def _factors(values: Sequence[Any]) -> Any:
    return Factor.objects.filter(user=values[0]).order_by().values_list("pk")[:1]


class ResetTokens(PasswordResetTokenGenerator):
    """Links to set a password, reminders and invitations alike: dead once anything about the account has changed."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{user.pk}:{user.known_epoch()}:{timestamp}"


def begin(request: HttpRequest, what: str, email: str) -> attempts.Try:
    """Count a try; if it may not be looked at, `Attempted` makes an answer of it that says when to come back."""
    one = attempts.begin(request, what, email)
    if one.wait:
        request.retry_after = one.wait  # type: ignore[attr-defined]  # for the middleware
        log.warning("sign_in_slowed", what=what, wait=one.wait)
    return one


def note_failure(what: str, email: str) -> None:
    """Of what was typed only whose account it is: people type passwords into the wrong box."""
    account = User.objects.filter(email=email.strip().lower()).values_list("pk", flat=True).first()
    log.warning("sign_in_failed", what=what, account=account)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count first, look at the password then: of many at once no more than the limit are looked at."""
        self.one_try = begin(request, attempts.PASSWORD, credentials.get("email", ""))
        if self.one_try.wait:
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        if user:
            self.one_try.succeeded()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_failure(attempts.PASSWORD, credentials.get("email", ""))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The site is that of BASE_URL, whatever Host was asked for."""
        host = urlsplit(settings.BASE_URL).netloc
        super().send_mail(template_prefix, email, {**context, "current_site": SimpleNamespace(name=host, domain=host)})

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.BASE_URL}{path.replace('UID-KEY', quote(key))}"

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
        request.proved = user  # type: ignore[attr-defined]  # for the middleware
        log.info("signed_in", account=user.pk)

    def logout(self, request: HttpRequest) -> None:
        log.info("signed_out", account=request.user.pk)
        super().logout(request)

    def set_password(self, user: Any, password: str) -> None:
        """Only while the account is as it was read: of many who spend one link at once, one gets through."""
        user.set_password(password)
        now = User.objects.filter(pk=user.pk, epoch=user.known_epoch(), is_active=True)
        if not now.update(password=user.password):
            raise ImmediateHttpResponse(redirect(self.request.path))
        user.read_epoch()
        self.request.proved = user  # whoever has the account's mailbox, or its password, proves as much
        log.info("password_set", account=user.pk)

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
        request.proved = request.user  # type: ignore[attr-defined]  # for the middleware
        log.info("factor_changed", account=request.user.pk)


def closed(request: HttpRequest, what: str) -> HttpResponse:
    """Signing up and addresses of one's own choice: a second address would outlive what the operator takes away."""
    raise Http404
