"""How allauth behaves here: operators make the accounts, nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import Http404, HttpRequest, HttpResponse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names: the e-mail address signs in."""


def closed(request: HttpRequest, what: str) -> HttpResponse:
    """Signing up and addresses of one's own choice: a second address would outlive what the operator takes away."""
    raise Http404
