"""Action items, and many records at once, by the API: the rules of the pages, all or none, the reason of each."""

from __future__ import annotations

from typing import Any

from agreements.models import ActionItem, Agreement, BulkChange
from partners.models import Absence, Assessment, Figure, FocalPoint, Person, Relation
from tests.conftest import Cast, wrong
from tests.factories import TODAY
from tests.walks.test_api_contract import plain

SHARED = "US-2023-01-1"


def test_an_action_item_is_done_by_one_and_verified_by_another(cast: Cast, today: object) -> None:
    linh, minh = plain(cast, "linh"), plain(cast, "minh")
    made = linh.post(
        "/api/v1/action-items/",
        {"title": "Send the list", "owner": str(cast.linh.pk), "serves": SHARED, "due": "2027"},
        format="json",
    )
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
    given: dict[str, Any] = {"about": "agreements", "refs": ["US-2023-01"], "owner": str(cast.minh.pk), "delivery": ""}
    assert many(cast, "huy", **given).status_code == 400
    done = many(cast, "minh", **given)
    assert done.status_code == 201, done.content
    cast.agreement.refresh_from_db()
    assert cast.agreement.owner == cast.minh
    assert many(cast, "minh", **{**given, "owner": "", "delivery": "under_way"}).status_code == 400


NEW: dict[str, Any] = {
    "title_en": "Memorandum on kelp", "kind": "mou", "desk": "americas", "signed": "2024-05",
    "participants": [{"organisation": "gov-vn"}, {"organisation": "gov-us"}],
}  # fmt: skip
PROMISE: dict[str, Any] = {"title_en": "A kelp nursery", "direction": "theirs", "partner_owner": "gov-us"}


def test_milestones_and_money_come_with_a_new_agreement(cast: Cast, today: object) -> None:
    api = plain(cast, "linh")
    parts = {
        "milestones": [{"title_en": "A site", "due": "2027-06"}],
        "money": [{"kind": "pledged", "amount": "1.5 million", "currency": "USD"}],
    }
    made = api.post("/api/v1/agreements/", {**NEW, "commitments": [PROMISE | parts]}, format="json")
    assert made.status_code == 201, made.content
    ref = made.json()["ref"]
    (milestone,) = api.get(f"/api/v1/milestones/?agreement={ref}").json()["results"]
    (money,) = api.get(f"/api/v1/money/?agreement={ref}").json()["results"]
    assert (milestone["commitment"], milestone["due"]) == (f"{ref}-1", "2027-06")
    assert (float(money["amount"]), money["currency"]) == (1_500_000, "USD")


def test_a_part_that_is_wrong_undoes_the_whole(cast: Cast, today: object) -> None:
    parts = {"milestones": [{"title_en": "A site"}, {"title_en": "x", "due": "soon"}]}
    said = {**NEW, "commitments": [PROMISE, PROMISE | {"title_en": "Another"} | parts]}
    answer = plain(cast, "linh").post("/api/v1/agreements/", said, format="json")
    assert (answer.status_code, list(wrong(answer))) == (400, ["commitments.1.milestones.1.due"])
    assert not Agreement.objects.filter(title_en=NEW["title_en"]).exists()


def test_what_was_wrong_is_set_right(cast: Cast, today: object) -> None:
    linh, minh = plain(cast, "linh"), plain(cast, "minh")
    new = linh.post("/api/v1/agreements/", NEW, format="json").json()["ref"]
    place = f"/api/v1/agreements/{new}/"
    assert linh.post(f"{place}submit/", {}, format="json").json()["stage"] == "in_review"
    assert minh.post(f"{place}undo/", {}, format="json").status_code == 409, "another's act"
    assert linh.post(f"{place}undo/", {}, format="json").json()["stage"] == "draft"
    assert minh.post(f"{place}rectify/", {"reason": "x"}, format="json").status_code == 409
    assert linh.post(f"{place}archive/", {"reason": "x"}, format="json").status_code == 403
    assert minh.post(f"{place}archive/", {}, format="json").status_code == 400
    assert minh.post(f"{place}archive/", {"reason": "Logged twice"}, format="json").status_code == 204
    assert linh.get(place).status_code == 404
    assert linh.post("/api/v1/agreements/US-2023-01/teleport/", {}, format="json").status_code == 404


def test_what_is_known_of_partners_is_read_by_staff(cast: Cast, today: object) -> None:
    person = Person.objects.create(name="Ann", organisation=cast.us, email="ann@example.org")
    FocalPoint.objects.create(person=person, organisation=cast.us)
    country = cast.us.country
    assert country
    Relation.objects.create(country=country, level="strategic", since_on=TODAY)
    Figure.objects.create(country=country, key="k", name_en="x", value="12.50", unit="USD")
    Assessment.objects.create(organisation=cast.us, risk="low", assessed_on=TODAY)
    Absence.objects.create(user=cast.linh, deputy=cast.minh, from_on=TODAY, to_on=TODAY)
    for name in ("people", "focal-points", "relations", "figures", "assessments", "absences"):
        (row,) = plain(cast, "linh").get(f"/api/v1/{name}/").json()["results"]
        assert plain(cast, "linh").get(f"/api/v1/{name}/{row['id']}/").json() == row
        assert plain(cast, "sara").get(f"/api/v1/{name}/").status_code == 403, name
    assert plain(cast, "linh").get("/api/v1/people/?organisation=gov-us").json()["results"][0]["name"] == "Ann"
