"""From the ledger to the mail server: claim, decide what may be said, hand over, mark.

Killed at any point, a run loses nothing and repeats nothing: until the row is marked as handed over the text has not
left, and from then on only the mail server's journal or a person may put it back into the queue.
"""

from __future__ import annotations

import time
from datetime import datetime

from django.utils import timezone

from agreements.reminders import digest, ledger
from agreements.reminders.relay import Away, Refused, Relay, Unknown
from partners.models import User

SECONDS_AT_ONCE = 120  # then the next ring of the bell goes on, well within a job's time limit


def send_all(*, at: datetime) -> int:
    """Send what is queued, one mail per person; return the number of mails."""
    ledger.recover(at=at)
    waiting = list(ledger.ready(at).order_by("recipient").values_list("recipient", flat=True).distinct())
    until, sent = time.monotonic() + SECONDS_AT_ONCE, 0
    with Relay() as relay:
        for recipient in waiting:
            if time.monotonic() > until:
                break
            try:
                sent += send_to(recipient, relay, at=max(at, timezone.now()))
            except Away:
                break  # it is away for everybody
    return sent


def send_to(recipient_id: int, relay: Relay, *, at: datetime) -> bool:
    """Send one person's digest. True if a mail left. Raises Away, with the rows back in the queue."""
    claimed = ledger.claim(recipient_id, at=at)
    if not claimed:
        return False
    recipient = User.objects.get(pk=recipient_id)
    items = digest.items_of(claimed, recipient.viewer(on=timezone.localdate(at)))
    rows = [item.reminder for item in items]
    ledger.drop(set(claimed) - set(rows))
    if not rows:
        return False
    message = digest.message(recipient, items)
    message_id = message.extra_headers["Message-ID"]
    try:
        relay.deliver(message, handing=lambda: ledger.hand(rows, message_id, at=max(at, timezone.now())))
    except ledger.Lost:
        return False
    except Unknown as broken:
        ledger.doubt(rows, str(broken))
        return False
    except Refused as no:
        ledger.refuse(rows, str(no), final=no.final, at=at)
        return False
    except Away as away:
        ledger.refuse(rows, str(away), final=False, at=at)
        raise
    ledger.confirm(rows, at=max(at, timezone.now()))
    return True
