"""Silence is seen: of the scheduler, the broker or a worker, and of a reminder that waits too long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine

from agreements.models import Reminder, ReminderRule
from agreements.reminders import ledger
from tests.conftest import Cast
from tests.factories import TODAY
from tracker.celery import QUEUES, app
from tracker.heartbeat import hearing
from tracker.tasks import answer

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def hear_all() -> None:
    for name in QUEUES:
        hearing.beat(name, at=NOW)


def test_a_queue_that_nobody_serves_is_named(cast: Cast) -> None:
    assert not hearing.listen(at=NOW).is_well, "nobody has answered yet"
    hear_all()
    assert hearing.listen(at=NOW).is_well
    hearing.beat("mail", at=NOW + timedelta(minutes=9))
    health = hearing.listen(at=NOW + timedelta(minutes=10))
    assert {queue.queue for queue in health.queues if queue.is_silent} == {"celery", "heavy"}


def test_a_reminder_that_waits_too_long_is_an_alarm(cast: Cast, today: object) -> None:
    ReminderRule.objects.create(code="due", watched="commitment_due", told="owner", offsets=[0])
    cast.commitment.due_on = TODAY
    cast.commitment.save()
    with time_machine.travel(NOW, tick=False):
        ledger.queue(TODAY)
        hear_all()
        assert hearing.listen(at=NOW + timedelta(minutes=4)).is_well
    health = hearing.listen(at=NOW + timedelta(minutes=16))
    assert (health.is_late, health.oldest_at, health.queued) == (True, NOW, 1)
    Reminder.objects.update(next_try_at=NOW + timedelta(hours=1))
    assert not hearing.listen(at=NOW + timedelta(minutes=16)).is_late, "it waits on purpose"


def test_monitors_and_people_are_told(cast: Cast, today: object) -> None:
    operator, stranger = cast.client("operator"), cast.client("anonymous")
    assert stranger.get("/pulsez").status_code == 503
    assert "Something is silent" in operator.get("/").content.decode()
    for name in QUEUES:
        answer(name)
    page = stranger.get("/pulsez")
    assert (page.status_code, page.json()["mail"]) == (200, True)
    assert "All queues respond" in operator.get("/pulse/").content.decode()
    assert "Something is silent" not in operator.get("/").content.decode()


def test_each_queue_is_rung_and_each_job_has_a_queue() -> None:
    entries = app.conf.beat_schedule.values()
    rung = {(entry["args"][0], entry["options"]["queue"]) for entry in entries if "args" in entry}
    assert rung == {(name, name) for name in QUEUES}
    assert {route["queue"] for route in app.conf.task_routes.values()} <= set(QUEUES)
    assert set(app.conf.task_routes) <= {entry["task"] for entry in entries}
