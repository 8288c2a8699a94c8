"""How often an address may try links: guessing one is hopeless, and should be slow as well."""

from __future__ import annotations

from typing import Any

from rest_framework.throttling import SimpleRateThrottle


class PerAddress(SimpleRateThrottle):
    scope = "links"
    rate = "60/hour"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


def too_many(request: Any) -> bool:
    """Whether this address has tried too often within the hour; counts this attempt."""
    return not PerAddress().allow_request(request, None)  # type: ignore[arg-type]  # it looks at no view
