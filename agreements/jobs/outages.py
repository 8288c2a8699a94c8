"""A server that is away is no refusal: what needs it waits, is tried for as long as it takes, and monitors are told."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db.models import F
from django.utils import timezone

from agreements.jobs.models import Outage

log = structlog.get_logger()
MAIL, SCANNER = "mail", "scanner"
LONGEST_PAUSE = timedelta(minutes=5)


class Away(Exception):
    """A server could not be reached or would not talk to us: nothing was handed over, and no item is to blame."""

    server = ""


def note(server: str, error: str, *, at: datetime) -> Outage:
    """Note that it is away. The pause before the next try is half of the time it was away, 5 minutes at most."""
    row, is_new = Outage.objects.get_or_create(
        server=server, defaults={"since": at, "seen_at": at, "next_try_at": at, "error": error[:300]}
    )
    if is_new:
        log.warning("server is away", server=server, error=error)
    else:
        pause = min(max(at - row.since, timedelta(0)) / 2, LONGEST_PAUSE)
        row.seen_at, row.next_try_at, row.error = at, at + pause, error[:300]
        row.save(update_fields=["seen_at", "next_try_at", "error"])
    return row


def over(server: str) -> bool:
    """It has answered. True if it had been away."""
    gone, _by_model = Outage.objects.filter(server=server).delete()
    if gone:
        log.warning("server is back", server=server)
    return bool(gone)


def current(server: str) -> Outage | None:
    """The outage of a server, if it is away."""
    return Outage.objects.filter(server=server).first()


def all_now() -> list[Outage]:
    return list(Outage.objects.all())


def try_now() -> None:
    """A person has reason to think that they are back."""
    Outage.objects.update(next_try_at=F("since"), seen_at=timezone.now())
