"""Browsers that an account has signed in with before, known by a signed cookie: a stranger's tries are not theirs."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from partners.models import User

SALT = "partners.devices"
MOST_ACCOUNTS = 5  # that one browser is known for
KEPT_SECONDS = 400 * 24 * 3600  # browsers keep none longer


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        found = signing.loads(request.COOKIES[settings.DEVICE_COOKIE_NAME], salt=SALT, max_age=KEPT_SECONDS)
        return {"id": str(found["id"]), "of": {str(pk): int(epoch) for pk, epoch in found["of"].items()}}
    except (KeyError, TypeError, ValueError, AttributeError, signing.BadSignature):
        return {"id": "", "of": {}}


def known_as(request: HttpRequest, email: str) -> str:
    """The name of this browser if the account with this address has signed in with it and is unchanged since."""
    device = _read(request)
    if not device["of"]:
        return ""
    account = User.objects.filter(email=email.strip().lower()).values_list("pk", "epoch").first()
    return device["id"] if account and device["of"].get(str(account[0])) == account[1] else ""


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Let the browser be known as one of this account's, as the account is now."""
    device = _read(request)
    of = {pk: epoch for pk, epoch in device["of"].items() if pk != str(user.pk)}
    of = dict([*of.items(), (str(user.pk), user.known_epoch())][-MOST_ACCOUNTS:])
    value = signing.dumps({"id": device["id"] or secrets.token_urlsafe(12), "of": of}, salt=SALT)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME, value, max_age=KEPT_SECONDS, secure=settings.SESSION_COOKIE_SECURE, httponly=True,
        samesite="Lax",
    )  # fmt: skip
