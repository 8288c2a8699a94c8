"""What is due on a day, whatever happened on the days before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreements.models import Agreement, Commitment, Reminder, ReminderRule
from agreements.reminders import ledger
from agreements.reminders.schedule import due
from agreements.reminders.watching import Matter
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment

DUE = TODAY + timedelta(days=30)
LADDER = [-90, -30, -14, -7, -1, 0, 3, 7, 14]


@pytest.fixture
def rule(db: None) -> ReminderRule:
    return ReminderRule.objects.create(code="due", watched="commitment_due", told="owner", offsets=LADDER)


@pytest.fixture
def owed(cast: Cast, rule: ReminderRule) -> Commitment:
    cast.commitment.due_on = DUE
    cast.commitment.save()
    return cast.commitment


def test_each_rung_is_sent_once_over_the_whole_ladder(cast: Cast, owed: Commitment) -> None:
    sent: dict[int, list[tuple[int, int]]] = {}
    for number in range(LADDER[0] - 5, LADDER[-1] + 6):
        day = DUE + timedelta(days=number)
        for run in range(2):  # beat may run twice
            if new := ledger.queue(day):
                sent.setdefault(number, []).append((run, new))
    assert sent == {offset: [(0, 1)] for offset in LADDER}


def test_missed_days_are_caught_up_with_one_mail(cast: Cast, owed: Commitment) -> None:
    """Nothing ran between -90 and -8: the rung of -14 is told, the ones before are not sent late."""
    assert ledger.queue(DUE - timedelta(days=8)) == 1
    assert Reminder.objects.get().offset == -14
    assert ledger.queue(DUE - timedelta(days=7)) == 1


def test_a_moved_date_starts_a_new_ladder(cast: Cast, owed: Commitment) -> None:
    assert ledger.queue(TODAY) == 1
    owed.due_on = DUE + timedelta(days=60)
    owed.save()
    assert [(d.offset, d.due_on) for d in due(TODAY)] == [(-90, owed.due_on)]


@pytest.mark.parametrize(
    "change", ["delivered", "dropped", "archived", "unsigned", "no date", "inactive rule", "no offsets"]
)
def test_what_is_settled_is_not_told(cast: Cast, owed: Commitment, rule: ReminderRule, change: str) -> None:
    assert len(due(TODAY)) == 1
    match change:
        case "delivered" | "dropped":
            owed.delivery = change
        case "archived":
            owed.archived_at = "2026-01-01T00:00Z"
        case "unsigned":
            type(cast.agreement).objects.filter(pk=cast.agreement.pk).update(stage="suspended")
        case "no date":
            owed.due_on = None
        case "inactive rule":
            rule.is_active = False
        case "no offsets":
            rule.offsets = []
    owed.save()
    rule.save()
    assert due(TODAY) == []


def test_who_is_told(cast: Cast, owed: Commitment) -> None:
    ReminderRule.objects.update(is_active=False)
    for told in ("owner", "managers", "owing_side"):
        ReminderRule.objects.create(code=told, watched="commitment_due", told=told, offsets=[-30])
    assert {d.recipient_id for d in due(TODAY)} == {cast.linh.pk, cast.minh.pk, cast.sara.pk}
    owed.direction = "ours"
    owed.save()
    assert {d.recipient_id for d in due(TODAY)} == {cast.linh.pk, cast.minh.pk}


def test_expiring_agreements_are_told(cast: Cast) -> None:
    ReminderRule.objects.create(code="expiry", watched="agreement_expiry", told="owner", offsets=[-30, 0])
    agreement = make_agreement(desk=cast.desk, owner=cast.linh, expires_on=TODAY + timedelta(days=20))
    make_agreement(desk=cast.desk, owner=cast.linh, expires_on=TODAY + timedelta(days=31))
    assert [(d.agreement_id, d.commitment_id, d.offset) for d in due(TODAY)] == [(agreement.pk, None, -30)]


@settings(suppress_health_check=[HealthCheck.too_slow])  # how long a draw takes says how busy the machine is
@given(
    st.sets(st.integers(-400, 400), min_size=1, max_size=9), st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(-500, 500),
)  # fmt: skip
def test_the_rung_is_the_last_one_passed(offsets: set[int], due_on: date, shift: int) -> None:
    step = Matter(Agreement(), due_on).rung(offsets, due_on + timedelta(days=shift))
    passed = [offset for offset in offsets if offset <= shift]
    assert step == (max(passed) if passed else None)


@pytest.mark.parametrize("rows", [10, 200])
def test_the_number_of_queries_does_not_grow(
    cast: Cast, rule: ReminderRule, rows: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(rows):
        make_commitment(agreement=cast.agreement, owner=cast.linh, due_on=TODAY)
    with django_assert_max_num_queries(5):
        assert len(due(TODAY)) == rows
