"""No bad item stops others, and monitors are told of it."""

from __future__ import annotations

import mailbox
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from agreements import tasks
from agreements.commitments.rules import deadlines as of_deadlines
from agreements.exchange import writing
from agreements.jobs import queues, running
from agreements.jobs.models import JobRun, SetAside
from agreements.models import Amendment, Document, Export, Milestone, Reminder, ReminderRule, Stale, Step
from agreements.reminders import bounces as of_bounces
from agreements.reminders import digest, ledger, sending
from agreements.reminders import notices as of_notices
from agreements.reminders.watching import WATCHES
from agreements.sources import reading
from tests.agreements.register.test_amendments import decide, propose
from tests.agreements.reminders.conftest import Keeper, smtp  # noqa: F401
from tests.agreements.reminders.test_bounces import report
from tests.agreements.sources.test_reading import kept
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment
from tests.roles import owner
from tests.trust.conftest import Figure
from tracker.celery import QUEUES, app
from tracker.heartbeat import hearing
from tracker.history import sealing
from tracker.history.models import Seal
from tracker.tasks import seal_history

Scene = Callable[[Cast, pytest.MonkeyPatch, Any, Path], int]


def breaks_for(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, is_bad: Callable[..., bool]) -> None:
    """Have a function raise for the bad item, and do its work for the others."""
    real = getattr(place, name)

    def broken(*args: Any, **more: Any) -> Any:
        if is_bad(*args):
            raise ValueError("poison \ud83d \x00")
        return real(*args, **more)

    monkeypatch.setattr(place, name, broken)


def trigger(table: str, event: str, condition: str) -> None:
    """Have PostgreSQL refuse a row, as a constraint or a broken trigger would."""
    with owner(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'poison'; END $$;"
            f"CREATE TRIGGER poison BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION poison()"
        )


def papers(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    bad, *good = (kept(cast, b"text") for _ in range(3))
    breaks_for(monkeypatch, reading, "extract", lambda paper: paper.pk == bad.pk)
    tasks.read_papers()
    return Document.objects.filter(pk__in=[one.pk for one in good], state="waiting").count()


def bounces(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    settings.MAIL_BOUNCES = str(folder / "bounces")
    box = mailbox.Maildir(settings.MAIL_BOUNCES)
    for number in range(3):
        box.add(report(f"<{number}@x>"))
    (Path(settings.MAIL_BOUNCES) / "new" / "0").write_bytes(b"Subject: poison\n\n")
    breaks_for(monkeypatch, of_bounces, "read", lambda raw: b"poison" in raw)
    tasks.dispatch()
    return len(os.listdir(Path(settings.MAIL_BOUNCES) / "new")) - 1


def notices(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    Step.objects.update(told_at=timezone.now())
    steps = [Step.objects.create(agreement=cast.agreement, name="comment", on=TODAY) for _ in range(3)]
    breaks_for(monkeypatch, of_notices, "_concerned", lambda step: step.pk == steps[0].pk)
    tasks.dispatch()
    return Step.objects.untold().filter(pk__in=[one.pk for one in steps[1:]]).count()


def lines_of_mails(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    """A row that cannot be put into words: the person's other rows leave."""
    owed(cast, 3)
    bad = Reminder.objects.order_by("pk")[0].pk
    breaks_for(monkeypatch, digest, "items_of", lambda rows, viewer: any(row.pk == bad for row in rows))
    tasks.dispatch()
    return Reminder.objects.exclude(pk=bad).exclude(state="sent").count()


def recipients(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    owed(cast, 1)
    make_commitment(agreement=cast.agreement, owner=cast.minh, due_on=TODAY)
    ledger.queue(TODAY)
    first = min(cast.linh.pk, cast.minh.pk)
    breaks_for(monkeypatch, sending, "_send", lambda claimed, recipient, relay: recipient.pk == first)
    tasks.dispatch()
    return Reminder.objects.exclude(recipient=first).exclude(state="sent").count()


def matters(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    """A record that no rule can judge: of the others, people are reminded."""
    ReminderRule.objects.create(code="due", watched="commitment_due", told="owner", offsets=[0])
    duties = [make_commitment(agreement=cast.agreement, owner=cast.linh, due_on=TODAY) for _ in range(3)]
    watch = WATCHES["commitment_due"]
    breaks_for(monkeypatch, watch, "matter", lambda row, on: row.pk == duties[0].pk)
    tasks.remind()
    return 2 - Reminder.objects.filter(commitment__in=duties[1:]).count()


def amendments(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    parents = [make_agreement(desk=cast.desk, owner=cast.linh, stage="signed", parties=[cast.home]) for _ in range(3)]
    found = [
        decide(cast, propose(cast, one, title_en=f"New {one.pk}", effective_on=TODAY + timedelta(days=1)))
        for one in parents
    ]
    Amendment.objects.update(effective_on=TODAY)
    trigger("agreements_agreement", "UPDATE", f"NEW.id = {parents[0].pk}")
    tasks.apply_amendments()
    return 2 - Amendment.objects.filter(pk__in=[one.pk for one in found[1:]], stage="applied").count()


def health(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    late = TODAY - timedelta(days=9)
    duties = [make_commitment(agreement=cast.agreement, due_on=late, health="on_track") for _ in range(3)]
    trigger("agreements_commitment", "UPDATE", f"NEW.id = {duties[0].pk}")
    tasks.keep_commitments()
    return 2 - type(duties[0]).objects.filter(pk__in=[one.pk for one in duties[1:]], health="delayed").count()


def deadlines(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    how: dict[str, Any] = {"due_after": 5, "due_unit": "days", "due_from": "start", "start_on": TODAY}
    duties = [make_commitment(agreement=cast.agreement, **how) for _ in range(3)]
    breaks_for(monkeypatch, of_deadlines, "put", lambda duty, calendar: duty.pk == duties[0].pk)
    tasks.keep_commitments()
    return type(duties[0]).objects.filter(pk__in=[one.pk for one in duties[1:]], due_on=None).count()


def repeating(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    duties = [
        make_commitment(agreement=cast.agreement, due_on=TODAY, start_on=TODAY, repeats_months=6) for _ in range(3)
    ]
    trigger("agreements_milestone", "INSERT", f"NEW.commitment_id = {duties[0].pk}")
    tasks.keep_commitments()
    return 2 - Milestone.objects.filter(commitment__in=duties[1:]).values("commitment").distinct().count()


def standing(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    made = [make_agreement(desk=cast.desk, stage="signed", effective_on=TODAY) for _ in range(3)]
    trigger("agreements_step", "INSERT", f"NEW.agreement_id = {made[0].pk}")
    tasks.remind()
    return 2 - Step.objects.filter(agreement__in=made[1:], name="take_effect").count()


def exports(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    settings.MEDIA_ROOT = str(folder)
    people = (cast.linh, cast.minh, cast.huy)
    made = [
        Export.objects.create(user=one, page="agreements", language="en", epoch=one.viewer().epoch) for one in people
    ]
    breaks_for(monkeypatch, writing, "listed", lambda page, query, viewer: viewer.user_id == cast.linh.pk)
    tasks.write_exports()
    return Export.objects.filter(pk__in=[one.pk for one in made[1:]]).exclude(state="written").count()


def tallies(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    made = [make_agreement(desk=cast.desk, stage="signed") for _ in range(3)]
    for one in made:
        make_commitment(agreement=one, owner=cast.linh)
    trigger("agreements_counted", "INSERT", f"NEW.agreement_id = {made[0].pk}")
    tasks.count_stale()
    return Stale.objects.filter(agreement__in=made[1:]).values("agreement").distinct().count()


def seals(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> int:
    seal_history()
    make_commitment(agreement=cast.agreement)
    make_agreement(desk=cast.desk)
    breaks_for(monkeypatch, sealing, "_sealed", lambda table, *rest: table == "agreements_agreementevent")
    seal_history()
    last = Seal.objects.latest("pk")
    return int("agreements_commitmentevent" not in last.tables)


def owed(cast: Cast, number: int) -> None:
    ReminderRule.objects.create(code="due", watched="commitment_due", told="owner", offsets=[0])
    for _ in range(number):
        make_commitment(agreement=cast.agreement, owner=cast.linh, due_on=TODAY)
    ledger.queue(TODAY)


SCENES: list[Scene] = [
    papers, bounces, notices, lines_of_mails, recipients, matters, amendments, health, deadlines, repeating, standing,
    exports, tallies, seals,
]  # fmt: skip


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_a_bad_item_stops_no_other(
    cast: Cast, today: object, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path, scene: Scene,
    figure: Figure,
) -> None:  # fmt: skip
    figure(f"Q1 {scene.__name__}", scene(cast, monkeypatch, settings, tmp_path), 0, cases=1, floor=1)
    row = SetAside.objects.get()
    assert (row.attempts, "poison" in row.error) == (1, True)
    for name in QUEUES:
        hearing.beat(name, at=timezone.now())
    answer = cast.client("anonymous").get("/pulsez")
    assert (answer.status_code, answer.json()["set_aside"]) == (503, {row.queue: 1})
    assert "poison" not in answer.content.decode(), "monitors are told no words of a record"
    page = cast.client("operator").get("/pulse/").content.decode()
    assert row.queue in page
    assert "poison" in page
    assert cast.client("operator").post(f"/pulse/set-aside/{row.pk}/").status_code == 302
    assert SetAside.objects.get().next_try_at is not None


def test_there_are_as_many_scenes_as_ever() -> None:
    """Each says in its own figure how many later items were not done."""
    assert len(set(SCENES)) >= 14


def test_the_pauses_grow_and_what_succeeds_is_forgotten(cast: Cast) -> None:
    queue, now = queues.Queue("trial"), timezone.now()
    tried: list[int] = []

    def fail(item: int) -> None:
        tried.append(item)
        raise ValueError(item)

    pauses = []
    for _ in range(8):
        queue.each([1], fail, at=now)
        row = SetAside.objects.get()
        assert row.next_try_at
        pauses.append(row.next_try_at - now)
        queue.each([1], fail, at=now)  # too early
        now = row.next_try_at
    assert len(tried) == 8
    assert tuple(pauses[:6]) == queues.PAUSES
    assert pauses[-1] == queues.PAUSES[-1]
    assert queue.each([1], lambda item: item, at=now) == [1]
    assert not SetAside.objects.exists()
    queue.each([1], fail, at=now)
    queue.each([], fail, at=now)
    assert not SetAside.objects.exists(), "it has left the queue by another way"


def test_an_item_that_kills_its_worker_is_counted(cast: Cast, settings: Any, tmp_path: Path) -> None:
    """Killed over its time again and again, a file is given up: its owner and the operator are told."""
    settings.MEDIA_ROOT = str(tmp_path)
    export = Export.objects.create(user=cast.linh, page="agreements", language="en", epoch=cast.linh.viewer().epoch)
    now = timezone.now()
    for _ in range(writing.MOST_ATTEMPTS):
        SetAside.objects.update_or_create(queue="exports", item=str(export.pk), defaults={"begun_at": now})
        assert writing.EXPORTS.each([export.pk], lambda pk: pk, at=now + timedelta(minutes=1)) == [], "it is in hand"
        now += timedelta(hours=1)
        writing.EXPORTS.each([export.pk], lambda pk: pk, at=now)
        now += timedelta(hours=1)
    SetAside.objects.update(next_try_at=timezone.now())
    assert writing.write_waiting(at=now) == 0
    export.refresh_from_db()
    row = SetAside.objects.get()
    assert (export.state, row.next_try_at, row.error) == ("failed", None, queues.KILLED)
    assert queues.failing(now) == {"exports": 1}
    writing.write_waiting(at=now)
    assert SetAside.objects.exists(), "until a person has seen it"


def test_every_task_notes_how_it_fared() -> None:
    names = {name for name in app.tasks if not name.startswith("celery.")}
    assert len(names) > 10
    assert names == running.JOBS


def test_a_job_that_fails_turns_the_monitor_red(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in QUEUES:
        hearing.beat(name, at=timezone.now())
    client = cast.client("anonymous")
    assert client.get("/pulsez").status_code == 200

    def broken(**_more: Any) -> None:
        raise RuntimeError("no seal today")

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "seal", broken)
        for _ in range(2):
            with pytest.raises(RuntimeError):
                seal_history()
    answer = client.get("/pulsez")
    assert (answer.status_code, answer.json()["jobs"]["tracker.seal_history"]) == (503, False)
    assert "no seal today" in cast.client("operator").get("/pulse/").content.decode()
    seal_history()
    assert client.get("/pulsez").status_code == 200
    JobRun.objects.update(succeeded_at=timezone.now() - timedelta(hours=9), expected_since=None)
    said = client.get("/pulsez").json()["problems"]
    assert any("tracker.seal_history last success" in one for one in said)


def test_a_part_that_fails_stops_no_other_part(
    cast: Cast, today: object, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    owed(cast, 1)

    def broken() -> None:
        raise OSError("the folder is gone")

    monkeypatch.setattr(of_bounces, "take_in", broken)
    with pytest.raises(ExceptionGroup):
        tasks.dispatch()
    assert Reminder.objects.get().state == "sent"
