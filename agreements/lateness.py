"""How late a promise is, as exactly as it was promised: days only of a day, else since a period ended. Pure."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.dates import PartialDate, Precision, in_words


def late_by(due: PartialDate | None, on: date) -> str:
    """For our own people: "12 days late", "late since the end of 2024"; empty where it is not late."""
    if due is None or due.last_day >= on:
        return ""
    if due.precision == Precision.DAY:
        days = (on - due.on).days
        return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
    return _("late since %(end)s") % {"end": end_of(due)}


def was_promised(due: PartialDate | None, on: date) -> str:
    """The same as one says it to a partner: "was promised for 2024"; empty where it is not late."""
    if due is None or due.last_day >= on:
        return ""
    if due.precision == Precision.YEAR:
        return _("was promised for %(year)s") % {"year": due.on.year}
    return _("was promised for %(date)s") % {"date": in_words(due)}


def end_of(due: PartialDate) -> str:
    """The end of a period, in words."""
    if due.precision == Precision.YEAR:
        return _("the end of %(year)s") % {"year": due.on.year}
    return _("the end of %(period)s") % {"period": in_words(due)}


def time_to(due: PartialDate | None, on: date, *, within: int = 30) -> str:
    """How long there is still time, where its end is near: days to a day, else the period."""
    if due is None or not 0 <= (due.last_day - on).days <= within:
        return ""
    if due.precision != Precision.DAY:
        return _("due by %(end)s") % {"end": end_of(due)}
    days = (due.on - on).days
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days} if days else _("due today")


def shift(days: int) -> str:
    """By how much a day has moved: later or earlier, never a negative number; empty where it has not."""
    if days < 0:
        return ngettext("%(days)s day earlier", "%(days)s days earlier", -days) % {"days": -days}
    return ngettext("%(days)s day later", "%(days)s days later", days) % {"days": days} if days else ""
