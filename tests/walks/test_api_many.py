"""Action items, and many records at once, by the API: the rules of the pages, all or none, the reason of each."""

from __future__ import annotations

from typing import Any

from agreements.models import ActionItem, BulkChange
from tests.conftest import Cast, wrong
from tests.walks.test_api_contract import plain

SHARED = "US-2023-01-1"


def test_an_action_item_is_done_by_one_and_verified_by_another(cast: Cast, today: object) -> None:
    linh, minh = plain(cast, "linh"), plain(cast, "minh")
    made = linh.post(
        "/api/v1/action-items/", {"title": "Send the list", "owner": str(cast.linh.pk), "serves": SHARED, "due": "2027"},
        format="json",
    )  # fmt: skip
    assert made.status_code == 201, made.content
    said = made.json()
    assert (said["serves"], said["owner"], said["due"], said["state"]) == ([SHARED], cast.linh.pk, "2027", "open")
    place = f"/api/v1/action-items/{said['id']}/"
    assert linh.patch(place, {"title": "x"}, format="json").status_code == 428
    changed = linh.patch(place, {"title": "Send it"}, format="json", HTTP_IF_MATCH=made.headers["ETag"])
    assert (changed.status_code, changed.json()["serves"]) == (200, [SHARED]), changed.content
    assert linh.post(f"{place}verify/", {}, format="json").status_code == 409
    assert linh.post(f"{place}finish/", {"result": "Sent"}, format="json").json()["state"] == "done"
    own = linh.post(f"{place}verify/", {}, format="json")
    assert own.status_code == 409, "never by who did it"
    assert minh.post(f"{place}reopen/", {"reason": "Half"}, format="json").json()["state"] == "open"
    assert linh.post(f"{place}finish/", {"result": "All"}, format="json").status_code == 200
    assert minh.post(f"{place}verify/", {}, format="json").json()["state"] == "verified"
    assert [row["id"] for row in linh.get(f"/api/v1/action-items/?commitment={SHARED}").json()["results"]] == [
        said["id"]
    ]
    assert plain(cast, "huy").get(place).status_code == 404, "another desk's"
    assert plain(cast, "sara").get("/api/v1/action-items/").status_code == 403


def test_an_action_item_that_is_none_changes_nothing(cast: Cast, today: object) -> None:
    answer = plain(cast, "linh").post("/api/v1/action-items/", {"title": "", "due": "soon"}, format="json")
    assert answer.status_code == 400
    assert not ActionItem.objects.exists()


def many(cast: Cast, who: str = "linh", way: str = "", **said: Any) -> Any:
    api: Any = plain(cast, who)
    wanted = {"about": "commitments", "refs": [SHARED], "delivery": "under_way", **said}
    return api.post(f"/api/v1/bulk-changes/{way}", wanted, format="json")


def test_many_are_changed_all_or_none_with_the_reason_of_each(cast: Cast, today: object) -> None:
    was = cast.commitment.delivery
    told = many(cast, way="preview/", refs=[SHARED, "US-1999-99-1"]).json()
    assert [row["outcome"] for row in told] == ["change", "refused"]
    no = many(cast, refs=[SHARED, "US-1999-99-1"])
    assert (no.status_code, list(wrong(no))) == (400, ["refs.1"])
    cast.commitment.refresh_from_db()
    assert (cast.commitment.delivery, BulkChange.objects.count()) == (was, 0)
    done = many(cast, refs=[SHARED, "US-1999-99-1"], skip_refused=True)
    assert done.status_code == 201, done.content
    cast.commitment.refresh_from_db()
    assert cast.commitment.delivery == "under_way"
    place = f"/api/v1/bulk-changes/{done.json()['id']}/"
    assert plain(cast, "minh").post(f"{place}undo/", {}, format="json").status_code == 404, "another's"
    assert plain(cast, "linh").post(f"{place}undo/", {}, format="json").json()["undone_at"]
    cast.commitment.refresh_from_db()
    assert cast.commitment.delivery == was


def test_many_agreements_are_given_to_a_colleague(cast: Cast, today: object) -> None:
    given = {"about": "agreements", "refs": ["US-2023-01"], "owner": str(cast.minh.pk), "delivery": ""}
    assert many(cast, "huy", **given).status_code == 400
    done = many(cast, "minh", **given)
    assert done.status_code == 201, done.content
    cast.agreement.refresh_from_db()
    assert cast.agreement.owner == cast.minh
    assert many(cast, "minh", **{**given, "owner": "", "delivery": "under_way"}).status_code == 400
