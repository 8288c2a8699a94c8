"""When mails leave: urgent ones at once, the rest with the mail of the day, and none where the rule says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from agreements.models import Reminder, ReminderRule
from agreements.reminders import inbox, ledger, sending
from agreements.reminders.timing import Timing
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment

NIGHT = datetime(2026, 11, 22, 17, 2, tzinfo=UTC)  # two minutes past midnight in Hanoi
SEVEN = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # seven o'clock
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def rule(cast: Cast) -> Iterator[ReminderRule]:
    yield ReminderRule.objects.create(code="r", watched="commitment_due", told="owner", offsets=[-30, -7, 0])


@pytest.fixture(autouse=True)
def hours(cast: Cast) -> None:
    """The quiet hours that an account begins with, which the cast goes without."""
    cast.linh.quiet_from, cast.linh.quiet_until = time(21), time(7)
    cast.linh.save()


def due(cast: Cast, days: int) -> Any:
    agreement = make_agreement(desk=cast.desk, owner=cast.linh)
    return make_commitment(agreement=agreement, owner=cast.linh, due_on=TODAY + timedelta(days=days))


def mails_by(at: datetime) -> int:
    """How many have left by an instant, with the queue filled and sent then."""
    with time_machine.travel(at, tick=False):
        ledger.queue(TODAY + ((at + 7 * HOUR).date() - TODAY))
        sending.send_all(at=at)
    return len(mail.outbox)


def test_what_lies_ahead_comes_with_the_mail_of_the_day(cast: Cast, rule: ReminderRule) -> None:
    due(cast, 30)
    due(cast, 7)
    assert mails_by(NIGHT) == 0
    assert mails_by(SEVEN - HOUR / 60) == 0
    assert mails_by(SEVEN) == 1
    assert Reminder.objects.filter(state="sent").count() == 2


def test_the_day_itself_waits_for_the_morning_only(cast: Cast, rule: ReminderRule) -> None:
    cast.linh.digest_at = time(9)
    cast.linh.save()
    due(cast, 0)
    due(cast, 30)
    assert mails_by(NIGHT) == mails_by(SEVEN - HOUR / 60) == 0
    assert mails_by(SEVEN) == 1
    assert mails_by(SEVEN + 2 * HOUR) == 2


def test_who_wants_no_quiet_hours_is_told_at_night(cast: Cast, rule: ReminderRule) -> None:
    cast.linh.quiet_from = cast.linh.quiet_until = None
    cast.linh.save()
    due(cast, 0)
    assert mails_by(NIGHT) == 1


def test_quiet_hours_are_those_of_the_reader_s_zone(cast: Cast, rule: ReminderRule) -> None:
    cast.linh.time_zone = "America/New_York"
    cast.linh.save()
    due(cast, 0)
    assert mails_by(NIGHT) == 1, "noon in New York"
    due(cast, 0)
    assert mails_by(NOON) == 1, "midnight there"
    assert mails_by(NOON + 6.5 * HOUR) == 1
    assert mails_by(NOON + 7 * HOUR) == 2


def test_who_rests_is_told_on_monday(cast: Cast, rule: ReminderRule) -> None:
    cast.linh.rests = True
    cast.linh.save()
    due(cast, 5)
    due(cast, 6)
    ReminderRule.objects.update(offsets=[0])
    assert mails_by(NOON + 5 * DAY) == mails_by(NOON + 6 * DAY) == 0, "Saturday and Sunday"
    assert mails_by(SEVEN + 7 * DAY) == 1
    assert Reminder.objects.filter(state="sent").count() == 2


def test_after_the_mail_of_the_day_the_rest_waits_for_tomorrow(cast: Cast, rule: ReminderRule) -> None:
    due(cast, 30)
    mails_by(NIGHT)
    assert mails_by(SEVEN) == 1
    due(cast, 7)
    assert mails_by(NOON) == 1
    due(cast, 0)
    assert mails_by(NOON + HOUR) == 2, "urgent"
    assert mails_by(SEVEN + DAY - HOUR) == 2
    assert mails_by(SEVEN + DAY) == 3


def test_a_worker_that_was_away_catches_up_with_one_mail(cast: Cast, rule: ReminderRule) -> None:
    due(cast, 30)
    due(cast, 7)
    assert mails_by(NOON) == 1
    assert Reminder.objects.filter(state="sent").count() == 2


def test_who_wants_one_mail_a_day_gets_one(cast: Cast, rule: ReminderRule) -> None:
    cast.linh.mails, cast.linh.digest_at = "daily", time(9, 30)
    cast.linh.save()
    due(cast, 0)
    due(cast, 30)
    assert mails_by(NIGHT) == mails_by(SEVEN) == 0
    assert mails_by(SEVEN + 2.5 * HOUR) == 1
    due(cast, 0)
    assert mails_by(NOON) == 1


def test_a_rule_may_speak_at_once_or_in_the_inbox_alone(cast: Cast, rule: ReminderRule) -> None:
    rule.channel = "at_once"
    rule.save()
    due(cast, 30)
    cast.linh.digest_at = time(9)
    cast.linh.save()
    assert mails_by(SEVEN) == 1, "before the mail of the day"
    rule.channel = "inbox"
    rule.save()
    told = due(cast, 7)
    assert mails_by(NOON) == 1
    row = Reminder.objects.get(commitment=told)
    assert row.state == "kept"
    assert row in inbox.rows_of(cast.viewer("linh"), at=SEVEN)


def test_quiet_hours_push_the_mail_of_the_day_on(cast: Cast, rule: ReminderRule) -> None:
    rule.quiet_from, rule.quiet_until = time(20), time(8)
    rule.save()
    due(cast, 30)
    mails_by(NIGHT)
    assert mails_by(SEVEN) == 0
    assert mails_by(SEVEN + HOUR) == 1


def test_a_rule_for_some_kinds_stands_instead_of_the_general_one(cast: Cast, rule: ReminderRule) -> None:
    """Lead time per type: treaties are told of half a year ahead, and not by the general ladder besides."""
    ReminderRule.objects.create(code="t", watched="commitment_due", told="owner", offsets=[-180], kinds=["treaty"])
    treaty = make_agreement(desk=cast.desk, owner=cast.linh, kind="treaty")
    far = make_commitment(agreement=treaty, owner=cast.linh, due_on=TODAY + timedelta(days=180))
    near = make_commitment(agreement=treaty, owner=cast.linh, due_on=TODAY + timedelta(days=7))
    plain = due(cast, 7)
    ledger.queue(TODAY)
    rows = Reminder.objects.values_list("commitment", "rule__code", "offset")
    assert set(rows) == {(far.pk, "t", -180), (near.pk, "t", -180), (plain.pk, "r", -7)}


def test_the_question_costs_two_queries(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        timing = Timing({user.pk for user in cast.people.values()}, at=NOON)
        for user in cast.people.values():
            timing.of(user.pk, urgent=False)
