"""Ticked agreements, or all that the list matches, given to another keeper: shown first, done, and taken back."""

from __future__ import annotations

from typing import Any

import pytest

from agreements.models import Agreement, BulkChange, Step
from agreements.register.rules.bulk import MOST
from tests.conftest import Cast
from tests.factories import make_agreement
from tests.test_query_counts import grow


def keepers() -> dict[str, str]:
    return {row.ref: row.owner.name for row in Agreement.objects.select_related("owner") if row.owner}


def undo_address() -> str:
    return f"/agreements/give/{BulkChange.objects.get().pk}/undo/"


def test_shown_done_and_taken_back(cast: Cast, mai: Any) -> None:
    manager = cast.client("minh")
    elsewhere = make_agreement(desk=cast.other_desk, owner=cast.huy, ref="KR-2026-09")
    before = keepers()
    wish = {"to": mai.pk, "ref": [cast.agreement.ref, cast.hidden.ref, elsewhere.ref], "query": "stage=signed"}
    preview = manager.post("/agreements/give/", wish)
    shown = preview.context["preview"]
    assert {line.record.ref for line in shown.changing} == {cast.agreement.ref, cast.hidden.ref}
    assert [line.refused for line in shown.refused] == ["it is not your desk's"]
    assert keepers() == before, "nothing has happened yet"
    done = manager.post("/agreements/give/", wish | {"confirmed": "1"})
    assert done.headers["Location"] == "/agreements/?stage=signed"
    assert keepers() == before | {cast.agreement.ref: "Mai", cast.hidden.ref: "Mai"}
    assert Step.objects.filter(name="hand_over", subject_id=mai.pk).count() == 2
    page = manager.get("/agreements/").content.decode()
    assert "Mai keeps 2 more." in page
    assert "can be taken back" in page
    assert cast.client("linh").post(undo_address()).status_code == 404, "another's"
    manager.post(undo_address())
    assert keepers() == before
    assert "undone already" in manager.post(undo_address(), follow=True).content.decode()


def test_all_that_match_the_filters(cast: Cast, mai: Any) -> None:
    for number in range(60):
        make_agreement(desk=cast.desk, owner=cast.linh, stage="signed", ref=f"KR-2026-{number:02}")
    wish = {"to": mai.pk, "all": "1", "query": "stage=signed", "confirmed": "1"}
    cast.client("minh").post("/agreements/give/", wish)
    assert set(Agreement.objects.filter(stage="signed").values_list("owner__name", flat=True)) == {"Mai"}
    assert Agreement.objects.filter(stage="draft", owner=cast.linh).exists(), "beyond the page, not beyond the filter"


def test_what_is_too_much_at_once_is_said(cast: Cast, mai: Any) -> None:
    grow(cast, 2 * MOST - 200)
    client = cast.client("minh")
    matching = client.get("/agreements/?stage=signed").context["page"].count
    page = client.post("/agreements/give/", {"to": mai.pk, "all": "1", "query": "stage=signed"})
    shown = page.context["preview"]
    assert (len(shown.lines), shown.beyond) == (MOST, matching - MOST)
    assert f"{shown.beyond} more match and are not among them" in page.content.decode()
    few = client.post("/agreements/give/", {"to": mai.pk, "ref": [cast.agreement.ref]})
    assert few.context["preview"].beyond == 0
    assert "among them" not in few.content.decode()


def test_an_officer_gives_away_only_what_is_theirs(cast: Cast, mai: Any) -> None:
    other = make_agreement(desk=cast.desk, owner=cast.minh, ref="KR-2026-01")
    wish = {"to": mai.pk, "ref": [cast.agreement.ref, other.ref], "confirmed": "1"}
    cast.client("linh").post("/agreements/give/", wish)
    assert (keepers()[cast.agreement.ref], keepers()[other.ref]) == ("Mai", "Minh")


def test_nobody_takes_over_at_a_desk_that_is_not_theirs(cast: Cast) -> None:
    before = keepers()
    for to in (cast.huy.pk, cast.sara.pk, "x", "", 999999):
        cast.client("minh").post("/agreements/give/", {"to": to, "ref": cast.agreement.ref, "confirmed": "1"})
    assert keepers() == before


def test_what_was_changed_since_is_not_taken_back(cast: Cast, mai: Any) -> None:
    manager = cast.client("minh")
    manager.post("/agreements/give/", {"to": mai.pk, "ref": cast.agreement.ref, "confirmed": "1"})
    Agreement.objects.filter(pk=cast.agreement.pk).update(version=9)
    said = manager.post(undo_address(), follow=True).content.decode()
    assert keepers()[cast.agreement.ref] == "Mai"
    assert "have changed since" in said


@pytest.mark.parametrize("name", ["sara", "auditor", "operator"])
def test_others_find_no_ticks(cast: Cast, name: str) -> None:
    assert 'form="give"' not in cast.client(name).get("/agreements/").content.decode()
    assert cast.client(name).post("/agreements/give/", {}).status_code == 404
