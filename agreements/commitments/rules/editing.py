"""Writing a commitment: its number, its first day, its authors, and what a delivery needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.commitments.models import Commitment
from agreements.commitments.rules import deadlines, due_requests, health
from agreements.register.models import Agreement
from agreements.register.rules.work_calendar import work_calendar
from agreements.vocabulary import CONCLUDED_OR_SUSPENDED, Delivery, MilestoneStatus, ReportStatus, Stage
from partners.refusals import Refused
from partners.viewers import Viewer

MOVES_BY_REQUEST = _("This day is promised: it moves by a request with a reason, on the page of the commitment.")


def save(commitments: Collection[Commitment], *, by: Viewer | None, on: date, judge: bool = True) -> None:
    """Save commitments that somebody has written or changed, under the lock of their agreement.

    New ones get their number, reference and keeper. The due day is counted from its event, the first day that was
    promised is kept, and a draft notes who works on it. `by` is None for a data file: what it says of its days
    stands. With `judge=False` the caller settles the health of all that it saves, once. Raises ValidationError.
    """
    if not commitments:
        return
    calendar = work_calendar()
    known = Commitment.objects.filter(pk__in=[commitment.pk for commitment in commitments if commitment.pk])
    was = dict(known.values_list("pk", "delivery"))
    for commitment in commitments:
        if commitment.pk is None:
            _enter(commitment, by)
        if by:
            if commitment.delivery != was.get(commitment.pk):
                put_delivery(commitment, commitment.delivery, on)
            deadlines.put(commitment, calendar)
        keep_baseline(commitment)
        commitment.stamp(by).full_clean()
        commitment.save()
    if by:
        note_author({commitment.agreement_id for commitment in commitments}, by)
    if judge:
        health.settle([commitment.pk for commitment in commitments], on)


def _enter(commitment: Commitment, by: Viewer | None) -> None:
    """Number, reference and keeper of a new commitment, where a data file does not bring them."""
    if commitment.number is None:
        commitment.number = next_number(commitment.agreement)
    commitment.ref = f"{commitment.agreement.ref}-{commitment.number}"
    if by and commitment.owner_id is None:
        commitment.owner_id = by.user_id


def next_number(agreement: Agreement) -> int:
    """The next commitment number of an agreement whose row the caller has locked, or has just made."""
    return (agreement.commitments.aggregate(last=Max("number"))["last"] or 0) + 1


def keep_baseline(commitment: Commitment) -> None:
    """The first day that was promised. Before the signing nothing is promised yet, so it follows."""
    unsigned = commitment.agreement.stage not in CONCLUDED_OR_SUSPENDED
    if commitment.due_on and (commitment.baseline_due_on is None or unsigned):
        commitment.baseline_due_on, commitment.baseline_due_precision = commitment.due_on, commitment.due_precision


def put_delivery(commitment: Commitment, value: str, on: date) -> None:
    """Set the delivery, and the day on which it was delivered; the caller saves."""
    if value == Delivery.DELIVERED and commitment.delivered_on is None:
        commitment.delivered_on = on
    elif value != Delivery.DELIVERED:
        commitment.delivered_on = None
    commitment.delivery = Delivery(value)


def note_author(agreements: Iterable[int], by: Viewer) -> None:
    """Whoever works on the commitments of a draft is an author of it, and does not approve it later."""
    drafts = Agreement.objects.filter(pk__in=list(agreements), stage=Stage.DRAFT)
    drafts.update(updated_by=by.user_id, updated_at=timezone.now())


def refuses_day(commitment: Commitment, due_on: date | None, precision: str) -> Refused | None:
    """Why a person may not set this due day by hand: a promised day moves by request alone."""
    if commitment.pk is None:
        return None
    known = Commitment.objects.select_related("agreement").get(pk=commitment.pk)
    is_same = due_on == known.due_on and (due_on is None or precision == known.due_precision)
    return Refused(MOVES_BY_REQUEST) if due_requests.is_fixed(known) and not is_same else None


def refuses_delivery(commitment: Commitment, value: str, was: str) -> Refused | None:
    """Why a person may not set this delivery by hand; None if nothing speaks against it."""
    if value == Delivery.CARRIED and was != Delivery.CARRIED:
        return Refused(_("Only the ending of its agreement carries a commitment over."))
    if value != Delivery.DELIVERED or was == Delivery.DELIVERED:
        return None
    if commitment.pk and (commitment.agreement.stage not in CONCLUDED_OR_SUSPENDED or bears_out(commitment)):
        return None
    return Refused(_("Delivered needs evidence: hand in a report with a file or a link, or a milestone that shows it."))


def bears_out(commitment: Commitment) -> bool:
    """Whether anything shows that it was delivered: an accepted report with evidence, or a milestone with it."""
    reports = commitment.reports.live().filter(status=ReportStatus.ACCEPTED)
    if reports.exclude(evidence_url="").exists() or reports.filter(evidence__archived_at=None).exists():
        return True
    met = commitment.milestones.live().filter(status=MilestoneStatus.MET)
    return bool(met.exclude(evidence=None, evidence_url="").exists())


def would_wait_for_itself(commitment: Commitment, first: Iterable[Commitment]) -> bool:
    """Whether one of these waits, by however many steps, for the commitment itself."""
    seen: set[int] = set()
    step = {row.pk for row in first}
    while step and commitment.pk not in step:
        seen |= step
        links = Commitment.depends_on.through.objects.filter(from_commitment__in=step)
        step = set(links.values_list("to_commitment", flat=True)) - seen
    return commitment.pk in step


def may_edit(commitment: Commitment, viewer: Viewer) -> bool:
    agreement = commitment.agreement
    return visibility.may_edit_commitments(viewer, desk_id=agreement.desk_id, stage=agreement.stage)
