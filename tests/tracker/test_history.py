"""The timeline, the record as it stood on a day, and the seals over both."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agreements.models import Agreement, Note, Opening, Reminder
from agreements.register.rules import access_log, comments, following
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_document
from tests.roles import owner
from tracker.history import anchors, rows, sealing, verifying
from tracker.history.models import Seal

URL = "/history/agreements/US-2026-01/"


def kinds(page: Any) -> list[str]:
    return [entry.kind for entry in page.context["entries"]]


def test_one_timeline_of_everything(cast: Cast, today: object) -> None:
    client = cast.client("linh")
    client.post("/agreements/US-2026-01/act/submit/")
    client.post("/agreements/US-2026-01/notes/", {"text": "A note"})
    comments.say(cast.hidden, "A comment", by=cast.viewer("linh"))
    make_document(agreement=cast.hidden, title="A paper")
    step = cast.hidden.steps.filter(name="submit").get()
    Reminder.objects.create(step=step, recipient=cast.minh, agreement=cast.hidden, state="sent", sent_at=step.at)
    page = client.get(URL)
    assert set(kinds(page)) == {"step", "change", "comment", "note", "paper", "mail"}
    text = page.content.decode()
    for shown in ("Submitted for review", "A note", "A comment", "A paper", "mail to Minh", "In review"):
        assert shown in text
    assert set(kinds(client.get(URL, {"kind": ["note", "paper"]}))) == {"note", "paper"}
    assert set(kinds(client.get(URL, {"kind": "nonsense", "before": "yesterday"}))) == set(kinds(page))


def test_pages_show_each_entry_once(cast: Cast, today: object) -> None:
    Note.objects.bulk_create(Note(agreement=cast.hidden, text=f"Note {n:03}.") for n in range(150))
    for number, note in enumerate(Note.objects.order_by("pk")):
        Note.objects.filter(pk=note.pk).update(created_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number))
    client, seen, query = cast.client("linh"), [], {"kind": "note"}
    for _ in range(4):
        page = client.get(URL, query)
        seen += re.findall(r"Note \d{3}\.", page.content.decode())
        if not page.context["older"]:
            break
        query["before"] = page.context["older"]
    assert seen == [f"Note {n:03}." for n in reversed(range(150))]


def test_links_to_what_is_hidden_are_not_named_in_the_history(cast: Cast, today: object) -> None:
    closed = make_agreement(desk=cast.other_desk, ref="JP-2020-01", title="Rất kín", restricted=True)
    cast.hidden.parent = closed
    cast.hidden.save()
    assert "Rất kín" not in cast.client("linh").get(URL).content.decode()
    assert "Rất kín" in cast.client("auditor").get(URL).content.decode()


def as_of(cast: Cast, day: str, who: str = "linh", ref: str = "US-2023-01") -> str:
    page = cast.client(who).get(f"/history/agreements/{ref}/as-of/", {"on": day})
    return str(page.content.decode())


@pytest.mark.django_db(transaction=True)
def test_the_record_as_it_stood(cast: Cast) -> None:
    """Real clocks: the triggers write PostgreSQL's own time, so the events are moved to their days."""
    agreement, commitment = cast.agreement, cast.commitment
    Agreement.objects.filter(pk=agreement.pk).update(title_en="Second title", signed_on=TODAY)
    type(commitment).objects.filter(pk=commitment.pk).update(delivery="delivered")
    us = agreement.participants.get(organisation=cast.us)
    type(us).objects.filter(pk=us.pk).update(archived_at="2026-03-05T03:00Z", archived_because="x")
    with owner(), connection.cursor() as cursor:
        for table in ("agreement", "commitment", "participant"):
            cursor.execute(f"ALTER TABLE agreements_{table}event DISABLE TRIGGER USER")
            for label, day in (("insert", "2026-01-05"), ("update", "2026-03-05")):
                cursor.execute(
                    f"UPDATE agreements_{table}event SET pgh_created_at = %s WHERE pgh_label = %s",
                    [f"{day} 10:00+07", label],
                )
            cursor.execute(f"ALTER TABLE agreements_{table}event ENABLE TRIGGER USER")
    first = cast.agreement.title_en
    assert "not in the register yet" in as_of(cast, "4/1/2026")
    early, late = as_of(cast, "5/1/2026"), as_of(cast, "5/3/2026")
    assert first in early
    assert "Second title" not in early
    assert "Planned" in early
    assert cast.us.name_en in early
    assert "Second title" in late
    assert "Delivered" in late
    assert cast.us.name_en not in late.split("Participants")[1]
    assert first in as_of(cast, "4/3/2026")


@pytest.mark.parametrize("typed", ["tomorrow", "2026", "31/2/2026"])
def test_an_unclear_day_is_asked_again(cast: Cast, typed: str) -> None:
    page = cast.client("linh").get("/history/agreements/US-2023-01/as-of/", {"on": typed})
    assert page.status_code == 422
    assert f'value="{typed}"' in page.content.decode()


def test_who_may_not_look_now_may_not_look_back(cast: Cast) -> None:
    for who in ("sara", "omar"):
        assert cast.client(who).get("/history/agreements/US-2023-01/as-of/").status_code == 404
    assert cast.client("huy").get("/history/agreements/US-2026-01/as-of/").status_code == 404


# --- seals ------------------------------------------------------------------------------------------------------
@pytest.fixture
def sealed(cast: Cast, today: object) -> Iterator[Cast]:
    with transaction.atomic():
        assert sealing.seal(at=datetime.now(UTC))
        perform("submit", cast.hidden, by=cast.viewer("linh"), facts=Facts(on=TODAY))
        assert sealing.seal(at=datetime.now(UTC))
        yield cast


def tamper(*statements: str) -> None:
    """As the owner of the database could."""
    tables = {re.search(r"agreements_\w+event|tracker_seal", one)[0] for one in statements}  # type: ignore[index]
    with owner(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for one in statements:
            cursor.execute(one)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_an_untouched_history_is_whole(sealed: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert verifying.verify() == []
    assert sealing.seal(at=datetime.now(UTC)) is None, "nothing new"
    call_command("verify_history")
    assert "2 seals are as they were sealed" in capsys.readouterr().out


TAMPERED = {
    "a value": "UPDATE agreements_agreementevent SET title_en = 'forged'",
    "one letter of one row": "UPDATE agreements_stepevent SET reason = 'x' WHERE pgh_id = (SELECT max(pgh_id) FROM agreements_stepevent)",  # noqa: E501
    "when": "UPDATE agreements_agreementevent SET pgh_created_at = pgh_created_at - interval '1 day'",
    "a row taken out": "DELETE FROM agreements_agreementevent WHERE pgh_id = (SELECT min(pgh_id) FROM agreements_agreementevent)",  # noqa: E501
    "a seal taken out": "DELETE FROM tracker_seal WHERE id = (SELECT min(id) FROM tracker_seal)",
    "a seal rewritten": "UPDATE tracker_seal SET tables = '{}'::jsonb",
    "a seal signed by someone else": "UPDATE tracker_seal SET signature = repeat('0', 64)",
    "a seal of another time": "UPDATE tracker_seal SET at = at - interval '1 day'",
}


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_shows(sealed: Cast, name: str) -> None:
    tamper(TAMPERED[name])
    assert verifying.verify() != []
    with pytest.raises(CommandError, match="not as it was sealed"):
        call_command("verify_history")


def test_a_row_slipped_in_below_a_seal_shows(sealed: Cast) -> None:
    columns = [c for c in rows.columns_of("agreements_agreementevent") if c not in ("pgh_id", "folded")]
    names = ", ".join(f'"{column}"' for column in columns)
    first = "(SELECT min(pgh_id) FROM agreements_agreementevent)"
    tamper(
        f"INSERT INTO agreements_agreementevent (pgh_id, {names}) SELECT {first} - 1, {names} "
        f"FROM agreements_agreementevent WHERE pgh_id = {first}"
    )
    assert any("slipped in" in fault.what for fault in verifying.verify())


def test_a_forger_with_the_database_but_not_the_key_is_found(sealed: Cast, settings: Any) -> None:
    """Whoever can write every table can make a chain that fits, but cannot sign it."""
    tamper("UPDATE agreements_agreementevent SET title_en = 'forged'", "DELETE FROM tracker_seal")
    settings.HISTORY_KEYS = ["the forger's own key, long enough to look real"]
    sealing.seal(at=datetime.now(UTC))
    settings.HISTORY_KEYS = ["the ministry's key"]
    assert any("signature" in fault.what for fault in verifying.verify())


def test_a_cut_off_end_shows_against_a_digest_kept_elsewhere(sealed: Cast) -> None:
    last = Seal.objects.latest("pk").digest
    tamper("DELETE FROM tracker_seal WHERE id = (SELECT max(id) FROM tracker_seal)")
    assert verifying.verify() == []
    with pytest.raises(CommandError, match="not as it was sealed"):
        call_command("verify_history", "--expect", last)


def test_another_key_is_no_tampering(sealed: Cast, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed SECRET_KEY, of which the key is made where none is given: said in one line, and not as a fault."""
    old = settings.HISTORY_KEYS[0]
    settings.HISTORY_KEYS = ["history of another secret, as long as it has to be"]
    with pytest.raises(CommandError, match="without the key") as refusal:
        call_command("verify_history")
    assert refusal.value.returncode == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "2 seals bear the signature of another key" in line
    assert sealing.fingerprint(old) in line
    settings.HISTORY_KEYS.append(old)
    call_command("verify_history")
    tamper("UPDATE agreements_agreementevent SET title_en = 'forged'")
    settings.HISTORY_KEYS.pop()
    with pytest.raises(CommandError, match="not as it was sealed"):
        call_command("verify_history")


def test_seals_of_the_first_form_still_hold(cast: Cast, settings: Any, today: object) -> None:
    """Made as they were before seals knew of marks and actors; the next one goes on from them."""
    table = "agreements_agreementevent"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
            cursor.execute(f"SELECT max(pgh_id) FROM {table}")
            (mark,) = cursor.fetchone()
        whole, columns = rows.Digest(with_actors=False), rows.columns_of(table)
        for row in rows.read(table, columns, 0, mark):
            whole.add(row)
        entry = {"columns": columns, "after": 0, "to": mark, "count": whole.count, "digest": whole.hexdigest()}
        old = Seal(at=datetime.now(UTC), tables={table: entry})
        old.digest = sealing.digest_of(old, "", "")
        old.signature = sealing.signature(old.digest, settings.HISTORY_KEYS[0])
        old.save()
        assert verifying.verify() == []
        made = sealing.seal(at=datetime.now(UTC))
        assert made and table not in made.tables and made.marks[table] == mark
        assert verifying.verify() == []
        tamper(f"UPDATE {table} SET title_en = 'forged'")
        assert any(fault.what == "a sealed row was changed" for fault in verifying.verify())


def test_a_seal_reads_no_seal_but_the_last(sealed: Cast) -> None:
    comments.say(sealed.hidden, "more", by=sealed.viewer("linh"))
    with CaptureQueriesContext(connection) as queries:
        made = sealing.seal(at=datetime.now(UTC))
    of_seals = [one["sql"] for one in queries if 'FROM "tracker_seal"' in one["sql"]]
    assert made and len(of_seals) == 1 and "LIMIT 1" in of_seals[0] and '"prints"' not in of_seals[0]


@pytest.mark.django_db(transaction=True)
def test_seals_are_noted_outside_the_database(cast: Cast, settings: Any, tmp_path: Path) -> None:
    """One line a day; what was cut off stays noted though sealing goes on."""
    settings.ANCHOR_FILE = str(tmp_path / "far" / "anchor")
    days = [datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (1, 2)] + [datetime(2026, 11, 24, 1, tzinfo=UTC)]
    made = []
    for at in days:
        Note.objects.create(agreement=cast.agreement, text="x")
        made.append(sealing.seal(at=at))
    assert [line.digest for line in anchors.noted()] == [one.digest for one in made[1:] if one]
    assert verifying.verify() == []
    cut = Seal.objects.latest("pk")
    tamper(f"DELETE FROM tracker_seal WHERE id = {cut.pk}")
    Note.objects.create(agreement=cast.agreement, text="x")
    assert sealing.seal(at=days[2])
    (fault,) = verifying.verify()
    assert (fault.seal, fault.row) == (cut.pk, cut.digest[:16])
    assert "24/11/2026, 08:00" in fault.since


@pytest.mark.django_db(transaction=True)
def test_a_file_that_cannot_be_written_holds_no_seal_up(
    cast: Cast, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    settings.ANCHOR_FILE = str(tmp_path / "file" / "anchor")
    assert sealing.seal(at=datetime.now(UTC))
    assert "could not be noted" in caplog.text


def test_a_look_is_in_the_history(cast: Cast) -> None:
    for _ in range(2):
        access_log.note(cast.agreement, cast.viewer("sara"))
    (look,) = Opening.objects.all()
    assert [event.times for event in look.events.order_by("pgh_id")] == [1, 2]  # type: ignore[attr-defined]


def test_what_may_be_deleted_leaves_an_event(cast: Cast) -> None:
    following.follow(cast.viewer("linh"), agreement=cast.agreement)
    following.unfollow(cast.viewer("linh"), agreement=cast.agreement)
    assert verifying.verify() == []


def test_keys_may_change(sealed: Cast, settings: Any) -> None:
    settings.HISTORY_KEYS = ["a new key", *settings.HISTORY_KEYS]
    cast = sealed
    comments.say(cast.hidden, "more", by=cast.viewer("linh"))
    sealing.seal(at=datetime.now(UTC))
    assert verifying.verify() == []


@contextmanager
def somebody_writing(agreement: Agreement) -> Iterator[Callable[[], Any]]:
    """A transaction that has drawn the number of a row; called, it writes elsewhere, commits, and says what came."""
    came: list[Any] = []
    began, go_on = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with transaction.atomic():
                Note.objects.create(agreement=agreement, text="slow")
                began.set()
                go_on.wait(10)
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '500ms'")
                came.append(Agreement.objects.filter(pk=agreement.pk).update(place="Huế"))
        except OperationalError as problem:
            came.append(problem)
        finally:
            connection.close()

    def end() -> Any:
        go_on.set()
        writer.join()
        return came[0]

    writer = threading.Thread(target=write)
    writer.start()
    assert began.wait(10)
    try:
        yield end
    finally:
        end()


@pytest.mark.django_db(transaction=True)
def test_a_row_still_being_written_is_not_missed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that has drawn its number but not committed is waited for, or sealed later: never passed over."""
    monkeypatch.setattr(sealing, "WAIT_SECONDS", 0.3)
    with somebody_writing(cast.hidden) as end:
        Note.objects.create(agreement=cast.hidden, text="quick, with a higher number")
        assert sealing.seal(at=datetime.now(UTC)) is None, "someone writes: the next tick will do"
        assert end() == 1
    assert sealing.seal(at=datetime.now(UTC))
    assert verifying.verify() == []
    assert Seal.objects.get().tables["agreements_noteevent"]["count"] == 2


@pytest.mark.django_db(transaction=True)
def test_a_seal_waits_for_writers_and_they_for_no_seal(cast: Cast) -> None:
    made: list[Any] = []

    def work() -> None:
        made.append(sealing.seal(at=datetime.now(UTC)))
        connection.close()

    with ExitStack() as stack:
        with transaction.atomic():  # begins before the writer, draws its number after, ends first
            Agreement.objects.filter(pk=cast.agreement.pk).update(place="Vinh")
            end = stack.enter_context(somebody_writing(cast.hidden))
            Note.objects.create(agreement=cast.agreement, text="quick")
        sealer = threading.Thread(target=work)
        sealer.start()
        time.sleep(0.5)
        assert made == [], "it waits"
        assert end() == 1, "nobody is held up meanwhile"
        sealer.join(10)
    assert made[0].tables["agreements_noteevent"]["count"] == 2
    assert sealing.seal(at=datetime.now(UTC)), "what came while it waited comes next"
    assert verifying.verify() == []


def test_the_day_is_that_of_hanoi(cast: Cast) -> None:
    with time_machine.travel("2026-11-23T18:00:00Z"):
        assert "24/11/2026" in as_of(cast, "")


def test_a_day_is_told_as_exactly_as_it_was_known(cast: Cast, today: object) -> None:
    """And that it is known more or less exactly is a change."""
    agreement = make_agreement(desk=cast.desk, owner=cast.linh, signed_on=date(2023, 9, 1))
    agreement.signed_precision = "month"
    agreement.save()
    page = cast.client("linh").get(f"/history/agreements/{agreement.ref}/").content.decode()
    row = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "01/09/2023" in row and " 09/2023" in row, row
