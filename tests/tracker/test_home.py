"""The first page: each number opens exactly its list, whosever it is; and what others did since the last visit."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine

from agreements.models import Step
from agreements.overview import figures
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


def test_it_says_when_the_term_ends_that_runs_now(cast: Cast, today: object) -> None:
    """Not the end of the first one, long past; the nearest end stands first, and no end is said too exactly."""
    renews: dict[str, Any] = {"renewal": "tacit", "renewal_months": 12}
    for expires_on, more in (
        (date(2020, 12, 20), renews),
        (date(2026, 12, 10), {}),
        (date(2028, 6, 1), {"leaves_on": date(2026, 12, 1), "leaves_as": "denunciation"}),
        (date(2026, 12, 31), {"expires_precision": "year"}),
    ):
        make_agreement(desk=cast.desk, owner=cast.linh, signed_on=date(2015, 5, 5), expires_on=expires_on, **more)
    page = cast.client("linh").get("/").content.decode()
    section = page.partition("Terms that end soon")[2].partition("</section>")[0]
    days = re.findall(r'<span class="pill warn">([^<]+)</span>', section)
    assert days == ["01/12/2026", "10/12/2026", "20/12/2026", "2026"]


def test_what_is_blocked_is_one_number_here_and_in_the_overview(cast: Cast, today: object) -> None:
    """What a partner disputes, or whose health a person has set, is blocked as well while something blocks it."""
    blocker: dict[str, Any] = {
        "blocker": "no money", "blocked_side": "ours", "blocked_by": "ministry", "blocked_since_on": TODAY,
    }  # fmt: skip
    agreement = make_agreement(desk=cast.desk, owner=cast.linh, parties=[cast.home, cast.us])
    for health in ("blocked", "disputed", "at_risk"):
        make_commitment(agreement=agreement, health=health, **blocker)
    minh = cast.client("minh")
    page = unescape(minh.get("/").content.decode())
    ((url, number),) = re.findall(r'<a href="([^"]+)"[^>]*>\s*<b>(\d+)</b> blocked', page)
    viewer = cast.viewer("minh")
    assert int(number) == 3 == minh.get(url).context["page"].count
    assert sum(one.count for one in figures.blocked(viewer)) == 3
    lead = figures.by_lead(viewer)
    assert sum(row.cells[lead.heads.index("Blocked")].count for row in lead.rows) == 3


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
