"""A promised day moves only by request, with a reason, approved by someone else. The first day is kept for ever."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.commitments.models import Commitment, DueRequest
from agreements.commitments.rules import health
from agreements.commitments.rules.acts import lock
from agreements.dates import PartialDate
from agreements.register.rules import steps
from agreements.vocabulary import CONCLUDED_OR_SUSPENDED, RequestState
from partners.models import Organisation
from partners.refusals import Refused
from partners.viewers import Role, Viewer


def is_fixed(commitment: Commitment) -> bool:
    """Whether the due day is a promise already: then it moves by request alone."""
    return commitment.due_on is not None and commitment.agreement.stage in CONCLUDED_OR_SUSPENDED


def may_ask(commitment: Commitment, viewer: Viewer) -> bool:
    """The desk asks, and so do partners who see the record."""
    if viewer.read_only or not is_fixed(commitment) or not commitment.is_open:
        return False
    return viewer.is_partner or viewer.works_at(commitment.agreement.desk_id)


def ask(
    commitment: Commitment, to: PartialDate, *, reason: str, by: Viewer, organisation: Organisation | None = None
) -> DueRequest:
    """Ask for a new day. Raises Refused, and changes nothing, where it cannot be asked for."""
    if not may_ask(commitment, by):
        raise Refused(_("A new day is asked for by the desk or by a partner, on an open commitment that has one."))
    if by.is_partner and (organisation is None or organisation.pk not in by.organisation_ids):
        raise Refused(_("Say for which of your organisations you ask."))
    if not reason.strip():
        raise Refused(_("Give a reason."))
    day = to.last_day
    if day < by.on:
        raise Refused(_("The new day has passed already."))
    with transaction.atomic():
        locked = lock(commitment)
        if (locked.due_on, locked.due_precision) == (day, to.precision):
            raise Refused(_("This is the day that holds now."))
        if locked.start_on and day < locked.start_on:
            raise Refused(_("The commitment is due before it starts."))
        if locked.due_requests.filter(state=RequestState.WAITING).exists():
            raise Refused(_("A request for a new day waits already: it is decided first."))
        request = DueRequest(
            commitment=locked, organisation=organisation if by.is_partner else None, from_on=locked.due_on,
            from_precision=locked.due_precision, to_on=day, to_precision=to.precision, reason=reason.strip(),
        )  # fmt: skip
        request.stamp(by).save()
        _write_step(Act.ASK_DAY, locked, request, by, request.reason)
    return request


def may_decide(request: DueRequest, viewer: Viewer) -> bool:
    """A manager of the desk, and never who asked."""
    if request.state != RequestState.WAITING or viewer.read_only or request.created_by_id == viewer.user_id:
        return False
    return viewer.role == Role.MANAGER and viewer.works_at(request.commitment.agreement.desk_id)


def decide(request: DueRequest, *, approve: bool, by: Viewer, comment: str = "") -> None:
    """Move the day, or refuse with a comment. The baseline stays. Exactly one decision takes effect."""
    with transaction.atomic():
        commitment = lock(request.commitment)
        waiting = DueRequest.objects.locked().select_related("commitment__agreement")
        locked = waiting.get(pk=request.pk)
        if not may_decide(locked, by):
            raise Refused(_("You cannot decide on this request: it is decided already, or it is your own."))
        if not approve and not comment.strip():
            raise Refused(_("Say why the day stays."))
        if approve and commitment.due_on != locked.from_on:
            raise Refused(_("The day has moved since this was asked: refuse it, and let it be asked again."))
        locked.state = RequestState.APPROVED if approve else RequestState.REFUSED
        locked.comment, locked.decided_by_id, locked.decided_at = comment.strip(), by.user_id, timezone.now()
        locked.stamp(None).save()
        if approve:
            commitment.due_on, commitment.due_precision = locked.to_on, locked.to_precision
            # A day that both sides have agreed no longer follows the event that it once was counted from.
            commitment.due_after, commitment.due_unit, commitment.due_from, commitment.due_event_on = None, "", "", None
            commitment.stamp(by).save()
            health.settle([commitment.pk], by.on)
        act = Act.MOVE_DAY if approve else Act.KEEP_DAY
        _write_step(act, commitment, locked, by, locked.comment or locked.reason)
    request.refresh_from_db()


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
