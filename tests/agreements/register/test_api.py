"""The API: the same rows, fields and rules as the pages, with reasons for every refusal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from agreements.models import Agreement
from partners.models import ApiToken
from tests.conftest import Cast, wrong
from tests.factories import TODAY, make_agreement, make_commitment

NEW = {
    "title_en": "By machine", "kind": "mou", "desk": "americas", "signed": "2023-09",
    "participants": [{"organisation": "gov-vn"}, {"organisation": "gov-us", "role": "funding"}],
}  # fmt: skip


def keyed(cast: Cast, name: str, **more: Any) -> APIClient:
    facts = {"name": "test", "read_only": False, "expires_on": TODAY + timedelta(days=30), **more}
    _token, key = ApiToken.issue(cast.people[name], **facts)
    client = APIClient(headers={"accept-language": "en"})
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client


def test_a_key_acts_for_its_owner(cast: Cast, today: object) -> None:
    client = keyed(cast, "linh")
    answer = client.post("/api/v1/agreements/", NEW, format="json")
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert (made["ref"], made["stage"], made["signed"]) == ("US-2023-02", "draft", "2023-09")
    assert [row["organisation"] for row in made["participants"]] == ["gov-vn", "gov-us"]
    step = client.post(f"/api/v1/agreements/{made['ref']}/submit/", {}, format="json")
    assert step.json()["stage"] == "in_review"
    manager = keyed(cast, "minh")
    acts = manager.get(f"/api/v1/agreements/{made['ref']}/acts/").json()
    assert {act["name"] for act in acts["acts"]} == {"register", "clear", "return"}
    done = manager.post(f"/api/v1/agreements/{made['ref']}/register/", {"seen": acts["content_hash"]}, format="json")
    assert done.json()["stage"] == "signed"


@pytest.mark.parametrize("kind", ["read only", "expired", "unknown", "switched off", "garbage"])
def test_keys_that_do_not_write(cast: Cast, today: object, kind: str) -> None:
    facts: dict[str, dict[str, Any]] = {
        "read only": {"read_only": True},
        "expired": {"expires_on": TODAY - timedelta(days=1)},
    }
    client = keyed(cast, "linh", **facts.get(kind, {}))
    if kind == "unknown":
        client.credentials(HTTP_AUTHORIZATION="Bearer ptk_nobody")
    if kind == "garbage":
        client.credentials(HTTP_AUTHORIZATION="Bearer \xff\x00")
    if kind == "switched off":
        cast.linh.is_active = False
        cast.linh.save()
    answer = client.post("/api/v1/agreements/", NEW, format="json")
    assert answer.status_code == (403 if kind == "read only" else 401)
    assert client.get("/api/v1/agreements/").status_code == (200 if kind == "read only" else 401)
    assert not Agreement.objects.filter(title_en="By machine").exists()


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "unknown field": ({"colour": "red"}, "colour"),
    "bad date": ({"signed": "13/13/2023"}, "signed"),
    "bad kind": ({"kind": "nonsense"}, "kind"),
    "no title": ({"title_en": ""}, ""),
    "end before start": ({"effective": "2025", "expires": "2024"}, ""),
    "hidden desk": ({"desk": "asia"}, "desk"),
    "unknown organisation": ({"participants": [{"organisation": "nobody"}]}, "participants"),
    "same twice": ({"participants": [{"organisation": "gov-vn"}] * 2}, ""),
    "stage": ({"stage": "signed"}, "stage"),
    "reference": ({"ref": "US-2023-01"}, "ref"),
    "wrong type": ({"participants": "gov-vn"}, "participants"),
    "too long": ({"title_en": "x" * 1001}, "title_en"),
    "NUL": ({"title_en": "a\x00b"}, "title_en"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_400_with_a_reason(cast: Cast, name: str) -> None:
    change, field = BAD[name]
    before = Agreement.objects.count()
    answer = cast.api("linh").post("/api/v1/agreements/", {**NEW, **change}, format="json")
    assert answer.status_code == 400, answer.content
    assert not field or field in {name.partition(".")[0] for name in wrong(answer)}
    assert Agreement.objects.count() == before


@pytest.mark.parametrize("body", [b"{", b"[" * 500, b'"\\u0000"', b"\xff", b"null", b"[]"])
def test_malformed_bodies_get_400(cast: Cast, body: bytes) -> None:
    answer = cast.api("linh").post("/api/v1/agreements/", body, content_type="application/json")
    assert answer.status_code == 400


def test_undeclared_actions_are_refused(cast: Cast) -> None:
    client = cast.api("operator")
    for url in ("/api/v1/agreements/US-2023-01/", "/api/v1/commitments/US-2023-01-1/", "/api/v1/countries/US/"):
        assert client.delete(url).status_code == 405
        assert client.put(url, {}, format="json").status_code == 405
    assert client.post("/api/v1/agreements/", NEW, format="json").status_code == 403
    assert cast.api("linh").post("/api/v1/countries/", {"code": "XX"}, format="json").status_code == 403


def test_a_refused_transition_gets_409_and_the_reason(cast: Cast) -> None:
    answer = cast.api("linh").post("/api/v1/agreements/US-2023-01/suspend/", {"reason": "x"}, format="json")
    assert (answer.status_code, answer.json()["detail"]) == (403, "Your role does not do this.")
    answer = cast.api("linh").post("/api/v1/agreements/US-2023-01/teleport/", {}, format="json")
    assert answer.status_code == 404
    answer = cast.api("linh").post("/api/v1/agreements/US-2023-01/submit/", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    assert cast.api("sara").post("/api/v1/agreements/US-2023-01/suspend/", {}, format="json").status_code == 403


def test_a_stale_write_is_refused(cast: Cast) -> None:
    client = cast.api("linh")
    tag = client.get("/api/v1/agreements/US-2026-01/").headers["ETag"]
    assert (
        client.patch("/api/v1/agreements/US-2026-01/", {"title_en": "A"}, format="json", HTTP_IF_MATCH=tag).status_code
        == 200
    )
    late = client.patch("/api/v1/agreements/US-2026-01/", {"title_en": "B"}, format="json", HTTP_IF_MATCH=tag)
    assert late.status_code == 412
    cast.hidden.refresh_from_db()
    assert cast.hidden.title_en == "A"


def test_filters_are_those_of_the_page(cast: Cast) -> None:
    client = cast.api("linh")
    assert len(client.get("/api/v1/agreements/?stage=draft").json()["results"]) == 1
    assert client.get("/api/v1/agreements/?stage=nonsense").status_code == 400
    assert len(client.get("/api/v1/commitments/?agreement=US-2023-01").json()["results"]) == 1
    assert len(client.get("/api/v1/organisations/?q=fabless").json()["results"]) == 1


def test_commitments_are_made_under_their_agreement(cast: Cast) -> None:
    facts = {"agreement": "US-2023-01", "title_en": "A lab", "due": "2027", "partner_owner": "gov-us"}
    answer = cast.api("linh").post("/api/v1/commitments/", facts, format="json")
    assert answer.status_code == 201, answer.json()
    assert (answer.json()["ref"], answer.json()["baseline_due"]) == ("US-2023-01-2", "2027")
    moved = cast.api("linh").patch("/api/v1/commitments/US-2023-01-2/", {"agreement": "US-2026-01"}, format="json")
    assert moved.status_code == 400
    assert cast.api("huy").post("/api/v1/commitments/", facts, format="json").status_code == 403
    early = cast.api("linh").post("/api/v1/commitments/", {**facts, "start": "2028"}, format="json")
    assert early.status_code == 400


def test_a_partner_sees_no_link_to_a_hidden_parent(cast: Cast) -> None:
    cast.agreement.parent = cast.hidden
    cast.agreement.save()
    assert cast.api("linh").get("/api/v1/agreements/US-2023-01/").json()["parent"] == "US-2026-01"
    assert cast.api("sara").get("/api/v1/agreements/US-2023-01/").json()["parent"] is None
    assert cast.api("sara").get("/api/v1/agreements/").json()["results"][0]["parent"] is None


def test_pages_follow_each_other(cast: Cast) -> None:
    for _ in range(60):
        make_agreement(desk=cast.desk)
    first = cast.api("linh").get("/api/v1/agreements/").json()
    second = cast.api("linh").get(first["next"]).json()
    seen = [row["ref"] for row in first["results"] + second["results"]]
    assert len(seen) == len(set(seen)) == 62


def test_the_schema_page_asks_nobody_outside(cast: Cast) -> None:
    page = cast.client("linh").get("/api/").content.decode()
    assert "cdn" not in page
    assert "https://" not in page


def test_a_commitment_in_charge_is_listed_for_the_partner(cast: Cast) -> None:
    make_commitment(agreement=cast.hidden, partner_owner=cast.us)
    rows = cast.api("sara").get("/api/v1/commitments/").json()["results"]
    assert [row["ref"] for row in rows] == ["US-2023-01-1"]
    assert "health_reason" not in rows[0]
