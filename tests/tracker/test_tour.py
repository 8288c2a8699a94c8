"""The first visit: three steps, one at a time, until they are done; and again from the profile."""

from __future__ import annotations

import pytest

from partners.viewers import Role
from tests.conftest import Cast
from tracker.tour import TOUR


@pytest.mark.parametrize("name", ["linh", "minh", "sara", "auditor", "operator"])
def test_three_steps_each_with_a_page_that_opens(cast: Cast, name: str) -> None:
    client, person = cast.client(name), cast.people[name]
    for at, step in enumerate(TOUR[Role(person.role)], 1):
        page = client.get("/").content.decode()
        assert f"First visit: {at} of 3" in page
        assert str(step.title) in page
        assert client.get(step.url.partition("#")[0]).status_code == 200
        assert client.post("/tour/", {"to": at}).status_code == 302
    assert "First visit" not in client.get("/").content.decode()
    client.post("/tour/", {"to": 0})
    assert "First visit: 1 of 3" in client.get("/").content.decode()


@pytest.mark.parametrize("to", ["3", "99", "", "x", "-1"])
def test_it_can_be_ended_and_nothing_breaks_it(cast: Cast, to: str) -> None:
    client = cast.client("linh")
    assert client.post("/tour/", {"to": to}).status_code == 302
    assert "First visit" not in client.get("/").content.decode()
    assert "First visit" in cast.client("huy").get("/").content.decode(), "each person's own"
