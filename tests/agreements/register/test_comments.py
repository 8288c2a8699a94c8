"""Comments: threads, mentions that grant nothing, resolved state, notices to whom it concerns."""

from __future__ import annotations

import pytest

from agreements.models import Comment, Reminder
from agreements.register.rules import comments
from agreements.reminders.notices import put_steps_into_ledger
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import make_user


def told(cast: Cast) -> set[str]:
    put_steps_into_ledger()
    return {reminder.recipient.name for reminder in Reminder.objects.all()}


def test_a_mention_tells_and_opens_nothing(cast: Cast, today: object) -> None:
    cast.agreement.restricted = True
    cast.agreement.save()
    text = "Please look, @minh and @Huy and @Sara and @Nobody Known"
    said = comments.say(cast.agreement, text, by=cast.viewer("linh"))
    assert set(said.mentions.all()) == {cast.minh}, "Huy's desk and Sara do not see it"
    assert cast.client("huy").get("/agreements/US-2023-01/").status_code == 404
    assert told(cast) == {"Minh"}
    assert comments.unknown_mentions(text, [cast.minh])[0].startswith("Huy")


def test_of_two_names_the_longer_one_is_meant(cast: Cast, today: object) -> None:
    short = make_user(role="officer", name="Trần Lan", desks=[cast.desk])
    long = make_user(role="officer", name="Trần Lan Anh", desks=[cast.desk])
    people = [short, long]
    assert comments.named_in("hỏi @tran lan anh nhé", people) == [long]
    assert comments.named_in("hỏi @Trần Lan.", people) == [short]
    assert comments.named_in("hỏi @Trần Lanh", people) == []
    assert comments.named_in("a@b.c", people) == []


def test_an_answer_joins_the_thread_opens_it_and_tells_those_in_it(cast: Cast, today: object) -> None:
    client = cast.client("minh")
    client.post("/agreements/US-2023-01/comments/", {"text": "Is the date right?"})
    first = Comment.objects.get()
    client.post(f"/agreements/US-2023-01/comments/{first.pk}/", {"resolved": "yes"})
    first.refresh_from_db()
    assert first.resolved_by == cast.minh
    cast.client("huy").post("/agreements/US-2023-01/comments/", {"text": "Yes, see page 3", "answers": first.pk})
    answer = Comment.objects.get(thread=first)
    first.refresh_from_db()
    assert (answer.created_by, first.resolved_at) == (cast.huy, None)
    assert told(cast) == {"Minh", "Linh"}, "who asked, and who keeps the record"
    page = cast.client("linh").get("/agreements/US-2023-01/").content.decode()
    assert page.index("Is the date right?") < page.index("Yes, see page 3")


@pytest.mark.parametrize("who", ["sara", "omar", "auditor", "operator"])
def test_who_may_not_comment(cast: Cast, today: object, who: str) -> None:
    answer = cast.client(who).post("/agreements/US-2023-01/comments/", {"text": "x"})
    assert answer.status_code == 404
    with pytest.raises(Refused):
        comments.say(cast.agreement, "x", by=cast.viewer(who))
    assert not Comment.objects.exists()


def test_empty_and_endless_comments_are_refused(cast: Cast, today: object) -> None:
    client = cast.client("linh")
    for text in ("", "  ", "x" * 4001):
        client.post("/agreements/US-2023-01/comments/", {"text": text})
    assert not Comment.objects.exists()


def test_a_thread_of_another_agreement_is_not_answered(cast: Cast, today: object) -> None:
    other = comments.say(cast.hidden, "x", by=cast.viewer("linh"))
    answer = cast.client("linh").post("/agreements/US-2023-01/comments/", {"text": "y", "answers": other.pk})
    assert answer.status_code == 404
