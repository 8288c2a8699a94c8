"""Reports on a commitment: written and handed in by either side, accepted or returned by someone else."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.commitments.models import Commitment, Link, Report
from agreements.commitments.rules import health
from agreements.commitments.rules.acts import lock, put_delivery, why_no_decision
from agreements.register.rules import steps
from agreements.vocabulary import Delivery, ReportStatus
from partners.finding import OneOf
from partners.models import Organisation, same_eyes, whose_eyes
from partners.refusals import Refused
from partners.viewers import Role, Viewer

HANDED_IN = _("This report is handed in: it is no longer yours to change.")


def may_report(commitment: Commitment, viewer: Viewer) -> bool:
    """The desk reports, and so do partners who see the record."""
    if viewer.read_only or not commitment.is_promised:
        return False
    return viewer.is_partner or viewer.works_at(commitment.agreement.desk_id)


def may_write(report: Report, viewer: Viewer) -> bool:
    """A draft, or what was returned, is in the hands of its author; of the organisation, where a partner wrote it."""
    if not report.is_written or viewer.read_only or not may_report(report.commitment, viewer):
        return False
    if viewer.is_partner:
        return report.organisation_id in viewer.organisation_ids
    return report.organisation_id is None and report.created_by_id == viewer.user_id


def write(report: Report, *, by: Viewer, organisation: Organisation | None = None) -> Report:
    """Keep a report as a draft, or keep what was returned. A partner's stands in the name of an organisation."""
    if not may_report(report.commitment, by):
        raise Refused(_("Reports are taken on signed agreements, from the desk and from partners who see them."))
    if by.is_partner and (organisation is None or organisation.pk not in by.organisation_ids):
        raise Refused(_("Say for which of your organisations you report."))
    with transaction.atomic():
        if report.pk:
            now = _lock(report)
            if not may_write(now, by):
                raise Refused(HANDED_IN)
            report.status, report.on, report.version = now.status, now.on, now.version
        else:
            report.status = ReportStatus.DRAFT
        report.organisation = organisation if by.is_partner else None
        if report.status == ReportStatus.DRAFT:
            report.on = by.on
        report.stamp(by).full_clean()
        report.save()
    return report


def lacks_evidence(report: Report) -> bool:
    """A claim that it is delivered is shown by a file or a link."""
    claims = report.delivery == Delivery.DELIVERED
    return claims and not report.evidence_url and not report.evidence.live().exists()


def submit(report: Report, *, by: Viewer) -> None:
    """Hand in a draft, or what was returned and written again. Exactly one of two attempts takes effect."""
    with transaction.atomic():
        locked = _lock(report)
        if not may_write(locked, by):
            raise Refused(HANDED_IN)
        if lacks_evidence(locked):
            raise Refused(_("A report that it is delivered needs evidence: attach a file or give a link."))
        locked.status, locked.on = ReportStatus.SUBMITTED, by.on
        locked.decided_by_id = locked.decided_at = None
        locked.stamp(None).save()
        lock(locked.commitment)
        health.settle([locked.commitment_id], by.on)
        _write_step(Act.REPORT, locked, by)
    report.refresh_from_db()


def hand_in(report: Report, *, by: Viewer, organisation: Organisation | None = None) -> Report:
    """Write a report and hand it in at once, or neither."""
    with transaction.atomic():
        submit(write(report, by=by, organisation=organisation), by=by)
    return report


def own_of(viewer: Viewer) -> Q:
    """Reports that count as the viewer's own; what came by a link counts for its maker, who knows the secret."""
    desk = "commitment__agreement__desk"
    written = same_eyes(viewer, author="created_by", desk=desk, day="created_at__date")
    # Found by who made them: joined, all links would be read.
    by_link = Link.objects.filter(OneOf(F("created_by"), whose_eyes(viewer)), written, pk=OuterRef("link"))
    return written | Q(Exists(by_link))


def may_decide(report: Report, viewer: Viewer) -> bool:
    """Managers of the desk decide on all reports; officers only on the partner's. Nobody on their own."""
    if report.status != ReportStatus.SUBMITTED or viewer.read_only:
        return False
    if not viewer.works_at(report.commitment.agreement.desk_id):
        return False
    decides = viewer.role == Role.MANAGER or report.organisation_id is not None
    return decides and not _is_own(report, viewer)


def with_own(rows: Any, viewer: Viewer) -> Any:
    """Each with whether it counts as the viewer's own."""
    return rows.annotate(is_own=ExpressionWrapper(own_of(viewer), BooleanField()))


def _is_own(report: Report, viewer: Viewer) -> bool:
    if not hasattr(report, "is_own"):
        return Report.objects.filter(own_of(viewer), pk=report.pk).exists()
    return bool(report.is_own)


def _why_not(report: Report, viewer: Viewer) -> Refused:
    """Why the viewer does not decide: the first reason that holds."""
    if report.status != ReportStatus.SUBMITTED:
        return Refused(_("This report is decided already."))
    return why_no_decision(viewer, desk_id=report.commitment.agreement.desk_id, author_id=report.created_by_id)


def decide(report: Report, *, accept: bool, by: Viewer, comment: str = "") -> None:
    """Accept a report, which moves the commitment's delivery and health, or return it with a comment."""
    with transaction.atomic():
        locked = _lock(report)
        if not may_decide(locked, by):
            raise _why_not(locked, by)
        if not accept and not comment.strip():
            raise Refused(_("Say what is missing."))
        locked.status = ReportStatus.ACCEPTED if accept else ReportStatus.RETURNED
        locked.comment = comment.strip()
        locked.decided_by_id, locked.decided_at = by.user_id, timezone.now()
        locked.stamp(None).save()
        if accept:
            commitment = lock(locked.commitment)
            put_delivery(commitment, locked.delivery, locked.on)
            commitment.stamp(by).save()
        health.settle([locked.commitment_id], by.on)
        _write_step(Act.ACCEPT_REPORT if accept else Act.RETURN_REPORT, locked, by, locked.comment)
    report.refresh_from_db()


def _lock(report: Report) -> Report:
    rows = Report.objects.locked().select_related("commitment__agreement")
    return rows.get(pk=report.pk)


def _write_step(act: Act, report: Report, by: Viewer, reason: str = "") -> None:
    commitment = report.commitment
    steps.write(act, commitment.agreement, by, commitment=commitment, about=report, reason=reason)
