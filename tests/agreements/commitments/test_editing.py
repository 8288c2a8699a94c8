"""Editing one commitment: lists, two editors, bad dates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Cast, wrong
from tests.factories import TODAY, make_agreement, make_commitment

URL = "/commitments/US-2023-01-1/edit/"


def filled(**more: Any) -> dict[str, Any]:
    return {
        "title_vi": "Cam kết 1", "title_en": "Commitment 1", "kind": "other", "direction": "mutual", "due": "12/2027",
        "partner_owner": "gov-us",
        "delivery": "under_way", "health_override": "at_risk", "health_reason": "no site yet", "seen_version": "1",
        **more,
    }  # fmt: skip


def test_the_first_day_is_the_baseline_and_a_person_may_overrule_the_health(cast: Cast, today: object) -> None:
    assert cast.client("linh").post(URL, filled()).status_code == 302
    cast.commitment.refresh_from_db()
    assert (str(cast.commitment.due), str(cast.commitment.baseline_due)) == ("12/2027", "12/2027")
    assert (cast.commitment.health, cast.commitment.updated_by) == ("at_risk", cast.linh)


def test_a_promised_day_is_not_edited_away_on_any_face(cast: Cast, today: object) -> None:
    """It moves by request alone; the form of the agreement and the API are no side doors."""
    cast.commitment.due_on = cast.commitment.baseline_due_on = TODAY
    cast.commitment.save()
    answer = cast.client("linh").post(URL, filled())
    assert answer.status_code == 422
    assert "moves by a request" in answer.content.decode()
    api = cast.api("linh").patch("/api/v1/commitments/US-2023-01-1/", {"due": "2027-12"}, format="json")
    assert (api.status_code, "due" in wrong(api)) == (400, True)
    same = cast.api("linh").patch("/api/v1/commitments/US-2023-01-1/", {"due": TODAY.isoformat()}, format="json")
    assert same.status_code == 200
    cast.commitment.refresh_from_db()
    assert cast.commitment.due_on == TODAY


def test_delivered_is_not_claimed_without_evidence(cast: Cast, today: object) -> None:
    answer = cast.client("linh").post(URL, filled(delivery="delivered"))
    assert answer.status_code == 422
    assert "needs evidence" in answer.content.decode()
    api = cast.api("linh").patch("/api/v1/commitments/US-2023-01-1/", {"delivery": "delivered"}, format="json")
    assert api.status_code == 400
    cast.commitment.milestones.create(title_en="Open", status="met", met_on=TODAY, evidence_url="https://example.org/a")
    assert cast.client("linh").post(URL, filled(delivery="delivered")).status_code == 302
    cast.commitment.refresh_from_db()
    assert (cast.commitment.delivery, cast.commitment.delivered_on) == ("delivered", TODAY)


def test_it_waits_for_others_but_never_for_itself(cast: Cast, today: object) -> None:
    first = make_commitment(agreement=cast.agreement)
    assert cast.client("linh").post(URL, filled(waits_for=first.ref.lower())).status_code == 302
    assert list(cast.commitment.depends_on.all()) == [first]
    other = f"/commitments/{first.ref}/edit/"
    loop = cast.client("linh").post(other, filled(waits_for=cast.commitment.ref))
    assert (loop.status_code, "wait for itself" in loop.content.decode()) == (422, True)
    hidden = make_commitment(agreement=make_agreement(desk=cast.other_desk, restricted=True))
    refused = cast.client("linh").post(other, filled(waits_for=hidden.ref))
    assert f"no commitment “{hidden.ref}”" in refused.content.decode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"due": "2/30/2027"}, "no month 30"), ({"start": "2028"}, "due before it starts"),
        ({"title_vi": "", "title_en": "", "because": "x"}, "at least one language"),
        ({"lead": "Ministry of Magic"}, "No organisation is called that"),
        ({"health_override": "splendid"}, "Select a valid choice"), ({"partner_owner": "gov"}, "Did you mean"),
        ({"health_reason": ""}, "why the rule is wrong"), ({"due_after": "90"}, "a number, a unit and the event"),
        ({"due": "", "repeats_months": "3"}, "needs its first day"), ({"co_leads": "gov-vn\nNobody"}, "is called that"),
    ],
)  # fmt: skip
def test_bad_input_is_kept_with_its_reason(cast: Cast, change: dict[str, str], reason: str) -> None:
    answer = cast.client("minh").post(URL, filled(**change))
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    cast.commitment.refresh_from_db()
    assert cast.commitment.version == 1


def test_the_slower_of_two_editors_loses_nothing(cast: Cast) -> None:
    assert cast.client("linh").post(URL, filled(health_reason="Linh's")).status_code == 302
    answer = cast.client("minh").post(URL, filled(health_reason="Minh's"))
    assert answer.status_code == 422
    assert "Minh&#x27;s" in answer.content.decode()
    cast.commitment.refresh_from_db()
    assert cast.commitment.health_reason == "Linh's"


def test_the_list_filters(cast: Cast, today: object) -> None:
    late = make_commitment(agreement=cast.agreement, due_on=TODAY - timedelta(days=1), partner_owner=cast.us)
    soon = make_commitment(agreement=cast.agreement, due_on=TODAY + timedelta(days=30), health="at_risk")
    done = make_commitment(agreement=cast.agreement, due_on=TODAY - timedelta(days=1), delivery="delivered")
    others = make_commitment(agreement=cast.agreement, due_on=TODAY + timedelta(days=99), owner=cast.minh)
    client = cast.client("linh")

    def refs(query: str) -> set[str]:
        return {row.ref for row in client.get(f"/commitments/?{query}").context["page"].rows}

    assert refs("due=overdue") == {late.ref}
    assert refs("due=soon&health=at_risk") == {soon.ref}
    assert refs("due=none") == {cast.commitment.ref}
    assert refs("mine=true") == {cast.commitment.ref, late.ref, soon.ref, done.ref}, f"{others.ref} is another's"
    everything = {cast.commitment.ref, late.ref, soon.ref, done.ref, others.ref}
    assert refs("organisation=gov-us") == everything, "where no partner is named, the only one owes it"
    assert refs("country=kr") == set()
    assert len(refs("delivery=nonsense")) == 5


def test_a_met_milestone_is_shown_by_something_on_every_face(cast: Cast, today: object) -> None:
    bare = {"title_en": "Opening", "status": "met", "met_on": TODAY.isoformat()}
    page = f"/commitments/{cast.commitment.ref}/milestones/new/"
    admin = {**bare, "commitment": cast.commitment.pk, "due_precision": "day"}
    for name, url, facts in (("linh", page, bare), ("operator", "/admin/agreements/milestone/add/", admin)):
        client = cast.client(name)
        assert b"is shown by a paper or a link" in client.post(url, facts).content, name
        before = cast.commitment.milestones.count()
        assert client.post(url, {**facts, "evidence_url": "https://example.org/a"}).status_code == 302
        assert cast.commitment.milestones.count() == before + 1
    assert not cast.commitment.milestones.filter(evidence_url="").exists()


def test_the_administration_does_not_say_what_waits_for_what(cast: Cast, today: object) -> None:
    url = f"/admin/agreements/commitment/{cast.commitment.pk}/change/"
    assert "depends_on" not in cast.client("operator").get(url).context["adminform"].form.fields
