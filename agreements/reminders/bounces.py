"""Mails that came back: reports of failed delivery (RFC 3464), which the mail server leaves in a Maildir.

A report is believed only if it names the Message-ID of a mail of ours, which nobody can guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import structlog
from django.conf import settings

from agreements.jobs.queues import Queue
from agreements.reminders import ledger
from partners import texts

log = structlog.get_logger()
MOST_BYTES = 1_000_000
BOUNCES = Queue("bounces", whole=False)  # a mail is moved on disk once what it says is committed


@dataclass(frozen=True)
class Bounce:
    """A mail that could not be delivered for good: its Message-ID, and what the other server said."""

    message_id: str
    said: str


def read(raw: bytes) -> Bounce | None:
    """What a report says; None for anything that is no report of a final failure, such as a delay or an auto-reply."""
    report = message_from_bytes(raw[:MOST_BYTES])
    if report.get_content_type() != "multipart/report":
        return None
    said = next((words for part in report.walk() if (words := _failure(part))), "")
    message_id = next((found for part in report.walk() if (found := _returned(part))), "")
    return Bounce(message_id, said) if said and message_id else None


def _failure(part: Message) -> str:
    """The words of a `message/delivery-status` part that tells of a failure."""
    if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
        return ""
    for fields in part.get_payload():
        if isinstance(fields, Message) and str(fields.get("Action", "")).strip().lower() == "failed":
            words = fields.get("Diagnostic-Code") or fields.get("Status") or "failed"
            return " ".join(texts.line(str(words)).split())
    return ""


def _returned(part: Message) -> str:
    """The Message-ID of our mail in a part that brings it back, whole or its headers alone."""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        inner = part.get_payload(0)
        return _id_of(inner) if isinstance(inner, Message) else ""
    if part.get_content_type() == "text/rfc822-headers":
        headers = part.get_payload(decode=True)
        return _id_of(message_from_bytes(headers)) if isinstance(headers, bytes) else ""
    return ""


def _id_of(mail: Message) -> str:
    return texts.line(str(mail.get("Message-ID", ""))).strip()


def take_in() -> int:
    """Read what has come into the Maildir of MAIL_BOUNCES since last time; return the number of rows marked.

    A mail is put aside only after what it says stands in the ledger, so a crash reads it again.
    """
    if not settings.MAIL_BOUNCES or not (Path(settings.MAIL_BOUNCES) / "new").is_dir():
        return 0
    new = Path(settings.MAIL_BOUNCES) / "new"
    names = sorted(entry.name for entry in new.iterdir() if entry.is_file())
    return sum(BOUNCES.each(names, lambda name: _take_in_one(new / name)))


def _take_in_one(mail: Path) -> int:
    try:
        with mail.open("rb") as file:
            raw = file.read(MOST_BYTES)
    except FileNotFoundError:
        return 0  # another run was faster
    rows = 0
    if bounce := read(raw):
        rows = ledger.bounced(bounce.message_id, bounce.said)
        log.warning("mail came back", rows=rows, said=bounce.said)
    mail.rename(mail.parent.parent / "cur" / f"{mail.name.partition(':')[0]}:2,S")
    return rows
