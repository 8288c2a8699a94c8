"""How often a key may ask the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from partners.models.attempts import Limit, Taken

WINDOW = timedelta(minutes=1)


class PerKey(BaseThrottle):
    """A quota for each key, and for each account that asks with its session."""

    taken = Taken(wait=0, left=0, resets_in=0)

    def allow_request(self, request: Request, view: Any) -> bool:
        if not request.user or not request.user.is_authenticated:
            return True  # refused a moment later
        owner = ("key", request.auth.pk) if request.auth else ("user", request.user.pk)
        quota = Limit("api", free=settings.API_PER_MINUTE, keep=WINDOW)
        self.taken = quota.take(*owner, at=timezone.now())
        request.taken = self.taken  # type: ignore[attr-defined]  # for the headers of the answer
        return not self.taken.wait

    def wait(self) -> float:
        return self.taken.wait


def headers_of(request: Request) -> dict[str, str]:
    """What is left, in the words of the IETF's draft on rate limit headers; empty where nothing was counted."""
    taken: Taken | None = getattr(request, "taken", None)
    if taken is None:
        return {}
    return {
        "RateLimit-Policy": f'"key";q={settings.API_PER_MINUTE};w={int(WINDOW.total_seconds())}',
        "RateLimit": f'"key";r={taken.left};t={taken.resets_in}',
    }
