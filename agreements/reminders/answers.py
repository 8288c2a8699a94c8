"""What a recipient answers to a reminder by its signed link: I know, in a week, no more of this.

Looking at a link changes nothing, since mail scanners look. The link is the recipient's own and opens nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements.reminders.models import Mute, Reminder, Watched
from agreements.vocabulary import SendState
from partners.refusals import Refused

SALT = "agreements.reminders.answers"
VALID = timedelta(days=90)
SNOOZE = timedelta(days=7)


class MailAnswer(TextChoices):
    """What a recipient can answer to a reminder, by its link and without signing in."""

    ACKNOWLEDGE = "acknowledge", _("I know: remind me again on the day only")
    SNOOZE = "snooze", _("Remind me again in a week")
    MUTE = "mute", _("Stop reminding me of this record")


def address_of(row: Reminder, epoch: int | None = None) -> str:
    """Where the recipient answers; with `?answer=...` one of the answers stands first."""
    epoch = row.recipient.known_epoch() if epoch is None else epoch
    secret = signing.dumps([row.pk, row.recipient_id, epoch], salt=SALT)
    return f"{settings.BASE_URL}{reverse('reminder_answer', args=[secret])}"


def find(secret: str) -> Reminder | None:
    """The reminder of a link; None if it was never one, is too old, or is no longer its recipient's.

    As every credential it ends with a change of its account: see decision 24.
    """
    try:
        pk, recipient, epoch = signing.loads(secret, salt=SALT, max_age=VALID)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = Reminder.objects.select_related("recipient", "agreement", "commitment", "rule", "step")
    return rows.filter(pk=pk, recipient=recipient, recipient__epoch=epoch, recipient__is_active=True).first()


def give(row: Reminder, answer: MailAnswer, *, at: datetime) -> None:
    """Do what was answered. Raises Refused where it can no longer be done; answering twice does nothing more."""
    with transaction.atomic():
        locked = Reminder.objects.locked().get(pk=row.pk)
        match answer:
            case MailAnswer.MUTE:
                Mute.objects.get_or_create(  # type: ignore[misc]  # a key may be None
                    user_id=row.recipient_id, agreement_id=row.agreement_id, commitment_id=row.commitment_id
                )
            case MailAnswer.ACKNOWLEDGE:
                locked.acknowledged_at = locked.acknowledged_at or at
                locked.save(update_fields=["acknowledged_at"])
            case MailAnswer.SNOOZE if locked.state == SendState.SENT:
                locked.state, locked.next_try_at, locked.attempts = SendState.QUEUED, at + SNOOZE, 0
                locked.round += 1
                locked.read_at = locked.dismissed_at = None  # then it is news again
                locked.save(update_fields=["state", "next_try_at", "attempts", "round", "read_at", "dismissed_at"])
            case MailAnswer.SNOOZE if not (locked.round and locked.state == SendState.QUEUED):
                raise Refused(locked.get_state_display())


def silenced(rows: Iterable[Reminder], person: int) -> set[int]:
    """Keys of those rows of a person who has asked not to be told: muted, or acknowledged until the day comes.

    Two queries.
    """
    rows = list(rows)
    agreements = {row.agreement_id for row in rows}
    mutes = Mute.objects.filter(user=person, agreement__in=agreements)
    muted = set(mutes.values_list("agreement_id", "commitment_id"))
    matter = ("rule_id", "agreement_id", "commitment_id", "subject_id", "due_on")
    of_them = Reminder.objects.filter(recipient=person, agreement__in=agreements)
    known = set(of_them.filter(acknowledged_at__isnull=False).values_list(*matter))
    return {
        row.pk
        for row in rows
        if muted & {(row.agreement_id, None), (row.agreement_id, row.commitment_id)}
        or (_may_wait(row) and tuple(getattr(row, column) for column in matter) in known)
    }


def _may_wait(row: Reminder) -> bool:
    """Told ahead of the day, and not put off by its reader until now."""
    return row.rule is not None and row.rule.watched != Watched.LEGAL_CLOCK and row.offset < 0 and not row.round
