"""The ledger's states, and the only code that moves them: queued, claimed, handed, and then sent, unknown or failed.

Every move names the state it starts from, so that of two processes one moves the row and the other does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Least
from django.utils import timezone

from agreements.jobs.queues import Queue
from agreements.reminders import covering
from agreements.reminders.models import Channel, Reminder, ReminderRule, Told
from agreements.reminders.relay import in_journal
from agreements.reminders.schedule import Due, due_of, holding
from agreements.reminders.timing import Timing, is_urgent
from agreements.vocabulary import SendState
from partners.records import RecordQuerySet

log = structlog.get_logger()
MOST_FOR_ONE = 1000
IN_ONE_GO = 2000
PAUSE_OF_BAD = timedelta(minutes=15)  # of a row that cannot be put into words
ROWS = Queue("rows of the ledger")
CLAIMING = 0x7E11  # the class of the advisory locks on recipients
RETRY_MINUTES = (1, 5, 15, 60, 240, 720)
MOST_ATTEMPTS = 15  # a week of "not now", longer than mail servers try among themselves
IN_DOUBT = (SendState.HANDED, SendState.UNKNOWN)
FOR_A_PERSON = (SendState.UNKNOWN, SendState.FAILED)


class Lost(Exception):
    """The claim has run out and another process may have the rows: do not send."""


def queue(on: date) -> int:
    """Write what is due on that day into the ledger; return how many rows were missing there.

    In portions: what was written before a run was killed stands, and the next run asks for the rest.
    """
    at = timezone.now()
    asked = covering.asked(covering.active_rules(), on, on)
    found = {item.key: item for item in sorted(due_of(asked), key=lambda item: item.recipient_id)}
    # All of a person at once: between two portions their mail of the day could leave with half of its lines.
    done = ROWS.groups(
        found.values(), lambda some: (some, write(holding(some, on), at=at)), size=IN_ONE_GO,
        key=lambda item: item.key, together=lambda item: item.recipient_id,
    )  # fmt: skip
    for items, _rows in done:
        for item in items:
            del found[item.key]
    covering.note(asked, left={item.agreement_id for item in found.values()})
    return sum(rows for _items, rows in done)


def write(items: Iterable[Due], *, at: datetime) -> int:
    """Make the rows: to leave at once or with the mail of the day, never in their rule's quiet hours."""
    items = list(items)
    timing = Timing({item.recipient_id for item in items}, at=at)
    rules = ReminderRule.objects.in_bulk({item.rule_id for item in items})
    rows = [_row(item, rules[item.rule_id], timing) for item in _own_first(items, rules)]
    _tell_once(rows, rules, at=at)
    # The unique constraint settles a race between two runs: the second one's rows fall away.
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


def _own_first(items: Iterable[Due], rules: Mapping[int, ReminderRule]) -> list[Due]:
    """Whoever is concerned is told as such, and not as one who follows."""
    return sorted(items, key=lambda item: rules[item.rule_id].told == Told.FOLLOWERS)


def _tell_once(rows: Sequence[Reminder], rules: Mapping[int, ReminderRule], *, at: datetime) -> None:
    """One person, one record, one telling: of rows that say the same to one person on one day the first is told.

    The others stand in the ledger as dropped, so that no later run takes them for missing. Different matters of one
    record leave together: with the first of them, or with the mail of the next day where the person was told today.
    """
    people, papers = {row.recipient_id for row in rows}, {row.agreement_id for row in rows}
    since = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    lately = Reminder.objects.filter(recipient__in=people, agreement__in=papers, created_at__gte=since, step=None)
    lately = lately.exclude(state=SendState.DROPPED).select_related("rule")
    said = {_said(one, one.rule.watched) for one in lately if one.rule}
    told = {_record(one) for one in lately if one.sent_at}
    leaving: dict[tuple[int | None, ...], datetime] = {}
    for row in rows:
        matter = _said(row, rules[row.rule_id or 0].watched)
        if matter in said:
            row.state, row.next_try_at = SendState.DROPPED, None
            continue
        said.add(matter)
        if row.state == SendState.QUEUED:
            when = max(row.next_try_at or at, since + timedelta(days=1)) if _record(row) in told else row.next_try_at
            leaving[_record(row)] = min(when or at, leaving.get(_record(row), when or at))
    for row in rows:
        if row.state == SendState.QUEUED:
            when = leaving[_record(row)]
            row.next_try_at = when if when > at else None


def _record(row: Reminder) -> tuple[int | None, ...]:
    return (row.recipient_id, row.agreement_id, row.commitment_id)


def _said(row: Reminder, watched: str) -> tuple[Any, ...]:
    return (*_record(row), watched, row.subject_id, row.due_on)


def _row(item: Due, rule: ReminderRule, timing: Timing) -> Reminder:
    row = Reminder(
        rule=rule, recipient_id=item.recipient_id, agreement_id=item.agreement_id, commitment_id=item.commitment_id,
        subject_id=item.subject_id, due_on=item.due_on, offset=item.offset,
    )  # fmt: skip
    if rule.channel == Channel.INBOX:
        row.state = SendState.KEPT
    else:
        leaves_at = timing.of(item.recipient_id, urgent=is_urgent(rule, item.offset))
        row.next_try_at = rule.loud_at(leaves_at or timing.at) or leaves_at
    return row


def ready(at: datetime) -> RecordQuerySet[Reminder]:
    return Reminder.objects.filter(Q(state=SendState.QUEUED) & (Q(next_try_at=None) | Q(next_try_at__lte=at)))


def awake(at: datetime) -> list[int]:
    """Keys of the people with rows to send; those of people in their quiet hours wait until these end."""
    people = list(ready(at).order_by("recipient").values_list("recipient", flat=True).distinct())
    timing = Timing(people, at=at)
    asleep = {one: loud for one in people if (loud := timing.loud_at(one)) > at}
    for person, loud in asleep.items():
        ready(at).filter(recipient=person).update(next_try_at=loud)
    return [one for one in people if one not in asleep]


def claim(recipient_id: int, *, at: datetime) -> list[Reminder]:
    """Take the person's queued rows for a while, so that no other process sends them."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Two at once would share the rows out between them, and the person would get two mails.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [CLAIMING, recipient_id])
        if not cursor.fetchone()[0]:
            return []
        waiting = ready(at).filter(recipient=recipient_id).locked(skip=True)
        rows = list(waiting.select_related("agreement__desk", "step", "rule")[:MOST_FOR_ONE])
        Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=SendState.CLAIMED, claimed_at=at, attempts=F("attempts") + 1
        )
    for row in rows:
        row.state, row.claimed_at, row.attempts = SendState.CLAIMED, at, row.attempts + 1
    return rows


def drop(rows: Iterable[Reminder]) -> None:
    """What is settled by now, or hidden from the person, is not told."""
    _of(rows).filter(state=SendState.CLAIMED).update(state=SendState.DROPPED)


def hand(rows: Iterable[Reminder], message_id: str, *, at: datetime) -> None:
    """Note that the text begins to leave now. Raises Lost unless every row is still ours."""
    rows = list(rows)
    with transaction.atomic():
        ours = _of(rows).filter(state=SendState.CLAIMED, claimed_at=rows[0].claimed_at)
        if ours.update(state=SendState.HANDED, handed_at=at, message_id=message_id) != len(rows):
            transaction.set_rollback(True)
            raise Lost


def confirm(rows: Iterable[Reminder], *, at: datetime) -> None:
    """The server has said that it has the mail."""
    sending = (SendState.CLAIMED, *IN_DOUBT)
    _of(rows).filter(state__in=sending).update(state=SendState.SENT, sent_at=at, error="")


def refuse(rows: Iterable[Reminder], error: str, *, final: bool, at: datetime) -> None:
    """Not sent, for certain: final refusals stay for the operator to see, others go back with a delay."""
    log.warning("mail refused", final=final, error=error)
    for row in rows:
        over = final or row.attempts >= MOST_ATTEMPTS
        pause = RETRY_MINUTES[min(row.attempts, len(RETRY_MINUTES)) - 1]
        later = None if over else at + timedelta(minutes=pause)
        _of([row]).filter(state__in=(SendState.CLAIMED, SendState.HANDED)).update(
            state=SendState.FAILED if over else SendState.QUEUED, next_try_at=later, error=error[:300]
        )


def put_back(rows: Iterable[Reminder], error: str, *, later: datetime | None = None) -> None:
    """Nothing has left, and nobody refused them: they wait as before, or until `later`, and no attempts add up."""
    _of(rows).filter(state__in=(SendState.CLAIMED, SendState.HANDED)).update(
        state=SendState.QUEUED, attempts=Least(F("attempts"), 1), next_try_at=later, error=error[:300]
    )


def doubt(rows: Iterable[Reminder], error: str) -> None:
    """The conversation broke while the text was leaving. It stays handed over until the journal is asked."""
    log.warning("mail in doubt", error=error)
    _of(rows).filter(state=SendState.HANDED).update(error=error[:300])


def recover(*, at: datetime) -> int:
    """Take up what died on the way; return the number of rows moved.

    A claim that went no further goes back into the queue. What was handed over is looked up in the mail server's
    journal: sent if it stands there, queued if it does not, unknown if there is no journal to ask.
    """
    old = at - timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    moved = Reminder.objects.filter(state=SendState.CLAIMED, claimed_at__lt=old).update(state=SendState.QUEUED)
    doubtful = Reminder.objects.filter(state__in=IN_DOUBT, handed_at__lt=old)
    ids = set(doubtful.values_list("message_id", flat=True))
    known = in_journal(ids) if ids else set()
    if known is None:
        return moved + doubtful.filter(state=SendState.HANDED).update(state=SendState.UNKNOWN)
    moved += doubtful.filter(message_id__in=known).update(state=SendState.SENT, sent_at=F("handed_at"), error="")
    lost = doubtful.filter(message_id__in=ids - known)
    return moved + lost.update(state=SendState.QUEUED, next_try_at=None)


def bounced(message_id: str, said: str) -> int:
    """A mail that had left came back as undeliverable: for the operator to see. Return the number of rows."""
    rows = Reminder.objects.filter(message_id=message_id, state__in=(SendState.SENT, *IN_DOUBT))
    return rows.update(state=SendState.FAILED, error=said[:300])


def arrived(rows: QuerySet[Reminder], *, at: datetime) -> int:
    """A person has found out that the mail has arrived; return the number of rows."""
    return rows.filter(state__in=FOR_A_PERSON).update(state=SendState.SENT, sent_at=at, error="")


def send_again(rows: QuerySet[Reminder]) -> int:
    """A person wants it sent once more: what was refused, or is in doubt. Return the number of rows."""
    return rows.filter(state__in=FOR_A_PERSON).update(state=SendState.QUEUED, next_try_at=None, attempts=0)


def _of(rows: Iterable[Reminder]) -> QuerySet[Reminder]:
    return Reminder.objects.filter(pk__in=[row.pk for row in rows])
