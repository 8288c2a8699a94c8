"""One timeline of an agreement, and the agreement as it stood on a day; as far as the viewer may read the fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from agreements.dates import Precision, UnreadableDate, read
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
)
from agreements.register.rules import steps
from agreements.vocabulary import SendState
from partners import reading
from partners.requests import Request
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


@require_GET
def timeline(request: Request, ref: str) -> HttpResponse:
    """Acts, changes, comments, notes, papers and mails in one order; `kind` filters, `before` pages."""
    viewer = request.viewer
    agreement = Agreement.objects.get_visible(viewer, ref=ref)
    chosen = [kind for kind in request.GET.getlist("kind") if kind in KINDS] or list(KINDS)
    before = reading.instant(request.GET.get("before", ""))
    entries = [entry for kind in chosen for entry in KINDS[kind][1](agreement, viewer, before)]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    end = min(SHOWN, len(entries))
    while 0 < end < len(entries) and entries[end].at == entries[end - 1].at:
        end += 1
    context = {
        "agreement": agreement,
        "entries": entries[:end],
        "kinds": [(kind, label, kind in chosen) for kind, (label, _source) in KINDS.items()],
        "chosen": request.GET.getlist("kind"),
        "older": entries[end - 1].at.isoformat() if end < len(entries) else "",
    }
    return render(request, "tracker/history/timeline.html", context)


@require_GET
def as_of(request: Request, ref: str) -> HttpResponse:
    """The agreement at the end of a day, drawn from the history. The gate is that of today."""
    viewer = request.viewer
    agreement = Agreement.objects.get_visible(viewer, ref=ref)
    typed, problem = request.GET.get("on", "").strip(), ""
    day = viewer.on
    if typed:
        try:
            wanted = read(typed)
            if wanted.precision != Precision.DAY:
                raise UnreadableDate(str(_("Give the day, for example 25/09/2023.")))
            day = wanted.on
        except UnreadableDate as unreadable:
            problem = str(unreadable)
    at = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) - timedelta(microseconds=1)
    stood = as_it_stood(Agreement, agreement, viewer, at)
    context: dict[str, Any] = {"agreement": agreement, "day": day, "typed": typed, "problem": problem, "old": None}
    if stood:
        context |= _as_it_was(stood[0], agreement, viewer, at)
    return render(request, "tracker/history/as_of.html", context, status=422 if problem else 200)


def _as_it_was(old: Agreement, agreement: Agreement, viewer: Viewer, at: datetime) -> dict[str, Any]:
    """Its facts, participants, commitments, papers and amendments, archived ones left out."""

    def rows(model: Any) -> list[Any]:
        return [row for row in as_it_stood(model, agreement, viewer, at) if not row.archived_at]

    participants = rows(Participant)
    prefetch_related_objects(participants, "organisation")
    return {
        "old": old,
        "participants": participants,
        "commitments": sorted(rows(Commitment), key=lambda row: row.number),
        "papers": rows(Document),
        "amendments": rows(Amendment),
        "standing": old.standing(timezone.localdate(at)),
    }
