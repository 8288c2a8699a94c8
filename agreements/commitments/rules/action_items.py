"""Action items: done by one person, verified by another, reported once for every commitment that they serve."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.commitments.models import ActionItem
from agreements.commitments.rules import health
from agreements.register.rules import steps
from agreements.vocabulary import ActionItemState
from partners.refusals import Refused
from partners.viewers import Viewer


def may_edit(action: ActionItem, viewer: Viewer) -> bool:
    return viewer.works_at(action.desk_id) and not viewer.read_only and action.state != ActionItemState.VERIFIED


def may_finish(action: ActionItem, viewer: Viewer) -> bool:
    return viewer.works_at(action.desk_id) and not viewer.read_only and action.state == ActionItemState.OPEN


def finish(action: ActionItem, *, result: str, by: Viewer) -> None:
    """Say that it is done and what came of it; it then waits for a second person."""
    if not result.strip():
        raise Refused(_("Say what came of it."))
    with transaction.atomic():
        locked = ActionItem.objects.locked().get(pk=action.pk)
        if not may_finish(locked, by):
            raise Refused(_("This is done already, or is not your desk's."))
        locked.state, locked.result = ActionItemState.DONE, result.strip()
        locked.done_by_id, locked.done_on = by.user_id, by.on
        locked.stamp(by).save()
        _tell(Act.ACTION_DONE, locked, by)


def may_verify(action: ActionItem, viewer: Viewer) -> bool:
    """Anyone else of the desk: not who did it, nor who was to do it."""
    at_desk = viewer.works_at(action.desk_id) and not viewer.read_only
    return (
        at_desk and action.state == ActionItemState.DONE and viewer.user_id not in (action.done_by_id, action.owner_id)
    )


def verify(action: ActionItem, *, holds: bool, by: Viewer, reason: str = "") -> None:
    """Verify what was done, or open it again with a reason. Exactly one of two attempts takes effect."""
    with transaction.atomic():
        locked = ActionItem.objects.locked().get(pk=action.pk)
        if not may_verify(locked, by):
            raise Refused(_("Someone else of the desk verifies what was done, once."))
        if holds:
            locked.state, locked.verified_by_id, locked.verified_on = ActionItemState.VERIFIED, by.user_id, by.on
        elif not reason.strip():
            raise Refused(_("Say what is missing."))
        else:
            locked.state, locked.done_by_id, locked.done_on = ActionItemState.OPEN, None, None
            locked.result = f"{locked.result}\n– {reason.strip()}"
        locked.stamp(by).save()
        _tell(Act.ACTION_VERIFY if holds else Act.ACTION_REOPEN, locked, by, reason.strip())


def _tell(act: Act, action: ActionItem, by: Viewer, reason: str = "") -> None:
    """One line in the history of each agreement that it serves, and a sign of life of each commitment."""
    served = list(action.commitments.select_related("agreement").order_by("agreement", "pk"))
    for agreement in {row.agreement_id: row.agreement for row in served}.values():
        steps.write(act, agreement, by, about=action, reason=reason or action.title)
    if act == Act.ACTION_VERIFY:
        health.settle([row.pk for row in served], by.on)
