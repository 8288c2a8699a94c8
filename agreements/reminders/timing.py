"""When a row of the ledger may leave: urgent ones at once, the rest with the person's mail of the day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Max

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
    """The hours of some people, each in their own time zone, and who has had the mail of the day. Two queries."""

    def __init__(self, recipients: Collection[int], *, at: datetime) -> None:
        self.at = at
        self._people = User.objects.in_bulk(recipients)
        since = at - timedelta(days=2)  # no zone's day began earlier
        sent = Reminder.objects.filter(recipient__in=recipients, sent_at__gte=since).order_by()
        self._last = dict(sent.values_list("recipient").annotate(last=Max("sent_at")))

    def of(self, recipient: int, *, urgent: bool) -> datetime | None:
        """From when on it may be sent; None for now. What is urgent waits for the morning, and is never lost."""
        person = self._people.get(recipient)
        if person is None:
            return None
        wanted = self._wanted(person, urgent=urgent)
        loud = person.loud_at(wanted or self.at)
        return loud if loud != self.at else None

    def loud_at(self, recipient: int) -> datetime:
        """When the person may be disturbed: now, or at the end of their quiet hours."""
        person = self._people.get(recipient)
        return person.loud_at(self.at) if person else self.at

    def _wanted(self, person: User, *, urgent: bool) -> datetime | None:
        if urgent and person.mails == Mails.URGENT_AT_ONCE:
            return None
        today = self._at(person)
        if self.at < today:
            return today
        # The first of the day takes along what a stopped worker left lying; what comes later waits for tomorrow.
        return self._at(person, days=1) if self._last.get(person.pk, today - timedelta(1)) >= today else None

    def _at(self, person: User, *, days: int = 0) -> datetime:
        day = self.at.astimezone(person.zone).date() + timedelta(days=days)
        return datetime.combine(day, person.digest_at, person.zone)
