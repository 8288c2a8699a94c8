"""Reports on a commitment: written and handed in by either side, accepted or returned by someone else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.commitments import health
from agreements.commitments.acts import lock, save, write_step
from agreements.commitments.models import Commitment, Report
from agreements.register.models import Agreement
from agreements.vocabulary import BINDING, Delivery, MilestoneStatus, ReportStatus, Stage
from partners.models import Organisation
from partners.refusals import Refused
from partners.viewers import Role, Viewer


def next_number(agreement: Agreement) -> int:
    """The next commitment number of an agreement whose row the caller has locked, or has just made."""
    return (agreement.commitments.aggregate(last=Max("number"))["last"] or 0) + 1


def number(commitment: Commitment) -> None:
    """Give a new commitment its number and reference, and keep its first due day as the baseline."""
    commitment.number = next_number(commitment.agreement)
    commitment.ref = f"{commitment.agreement.ref}-{commitment.number}"
    keep_baseline(commitment)


def keep_baseline(commitment: Commitment) -> None:
    """The first day that was promised. Before the signing nothing is promised yet, so it follows."""
    unsigned = commitment.agreement.stage not in BINDING
    if commitment.due_on and (commitment.baseline_due_on is None or unsigned):
        commitment.baseline_due_on, commitment.baseline_due_precision = commitment.due_on, commitment.due_precision


def note_author(commitment: Commitment, user_id: int) -> None:
    """Whoever works on the commitments of a draft is an author of it, and does not approve it later."""
    unapproved = Agreement.objects.filter(pk=commitment.agreement_id, stage=Stage.DRAFT)
    unapproved.update(updated_by=user_id, updated_at=timezone.now())


def bears_out(commitment: Commitment) -> bool:
    """Whether anything shows that it was delivered: an accepted report with evidence, or a milestone with it."""
    reports = commitment.reports.filter(status=ReportStatus.ACCEPTED, archived_at=None)
    if reports.exclude(evidence_url="").exists() or reports.filter(evidence__archived_at=None).exists():
        return True
    met = commitment.milestones.filter(status=MilestoneStatus.MET, archived_at=None)
    return bool(met.exclude(evidence=None, evidence_url="").exists())


def refuses_delivery(commitment: Commitment, value: str, was: str) -> Refused | None:
    """Why a person may not set this delivery by hand; None if nothing speaks against it."""
    if value != Delivery.DELIVERED or was == Delivery.DELIVERED:
        return None
    if commitment.pk and (commitment.agreement.stage not in BINDING or bears_out(commitment)):
        return None
    return Refused(_("Delivered needs evidence: hand in a report with a file or a link, or a milestone that shows it."))


def would_wait_for_itself(commitment: Commitment, first: Iterable[Commitment]) -> bool:
    """Whether one of these waits, by however many steps, for the commitment itself."""
    seen: set[int] = set()
    step = {row.pk for row in first}
    while step and commitment.pk not in step:
        seen |= step
        links = Commitment.depends_on.through.objects.filter(from_commitment__in=step)
        step = set(links.values_list("to_commitment", flat=True)) - seen
    return commitment.pk in step


def may_report(commitment: Commitment, viewer: Viewer) -> bool:
    """The desk reports, and so do partners who see the record."""
    if viewer.read_only or commitment.agreement.stage not in BINDING:
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
                raise Refused(_("This report is handed in: it is no longer yours to change."))
            report.status, report.version = now.status, now.version + 1
        else:
            report.status = ReportStatus.DRAFT
            report.created_by_id = by.user_id
        report.organisation = organisation if by.is_partner else None
        report.on = by.on
        report.updated_by_id = by.user_id
        report.full_clean()
        report.save()
    return report


def lacks_evidence(report: Report) -> bool:
    """A claim that it is delivered is shown by a file or a link."""
    claims = report.delivery == Delivery.DELIVERED
    return claims and not report.evidence_url and not report.evidence.filter(archived_at=None).exists()  # type: ignore[attr-defined]


def submit(report: Report, *, by: Viewer) -> None:
    """Hand in a draft, or what was returned and written again. Exactly one of two attempts takes effect."""
    with transaction.atomic():
        locked = _lock(report)
        if not may_write(locked, by):
            raise Refused(_("This report is handed in: it is no longer yours to change."))
        if lacks_evidence(locked):
            raise Refused(_("A report that it is delivered needs evidence: attach a file or give a link."))
        locked.status, locked.on = ReportStatus.SUBMITTED, by.on
        locked.decided_by_id = locked.decided_at = None
        locked.version += 1
        locked.save()
        hear(locked.commitment, by)
        write_step("report", locked.commitment, by, subject_id=locked.pk)
    report.refresh_from_db()


def hand_in(report: Report, *, by: Viewer, organisation: Organisation | None = None) -> Report:
    """Write a report and hand it in at once, or neither."""
    with transaction.atomic():
        submit(write(report, by=by, organisation=organisation), by=by)
    return report


def may_decide(report: Report, viewer: Viewer) -> bool:
    """Managers of the desk decide on all reports; officers only on the partner's. Nobody on their own."""
    if report.status != ReportStatus.SUBMITTED or viewer.read_only or report.created_by_id == viewer.user_id:
        return False
    if not viewer.works_at(report.commitment.agreement.desk_id):
        return False
    return viewer.role == Role.MANAGER or report.organisation_id is not None


def decide(report: Report, *, accept: bool, by: Viewer, comment: str = "") -> None:
    """Accept a report, which moves the commitment's delivery and health, or return it with a comment."""
    with transaction.atomic():
        locked = _lock(report)
        if not may_decide(locked, by):
            raise Refused(_("You cannot decide on this report: it is decided already, or it is your own."))
        if not accept and not comment.strip():
            raise Refused(_("Say what is missing."))
        locked.status = ReportStatus.ACCEPTED if accept else ReportStatus.RETURNED
        locked.comment = comment.strip()
        locked.decided_by_id, locked.decided_at = by.user_id, timezone.now()
        locked.version += 1
        locked.save()
        if accept:
            commitment = lock(locked.commitment)
            put_delivery(commitment, locked.delivery, locked.on)
            save(commitment, by)
            health.settle([commitment.pk], by.on)
        name = "accept_report" if accept else "return_report"
        write_step(name, locked.commitment, by, reason=locked.comment, subject_id=locked.pk)
    report.refresh_from_db()


def put_delivery(commitment: Commitment, value: str, on: date) -> None:
    """Set the delivery, and the day on which it was delivered; the caller saves."""
    if value == Delivery.DELIVERED and commitment.delivered_on is None:
        commitment.delivered_on = on
    elif value != Delivery.DELIVERED:
        commitment.delivered_on = None
    commitment.delivery = Delivery(value)


def _lock(report: Report) -> Report:
    rows = Report.objects.locked().select_related("commitment__agreement")
    return rows.get(pk=report.pk)  # type: ignore[no-any-return]


def hear(commitment: Commitment, by: Viewer) -> None:
    """Note a sign of life."""
    Commitment.objects.filter(pk=commitment.pk).update(heard_on=by.on)
    health.settle([commitment.pk], by.on)
