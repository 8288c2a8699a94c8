"""Calendar feeds: read by two readers, scoped at each fetch, stable for who subscribes, and gone when withdrawn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import icalendar
import ics
import pytest
from django.utils import timezone

from agreements.calendars.events import events_of
from agreements.models import Feed, Milestone, SavedView
from agreements.procedures import proceeding
from agreements.register.rules import following, shares
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_procedure

DUE = TODAY + timedelta(days=40)


def issue(cast: Cast, name: str, **of: Any) -> str:
    feed, secret = Feed.issue(cast.people[name], **of)
    assert feed.digest != secret
    return f"/calendar/{secret}.ics"


def fetch(cast: Cast, address: str) -> Any:
    """The calendar, as one gets it who has no session."""
    answer = cast.client("anonymous").get(address)
    assert answer.status_code == 200, answer.status_code
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(answer.content)


def dates(calendar: Any) -> dict[str, date]:
    return {str(event["summary"]): event["dtstart"].dt for event in calendar.walk("VEVENT")}


@pytest.fixture
def due(cast: Cast, today: object) -> Any:
    cast.commitment.due_on = DUE
    cast.commitment.title_en = "Train engineers; 100, or more"
    cast.commitment.save()
    return cast.commitment


def test_two_readers_find_the_same_dates(cast: Cast, due: Any) -> None:
    cast.agreement.expires_on, cast.agreement.renewal, cast.agreement.notice_days = TODAY + timedelta(90), "express", 30
    cast.agreement.save()
    milestone = Milestone.objects.create(commitment=due, title_en="First course", due_on=TODAY + timedelta(5))
    address = issue(cast, "linh")
    calendar = fetch(cast, address)
    expected = {
        f"Due: {due.title_en}": DUE,
        "Milestone: First course": milestone.due_on,
        f"Expires: {cast.agreement.title_en}": cast.agreement.expires_on,
        f"Last day to give notice: {cast.agreement.title_en}": cast.agreement.expires_on - timedelta(30),
    }
    assert dates(calendar) == expected
    text = cast.client("anonymous").get(address).content.decode()
    other = ics.Calendar(text)
    assert {event.name: event.begin.date() for event in other.events} == expected
    assert all(event.all_day and len(event.alarms) == 2 for event in other.events)
    assert max(len(line) for line in text.encode().split(b"\r\n")) <= 75


def test_it_names_the_zone_and_says_how_often_to_ask(cast: Cast, due: Any) -> None:
    calendar = fetch(cast, issue(cast, "linh"))
    assert calendar["x-wr-timezone"] == "Asia/Ho_Chi_Minh"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Ho_Chi_Minh"]
    assert calendar["refresh-interval"].dt == timedelta(hours=1)
    event = calendar.walk("VEVENT")[0]
    assert str(event["url"]) == f"http://testserver/commitments/{due.ref}/"
    assert [alarm["trigger"].dt for alarm in event.walk("VALARM")] == [timedelta(days=-7), timedelta(hours=9)]


def test_a_moved_day_keeps_its_uid_and_raises_its_sequence(cast: Cast, due: Any) -> None:
    address = issue(cast, "linh")
    before = fetch(cast, address).walk("VEVENT")[0]
    due.due_on = DUE + timedelta(days=3)
    due.stamp(cast.viewer("linh")).save()
    after = fetch(cast, address).walk("VEVENT")[0]
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after["dtstart"].dt == due.due_on


def test_a_term_that_renews_by_itself_raises_its_sequence_each_year(cast: Cast) -> None:
    agreement = make_agreement(
        desk=cast.desk, owner=cast.linh, expires_on=date(2024, 6, 1), renewal="tacit", renewal_months=12, notice_days=30
    )
    feed = Feed.issue(cast.linh)[0]
    seen = [
        {event.uid: (event.on, event.sequence) for event in events_of(feed, cast.linh.viewer(on=day))}
        for day in (date(2026, 1, 1), date(2027, 1, 1))
    ]
    uid = f"agreement-{agreement.pk}-end"
    assert (seen[0][uid][0], seen[1][uid][0]) == (date(2026, 6, 1), date(2027, 6, 1))
    assert seen[0][uid][1] < seen[1][uid][1]


def test_a_partner_gets_only_what_is_shared_with_them_and_only_while_it_is(cast: Cast, due: Any) -> None:
    make_commitment(agreement=cast.hidden, due_on=DUE, title="Hidden")
    sara, omar = issue(cast, "sara"), issue(cast, "omar")
    assert dates(fetch(cast, sara)) == {f"Due: {due.title_en}": DUE}
    assert dates(fetch(cast, omar)) == {}
    for share in cast.agreement.shares.all():
        shares.revoke(share, by=cast.viewer("linh"))
    assert dates(fetch(cast, sara)) == {}


@pytest.mark.parametrize(
    ("withheld", "gone"), [("term", "Expires"), ("milestones", "Milestone"), ("commitments", "Due")]
)
def test_what_a_share_holds_back_is_in_no_calendar(cast: Cast, due: Any, withheld: str, gone: str) -> None:
    cast.agreement.expires_on = TODAY + timedelta(days=200)
    cast.agreement.save()
    Milestone.objects.create(commitment=due, title_en="First course", due_on=TODAY + timedelta(5))
    address = issue(cast, "sara")
    assert any(name.startswith(gone) for name in dates(fetch(cast, address)))
    share = cast.agreement.shares.get()
    share.withheld = [withheld]
    share.save()
    assert not any(name.startswith(gone) for name in dates(fetch(cast, address)))


def test_of_a_country_and_of_a_saved_view(cast: Cast, due: Any) -> None:
    elsewhere = make_agreement(desk=cast.desk, owner=cast.linh, parties=[cast.home, cast.kr])
    make_commitment(agreement=elsewhere, due_on=DUE, title="Elsewhere")
    here = issue(cast, "linh", kind="country", country=cast.us.country)
    assert dates(fetch(cast, here)) == {f"Due: {due.title_en}": DUE}
    view = following.keep(cast.viewer("linh"), name="Korea", page="commitments", query="country=KR", audience="private")
    listed = issue(cast, "linh", kind="view", view=view)
    assert dates(fetch(cast, listed)) == {"Due: Elsewhere": DUE}
    # A list that is kept for the desk speaks to each of its readers of what they see, and to no stranger to it.
    others = issue(cast, "huy", kind="view", view=view)
    assert dates(fetch(cast, others)) == {}
    SavedView.objects.filter(pk=view.pk).update(archived_at=timezone.now())
    assert dates(fetch(cast, listed)) == {}


def test_a_country_has_its_own_duties_of_a_paper_of_several(cast: Cast, today: object) -> None:
    paper = make_agreement(desk=cast.desk, owner=cast.linh, parties=[cast.home, cast.us, cast.kr])
    for organisation in (cast.us, cast.kr):
        make_commitment(
            agreement=paper, due_on=DUE, title=f"Of {organisation.code}", direction="theirs", partner_owner=organisation
        )
    for organisation in (cast.us, cast.kr):
        found = dates(fetch(cast, issue(cast, "linh", kind="country", country=organisation.country)))
        assert found == {f"Due: Of {organisation.code}": DUE}


def test_legal_clocks_are_for_staff(cast: Cast, today: object) -> None:
    procedure = make_procedure(steps=[{"clock": 10, "unit": "working_days", "clock_start": "signing"}])
    proceeding.open_for(cast.agreement, procedure, by=cast.viewer("linh"))
    legal = [name for name in dates(fetch(cast, issue(cast, "linh"))) if name.startswith("Legal deadline")]
    assert legal in ([], ["Legal deadline: Step 1, US-2023-01"])
    assert not any(name.startswith("Legal") for name in dates(fetch(cast, issue(cast, "sara"))))


def test_withdrawn_or_wrong_it_is_nothing(cast: Cast, due: Any) -> None:
    address = issue(cast, "linh")
    fetch(cast, address)
    feed = Feed.objects.get()
    assert feed.used_at
    assert cast.client("huy").post(f"/calendars/{feed.pk}/revoke/").status_code == 404
    assert cast.client("linh").post(f"/calendars/{feed.pk}/revoke/").status_code == 302
    for dead in (address, "/calendar/forged.ics", f"/calendar/{feed.digest}.ics"):
        assert cast.client("linh").get(dead).status_code == 404


def test_a_switched_off_account_has_no_calendar(cast: Cast, due: Any) -> None:
    address = issue(cast, "sara")
    cast.sara.is_active = False
    cast.sara.save()
    assert cast.client("anonymous").get(address).status_code == 404


def test_it_speaks_its_readers_language(cast: Cast, due: Any) -> None:
    cast.linh.language = "vi"
    cast.linh.save()
    assert dates(fetch(cast, issue(cast, "linh"))) == {f"Đến hạn: {due.title_vi}": DUE}


def test_it_is_made_on_a_page_that_shows_the_address_once(cast: Cast, due: Any) -> None:
    client = cast.client("linh")
    page = client.post("/calendars/", {"of": "mine"}).content.decode()
    address = page.split('<p class="secret">')[1].split("</p>")[0]
    assert dates(fetch(cast, address.removeprefix("http://testserver"))) == {f"Due: {due.title_en}": DUE}
    assert address not in client.get("/calendars/").content.decode()
    refused = client.post("/calendars/", {"of": "country:XX"})
    assert refused.status_code == 422
    # Nobody makes a calendar of a list that is another's.
    view = following.keep(cast.viewer("minh"), name="x", page="agreements", query="", audience="private")
    assert client.post("/calendars/", {"of": f"view:{view.pk}"}).status_code == 422


def test_a_title_cannot_break_the_text(cast: Cast, due: Any) -> None:
    due.title_en = "One\r\nBEGIN:VEVENT\nUID:forged"
    due.save()
    calendar = fetch(cast, issue(cast, "linh"))
    assert len(calendar.walk("VEVENT")) == 1
