"""What is to be told, found the slow way: every record as an object, every day, every person, one by one.

It asks the records' own methods, and shares no query with the register's statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from agreements.commitments.lists.saved import rows_of
from agreements.commitments.models.queries import CLOSING_DAYS
from agreements.models import Agreement, Commitment, Follow, Milestone, Participant, Reminder, ReminderRule, Step
from agreements.procedures import proceeding
from agreements.vocabulary import CONCLUDED
from partners.models import Absence, Membership

DAY = timedelta(days=1)
Told = tuple[int, int, int, int | None, int | None, date, int, date]
LED = ("agreement_expiry", "notice_day", "commitment_due")


class Thing:
    """A record that a rule watches, and what is to be told of it on a day."""

    def __init__(self, agreement: Any, commitment: Any = None, subject: Any = None, clock: Any = None) -> None:
        self.agreement, self.commitment, self.subject, self.clock = agreement, commitment, subject, clock
        self.silent_since: Any = commitment.silent_since if commitment else None

    def due(self, watched: str, on: date) -> Any:
        match watched:
            case "agreement_expiry":
                return self.agreement.ends_on(on)
            case "notice_day":
                return self.agreement.last_notice_on(on)
            case "commitment_due":
                return self.commitment.due_on
            case "milestone_due":
                return self.subject.due_on
            case "no_report":
                return self.silent_since if (on - self.silent_since).days < CLOSING_DAYS else None
            case "dormancy":
                return self.silent_since
            case "legal_clock":
                return self.clock.due_on
        days = [step.on for step in Step.objects.filter(agreement=self.agreement, name="submit")]
        return max(days, default=None)

    def rung(self, rule: ReminderRule, on: date) -> int | None:
        day = self.due(rule.watched, on)
        offsets = list(rule.offsets)
        own = (self.commitment or self.agreement).lead_days if rule.watched in LED else None
        if own is not None:
            offsets = [-days for days in own] + [days for days in offsets if days >= 0]
        if self.clock:
            gone = self.clock.elapsed(on) * 100
            return max((share for share in offsets if gone >= share), default=None)
        assert day
        return max((days for days in offsets if day + days * DAY <= on), default=None)


def things(watched: str) -> Iterator[Thing]:  # noqa: C901
    if watched in ("agreement_expiry", "notice_day", "approval"):
        for agreement in Agreement.objects.filter(archived_at=None):
            if agreement.stage == "in_review" if watched == "approval" else agreement.stage in CONCLUDED:
                yield Thing(agreement)
    elif watched == "milestone_due":
        for milestone in Milestone.objects.filter(archived_at=None, status="scheduled"):
            if milestone.commitment.is_owed:
                yield Thing(milestone.commitment.agreement, milestone.commitment, milestone)
    elif watched == "legal_clock":
        for one in proceeding.running():
            yield Thing(one.step.proceeding.agreement, None, one.step, one.clock)
    else:
        for commitment in Commitment.objects.select_related("agreement"):
            if commitment.is_owed:
                yield Thing(commitment.agreement, commitment)


def people(rule: ReminderRule, thing: Thing, on: date) -> dict[int, date | None]:
    """Who is told, and from which day on they want to hear, where that matters."""
    agreement, commitment = thing.agreement, thing.commitment
    match rule.told:
        case "owner":
            found = {(commitment and commitment.owner_id) or agreement.owner_id} - {None}
        case "managers":
            found = {one.pk for one in agreement.desk.staff.all() if one.role == "manager" and one.is_active}
        case "lead":
            found = members(commitment.lead_id, partner=False) if commitment else set()
        case "people":
            return {one.pk: None for one in rule.people.all() if one.is_active}
        case "followers":
            return followers(agreement, commitment, on)
        case _:
            return dict.fromkeys(
                person for one in owing(commitment) for person in members(one, partner=True)
            ) if commitment else {}  # fmt: skip
    for absence in Absence.objects.filter(archived_at=None, from_on__lte=on, to_on__gte=on, user__in=set(found)):
        if absence.deputy.is_active and absence.deputy.role == absence.user.role:
            found = found | {absence.deputy_id}
    return dict.fromkeys(found)


def members(organisation: int | None, *, partner: bool) -> set[int]:
    rows = Membership.objects.filter(organisation=organisation, archived_at=None).select_related("user")
    return {row.user_id for row in rows if row.user.is_active and (row.user.role == "partner") == partner}


def owing(commitment: Commitment) -> list[int]:
    return list(Commitment.objects.with_owing().values_list("owing_ids", flat=True).get(pk=commitment.pk))


def followers(agreement: Agreement, commitment: Commitment | None, on: date) -> dict[int, date | None]:
    found: dict[int, date] = {}
    countries = set(
        Participant.objects.filter(agreement=agreement, archived_at=None).values_list(
            "organisation__country", flat=True
        )
    )
    for follow in Follow.objects.filter(user__is_active=True).select_related("user", "view"):
        here = follow.agreement_id == agreement.pk or (follow.country_id in countries and follow.country_id)
        here = here or bool(commitment and follow.commitment_id == commitment.pk)
        if follow.view:
            record = agreement if follow.view.page == "agreements" else commitment
            here = bool(record and rows_of(follow.view, follow.user.viewer(on=on)).filter(pk=record.pk).exists())
        if here:
            day = timezone.localdate(follow.created_at)
            found[follow.user_id] = min(day, found.get(follow.user_id, day))
    return dict(found)


def plan(first: date, last: date) -> set[Told]:
    """The same as `schedule.plan`."""
    rules = list(ReminderRule.objects.filter(is_active=True, archived_at=None))
    written = set(Reminder.objects.exclude(rule=None).values_list(
        "rule", "recipient", "agreement", "commitment", "subject_id", "due_on", "offset"
    ))  # fmt: skip
    found: dict[tuple[Any, ...], date] = {}
    for rule in rules:
        if not rule.offsets:
            continue
        alike = [one for one in rules if (one.watched, one.told) == (rule.watched, rule.told)]
        others = set() if rule.kinds else {kind for one in alike for kind in one.kinds}
        for thing in things(rule.watched):
            kind = thing.agreement.kind
            if kind in others or (rule.kinds and kind not in rule.kinds):
                continue
            who = people(rule, thing, first)
            for number in range((last - first).days + 1):
                day = first + number * DAY
                due_on = thing.due(rule.watched, day)
                rung = thing.rung(rule, day) if due_on else None
                if due_on is None or rung is None:
                    continue
                for person, since in who.items():
                    if since and knew(thing, rule, due_on, rung, since - DAY):
                        continue
                    key = (
                        rule.pk, person, thing.agreement.pk, thing.commitment and thing.commitment.pk,
                        thing.subject and thing.subject.pk, due_on, rung,
                    )  # fmt: skip
                    if key not in written:
                        found.setdefault(key, day)
    return {(*key, day) for key, day in found.items()}


def knew(thing: Thing, rule: ReminderRule, due_on: date, rung: int, before: date) -> bool:
    """Whether the rung had been passed before they followed."""
    return thing.due(rule.watched, before) == due_on and thing.rung(rule, before) == rung
