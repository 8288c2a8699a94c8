"""The first page of each role, and what others did since the last visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from agreements.commitments.lists.filters import SOON_DAYS
from agreements.commitments.models import Commitment, Report
from agreements.commitments.models.queries import SILENT_DAYS
from agreements.exchange import takeable
from agreements.overview import quarters, tallies
from agreements.overview.folding import folded
from agreements.overview.waiting import WaitingList
from agreements.register.models import Agreement, Step
from agreements.reminders.ledger import FOR_A_PERSON
from agreements.reminders.models import Reminder
from agreements.vocabulary import BlockedBy, ReportStatus, Stage
from partners import kept, reading
from partners.paging import Order, page_of
from partners.requests import Request
from partners.viewers import Role, Viewer
from tracker.heartbeat import hearing
from tracker.tour import stop_for

SHOWN = 8
SHOWN_TO_PARTNERS = 50
FIRST_DAYS = 7
NEWEST_FIRST = Order("id", descending=True, is_key=True)


@require_GET
def home(request: Request) -> HttpResponse:
    viewer = request.viewer
    since = request.user.note_visit(at=timezone.now())
    at_hand = stop_for(request.user, viewer)
    match viewer.role:
        case Role.PARTNER:
            return render(request, "tracker/home_partner.html", at_hand | _partner(viewer))
        case Role.MANAGER:
            context = _desk(viewer, request.GET.get("of", ""), since)
            context |= _compared(viewer, context["scope"])
            return render(request, "tracker/home_manager.html", at_hand | context)
        case Role.OFFICER:
            context = _desk(viewer, request.GET.get("of", ""), since)
            context["overdue"] = kept.records(_overdue, viewer, scope=context["scope"])
            return render(request, "tracker/home_officer.html", at_hand | context)
        case _:
            return render(request, "tracker/home_reader.html", at_hand | _house(viewer))


SCOPES = {"mine": _("Mine"), "desk": _("My desk"), "house": _("The whole ministry")}


@dataclass(frozen=True)
class Count:
    """A number on the first page, and the list that it counts."""

    number: int
    label: Any
    url: str
    is_bad: bool = False


def _desk(viewer: Viewer, asked: str, since: datetime | None) -> dict[str, Any]:
    """What one has on one's hands, one's desk, or the house: counts that open their lists, and short lists."""
    usual = "mine" if viewer.role == Role.OFFICER else "desk"
    scope = asked if asked in SCOPES else usual
    waiting_list = WaitingList(viewer)
    waits = waiting_list.count()
    return {
        "scope": scope, "scopes": SCOPES.items(), "counts": _counts(viewer, scope, waits),
        "waiting": folded(waiting_list[:SHOWN]), **counted(waits),
        "soon": kept.records(_soon, viewer, scope=scope),
        "expiring": kept.records(_first_to_expire, viewer, scope=scope),
        "since": since, "changes": _changes(viewer, since, _agreements(viewer, scope))[:SHOWN] if since else [],
    }  # fmt: skip


def _compared(viewer: Viewer, scope: str) -> dict[str, Any]:
    """This quarter beside the one before, of a desk or the house; and what is worst, by name."""
    found: dict[str, Any] = {"worst": kept.records(_worst, viewer, scope=scope)}
    if scope != "mine":
        found["quarters"] = quarters.quarters(viewer, of_house=scope == "house")
    return found


# What the page asks, of one scope. The texts are kept: nothing else may go in.


def _agreements(viewer: Viewer, scope: str) -> Any:
    rows = Agreement.objects.visible_to(viewer)
    match scope:
        case "mine":
            return rows.filter(owner__in=viewer.keeper_ids)
        case "desk":
            return rows.filter(desk__in=viewer.desk_ids)
        case _:
            return rows


def _commitments(viewer: Viewer, scope: str) -> Any:
    rows = Commitment.objects.visible_to(viewer)
    match scope:
        case "mine":
            rows = rows.kept_by(*viewer.keeper_ids)
        case "desk":
            rows = rows.filter(agreement__desk__in=viewer.desk_ids)
    return rows.concluded().select_related("agreement", "partner_owner", "lead")


def _worst(viewer: Viewer, *, scope: str) -> Any:
    return quarters.worst_of(_commitments(viewer, scope), viewer)


def _overdue(viewer: Viewer, *, scope: str) -> Any:
    return _commitments(viewer, scope).overdue(viewer.on)[:SHOWN]


def _soon(viewer: Viewer, *, scope: str) -> Any:
    return _commitments(viewer, scope).due_within(SOON_DAYS, viewer.on)[:SHOWN]


def _expiring(viewer: Viewer, *, scope: str) -> Any:
    return _agreements(viewer, scope).expiring(viewer.on)


def _first_to_expire(viewer: Viewer, *, scope: str) -> Any:
    return _expiring(viewer, scope=scope).order_by("end", "pk")[:SHOWN]


def _in_review(viewer: Viewer, *, scope: str) -> Any:
    return _agreements(viewer, scope).filter(stage=Stage.IN_REVIEW)


def counted(waits: int) -> dict[str, int]:
    """The headline's number, and the menu's, which need not be counted again."""
    return {"waits": waits, "waiting_count": waits}


def _counts(viewer: Viewer, scope: str, waits: int) -> list[Count]:
    """Three queries; each link filters as its count does."""
    of = {"mine": {"mine": "true"}, "desk": {"desk": "mine"}, "house": {}}[scope]
    where = {"mine": tallies.kept_by_viewer, "desk": tallies.at_own_desks, "house": tallies.everywhere}[scope]
    found = tallies.total(tallies.duties(viewer, where).values())

    def duties(**more: str | list[str]) -> str:
        return f"{reverse('commitments')}?{urlencode({**of, 'owed': 'true', **more}, doseq=True)}"

    def papers(**more: str) -> str:
        return f"{reverse('agreements')}?{urlencode({**of, **more})}"

    return [
        Count(waits, _("waiting for me"), reverse("waiting")),
        Count(found.overdue, _("commitments overdue"), duties(due="overdue"), is_bad=True),
        Count(found.soon, _("due within 30 days"), duties(due="soon")),
        Count(found.blocked, _("blocked"), duties(blocked=BlockedBy.values), is_bad=True),
        Count(found.silent, _("no update for over 90 days"), duties(quiet=str(SILENT_DAYS))),
        Count(kept.count(_expiring, viewer, scope=scope), _("terms end soon"), papers(show="expiring")),
        Count(kept.count(_in_review, viewer, scope=scope), _("in review"), papers(stage=Stage.IN_REVIEW)),
    ]


def _changes(viewer: Viewer, since: datetime, agreements: Any) -> Any:
    """What others did after a moment."""
    steps = Step.objects.visible_to(viewer).filter(at__gt=since, agreement__in=agreements.order_by().values("pk"))
    return steps.exclude(by=viewer.user_id).select_related("agreement", "by").order_by("-at")


@require_GET
def changes(request: Request) -> HttpResponse:
    """All that others did since the visit before this one, or since a day."""
    since = request.user.note_visit(at=timezone.now())
    if text := request.GET.get("since", ""):
        asked = reading.instant(text)
        since = asked or since
        if asked is None:
            messages.error(request, _("“%(text)s” is no day that we read. Write 2026-11-23.") % {"text": text[:40]})
    since = since or timezone.now() - timedelta(days=FIRST_DAYS)
    page = page_of(_changed(request.viewer, since), NEWEST_FIRST, request.GET.get("after", ""))
    return render(request, "tracker/changes.html", {"page": page, "since": since})


def _changed(viewer: Viewer, since: datetime) -> Any:
    return _changes(viewer, since, Agreement.objects.visible_to(viewer))


def _changes_asked(query: QueryDict, viewer: Viewer) -> Any:
    """For a file the day is said in the address: a file is no visit."""
    since = reading.instant(query.get("since", "")) or timezone.now() - timedelta(days=FIRST_DAYS)
    return _changed(viewer, since)


CHANGES = takeable.Plain(
    "changes", _("Changes"), _changes_asked,
    (
        takeable.PlainColumn("ref", _("Reference"), lambda step: step.agreement.ref),
        takeable.PlainColumn("agreement", _("Agreement"), lambda step: step.agreement.title),
        takeable.PlainColumn("what", _("What"), lambda step: step.act.label),
        takeable.PlainColumn("reason", _("Reason"), lambda step: step.reason),
        takeable.PlainColumn("who", _("Who"), lambda step: step.by),
        takeable.PlainColumn("on", _("When"), lambda step: takeable.day(step.on)),
    ),
    restricted="agreement__restricted",
)  # fmt: skip


def _partner(viewer: Viewer) -> dict[str, Any]:
    agreements = Agreement.objects.visible_to(viewer)
    commitments = Commitment.objects.visible_to(viewer).select_related("agreement", "partner_owner", "lead")
    commitments = commitments.with_duty(viewer)
    written = Report.objects.visible_to(viewer).filter(organisation__in=viewer.organisation_ids)
    owed = commitments.owed().owed_by(viewer.organisation_ids)
    waiting_list = WaitingList(viewer)
    return {
        **counted(waiting_list.count()),
        "waiting": folded(waiting_list[:SHOWN_TO_PARTNERS]),
        "agreements": agreements[:50],
        "agreement_count": agreements.count(),
        "owed": owed[:50],
        "owed_count": owed.count(),
        "drafts": written.filter(status=ReportStatus.DRAFT).select_related("commitment")[:SHOWN],
    }  # fmt: skip


def _house(viewer: Viewer) -> dict[str, Any]:
    agreements = Agreement.objects.visible_to(viewer)
    owed = tallies.total(tallies.duties(viewer, tallies.everywhere).values())
    return {
        "agreement_count": agreements.count(),
        "in_review_count": agreements.filter(stage=Stage.IN_REVIEW).count(),
        "commitment_count": owed.open,
        "overdue_count": owed.overdue,
        "health": hearing.listen(at=timezone.now()),
        "in_doubt": Reminder.objects.visible_to(viewer).filter(state__in=FOR_A_PERSON).count(),
        "recent": agreements.order_by("-updated_at", "-pk")[:SHOWN],
    }
