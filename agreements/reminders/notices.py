"""Whom each step concerns next: unread Steps become rows of the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from agreements.acts import Hears, Tells
from agreements.jobs.queues import Queue
from agreements.register.models import Comment, Share, Step
from agreements.reminders.following import Followers
from agreements.reminders.models import Reminder
from agreements.reminders.timing import Timing
from agreements.vocabulary import Direction
from partners.models import Membership, User
from partners.models.absences import Deputies
from partners.viewers import Role

OF_THE_DESK = (Tells.KEEPER, Tells.MANAGERS, Tells.DESK, Tells.THREAD, Tells.DEBTOR)
NOBODY = Q(pk__in=())
IN_ONE_GO = 200
NOTICES = Queue("notices of steps")


def put_steps_into_ledger() -> int:
    """Make a notice for each person that an untold step concerns; return how many steps were read.

    The rows and the mark on the step are one transaction, so a crash repeats nothing and forgets nothing.
    """
    untold = Step.objects.untold().order_by("at", "pk").values_list("pk", flat=True)
    return sum(NOTICES.groups(untold, _put_into_ledger, size=IN_ONE_GO))


def _put_into_ledger(pks: Sequence[int]) -> int:
    waiting = Step.objects.untold().filter(pk__in=pks).locked(skip=True)
    steps = list(waiting.select_related("agreement", "commitment"))
    told = list(_told_of(steps))
    timing = Timing({person for _step, person, _urgent in told}, at=timezone.now())
    rows = [
        Reminder(
            step=step, recipient_id=person, agreement=step.agreement, commitment_id=step.commitment_id,
            next_try_at=timing.of(person, urgent=urgent),
        )
        for step, person, urgent in told
    ]  # fmt: skip
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    Step.objects.filter(pk__in=[step.pk for step in steps]).update(told_at=timezone.now())
    return len(steps)


def _told_of(steps: Sequence[Step]) -> Iterator[tuple[Step, int, bool]]:
    """Each step, whom to tell, and whether that is urgent: an act of theirs is awaited."""
    deputies = Deputies(timezone.localdate())
    followers = Followers(timezone.localdate(), agreements={step.agreement_id for step in steps})
    for step in steps:
        row = step.act.row
        active = User.objects.filter(is_active=True)
        named = active.filter(_concerned(step)).values_list("pk", flat=True)
        concerned = set(deputies.with_deputies(named) if row.tells in OF_THE_DESK else named)
        since = followers.since(step.agreement_id, step.commitment_id)
        following = set() if row.hears == Hears.NOBODY else {one for one, at in since.items() if at <= step.at}
        if row.hears != Hears.ALL:
            following -= followers.partners
        for person in sorted((concerned | following) - {step.by_id}):
            yield step, person, person in concerned and row.urgent


def _concerned(step: Step) -> Q:
    """The people whom a step concerns, as its act's row says."""
    commitment = step.commitment
    keeper = Q(pk=(commitment and commitment.owner_id) or step.agreement.owner_id or 0)
    managers = Q(role=Role.MANAGER, desks=step.agreement.desk_id)
    match step.act.row.tells:
        case Tells.NOBODY:
            return NOBODY
        case Tells.KEEPER:
            return keeper
        case Tells.MANAGERS:
            return managers
        case Tells.DESK:
            return managers | keeper
        case Tells.AUTHOR:
            about = apps.get_model(step.act.row.about)
            return Q(pk__in=about._default_manager.filter(pk=step.subject_id or 0).values("created_by"))
        case Tells.PERSON:
            return Q(pk=step.subject_id or 0)
        case Tells.THREAD:
            return _in_thread(step) | keeper
        case Tells.ORGANISATION:
            shared_with = Share.objects.filter(pk=step.subject_id or 0).values("organisation")
            members = Membership.objects.live().filter(organisation__in=shared_with)
            return Q(role=Role.PARTNER, pk__in=members.values("user"))
        case Tells.DEBTOR:
            return _who_owes(step, keeper)


def _in_thread(step: Step) -> Q:
    """Who is mentioned in a comment, or has spoken in its thread before."""
    said = Comment.objects.filter(pk=step.subject_id or 0).first()
    if said is None:
        return NOBODY
    head = said.thread_id or said.pk
    earlier = Comment.objects.filter(Q(pk=head) | Q(thread=head), pk__lt=said.pk)
    return Q(mentions=said) | Q(pk__in=earlier.values("created_by"))


def _who_owes(step: Step, keeper: Q) -> Q:
    """People of the partners who owe it; where the promise is ours alone, or no partner is named, who keeps it."""
    commitment = step.commitment
    if commitment is None:
        return NOBODY
    owing = commitment.owed_by_partners()
    if not owing:
        return keeper
    members = Membership.objects.held_on(step.on).filter(organisation__in=owing)
    partners = Q(role=Role.PARTNER, pk__in=members.values("user"))
    return partners if commitment.direction == Direction.THEIRS else partners | keeper
