"""Reports on a commitment: handed in by either side, accepted or returned by someone else."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Commitment, Report
from agreements.register.lifecycle import sign_step
from agreements.register.models import Agreement, Step
from agreements.vocabulary import Delivery, Health, ReportStatus, Stage
from partners.models import Organisation
from partners.refusals import Refused
from partners.viewers import Role, Viewer

REPORTABLE = (Stage.SIGNED, Stage.SUSPENDED)


def next_number(agreement: Agreement) -> int:
    """The next commitment number of an agreement whose row the caller has locked, or has just made."""
    return (agreement.commitments.aggregate(last=Max("number"))["last"] or 0) + 1


def number(commitment: Commitment) -> None:
    """Give a new commitment its number and reference, and keep its first due day as the baseline."""
    commitment.number = next_number(commitment.agreement)
    commitment.ref = f"{commitment.agreement.ref}-{commitment.number}"
    commitment.baseline_due_on = commitment.due_on
    commitment.baseline_due_precision = commitment.due_precision


def note_author(commitment: Commitment, user_id: int) -> None:
    """Whoever works on the commitments of a draft is an author of it, and does not approve it later."""
    unapproved = Agreement.objects.filter(pk=commitment.agreement_id, stage=Stage.DRAFT)
    unapproved.update(updated_by=user_id, updated_at=timezone.now())


def may_report(commitment: Commitment, viewer: Viewer) -> bool:
    """The desk reports, and so do partners who see the record."""
    if viewer.read_only or commitment.agreement.stage not in REPORTABLE:
        return False
    return viewer.is_partner or viewer.works_at(commitment.agreement.desk_id)


def hand_in(report: Report, *, by: Viewer, organisation: Organisation | None = None) -> Report:
    """Save a new report. A partner's stands in the name of an organisation that the partner speaks for."""
    if not may_report(report.commitment, by):
        raise Refused(_("Reports are taken on signed agreements, from the desk and from partners who see them."))
    if by.is_partner and (organisation is None or organisation.pk not in by.organisation_ids):
        raise Refused(_("Say for which of your organisations you report."))
    with transaction.atomic():
        report.organisation = organisation if by.is_partner else None
        report.on = by.on
        report.created_by_id = report.updated_by_id = by.user_id
        report.full_clean()
        report.save()
        _write_step("report", report, by)
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
        locked = (
            Report.objects.select_for_update(of=("self",)).select_related("commitment__agreement").get(pk=report.pk)
        )
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
            commitment = Commitment.objects.select_for_update(of=("self",)).get(pk=locked.commitment_id)
            commitment.delivery = Delivery(locked.delivery)
            commitment.health = Health(locked.health)
            commitment.updated_by_id = by.user_id
            commitment.version += 1
            commitment.save()
        _write_step("accept_report" if accept else "return_report", locked, by)
    report.refresh_from_db()


def _write_step(name: str, report: Report, by: Viewer) -> None:
    step = Step(agreement=report.commitment.agreement, name=name, on=by.on, reason=report.comment, subject_id=report.pk)
    sign_step(step, by).save()
