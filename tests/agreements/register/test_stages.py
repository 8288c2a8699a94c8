"""What was concluded, and how: signed, adopted and agreed without a paper are told apart wherever they are counted."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from agreements.briefings.letterfields import OF_AGREEMENT, About
from agreements.commitments.models import Commitment
from agreements.dates import PartialDate
from agreements.models import Agreement, Step
from agreements.overview import figures, tiles
from agreements.register.models.queries import has_been_concluded, was_concluded
from agreements.register.models.stated_terms import Ending
from agreements.register.rules import lifecycle
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.references import known_year, next_reference
from agreements.register.rules.workflow import Facts
from agreements.vocabulary import CONCLUDED, Kind, Stage, ways_of
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_document, make_organisation, make_share

LATE = TODAY - timedelta(days=40)
SIGNED_ALONE = {"treaty", "agreement", "mou", "letter_of_intent", "protocol", "exchange_of_notes", "contract"}
KIND = {"signed": "mou", "adopted": "joint_statement", "agreed": "programme"}


def in_review(cast: Cast, kind: str, **more: Any) -> Agreement:
    return make_agreement(
        desk=cast.desk, stage="in_review", kind=kind, parties=[cast.home, cast.us], signed_on=None, **more
    )


@pytest.mark.parametrize("kind", Kind.values)
def test_the_kind_decides_how_it_is_concluded(cast: Cast, today: object, kind: str) -> None:
    agreement = in_review(cast, kind)
    ways = {"programme": {"agree"}}.get(kind, {"register"} if kind in SIGNED_ALONE else {"register", "adopt"})
    offered = {act["name"] for act in cast.api("minh").get(f"/api/v1/agreements/{agreement.ref}/acts/").json()["acts"]}
    assert offered & {"register", "adopt", "agree", "clear"} == ways | (set() if kind == "programme" else {"clear"})
    assert not lifecycle.blocked(agreement, cast.viewer("minh")), "what it can never be is nothing that waits"
    for act, stage in (("register", "signed"), ("adopt", "adopted"), ("agree", "agreed")):
        fresh = in_review(cast, kind)
        facts = Facts(on=TODAY, signed=PartialDate(TODAY), seen=fresh.content_hash())
        if act in ways:
            assert perform(act, fresh, by=cast.viewer("minh"), facts=facts).to_stage == fresh.stage == stage
        else:
            with pytest.raises(Refused):
                perform(act, fresh, by=cast.viewer("minh"), facts=facts)
            with pytest.raises(IntegrityError), transaction.atomic():
                Agreement.objects.filter(pk=fresh.pk).update(stage=stage)
            with pytest.raises(ValidationError):
                Agreement(desk=cast.desk, kind=kind, stage=stage, title_en="x", ref="ZZ-1").full_clean()


def test_a_treaty_is_never_adopted(cast: Cast) -> None:
    assert ways_of("other", "treaty") == (Stage.SIGNED,)
    agreement = in_review(cast, "other", legal_regime="treaty")
    facts = Facts(on=TODAY, signed=PartialDate(TODAY), seen=agreement.content_hash())
    with pytest.raises(Refused, match="no treaty"):
        perform("adopt", agreement, by=cast.viewer("minh"), facts=facts)


def test_agreed_needs_no_day_and_adopted_does(cast: Cast) -> None:
    minh = cast.viewer("minh")
    plan, work = in_review(cast, "action_plan"), in_review(cast, "programme")
    with pytest.raises(Refused, match="date of adoption"):
        perform("adopt", plan, by=minh, facts=Facts(on=TODAY, seen=plan.content_hash()))
    with pytest.raises(Refused, match="future"):
        tomorrow = PartialDate(TODAY + timedelta(days=1))
        perform("agree", work, by=minh, facts=Facts(on=TODAY, seen=work.content_hash(), signed=tomorrow))
    perform("agree", work, by=minh, facts=Facts(on=TODAY, seen=work.content_hash()))
    assert (work.stage, work.signed_on, work.standing(TODAY)) == ("agreed", None, "under_way")


@pytest.mark.parametrize("act", ["adopt", "agree"])
def test_nobody_concludes_alone(cast: Cast, act: str) -> None:
    agreement = in_review(cast, "programme" if act == "agree" else "action_plan", submitted_by=cast.minh)
    with pytest.raises(Refused, match="Someone else"):
        perform(act, agreement, by=cast.viewer("minh"), facts=Facts(on=TODAY, signed=PartialDate(TODAY)))
    with pytest.raises(Refused, match="role"):
        perform(act, agreement, by=cast.viewer("linh"), facts=Facts(on=TODAY, signed=PartialDate(TODAY)))


@pytest.mark.parametrize("stage", CONCLUDED)
def test_resuming_leads_back_to_the_stage_before(cast: Cast, today: object, stage: str) -> None:
    agreement = make_agreement(desk=cast.desk, stage=stage, kind=KIND[stage], parties=[cast.home, cast.us])
    day, paper = TODAY - timedelta(days=9), make_document(agreement=agreement)
    facts = Facts(on=TODAY, reason="why", document=paper, day=PartialDate(day))
    step = perform("suspend", agreement, by=cast.viewer("minh"), facts=facts)
    assert (agreement.stage, step.on) == ("suspended", day)
    (resume,) = [
        act
        for act in cast.api("minh").get(f"/api/v1/agreements/{agreement.ref}/acts/").json()["acts"]
        if act["name"] == "resume"
    ]
    assert resume["target"] == stage
    assert perform("resume", agreement, by=cast.viewer("minh"), facts=Facts(on=TODAY, reason="x")).to_stage == stage


@pytest.mark.parametrize(("day", "ok"), [(date(2023, 9, 9), False), (date(2023, 9, 10), True), (TODAY, True)])
def test_an_ending_has_no_effect_before_the_conclusion(cast: Cast, day: date, ok: bool) -> None:
    facts = Facts(on=TODAY, reason="x", ending="expiry", day=PartialDate(day), fates={cast.commitment.ref: "dropped"})
    if ok:
        assert perform("end", cast.agreement, by=cast.viewer("minh"), facts=facts).on == day
    else:
        with pytest.raises(Refused, match="before it was concluded"):
            perform("end", cast.agreement, by=cast.viewer("minh"), facts=facts)


@pytest.fixture
def every_stage(cast: Cast) -> dict[str, Agreement]:
    """One agreement with Japan of each stage, shared with Sara, each with one commitment that is late."""
    japan = make_organisation(code="gov-jp", country="JP")
    made: dict[str, Agreement] = {}
    for stage in Stage.values:
        kind, parties, ref = KIND.get(stage, "mou"), [cast.home, japan], f"JP-2023-{len(made) + 1:02}"
        agreement = make_agreement(desk=cast.desk, stage=stage, kind=kind, parties=parties, ref=ref)
        make_commitment(agreement=agreement, due_on=LATE, partner_owner=japan, lead=cast.home, owner=cast.linh)
        make_share(agreement=agreement, organisation=cast.us)
        made[stage] = agreement
    return made


READERS = ("linh", "minh", "huy", "auditor", "sara", "omar")


@pytest.mark.parametrize("name", READERS)
def test_only_what_is_concluded_is_owed_and_late(
    cast: Cast, today: object, every_stage: dict[str, Agreement], name: str
) -> None:
    owed = {f"{every_stage[stage].ref}-1" for stage in CONCLUDED} if name != "omar" else set()
    api = cast.api(name)
    for query in ("owed=true", "due=overdue", "owed=true&due=overdue", "concluded=true"):
        found = api.get(f"/api/v1/commitments/?{query}&country=JP").json()["results"]
        assert {row["ref"] for row in found} == owed, query
    viewer = cast.viewer(name)
    assert {row.ref for row in Commitment.objects.visible_to(viewer).overdue(TODAY)} == owed
    seen = Commitment.objects.visible_to(viewer).select_related("agreement")
    assert {row.ref for row in seen if row.is_late(TODAY)} == owed
    if viewer.is_staff:
        places = {place.country.code: (place.commitments, place.overdue) for place in tiles.places(viewer)}
        assert places["JP"] == (3, 3)
        assert (figures.figures(viewer).open, figures.figures(viewer).overdue) == ((0, 0) if name == "huy" else (4, 3))


def listed(client: Any, address: str) -> int:
    page = client.get(html.unescape(address)).context["page"]
    return len(page.rows)


@pytest.mark.parametrize("name", READERS)
def test_each_count_of_a_country_opens_exactly_its_list(
    cast: Cast, today: object, every_stage: dict[str, Agreement], name: str
) -> None:
    client = cast.client(name)
    page = client.get("/countries/JP/")
    if not cast.viewer(name).is_staff:
        assert page.status_code == 404, "a partner knows of no country but its own"
        return
    parts = {part.query.split("stage=")[1]: part for part in page.context["stages"]}
    assert all(parts[stage].count == 1 for stage in CONCLUDED), "each way under its own name"
    for part in page.context["stages"]:
        assert listed(client, f"/agreements/?{part.query}") == part.count
    for side in page.context["balance"]:
        for part in (side["open"], side["late"], side["done"]):
            assert listed(client, f"/commitments/?{part.query}") == part.count, part.query
    assert sum(side["late"].count for side in page.context["balance"]) == 3
    words = " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())
    assert "1 signed" in words and "1 adopted" in words and "1 agreed without a paper" in words


@pytest.mark.parametrize("stage", CONCLUDED)
def test_the_day_is_called_by_how_it_was_concluded(cast: Cast, today: object, stage: str) -> None:
    agreement = make_agreement(desk=cast.desk, stage=stage, kind=KIND[stage], parties=[cast.home, cast.us])
    says = {"signed": "Signed on", "adopted": "Adopted on", "agreed": "Agreed on"}
    page = cast.client("linh").get(agreement.get_absolute_url()).content.decode()
    assert [word for word in says.values() if f"<dt>{word}</dt>" in page] == [says[stage]]


def test_before_and_after_it_says_no_more_than_is_known(cast: Cast) -> None:
    labels = {kind: Agreement(kind=kind, stage="ended").day_label for kind in ("mou", "joint_statement", "programme")}
    assert labels == {"mou": "Signed on", "joint_statement": "Signed or adopted on", "programme": "Agreed on"}


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("mou", "Signing, not confirmed"),
        ("joint_statement", "Signing or adoption, not confirmed"),
        ("programme", "Agreement, not confirmed"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stage", ["draft", "in_review", "ended"])
def test_a_day_typed_before_the_conclusion_is_no_fact(
    cast: Cast, today: object, kind: str, says: str, stage: str
) -> None:
    """On its own page, on the country's, among the hits of a search and in a letter."""
    agreement = make_agreement(
        desk=cast.desk, stage=stage, kind=kind, parties=[cast.home, cast.us], signed_on=TODAY, owner=cast.linh,
        ending="not_concluded" if stage == "ended" else "",
    )  # fmt: skip
    linh = cast.client("linh")
    pages = [agreement.get_absolute_url(), f"/search/?q={agreement.ref}"]
    for address in pages if stage == "ended" else [*pages, "/countries/US/"]:
        page = " ".join(linh.get(address).content.decode().split())
        assert says in page, address
        assert not re.search(rf"(Signed|Adopted|Agreed)( or adopted)? on[^.]{{0,40}}{TODAY:%d/%m/%Y}", page), address
    value = OF_AGREEMENT["agreement.concluded"].value(About(agreement, None, cast.viewer("linh")))
    assert value == f"{says[:1].lower()}{says[1:]}: {TODAY:%d/%m/%Y}"


# --- the end ---------------------------------------------------------------------------------------------------------
def ending(cast: Cast, **more: Any) -> Facts:
    said: dict[str, Any] = {
        "on": TODAY,
        "reason": "a new one",
        "ending": "supersession",
        "document": make_document(agreement=cast.agreement),
    }
    return Facts(**(said | more))


def test_an_ending_asks_what_becomes_of_each_open_commitment(cast: Cast, today: object) -> None:
    second = make_commitment(agreement=cast.agreement, due_on=LATE)
    make_commitment(agreement=cast.agreement, delivery="dropped")
    minh = cast.viewer("minh")
    successor = make_agreement(desk=cast.desk, parties=[cast.home, cast.us])
    with pytest.raises(Refused, match=f"{second.ref}\\."):
        perform(
            "end",
            cast.agreement,
            by=minh,
            facts=ending(cast, successor=successor, fates={cast.commitment.ref: "dropped"}),
        )
    with pytest.raises(Refused, match="KR-1-1"):
        fates = {cast.commitment.ref: "dropped", second.ref: "dropped", "KR-1-1": "dropped"}
        perform("end", cast.agreement, by=minh, facts=ending(cast, successor=successor, fates=fates))
    with pytest.raises(Refused, match=f"{second.ref}: Delivered needs evidence"):
        fates = {cast.commitment.ref: "dropped", second.ref: "fulfilled"}
        perform("end", cast.agreement, by=minh, facts=ending(cast, successor=successor, fates=fates))
    cast.agreement.refresh_from_db()
    assert cast.agreement.stage == "signed"
    assert not Step.objects.filter(agreement=cast.agreement).exists(), "all or nothing"

    report = second.reports.create(on=TODAY, text="done", status="accepted", evidence_url="https://example.org/x")
    assert report.pk
    fates = {cast.commitment.ref: "carried", second.ref: "fulfilled"}
    day = TODAY - timedelta(days=30)
    facts = ending(cast, successor=successor, fates=fates, day=PartialDate(day))
    assert perform("end", cast.agreement, by=minh, facts=facts).on == day
    cast.commitment.refresh_from_db()
    second.refresh_from_db()
    assert (cast.commitment.delivery, second.delivery, second.delivered_on) == ("carried", "delivered", day)
    new = successor.commitments.get()
    assert (new.title_en, new.partner_owner, new.ref) == (cast.commitment.title_en, cast.us, f"{successor.ref}-1")
    acts = dict(Step.objects.filter(commitment__isnull=False).values_list("commitment__ref", "name"))
    assert acts == {cast.commitment.ref: "carry_over", second.ref: "fulfil", new.ref: "carry_over"}
    assert Step.objects.get(commitment=cast.commitment).reason == new.ref
    assert not Commitment.objects.overdue(TODAY + timedelta(days=4000)).filter(agreement=cast.agreement).exists()


@pytest.mark.parametrize("stage", [stage for stage in Stage.values if stage not in CONCLUDED])
def test_a_successor_is_concluded(cast: Cast, stage: str) -> None:
    successor = make_agreement(desk=cast.desk, stage=stage, parties=[cast.home, cast.us])
    fates = {cast.commitment.ref: "carried"}
    with pytest.raises(Refused, match="not concluded"):
        perform("end", cast.agreement, by=cast.viewer("minh"), facts=ending(cast, successor=successor, fates=fates))


def test_carrying_over_names_a_successor_of_the_desk(cast: Cast) -> None:
    fates, minh = {cast.commitment.ref: "carried"}, cast.viewer("minh")
    with pytest.raises(Refused, match="takes its place"):
        perform("end", cast.agreement, by=minh, facts=ending(cast, ending="termination", fates=fates))
    elsewhere = make_agreement(desk=cast.other_desk, parties=[cast.home, cast.us])
    with pytest.raises(Refused, match="of your desk"):
        perform("end", cast.agreement, by=minh, facts=ending(cast, successor=elsewhere, fates=fates))


def test_page_and_api_ask_the_same(cast: Cast, today: object) -> None:
    client, url = cast.client("minh"), cast.agreement.get_absolute_url()
    paper = make_document(agreement=cast.agreement)
    assert f'name="fate_{cast.commitment.pk}"' in client.get(url).content.decode()
    said: dict[str, Any] = {"ending": "termination", "reason": "over", "document": paper.pk, "day": "2026-11-01"}
    refused = cast.api("minh").post(f"/api/v1/agreements/{cast.agreement.ref}/acts/end/", said, format="json")
    assert refused.status_code in (404, 409), refused.content
    page = client.post(f"{url}act/end/", said, follow=True).content.decode()
    assert "Say what becomes of each open commitment" in page
    client.post(f"{url}act/end/", said | {f"fate_{cast.commitment.pk}": "dropped"})
    cast.commitment.refresh_from_db()
    cast.agreement.refresh_from_db()
    assert (cast.agreement.stage, cast.commitment.delivery) == ("ended", "dropped")
    assert Step.objects.get(name="end").on == date(2026, 11, 1)


def test_nobody_carries_over_by_hand(cast: Cast) -> None:
    answer = cast.api("linh").patch(
        f"/api/v1/commitments/{cast.commitment.ref}/", {"delivery": "carried"}, format="json"
    )
    assert answer.status_code == 400
    cast.commitment.refresh_from_db()
    assert cast.commitment.delivery == "planned"


# --- references ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "year"),
    [
        ({}, None), ({"signed_on": date(2025, 6, 1)}, 2025), ({"announced_on": date(2023, 9, 1)}, 2023),
        ({"signed_on": TODAY + timedelta(days=60)}, None),
    ],
)  # fmt: skip
def test_a_number_claims_only_a_year_that_is_known(days: dict[str, date], year: int | None) -> None:
    assert known_year(Agreement(**days), TODAY) == year


def test_the_prefix_says_whose_it_is(cast: Cast) -> None:
    nobody = make_organisation(code="oecd", country=None)
    assert next_reference([cast.home, cast.us], 2025) == "US-2025-01"
    assert next_reference([cast.home, cast.us, cast.kr, nobody], 2025) == "ML-2025-01"
    assert next_reference([cast.home, nobody], None) == "XX-ND-01"
    make_agreement(desk=cast.desk, ref="KR-ND-07")
    assert next_reference([cast.home, cast.kr], None) == "KR-ND-08"
    for ref in ("KR-ND-99", "KR-ND-100"):
        make_agreement(desk=cast.desk, ref=ref)
    assert next_reference([cast.home, cast.kr], None) == "KR-ND-101"


def test_a_number_never_changes(cast: Cast, today: object) -> None:
    said = {
        "title_en": "A plan", "kind": "mou", "desk": cast.desk.code,
        "participants": [{"organisation": cast.home.code}, {"organisation": cast.us.code}],
    }  # fmt: skip
    made = cast.api("linh").post("/api/v1/agreements/", said, format="json").json()
    assert made["ref"] == "US-ND-01"
    cast.api("linh").patch("/api/v1/agreements/US-ND-01/", {"signed": "2024"}, format="json")
    assert Agreement.objects.get(ref="US-ND-01").signed_on == date(2024, 1, 1)


def test_a_record_and_the_question_agree_on_what_was_concluded(cast: Cast) -> None:
    ended = [{"stage": Stage.ENDED, "ending": ending} for ending in Ending.values]
    others = [{"stage": stage, "kind": KIND.get(stage, "mou")} for stage in Stage.values if stage != Stage.ENDED]
    rows = [make_agreement(desk=cast.desk) for _facts in (*ended, *others)]
    for row, facts in zip(rows, (*ended, *others), strict=True):
        Agreement.objects.filter(pk=row.pk).update(**facts)
    found = set(Agreement.objects.filter(was_concluded(), pk__in=[row.pk for row in rows]))
    every = Agreement.objects.filter(pk__in=[row.pk for row in rows])
    assert {row for row in every if has_been_concluded(row)} == found
    assert 0 < len(found) < len(rows)
