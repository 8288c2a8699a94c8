"""What stands in the way: whose side it is on, who can remove it, raising it to them, and asking who is silent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.commitments.models import Commitment
from agreements.commitments.models.commitment import Side
from agreements.commitments.rules import health
from agreements.commitments.rules.acts import lock
from agreements.register.models import Step
from agreements.register.rules import steps
from agreements.vocabulary import BlockedBy, Direction
from partners.models import Membership, Organisation
from partners.refusals import Refused
from partners.viewers import Role, Viewer

# Each rung can do what the one before cannot.
LADDER = (BlockedBy.DESK, BlockedBy.MINISTRY, BlockedBy.GOVERNMENT, BlockedBy.LEADERS)
NUDGE_DAYS = 7


def may_keep(commitment: Commitment, viewer: Viewer) -> bool:
    """Whether the viewer notes what blocks an open commitment of a paper that binds."""
    is_kept = commitment.is_promised and commitment.is_open
    return is_kept and viewer.works_at(commitment.agreement.desk_id) and not viewer.read_only


def block(commitment: Commitment, *, what: str, side: str, removed_by: str, by: Viewer) -> None:
    """Note what blocks it. Raises Refused where something is noted already."""
    if side not in Side.values or removed_by not in BlockedBy.values or not what.strip():
        raise Refused(_("Say what blocks it, whose side it is on, and who can remove it."))
    if removed_by in LADDER[1:] and by.role != Role.MANAGER:
        raise Refused(_("A manager of the desk raises a blocker: note it with the desk, or with the partner."))
    with transaction.atomic():
        locked = _lock(commitment, by)
        if locked.blocker:
            raise Refused(_("Something is noted already: remove it first, or raise it."))
        locked.blocker, locked.blocked_side, locked.blocked_by = what.strip()[:300], side, removed_by
        locked.blocked_since_on = by.on
        _save(Act.BLOCK, locked, by, locked.blocker)


def raises_to(commitment: Commitment) -> list[BlockedBy]:
    """The rungs above the one that a blocker stands on."""
    if not commitment.blocker:
        return []
    current = BlockedBy(commitment.blocked_by)
    place = LADDER.index(current) + 1 if current in LADDER else 1
    return list(LADDER[place:])


def escalate(commitment: Commitment, *, to: str, reason: str, by: Viewer) -> None:
    """Raise a blocker to who can remove it; a manager of the desk does so, with a reason."""
    if by.role != Role.MANAGER:
        raise Refused(_("A manager of the desk raises a blocker."))
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic():
        locked = _lock(commitment, by)
        if to not in raises_to(locked):
            raise Refused(_("It can only be raised to someone above those it stands with."))
        locked.blocked_by, locked.escalated_on = to, by.on
        _save(Act.ESCALATE, locked, by, reason.strip(), before={"blocked_by": to})


def unblock(commitment: Commitment, *, how: str, by: Viewer) -> None:
    """Note that it is out of the way, and how."""
    if not how.strip():
        raise Refused(_("Say how it was removed."))
    with transaction.atomic():
        locked = _lock(commitment, by)
        if not locked.blocker:
            raise Refused(_("Nothing blocks it."))
        locked.blocker = locked.blocked_side = locked.blocked_by = ""
        locked.blocked_since_on = locked.escalated_on = None
        _save(Act.UNBLOCK, locked, by, how.strip())


def nudge(commitment: Commitment, *, by: Viewer) -> Step:
    """Ask whoever owes it for a word. Noted, and not more often than once a week."""
    with transaction.atomic():
        locked = _lock(commitment, by)
        since = by.on - timedelta(days=NUDGE_DAYS)
        asked = Step.objects.filter(name=Act.NUDGE, commitment=locked, on__gt=since)
        if last := asked.order_by("-pk").first():
            raise Refused(
                _("They were asked on %(day)s; ask again after %(count)s days.")
                % {"day": f"{last.on:%d/%m/%Y}", "count": NUDGE_DAYS}
            )
        if _is_unnamed(locked):
            raise Refused(_("No partner is named, so nobody would be asked: name the partner in charge."))
        if not is_heard(locked, by.on):
            raise Refused(
                _("Nobody of %(name)s has an account, so nobody would be told. "
                  "Make a link without an account for them, or add a contact.")
                % {"name": _asked_of(locked) or _("the partner")}
            )  # fmt: skip
        return steps.write(Act.NUDGE, locked.agreement, by, commitment=locked)


def is_heard(commitment: Commitment, on: date) -> bool:
    """Whether somebody is told who is asked: an account of a partner that owes it, else the keeper of what is ours."""
    owing = commitment.owed_by_partners()
    if _is_unnamed(commitment):
        return False
    if not owing:
        return (commitment.owner_id or commitment.agreement.owner_id) is not None
    members = Membership.objects.held_on(on).filter(organisation__in=owing)
    return members.filter(user__is_active=True, user__role=Role.PARTNER).exists()


def _is_unnamed(commitment: Commitment) -> bool:
    """Whether the partner's side owes it, several could, and none is named."""
    return commitment.direction == Direction.THEIRS and not commitment.owed_by_partners()


def _asked_of(commitment: Commitment) -> str:
    owing = Organisation.objects.filter(pk__in=commitment.owed_by_partners())
    return ", ".join(one.label for one in owing)


def _lock(commitment: Commitment, by: Viewer) -> Commitment:
    locked = lock(commitment)
    if not may_keep(locked, by):
        raise Refused(_("Only its desk does this, on an open commitment of a signed agreement."))
    return locked


def _save(act: Act, commitment: Commitment, by: Viewer, reason: str, **said: Any) -> None:
    commitment.stamp(by).save()
    steps.write(act, commitment.agreement, by, commitment=commitment, reason=reason, **said)
    health.settle([commitment.pk], by.on)
