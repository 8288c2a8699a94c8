"""Each role has its page of help; a partner finds whom to ask on every page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from agreements.vocabulary import Health
from partners.models import Desk
from partners.viewers import Role
from tests.conftest import ROLES, Cast
from tracker.helping import MEANT, TOPICS

EMAIL = "americas@mofa.example"


@pytest.fixture(autouse=True)
def reachable(cast: Cast) -> None:
    Desk.objects.filter(pk=cast.desk.pk).update(email=EMAIL, phone="+84 24 3799 0000")
    Desk.objects.filter(pk=cast.other_desk.pk).update(email="asia@mofa.example")


def test_no_role_is_left_without_help() -> None:
    assert set(TOPICS) == set(Role)
    assert set(MEANT) == set(Health)


@pytest.mark.parametrize("who", ROLES[1:])
def test_what_help_names_can_be_opened(who: str, cast: Cast) -> None:
    client = cast.client(who)
    topics = client.get("/help/").context["topics"]
    assert len(topics) >= 4
    for topic in topics:
        if topic.url:
            assert client.get(topic.url.partition("#")[0]).status_code == 200, topic.url


def texts() -> Iterator[Any]:
    for topics in TOPICS.values():
        for topic in topics:
            yield from (text for text in (topic.question, topic.answer, topic.page) if text)
    yield from MEANT.values()


def test_help_is_whole_in_both_languages() -> None:
    said = {}
    for language in ("en", "vi"):
        with translation.override(language):
            said[language] = [str(text) for text in texts()]
    same = [english for english, vietnamese in zip(said["en"], said["vi"], strict=True) if english == vietnamese]
    assert same == []


def test_a_partner_finds_whom_to_ask(cast: Cast) -> None:
    client = cast.client("sara")
    for path in (f"/agreements/{cast.agreement.ref}/", f"/commitments/{cast.commitment.ref}/", "/help/"):
        page = client.get(path).content.decode()
        assert EMAIL in page, path
        assert "asia@mofa.example" not in page, "a desk that shares nothing"
    for path in ("/", "/agreements/", "/commitments/", "/profile/"):
        assert 'href="/help/"' in client.get(path).content.decode(), path
    assert EMAIL not in cast.client("omar").get("/help/").content.decode()


def test_staff_is_not_told_whom_partners_ask(cast: Cast) -> None:
    page = cast.client("linh").get("/help/").content.decode()
    assert EMAIL not in page
    assert str(cast.people["operator"]) in page
