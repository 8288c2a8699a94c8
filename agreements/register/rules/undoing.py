"""Taking an act back: within minutes by its author where it had no effect outside, else by a corrective entry.

Nothing is erased: the act stays in the history, and a new step says that it was taken back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.register.models import Agreement, Participant, Step
from agreements.register.rules import steps
from agreements.register.rules.lifecycle import TRANSITIONS, put
from partners.refusals import Refused
from partners.viewers import Role, Viewer

UNDO_MINUTES = 10
STAGE_ACTS = frozenset({*(transition.act for transition in TRANSITIONS.values()), Act.NOTICE, Act.ARCHIVE})
LEGAL_ACTS = frozenset({*(transition.act for transition in TRANSITIONS.values() if transition.is_legal), Act.NOTICE})


def last_act(agreement: Agreement) -> Step | None:
    """The latest act on the stage that still stands."""
    standing = Step.objects.filter(agreement=agreement, name__in=STAGE_ACTS, undone_by=None)
    return standing.order_by("-pk").first()


def archive(agreement: Agreement, *, by: Viewer, reason: str) -> Step:
    """Take the record out of every desk's sight, with a reason. The operator can bring it back at any time."""
    if by.role != Role.MANAGER or not by.works_at(agreement.desk_id) or by.read_only:
        raise Refused(_("A manager of its desk archives an agreement."))
    if not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic():
        locked = Agreement.objects.locked().get(pk=agreement.pk)
        if locked.archived_at:
            raise Refused(_("This agreement is archived."))
        values = {"archived_at": timezone.now(), "archived_because": reason.strip()[:300]}
        return steps.write(
            Act.ARCHIVE, locked, by, from_stage=locked.stage, to_stage=locked.stage, reason=reason.strip(),
            before=put(locked, values),
        )  # fmt: skip


def may_undo(step: Step, viewer: Viewer, *, at: datetime) -> Refused | None:
    """Why the viewer may not take this act back now; None if nothing speaks against it."""
    if viewer.user_id != step.by_id or viewer.read_only or not viewer.works_at(step.agreement.desk_id):
        return Refused(_("Only who did it can undo it."))
    if step.name in LEGAL_ACTS or step.name not in STAGE_ACTS:
        return Refused(_("This act has effect outside: it is corrected by a new entry, not undone."))
    if at - step.at > timedelta(minutes=UNDO_MINUTES):
        return Refused(_("It can be undone for %(minutes)s minutes only.") % {"minutes": UNDO_MINUTES})
    if step.agreement.version != step.before.get("version"):
        return Refused(_("Something else has happened to it since."))
    return None


def undo(step: Step, *, by: Viewer, at: datetime) -> Step:
    """Put the columns back as they were before the act. Raises Refused and changes nothing."""
    with transaction.atomic():
        agreement = Agreement.objects.locked().get(pk=step.agreement_id)
        fresh = Step.objects.select_related("agreement").get(pk=step.pk)
        if Step.objects.filter(undoes=fresh).exists():
            raise Refused(_("It has been undone already."))
        if no := may_undo(fresh, by, at=at):
            raise no
        return _take_back(Act.UNDO, fresh, agreement, by, "")


def may_rectify(agreement: Agreement, viewer: Viewer) -> Step | None:
    """The legal act that the viewer may correct: the last one that stands, by a manager of the desk or an operator."""
    rescues = viewer.role == Role.OPERATOR
    manages = viewer.role == Role.MANAGER and viewer.works_at(agreement.desk_id)
    if viewer.read_only or not (rescues or manages) or agreement.archived_at:
        return None
    last = last_act(agreement)
    return last if last and last.name in LEGAL_ACTS and last.before else None


def rectify(agreement: Agreement, *, by: Viewer, reason: str) -> Step:
    """Correct the last legal act by a new entry that brings back what stood before."""
    with transaction.atomic():
        locked = Agreement.objects.locked().get(pk=agreement.pk)
        last = may_rectify(locked, by)
        if last is None:
            raise Refused(_("There is no act here for you to correct."))
        if not reason.strip():
            raise Refused(_("Say what was wrong."))
        return _take_back(Act.RECTIFY, last, locked, by, reason.strip())


def _take_back_consent(step: Step) -> None:
    """What a participant's row held before; the entry into force that follows from it is counted anew."""
    row = Participant.objects.locked().get(pk=step.before["participant"])
    for column, value in step.before["was"].items():
        setattr(row, column, row.field_of(column).to_python(value))
    row.stamp(None).save()


def _take_back(act: Act, step: Step, agreement: Agreement, by: Viewer, reason: str) -> Step:
    stage = agreement.stage
    if step.name == Act.RATIFY:
        _take_back_consent(step)
    columns = {
        column: value for column, value in step.before.items() if column not in ("version", "participant", "was")
    }
    fields: Any = agreement._meta
    values = {column: fields.get_field(column).to_python(value) for column, value in columns.items()}
    return steps.write(
        act, agreement, by, from_stage=stage, to_stage=values.get("stage", stage), reason=reason, undoes=step,
        before=put(agreement, values),
    )  # fmt: skip
