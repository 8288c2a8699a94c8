"""A promise gets another day, or is dropped, only by request: with a reason, and approved by someone else.

The first day is kept for ever.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.commitments.models import Commitment, DueRequest
from agreements.commitments.rules import health
from agreements.commitments.rules.acts import lock, put_delivery, why_no_decision
from agreements.dates import PartialDate
from agreements.register.rules import steps
from agreements.vocabulary import Delivery, RequestKind, RequestState
from partners.models import Organisation, same_eyes
from partners.refusals import Refused
from partners.viewers import Role, Viewer

# By whether it was to be dropped, and whether that was approved.
DECIDED = {
    (False, True): Act.MOVE_DAY, (False, False): Act.KEEP_DAY, (True, True): Act.DROP, (True, False): Act.KEEP_PROMISE,
}  # fmt: skip


def is_fixed(commitment: Commitment) -> bool:
    """Whether the due day is a promise already: then it moves by request alone."""
    has_day = commitment.due_on is not None or commitment.due_after is not None
    return has_day and commitment.is_promised


def may_ask(commitment: Commitment, viewer: Viewer) -> bool:
    """The desk asks for another day, and so do partners who see the record."""
    return is_fixed(commitment) and may_ask_to_drop(commitment, viewer)


def may_ask_to_drop(commitment: Commitment, viewer: Viewer) -> bool:
    """The same people ask that an open promise is dropped."""
    if viewer.read_only or not commitment.is_promised or not commitment.is_open:
        return False
    return viewer.is_partner or viewer.works_at(commitment.agreement.desk_id)


def ask(
    commitment: Commitment, to: PartialDate, *, reason: str, by: Viewer, organisation: Organisation | None = None
) -> DueRequest:
    """Ask for a new day. Raises Refused, and changes nothing, where it cannot be asked for."""
    if not may_ask(commitment, by):
        raise Refused(_("A new day is asked for by the desk or by a partner, on an open commitment that has one."))
    day = to.last_day
    if day < by.on:
        raise Refused(_("The new day has passed already."))
    with transaction.atomic():
        locked = lock(commitment)
        if (locked.due_on, locked.due_precision) == (day, to.precision):
            raise Refused(_("This is the day that holds now."))
        if locked.start_on and day < locked.start_on:
            raise Refused(_("The commitment is due before it starts."))
        request = DueRequest(commitment=locked, to_on=day, to_precision=to.precision, reason=reason)
        return _keep(Act.ASK_DAY, request, by, organisation)


def ask_to_drop(
    commitment: Commitment, *, reason: str, by: Viewer, organisation: Organisation | None = None
) -> DueRequest:
    """Ask that a promise is given up. Raises Refused, and changes nothing, where it cannot be asked for."""
    if not may_ask_to_drop(commitment, by):
        raise Refused(_("The desk or a partner asks to drop an open commitment of a concluded agreement."))
    with transaction.atomic():
        request = DueRequest(commitment=lock(commitment), kind=RequestKind.DROP, reason=reason)
        return _keep(Act.ASK_DROP, request, by, organisation)


def _keep(act: Act, request: DueRequest, by: Viewer, organisation: Organisation | None) -> DueRequest:
    """Keep a request on a commitment whose row is locked."""
    commitment = request.commitment
    if by.is_partner and (organisation is None or organisation.pk not in by.organisation_ids):
        raise Refused(_("Say for which of your organisations you ask."))
    if not request.reason.strip():
        raise Refused(_("Give a reason."))
    if commitment.due_requests.filter(state=RequestState.WAITING).exists():
        raise Refused(_("A request waits already: it is decided first."))
    request.organisation = organisation if by.is_partner else None
    request.from_on, request.from_precision = commitment.due_on, commitment.due_precision
    request.reason = request.reason.strip()
    request.stamp(by).save()
    _write_step(act, commitment, request, by, request.reason)
    return request


def own_of(viewer: Viewer) -> Q:
    """Requests that count as the viewer's own."""
    return same_eyes(viewer, author="created_by", desk="commitment__agreement__desk", day="created_at__date")


def may_decide(request: DueRequest, viewer: Viewer) -> bool:
    """A manager of the desk, and never who asked."""
    if request.state != RequestState.WAITING or viewer.read_only or viewer.role != Role.MANAGER:
        return False
    if not viewer.works_at(request.commitment.agreement.desk_id):
        return False
    return not DueRequest.objects.filter(own_of(viewer), pk=request.pk).exists()


def _why_not(request: DueRequest, viewer: Viewer) -> Refused:
    """Why the viewer does not decide: the first reason that holds."""
    if request.state != RequestState.WAITING:
        return Refused(_("This request is decided already."))
    return why_no_decision(viewer, desk_id=request.commitment.agreement.desk_id, author_id=request.created_by_id)


def decide(request: DueRequest, *, approve: bool, by: Viewer, comment: str = "") -> None:
    """Move the day, or drop it; or refuse with a comment. The baseline stays. Exactly one decision takes effect."""
    with transaction.atomic():
        commitment = lock(request.commitment)
        waiting = DueRequest.objects.locked().select_related("commitment__agreement")
        locked = waiting.get(pk=request.pk)
        if not may_decide(locked, by):
            raise _why_not(locked, by)
        if not approve and not comment.strip():
            raise Refused(_("Say why it stays as it is."))
        is_drop = locked.kind == RequestKind.DROP
        if approve and is_drop and not commitment.is_open:
            raise Refused(_("It is delivered or dropped already."))
        if approve and not is_drop and commitment.due_on != locked.from_on:
            raise Refused(_("The day has moved since this was asked: refuse it, and let it be asked again."))
        locked.state = RequestState.APPROVED if approve else RequestState.REFUSED
        locked.comment, locked.decided_by_id, locked.decided_at = comment.strip(), by.user_id, timezone.now()
        locked.stamp(None).save()
        if approve:
            _grant(commitment, locked, by.on)
            commitment.stamp(by).save()
            health.settle([commitment.pk], by.on)
        _write_step(DECIDED[is_drop, approve], commitment, locked, by, locked.comment or locked.reason)
    request.refresh_from_db()


def _grant(commitment: Commitment, request: DueRequest, on: date) -> None:
    if request.kind == RequestKind.DROP:
        put_delivery(commitment, Delivery.DROPPED, on)
        return
    commitment.due_on, commitment.due_precision = request.to_on, request.to_precision
    # A day that both sides have agreed no longer follows the event that it once was counted from.
    commitment.due_after, commitment.due_unit, commitment.due_from, commitment.due_event_on = None, "", "", None


def withdraw(request: DueRequest, *, by: Viewer) -> None:
    """Take one's own request back while nobody has decided on it."""
    with transaction.atomic():
        locked = DueRequest.objects.locked().get(pk=request.pk)
        if locked.state != RequestState.WAITING or locked.created_by_id != by.user_id or by.read_only:
            raise Refused(_("Only who asked can withdraw a request, and only while it waits."))
        locked.state = RequestState.WITHDRAWN
        locked.stamp(None).save()


def _write_step(act: Act, commitment: Commitment, request: DueRequest, by: Viewer, reason: str) -> None:
    steps.write(act, commitment.agreement, by, commitment=commitment, about=request, reason=reason)
