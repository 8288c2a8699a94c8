"""The procedure of an agreement by the API: opened, noted, returned and closed by the rules of its page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Cast, wrong
from tests.factories import make_agreement, make_document, make_procedure
from tests.walks.test_api_resources import done, made

STEPS = [
    {"code": "consultation", "clock": 7, "unit": "days", "clock_start": "dossier", "needs_paper": True},
    {"code": "copy"},
]
DRAFT = "US-2026-02"


@pytest.fixture
def opened(cast: Cast, today: object) -> Any:
    make_procedure(code="full", steps=STEPS)
    agreement = make_agreement(ref=DRAFT, desk=cast.desk, stage="draft", owner=cast.linh, parties=[cast.home, cast.us])
    return made(
        cast.api("linh").post("/api/v1/proceedings/", {"agreement": agreement.ref, "procedure": "full"}, "json")
    )


def steps(cast: Cast, proceeding: Any) -> list[Any]:
    found: list[Any] = done(cast.api("linh").get(f"/api/v1/proceeding-steps/?proceeding={proceeding['id']}"))["results"]
    return sorted(found, key=lambda row: row["id"])


def test_what_the_law_knows_is_read_by_staff(cast: Cast, opened: Any) -> None:
    for who in ("linh", "huy", "auditor"):
        assert done(cast.api(who).get("/api/v1/procedures/full/"))["variant"] == "full"
        rows = done(cast.api(who).get("/api/v1/procedure-steps/?procedure=full"))["results"]
        assert {row["code"] for row in rows} == {"consultation", "copy"}
    assert cast.api("sara").get("/api/v1/procedures/full/").status_code == 403


def test_a_step_is_noted_with_its_paper(cast: Cast, opened: Any) -> None:
    first, _copy = steps(cast, opened)
    where, api = f"/api/v1/proceeding-steps/{first['id']}/", cast.api("linh")
    note = {"started_on": "10/11/2026", "done_on": "12/11/2026"}
    assert api.patch(where, note, format="json").status_code == 409, "it needs its paper"
    paper = make_document(agreement=cast.agreement)
    assert list(wrong(api.patch(where, {**note, "document": paper.pk}, format="json"))) == ["document"], "another's"
    row = done(api.patch(where, {**note, "number": "12/CV"}, format="json"))
    assert (row["started_on"], row["done_on"], row["number"], row["done_by"]) == (
        "2026-11-10", "2026-11-12", "12/CV", cast.linh.pk,
    )  # fmt: skip
    assert cast.api("huy").patch(where, {"remark": "x"}, format="json").status_code == 404
    assert cast.api("auditor").patch(where, {"remark": "x"}, format="json").status_code == 403


def test_a_returned_dossier_stops_the_clock(cast: Cast, opened: Any) -> None:
    first, _copy = steps(cast, opened)
    where, api = f"/api/v1/proceeding-steps/{first['id']}/", cast.api("linh")
    clocks = f"/api/v1/proceedings/{opened['id']}/clocks/"
    assert api.post(f"{where}send-back/", {"reason": "A seal is missing"}, format="json").status_code == 409
    done(api.patch(where, {"started_on": "10/11/2026"}, format="json"))
    assert done(api.get(clocks))[0]["due_on"] == "2026-11-17"
    done(api.post(f"{where}send-back/", {"reason": "A seal is missing", "on": "2026-11-12"}, format="json"))
    away = done(api.get(clocks))[0]
    assert (away["is_returned"], away["due_on"]) == (True, None)
    done(api.post(f"{where}take-back/", {"on": "2026-11-20"}, format="json"))
    back = done(api.get(clocks))[0]
    assert (back["is_returned"], back["due_on"] > "2026-11-20") == (False, True)


def test_it_ends_with_a_reason_while_steps_are_open(cast: Cast, opened: Any) -> None:
    where, api = f"/api/v1/proceedings/{opened['id']}/close/", cast.api("linh")
    assert (
        cast.api("minh").post("/api/v1/proceedings/", {"agreement": DRAFT, "procedure": "full"}, "json").status_code
        == 409
    )
    assert api.post(where, {}, format="json").status_code == 409
    assert done(api.post(where, {"reason": "The visit is off"}, format="json"))["closed_on"] == "2026-11-23"
    assert api.post(where, {"reason": "again"}, format="json").status_code == 409
    made(api.post("/api/v1/proceedings/", {"agreement": DRAFT, "procedure": "full"}, "json"))


def test_only_its_desk_opens_what_fits(cast: Cast, opened: Any) -> None:
    make_procedure(code="treaties", regime="treaty")
    body = {"agreement": DRAFT, "procedure": "treaties"}
    assert list(wrong(cast.api("linh").post("/api/v1/proceedings/", body, "json"))) == ["procedure"]
    signed = {"agreement": "US-2023-01", "procedure": "full"}
    assert cast.api("huy").post("/api/v1/proceedings/", signed, "json").status_code == 403
    assert cast.api("sara").post("/api/v1/proceedings/", signed, "json").status_code == 403
