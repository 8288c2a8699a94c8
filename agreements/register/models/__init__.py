"""Gathers the register's models."""

from agreements.register.models.agreement import TITLE, Agreement, partial_date, precision_field, refuse_to_come
from agreements.register.models.amendment import Amendment
from agreements.register.models.authorship import Authorship
from agreements.register.models.bulk_change import BulkChange
from agreements.register.models.calendar_day import CalendarDay
from agreements.register.models.comment import Comment
from agreements.register.models.following import Follow, SavedView
from agreements.register.models.instrument_type import InstrumentType
from agreements.register.models.note import Note
from agreements.register.models.opening import Opening
from agreements.register.models.participant import Participant
from agreements.register.models.share import Share
from agreements.register.models.step import Step

__all__ = [
    "TITLE",
    "Agreement",
    "Amendment",
    "Authorship",
    "BulkChange",
    "CalendarDay",
    "Comment",
    "Follow",
    "InstrumentType",
    "Note",
    "Opening",
    "Participant",
    "SavedView",
    "Share",
    "Step",
    "partial_date",
    "precision_field",
    "refuse_to_come",
]  # fmt: skip
