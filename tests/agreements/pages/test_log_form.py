"""Logging and editing on one page: bad input keeps what was typed, says why, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from agreements.models import Agreement, Commitment, Participant, Step
from partners.models import Organisation
from tests.conftest import Cast


def filled(cast: Cast, **more: Any) -> dict[str, Any]:
    """A form as an officer fills it in: one title, two sides, one commitment."""
    return {
        "title_vi": "Bản ghi nhớ về đào tạo", "title_en": "", "kind": "mou", "legal_regime": "international_agreement",
        "desk": cast.desk.pk, "signed": "05/09/2023", "renewal": "none", "seen_version": "1",
        "participants-TOTAL_FORMS": "2", "participants-INITIAL_FORMS": "0",
        "participants-0-organisation": "government of viet nam", "participants-0-role": "principal",
        "participants-1-organisation": "Government of the United States", "participants-1-role": "principal",
        "commitments-TOTAL_FORMS": "1", "commitments-INITIAL_FORMS": "0", "commitments-0-title_vi": "Đào tạo 100 kỹ sư",
        "commitments-0-kind": "training", "commitments-0-direction": "theirs", "commitments-0-due": "Q4 2027",
        "commitments-0-partner_owner": "gov-us", **more,
    }  # fmt: skip


def test_logs_all_at_once(cast: Cast, today: object) -> None:
    answer = cast.client("linh").post("/agreements/new/", filled(cast))
    agreement = Agreement.objects.get(title_vi="Bản ghi nhớ về đào tạo")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/agreements/{agreement.ref}/"
    assert agreement.ref == "US-2023-02"
    assert (agreement.stage, agreement.owner, str(agreement.signed)) == ("draft", cast.linh, "05/09/2023")
    assert [p.organisation for p in agreement.participants.order_by("pk")] == [cast.home, cast.us]
    commitment = agreement.commitments.get()
    assert (commitment.ref, commitment.due.plain, commitment.partner_owner) == ("US-2023-02-1", "Q4 2027", cast.us)
    assert commitment.baseline_due == commitment.due
    assert Step.objects.get(agreement=agreement).name == "log"


WRONG = {
    "a date that is none": ({"signed": "32/13/2023"}, "32/13/2023", "no month 13"),
    "an American date": ({"signed": "9/25/2023"}, "9/25/2023", "day before the month"),
    "an end before its start": ({"effective": "1/1/2025", "expires": "2024"}, 'value="2024"', "before it takes effect"),
    "no title": ({"title_vi": ""}, "05/09/2023", "at least one language"),
    "an unknown organisation": ({"participants-1-organisation": "Ministry of Magic"}, "Ministry of Magic", "Not known"),
    "the same twice": ({"participants-1-organisation": "gov-vn"}, "gov-vn", "already takes part"),
    "a desk of others": ({"desk": "other"}, "Bản ghi nhớ về đào tạo", "Select a valid choice"),
    "a kind that is none": ({"kind": "nonsense"}, "Bản ghi nhớ về đào tạo", "nonsense is not"),
    "an unknown parent": ({"parent_ref": "US-1999-01"}, "US-1999-01", "no agreement with this reference"),
    "a hidden parent": ({"parent_ref": "HIDDEN"}, "Bản ghi nhớ về đào tạo", "no agreement with this reference"),
    "two ends": ({"open_ended": "on", "expires": "2030"}, "2030", "cannot both"),
    "a commitment without a title": ({"commitments-0-title_vi": ""}, "Q4 2027", "at least one language"),
    "a commitment's bad date": ({"commitments-0-due": "soon"}, "soon", "not a date"),
    "a title too long": ({"title_en": "x" * 1001}, "x" * 1001, "at most 1000"),
    "a new organisation too long": (
        {"participants-1-organisation": "y" * 251, "participants-1-new_country": "us"}, "y" * 251, "at most 250",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_bad_input_keeps_what_was_typed(cast: Cast, name: str) -> None:
    wrong, kept, reason = WRONG[name]
    change: dict[str, Any] = dict(wrong)
    if change.get("desk") == "other":
        change["desk"] = cast.other_desk.pk
    if change.get("participants-1-new_country") == "us":
        change["participants-1-new_country"] = cast.us.country_id
    if change.get("parent_ref") == "HIDDEN":
        cast.hidden.desk = cast.other_desk
        cast.hidden.save()
        change["parent_ref"] = cast.hidden.ref
    before = (
        Agreement.objects.count(),
        Participant.objects.count(),
        Commitment.objects.count(),
        Organisation.objects.count(),
    )
    answer = cast.client("linh").post("/agreements/new/", filled(cast, **change))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert kept in page
    assert reason in page, "the reason stands on the page"
    after = (
        Agreement.objects.count(),
        Participant.objects.count(),
        Commitment.objects.count(),
        Organisation.objects.count(),
    )
    assert after == before


def test_a_new_organisation_is_added_with_its_country(cast: Cast) -> None:
    new = {"participants-1-organisation": "Acme Chips", "participants-1-new_country": cast.kr.country_id}
    assert cast.client("linh").post("/agreements/new/", filled(cast, **new)).status_code == 302
    made = Organisation.objects.get(name_en="Acme Chips")
    assert made.country
    assert (made.code, made.country.code, made.created_by) == ("acme-chips", "KR", cast.linh)


def edited(cast: Cast, agreement: Agreement, **more: Any) -> dict[str, Any]:
    rows = list(agreement.participants.order_by("pk"))
    form = filled(cast, title_vi=agreement.title_vi, **{"participants-INITIAL_FORMS": len(rows), "signed": ""})
    form |= {f"participants-{n}-id": row.pk for n, row in enumerate(rows)}
    form |= {f"participants-{n}-seen_version": row.version for n, row in enumerate(rows)}
    return form | {"commitments-TOTAL_FORMS": "0", "seen_version": agreement.version, **more}


def test_two_people_editing_lose_nothing(cast: Cast) -> None:
    linh, minh = cast.client("linh"), cast.client("minh")
    first = edited(cast, cast.hidden, title_en="Linh's title")
    second = edited(cast, cast.hidden, title_en="Minh's title")
    assert linh.post("/agreements/US-2026-01/edit/", first).status_code == 302
    refused = minh.post("/agreements/US-2026-01/edit/", second)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Minh&#x27;s title" in page
    assert "Someone has changed this record" in page
    cast.hidden.refresh_from_db()
    assert cast.hidden.title_en == "Linh's title"
    # Having compared, Minh saves what the page gave back.
    again = {**second, "seen_version": cast.hidden.version}
    assert minh.post("/agreements/US-2026-01/edit/", again).status_code == 302


def test_a_row_taken_out_is_archived_and_may_come_back(cast: Cast) -> None:
    client = cast.client("linh")
    form = edited(cast, cast.hidden, **{"participants-1-DELETE": "on"})
    assert client.post("/agreements/US-2026-01/edit/", form).status_code == 302
    assert cast.hidden.participants.filter(archived_at=None).count() == 1
    cast.hidden.refresh_from_db()
    rows = list(cast.hidden.participants.filter(archived_at=None))
    form = edited(cast, cast.hidden, **{"participants-INITIAL_FORMS": 1, "participants-0-id": rows[0].pk})
    del form["participants-1-id"]
    assert client.post("/agreements/US-2026-01/edit/", form).status_code == 302
    assert cast.hidden.participants.filter(archived_at=None).count() == 2
    assert cast.hidden.participants.count() == 3


def test_one_more_row_without_scripts_keeps_the_text_and_complains_of_nothing(cast: Cast) -> None:
    form = filled(cast, title_vi="", title_en="Half done", more="participants", signed="not yet")
    answer = cast.client("linh").post("/agreements/new/", form)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="participants-2-organisation"' in page
    assert "Half done" in page
    assert "not yet" in page
    assert 'class="error"' not in page


def test_under_review_nobody_edits(cast: Cast) -> None:
    cast.hidden.stage = "in_review"
    cast.hidden.save()
    for name in ("linh", "minh"):
        assert cast.client(name).get("/agreements/US-2026-01/edit/").status_code == 404


def test_a_signed_agreement_keeps_its_date(cast: Cast) -> None:
    form = edited(cast, cast.agreement, title_en="Corrected", signed="")
    answer = cast.client("minh").post("/agreements/US-2023-01/edit/", form)
    assert answer.status_code == 422
    assert "keeps its date" in answer.content.decode()


def test_a_stolen_row_changes_nothing(cast: Cast) -> None:
    """A participant of another agreement, smuggled in by its key, stays where it is and as it is."""
    foreign = cast.agreement.participants.order_by("pk").last()
    assert foreign
    form = edited(cast, cast.hidden, **{"participants-1-id": foreign.pk})
    own = list(cast.hidden.participants.order_by("pk").values_list("pk", "organisation", "archived_at"))
    form |= {"participants-1-organisation": "kfia", "participants-1-DELETE": "on"}
    cast.client("linh").post("/agreements/US-2026-01/edit/", form)
    foreign.refresh_from_db()
    assert (foreign.agreement, foreign.organisation, foreign.archived_at) == (cast.agreement, cast.us, None)
    assert list(cast.hidden.participants.order_by("pk").values_list("pk", "organisation", "archived_at")) == own
