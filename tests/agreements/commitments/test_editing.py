"""Editing one commitment: lists, two editors, bad dates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Cast
from tests.factories import TODAY, make_commitment

URL = "/commitments/US-2023-01-1/edit/"


def filled(**more: Any) -> dict[str, Any]:
    return {
        "title_vi": "", "title_en": "A lab", "kind": "laboratory", "direction": "theirs", "due": "12/2027",
        "delivery": "under_way", "health": "at_risk", "seen_version": "1", **more,
    }  # fmt: skip


def test_a_new_date_keeps_the_first_one(cast: Cast) -> None:
    cast.commitment.due_on = cast.commitment.baseline_due_on = TODAY
    cast.commitment.save()
    assert cast.client("linh").post(URL, filled()).status_code == 302
    cast.commitment.refresh_from_db()
    assert (str(cast.commitment.due), cast.commitment.baseline_due_on) == ("12/2027", TODAY)
    assert (cast.commitment.health, cast.commitment.updated_by) == ("at_risk", cast.linh)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"due": "2/30/2027"}, "no month 30"), ({"start": "2028"}, "due before it starts"),
        ({"title_en": ""}, "at least one language"), ({"lead": "Ministry of Magic"}, "No organisation is called that"),
        ({"health": "splendid"}, "Select a valid choice"), ({"partner_owner": "gov"}, "Did you mean"),
    ],
)  # fmt: skip
def test_bad_input_is_kept_with_its_reason(cast: Cast, change: dict[str, str], reason: str) -> None:
    answer = cast.client("linh").post(URL, filled(**change))
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    cast.commitment.refresh_from_db()
    assert cast.commitment.version == 1


def test_the_slower_of_two_editors_loses_nothing(cast: Cast) -> None:
    assert cast.client("linh").post(URL, filled(title_en="Linh's")).status_code == 302
    answer = cast.client("minh").post(URL, filled(title_en="Minh's"))
    assert answer.status_code == 422
    assert "Minh&#x27;s" in answer.content.decode()
    cast.commitment.refresh_from_db()
    assert cast.commitment.title_en == "Linh's"


def test_the_list_filters(cast: Cast, today: object) -> None:
    late = make_commitment(agreement=cast.agreement, due_on=TODAY - timedelta(days=1), partner_owner=cast.us)
    soon = make_commitment(agreement=cast.agreement, due_on=TODAY + timedelta(days=30), health="at_risk")
    make_commitment(agreement=cast.agreement, due_on=TODAY - timedelta(days=1), delivery="delivered")
    client = cast.client("linh")

    def refs(query: str) -> set[str]:
        return {row.ref for row in client.get(f"/commitments/?{query}").context["page"].rows}

    assert refs("due=overdue") == {late.ref}
    assert refs("due=soon&health=at_risk") == {soon.ref}
    assert refs("due=none") == {cast.commitment.ref}
    assert refs("mine=true") == {cast.commitment.ref}
    assert refs("organisation=gov-us") == {cast.commitment.ref, late.ref}
    assert refs("country=kr") == set()
    assert len(refs("delivery=nonsense")) == 4
