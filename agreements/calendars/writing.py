"""A feed as iCalendar text (RFC 5545): whole days of the register's zone, each with its reminder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Timezone
from icalendar import Event as Component

from agreements.calendars.events import Event

FRESH = timedelta(hours=1)
WARNINGS = (timedelta(days=-7), timedelta(hours=9))  # a week before, and at nine on the day


def calendar_of(name: str, events: Iterable[Event]) -> bytes:
    """The text of a calendar, in the language that is active."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.MAIL_DOMAIN}//Agreements register//{(get_language() or 'vi').upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for name_of_it in ("name", "x-wr-calname"):
        calendar.add(name_of_it, name)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", FRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", FRESH)
    # Whole days need no zone; programs that turn them into hours must still take the register's.
    calendar.add_component(Timezone.from_tzid(settings.TIME_ZONE))
    for event in events:
        calendar.add_component(_component(event))
    return bytes(calendar.to_ical())


def _component(event: Event) -> Component:
    component = Component()
    component.add("uid", f"{event.uid}@{settings.MAIL_DOMAIN}")
    component.add("sequence", event.sequence)
    component.add("dtstamp", _whole_second(event.changed_at))
    component.add("last-modified", _whole_second(event.changed_at))
    component.add("dtstart", event.on)
    component.add("dtend", event.on + timedelta(days=1))
    component.add("summary", event.title)
    if event.text:
        component.add("description", event.text)
    component.add("url", urljoin(settings.BASE_URL, event.path))
    component.add("transp", "TRANSPARENT")  # a deadline keeps nobody busy
    for warning in WARNINGS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", event.title)
        alarm.add("trigger", warning)
        component.add_component(alarm)
    return component


def _whole_second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def name_of(feed: object) -> str:
    return _("Agreements: %(what)s") % {"what": feed}
