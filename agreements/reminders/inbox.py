"""What a person was told, in the application: whatever becomes of a mail, it stands here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from agreements.reminders.models import Reminder
from agreements.reminders.telling import tellable
from agreements.vocabulary import SendState
from partners import kept
from partners.statements import FIRST_MARK
from partners.viewers import Viewer

NO_KEY = FIRST_MARK - 1  # larger than any, and still a value that can be bound
IS_DROPPED = Q(state=SendState.DROPPED)


def rows_of(viewer: Viewer, *, at: datetime, among: Collection[int] | None = None) -> QuerySet[Reminder]:
    """What the viewer was told and has not put away, as far as they may still see the records; among some keys."""
    put_off = Q(state=SendState.QUEUED, next_try_at__gt=at, round__gt=0)
    own = Reminder.objects.visible_to(viewer).filter(
        tellable(viewer, among=among), recipient=viewer.user_id, dismissed_at=None
    )
    if among is not None:
        own = own.filter(pk__in=among)
    return own.exclude(put_off).filter(~IS_DROPPED)


def unread(viewer: Viewer, *, at: datetime, most: int = 99) -> int:
    """How many are not read yet, up to a limit.

    Every page asks. What may still be told is a long rule, so it is asked only of the newest rows, and of older ones
    where too few of those may be told: the cost does not follow how much somebody leaves unread.
    """
    if not viewer.is_known:
        return 0
    found, size, before = 0, 2 * (most + 1), NO_KEY
    while found <= most:
        keys = [key for (key,) in kept.rows(_newest_unread, viewer, before, size=size)]
        if keys:
            # Keys, not their number: Django would write the whole rule anew around a count of what is cut off.
            found += len(rows_of(viewer, at=at, among=keys).filter(read_at=None).order_by().values_list("pk"))
        if len(keys) < size:
            break
        before, size = keys[-1], size * 8
    return min(found, most + 1)


def _newest_unread(viewer: Viewer, before: int, *, size: int) -> Any:
    rows = Reminder.objects.filter(~IS_DROPPED, recipient=viewer.user_id, read_at=None, dismissed_at=None)
    return rows.filter(pk__lt=before).order_by("-pk").values_list("pk")[:size]


def read(rows: Any, *, at: datetime) -> int:
    return int(rows.filter(read_at=None).update(read_at=at))


def put_away(rows: Any, *, at: datetime) -> int:
    read(rows, at=at)
    return int(rows.filter(dismissed_at=None).update(dismissed_at=at))
