"""When a row of the ledger may leave: urgent ones at once, the rest with the person's mail of the day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta

from django.db.models import Max
from django.utils import timezone

from agreements.reminders.models import Channel, Reminder, ReminderRule, Watched
from partners.models import User
from partners.models.people import Mails

WHOLE_CLOCK = 100  # percent


def is_urgent(rule: ReminderRule, offset: int) -> bool:
    """From the day itself on, or from the end of a legal clock; or always, where the rule says so."""
    if rule.channel == Channel.AT_ONCE:
        return True
    if rule.watched in (Watched.NO_REPORT, Watched.DORMANCY):
        return False
    return offset >= (WHOLE_CLOCK if rule.watched == Watched.LEGAL_CLOCK else 0)


class Timing:
    """The hours of some people, and who has had the mail of the day. Two queries."""

    def __init__(self, recipients: Collection[int], *, at: datetime) -> None:
        self.at = at
        people = User.objects.filter(pk__in=recipients)
        self._wishes = {pk: (mails, hour) for pk, mails, hour in people.values_list("pk", "mails", "digest_at")}
        midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
        sent = Reminder.objects.filter(recipient__in=recipients, sent_at__gte=midnight).order_by()
        self._last = dict(sent.values_list("recipient").annotate(last=Max("sent_at")))

    def of(self, recipient: int, *, urgent: bool) -> datetime | None:
        """From when on it may be sent; None for now."""
        mails, hour = self._wishes.get(recipient, (Mails.URGENT_AT_ONCE, time(0)))
        if urgent and mails == Mails.URGENT_AT_ONCE:
            return None
        today = self._at(hour)
        if self.at < today:
            return today
        # The first of the day takes along what a stopped worker left lying; what comes later waits for tomorrow.
        return self._at(hour, days=1) if self._last.get(recipient, today - timedelta(1)) >= today else None

    def _at(self, hour: time, *, days: int = 0) -> datetime:
        day = timezone.localdate(self.at) + timedelta(days=days)
        return timezone.make_aware(datetime.combine(day, hour))
