"""Celery, and the timetable of every job. Jobs find their work in PostgreSQL: a lost message loses nothing."""

from __future__ import annotations

import importlib
import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, task_postrun, worker_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from partners import files
from tracker.database.weaknesses import refuse_weak_role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
try:
    settings.INSTALLED_APPS  # noqa: B018  (reads the settings, before anything else does)
except ImproperlyConfigured as wrong:
    raise SystemExit(str(wrong)) from None
LEARN_SECONDS = TIDY_SECONDS = 3600
app = Celery("tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["agreements", "tracker"])
app.conf.beat_schedule = {
    "tell of steps and send what is queued": {"task": "agreements.dispatch", "schedule": settings.DISPATCH_SECONDS},
    "queue what is due": {"task": "agreements.remind", "schedule": settings.DISPATCH_SECONDS * 5},
    "check papers and read their text": {"task": "agreements.read_papers", "schedule": settings.DISPATCH_SECONDS},
    "apply amendments whose day has come": {
        "task": "agreements.apply_amendments", "schedule": settings.DISPATCH_SECONDS * 5,
    },
    "keep commitments in step with the calendar": {
        "task": "agreements.keep_commitments", "schedule": settings.DISPATCH_SECONDS * 5,
    },
    "write the long lists that were asked for": {
        "task": "agreements.write_exports", "schedule": min(settings.DISPATCH_SECONDS, 5),
    },
    "go on with the tables that were brought in": {
        "task": "agreements.run_imports", "schedule": min(settings.DISPATCH_SECONDS, 5),
    },
    "count what has changed": {"task": "agreements.count_stale", "schedule": settings.DISPATCH_SECONDS},
    "compare and fold the tallies": {"task": "agreements.tidy_tallies", "schedule": TIDY_SECONDS},
    "learn the words of titles and names": {"task": "tracker.learn_words", "schedule": LEARN_SECONDS},
    "forget sessions that are over": {"task": "tracker.forget_sessions", "schedule": crontab(hour=3, minute=30)},
    "forget tries that no longer count": {"task": "tracker.forget_attempts", "schedule": crontab(minute=20)},
    "seal the history": {"task": "tracker.seal_history", "schedule": settings.SEAL_SECONDS},
    "queue what is due, first thing in the morning": {
        "task": "agreements.remind", "schedule": crontab(hour=7, minute=0),
    },
}  # fmt: skip
# Mails never wait behind heavy work. A worker that is told of no queue serves all three.
QUEUES = ("celery", "mail", "heavy")
app.conf.task_queues = [Queue(name, routing_key=name) for name in QUEUES]
app.conf.task_routes = {
    "agreements.dispatch": {"queue": "mail"},
    "agreements.read_papers": {"queue": "heavy"},
    "agreements.keep_commitments": {"queue": "heavy"},
    "agreements.count_stale": {"queue": "heavy"},
    "agreements.write_exports": {"queue": "heavy"},
    "agreements.run_imports": {"queue": "heavy"},
    "agreements.tidy_tallies": {"queue": "heavy"},
    "tracker.seal_history": {"queue": "heavy"},
    "tracker.learn_words": {"queue": "heavy"},
}
app.conf.beat_schedule |= {
    f"is {name} heard": {
        "task": "tracker.answer", "schedule": settings.DISPATCH_SECONDS, "args": (name,), "options": {"queue": name},
    }
    for name in QUEUES
}  # fmt: skip
app.conf.update(timezone=settings.TIME_ZONE)


@worker_init.connect
@beat_init.connect
def check_before_work(**_signal: object) -> None:
    """A worker that could rewrite the history, or a surface without a policy, does not start."""
    try:
        refuse_weak_role()
        importlib.import_module("tracker.surfaces").refuse_without_policy()  # once all models are there
    except ImproperlyConfigured as wrong:
        raise SystemExit(str(wrong)) from None


@task_postrun.connect
def take_away_what_came_to_nothing(**_task: Any) -> None:
    files.settle()
