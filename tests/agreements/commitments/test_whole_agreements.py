"""An agreement with its commitments in one request: shown with them, and made with them."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.models import Agreement, Commitment
from tests.conftest import Cast, wrong
from tests.factories import make_commitment, make_share

URL = "/api/v1/agreements/"
FIRST = {"title_en": "A lab", "direction": "theirs", "partner_owner": "gov-us", "due": "2027", "co_leads": ["gov-vn"]}
SECOND = {"title_en": "A fund", "direction": "ours", "lead": "gov-vn", "start": "2026-05"}


def paper(*commitments: Any) -> dict[str, Any]:
    parties = [{"organisation": "gov-vn"}, {"organisation": "gov-us"}]
    facts = {"title_en": "Together", "kind": "mou", "desk": "americas", "signed": "2023-09", "participants": parties}
    return {**facts, "commitments": list(commitments), "allow_similar": True}


def test_a_record_shows_its_commitments_where_they_are_asked_for(cast: Cast) -> None:
    make_commitment(agreement=cast.agreement, title="Second")
    make_commitment(agreement=cast.agreement, title="Archived", archived_at="2020-01-01T00:00Z")
    for name in ("linh", "sara"):
        client = cast.api(name)
        assert "commitments" not in client.get(f"{URL}US-2023-01/").json()
        shown = client.get(f"{URL}US-2023-01/?expand=commitments").json()
        listed = client.get("/api/v1/commitments/?agreement=US-2023-01").json()["results"]
        told = [{key: value for key, value in one.items() if key != "agreement"} for one in reversed(listed)]
        assert shown["commitments"] == told
        assert len(told) == 2
    assert list(client.get(f"{URL}US-2023-01/?expand=commitments&fields=ref").json()) == ["ref", "commitments"]


def test_what_a_share_holds_back_is_not_expanded(cast: Cast) -> None:
    cast.agreement.shares.update(withheld=["commitments"])
    assert cast.api("sara").get(f"{URL}US-2023-01/?expand=commitments").json()["commitments"] == []
    make_share(agreement=None, commitment=cast.commitment, organisation=cast.us, withheld=["wording"])  # type: ignore[arg-type]
    (one,) = cast.api("sara").get(f"{URL}US-2023-01/?expand=commitments").json()["commitments"]
    assert (one["ref"], one["text_en"]) == ("US-2023-01-1", "")


def test_only_known_lists_of_one_record_are_expanded(cast: Cast) -> None:
    assert cast.api("linh").get(f"{URL}US-2023-01/?expand=notes").status_code == 400
    assert cast.api("linh").get(f"{URL}?expand=commitments").status_code == 400


def test_an_agreement_is_made_with_its_commitments(cast: Cast, today: object) -> None:
    answer = cast.api("linh").post(f"{URL}?expand=commitments", paper(FIRST, SECOND), format="json")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert [(one["ref"], one["title_en"]) for one in made["commitments"]] == [
        ("US-2023-02-1", "A lab"),
        ("US-2023-02-2", "A fund"),
    ]
    first, second = made["commitments"]
    assert (first["due"], first["baseline_due"], first["co_leads"]) == ("2027", "2027", ["gov-vn"])
    assert (second["start"], second["owed_by"]) == ("2026-05", ["gov-vn"])
    kept = Commitment.objects.filter(agreement__ref=made["ref"])
    assert {(one.owner, one.created_by, one.health) for one in kept} == {(cast.linh, cast.linh, "")}


def test_it_is_what_six_requests_would_have_made(cast: Cast, today: object) -> None:
    whole = cast.api("linh").post(URL, paper(FIRST, SECOND), format="json").json()["ref"]
    alone = cast.api("linh").post(URL, paper(), format="json").json()["ref"]
    for one in (FIRST, SECOND):
        answer = cast.api("linh").post("/api/v1/commitments/", {**one, "agreement": alone}, format="json")
        assert answer.status_code == 201, answer.content
    told = [cast.api("linh").get(f"{URL}{ref}/?expand=commitments").json()["commitments"] for ref in (whole, alone)]
    own = {"ref": "", "version": 0, "updated_at": ""}
    assert [{**one, **own} for one in told[0]] == [{**one, **own} for one in told[1]]


def test_one_bad_commitment_and_nothing_is_made(cast: Cast) -> None:
    before = Agreement.objects.count()
    bad: dict[str, tuple[dict[str, Any], str]] = {
        "unknown": ({"colour": "red"}, "colour"), "locked": ({"health": "delayed"}, "health"),
        "a foreign lead": ({"lead": "gov-us"}, "lead"), "a bad date": ({"due": "13/13/2023"}, "due"),
        "ends first": ({"start": "2030"}, "__all__"), "delivered": ({"delivery": "delivered"}, "delivery"),
        "no title": ({"title_en": ""}, "__all__"), "another paper": ({"agreement": "US-2023-01"}, "agreement"),
    }  # fmt: skip
    for name, (change, field) in bad.items():
        answer = cast.api("linh").post(URL, paper(SECOND, {**FIRST, **change}), format="json")
        assert answer.status_code == 400, name
        assert list(wrong(answer)) == [f"commitments.1.{field}".removesuffix(".__all__")], name
    assert Agreement.objects.count() == before


def test_commitments_of_a_known_agreement_are_written_by_themselves(cast: Cast) -> None:
    answer = cast.api("linh").patch(f"{URL}US-2026-01/", {"commitments": [FIRST]}, format="json")
    assert (answer.status_code, list(wrong(answer))) == (400, ["commitments"])


def test_a_commitment_more_costs_few_questions(cast: Cast) -> None:
    client = cast.api("linh")
    client.post(URL, paper(SECOND), format="json")

    def asked(number: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.post(URL, paper(*[SECOND] * number), format="json").status_code == 201
        return len(queries)

    one, six = asked(1), asked(6)
    assert (six - one) / 5 <= 9, (one, six)
