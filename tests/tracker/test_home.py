"""The first page: each number opens exactly its list, whosever it is; and what others did since the last visit."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine

from agreements.models import Step
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment

NINE = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def busy(cast: Cast, today: object) -> Cast:
    """Papers and promises of every state at two desks, kept by two people."""
    number = 0
    for desk, owner in ((cast.desk, cast.linh), (cast.desk, cast.minh), (cast.other_desk, cast.huy)):
        for stage in ("draft", "in_review", "signed", "suspended", "ended"):
            agreement = make_agreement(
                desk=desk, owner=owner, stage=stage, parties=[cast.home, cast.us],
                expires_on=TODAY + timedelta(days=20), submitted_by=owner, updated_by=owner,
            )  # fmt: skip
            for days, health in ((-3, "blocked"), (10, "on_track"), (90, "no_report")):
                number += 1
                make_commitment(
                    agreement=agreement, owner=owner, due_on=TODAY + timedelta(days=days), health=health,
                    delivery="delivered" if number % 4 == 0 else "under_way",
                    delivered_on=TODAY if number % 4 == 0 else None,
                    heard_on=TODAY - timedelta(days=200 if number % 2 else 2),
                )  # fmt: skip
    return cast


@pytest.mark.parametrize("name", ["linh", "minh", "huy"])
@pytest.mark.parametrize("scope", ["", "mine", "desk", "house"])
def test_each_number_opens_exactly_its_list(busy: Cast, name: str, scope: str) -> None:
    client = busy.client(name)
    page = unescape(client.get("/", {"of": scope}).content.decode())
    boxes = re.findall(r'<a href="([^"]+)"(?: class="is-bad")?\s*>\s*<b>(\d+)</b>', page)
    assert len(boxes) == 7
    assert sum(int(number) for _url, number in boxes) > 0
    for url, number in boxes:
        assert client.get(url).context["page"].count == int(number), url


@pytest.mark.parametrize("name", ["auditor", "operator"])
def test_so_do_those_of_the_house(busy: Cast, name: str) -> None:
    client = busy.client(name)
    page = unescape(client.get("/").content.decode())
    boxes = re.findall(r'href="(/(?:agreements|commitments)/[^"]*)"[^>]*>\s*<b>(\d+)</b>', page)
    assert len(boxes) == 4
    for url, number in boxes:
        assert client.get(url).context["page"].count == int(number), url


def act(cast: Cast, agreement: Any, by: str, name: str = "comment") -> None:
    Step.objects.create(agreement=agreement, name=name, on=TODAY, by=cast.people[by])


def test_what_others_did_since_the_visit_before_this_one(cast: Cast) -> None:
    client = cast.client("linh")

    def told() -> list[str]:
        return [step.name for step in client.get("/").context["changes"]]

    with time_machine.travel(NINE - 3 * HOUR, tick=False):
        assert told() == [], "the first visit"
    with time_machine.travel(NINE - 2 * HOUR, tick=False):
        act(cast, cast.agreement, "minh", "suspend")
        act(cast, cast.agreement, "linh", "log")
    with time_machine.travel(NINE, tick=False):
        assert told() == ["suspend"], "by others only"
    with time_machine.travel(NINE + 5 * MINUTE, tick=False):
        assert told() == ["suspend"], "still the same visit"
    with time_machine.travel(NINE + 2 * HOUR, tick=False):
        assert told() == [], "seen"
        assert "Changes of the last days" in client.get("/").content.decode()


def test_the_page_of_changes_goes_through_the_gate(cast: Cast, today: object) -> None:
    act(cast, cast.agreement, "minh")
    act(cast, cast.hidden, "minh")
    pages = {name: cast.client(name).get("/changes/?since=2020-01-01") for name in ("linh", "huy", "auditor")}
    assert {name: page.context["page"].count for name, page in pages.items()} == {"linh": 2, "huy": 1, "auditor": 2}
    for wrong in ("x", "", "2020-13-45"):
        assert cast.client("linh").get("/changes/", {"since": wrong}).status_code == 200
