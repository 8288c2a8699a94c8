"""Sign-in to the API with a key: `Authorization: Bearer ptk_...`."""

from __future__ import annotations

import pghistory
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from partners.attempts import wait_after_guess
from partners.models import ApiToken, User
from partners.policy import may_have_keys


class KeyAuthentication(BaseAuthentication):
    """The bearer of a living key acts as its owner, or only reads if the key says so."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, key = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        token = ApiToken.redeem(key.decode("latin-1").strip(), at=timezone.now())
        if token and not may_have_keys(token.user):
            token.note_refusal(at=timezone.now())
            token = None
        if not token:
            if wait := wait_after_guess(request, "key"):
                raise Throttled(wait)
            raise AuthenticationFailed(_("The key is unknown, expired or withdrawn."))
        if not request.headers.get("Accept-Language"):
            translation.activate(token.user.language)  # till the next request: each begins with its own
        request._request.api_user = token.user_id  # type: ignore[attr-defined]  # for the log
        pghistory.context(user=token.user_id, key=token.pk)  # who acts, in the history of every change
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its class notes each of its kind
    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key from your profile page"}
