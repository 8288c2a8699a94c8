"""How often a place may try links, and how often one link opens: guessing is hopeless, and should be slow too."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from agreements.commitments.models import Link
from partners.attempts import wait_after_guess
from partners.models.attempts import Limit

OPENINGS = Limit("openings", free=60, keep=timedelta(hours=1))


def too_many(request: HttpRequest) -> bool:
    """Whether this place has tried too many wrong links within the hour; counts this one."""
    return bool(wait_after_guess(request, "link"))


def worn(link: Link) -> bool:
    """Whether this link was opened too often within the hour; counts this opening."""
    return bool(OPENINGS.take(link.pk, at=timezone.now()).wait)
