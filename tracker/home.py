"""The first page of each role, and the manager's review queue."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from agreements.commitments.answering import ANSWERABLE
from agreements.commitments.models import Commitment, Report
from agreements.oversight.views import waiting as waiting_decisions
from agreements.register.models import Agreement, Amendment
from agreements.reminders.ledger import FOR_A_PERSON
from agreements.reminders.models import Reminder
from agreements.vocabulary import AmendmentStage, Confirmation, ReportStatus, SendState, Stage
from partners.viewers import Role, Viewer
from tracker.pulse import hearing

SHOWN = 8
SOON_DAYS = 30


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    viewer = request.viewer
    match viewer.role:
        case Role.PARTNER:
            return render(request, "tracker/home_partner.html", _partner(viewer))
        case Role.MANAGER:
            return render(request, "tracker/home_manager.html", _desk(viewer) | _review(viewer))
        case Role.OFFICER:
            return render(request, "tracker/home_officer.html", _desk(viewer))
        case _:
            return render(request, "tracker/home_reader.html", _house(viewer))


def _desk(viewer: Viewer) -> dict[str, Any]:
    """What the desk has on its hands: five counts and five short lists."""
    agreements = Agreement.objects.visible_to(viewer).filter(desk__in=viewer.desk_ids)
    commitments = Commitment.objects.visible_to(viewer).filter(agreement__desk__in=viewer.desk_ids)
    live = commitments.filter(agreement__stage=Stage.SIGNED).select_related("agreement", "partner_owner", "lead")
    overdue, soon = live.overdue(viewer.on), live.due_within(SOON_DAYS, viewer.on)
    waiting = agreements.awaiting(viewer)
    return {
        "waiting": waiting[:SHOWN], "waiting_count": waiting.count(),
        "overdue": overdue[:SHOWN], "overdue_count": overdue.count(),
        "soon": soon[:SHOWN], "soon_count": soon.count(),
        "expiring": agreements.expiring(viewer.on).order_by("expires_on")[:SHOWN],
        "in_review_count": agreements.filter(stage=Stage.IN_REVIEW).count(),
        "recent": agreements.order_by("-updated_at", "-pk")[:SHOWN],
        "told": Reminder.objects.visible_to(viewer).filter(recipient=viewer.user_id, state=SendState.SENT)
        .select_related("agreement", "commitment", "step")[:SHOWN],
    }  # fmt: skip


def _review(viewer: Viewer) -> dict[str, Any]:
    agreements = Agreement.objects.visible_to(viewer).awaiting(viewer).select_related("desk", "submitted_by")
    in_review = Agreement.objects.visible_to(viewer).filter(desk__in=viewer.desk_ids, stage=Stage.IN_REVIEW)
    reports = Report.objects.visible_to(viewer).filter(
        status=ReportStatus.SUBMITTED, commitment__agreement__desk__in=viewer.desk_ids
    )
    reports = reports.exclude(created_by=viewer.user_id).select_related("commitment", "organisation", "created_by")
    amendments = Amendment.objects.visible_to(viewer).filter(
        stage=AmendmentStage.IN_REVIEW, agreement__desk__in=viewer.desk_ids
    )
    # Four eyes: never what the viewer wrote or submitted.
    amendments = amendments.exclude(Q(updated_by=viewer.user_id) | Q(submitted_by=viewer.user_id))
    return {
        "amendments": amendments.select_related("agreement", "submitted_by").order_by("updated_at")[:50],
        "to_review": agreements.order_by("updated_at")[:50],
        "own_in_review": in_review.exclude(pk__in=agreements.values("pk"))[:SHOWN],
        "reports": reports.order_by("on", "pk")[:50],
        "report_count": reports.count(),
        **waiting_decisions(viewer),
    }


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """What waits for a manager: agreements to clear or register, reports to accept."""
    return render(request, "tracker/review.html", _review(request.viewer))


def _partner(viewer: Viewer) -> dict[str, Any]:
    agreements = Agreement.objects.visible_to(viewer)
    commitments = Commitment.objects.visible_to(viewer).select_related("agreement", "partner_owner", "lead")
    written = Report.objects.visible_to(viewer).filter(organisation__in=viewer.organisation_ids)
    written = written.select_related("commitment")
    own = Q(partner_owner__in=viewer.organisation_ids)
    owed = commitments.open().filter(own)
    # Those in their charge, and those of nobody in particular: what others answer for is not asked of them.
    unanswered = Q(agreed__in=(Confirmation.UNCONFIRMED, Confirmation.LAPSED))
    to_confirm = commitments.open().filter(own | Q(partner_owner=None), unanswered, agreement__stage__in=ANSWERABLE)
    return {
        "agreements": agreements[:50],
        "agreement_count": agreements.count(),
        "owed": owed[:50],
        "owed_count": owed.count(),
        "overdue_count": owed.overdue(viewer.on).count(),
        "to_confirm": to_confirm[:50],
        "confirm_count": to_confirm.count(),
        "drafts": written.filter(status=ReportStatus.DRAFT)[:SHOWN],
        "returned": written.filter(status=ReportStatus.RETURNED)[:SHOWN],
    }  # fmt: skip


def _house(viewer: Viewer) -> dict[str, Any]:
    agreements = Agreement.objects.visible_to(viewer)
    commitments = Commitment.objects.visible_to(viewer)
    return {
        "agreement_count": agreements.count(),
        "in_review_count": agreements.filter(stage=Stage.IN_REVIEW).count(),
        "commitment_count": commitments.open().count(),
        "overdue_count": commitments.overdue(viewer.on).count(),
        "health": hearing.listen(at=timezone.now()),
        "in_doubt": Reminder.objects.visible_to(viewer).filter(state__in=FOR_A_PERSON).count(),
        "recent": agreements.order_by("-updated_at", "-pk")[:SHOWN],
    }
