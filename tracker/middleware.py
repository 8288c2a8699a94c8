"""Gives each request its Viewer, tells PostgreSQL who acts, and guards the staff's second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

import pghistory
import structlog
from allauth.core import context as sign_in
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from whitenoise.middleware import WhiteNoiseFileResponse  # type: ignore[import-untyped]  # it has no types

from partners import devices, files
from partners.credential_views import store_of
from partners.masking import masked
from partners.models import Draft
from partners.requests import AnyRequest, signed_in
from partners.viewers import Viewer
from tracker.accounts import keep_own_session
from tracker.door import is_form
from tracker.errors import csrf_failure

log = structlog.get_logger()
SECOND_FACTOR = "/accounts/2fa/"
Answer = Callable[[AnyRequest], HttpResponse]
# Where a member of staff without a second factor may still go: to set one up, to sign out, to read in peace.
FOR_MONITORS = ("/healthz", "/readyz", "/pulsez")
FREE_OF_SECOND_FACTOR = ("/accounts/", "/static/", "/i18n/", *FOR_MONITORS, "/favicon.ico")


def _leads_to_sign_in(request: AnyRequest, response: HttpResponse) -> bool:
    sign_in = reverse("account_login")
    return response.headers.get("Location", "").startswith(sign_in) and not request.path.startswith("/accounts/")


def _viewer_of(request: AnyRequest) -> Viewer:
    return request.user.viewer() if request.user.is_authenticated else Viewer()


class KeptByNobody:
    """No answer stays in a cache, whoever asked and with what: two people at one machine must never meet there.

    Outermost, so that errors and redirects of the other middleware are no exception. Static files are.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: AnyRequest) -> HttpResponse:
        response = self.answer(request)
        if not isinstance(response, WhiteNoiseFileResponse):
            response.headers["Cache-Control"] = "no-store, private"
        return response


class ForMonitors:
    """Monitors are answered as nobody in particular: a session would be looked up in a database that is away."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: AnyRequest) -> HttpResponse:
        if request.path in FOR_MONITORS:
            request.COOKIES.clear()
        return self.answer(request)


class WhoActs:
    """`request.viewer`, the reader's language, and the actor in the history of every change."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: AnyRequest) -> HttpResponse:
        request.viewer = cast(Viewer, SimpleLazyObject(lambda: _viewer_of(request)))
        user, user_id = request.user, request.user.pk
        structlog.contextvars.bind_contextvars(user=user_id)
        if user.is_authenticated:
            store_of(request).note_use(request.headers.get("User-Agent", ""), at=timezone.now())
        if user.is_authenticated and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(user.language)
        if request.method in ("GET", "HEAD", "OPTIONS"):
            response = self.answer(request)
        else:
            with pghistory.context(user=user_id, request=request.name, path=masked(request.path)) as context:
                response = self.answer(request)
            files.settle()
            if user.is_authenticated and request.path.startswith(SECOND_FACTOR):
                keep_own_session(signed_in(request), context.id)
        response.headers["Content-Language"] = translation.get_language()
        return response


class Attempted:
    """What became of a try to prove who one is: the pause is said, the browser is known from now on, mails go out."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: AnyRequest) -> HttpResponse:
        response = self.answer(request)
        if wait := getattr(request, "retry_after", 0):
            response.headers["Retry-After"] = str(wait)
            if not 300 <= response.status_code < 400:
                response.status_code = 429
        if user := getattr(request, "proved", None):
            devices.remember(request, response, user)
        if work := getattr(request, "after_answer", None):
            later = partial(_do_afterwards, request, work, translation.get_language())
            response._resource_closers.append(later)  # type: ignore[attr-defined]  # Django's own way has no name
        return response


def _do_afterwards(request: AnyRequest, work: Callable[[], object], language: str) -> None:
    """Done when the answer has gone, so that nobody can tell from its time what there was to do."""
    try:
        with sign_in.request_context(request), translation.override(language):
            work()
    except Exception:  # there is nobody left to answer
        log.exception("after_answer_failed")


class ForgetDrafts:
    """A form that was taken answers with a redirect: what was kept of it in case of a crash has done its duty.

    One that was not, since the session's time was over, is given back: see decision 10.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: AnyRequest) -> HttpResponse:
        window = request.POST.get("draft_window", "") if is_form(request) else ""
        response = self.answer(request)
        if window and response.status_code in (301, 302, 303):
            Draft.objects.visible_to(request.viewer).filter(window=window).delete()
        if (
            request.method == "POST"
            and is_form(request)
            and _leads_to_sign_in(request, response)
            and store_of(request).has_lapsed
        ):
            return csrf_failure(request)  # the session ended over the form: what was typed is given back
        return response


class StaffSecondFactor:
    """Staff without a second factor are led to set one up before anything else."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: AnyRequest) -> HttpResponse:
        if (
            settings.STAFF_NEED_SECOND_FACTOR
            and not request.path.startswith(FREE_OF_SECOND_FACTOR)
            and request.viewer.is_staff
            and not is_mfa_enabled(request.user)
        ):
            messages.info(request, _("Set up a second factor first: staff accounts need one."))
            return redirect("mfa_index")
        return self.answer(request)
