"""Mails that come back: as Postfix and Exchange write it, delays, auto-replies, forgeries and rubbish."""

from __future__ import annotations

import mailbox
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agreements.models import Reminder, ReminderRule
from agreements.reminders import bounces, ledger, sending
from agreements.tasks import dispatch
from tests.conftest import Cast
from tests.factories import TODAY

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
REPORT = """\
From: MAILER-DAEMON@relay.example (Mail Delivery System)
To: register@ministry.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; linh@ministry.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <linh@ministry.example>:
    User unknown

--b
{returned}
--b--
"""
WHOLE = "Content-Type: message/rfc822\n\nMessage-ID: {id}\nSubject: x\n\nBody\n"
HEADERS = "Content-Type: text/rfc822-headers\n\nSubject: x\nMessage-ID: {id}\n"


@pytest.fixture
def box(settings: Any, tmp_path: Path) -> mailbox.Maildir:
    settings.MAIL_BOUNCES = str(tmp_path / "bounces")
    return mailbox.Maildir(settings.MAIL_BOUNCES)


@pytest.fixture
def sent(cast: Cast, today: object) -> Reminder:
    ReminderRule.objects.create(code="due", watched="commitment_due", told="owner", offsets=[0])
    cast.commitment.due_on = TODAY
    cast.commitment.save()
    ledger.queue(TODAY)
    sending.send_all(at=NOW)
    row = Reminder.objects.get()
    assert row.state == "sent"
    return row


def come(box: mailbox.Maildir, text: str) -> None:
    box.add(mailbox.MaildirMessage(text))


def report(message_id: str, *, action: str = "failed", returned: str = WHOLE) -> str:
    return REPORT.format(action=action, returned=returned.format(id=message_id))


@pytest.mark.parametrize("returned", [WHOLE, HEADERS], ids=["whole", "headers"])
def test_it_stands_on_the_record_and_with_the_operator(
    cast: Cast, sent: Reminder, box: mailbox.Maildir, returned: str
) -> None:
    come(box, report(sent.message_id, returned=returned))
    dispatch()
    sent.refresh_from_db()
    assert (sent.state, "User unknown" in sent.error) == ("failed", True)
    page = cast.client("minh").get("/agreements/US-2023-01/reminders/").content.decode()
    assert "Refused by the mail server" in page
    assert "User unknown" in cast.client("operator").get("/admin/agreements/reminder/").content.decode()
    dispatch()
    assert Reminder.objects.get().state == "failed"
    assert [message.get_subdir() for message in box] == ["cur"]


@pytest.mark.parametrize(
    "text",
    [
        report("{id}", action="delayed"),
        report("<other@ministry.example>"),
        "Subject: Out of office\n\nBack on Monday. {id}",
        "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nrubbish {id}",
        "",
    ],
    ids=["delayed", "of another", "auto-reply", "broken", "empty"],
)
def test_anything_else_changes_nothing_and_is_read_once(sent: Reminder, box: mailbox.Maildir, text: str) -> None:
    come(box, text.replace("{id}", sent.message_id))
    assert bounces.take_in() == 0
    sent.refresh_from_db()
    assert sent.state == "sent"
    assert [message.get_subdir() for message in box] == ["cur"]


def test_without_a_folder_there_is_nothing_to_do(settings: Any, tmp_path: Path) -> None:
    for folder in ("", str(tmp_path / "missing")):
        settings.MAIL_BOUNCES = folder
        assert bounces.take_in() == 0
