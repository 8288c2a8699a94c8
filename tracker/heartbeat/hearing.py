"""Is anything silent? Asked of PostgreSQL alone, so that it can be answered while the broker is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min
from django.db.models.functions import Coalesce

from agreements.reminders import ledger
from agreements.reminders.models import Reminder
from agreements.vocabulary import SendState
from tracker.celery import QUEUES
from tracker.heartbeat.models import Heartbeat

LATE = timedelta(minutes=15)  # a reminder that has been ready for so long is not only waiting for its turn


@dataclass(frozen=True)
class Heard:
    queue: str
    at: datetime | None
    minutes: int
    is_silent: bool


@dataclass(frozen=True)
class Health:
    """What a person or a monitor needs to know; times are instants, counts are rows of the ledger."""

    queues: tuple[Heard, ...]
    oldest_at: datetime | None  # since when the oldest unsent reminder has been ready
    oldest_minutes: int
    is_late: bool
    states: dict[str, int]

    @property
    def is_well(self) -> bool:
        return not self.is_late and not any(queue.is_silent for queue in self.queues)


def patience() -> timedelta:
    """How long a queue may be silent: a few rings of the bell, and five minutes at least."""
    return timedelta(seconds=max(300, 5 * settings.DISPATCH_SECONDS))


def beat(queue: str, *, at: datetime) -> None:
    """Note that a queue's worker has been reached."""
    Heartbeat.objects.update_or_create(queue=queue, defaults={"at": at})


def listen(*, at: datetime) -> Health:
    """Three queries."""
    last: dict[str, datetime] = dict(Heartbeat.objects.values_list("queue", "at"))
    queues = tuple(
        Heard(name, last.get(name), _minutes(last.get(name), at), name not in last or at - last[name] > patience())
        for name in QUEUES
    )
    oldest = ledger.ready(at).aggregate(at=Min(Coalesce("next_try_at", "created_at")))["at"]
    counts = dict(Reminder.objects.order_by().values_list("state").annotate(count=Count("pk")))
    states = {str(state): counts.get(state, 0) for state in SendState}
    return Health(queues, oldest, _minutes(oldest, at), oldest is not None and at - oldest > LATE, states)


def _minutes(since: datetime | None, at: datetime) -> int:
    return int((at - since).total_seconds() // 60) if since else 0
