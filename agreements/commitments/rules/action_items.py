"""Action items: done by one person, verified by another, reported once for every commitment that they serve."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.commitments.models import ActionItem, Commitment
from agreements.commitments.rules import health
from agreements.register.rules import steps
from agreements.vocabulary import ActionItemState
from partners.models import Desk, same_eyes
from partners.refusals import Refused
from partners.viewers import DESK_STAFF, Viewer


def may_edit(action: ActionItem, viewer: Viewer) -> bool:
    return viewer.works_at(action.desk_id) and not viewer.read_only and action.state != ActionItemState.VERIFIED


def save(action: ActionItem, write: Callable[[], object], *, serves: Sequence[Commitment], by: Viewer) -> ActionItem:
    """Keep an item that a form has filled; a new one is the desk's whose commitment it serves, else the first of
    one's own. What it serves out of the writer's sight stays."""
    if action.pk is None:
        own = Desk.objects.visible_to(by).filter(pk__in=by.desk_ids)
        of_served = [row.agreement.desk_id for row in serves if row.agreement.desk_id in by.desk_ids]
        action.desk = own.get(pk=of_served[0]) if of_served else own.order_by("pk")[:1].get()
    action.stamp(by)
    write()
    hidden = action.commitments.exclude(pk__in=action.commitments.visible_to(by).values("pk"))
    action.commitments.set([*serves, *hidden])
    return action


def may_finish(action: ActionItem, viewer: Viewer) -> bool:
    return viewer.works_at(action.desk_id) and not viewer.read_only and action.state == ActionItemState.OPEN


def _not_yours(action: ActionItem, viewer: Viewer) -> Refused | None:
    if viewer.read_only or viewer.role not in DESK_STAFF:
        return Refused(_("Your role does not do this."))
    return None if viewer.works_at(action.desk_id) else Refused(_("This action item belongs to another desk."))


def _why_not_verified(action: ActionItem) -> Refused:
    if action.state == ActionItemState.VERIFIED:
        return Refused(_("This is verified already."))
    if action.state == ActionItemState.OPEN:
        return Refused(_("This is not done yet."))
    return Refused(_("Someone else of the desk verifies what you did or were to do."))


def finish(action: ActionItem, *, result: str, by: Viewer) -> None:
    """Say that it is done and what came of it; it then waits for a second person."""
    if not result.strip():
        raise Refused(_("Say what came of it."))
    with transaction.atomic():
        locked = ActionItem.objects.locked().get(pk=action.pk)
        if not may_finish(locked, by):
            raise _not_yours(locked, by) or Refused(_("This is done already."))
        locked.state, locked.result = ActionItemState.DONE, result.strip()
        locked.done_by_id, locked.done_on = by.user_id, by.on
        locked.stamp(by).save()
        _tell(Act.ACTION_DONE, locked, by)


def own_of(viewer: Viewer) -> Q:
    """Items that count as the viewer's own work: done by the viewer, or the viewer's to do."""
    done = same_eyes(viewer, author="done_by", desk="desk", day="done_on")
    return done | same_eyes(viewer, author="owner", desk="desk", day="done_on")


def may_verify(action: ActionItem, viewer: Viewer) -> bool:
    """Anyone else of the desk: not who did it, nor who was to do it."""
    if action.state != ActionItemState.DONE or viewer.read_only or not viewer.works_at(action.desk_id):
        return False
    return not ActionItem.objects.filter(own_of(viewer), pk=action.pk).exists()


def verify(action: ActionItem, *, holds: bool, by: Viewer, reason: str = "") -> None:
    """Verify what was done, or open it again with a reason. Exactly one of two attempts takes effect."""
    with transaction.atomic():
        locked = ActionItem.objects.locked().get(pk=action.pk)
        if not may_verify(locked, by):
            raise _not_yours(locked, by) or _why_not_verified(locked)
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
