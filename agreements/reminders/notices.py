"""Whom each step concerns next: unread Steps become rows of the ledger."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from agreements.commitments.models import Report
from agreements.register.models import Comment, Share, Step
from agreements.reminders.models import Reminder
from agreements.sources.models import Document
from partners.models import User
from partners.viewers import Role


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
    if step.name not in ("report", "accept_report", "return_report"):
        return None
    return Report.objects.filter(pk=step.subject_id or 0).values_list("commitment_id", flat=True).first()


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
        case "report":
            return active.filter(managers | keeper).distinct()
        case "accept_report" | "return_report":
            return active.filter(pk__in=Report.objects.filter(pk=step.subject_id or 0).values("created_by"))
        case "log" | "import" | "unshare" | "undo":
            return []
        case _:
            return active.filter(keeper)
