"""Answers from the mail itself: nothing happens by looking, once by pressing, and only for the one it was sent to."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from agreements.models import Commitment, Mute, Reminder, ReminderRule
from agreements.reminders import answers, ledger, sending
from tests.agreements.reminders.conftest import owe
from tests.conftest import Cast
from tests.factories import TODAY, make_commitment

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def owed(cast: Cast) -> Commitment:
    return owe(cast, due_on=TODAY + 7 * DAY, offsets=[-30, -7, -1, 0])


def live(day: int) -> list[Any]:
    """One more day; the mails that it brought."""
    seen = len(mail.outbox)
    at = NOW + day * DAY
    with time_machine.travel(at, tick=False):
        ledger.queue(TODAY + day * DAY)
        sending.send_all(at=at)
    return mail.outbox[seen:]


def path(message: Any) -> str:
    found = re.search(r"http://testserver(/r/\S+)", message.body)
    assert found
    return found[1]


def press(url: str, answer: str, day: int = 0) -> Any:
    with time_machine.travel(NOW + day * DAY, tick=False):
        return Client(enforce_csrf_checks=True).post(url, {"answer": answer})


def test_looking_changes_nothing(cast: Cast, owed: Commitment) -> None:
    (message,) = live(0)
    before = list(Reminder.objects.values())
    with time_machine.travel(NOW, tick=False):
        for query in ("", "?answer=mute", "?answer=snooze"):
            page = Client().get(path(message) + query)
            assert page.status_code == 200
            assert owed.ref in page.content.decode()
    assert (list(Reminder.objects.values()), Mute.objects.count()) == (before, 0)


def test_i_know_silences_until_the_day(cast: Cast, owed: Commitment) -> None:
    (message,) = live(0)
    for _ in range(2):
        assert "It is done" in press(path(message), "acknowledge").content.decode()
    assert live(6) == [], "the rung of one day before"
    assert len(live(7)) == 1, "the day itself is told"


def test_in_a_week_it_comes_again_as_a_mail_of_its_own(cast: Cast, owed: Commitment) -> None:
    owed.due_on = TODAY + 20 * DAY
    owed.save()
    (message,) = live(0)
    for _ in range(2):
        assert press(path(message), "snooze").status_code == 200
    assert live(6) == []
    (again,) = live(7)
    assert again.extra_headers["Message-ID"] != message.extra_headers["Message-ID"]
    assert Reminder.objects.get().round == 1


def test_no_more_of_this_record_and_of_this_only(cast: Cast, owed: Commitment) -> None:
    make_commitment(agreement=cast.agreement, owner=cast.linh, due_on=TODAY + 7 * DAY, title="Another")
    assert len(live(0)) == 1
    row = Reminder.objects.get(commitment=owed)
    press(answers.address_of(row).removeprefix("http://testserver"), "mute")
    (later,) = live(6)
    assert "Another" in later.body
    assert owed.ref not in later.body


def test_a_mail_program_unsubscribes_in_one_click(cast: Cast, owed: Commitment) -> None:
    (message,) = live(0)
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = message.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    with time_machine.travel(NOW, tick=False):
        assert Client(enforce_csrf_checks=True).post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Mute.objects.get().commitment == owed


@pytest.mark.parametrize("change", ["forged", "old", "inactive", "hidden", "settled"])
def test_a_link_closes(cast: Cast, owed: Commitment, change: str) -> None:
    (message,) = live(0)
    url, day = path(message), 0
    match change:
        case "forged":
            url = url[:-4] + "AAA/"
        case "old":
            day = 91
        case "inactive":
            cast.linh.is_active = False
            cast.linh.save()
        case "hidden":
            cast.linh.desks.set([cast.other_desk])
            cast.agreement.restricted = True
            cast.agreement.save()
        case "settled":
            owed.delivery = "delivered"
            owed.save()
    page = press(url, "mute", day)
    assert page.status_code == 404
    assert owed.ref not in page.content.decode()
    assert Mute.objects.count() == 0


def test_nonsense_is_no_answer(cast: Cast, owed: Commitment) -> None:
    (message,) = live(0)
    assert press(path(message), "everything").status_code == 422


def test_one_thing_is_said_once_though_two_rules_tell_it(cast: Cast, owed: Commitment) -> None:
    ReminderRule.objects.create(code="list", watched="commitment_due", told="people", offsets=[-7])
    ReminderRule.objects.get(code="list").people.add(cast.linh)
    (message,) = live(0)
    assert message.body.count(owed.title_en) == 1
    assert set(Reminder.objects.values_list("state", flat=True)) == {"sent", "dropped"}


def test_a_long_digest_is_cut_and_says_so(cast: Cast, owed: Commitment) -> None:
    for _ in range(60):
        make_commitment(agreement=cast.agreement, owner=cast.linh, due_on=TODAY)
    (message,) = live(0)
    assert "And 11 more" in message.body
    page = message.alternatives[0][0]
    assert "And 11 more" in page
    assert message.subject == "61 matters for you"


def test_the_html_part_says_the_same_and_escapes(cast: Cast, owed: Commitment) -> None:
    owed.title_en = "Lab <script>alert(1)</script>"
    owed.save()
    cast.linh.language = "en"
    cast.linh.save()
    (message,) = live(0)
    page = message.alternatives[0][0]
    assert "<script>" not in page
    assert "Lab &lt;script&gt;" in page
    assert "Due in 7 days" in page
    assert page.count("/r/") == 3, "one link for each answer"
