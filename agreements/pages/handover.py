"""When an officer moves on: all that they keep on one page, and one act that gives it to a colleague."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agreements.commitments.models import ActionItem, Commitment
from agreements.register.models import Agreement
from agreements.register.rules import handover
from agreements.vocabulary import ActionItemState, Stage
from partners.models import User
from partners.refusals import Refused
from partners.viewers import DESK_STAFF, Role, Viewer

SHOWN = 500


@dataclass(frozen=True)
class Kept:
    """What a person keeps, as the viewer sees it: still alive, by the day that comes next."""

    agreements: Any
    commitments: Any
    action_items: Any


def kept_by(person: User, viewer: Viewer) -> Kept:
    agreements = Agreement.objects.visible_to(viewer).live().filter(owner=person).exclude(stage=Stage.ENDED)
    commitments = Commitment.objects.visible_to(viewer).open().filter(owner=person)
    commitments = commitments.select_related("agreement", "lead", "partner_owner").with_duty(viewer)
    action_items = ActionItem.objects.visible_to(viewer).filter(owner=person, state=ActionItemState.OPEN)
    return Kept(agreements.order_by("expires_on", "pk"), commitments.order_by("due_on", "pk"), action_items)


def may_see(person: User, viewer: Viewer) -> bool:
    """One's own, and a manager that of the people of their desks."""
    if person.pk == viewer.user_id:
        return True
    return viewer.role == Role.MANAGER and bool(person.desks_held_on(viewer.on)[0] & viewer.desk_ids)


def whose_work(viewer: Viewer) -> Q:
    """The same as a condition on people."""
    own = Q(pk=viewer.user_id)
    return own | Q(desks__in=viewer.desk_ids) if viewer.role == Role.MANAGER else own


def colleagues(person: User, viewer: Viewer) -> Any:
    """Who can take it over: those who work at one of the person's desks."""
    return handover.colleagues(viewer).exclude(pk=person.pk)


@transaction.atomic
def hand_over(person: User, to: User, *, by: Viewer) -> int:
    """Give to a colleague what a person keeps at desks where both may: all of it or nothing. Return how many records.

    Each agreement gets a step, so that the new keeper is told and the timeline tells. Raises Refused.
    """
    if by.role != Role.MANAGER or by.read_only or not may_see(person, by):
        raise Refused(_("Only a manager of the desk hands work over."))
    desks = to.desks_held_on(by.on)[0] & by.desk_ids
    if to.role not in DESK_STAFF or not to.is_active or to.pk == person.pk or not desks:
        raise Refused(_("%(name)s does not work at this desk.") % {"name": to})
    kept = kept_by(person, by)
    papers = list(kept.agreements.filter(desk__in=desks).locked())
    duties = list(kept.commitments.filter(agreement__desk__in=desks).locked())
    action_items = list(kept.action_items.filter(desk__in=desks).locked())
    told = {paper.pk: paper for paper in papers} | {duty.agreement_id: duty.agreement for duty in duties}
    handover.pass_on([*papers, *duties, *action_items], told.values(), to, by=by, was=str(person))
    return len(papers) + len(duties) + len(action_items)
