"""The register's list and the agreement page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from agreements.models import Agreement, Note
from agreements.register.rules.lifecycle import TRANSITIONS
from partners.models import Assessment, Sector
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_share


def refs(page: Any) -> set[str]:
    return {agreement.ref for agreement in page.context["page"].rows}


def test_finds_without_accents_and_ranks_what_matches_as_typed(cast: Cast) -> None:
    make_agreement(desk=cast.desk, ref="KR-2025-01", title="Hợp tác bán dẫn")
    make_agreement(desk=cast.desk, ref="KR-2025-02", title="Hop tac ban dan", signed_on=TODAY)
    client = cast.client("linh")
    for text in ("ban dan", "BÁN DẪN", "bán dẫn", "tac hop", "ba\u0301n d\u00e2\u0303n"):
        assert refs(client.get("/agreements/", {"q": text})) == {"KR-2025-01", "KR-2025-02"}, text
    found = client.get("/search/", {"q": "bán dẫn"}).context["groups"][0].hits
    assert [hit.ref for hit in found] == ["KR-2025-01", "KR-2025-02"]


def test_filters_work_together_and_stand_in_the_address(cast: Cast, today: object) -> None:
    sector = Sector.objects.create(code="ai", name_vi="AI", name_en="AI")
    wanted = make_agreement(desk=cast.desk, ref="KR-2025-01", parties=[cast.home, cast.kr], kind="treaty")
    wanted.sectors.add(sector)
    make_agreement(desk=cast.desk, ref="KR-2025-02", parties=[cast.home, cast.kr])
    make_agreement(desk=cast.other_desk, ref="KR-2025-03", parties=[cast.home, cast.kr], kind="treaty")
    client = cast.client("linh")
    page = client.get("/agreements/?country=kr&kind=treaty&sector=ai&desk=americas&stage=signed&stage=draft")
    assert refs(page) == {"KR-2025-01"}
    assert refs(client.get("/agreements/?organisation=kfia")) == {"KR-2025-01", "KR-2025-02", "KR-2025-03"}
    assert refs(client.get("/agreements/?signed_from=2024")) == set()
    assert refs(client.get("/agreements/?show=my_turn")) == {"US-2026-01"}
    expiring = make_agreement(desk=cast.desk, expires_on=TODAY + timedelta(days=90))
    assert refs(client.get("/agreements/?show=expiring")) == {expiring.ref}


@pytest.mark.parametrize(
    "query", ["stage=nonsense", "signed_from=abc", "after=zzz", "after=1~2020", "country=%27", "kind="]
)
def test_a_broken_address_still_shows_a_list(cast: Cast, query: str) -> None:
    assert cast.client("linh").get(f"/agreements/?{query}").status_code == 200


def test_pages_by_key_show_each_row_once(cast: Cast) -> None:
    for number in range(120):
        day = None if number % 3 == 0 else TODAY - timedelta(days=number % 7)
        make_agreement(desk=cast.desk, ref=f"ZZ-2020-{number:03}", signed_on=day)
    client, seen, address = cast.client("linh"), [], "/agreements/"
    for _ in range(4):
        page = client.get(address).context["page"]
        seen += [agreement.ref for agreement in page.rows]
        if not page.next_mark:
            break
        address = f"/agreements/?after={page.next_mark}"
    assert len(seen) == len(set(seen)) == Agreement.objects.visible_to(cast.viewer("linh")).count() == 122


def test_htmx_gets_the_list_alone(cast: Cast) -> None:
    part = cast.client("linh").get("/agreements/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "US-2023-01" in part


def test_the_page_shows_just_the_buttons_that_work(cast: Cast, today: object) -> None:
    cast.hidden.stage = "in_review"
    cast.hidden.submitted_by = cast.linh
    cast.hidden.save()
    shown = {}
    for name in ("linh", "minh", "huy", "auditor"):
        page = cast.client(name).get("/agreements/US-2026-01/").content.decode()
        shown[name] = {act for act in TRANSITIONS if f"/act/{act}/" in page}
    assert shown == {"linh": set(), "minh": {"register", "clear", "return"}, "huy": set(), "auditor": set()}


def test_a_refused_act_keeps_the_reason_typed(cast: Cast) -> None:
    cast.hidden.stage = "in_review"
    cast.hidden.save()
    client = cast.client("minh")
    facts = {"signed": "31/2/2023", "seen": cast.hidden.content_hash()}
    page = client.post("/agreements/US-2026-01/act/register/", facts, follow=True).content.decode()
    assert 'value="31/2/2023"' in page
    assert "has no day 31" in page
    cast.hidden.refresh_from_db()
    assert cast.hidden.stage == "in_review"
    assert 'value="31/2/2023"' not in client.get("/agreements/US-2026-01/").content.decode()
    page = client.post("/agreements/US-2026-01/act/teleport/", {}, follow=True).content.decode()
    assert "no act called" in page


def test_notes_are_kept_and_stay_inside(cast: Cast) -> None:
    cast.client("linh").post("/agreements/US-2023-01/notes/", {"text": "They will not sign before Tet"})
    assert Note.objects.get().created_by == cast.linh
    assert "before Tet" in cast.client("huy").get("/agreements/US-2023-01/").content.decode()
    assert "before Tet" not in cast.client("sara").get("/agreements/US-2023-01/").content.decode()


def test_the_echo_says_the_date(cast: Cast) -> None:
    client = cast.client("linh")
    assert client.get("/dates/in-words/", {"signed": "5/9/2023"}).content.decode() == "5 September 2023"
    assert client.get("/dates/in-words/", {"participants-0-x": "5/13/2023"}).content.decode() == ""


def test_the_quick_way_for_a_signed_paper(cast: Cast, today: object) -> None:
    """Log, submit, and the manager registers: three requests."""
    cast.hidden.signed_on = TODAY
    cast.hidden.save()
    cast.client("linh").post("/agreements/US-2026-01/act/submit/")
    page = cast.client("minh").get("/agreements/US-2026-01/")
    seen = next(act["form"].initial["seen"] for act in page.context["acts"] if act["transition"].name == "register")
    cast.client("minh").post("/agreements/US-2026-01/act/register/", {"seen": seen})
    cast.hidden.refresh_from_db()
    assert cast.hidden.stage == "signed"


@pytest.mark.parametrize(
    ("stage", "more", "says"),
    [
        ("draft", {}, "The officer who keeps it"), ("in_review", {}, "A manager of the desk: review"),
        ("cleared", {}, "record the signing"), ("suspended", {}, "resume it or end it"), ("signed", {}, ""),
        ("signed", {"expires_on": TODAY - timedelta(days=1)}, "say how it ended"), ("ended", {}, ""),
    ],
)  # fmt: skip
def test_every_record_says_whose_turn_it_is(
    cast: Cast, today: object, stage: str, more: dict[str, Any], says: str
) -> None:
    agreement = make_agreement(desk=cast.desk, ref="KR-2025-09", stage=stage, parties=[cast.home, cast.us], **more)
    client = cast.client("auditor")
    answer = cast.api("auditor").get("/api/v1/agreements/KR-2025-09/").json()
    assert says in (answer["whose_turn"] or {"label": ""})["label"]
    assert bool(answer["whose_turn"]) is bool(says)
    for page in ("/agreements/KR-2025-09/", "/agreements/?q=KR-2025-09"):
        assert says in client.get(page).content.decode()
    make_share(agreement=agreement, organisation=cast.us)
    shown = cast.api("sara").get("/api/v1/agreements/KR-2025-09/")
    assert shown.status_code == 404 or shown.json()["whose_turn"] is None, "partners are not told our inner order"


def test_an_organisation_with_its_due_diligence(cast: Cast) -> None:
    Assessment.objects.create(organisation=cast.us, risk="high", text_en="Audit is open", assessed_on=TODAY)
    cast.us.identifier = "XM-DAC-302"
    cast.us.save()
    page = cast.client("linh").get("/organisations/gov-us/").content.decode()
    assert "Audit is open" in page
    assert "XM-DAC-302" in page
    assert "Audit is open" not in cast.client("sara").get("/organisations/gov-us/").content.decode()
