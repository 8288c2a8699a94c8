"""What is in doubt is never sent again blindly, and what was only begun is never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from agreements.models import Commitment, Reminder
from agreements.reminders import ledger, sending
from agreements.reminders.relay import Relay
from tests.agreements.reminders.conftest import Keeper, owe
from tests.conftest import Cast
from tests.factories import TODAY, make_commitment

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)  # beyond the lease


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    """By the clock of an evening what is queued would wait for the morning."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def owed(cast: Cast) -> Commitment:
    commitment = owe(cast, due_on=TODAY, offsets=[0])
    ledger.queue(TODAY)
    return commitment


def state() -> str:
    return str(Reminder.objects.get().state)


def send(at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        return sending.send_all(at=at)


def test_without_a_journal_doubt_is_shown_to_a_person(cast: Cast, owed: Commitment, smtp: Keeper) -> None:
    smtp.breaks = smtp.takes = True
    assert (send(NOW), state()) == (0, "handed")
    smtp.breaks = False
    for days in range(4):
        assert send(LATER + timedelta(days=days)) == 0
    assert (state(), len(smtp.kept)) == ("unknown", 1)
    operator = cast.client("operator")
    assert operator.get("/").context["in_doubt"] == 1
    operator.post("/admin/agreements/reminder/", {"action": "arrived", "_selected_action": [Reminder.objects.get().pk]})
    assert state() == "sent"


def test_a_person_sends_it_again(cast: Cast, owed: Commitment, smtp: Keeper) -> None:
    smtp.breaks = True
    send(NOW)
    send(LATER)
    smtp.breaks = False
    facts = {"action": "send_again", "_selected_action": [Reminder.objects.get().pk]}
    cast.client("operator").post("/admin/agreements/reminder/", facts)
    assert (send(LATER), state(), len(smtp.kept)) == (1, "sent", 1)


@pytest.mark.parametrize("kind", ["log", "turned log", "folder"])
@pytest.mark.parametrize("taken", [True, False])
def test_the_journal_settles_it(
    cast: Cast,
    owed: Commitment,
    smtp: Keeper,
    settings: Any,
    tmp_path: Path,
    kind: str,
    taken: bool,
) -> None:
    smtp.breaks, smtp.takes = True, taken
    send(NOW)
    name = Reminder.objects.get().message_id
    settings.MAIL_JOURNAL = str(tmp_path if kind == "folder" else tmp_path / "mail.log")
    (tmp_path / "mail.log").write_text("postfix/cleanup: message-id=<other@x>\n")
    line = f"Message-ID: {name}" if kind == "folder" else f"postfix/cleanup[7]: 4F2: message-id={name}"
    file = {"log": "mail.log", "turned log": "mail.log.1", "folder": "1.eml"}[kind]
    if taken:
        (tmp_path / file).write_text(f"Subject: x\n{line}\n\nbody\n")
    smtp.breaks = False
    assert send(LATER) == (0 if taken else 1)
    assert (state(), len(smtp.kept)) == ("sent", 1)


def test_a_name_in_a_body_is_no_proof(
    cast: Cast, owed: Commitment, smtp: Keeper, settings: Any, tmp_path: Path
) -> None:
    smtp.breaks = True
    send(NOW)
    (tmp_path / "1.eml").write_text(f"Subject: quoted\n\n{Reminder.objects.get().message_id}\n")
    settings.MAIL_JOURNAL, smtp.breaks = str(tmp_path), False
    assert send(LATER) == 1


def test_a_journal_that_cannot_be_read_says_nothing(
    cast: Cast,
    owed: Commitment,
    smtp: Keeper,
    settings: Any,
    tmp_path: Path,
) -> None:
    smtp.breaks = smtp.takes = True
    send(NOW)
    settings.MAIL_JOURNAL, smtp.breaks = str(tmp_path / "nothing"), False
    assert (send(LATER), state(), len(smtp.kept)) == (0, "unknown", 1)


def test_a_claim_that_died_is_taken_up_again(cast: Cast, owed: Commitment, smtp: Keeper) -> None:
    assert len(ledger.claim(cast.linh.pk, at=NOW)) == 1
    assert (send(NOW + timedelta(minutes=4)), state()) == (0, "claimed")
    assert (send(LATER), state(), len(smtp.kept)) == (1, "sent", 1)


def test_a_claim_that_ran_out_sends_nothing(
    cast: Cast,
    owed: Commitment,
    smtp: Keeper,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One process sleeps before it hands over; another takes up the rows and sends them."""
    hand = ledger.hand

    def slow(rows: list[Reminder], name: str, *, at: datetime) -> None:
        monkeypatch.setattr(ledger, "hand", hand)
        assert send(LATER) == 1
        hand(rows, name, at=at)

    monkeypatch.setattr(ledger, "hand", slow)
    assert send(NOW) == 0
    assert (state(), len(smtp.kept)) == ("sent", 1)


def test_a_server_that_refuses_us_is_no_refusal_of_the_recipient(cast: Cast, owed: Commitment, smtp: Keeper) -> None:
    make_commitment(agreement=cast.agreement, owner=cast.minh, due_on=TODAY)
    ledger.queue(TODAY)
    smtp.sender_answer = "550 you may not send here"
    assert send(NOW) == 0
    assert set(Reminder.objects.values_list("state", flat=True)) == {"queued"}
    assert sorted(Reminder.objects.values_list("attempts", flat=True)) == [0, 1], "it stops at the first"
    smtp.sender_answer = ""
    assert send(LATER) == 2


def test_one_refused_recipient_does_not_hold_up_the_others(cast: Cast, owed: Commitment, smtp: Keeper) -> None:
    make_commitment(agreement=cast.agreement, owner=cast.minh, due_on=TODAY)
    ledger.queue(TODAY)
    smtp.answer = "550 no such person"
    with Relay() as relay, time_machine.travel(NOW, tick=False):
        sending.send_to(cast.linh.pk, relay, at=NOW)
        smtp.answer = ""
        assert sending.send_to(cast.minh.pk, relay, at=NOW)
    assert sorted(Reminder.objects.values_list("state", flat=True)) == ["failed", "sent"]
