"""Partners at a glance: the numbers of the lists, tiles that never overlap, and only what one sees."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import cycle, pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreements.examples.generating import generate
from agreements.models import Agreement, Commitment, Participant
from agreements.overview import tallies, tiles
from agreements.overview.tiles import GAP, HEIGHT, TILE, WIDTH, Place, laid_out
from partners.models import Country, Organisation, User
from partners.models.countries import Region
from partners.viewers import Role, Viewer
from tests.agreements.examples.conftest import register  # noqa: F401  (a fixture)
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment
from tests.roles import analyze


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


def by_rows(viewer: Viewer) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
    """What is added up, counted from the rows themselves."""
    return tiles._agreements(viewer), tiles._owed(viewer)


def added_up(viewer: Viewer) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
    agreements, owed = tiles._added_up(viewer)
    return agreements, {key: numbers for key, numbers in owed.items() if numbers[0]}


def test_in_a_generated_life_what_is_added_up_is_what_stands_there(register: Any) -> None:  # noqa: F811
    generate(200, seed=7, on=TODAY)
    analyze()  # or the planner guesses
    staff = User.objects.filter(is_active=True).exclude(role=Role.PARTNER)
    viewers = [one.viewer(on=TODAY + timedelta(days=days)) for one in staff for days in (0, 50)]
    for viewer in viewers:
        assert added_up(viewer) == by_rows(viewer), viewer.name
    rng, papers = random.Random(1), list(Agreement.objects.order_by("pk"))
    Organisation.objects.filter(pk__in=rng.sample(list(Organisation.objects.values_list("pk", flat=True)), 9)).update(
        country=Country.objects.get(code="FR")
    )
    Participant.objects.filter(agreement__in=rng.sample(papers, 20)).update(role="observer")
    Participant.objects.filter(agreement__in=rng.sample(papers, 9), role="principal").update(
        archived_at=f"{TODAY}T00:00:00Z", archived_because="x"
    )
    changes: list[dict[str, Any]] = [{"restricted": True}, {"stage": "draft"}]
    for paper, more in zip(rng.sample(papers, 40), cycle(changes), strict=False):
        Agreement.objects.filter(pk=paper.pk).exclude(stage="ended").update(**more)
    Agreement.objects.filter(pk__in=[paper.pk for paper in rng.sample(papers, 5)]).update(
        archived_at=f"{TODAY}T00:00:00Z", archived_because="x"
    )
    Commitment.objects.filter(agreement__in=rng.sample(papers, 40)).update(partner_owner=None, direction="theirs")
    for _counted in range(2):
        for viewer in viewers:
            assert added_up(viewer) == by_rows(viewer), viewer.name
        tallies.count_stale()


def place(region: str, agreements: int) -> Any:
    return Place(SimpleNamespace(region=region), agreements, 0, 0)  # type: ignore[arg-type]


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw loads the rest of the library
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


def test_a_tile_holds_the_whole_name_and_the_key_tells_the_shades_that_occur() -> None:
    country = Country(name_vi="Liên minh châu Âu", name_en="European Union, all of it", region="")
    drawn = laid_out([Place(country, 7, 0, 0), Place(country, 120, 0, 0)])
    assert [" ".join(tile.lines) for tile in drawn.tiles] == [country.name] * 2
    assert drawn.key == ((2, "5–19"), (4, "100+"))
