"""Addresses of pages that a list links to again and again."""

from __future__ import annotations

import re
from functools import cache

from django.urls import get_script_prefix, get_urlconf, reverse

MARK = "MARK-OF-A-CODE"
PLAIN = re.compile(r"[\w-]+", re.ASCII)  # what stands in an address as it is


def path_to(name: str, code: str) -> str:
    """What `reverse(name, args=[code])` gives; of plain codes the address around it is worked out once."""
    if not PLAIN.fullmatch(code):
        return reverse(name, args=[code])
    before, after = _around(name, get_script_prefix(), get_urlconf())
    return f"{before}{code}{after}"


@cache
def _around(name: str, _prefix: str, urlconf: str | None) -> tuple[str, str]:
    before, _mark, after = reverse(name, urlconf, args=[MARK]).partition(MARK)
    return before, after
