"""Whose duty it is: the one that is named, each who could, or nobody yet; the same on every face."""

from __future__ import annotations

import itertools
import random
from html import unescape
from typing import Any

import pytest
from django.db import connection

from agreements.models import Commitment, Participant
from agreements.overview import figures, tallies
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from partners.models import Organisation
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_organisation, make_share, make_user


@pytest.fixture
def many(cast: Cast, today: object) -> Any:
    """A paper of three countries and a union, with a country that looks on and one that keeps the text."""
    agreement = make_agreement(desk=cast.desk, ref="XX-2024-01", owner=cast.linh, parties=[cast.home, cast.us, cast.kr])
    for code, role in (("KE", "observer"), ("BR", "depositary"), ("JP", "funding")):
        body = make_organisation(code=f"gov-{code.lower()}", country=code)
        Participant.objects.create(agreement=agreement, organisation=body, role=role)
        make_share(agreement=agreement, organisation=body)
    make_share(agreement=agreement, organisation=cast.kr)
    japan = Organisation.objects.get(code="gov-jp")
    return {
        "agreement": agreement,
        "japan": make_commitment(agreement=agreement, direction="theirs", partner_owner=japan),
        "nobody": make_commitment(agreement=agreement, direction="theirs"),
        "all": make_commitment(agreement=agreement, direction="mutual"),
        "ours": make_commitment(agreement=agreement, direction="ours", lead=cast.home),
    }


def names(many: Any, rows: Any) -> set[str]:
    keys = set(rows.values_list("pk", flat=True))
    return {name for name, row in many.items() if isinstance(row, Commitment) and row.pk in keys}


def owed(many: Any, code: str) -> set[str]:
    return names(many, Commitment.objects.owed_by(Organisation.objects.filter(code=code).values("pk")))


def test_who_is_named_owes_alone_and_onlookers_owe_nothing(cast: Cast, many: Any) -> None:
    assert owed(many, "gov-jp") == {"japan", "all"}
    assert owed(many, "kfia") == owed(many, "gov-us") == {"all"}
    assert owed(many, "gov-ke") == owed(many, "gov-br") == set()
    assert owed(many, "gov-vn") == {"ours"}
    assert names(many, Commitment.objects.unnamed()) == {"nobody"}


def test_one_country_alone_owes_without_being_named(cast: Cast, many: Any) -> None:
    paper = make_agreement(desk=cast.desk, parties=[cast.home, cast.kr])
    Participant.objects.create(agreement=paper, organisation=cast.us, role="observer")
    alone = make_commitment(agreement=paper, direction="theirs")
    assert alone in Commitment.objects.owed_by([cast.kr.pk])
    assert alone not in Commitment.objects.owed_by([cast.us.pk])
    assert alone not in Commitment.objects.unnamed()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("country=KR", {"all", "ours"}), ("country=JP", {"japan", "all", "ours"}), ("country=KE", set()),
        ("country=BR", set()), ("partner=gov-jp", {"japan", "all"}), ("partner=none", {"nobody"}),
        ("organisation=gov-br", set()), ("organisation=kfia", {"all", "ours"}),
    ],
)  # fmt: skip
def test_lists_and_the_api_filter_by_duty(cast: Cast, many: Any, query: str, found: set[str]) -> None:
    url = f"{query}&agreement=XX-2024-01"
    page = cast.client("linh").get(f"/commitments/?{url}").context["page"]
    assert {row.pk for row in page.rows} == {many[name].pk for name in found}
    answer = cast.api("linh").get(f"/api/v1/commitments/?{url}").json()
    assert {row["ref"] for row in answer["results"]} == {many[name].ref for name in found}


def test_each_reader_is_told_who_owes_it(cast: Cast, many: Any) -> None:
    jun = make_user(role="partner", organisations=[Organisation.objects.get(code="gov-jp")])
    cast.people["jun"] = jun
    said = {
        "omar": {"japan": "Responsible: Organisation gov-jp", "nobody": "Partner not named", "all": "Both sides"},
        "jun": {"japan": "Your side", "nobody": "Partner not named", "ours": "The other side"},
        "linh": {"japan": "The partner's side", "nobody": "Partner not named", "ours": "Our side"},
    }
    for who, words in said.items():
        for name, text in words.items():
            ref = many[name].ref
            assert text in unescape(cast.client(who).get(f"/commitments/{ref}/").content.decode()), (who, name)
            assert cast.api(who).get(f"/api/v1/commitments/{ref}/").json()["owed_in_words"] == text
    file = b"".join(cast.client("omar").get("/commitments/export.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Your side" not in file
    assert "Responsible: Organisation gov-jp" in file


def test_the_overview_counts_each_for_who_owes_it(cast: Cast, many: Any) -> None:
    rows = {row.label: row for row in figures.by_partner(cast.viewer("minh")).rows}
    assert not {"Organisation gov-ke", "Organisation gov-br"} & set(rows)
    client = cast.client("minh")
    assert "Partner not named" in rows
    for row in rows.values():
        for cell in row.cells:
            if cell.count:
                assert client.get(f"/commitments/?{cell.query}").context["page"].count == cell.count, row.label


@pytest.mark.parametrize("seed", range(4))
def test_the_twin_in_the_tallies_says_the_same(cast: Cast, many: Any, seed: int) -> None:
    rng = random.Random(seed)
    bodies = [
        cast.home,
        cast.us,
        cast.kr,
        make_organisation(code="union", country=None),
        make_organisation(country="US"),
    ]
    for _number in range(12):
        paper = make_agreement(desk=cast.desk)
        roles = itertools.cycle(("principal", "observer", "funding", "implementing", "depositary"))
        for body in rng.sample(bodies, rng.randint(0, 5)):
            Participant.objects.create(agreement=paper, organisation=body, role=next(roles))
        for direction in ("ours", "theirs", "mutual"):
            make_commitment(agreement=paper, direction=direction, partner_owner=rng.choice([None, None, cast.kr]))
    tallies.count_stale()
    Participant.objects.filter(organisation=cast.us).update(role="observer")
    Organisation.objects.filter(pk=cast.kr.pk).update(country=cast.us.country)
    with connection.cursor() as cursor:
        cursor.execute("SELECT commitment_id, owing_ids FROM agreements_countednow")
        twin = dict(cursor.fetchall())
    unnamed = set(Commitment.objects.unnamed().values_list("pk", flat=True))
    rows = list(Commitment.objects.with_duty(cast.viewer("linh")))
    for row in rows:
        assert sorted(row.owing_ids) == sorted(one for one in twin[row.pk] if one), row
        assert (twin[row.pk] == [None]) == (row.pk in unnamed), row
    for body in bodies[1:]:
        assert {row.pk for row in rows if body.pk in row.owing_ids} == set(
            Commitment.objects.owed_by([body.pk]).values_list("pk", flat=True)
        )


def test_submitting_asks_for_the_partner_and_names_the_commitments(cast: Cast, many: Any) -> None:
    agreement = many["agreement"]
    type(agreement).objects.filter(pk=agreement.pk).update(stage="draft")
    agreement.refresh_from_db()
    with pytest.raises(Refused, match=many["nobody"].ref):
        perform("submit", agreement, by=cast.viewer("linh"), facts=Facts(on=TODAY))
    answer = cast.api("linh").post("/api/v1/agreements/XX-2024-01/submit/")
    assert (answer.status_code, many["nobody"].ref in answer.json()["detail"]) == (409, True)
    assert many["nobody"].ref in cast.client("linh").get("/agreements/XX-2024-01/").content.decode()
    Commitment.objects.filter(pk=many["nobody"].pk).update(partner_owner=cast.kr)
    perform("submit", agreement, by=cast.viewer("linh"), facts=Facts(on=TODAY))
    assert agreement.stage == "in_review"


def test_sides_are_told_apart(cast: Cast, today: object) -> None:
    for column, wrong in (("lead", cast.us), ("partner_owner", cast.home)):
        setattr(cast.commitment, column, wrong)
        with pytest.raises(Exception, match="side"):
            cast.commitment.full_clean()
        setattr(cast.commitment, column, None)
    cast.commitment.lead, cast.commitment.partner_owner = cast.home, make_organisation(country=None)
    cast.commitment.full_clean()


def test_no_face_names_an_onlooker_as_the_one_who_owes(cast: Cast, many: Any) -> None:
    """Nor a foreign body as one of ours that leads."""
    agreement, api = many["agreement"], cast.api("linh")
    facts = {"agreement": agreement.ref, "title_en": "A lab", "direction": "theirs"}
    for code in ("gov-ke", "gov-br"):
        refused = api.post("/api/v1/commitments/", {**facts, "partner_owner": code}, format="json").json()
        assert [one["field"] for one in refused["errors"]] == ["partner_owner"], refused
        address = f"/api/v1/commitments/{many['nobody'].ref}/"
        minh = cast.api("minh")
        changed = minh.patch(address, {"partner_owner": code, "because": "As it stands there"}, format="json")
        assert "which owe nothing" in changed.json()["detail"]
    refused = api.post("/api/v1/commitments/", {**facts, "co_leads": ["gov-vn", "gov-us"]}, format="json").json()
    assert [one["field"] for one in refused["errors"]] == ["co_leads"], refused
    form = {**facts, "kind": "other", "delivery": "planned", "co_leads": cast.us.name_en, "partner_owner": "gov-ke"}
    page = cast.client("linh").post(f"{agreement.get_absolute_url()}commitments/new/", form).content.decode()
    assert "which owe nothing" in page and "is of the partner&#x27;s side" in page
    assert Commitment.objects.filter(agreement=agreement).count() == 4
    assert api.post("/api/v1/commitments/", {**facts, "partner_owner": "gov-jp"}, format="json").status_code == 201
