"""The inbox: one's own, what one may still see, read and put away for good."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from agreements.models import Mute, Reminder, ReminderRule
from agreements.register.rules import shares
from agreements.reminders import ledger, notices, sending
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def told(cast: Cast, today: object) -> Any:
    for person in ("owner", "owing_side"):
        ReminderRule.objects.create(code=person, watched="commitment_due", told=person, offsets=[0])
    cast.commitment.due_on = TODAY
    cast.commitment.save()
    ledger.queue(TODAY)
    with time_machine.travel(NOW, tick=False):
        sending.send_all(at=NOW)
    return cast.commitment


def refs(cast: Cast, name: str, query: str = "") -> list[str]:
    page = cast.client(name).get(f"/inbox/{query}").context["page"]
    return [(row.commitment or row.agreement).ref for row in page.rows]


def act(cast: Cast, name: str, what: str, of: str = "") -> int:
    row = Reminder.objects.get(recipient__name=(of or name).capitalize())
    return int(cast.client(name).post("/inbox/act/", {"act": what, "row": row.pk}).status_code)


def test_each_sees_their_own_with_a_count_on_every_page(cast: Cast, told: Any) -> None:
    assert refs(cast, "linh") == refs(cast, "sara") == [told.ref]
    assert refs(cast, "minh") == []
    assert '<span class="unread">1</span>' in cast.client("linh").get("/agreements/").content.decode()
    assert '<span class="unread">' not in cast.client("minh").get("/agreements/").content.decode()
    assert act(cast, "minh", "put_away", of="linh") == 404
    assert refs(cast, "linh") == [told.ref]


def test_read_and_put_away(cast: Cast, told: Any) -> None:
    assert act(cast, "linh", "read") == 302
    assert (refs(cast, "linh"), refs(cast, "linh", "?show=unread")) == ([told.ref], [])
    assert act(cast, "linh", "put_away") == 302
    assert refs(cast, "linh") == []
    assert refs(cast, "sara") == [told.ref]


def test_opening_it_reads_all_that_was_told_of_the_record(cast: Cast, told: Any) -> None:
    row = Reminder.objects.get(recipient=cast.linh)
    twin = Reminder.objects.create(
        rule=row.rule,
        recipient=cast.linh,
        agreement=row.agreement,
        commitment=told,
        due_on=TODAY,
        offset=3,
        state="sent",
    )
    beside = Reminder.objects.create(
        rule=row.rule, recipient=cast.linh, agreement=row.agreement, due_on=TODAY, state="sent"
    )
    answer = cast.client("linh").get(f"/inbox/{row.pk}/")
    assert answer["Location"] == told.get_absolute_url()
    assert set(Reminder.objects.filter(recipient=cast.linh, read_at=None)) == {beside}
    assert Reminder.objects.get(pk=twin.pk).read_at
    assert cast.client("minh").get(f"/inbox/{row.pk}/").status_code == 404


def test_many_are_ticked_together_one_by_one_or_all_of_an_agreement(cast: Cast, told: Any) -> None:
    row = Reminder.objects.get(recipient=cast.linh)
    facts = {"rule": row.rule, "recipient": cast.linh, "state": "sent"}
    of_it = Reminder.objects.create(agreement=row.agreement, due_on=TODAY, **facts)
    other = make_agreement(desk=cast.desk, owner=cast.linh, parties=[cast.home, cast.us])
    beside = Reminder.objects.create(agreement=other, due_on=TODAY, **facts)
    client = cast.client("linh")
    folds = client.get("/inbox/").context["folds"]
    assert [(fold.agreement, len(fold.rows)) for fold in folds] == [(other, 1), (row.agreement, 2)]
    page = client.get("/inbox/").content.decode()
    labels = re.findall(r'type="checkbox"[^>]*aria-label="([^"]+)"', page)
    assert len(labels) == len(set(labels)) == 5
    client.post("/inbox/act/", {"act": "put_away", "agreement": row.agreement_id})
    assert list(client.get("/inbox/").context["page"].rows) == [beside]
    assert Reminder.objects.filter(pk__in=(row.pk, of_it.pk), dismissed_at=None).count() == 0
    Reminder.objects.filter(pk=row.pk).update(dismissed_at=None)
    Reminder.objects.filter(pk=of_it.pk).update(dismissed_at=None, state="failed")
    page = client.post("/inbox/act/", {"act": "snooze", "row": [row.pk, of_it.pk]}, follow=True).content.decode()
    assert ("1 done: Remind me again in a week." in page, f"Not done: {row.agreement.title}." in page) == (True, True)
    assert "Tick at least one." in client.post("/inbox/act/", {"act": "read"}, follow=True).content.decode()


def test_all_are_read_at_once_and_only_ones_own(cast: Cast, told: Any) -> None:
    cast.client("linh").post("/inbox/read/")
    assert set(Reminder.objects.filter(read_at=None).values_list("recipient__name", flat=True)) == {"Sara"}


def test_put_off_it_comes_back(cast: Cast, told: Any) -> None:
    act(cast, "linh", "read")
    act(cast, "linh", "snooze")
    assert refs(cast, "linh") == []
    with time_machine.travel(NOW + timedelta(days=8)):
        assert refs(cast, "linh", "?show=unread") == [told.ref]
    act(cast, "sara", "mute")
    assert Mute.objects.get().user == cast.sara
    assert refs(cast, "sara") == []


def test_what_is_no_longer_shared_is_no_longer_listed(cast: Cast, told: Any) -> None:
    for share in cast.agreement.shares.all():
        shares.revoke(share, by=cast.viewer("linh"))
    assert refs(cast, "sara") == []
    assert '<span class="unread">' not in cast.client("sara").get("/").content.decode()


def test_notices_stand_there_too_even_while_the_mail_server_is_away(cast: Cast, today: object) -> None:
    agreement = make_agreement(desk=cast.desk, owner=cast.linh, parties=[cast.home, cast.us])
    shares.share(agreement, shares.Terms(cast.us), by=cast.viewer("linh"))
    notices.put_steps_into_ledger()
    assert refs(cast, "sara") == [agreement.ref]


@pytest.mark.parametrize("mark", ["x~y", "9~", "~", "1~abc"])
def test_a_mark_that_was_tampered_with_shows_the_first_page(cast: Cast, told: Any, mark: str) -> None:
    assert cast.client("linh").get("/inbox/", {"after": mark}).status_code == 200
