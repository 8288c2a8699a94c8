"""The working days that this ministry keeps."""

from __future__ import annotations

from django.conf import settings

from agreements.register.models import CalendarDay
from agreements.workdays import DayOff, WorkCalendar


def work_calendar() -> WorkCalendar:
    """The public calendar of the home country, with the days that operators have set otherwise. One query."""
    said = CalendarDay.objects.live()
    return WorkCalendar(settings.HOME_COUNTRY, {row.on: DayOff(row.is_working, row.in_words("name")) for row in said})
