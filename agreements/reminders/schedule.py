"""What is to be told by a day, or on each day of a span: a pure query with the days as its parameters.

The question is never "due in exactly 30 days" but "which rung of the ladder was passed last, and is it in the
ledger": a day without a run loses nothing, and two runs find nothing twice. The preview asks the same question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import chain
from typing import Any

from django.utils import timezone

from agreements.commitments.models import Commitment
from agreements.jobs.queues import Queue
from agreements.reminders.following import Followers
from agreements.reminders.models import Reminder, ReminderRule, Told, Watched
from agreements.reminders.watching import WATCHES, Matter, Watch
from partners.models import User
from partners.models.absences import Deputies
from partners.viewers import Role

DAY = timedelta(days=1)
IN_ONE_GO = 2000
MATTERS = Queue("matters", whole=False)  # it only reads
KEY = ("rule_id", "recipient_id", "agreement_id", "commitment_id", "subject_id", "due_on", "offset")


@dataclass(frozen=True)
class Due:
    """One person is to be told of one record, for one date, at one rung of the ladder, on a day."""

    rule_id: int
    recipient_id: int
    agreement_id: int
    commitment_id: int | None
    subject_id: int | None
    due_on: date
    offset: int
    on: date

    @property
    def key(self) -> tuple[object, ...]:
        return tuple(getattr(self, column) for column in KEY)


def due(on: date) -> list[Due]:
    """Everything to be told by the end of that day that does not stand in the ledger; what cannot be judged waits."""
    return plan(on, on, apart=MATTERS)


def plan(first: date, last: date, *, agreement: int | None = None, apart: Queue | None = None) -> list[Due]:
    """What would be told on each day from the first to the last, of all or of one agreement, if nothing changed."""
    rules = ReminderRule.objects.live().filter(is_active=True)
    deputies = Deputies(first)
    found: dict[tuple[object, ...], Due] = {}
    for rule in rules:
        for item in _of(rule, rules, first, last, agreement, apart, deputies):
            found.setdefault(item.key, item)
    agreements = {item.agreement_id for item in found.values()}
    written = Reminder.objects.filter(rule__isnull=False, agreement__in=agreements).values_list(*KEY)
    for key in written:
        found.pop(key, None)
    return sorted(found.values(), key=lambda item: item.on)


def _of(
    rule: ReminderRule,
    rules: Iterable[ReminderRule],
    first: date,
    last: date,
    agreement: int | None,
    apart: Queue | None,
    deputies: Deputies,
) -> Iterable[Due]:
    """What a rule tells, row by row; with `apart`, a row that cannot be judged is set aside there."""
    if not rule.offsets:
        return []
    watch = WATCHES[rule.watched]
    told = Recipients(rule, first, deputies, agreements=[agreement] if agreement else None)
    others = _kinds_of_others(rule, rules)
    only = {watch.agreement: agreement} if agreement else {}
    shortest = 0 if rule.watched == Watched.LEGAL_CLOCK else min(rule.offsets)
    days = [first + number * DAY for number in range((last - first).days + 1)]

    def of_rows(rows: Iterable[Any]) -> Iterator[Due]:
        for row in rows:
            for day, matter in _matters(watch, rule, row, days):
                step = matter.rung(matter.offsets(rule), day)
                kind = matter.agreement.kind
                if step is None or kind in others or (rule.kinds and kind not in rule.kinds):
                    continue
                for recipient in told.of(matter):
                    if told.knew(recipient, matter, watch, row, rule, step):
                        continue
                    yield Due(
                        rule.pk, recipient, matter.agreement.pk, matter.commitment.pk if matter.commitment else None,
                        matter.subject.pk if matter.subject else None, matter.due_on, step, day,
                    )  # fmt: skip

    rows = watch.rows(last - timedelta(days=shortest), **only)
    if apart is None:
        return of_rows(rows)
    queue = replace(apart, name=f"{apart.name}: {rule.code}"[:40])
    groups = queue.groups(rows, lambda some: list(of_rows(some)), size=IN_ONE_GO, key=watch.key_of)
    return chain.from_iterable(groups)


def _kinds_of_others(rule: ReminderRule, rules: Iterable[ReminderRule]) -> frozenset[str]:
    """Kinds that have a rule of their own for the same matter and people: it stands instead of the general one."""
    if rule.kinds:
        return frozenset()
    alike = (one for one in rules if (one.watched, one.told) == (rule.watched, rule.told))
    return frozenset(kind for one in alike for kind in one.kinds)


def _matters(watch: Watch, rule: ReminderRule, row: Any, days: list[date]) -> Iterator[tuple[date, Matter]]:
    """What is to be told of a row on those of the days on which that can have changed."""
    if not watch.is_fixed:
        yield from ((day, matter) for day in days if (matter := watch.matter(row, day)))
    elif matter := watch.matter(row, days[0]):
        steps = {matter.due_on + offset * DAY for offset in matter.offsets(rule)}
        yield from ((day, matter) for day in days if day == days[0] or day in steps)


def still(rows: Iterable[Reminder], person: int | None, on: date) -> dict[int, Matter]:
    """Of a person's queued rows those whose matter holds on the day of sending, for the same date and person.

    By the key of the row. Some queries for each rule, however many rows there are.
    """
    by_rule: dict[int, list[Reminder]] = {}
    for row in rows:
        if row.rule_id:
            by_rule.setdefault(row.rule_id, []).append(row)
    held, deputies = {}, Deputies(on)
    for group in by_rule.values():
        rule = group[0].rule
        assert rule
        watch = WATCHES[rule.watched]
        found = watch.find(group)
        told = Recipients(rule, on, deputies, agreements={row.agreement_id for row in group}, person=person)
        for row in group:
            one = found.get(getattr(row, watch.key))
            matter = watch.matter(one, on) if one else None
            if matter and matter.due_on == row.due_on and row.recipient_id in told.of(matter):
                held[row.pk] = matter
    return held


class Recipients:
    """Whom a rule tells of a matter. Whether they may see it is decided when the mail is sent."""

    def __init__(
        self, rule: ReminderRule, on: date, deputies: Deputies, *, agreements: Collection[int] | None = None,
        person: int | None = None,
    ) -> None:  # fmt: skip
        self.rule = rule
        self._deputies = deputies if rule.told in (Told.OWNER, Told.MANAGERS, Told.LEAD) else None
        if rule.told == Told.FOLLOWERS:
            self._followers = Followers(on, agreements=agreements, person=person)
        elif rule.told == Told.PEOPLE:
            self._people = [one.pk for one in rule.people.all() if one.is_active]
        self._agreements = agreements
        self._managers: dict[int, list[int]] = {}
        self._members: dict[tuple[int, bool], list[int]] = {}

    def of(self, matter: Matter) -> list[int]:
        """Keys of the people; while somebody is away the deputy is told as well."""
        found = self._named(matter)
        return self._deputies.with_deputies(found) if self._deputies else found

    def _named(self, matter: Matter) -> list[int]:
        commitment, agreement = matter.commitment, matter.agreement
        match self.rule.told:
            case Told.OWNER:
                owner = (commitment and commitment.owner_id) or agreement.owner_id
                return [owner] if owner else []
            case Told.MANAGERS:
                return self._managers_of(agreement.desk_id)
            case Told.LEAD:
                return self._members_of(commitment.lead_id, partner=False) if commitment else []
            case Told.FOLLOWERS:
                return sorted(self._followers.of(agreement.pk, commitment.pk if commitment else None))
            case Told.PEOPLE:
                return self._people
            case _:
                owing = self._owing.get(commitment.pk, ()) if commitment else ()
                return sorted({pk for one in owing for pk in self._members_of(one, partner=True)})

    def knew(self, person: int, matter: Matter, watch: Watch, row: Any, rule: ReminderRule, step: int) -> bool:
        """Whether a follower's rung had been passed before they followed: one is told of what happens from then on."""
        if self.rule.told != Told.FOLLOWERS:
            return False
        record = matter.commitment.pk if matter.commitment else None
        day = timezone.localdate(self._followers.since(matter.agreement.pk, record)[person])
        before = watch.matter(row, day - DAY)
        return bool(before and before.due_on == matter.due_on and before.rung(before.offsets(rule), day - DAY) == step)

    @cached_property
    def _owing(self) -> dict[int, list[int]]:
        """Who owes what on the partner's side. One query, whatever is asked of it."""
        owed = Commitment.objects.owed().with_owing().order_by()
        owed = owed if self._agreements is None else owed.filter(agreement__in=self._agreements)
        return dict(owed.values_list("pk", "owing_ids"))

    def _managers_of(self, desk_id: int) -> list[int]:
        if desk_id not in self._managers:
            managers = User.objects.filter(role=Role.MANAGER, is_active=True, desks=desk_id)
            self._managers[desk_id] = list(managers.values_list("pk", flat=True))
        return self._managers[desk_id]

    def _members_of(self, organisation_id: int | None, *, partner: bool) -> list[int]:
        if organisation_id is None:
            return []
        if (organisation_id, partner) not in self._members:
            members = User.objects.filter(
                is_active=True, memberships__organisation=organisation_id, memberships__archived_at=None
            )
            side = members.filter(role=Role.PARTNER) if partner else members.exclude(role=Role.PARTNER)
            self._members[organisation_id, partner] = list(side.values_list("pk", flat=True).distinct())
        return self._members[organisation_id, partner]
