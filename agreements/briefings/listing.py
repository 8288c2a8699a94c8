"""Lists of this room that can be taken away as files: meetings, closed periods."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agreements.briefings.frozen import FrozenPeriod
from agreements.briefings.meeting import Meeting
from agreements.exchange.takeable import Plain, PlainColumn, day
from partners.viewers import Viewer


def _meetings(query: QueryDict, viewer: Viewer) -> Any:
    return Meeting.objects.visible_to(viewer).live().select_related("desk", "created_by", "ended_by")


def _periods(query: QueryDict, viewer: Viewer) -> Any:
    return FrozenPeriod.objects.visible_to(viewer).select_related("desk", "closed_by")


def _desk(row: Any) -> object:
    return row.desk or _("The whole ministry")


MEETINGS = Plain(
    "meetings", _("Meetings"), _meetings,
    (
        PlainColumn("title", _("Meeting"), lambda row: row.title),
        PlainColumn("held_on", _("Held on"), lambda row: day(row.held_on)),
        PlainColumn("place", _("Place"), lambda row: row.place),
        PlainColumn("desk", _("Desk"), _desk),
        PlainColumn("period", _("Period"), lambda row: row.span),
        PlainColumn("state", _("State"), lambda row: row.get_state_display()),
        PlainColumn("opened_by", _("Opened by"), lambda row: row.created_by),
        PlainColumn("present", _("Who was present"), lambda row: row.present),
    ),
)  # fmt: skip
PERIODS = Plain(
    "periods", _("Closed periods"), _periods,
    (
        PlainColumn("period", _("Period"), lambda row: row.span),
        PlainColumn("desk", _("Desk"), _desk),
        PlainColumn("closed_on", _("Standing of"), lambda row: day(row.closed_on)),
        PlainColumn("closed_by", _("Closed by"), lambda row: row.closed_by),
        PlainColumn("remark", _("Remark"), lambda row: row.remark),
        PlainColumn("digest", "SHA-256", lambda row: row.digest),
    ),
    shown_at="frozen_periods",
)  # fmt: skip
