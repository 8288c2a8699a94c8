"""What is shared, part by part: one commitment, a country's agreements, and what is held back on every face."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from agreements.models import (
    Agreement,
    Citation,
    Commitment,
    Document,
    Funding,
    Milestone,
    Opening,
    Participant,
    Report,
    Share,
)
from agreements.register.rules import shares
from agreements.register.rules.shares import Terms
from agreements.vocabulary import Part
from partners.models import Country
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_document, make_organisation, make_user

FACES = (
    "/", "/agreements/", "/agreements/US-2023-01/", "/commitments/", "/commitments/US-2023-01-1/",
    "/search/?q=CNRY", "/api/v1/agreements/", "/api/v1/agreements/US-2023-01/", "/api/v1/commitments/",
    "/api/v1/commitments/US-2023-01-1/",
)  # fmt: skip


def marked(cast: Cast) -> dict[str, list[str]]:
    """Put a mark into everything that can be held back; return the marks by part."""
    agreement, commitment = cast.agreement, cast.commitment
    parent = make_agreement(desk=cast.desk, ref="US-2022-09", title="CNRYfamily")
    shares.share(parent, Terms(cast.us), by=cast.viewer("linh"))
    agreement.summary_en, agreement.occasion_en, agreement.parent = "CNRYsummary", "CNRYoccasion", parent
    agreement.expires_on, agreement.notice_days, agreement.renewal = TODAY.replace(year=2033), 77, "express"
    agreement.save()
    us = agreement.participants.get(organisation=cast.us)
    us.signatory = "CNRYsignatory"
    us.save()
    commitment.text_en = "CNRYwording"
    commitment.save()
    Milestone.objects.create(commitment=commitment, title_en="CNRYmilestone")
    Funding.objects.create(commitment=commitment, kind="pledged", amount=734512, currency="USD")
    Report.objects.create(commitment=commitment, on=TODAY, text="CNRYreport", created_by=cast.linh)
    paper = make_document(agreement=agreement, title="CNRYpaper", audience="partner")
    Citation.objects.create(document=paper, agreement=agreement, quote="CNRYquote")
    make_commitment(agreement=agreement, title="CNRYcommitment")
    return {
        "summary": ["CNRYsummary", "CNRYoccasion"], "term": ["2033"], "signatories": ["CNRYsignatory"],
        "family": ["CNRYfamily"], "papers": ["CNRYpaper", "CNRYquote"], "commitments": ["CNRYcommitment"],
        "wording": ["CNRYwording"], "milestones": ["CNRYmilestone"], "money": ["734"], "reports": ["CNRYreport"],
    }  # fmt: skip


def the_states() -> Country:
    return Country.objects.get(code="US")


def seen_by(cast: Cast, name: str, faces: tuple[str, ...] = FACES) -> str:
    client = cast.client(name)
    return "".join(client.get(face).content.decode() for face in faces)


# The parent is shared by itself here: it stands in the lists, but not on this agreement's page.
FACES_OF: dict[str, tuple[str, ...]] = {"family": ("/agreements/US-2023-01/", "/api/v1/agreements/US-2023-01/")}
HIDES_MORE = {"commitments": {"CNRYwording", "CNRYmilestone", "734", "CNRYreport"}}


def test_what_is_held_back_is_on_no_face(cast: Cast, today: object) -> None:
    marks = marked(cast)
    shown = {faces: seen_by(cast, "sara", faces) for faces in (FACES, FACES_OF["family"])}
    for part in Part.values:
        faces = FACES_OF.get(part, FACES)
        before = shown[faces]
        assert all(mark in before for mark in marks[part]), f"{part}: without holding back it shows"
        shares.share(cast.agreement, Terms(cast.us, withheld=[part]), by=cast.viewer("linh"))
        after = seen_by(cast, "sara", faces)
        assert [mark for mark in marks[part] if mark in after] == [], part
        assert part != "family" or "US-2022-09" not in after
        others = [mark for other, texts in marks.items() if other != part for mark in texts if mark in before]
        lost = {mark for mark in others if mark not in after} - HIDES_MORE.get(part, set())
        assert lost == set(), f"{part}: nothing else is lost"
    shares.share(cast.agreement, Terms(cast.us, withheld=Part.values), by=cast.viewer("linh"))
    for faces, before in shown.items():
        staff = seen_by(cast, "linh", faces)
        assert [mark for texts in marks.values() for mark in texts if mark in before and mark not in staff] == [], faces


def test_the_hidden_pages_and_bytes_are_gone_too(cast: Cast, today: object) -> None:
    marked(cast)
    paper = Document.objects.get(title_en="CNRYpaper")
    shares.share(cast.agreement, Terms(cast.us, withheld=["papers", "commitments"]), by=cast.viewer("linh"))
    sara = cast.client("sara")
    assert sara.get(f"/documents/{paper.pk}/").status_code == 404
    assert sara.get(f"/documents/{paper.pk}/file/").status_code == 404
    assert sara.get("/commitments/US-2023-01-1/").status_code == 404
    assert sara.get("/api/v1/commitments/US-2023-01-1/").status_code == 404
    assert sara.get("/agreements/US-2023-01/").status_code == 200


def test_two_shares_add_up(cast: Cast, today: object) -> None:
    """What one share holds back and another opens is open."""
    marked(cast)
    shares.share(cast.agreement, Terms(cast.us, withheld=["summary"]), by=cast.viewer("linh"))
    assert "CNRYsummary" not in seen_by(cast, "sara")
    shares.share_country(the_states(), cast.desk, Terms(cast.us), by=cast.viewer("minh"))
    assert "CNRYsummary" in seen_by(cast, "sara")


def test_a_row_read_with_parts_held_back_cannot_be_saved(cast: Cast, today: object) -> None:
    marked(cast)
    shares.share(cast.agreement, Terms(cast.us, withheld=["summary"]), by=cast.viewer("linh"))
    row = Agreement.objects.visible_to(cast.viewer("sara")).get(ref="US-2023-01")
    assert row.summary_en == ""
    with pytest.raises(RuntimeError, match="held back"):
        row.save()
    cast.agreement.refresh_from_db()
    assert cast.agreement.summary_en == "CNRYsummary"


def test_ones_own_reports_stay_when_reports_are_held_back(cast: Cast, today: object) -> None:
    marked(cast)
    own = Report.objects.create(
        commitment=cast.commitment, on=TODAY, text="CNRYown", created_by=cast.sara, organisation=cast.us
    )
    shares.share(cast.agreement, Terms(cast.us, withheld=["reports"]), by=cast.viewer("linh"))
    assert set(Report.objects.visible_to(cast.viewer("sara"))) == {own}


def test_one_commitment_without_its_agreement(cast: Cast, today: object) -> None:
    marks = marked(cast)
    shares.share_commitment(cast.commitment, Terms(cast.kr), by=cast.viewer("linh"))
    omar = cast.client("omar")
    page = omar.get("/commitments/US-2023-01-1/").content.decode()
    assert "CNRYwording" in page
    assert "CNRYmilestone" in page
    assert omar.get("/agreements/US-2023-01/").status_code == 404
    everything = seen_by(cast, "omar") + page
    hidden = [cast.agreement.title_en, *marks["summary"], *marks["commitments"], *marks["papers"]]
    assert [mark for mark in hidden if mark in everything] == []
    assert omar.get("/api/v1/commitments/US-2023-01-1/").json()["agreement"] is None
    assert set(Agreement.objects.visible_to(cast.viewer("omar"))) == set()
    assert set(Commitment.objects.visible_to(cast.viewer("omar"))) == {cast.commitment}
    report = {"text": "Done", "delivery": "under_way", "health": "on_track", "organisation": cast.kr.pk}
    assert omar.post("/commitments/US-2023-01-1/report/", report).status_code == 302
    shares.revoke(Share.objects.get(commitment=cast.commitment), by=cast.viewer("linh"))
    assert omar.get("/commitments/US-2023-01-1/").status_code == 404


def test_one_commitment_with_parts_held_back(cast: Cast, today: object) -> None:
    marked(cast)
    terms = Terms(cast.kr, withheld=["wording", "milestones", "money", "reports"])
    shares.share_commitment(cast.commitment, terms, by=cast.viewer("linh"))
    page = cast.client("omar").get("/commitments/US-2023-01-1/").content.decode()
    assert cast.commitment.title_en in page
    assert [mark for mark in ("CNRYwording", "CNRYmilestone", "734", "CNRYreport") if mark in page] == []


def test_a_countrys_agreements_now_and_later(cast: Cast, today: object) -> None:
    shares.share_country(the_states(), cast.desk, Terms(cast.kr), by=cast.viewer("minh"))
    cleared = make_agreement(desk=cast.desk, stage="cleared", parties=[cast.home, cast.us])
    later = make_agreement(desk=cast.desk, parties=[cast.home, cast.us])
    others = [
        make_agreement(desk=cast.desk, stage="draft", parties=[cast.home, cast.us]),
        make_agreement(desk=cast.desk, parties=[cast.home, make_organisation(country="JP")]),
        make_agreement(desk=cast.other_desk, parties=[cast.home, cast.us]),
        make_agreement(desk=cast.desk, parties=[cast.home, cast.us], restricted=True),
    ]
    seen = set(Agreement.objects.visible_to(cast.viewer("omar")))
    assert seen == {cast.agreement, cleared, later}
    assert not seen & set(others)
    assert set(Commitment.objects.visible_to(cast.viewer("omar"))) == {cast.commitment}
    Participant.objects.filter(agreement=later, organisation=cast.us).update(archived_at="2026-01-01T00:00Z")
    assert later not in Agreement.objects.visible_to(cast.viewer("omar"))
    shares.revoke(Share.objects.get(country=cast.us.country), by=cast.viewer("minh"))
    assert not Agreement.objects.visible_to(cast.viewer("omar")).exists()


@pytest.mark.parametrize("who", ["linh", "huy", "auditor", "operator", "sara"])
def test_only_the_desks_manager_shares_a_country(cast: Cast, today: object, who: str) -> None:
    with pytest.raises(Refused, match="manager of the desk"):
        shares.share_country(the_states(), cast.desk, Terms(cast.kr), by=cast.viewer(who))


def test_unknown_parts_and_past_ends_are_refused(cast: Cast, today: object) -> None:
    with pytest.raises(Refused, match="no part called"):
        shares.share(cast.agreement, Terms(cast.kr, withheld=["nonsense"]), by=cast.viewer("linh"))
    with pytest.raises(Refused, match="in the past"):
        shares.share(cast.agreement, Terms(cast.kr, until_on=TODAY - timedelta(days=1)), by=cast.viewer("linh"))
    assert not Share.objects.filter(organisation=cast.kr).exists()


def preview(cast: Cast, who: str = "linh", **query: Any) -> Any:
    return cast.client(who).get("/agreements/US-2023-01/as-partner/", {"organisation": "kfia", **query})


def test_the_preview_is_what_the_partner_sees_and_shares_nothing(cast: Cast, today: object) -> None:
    marks = marked(cast)
    page = preview(cast, withheld=["money", "summary"]).content.decode()
    assert "would see" in page
    assert "CNRYsummary" not in page
    assert "CNRYpaper" in page
    assert not Share.objects.filter(organisation=cast.kr).exists(), "rolled back"
    assert cast.client("omar").get("/agreements/US-2023-01/").status_code == 404
    # The same words as on the partner's own page, once it is shared so.
    main = page.split("<main")[1].split("</main>")[0]
    shares.share(cast.agreement, Terms(cast.kr, withheld=["money", "summary"]), by=cast.viewer("linh"))
    own = cast.client("omar").get("/agreements/US-2023-01/").content.decode().split("<main")[1].split("</main>")[0]
    # What only they can do: follow it, and take it along.
    own = re.sub(
        r'<form class="follow".*?</form>\s*|<details class="act taken-along".*?</details>\s*', "", own, flags=re.DOTALL
    )
    assert "".join(own.split("<h1>")[1].split()) == "".join(main.split("<h1>")[1].split())
    now = preview(cast, now="yes").content.decode()
    assert "sees now" in now
    assert all(mark not in now for mark in marks["summary"])
    assert not Opening.objects.filter(user=cast.linh).exists(), "a preview is no opening"


def test_the_preview_of_what_is_not_shared_shows_nothing(cast: Cast, today: object) -> None:
    page = preview(cast, now="yes").content.decode()
    assert "They see nothing of it" in page
    assert cast.agreement.title_en not in page.split("<main")[1]


def test_only_the_desk_previews(cast: Cast, today: object) -> None:
    assert [preview(cast, who).status_code for who in ("huy", "auditor", "sara")] == [404, 404, 404]


def test_who_looked_is_logged_once_a_day_with_its_times(cast: Cast, today: object) -> None:
    sara = cast.client("sara")
    for _ in range(3):
        sara.get("/agreements/US-2023-01/")
    sara.get("/api/v1/agreements/US-2023-01/")
    sara.get("/commitments/US-2023-01-1/")
    cast.client("linh").get("/agreements/US-2023-01/")
    logged = {(o.user, o.commitment, o.times) for o in Opening.objects.all()}
    assert logged == {(cast.sara, None, 4), (cast.sara, cast.commitment, 1)}
    page = cast.client("huy").get("/agreements/US-2023-01/sharing/").content.decode()
    assert "Sara" in page
    assert cast.client("sara").get("/agreements/US-2023-01/sharing/").status_code == 404


def test_staff_who_open_what_is_for_one_desk_are_logged(cast: Cast, today: object) -> None:
    cast.agreement.restricted = True
    cast.agreement.save()
    cast.client("auditor").get("/agreements/US-2023-01/")
    assert [opening.user for opening in Opening.objects.all()] == [cast.auditor]


def test_revoking_reaches_every_surface_with_the_next_request(cast: Cast, today: object) -> None:
    marked(cast)
    paper = Document.objects.get(title_en="CNRYpaper")
    places = [*FACES, f"/documents/{paper.pk}/", f"/documents/{paper.pk}/file/"]
    sara = cast.client("sara")
    open_before = {place for place in places if "CNRY" in sara.get(place).content.decode("utf-8", "replace")}
    assert len(open_before) >= 8
    for given in Share.objects.filter(organisation=cast.us):
        shares.revoke(given, by=cast.viewer("linh"))
    assert [place for place in places if "CNRY" in sara.get(place).content.decode().replace("q=CNRY", "")
            and place != "/search/?q=CNRY"] == []  # fmt: skip
    assert sara.get("/search/?q=CNRY").context["groups"] == []
    report = {"text": "x", "delivery": "under_way", "health": "on_track", "organisation": cast.us.pk}
    assert sara.post("/commitments/US-2023-01-1/report/", report).status_code == 404


def test_an_archived_share_opens_nothing(cast: Cast, today: object) -> None:
    Share.objects.update(archived_at="2026-01-01T00:00Z", archived_because="merged")
    assert cast.client("sara").get("/agreements/US-2023-01/").status_code == 404


def test_a_person_of_two_organisations_sees_each_row_once(cast: Cast, today: object) -> None:
    cast.people["both"] = make_user(role="partner", organisations=[cast.us, cast.kr])
    shares.share(cast.agreement, Terms(cast.kr), by=cast.viewer("linh"))
    shares.share_country(the_states(), cast.desk, Terms(cast.kr), by=cast.viewer("minh"))
    assert Agreement.objects.visible_to(cast.viewer("both")).count() == 1
    assert Commitment.objects.visible_to(cast.viewer("both")).count() == 1
