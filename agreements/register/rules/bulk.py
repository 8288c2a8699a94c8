"""Many records changed at once: first what would happen to each, then all that may, then one undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.dates import PartialDate
from agreements.register.models import BulkChange
from agreements.register.rules.undoing import UNDO_MINUTES
from agreements.vocabulary import RecordList
from partners.refusals import Refused
from partners.viewers import Viewer

MOST = 500
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """What would happen to one record."""

    record: Any
    refused: str = ""
    is_same: bool = False

    @property
    def changes(self) -> bool:
        return not self.refused and not self.is_same


@dataclass(frozen=True)
class Preview:
    """What would happen to all that are chosen, and how many are beyond what is changed at once."""

    lines: Sequence[Line]
    beyond: int
    most: int = MOST

    @property
    def changing(self) -> list[Line]:
        return [line for line in self.lines if line.changes]

    @property
    def refused(self) -> list[Line]:
        return [line for line in self.lines if line.refused]

    @property
    def same(self) -> list[Line]:
        return [line for line in self.lines if line.is_same]


def preview(rows: QuerySet[Any], lines: Iterable[Line]) -> Preview:
    return Preview(list(lines), max(rows.order_by().count() - MOST, 0))


def keep(about: RecordList, column: str, value: object, rows: Sequence[Row], *, by: Viewer) -> BulkChange:
    """Note what was changed, so that it can be taken back: of each record its key, its version now, what it held."""
    text = value.plain if isinstance(value, PartialDate) else str(value)
    done = BulkChange(about=about, column=column, value=text[:60], rows=list(rows))
    done.stamp(by).save()
    return done


def may_undo(done: BulkChange, viewer: Viewer, *, at: datetime) -> bool:
    is_recent = at - done.created_at <= timedelta(minutes=UNDO_MINUTES)
    return done.created_by_id == viewer.user_id and done.undone_at is None and is_recent and not viewer.read_only


def _why_not_undone(done: BulkChange, viewer: Viewer) -> Refused:
    if done.undone_at:
        return Refused(_("It has been undone already."))
    if done.created_by_id != viewer.user_id or viewer.read_only:
        return Refused(_("Only who did it takes it back."))
    return Refused(_("It is too long ago: %(minutes)s minutes at most.") % {"minutes": UNDO_MINUTES})


def undo(done: BulkChange, *, by: Viewer, at: datetime, bring_back: Callable[[Sequence[Row]], int]) -> tuple[int, int]:
    """Bring back what the change replaced; return how many came back, and how many others have changed since.

    `bring_back` takes the rows that were kept, locks their records, and returns how many it put back.
    """
    with transaction.atomic():
        locked: BulkChange = BulkChange.objects.locked().get(pk=done.pk)
        if not may_undo(locked, by, at=at):
            raise _why_not_undone(locked, by)
        back = bring_back(locked.rows)
        locked.undone_at = timezone.now()
        locked.stamp(None).save()
    return back, len(locked.rows) - back
