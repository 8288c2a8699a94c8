"""What happened to an agreement in one order, and how it stood on a day; as far as the viewer may read the fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.models import (
    Agreement,
    Amendment,
    Comment,
    Commitment,
    Document,
    Note,
    Participant,
    Proceeding,
    ProceedingStep,
    Reminder,
    Share,
    Step,
)  # fmt: skip
from agreements.register.rules import steps
from agreements.vocabulary import SendState
from partners.viewers import Viewer
from tracker.history.changes import as_it_stood, changes_of

SHOWN = 60
FETCHED = 3 * SHOWN  # of each kind: a page may grow, so as not to part what happened at one moment
TOLD_OTHERWISE = frozenset({Document, Note, ProceedingStep, Share, Proceeding})


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: when, of which kind, and what its template draws."""

    at: datetime
    kind: str
    thing: Any


Source = Callable[[Agreement, Viewer, datetime | None], list[Entry]]


def _rows(kind: str, model: Any, moment: str, *related: str, **only: Any) -> Source:
    """A source that reads one table through the gate."""

    def source(agreement: Agreement, viewer: Viewer, before: datetime | None) -> list[Entry]:
        rows = model.objects.visible_to(viewer).filter(agreement=agreement, **only)
        if before:
            rows = rows.filter(**{f"{moment}__lt": before})
        rows = rows.select_related(*related).order_by(f"-{moment}", "-pk")[:FETCHED]
        return [Entry(getattr(row, moment), kind, row) for row in rows]

    return source


def _changes(agreement: Agreement, viewer: Viewer, before: datetime | None) -> list[Entry]:
    """Recorded changes, without the births that another kind of entry tells already."""
    found = changes_of(agreement, viewer, before=before, most=FETCHED)
    return [Entry(one.at, "change", one) for one in found if not (one.is_new and one.model in TOLD_OTHERWISE)]


def _steps(agreement: Agreement, viewer: Viewer, before: datetime | None) -> list[Entry]:
    """Acts; a comment is its own entry."""
    found = _rows("step", Step, "at", "by", "instead_of", "document")(agreement, viewer, before)
    steps.name_subjects((entry.thing for entry in found), viewer)
    return [entry for entry in found if entry.thing.name != "comment"]


KINDS = {
    "step": (_("Acts"), _steps),
    "change": (_("Changes"), _changes),
    "comment": (_("Comments"), _rows("comment", Comment, "created_at", "created_by")),
    "note": (_("Notes"), _rows("note", Note, "created_at", "created_by")),
    "paper": (_("Papers"), _rows("paper", Document, "created_at", "created_by")),
    "mail": (_("Mails"), _rows("mail", Reminder, "sent_at", "recipient", "step", state=SendState.SENT)),
}


def page_of(
    agreement: Agreement, viewer: Viewer, *, kinds: Sequence[str] = (), before: datetime | None = None
) -> tuple[list[Entry], datetime | None]:
    """The newest entries of these kinds, of all where none is named; and the moment before which there are older."""
    entries = [entry for kind in kinds or KINDS for entry in KINDS[kind][1](agreement, viewer, before)]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    end = min(SHOWN, len(entries))
    while 0 < end < len(entries) and entries[end].at == entries[end - 1].at:
        end += 1
    return entries[:end], entries[end - 1].at if end < len(entries) else None


def as_it_was(agreement: Agreement, viewer: Viewer, day: date) -> dict[str, Any] | None:
    """What the register had at the end of a day, archived rows left out; None where the agreement was not in it."""
    at = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) - timedelta(microseconds=1)

    def rows(model: Any) -> list[Any]:
        return [row for row in as_it_stood(model, agreement, viewer, at) if not row.archived_at]

    stood = as_it_stood(Agreement, agreement, viewer, at)
    if not stood:
        return None
    participants = rows(Participant)
    prefetch_related_objects(participants, "organisation")
    return {
        "old": stood[0],
        "participants": participants,
        "commitments": sorted(rows(Commitment), key=lambda row: row.number),
        "papers": rows(Document),
        "amendments": rows(Amendment),
        "standing": stood[0].standing(day),
    }
