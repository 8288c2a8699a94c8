"""Partners at a glance: the numbers of the lists, tiles that never overlap, and only what one sees."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.overview.tiles import GAP, HEIGHT, TILE, WIDTH, Place, laid_out
from partners.models.countries import Region
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment


@pytest.mark.parametrize("name", ["linh", "huy", "sara", "auditor"])
def test_each_number_is_that_of_its_list(cast: Cast, today: object, name: str) -> None:
    for partner, days in ((cast.us, -3), (cast.us, 30), (cast.kr, -3)):
        agreement = make_agreement(desk=cast.desk, parties=[cast.home, partner])
        make_commitment(agreement=agreement, due_on=TODAY + timedelta(days=days))
    client = cast.client(name)
    places = client.get("/partners/map/").context["places"]
    assert places
    for place in places:
        here = {"country": place.country.code}
        lists = [
            client.get("/agreements/", here), client.get("/commitments/", {**here, "open": "true"}),
            client.get("/commitments/", {**here, "due": "overdue"}),
        ]  # fmt: skip
        counted = [answer.context["page"].count for answer in lists]
        assert [place.agreements, place.commitments, place.overdue] == counted, place.country.code
    codes = {place.country.code for place in places}
    assert ("KR" in codes) == (name != "sara")


def place(region: str, agreements: int) -> Any:
    return Place(SimpleNamespace(region=region), agreements, 0, 0)  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.sampled_from([*Region.values, ""]), st.integers(0, 500)), max_size=60))
def test_tiles_stand_apart_and_inside(found: list[tuple[str, int]]) -> None:
    drawn = laid_out(place(*one) for one in found)
    corners = [(tile.x, tile.y) for tile in drawn.tiles]
    assert len(set(corners)) == len(corners) == len(found)
    assert all(x % (TILE + GAP) == 0 and x + TILE <= WIDTH and y + HEIGHT <= drawn.height for x, y in corners)
    tops = sorted({y for _x, y in corners})
    assert all(below - above >= HEIGHT for above, below in pairwise(tops))


@pytest.mark.parametrize(("agreements", "shade"), [(0, 0), (1, 1), (4, 1), (5, 2), (99, 3), (5000, 4)])
def test_more_is_darker(agreements: int, shade: int) -> None:
    assert place("asia", agreements).shade == shade
