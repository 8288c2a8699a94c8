"""Whom each step concerns next: unread Steps become rows of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from agreements.commitments.models import Commitment, DueRequest, Link, Position, Report
from agreements.register.models import Comment, Share, Step
from agreements.reminders.models import Reminder
from agreements.sources.models import Document
from agreements.vocabulary import Direction
from partners.models import Membership, User
from partners.viewers import Role

OF_THE_COMMITMENT = frozenset({"block", "escalate", "unblock", "nudge"})
SUBJECTS: Mapping[str, Any] = {
    **dict.fromkeys(("report", "accept_report", "return_report"), Report),
    **dict.fromkeys(("confirm", "confirm_behalf", "dispute", "adopt_wording", "decline_wording"), Position),
    **dict.fromkeys(("ask_day", "move_day", "keep_day"), DueRequest),
    **dict.fromkeys(("send_link", "revoke_link"), Link),
}
SILENT = frozenset(
    {
        "log", "import", "unshare", "undo", "bulk", "bulk_undo", "send_link", "revoke_link", "confirm_behalf",
        "take_effect", "near_end",
    }
)  # fmt: skip


def put_steps_into_ledger(*, most: int = 200) -> int:
    """Make a notice for each person that an untold step concerns; return how many steps were read.

    The rows and the mark on the step are one transaction, so a crash repeats nothing and forgets nothing.
    """
    with transaction.atomic():
        steps = list(
            Step.objects.untold().select_for_update(skip_locked=True, of=("self",))
            .select_related("agreement").order_by("pk")[:most]
        )  # fmt: skip
        rows = [
            Reminder(step=step, recipient=user, agreement=step.agreement, commitment_id=commitment_id)
            for step in steps
            for commitment_id in [_commitment_of(step)]
            for user in _concerned(step)
            if user.pk != step.by_id
        ]
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)
        Step.objects.filter(pk__in=[step.pk for step in steps]).update(told_at=timezone.now())
    return len(steps)


def _commitment_of(step: Step) -> int | None:
    """The commitment that a step is about: its subject, or what its subject belongs to."""
    if step.name in OF_THE_COMMITMENT:
        return step.subject_id
    model = SUBJECTS.get(step.name)
    if model is None:
        return None
    found: int | None = model.objects.filter(pk=step.subject_id or 0).values_list("commitment_id", flat=True).first()
    return found


def _in_thread(step: Step) -> Q:
    """Who is mentioned in a comment, or has spoken in its thread before."""
    said = Comment.objects.filter(pk=step.subject_id or 0).first()
    if said is None:
        return Q(pk__in=())
    head = said.thread_id or said.pk
    earlier = Comment.objects.filter(Q(pk=head) | Q(thread=head), pk__lt=said.pk)
    return Q(mentions=said) | Q(pk__in=earlier.values("created_by"))


def _concerned(step: Step) -> Iterable[User]:
    active: QuerySet[User] = User.objects.filter(is_active=True)
    managers = Q(role=Role.MANAGER, desks=step.agreement.desk_id)
    keeper = Q(pk=step.agreement.owner_id or 0)
    match step.name:
        case "submit":
            return active.filter(managers).distinct()
        case "amendment_submit":
            return active.filter(managers).distinct()
        case "comment":
            return active.filter(_in_thread(step) | keeper).distinct()
        case "paper_refused":
            return active.filter(pk__in=Document.objects.filter(pk=step.subject_id or 0).values("created_by"))
        case "share":
            members = Share.objects.filter(pk=step.subject_id or 0).values("organisation")
            return active.filter(
                role=Role.PARTNER, memberships__organisation__in=members, memberships__archived_at=None
            ).distinct()
        case name if name in SILENT:
            return []
        case _:
            return _concerned_by_commitment(step, active, managers, keeper)


def _concerned_by_commitment(step: Step, active: QuerySet[User], managers: Q, keeper: Q) -> Iterable[User]:
    """The side that has to act next on a commitment; for any other step, who keeps the agreement."""
    match step.name:
        case "report" | "ask_day" | "dispute" | "action_done" | "block":
            return active.filter(managers | keeper).distinct()
        case "accept_report" | "return_report" | "move_day" | "keep_day" | "adopt_wording" | "decline_wording":
            written = SUBJECTS[step.name].objects.filter(pk=step.subject_id or 0)
            return active.filter(pk__in=written.values("created_by"))
        case "nudge":
            return active.filter(_who_owes(step)).distinct()
        case _:
            return active.filter(keeper)


def _who_owes(step: Step) -> Q:
    """People of the partner in charge; where the promise is ours alone, who keeps it."""
    commitment = Commitment.objects.filter(pk=step.subject_id or 0).first()
    if commitment is None:
        return Q(pk__in=())
    keeper = Q(pk=commitment.owner_id or step.agreement.owner_id or 0)
    if commitment.direction == Direction.OURS or commitment.partner_owner_id is None:
        return keeper
    members = Membership.objects.held_on(step.on).filter(organisation=commitment.partner_owner_id)
    partners = Q(role=Role.PARTNER, pk__in=members.values("user"))
    return partners if commitment.direction == Direction.THEIRS else partners | keeper
