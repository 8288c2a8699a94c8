"""What opens one's account: sessions, keys and calendars, each with its end."""

from __future__ import annotations

from typing import Any, cast

import structlog
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.models import Session, User
from partners.models.credentials import SessionStore
from partners.requests import Request

log = structlog.get_logger()


def store_of(request: HttpRequest) -> SessionStore:
    """The session as this project keeps it; Django's own type of it knows less."""
    return cast(SessionStore, request.session)


def open_sessions(user: User) -> list[Session]:
    """Where the account is signed in. A session of an older epoch is nothing any more, though its row is there."""
    mark = user.get_session_auth_hash()
    rows = user.sessions.filter(expire_date__gt=timezone.now()).order_by("-seen_at")
    return [row for row in rows if constant_time_compare(row.get_decoded().get(HASH_SESSION_KEY, ""), mark)]


def credentials_of(request: Request) -> dict[str, Any]:
    """For the profile page: everything that is open in the reader's name, and the keys that are dead too."""
    user, today = request.user, timezone.localdate()
    tokens = list(user.tokens.select_related("user"))
    for token in tokens:
        token.works = token.is_living(today)
    return {
        "tokens": tokens,
        "sessions": open_sessions(user),
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
        "may_confirm": user.role in settings.API_KEY_ROLES and is_mfa_enabled(user),
        "this_session": store_of(request).digest(),
        "feeds": user.feeds.filter(revoked_at=None, epoch=user.epoch).select_related("country", "view"),
    }


@require_POST
def token_withdraw(request: Request, pk: int) -> HttpResponse:
    """Withdraw one's own key; it stops working with the next request."""
    if request.user.tokens.filter(pk=pk).delete()[0]:
        log.info("key_withdrawn", key=pk)
    messages.success(request, _("The key is withdrawn."))
    return redirect("profile")


@require_POST
def session_end(request: Request, digest: str) -> HttpResponse:
    """Sign out another browser of one's own, or this one."""
    if not request.user.sessions.filter(pk=digest).exclude(pk=store_of(request).digest()).delete()[0]:
        raise Http404
    log.info("session_ended", digest=digest)
    messages.success(request, _("That browser is signed out."))
    return redirect("profile")


@require_POST
def others_end(request: Request) -> HttpResponse:
    """Sign out every other browser; with `all`, end keys, calendars, links and files as well."""
    log.info("sessions_ended", everything=request.POST.get("what") == "all")
    if request.POST.get("what") == "all":
        request.user.end_everything()
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Everything but this session has ended."))
    else:
        request.user.sessions.exclude(pk=store_of(request).digest()).delete()
        messages.success(request, _("Your other browsers are signed out."))
    return redirect("profile")
