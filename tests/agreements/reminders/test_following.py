"""Following: told of what happens to a record, in a country and in a list, as far as one may see it, and no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from agreements.models import Follow, Mute, Reminder, ReminderRule, SavedView
from agreements.register.rules import following
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from agreements.reminders import ledger, notices, sending
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_document, make_share

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def told(cast: Cast, name: str) -> list[str]:
    """The acts that a person's ledger holds."""
    notices.put_steps_into_ledger()
    rows = Reminder.objects.filter(recipient=cast.people[name], step__isnull=False)
    return sorted(rows.values_list("step__name", flat=True))


@pytest.fixture
def quiet(cast: Cast, today: object) -> Cast:
    """Nobody is told of anything by their office: Minh acts on what Linh kept before she left."""
    cast.agreement.owner = None
    cast.agreement.save()
    return cast


def press(cast: Cast, name: str, wish: str = "on", **record: str) -> int:
    return int(cast.client(name).post("/follow/", {**record, "wish": wish}).status_code)


@pytest.mark.parametrize("record", [{"agreement": "US-2023-01"}, {"country": "US"}], ids=["agreement", "country"])
def test_a_follower_hears_and_after_unfollowing_no_longer(quiet: Cast, record: dict[str, str]) -> None:
    assert press(quiet, "huy", **record) == 302
    act(quiet, "suspend")
    assert told(quiet, "huy") == ["suspend"]
    assert press(quiet, "huy", "off", **record) == 302
    act(quiet, "resume")
    assert told(quiet, "huy") == ["suspend"]


def act(cast: Cast, name: str) -> None:
    """Minh acts."""
    cast.agreement.refresh_from_db()
    document = cast.agreement.documents.first() or paper(cast)
    facts = Facts(on=TODAY, reason="x", document=document)
    perform(name, cast.agreement, by=cast.viewer("minh"), facts=facts)


def paper(cast: Cast) -> Any:
    return make_document(agreement=cast.agreement)


def test_a_list_tells_of_what_stands_in_it_for_its_reader(quiet: Cast) -> None:
    keep = {"page": "agreements", "audience": "everyone"}
    suspended = following.keep(quiet.viewer("minh"), name="Suspended", query="stage=suspended&after=x", **keep)
    korean = following.keep(quiet.viewer("minh"), name="Korea", query="country=KR", **keep)
    assert suspended.query == "stage=suspended"
    for view, person in ((suspended, "huy"), (korean, "auditor")):
        assert press(quiet, person, view=str(view.pk)) == 302
    act(quiet, "suspend")
    assert told(quiet, "huy") == ["suspend"]
    assert told(quiet, "auditor") == []
    act(quiet, "resume")
    assert told(quiet, "huy") == ["suspend"], "it stands in the list no longer"
    quiet.client("minh").post(f"/views/{suspended.pk}/remove/")
    act(quiet, "suspend")
    assert told(quiet, "huy") == ["suspend"]


def test_a_list_of_commitments_tells_of_acts_on_them(quiet: Cast) -> None:
    view = following.keep(
        quiet.viewer("minh"), name="Blocked", page="commitments", query="blocked=leaders", audience="everyone"
    )
    following.follow(quiet.viewer("huy"), view=view)
    client = quiet.client("minh")  # a manager raises it so high
    where = f"/commitments/{quiet.commitment.ref}/block/"
    client.post(where, {"what": "x", "side": "ours", "removed_by": "leaders"})
    assert told(quiet, "huy") == ["block"]


def test_a_partner_follows_what_they_see_and_hears_what_is_theirs_to_hear(quiet: Cast) -> None:
    assert press(quiet, "sara", agreement="US-2023-01") == 302
    assert press(quiet, "omar", agreement="US-2023-01") == 404
    assert press(quiet, "sara", agreement="US-2026-01") == 404
    assert press(quiet, "sara", country="KR") == 404
    quiet.client("linh").post("/agreements/US-2023-01/comments/", {"text": "internal"})
    act(quiet, "suspend")
    assert told(quiet, "sara") == ["suspend"]
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        sending.send_all(at=NOW + timedelta(minutes=1))
    assert [mail.subject for mail in sent_to(quiet, "sara")] == [str(quiet.agreement)]


def sent_to(cast: Cast, name: str) -> list[Any]:
    return [one for one in mail.outbox if one.to == [cast.people[name].email]]


def test_what_is_hidden_meanwhile_is_not_told(quiet: Cast) -> None:
    press(quiet, "huy", agreement="US-2023-01")
    act(quiet, "suspend")
    assert told(quiet, "huy") == ["suspend"]
    quiet.agreement.refresh_from_db()
    quiet.agreement.restricted = True
    quiet.agreement.save()
    sending.send_all(at=NOW)
    assert sent_to(quiet, "huy") == []
    assert quiet.client("huy").get("/following/").context["follows"].count() == 0


def test_the_calendar_tells_followers_by_a_rule(quiet: Cast) -> None:
    ReminderRule.objects.create(code="f", watched="commitment_due", told="followers", offsets=[-7, 0])
    quiet.commitment.due_on = TODAY
    quiet.commitment.save()
    other = make_commitment(agreement=make_agreement(desk=quiet.desk, parties=[quiet.kr]), due_on=TODAY)
    following.follow(quiet.viewer("huy"), commitment=quiet.commitment)
    following.follow(quiet.viewer("auditor"), country=quiet.kr.country)
    view = following.keep(
        quiet.viewer("minh"), name="Due", page="commitments", query="due=soon&country=US", audience="private"
    )
    following.follow(quiet.viewer("minh"), view=view)
    assert ledger.queue(TODAY) == 3
    rows = Reminder.objects.values_list("recipient__name", "commitment__ref").order_by("recipient__name")
    assert list(rows) == [("Ha", other.ref), ("Huy", quiet.commitment.ref), ("Minh", quiet.commitment.ref)]
    following.unfollow(quiet.viewer("huy"), commitment=quiet.commitment)
    sending.send_all(at=NOW)
    assert sent_to(quiet, "huy") == [], "who follows no longer is told no longer"
    assert len(sent_to(quiet, "auditor")) == 1


def test_following_ends_a_mute(quiet: Cast) -> None:
    Mute.objects.create(user=quiet.huy, agreement=quiet.agreement)
    press(quiet, "huy", agreement="US-2023-01")
    assert not Mute.objects.exists()


def test_one_follows_one_thing_that_exists_once(quiet: Cast) -> None:
    for _again in range(2):
        assert press(quiet, "huy", agreement="US-2023-01") == 302
    assert Follow.objects.count() == 1
    for wrong in ({}, {"agreement": "US-2023-01", "country": "US"}, {"view": "x"}, {"view": "999"}):
        assert press(quiet, "huy", **wrong) == 404
    page = quiet.client("huy").get("/agreements/US-2023-01/").content.decode()
    assert 'aria-pressed="true"' in page
    assert 'aria-pressed="true"' not in quiet.client("linh").get("/agreements/US-2023-01/").content.decode()


def test_who_sees_which_list(quiet: Cast) -> None:
    """Private ones their author, a desk's its people, everyone's all staff; partners only their own."""
    for audience in ("private", "desk", "everyone"):
        following.keep(quiet.viewer("minh"), name=audience, page="agreements", query="stage=signed", audience=audience)
    seen = {
        name: sorted(view.name for view in SavedView.objects.visible_to(quiet.viewer(name)))
        for name in ("minh", "linh", "huy", "sara", "anonymous")
    }
    assert seen == {
        "minh": ["desk", "everyone", "private"], "linh": ["desk", "everyone"], "huy": ["everyone"], "sara": [],
        "anonymous": [],
    }  # fmt: skip
    page = quiet.client("linh").get("/agreements/").content.decode()
    assert "/agreements/?stage=signed" in page
    with pytest.raises(Refused):
        following.keep(quiet.viewer("linh"), name="x", page="agreements", query="", audience="everyone")
    with pytest.raises(Refused):
        following.keep(quiet.viewer("sara"), name="x", page="agreements", query="", audience="desk")
    assert quiet.client("huy").post(f"/views/{SavedView.objects.get(name='desk').pk}/remove/").status_code == 404
    assert quiet.client("linh").post(f"/views/{SavedView.objects.get(name='desk').pk}/remove/").status_code == 404


def test_a_list_is_kept_from_its_page_and_a_name_is_used_once(quiet: Cast) -> None:
    client = quiet.client("linh")
    form = {"name": "  My   drafts ", "page": "agreements", "query": "stage=draft&after=5&q=", "audience": "private"}
    assert client.post("/views/keep/", form)["Location"] == "/agreements/?stage=draft"
    assert SavedView.objects.get().name == "My drafts"
    client.post("/views/keep/", form)
    assert SavedView.objects.count() == 1
    assert b"You have kept a list under this name." in client.get("/agreements/").content
    make_share(agreement=quiet.hidden, organisation=quiet.us)
    assert quiet.client("sara").post("/views/keep/", {**form, "audience": "everyone"}).status_code == 302
    assert SavedView.objects.count() == 1
