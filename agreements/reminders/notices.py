"""Whom each step concerns next: unread Steps become rows of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from agreements.commitments.models import Commitment, DueRequest, Link, Position, Report
from agreements.register.models import Comment, Share, Step
from agreements.reminders.following import Followers
from agreements.reminders.models import Reminder
from agreements.reminders.timing import ACTS_AWAITED, Timing
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
# What followers are spared, and the little of the rest that a partner may hear of.
UNHEARD = frozenset({"import", "unshare", "undo", "bulk_undo", "send_link", "revoke_link"})
HEARD_BY_PARTNERS = frozenset({"sign", "suspend", "resume", "end", "take_effect", "near_end", "expire", "move_day"})
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
        steps = list(Step.objects.untold().locked(skip=True).select_related("agreement")[:most])
        if not steps:
            return 0
        told = list(_told_of(steps))
        timing = Timing({person for _step, _commitment, person, _urgent in told}, at=timezone.now())
        rows = [
            Reminder(
                step=step, recipient_id=person, agreement=step.agreement, commitment_id=commitment,
                next_try_at=timing.of(person, urgent=urgent),
            )
            for step, commitment, person, urgent in told
        ]  # fmt: skip
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)
        Step.objects.filter(pk__in=[step.pk for step in steps]).update(told_at=timezone.now())
    return len(steps)


def _told_of(steps: Sequence[Step]) -> Iterator[tuple[Step, int | None, int, bool]]:
    """Each step, the commitment it is about, whom to tell, and whether that is urgent: an act of theirs is awaited."""
    followers = Followers(timezone.localdate(), agreements={step.agreement_id for step in steps})
    for step in steps:
        commitment = _commitment_of(step)
        concerned = {user.pk for user in _concerned(step)}
        following = followers.of(step.agreement_id, commitment) if step.name not in UNHEARD else set()
        if step.name not in HEARD_BY_PARTNERS:
            following -= followers.partners
        for person in sorted((concerned | following) - {step.by_id}):
            yield step, commitment, person, person in concerned and step.name in ACTS_AWAITED


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
        case "hand_over":
            return active.filter(pk=step.subject_id or 0)
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
