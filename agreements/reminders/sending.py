"""From the ledger to the mail server: claim in PostgreSQL, decide what may be said, send, mark."""

from __future__ import annotations

import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from agreements.commitments.models import Commitment
from agreements.register.models import Agreement
from agreements.register.telling import in_the_past
from agreements.reminders.models import Reminder, message_id_of
from agreements.reminders.schedule import Due, due
from agreements.vocabulary import SendState, Stage
from partners.models import User
from partners.viewers import Viewer

log = structlog.get_logger()
MOST_IN_ONE_MAIL = 50
RETRY_MINUTES = (1, 5, 15, 60, 240, 720)


def queue(on: date) -> int:
    """Write what is due on that day into the ledger; return how many rows were missing there."""
    return _write(due(on))


def _write(items: Iterable[Due]) -> int:
    rows = [
        Reminder(
            rule_id=item.rule_id, recipient_id=item.recipient_id, agreement_id=item.agreement_id,
            commitment_id=item.commitment_id, due_on=item.due_on, offset=item.offset,
        )
        for item in items
    ]  # fmt: skip
    # The unique constraint settles a race between two runs: the second one's rows fall away.
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


def send_all(*, at: datetime) -> int:
    """Send what is queued, one mail per person; return the number of mails."""
    waiting = Reminder.objects.filter(_ready(at)).values_list("recipient", flat=True).distinct()
    return sum(send_to(recipient, at=at) for recipient in waiting.order_by("recipient"))


def _ready(at: datetime) -> Q:
    return Q(state=SendState.QUEUED) & (Q(next_try_at=None) | Q(next_try_at__lte=at))


def send_to(recipient_id: int, *, at: datetime) -> bool:
    """Send one person's digest. True if a mail left."""
    claimed = _claim(recipient_id, at)
    if not claimed:
        return False
    recipient = User.objects.get(pk=recipient_id)
    viewer = Viewer.of(recipient, on=timezone.localdate(at))
    items = [item for row in claimed if (item := _item(row, viewer))]
    dropped = {row.pk for row in claimed} - {item.reminder.pk for item in items}
    Reminder.objects.filter(pk__in=dropped).update(state=SendState.DROPPED)
    if not items:
        return False
    rows = Reminder.objects.filter(pk__in=[item.reminder.pk for item in items])
    message = _message(recipient, items)
    rows.update(message_id=message.extra_headers["Message-ID"])
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        _settle(rows, at, final=code >= 500, error=f"{code} {text.decode(errors='replace')}")
    except smtplib.SMTPResponseException as answer:
        _settle(rows, at, final=answer.smtp_code >= 500, error=f"{answer.smtp_code} {answer.smtp_error!r}")
    except smtplib.SMTPServerDisconnected as gone:
        # The text may or may not have been taken: a person decides, we do not send it twice.
        log.warning("mail in doubt", recipient=recipient_id, error=str(gone))
        rows.update(error=str(gone)[:300])
    except OSError as unreachable:
        _settle(rows, at, final=False, error=str(unreachable))
    else:
        rows.update(state=SendState.SENT, sent_at=timezone.now(), error="")
        return True
    return False


def _claim(recipient_id: int, at: datetime) -> list[Reminder]:
    """Take the person's queued rows, so that no other process sends them."""
    with transaction.atomic():
        rows = list(
            Reminder.objects.filter(_ready(at), recipient=recipient_id)
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("pk")[:MOST_IN_ONE_MAIL]
        )
        Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=SendState.CLAIMED, claimed_at=at, attempts=F("attempts") + 1
        )
    return rows


def _settle(rows: object, at: datetime, *, final: bool, error: str) -> None:
    """Note a refusal: final ones stay for the operator to see, others go back into the queue with a delay."""
    log.warning("mail refused", final=final, error=error)
    for row in rows:  # type: ignore[attr-defined]
        row.error = error[:300]
        if final or row.attempts > len(RETRY_MINUTES):
            row.state = SendState.FAILED
        else:
            row.state = SendState.QUEUED
            row.next_try_at = at + timedelta(minutes=RETRY_MINUTES[row.attempts - 1])
        row.save(update_fields=["state", "next_try_at", "error"])


@dataclass(frozen=True)
class Item:
    """One line of a digest, made of what the recipient may see at this moment."""

    reminder: Reminder
    agreement: Agreement | None  # None where only the commitment is shared
    commitment: Commitment | None
    on: date
    reason: str = ""

    @property
    def record(self) -> Agreement | Commitment:
        record = self.commitment or self.agreement
        assert record
        return record

    @property
    def url(self) -> str:
        return settings.BASE_URL + self.record.get_absolute_url()

    @property
    def act(self) -> object:
        return in_the_past(self.reminder.step.name) if self.reminder.step else ""

    @property
    def days(self) -> int:
        """Days until the date; negative once it has passed."""
        return (self.reminder.due_on - self.on).days if self.reminder.due_on else 0

    @property
    def days_late(self) -> int:
        return -self.days


def _item(row: Reminder, viewer: Viewer) -> Item | None:
    """The line for a row, or None where the matter is settled or hidden from the person by now."""
    agreement = Agreement.objects.visible_to(viewer).filter(pk=row.agreement_id).first()
    commitment = None
    if row.commitment_id:
        commitment = Commitment.objects.visible_to(viewer).filter(pk=row.commitment_id).first()
        if not commitment:
            return None
    elif not agreement:
        return None
    if row.rule_id:
        still = row.agreement.stage == Stage.SIGNED and (commitment is None or commitment.is_open)
        moved = row.due_on != (commitment.due_on if commitment else row.agreement.ends_on(viewer.on))
        if not still or moved:
            return None
    reason = row.step.reason if row.step and viewer.is_staff else ""
    return Item(row, agreement, commitment, viewer.on, reason)


def _message(recipient: User, items: list[Item]) -> EmailMultiAlternatives:
    with translation.override(recipient.language):
        count = len(items)
        subject = (
            str(items[0].record)
            if count == 1
            else ngettext("%(count)s matter for you", "%(count)s matters for you", count) % {"count": count}
        )
        facts = {"recipient": recipient, "items": items, "base_url": settings.BASE_URL}
        body = render_to_string("agreements/reminders/digest.txt", facts)
    message = EmailMultiAlternatives(
        # A line break in a title would otherwise be a header of its own.
        subject=" ".join(subject.split()), body=body, to=[recipient.email], connection=get_connection(),
        headers={"Message-ID": message_id_of([item.reminder.pk for item in items]), "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    return message
