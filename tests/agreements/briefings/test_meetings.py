"""Review mode: the agenda is the pack's, decisions go by the rules of the record, minutes are signed by another."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.test import Client
from django.utils import timezone, translation

from agreements.briefings import asking, meetings, minutes
from agreements.briefings.agenda import points
from agreements.briefings.drawing import draw
from agreements.briefings.kinds import MAKERS
from agreements.briefings.meeting import AgendaItem, Decision, Meeting, MinutedItem, Minutes, Topic
from agreements.briefings.minutes_paper import minutes_paper
from agreements.briefings.scopes import Over, Scope, Span
from agreements.commitments.rules import blockers, due_requests
from agreements.dates import read
from agreements.models import ActionItem, Agreement, Commitment, DueRequest, Step
from agreements.vocabulary import PaperKind
from partners import reading
from partners.models import Desk, User
from partners.refusals import Refused
from tests import factories
from tests.agreements.briefings.papers import text_of as text_in
from tests.agreements.briefings.reading import text_of
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment
from tests.roles import owner
from tests.test_query_counts import count
from tracker.history import sealing, verifying

Q3 = Span(date(2026, 7, 1), date(2026, 9, 30))
EVERY = [topic.value for topic in Topic]
PRESENT = "Vice minister Lan\nMinh\nLinh"


@pytest.fixture
def noa(cast: Cast) -> User:
    """A second manager of the desk, who signs what Minh has written."""
    return factories.make_user(role="manager", name="Noa", desks=[cast.desk])


def late(cast: Cast) -> Commitment:
    Commitment.objects.filter(pk=cast.commitment.pk).update(
        due_on=date(2026, 5, 1), baseline_due_on=date(2026, 5, 1), health="delayed"
    )
    cast.commitment.refresh_from_db()
    return cast.commitment


def held(cast: Cast, *, house: bool = False, topics: list[str] = EVERY) -> Meeting:
    by = cast.viewer("minh")
    if house:
        by = factories.make_user(role="manager", name="Director", desks=Desk.objects.all()).viewer()
    return meetings.open_one(
        Scope(), Q3, desk=None if house else cast.desk, title="Review of the quarter", held_on=TODAY, place="Room 2",
        topics=topics, by=by,
    )  # fmt: skip


def item_of(meeting: Meeting, record: Any) -> AgendaItem:
    rows = AgendaItem.objects.filter(meeting=meeting)
    is_commitment = isinstance(record, Commitment)
    return rows.get(commitment=record) if is_commitment else rows.get(agreement=record, commitment=None)


def say(client: Client, item: AgendaItem, way: str, **typed: str) -> Any:
    return client.post(item.get_absolute_url(), {"way": way, **typed})


def ended(cast: Cast, meeting: Meeting) -> Meeting:
    answer = cast.client("minh").post(f"{meeting.get_absolute_url()}act/", {"act": "end", "present": PRESENT})
    assert answer.status_code == 302
    meeting.refresh_from_db()
    return meeting


def test_the_agenda_is_what_the_pack_speaks_of(cast: Cast, today: date) -> None:
    """Each record once, with all its reasons, the gravest first; what stands well is not on it."""
    row = late(cast)
    blockers.block(row, what="No budget", side="ours", removed_by="government", by=cast.viewer("minh"))
    due_requests.ask(row, read("01/03/2027"), reason="Budget", by=cast.viewer("linh"))
    well = make_commitment(agreement=cast.agreement, due_on=date(2027, 6, 1), title="Goes well", owner=cast.linh)
    Step.objects.create(agreement=cast.agreement, commitment=well, name="report", on=TODAY, by=cast.linh)
    review = make_agreement(desk=cast.desk, stage="in_review", parties=[cast.home, cast.us])
    found = points(Scope(), Q3, [*EVERY], cast.viewer("minh"))
    assert (found[0].agreement_id, found[0].commitment_id) == (cast.agreement.pk, row.pk)
    assert set(found[0].named) >= {"beyond", "overdue", "day"} and "blocked" not in found[0].named
    assert (review.pk, None) in {(one.agreement_id, one.commitment_id) for one in found}
    assert [one.named for one in found if one.commitment_id == well.pk] in ([], [["silent"]])
    only = points(Scope(Over.DESK, "asia", cast.other_desk), Q3, EVERY, cast.viewer("minh"))
    assert only == []


def test_who_opens_a_meeting(cast: Cast, today: date) -> None:
    late(cast)
    for who in ("linh", "huy", "auditor", "operator"):
        answer = cast.client(who).get("/meetings/")
        assert answer.status_code == 200 and b"Make the agenda" not in answer.content
        with pytest.raises(Refused):
            meetings.open_one(
                Scope(), Q3, desk=cast.desk, title="x", held_on=TODAY, place="", topics=EVERY, by=cast.viewer(who)
            )
    assert cast.client("sara").get("/meetings/").status_code == 404
    said = {"period": "Q3 2026", "held_on": "23/11/2026", "keeper": "americas", "topics": EVERY}
    answer = cast.client("minh").post("/meetings/", said)
    made = Meeting.objects.get()
    assert answer["Location"] == made.get_absolute_url() and made.title == "Review meeting, quarter 3 of 2026"
    assert cast.client("minh").post("/meetings/", said | {"keeper": "asia"}).status_code == 422
    nothing = cast.client("minh").post("/meetings/", said | {"topics": ["dispute"]})
    assert nothing.status_code == 422


def test_an_agenda_of_nothing_is_refused(cast: Cast, today: date) -> None:
    with pytest.raises(Refused, match="Nothing of it"):
        held(cast, topics=["beyond"])
    assert not Meeting.objects.exists()


def test_what_needs_a_second_person_becomes_a_request(cast: Cast, today: date, noa: User) -> None:
    """The manager who leads the meeting asks for a new day like anybody: another manager decides."""
    row = late(cast)
    item = item_of(held(cast), row)
    answer = say(cast.client("minh"), item, "day", to="01/03/2027", reason="The budget comes in spring")
    assert answer.status_code == 302
    row.refresh_from_db()
    asked = DueRequest.objects.get()
    assert (row.due_on, asked.to_on, asked.state) == (date(2026, 5, 1), date(2027, 3, 1), "waiting")
    page = cast.client("minh").get(item.get_absolute_url()).content.decode()
    assert f"request-{asked.pk}" not in page, "nobody decides on their own request"
    refused = say(cast.client("minh"), item, f"request-{asked.pk}", yes="yes")
    assert refused.status_code == 302 and DueRequest.objects.get().state == "waiting"
    other = Client(headers={"accept-language": "en"})
    other.force_login(noa, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert say(other, item, f"request-{asked.pk}", yes="yes").status_code == 302
    row.refresh_from_db()
    assert row.due_on == date(2027, 3, 1)
    assert list(Decision.objects.order_by("pk").values_list("step__name", flat=True)) == ["ask_day", "move_day"]


def test_each_decision_is_the_act_of_the_record(cast: Cast, today: date) -> None:
    row = late(cast)
    item, minh = item_of(held(cast), row), cast.client("minh")
    say(minh, item, "block", what="No budget", side="ours", removed_by="desk")
    say(minh, item, "raise", to="government", reason="Beyond us")
    say(minh, item, "action", title="Write to the treasury", owner=str(cast.linh.pk), due="15/12/2026")
    say(minh, item, "drop", reason="Nobody wants it any more")
    say(minh, item, "note", text="The minister asks for news in a month")
    row.refresh_from_db()
    assert (row.blocked_by, row.delivery) == ("government", "planned")
    action = ActionItem.objects.get()
    assert (action.meeting, action.met_on, action.owner) == ("Review of the quarter", TODAY, cast.linh)
    assert list(action.commitments.all()) == [row]
    assert DueRequest.objects.get().kind == "drop"
    taken = list(Decision.objects.order_by("pk"))
    assert [one.step.name if one.step else None for one in taken] == ["block", "escalate", None, "ask_drop", None]
    assert (taken[2].action_item, taken[4].text) == (action, "The minister asks for news in a month")
    page = minh.get(item.get_absolute_url()).content.decode()
    assert "Write to the treasury" in page and "Beyond us" in page


def test_an_act_that_is_refused_changes_nothing_and_keeps_what_was_typed(cast: Cast, today: date) -> None:
    row = late(cast)
    item = item_of(held(cast), row)
    answer = say(cast.client("minh"), item, "day", to="01/03/2020", reason="A typing error")
    assert answer.status_code == 422 and b"A typing error" in answer.content and b"passed already" in answer.content
    officer = say(cast.client("linh"), item, "block", what="No budget", side="ours", removed_by="government")
    assert officer.status_code == 422, "an officer raises nothing"
    assert not Decision.objects.exists() and not DueRequest.objects.exists()


def test_an_agreement_is_decided_by_the_acts_of_its_page(cast: Cast, in_review: Agreement, today: date) -> None:
    item, minh = item_of(held(cast), in_review), cast.client("minh")
    page = minh.get(item.get_absolute_url()).content.decode()
    # What binds to all that was written is approved where all of it can be read.
    assert "act-return" in page and "act-clear" not in page and "act-register" not in page
    say(minh, item, "act-return", reason="Say who pays")
    in_review.refresh_from_db()
    assert in_review.stage == "draft"
    assert Decision.objects.values_list("step__name", flat=True).get() == "return"
    assert cast.client("linh").get(item.get_absolute_url()).status_code == 200


def test_two_who_decide_at_once_lose_nothing(cast: Cast, today: date) -> None:
    """Both notes stand; of two requests the second is told that one waits."""
    item = item_of(held(cast), late(cast))
    say(cast.client("minh"), item, "note", text="First")
    say(cast.client("linh"), item, "note", text="Second")
    assert list(Decision.objects.order_by("pk").values_list("text", flat=True)) == ["First", "Second"]
    say(cast.client("minh"), item, "day", to="01/03/2027", reason="x")
    second = say(cast.client("linh"), item, "day", to="01/04/2027", reason="y")
    assert second.status_code == 422 and DueRequest.objects.count() == 1


def test_a_meeting_that_was_left_is_resumed(cast: Cast, today: date) -> None:
    late(cast)
    make_commitment(agreement=cast.agreement, due_on=date(2026, 6, 1), owner=cast.linh)
    meeting, minh = held(cast), cast.client("minh")
    first, second = AgendaItem.objects.filter(meeting=meeting).order_by("number")[:2]
    page = minh.get(meeting.get_absolute_url()).content.decode()
    assert re.search(rf'primary" href="{first.get_absolute_url()}">\s+Begin', page)
    say(minh, first, "note", text="Heard")
    page = minh.get(meeting.get_absolute_url()).content.decode()
    assert re.search(rf'primary" href="{second.get_absolute_url()}">\s+Go on', page)


def test_nobody_sees_an_item_that_is_not_theirs(cast: Cast, today: date) -> None:
    """Asked anew at each reading: what is restricted after the opening is gone from agenda, item and minutes."""
    row = late(cast)
    secret = make_agreement(desk=cast.desk, title="CANARY paper", restricted=True, parties=[cast.home, cast.us])
    hidden = make_commitment(agreement=secret, due_on=date(2026, 1, 1), title="CANARY promise")
    meeting = held(cast, house=True)
    seen = item_of(meeting, row)
    say(cast.client("minh"), seen, "action", title="CANARY action", owner=str(cast.linh.pk))
    say(cast.client("minh"), item_of(meeting, hidden), "note", text="CANARY note")
    addresses = [meeting.get_absolute_url(), seen.get_absolute_url()]

    def read_all(who: str) -> str:
        client = cast.client(who)
        pages = [client.get(address).content.decode() for address in addresses]
        for shape in ("docx", "pdf"):
            file = client.get(f"/briefings/minutes/?meeting={meeting.pk}&language=en&form={shape}")
            pages.append(text_in(file.content, shape) if file.status_code == 200 else "")
        return " ".join(pages)

    assert cast.client("huy").get(item_of(meeting, hidden).get_absolute_url()).status_code == 404
    assert "CANARY" not in read_all("huy") and "there are others" in read_all("huy")
    assert "CANARY" not in read_all("sara") and cast.client("sara").get(addresses[0]).status_code == 404
    for who in ("linh", "auditor"):
        assert read_all(who).count("CANARY") > 3
    assert b"way" not in cast.client("auditor").get(addresses[1]).content.split(b"<main")[1].replace(b"ways", b"")
    Agreement.objects.filter(pk=cast.agreement.pk).update(restricted=True)
    assert cast.client("huy").get(addresses[1]).status_code == 404


def test_a_desks_meeting_is_its_own(cast: Cast, today: date) -> None:
    late(cast)
    meeting = held(cast)
    answers = {who: cast.client(who).get(meeting.get_absolute_url()).status_code for who in cast.people}
    assert answers == {
        "linh": 200, "minh": 200, "huy": 404, "sara": 404, "omar": 404, "auditor": 200, "operator": 200
    }  # fmt: skip
    assert "Review of the quarter" not in cast.client("huy").get("/meetings/").content.decode()
    assert say(cast.client("auditor"), AgendaItem.objects.all()[0], "note", text="x").status_code == 302
    assert not Decision.objects.exists()


def test_minutes_are_signed_by_another_and_frozen(cast: Cast, today: date, noa: User) -> None:
    row = late(cast)
    meeting = held(cast)
    item, minh = item_of(meeting, row), cast.client("minh")
    say(minh, item, "day", to="01/03/2027", reason="Budget")
    say(minh, item, "action", title="Write to the treasury", owner=str(cast.linh.pk), due="15/12/2026")
    with pytest.raises(Refused, match="present"):
        meetings.end(meeting, by=cast.viewer("minh"))
    ended(cast, meeting)
    assert say(minh, item, "note", text="Too late").status_code == 302 and Decision.objects.count() == 2
    seen = minutes.seen_now(meeting)
    for who, why in (("minh", "yourself"), ("linh", "role"), ("auditor", "role"), ("huy", "role")):
        with pytest.raises(Refused, match=why):
            minutes.sign(meeting, seen=seen, by=cast.viewer(who))
    with pytest.raises(Refused, match="changed"):
        minutes.sign(meeting, seen="0" * 64, by=noa.viewer())
    made = minutes.sign(meeting, seen=seen, by=noa.viewer())
    assert made.digest == seen and list(minutes.faults()) == []
    with pytest.raises(Refused, match="already"):
        minutes.sign(meeting, seen=seen, by=noa.viewer())
    Commitment.objects.filter(pk=row.pk).update(title_en="Called otherwise later")
    paper = text_of(minutes_paper(meeting, viewer=cast.viewer("minh")))
    assert "Called otherwise later" not in paper and "New day asked for 01/03/2027" in paper
    for word in ("Vice minister Lan", "Write to the treasury", "Linh", "15/12/2026", "Noa", made.digest):
        assert word in paper, word
    for act in (
        lambda: Minutes.objects.update(count=0), lambda: MinutedItem.objects.update(ref="x"),
        lambda: Decision.objects.update(text="x"), lambda: MinutedItem.objects.all().delete(),
    ):  # fmt: skip
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            act()


def test_who_does_not_see_all_of_it_does_not_sign(cast: Cast, today: date) -> None:
    late(cast)
    secret = make_agreement(desk=cast.desk, restricted=True, parties=[cast.home, cast.us])
    make_commitment(agreement=secret, due_on=date(2026, 1, 1))
    meeting = held(cast, house=True)
    meetings.note_present(meeting, present="All", place="", by=User.objects.get(name="Director").viewer())
    meetings.end(meeting, by=User.objects.get(name="Director").viewer())
    meeting.refresh_from_db()
    other = factories.make_user(role="manager", name="Elsewhere", desks=[cast.other_desk]).viewer()
    with pytest.raises(Refused, match="do not see all"):
        minutes.sign(meeting, seen=minutes.seen_now(meeting), by=other)
    minutes.sign(meeting, seen=minutes.seen_now(meeting), by=cast.viewer("minh"))


def test_the_database_itself_wants_four_eyes(cast: Cast, today: date) -> None:
    late(cast)
    meeting = held(cast)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Minutes.objects.create(
            meeting=meeting, said={}, count=0, written_by=cast.minh, signed_by=cast.minh, signed_on=TODAY,
            signed_at=timezone.now(), digest="0" * 64,
        )  # fmt: skip


def test_minutes_that_are_not_right_go_back(cast: Cast, today: date, noa: User) -> None:
    late(cast)
    meeting = ended(cast, held(cast))
    with pytest.raises(Refused, match="missing"):
        meetings.give_back(meeting, reason=" ", by=noa.viewer())
    meetings.give_back(meeting, reason="Lan was not there", by=noa.viewer())
    assert b"Lan was not there" in cast.client("minh").get(meeting.get_absolute_url()).content
    say(cast.client("minh"), AgendaItem.objects.all()[0], "note", text="Now")
    assert Decision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_verify_finds_minutes_that_were_changed_past_the_rules(cast: Cast, today: date, noa: User) -> None:
    late(cast)
    item = item_of(meeting := held(cast), cast.commitment)
    say(cast.client("minh"), item, "note", text="Heard")
    minutes.sign(ended(cast, meeting), seen=minutes.seen_now(meeting), by=noa.viewer())
    sealing.seal(at=timezone.now())
    assert verifying.verify() == []
    for change, word in {
        "UPDATE agreements_minuteditem SET decided = '[]'": "digest",
        "DELETE FROM agreements_minuteditem": "items",
        "UPDATE agreements_minutes SET said = '{}'": "digest",
    }.items():
        with owner(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(change)
            found = verifying.verify()
            assert any("minutes" in str(one) and word in str(one) for one in found), change
            transaction.set_rollback(True)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_minutes_leave_as_files_in_both_languages(cast: Cast, today: date, language: str) -> None:
    late(cast)
    item = item_of(meeting := held(cast), cast.commitment)
    say(cast.client("minh"), item, "note", text="Heard")
    form = asking.form_of(MAKERS[PaperKind.MINUTES], reading.query(f"meeting={meeting.pk}"), cast.viewer("minh"))
    assert form.is_valid(), form.errors
    with translation.override(language):
        paper = asking.made(MAKERS[PaperKind.MINUTES], form, language=language)
    words = {"vi": ("Biên bản", "Thành phần tham dự"), "en": ("Minutes", "Who was present")}[language]
    for shape in ("docx", "pdf"):
        text = text_in(draw(paper, shape), shape)
        for word in ("Heard", *words):
            assert word.casefold() in text.casefold(), (shape, word)


def test_a_long_agenda_asks_no_more_than_a_short_one(cast: Cast, today: date) -> None:
    asked: list[tuple[int, ...]] = []
    for size in (3, 40):
        for _number in range(size):
            make_commitment(agreement=cast.agreement, due_on=date(2026, 5, 1), owner=cast.linh, partner_owner=cast.us)
        meeting = held(cast)
        item = AgendaItem.objects.filter(meeting=meeting)[1]
        say(cast.client("minh"), item, "note", text="Heard")
        file = f"/briefings/minutes/?meeting={meeting.pk}&language=en&form=docx"
        pages = (meeting.get_absolute_url(), item.get_absolute_url(), file)
        asked.append(tuple(count(cast, page, "minh") for page in pages))
    assert asked[0] == asked[1] and max(asked[0]) < 55, asked
