"""Is anything silent? Asked of PostgreSQL alone, so that it can be answered while the broker is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.schedules import crontab
from django.conf import settings
from django.db.models import Count, Min
from django.db.models.functions import Coalesce

from agreements.jobs import outages, queues, running
from agreements.jobs.models import JobRun, Outage, SetAside
from agreements.reminders import ledger
from agreements.reminders.models import Reminder
from agreements.vocabulary import SendState
from tracker.celery import QUEUES, app
from tracker.heartbeat.models import Heartbeat

LATE = timedelta(minutes=15)  # a reminder that has been ready for so long is not only waiting for its turn


@dataclass(frozen=True)
class Heard:
    queue: str
    at: datetime | None
    minutes: int
    is_silent: bool


@dataclass(frozen=True)
class Fared:
    """How a job fared, and why a monitor should ring: it failed the last time, or its last success is too old."""

    run: JobRun
    is_failing: bool
    is_late: bool

    @property
    def is_well(self) -> bool:
        return not (self.is_failing or self.is_late)


@dataclass(frozen=True)
class Health:
    """What a person or a monitor needs to know; times are instants, counts are rows of the ledger."""

    queues: tuple[Heard, ...]
    jobs: tuple[Fared, ...]
    set_aside: dict[str, int]  # items by queue
    outages: tuple[Outage, ...]
    oldest_at: datetime | None  # since when the oldest unsent reminder has been ready
    oldest_minutes: int
    is_late: bool
    queued: int  # reminders

    @property
    def is_well(self) -> bool:
        return not self.problems()

    def problems(self) -> list[str]:
        """A sentence for each, in English, for monitors: names, numbers and instants, and nothing of any record."""
        said = [f"{one.server} server away since {one.since.isoformat(timespec='seconds')}" for one in self.outages]
        said += [f"queue {queue.queue} is silent" for queue in self.queues if queue.is_silent]
        said += [f"job {job.run.name} {_trouble(job)}" for job in self.jobs if not job.is_well]
        said += [f"queue {name}: {count} set aside" for name, count in sorted(self.set_aside.items())]
        return said + (["reminders are late"] if self.is_late else [])


def _trouble(job: Fared) -> str:
    last = job.run.succeeded_at
    since = f"last success {last.isoformat(timespec='seconds')}" if last else "no success yet"
    return f"failed {job.run.failures} times, {since}" if job.is_failing else since


def patience() -> timedelta:
    """How long a queue may be silent: a few rings of the bell, and five minutes at least."""
    return timedelta(seconds=max(300, 5 * settings.DISPATCH_SECONDS))


def beat(queue: str, *, at: datetime) -> None:
    """Note that a queue's worker has been reached."""
    before = Heartbeat.objects.filter(queue=queue).values_list("at", flat=True).first()
    Heartbeat.objects.update_or_create(queue=queue, defaults={"at": at})
    names = [name for name, (_every, of) in timetable().items() if of == queue]
    running.expect(names, at=at, anew=before is None or at - before > patience())


def timetable() -> dict[str, tuple[timedelta, str]]:
    """Each job of the timetable: how far apart two runs may be, and its queue."""
    found: dict[str, tuple[timedelta, str]] = {}
    for entry in app.conf.beat_schedule.values():
        name, when = entry["task"], entry["schedule"]
        every = timedelta(days=1) if isinstance(when, crontab) else timedelta(seconds=float(when))
        every = min(every, found[name][0]) if name in found else every
        found[name] = (every, app.conf.task_routes.get(name, {}).get("queue", "celery"))
    return found


def _fared(at: datetime) -> tuple[Fared, ...]:
    runs, jobs = running.runs(), []
    for name, (every, _queue) in sorted(timetable().items()):
        run = runs.get(name)
        since = max((day for day in (run.succeeded_at, run.expected_since) if day), default=None) if run else None
        if run is None:
            continue  # its queue has never been heard, which is said
        is_late = since is not None and at - since > max(LATE, 3 * every)
        jobs.append(Fared(run, run.failures > 0, is_late))
    return tuple(jobs)


def set_aside(*, most: int = 100) -> list[SetAside]:
    """The items that failed, longest first."""
    return queues.listed(most=most)


def listen(*, at: datetime) -> Health:
    """Six queries."""
    last: dict[str, datetime] = dict(Heartbeat.objects.values_list("queue", "at"))
    heard = tuple(
        Heard(name, last.get(name), _minutes(last.get(name), at), name not in last or at - last[name] > patience())
        for name in QUEUES
    )
    oldest = ledger.ready(at).aggregate(at=Min(Coalesce("next_try_at", "created_at")))["at"]
    queued = Reminder.objects.filter(state=SendState.QUEUED).order_by().count()
    return Health(
        heard, _fared(at), queues.failing(at), tuple(outages.all_now()), oldest, _minutes(oldest, at),
        oldest is not None and at - oldest > LATE, queued,
    )  # fmt: skip


def states() -> list[tuple[SendState, int]]:
    """How many rows of the ledger are in each state: of all that was ever told, so for the operator's page alone."""
    counts = dict(Reminder.objects.order_by().values_list("state").annotate(count=Count("pk")))
    return [(state, counts.get(state.value, 0)) for state in SendState]


def _minutes(since: datetime | None, at: datetime) -> int:
    return int((at - since).total_seconds() // 60) if since else 0
