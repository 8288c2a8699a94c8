"""What is due to be told on a day: a pure query with the day as its parameter.

The question is never "due in exactly 30 days" but "which rung of the ladder was passed last, and is it in the
ledger": a day without a run loses nothing, and two runs find nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from agreements.commitments.models import Commitment
from agreements.register.models import Agreement
from agreements.reminders.models import Reminder, ReminderRule
from agreements.vocabulary import Direction, Stage, Told, Watched
from partners.models import User
from partners.viewers import Role


@dataclass(frozen=True)
class Due:
    """One person is to be told of one record, for one date, at one rung of the ladder."""

    rule_id: int
    recipient_id: int
    agreement_id: int
    commitment_id: int | None
    due_on: date
    offset: int


def rung(offsets: Iterable[int], due_on: date, on: date) -> int | None:
    """The last rung that has been passed by that day, or None while the first lies ahead."""
    passed = [offset for offset in offsets if due_on + timedelta(days=offset) <= on]
    return max(passed, default=None)


def due(on: date) -> list[Due]:
    """Everything to be told by the end of that day that does not stand in the ledger."""
    found = [item for rule in ReminderRule.objects.filter(is_active=True, archived_at=None) for item in _of(rule, on)]
    columns = ("rule_id", "recipient_id", "agreement_id", "commitment_id", "due_on", "offset")
    written = set(
        Reminder.objects.filter(
            rule__isnull=False, agreement__in={item.agreement_id for item in found}
        ).values_list(*columns)
    )  # fmt: skip
    return [item for item in found if tuple(getattr(item, column) for column in columns) not in written]


def _of(rule: ReminderRule, on: date) -> Iterator[Due]:
    if not rule.offsets:
        return
    horizon = on - timedelta(days=min(rule.offsets))
    records = _agreements(horizon, on) if rule.watched == Watched.AGREEMENT_EXPIRY else _commitments(horizon, rule)
    told = _Recipients(rule.told)
    for agreement, commitment, due_on in records:
        step = rung(rule.offsets, due_on, on)
        if step is None:
            continue
        for recipient in told.of(agreement, commitment):
            yield Due(rule.pk, recipient, agreement.pk, commitment.pk if commitment else None, due_on, step)


def _agreements(horizon: date, on: date) -> Iterator[tuple[Agreement, None, date]]:
    running = Agreement.objects.filter(stage=Stage.SIGNED, archived_at=None, expires_on__lte=horizon)
    for agreement in running:
        # One that renews by itself is told of the end of the term that runs now, year after year.
        end = agreement.ends_on(on)
        if end and end <= horizon:
            yield agreement, None, end


def _commitments(horizon: date, rule: ReminderRule) -> Iterator[tuple[Agreement, Commitment, date]]:
    live = Q(agreement__stage=Stage.SIGNED, agreement__archived_at=None, archived_at=None, due_on__lte=horizon)
    open_ones = Commitment.objects.open().filter(live).select_related("agreement")
    if rule.told == Told.OWING_SIDE:
        open_ones = open_ones.exclude(direction=Direction.OURS)
    for commitment in open_ones:
        assert commitment.due_on
        yield commitment.agreement, commitment, commitment.due_on


class _Recipients:
    """Whom a rule tells of a record. Whether they may see it is decided when the mail is sent."""

    def __init__(self, told: str) -> None:
        self.told = told
        self._managers: dict[int, list[int]] = {}
        self._members: dict[int, list[int]] = {}

    def of(self, agreement: Agreement, commitment: Commitment | None) -> list[int]:
        match self.told:
            case Told.OWNER:
                owner = (commitment and commitment.owner_id) or agreement.owner_id
                return [owner] if owner else []
            case Told.MANAGERS:
                return self._managers_of(agreement.desk_id)
            case _:
                return self._members_of(commitment.partner_owner_id) if commitment else []

    def _managers_of(self, desk_id: int) -> list[int]:
        if desk_id not in self._managers:
            managers = User.objects.filter(role=Role.MANAGER, is_active=True, desks=desk_id)
            self._managers[desk_id] = list(managers.values_list("pk", flat=True))
        return self._managers[desk_id]

    def _members_of(self, organisation_id: int | None) -> list[int]:
        if organisation_id is None:
            return []
        if organisation_id not in self._members:
            members = User.objects.filter(
                role=Role.PARTNER, is_active=True,
                memberships__organisation=organisation_id, memberships__archived_at=None,
            )  # fmt: skip
            self._members[organisation_id] = list(members.values_list("pk", flat=True).distinct())
        return self._members[organisation_id]
