"""Gives each request a name that all its lines in the log carry, and writes one line when it is answered."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from partners.addresses import client_address
from partners.masking import IN_ROUTES, masked
from tracker.logs import current

WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
QUIET = ("/static/", "/healthz", "/readyz", "/pulsez")  # asked all the time
DENIED = (401, 403, 404)
log = structlog.get_logger()


def name_of(request: HttpRequest) -> str:
    """The name that our proxy gave the request, if it is well-formed; else one of our own."""
    given = request.headers.get("X-Request-ID", "") if settings.PROXY_COUNT else ""
    return given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex


def bears_secret(request: HttpRequest) -> bool:
    """Whether the address itself opens something, and so must not be handed on as where one came from."""
    match = request.resolver_match
    kwargs = match.kwargs if match else {}
    return any(name in IN_ROUTES and value != "set-password" for name, value in kwargs.items())


class Traced:
    """Outermost: what others write while they answer carries the request's name, its user and its address."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name, began = name_of(request), time.monotonic()
        request.name = name  # type: ignore[attr-defined]  # the history keeps it too
        token = current.set(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=name, address=client_address(request), user=None)
        try:
            response = self.answer(request)
            self._note(request, response, began)
        finally:
            structlog.contextvars.clear_contextvars()
            current.reset(token)
        response.headers["X-Request-ID"] = name
        if bears_secret(request):
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _note(self, request: HttpRequest, response: HttpResponseBase, began: float) -> None:
        if request.path.startswith(QUIET):
            return
        user = getattr(request, "api_user", None) or getattr(getattr(request, "user", None), "pk", None)
        structlog.contextvars.bind_contextvars(user=user)
        facts = {"method": request.method, "path": masked(request.path), "status": response.status_code}
        if user and response.status_code in DENIED:
            log.warning("denied", **facts)
        log.info("answered", **facts, milliseconds=round((time.monotonic() - began) * 1000))
