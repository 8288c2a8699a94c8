"""From the ledger to the mail server: claim, decide what may be said, hand over, mark.

Killed at any point, a run loses nothing and repeats nothing: until the row is marked as handed over the text has not
left, and from then on only the mail server's journal or a person may put it back into the queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils import timezone

from agreements.jobs import outages
from agreements.jobs.queues import Queue, storable
from agreements.reminders import digest, ledger
from agreements.reminders.models import Reminder
from agreements.reminders.relay import Away, Refused, Relay, Unknown
from partners.models import User

SENDING = Queue("mails", whole=False)  # by recipient; what leaves is marked before, in transactions of their own
WORDING = Queue("lines of mails")  # by row of the ledger


def send_all(*, at: datetime) -> int:
    """Send what is queued, one mail per person; return the number of mails.

    While the mail server is away it is tried again after pauses, and nothing else is touched.
    """
    ledger.recover(at=at)
    outage = outages.current(outages.MAIL)
    if outage and at < outage.next_try_at:
        return 0
    waiting = ledger.awake(at)
    with Relay() as relay:
        relay.was_away = outage is not None
        if outage and not waiting:  # no mail will show whether it is back
            try:
                relay.reach()
            except Away as away:
                outages.note(outages.MAIL, str(away), at=at)
            else:
                outages.over(outages.MAIL)
        return sum(SENDING.each(waiting, lambda one: send_to(one, relay, at=max(at, timezone.now())), at=at))


def send_to(recipient_id: int, relay: Relay, *, at: datetime) -> bool:
    """Send one person's digest. True if a mail left. Raises Away, with the rows back in the queue."""
    claimed = ledger.claim(recipient_id, at=at)
    if not claimed:
        return False
    try:
        return _send(claimed, User.objects.get(pk=recipient_id), relay, at=at)
    except Away as away:
        ledger.put_back(claimed, str(away))
        raise
    except Exception as problem:
        ledger.put_back(claimed, storable(f"{type(problem).__name__}: {problem}"))
        raise


def _send(claimed: list[Reminder], recipient: User, relay: Relay, *, at: datetime) -> bool:
    items, message = _worded(claimed, recipient, at=at)
    rows = [item.reminder for item in items]
    if message is None:
        return False
    message_id = message.extra_headers["Message-ID"]
    try:
        relay.deliver(message, handing=lambda: ledger.hand(rows, message_id, at=max(at, timezone.now())))
    except ledger.Lost:
        return False
    except Unknown as broken:
        ledger.doubt(rows, str(broken))
        return False
    except Refused as no:
        _is_back(relay)
        ledger.refuse(rows, str(no), final=no.final, at=at)
        return False
    _is_back(relay)
    ledger.confirm(rows, at=max(at, timezone.now()))
    return True


def _is_back(relay: Relay) -> None:
    """It has answered for a recipient: whoever greets and then refuses everybody is still away."""
    if relay.was_away:
        relay.was_away = False
        outages.over(outages.MAIL)


def _worded(
    claimed: Sequence[Reminder], recipient: User, *, at: datetime
) -> tuple[list[digest.Item], EmailMessage | None]:
    """The lines and the mail. A row that cannot be put into words is set aside, and the others are told without it."""

    def word(rows: Sequence[Reminder]) -> tuple[list[Reminder], list[digest.Item]]:
        items = digest.items_of(rows, recipient.viewer(on=timezone.localdate(at)))
        if items:
            digest.message(recipient, items)
        return list(rows), items

    try:
        good, items = word(claimed)
    except Exception:  # noqa: BLE001  (which row it is, the queue finds out and says)
        found = WORDING.groups(claimed, word, size=len(claimed), key=lambda row: row.pk, at=at)
        good = [row for rows, _items in found for row in rows]
        items = digest.items_of(good, recipient.viewer(on=timezone.localdate(at)))
        bad = set(claimed) - set(good)
        ledger.put_back(bad, "cannot be put into words", later=at + ledger.PAUSE_OF_BAD)
    rows = [item.reminder for item in items]
    ledger.drop(set(good) - set(rows))
    return items, digest.message(recipient, items) if items else None
