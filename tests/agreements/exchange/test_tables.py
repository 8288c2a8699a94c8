"""Lists: counts beside each choice, columns that one chooses, orders, and files of exactly what one sees."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from openpyxl import load_workbook

from agreements.exchange import export_views
from agreements.models import Agreement, Share
from agreements.register.lists import facets
from agreements.register.lists.filters import AgreementFilter
from partners.asking import Asked
from partners.models import Sector
from tests.conftest import Cast
from tests.factories import make_agreement, make_commitment

FORMS = ("csv", "xlsx")


def read(answer: Any, form: str) -> list[list[Any]]:
    """The cells of a file, its headings first."""
    assert answer.status_code == 200
    assert f".{form}" in answer["Content-Disposition"]
    if form == "xlsx":
        sheet: Any = load_workbook(io.BytesIO(answer.content)).active
        return [list(row) for row in sheet.values]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def refs(rows: list[list[Any]]) -> set[Any]:
    return {row[0] for row in rows[1:]}


@pytest.fixture
def many(cast: Cast, today: object) -> Cast:
    sector = Sector.objects.create(code="chips", name_vi="Chip", name_en="Chips")
    for number in range(30):
        agreement = make_agreement(
            desk=cast.desk if number % 3 else cast.other_desk, owner=cast.linh, parties=[cast.home, cast.kr],
            kind=("mou", "treaty", "protocol")[number % 3], stage=("signed", "draft", "ended")[number % 3],
            title=f"Paper {number}", signed_on=date(2020, 1, 1) + timedelta(days=number),
            expires_on=date(2030, 1, 1) - timedelta(days=number),
        )  # fmt: skip
        if number % 2:
            agreement.sectors.add(sector)
    return cast


@pytest.mark.parametrize(
    "query",
    [
        "",
        "stage=signed",
        "stage=signed&stage=draft&country=KR",
        "kind=treaty&sector=chips",
        "stage=signed&stage=",
        "q=paper&kind=mou",
        "desk=mine&stage=nonsense",
    ],
)
@pytest.mark.parametrize("name", ["linh", "huy", "sara", "auditor"])
def test_each_number_is_what_the_choice_leaves(many: Cast, query: str, name: str) -> None:
    """Beside a live recount of each choice, for each reader."""
    viewer = many.viewer(name)
    visible = Agreement.objects.visible_to(viewer)
    found = facets.counts(Asked.read(QueryDict(query), AgreementFilter.BOUND), viewer)
    for facet in ("stage", "kind", "country", "sector") + (("desk",) if viewer.is_staff else ()):
        for value, number in found.get(facet, {}).items():
            asked = QueryDict(query, mutable=True)
            asked.setlist(facet, [value])
            assert number == AgreementFilter(asked, visible, viewer=viewer).qs.count(), (facet, value)
    assert {"stage", "kind", "country", "sector"} <= set(found)  # a list without rows has its numbers too
    if viewer.is_staff:
        stages = found.get("stage", {})
        without = QueryDict(query, mutable=True)
        without.pop("stage", None)
        assert sum(stages.values()) == AgreementFilter(without, visible, viewer=viewer).qs.count()


def test_numbers_stand_beside_the_choices_and_follow_each_change(many: Cast) -> None:
    client = many.client("linh")
    page = client.get("/agreements/?country=KR").content.decode()
    assert "Ended (10)" in page
    part = client.get("/agreements/?country=KR&kind=treaty", headers={"hx-request": "true"}).content.decode()
    assert 'id="facets" hx-swap-oob="true"' in part
    assert "Ended (0)" in part


def test_too_long_a_list_says_no_number(many: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "MOST", 5)
    assert facets.counts(Asked.read(QueryDict(""), AgreementFilter.BOUND), many.viewer("linh")) == {}
    assert "Ended (" not in many.client("linh").get("/agreements/").content.decode()


@pytest.mark.parametrize("form", FORMS)
def test_the_file_is_exactly_the_list(many: Cast, form: str) -> None:
    rows = read(many.client("linh").get(f"/agreements/export.{form}?stage=ended&q=paper"), form)
    wanted = Agreement.objects.filter(stage="ended").values_list("ref", flat=True)
    assert refs(rows) == set(wanted)
    assert rows[0][:2] == ["Reference", "Title in Vietnamese"]
    chosen = read(many.client("linh").get(f"/agreements/export.{form}?stage=ended&columns=kind&columns=signed"), form)
    assert chosen[0] == ["Reference", "Kind", "Signed or adopted"]
    assert chosen[1][1] == "Protocol"


@pytest.mark.parametrize("form", FORMS)
def test_a_partner_takes_away_what_is_shared_and_open_to_them(many: Cast, form: str) -> None:
    many.agreement.expires_on = date(2031, 5, 5)
    many.agreement.save()
    Share.objects.update(withheld=["term"])
    rows = read(many.client("sara").get(f"/agreements/export.{form}?columns=desk&columns=owner&columns=expires"), form)
    assert rows == [["Reference", "Expires"], [many.agreement.ref, "" if form == "csv" else None]]
    assert read(many.client("omar").get(f"/agreements/export.{form}"), form)[1:] == []
    duties = read(many.client("sara").get(f"/commitments/export.{form}"), form)
    assert refs(duties) == {many.commitment.ref}
    assert not {"Kept by", "Who can remove what blocks it"} & set(duties[0])
    assert many.client("anonymous").get(f"/agreements/export.{form}").status_code == 302


@pytest.mark.parametrize("form", FORMS)
def test_no_text_is_a_formula(cast: Cast, form: str) -> None:
    for start in ("=1+1", "+1", "-1", "@x", "\t=1"):
        make_agreement(desk=cast.desk, title=f"{start}|cmd")
    rows = read(cast.client("linh").get(f"/agreements/export.{form}?q=cmd&columns=title_en"), form)
    assert len(rows) == 6
    assert all(row[1].startswith("'") for row in rows[1:])


def test_days_are_days_and_months_are_text(cast: Cast) -> None:
    make_commitment(agreement=cast.agreement, due_on=date(2027, 9, 1), title="Exact")
    vague = make_commitment(agreement=cast.agreement, due_on=date(2027, 9, 1), title="Vague")
    vague.due_precision = "month"
    vague.save()
    sheet = read(cast.client("linh").get("/commitments/export.xlsx?columns=title_en&columns=due"), "xlsx")
    cells = {row[1]: row[2] for row in sheet[1:]}
    assert (cells["Exact"].date(), cells["Vague"]) == (date(2027, 9, 1), "09/2027")
    lines = read(cast.client("linh").get("/commitments/export.csv?columns=title_en&columns=due"), "csv")
    assert {row[1]: row[2] for row in lines[1:]} == {"Commitment 1": "", "Exact": "01/09/2027", "Vague": "09/2027"}


def test_too_long_for_a_spreadsheet_is_said(many: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_views, "MOST_IN_XLSX", 5)
    answer = many.client("linh").get("/agreements/export.xlsx?q=paper", follow=True)
    assert "take them as CSV" in answer.content.decode()
    assert answer.redirect_chain[0][0] == "/agreements/?q=paper"
    assert many.client("linh").get("/agreements/export.pdf").status_code == 404


def test_the_file_speaks_the_readers_language(cast: Cast) -> None:
    client = cast.client("linh")
    client.cookies["django_language"] = "vi"
    assert read(client.get("/agreements/export.csv"), "csv")[0][0] == "Số hồ sơ"


@pytest.mark.parametrize(("sort", "column", "backwards"), [
    ("", "signed_on", True), ("oldest", "signed_on", False), ("expires", "expires_on", False), ("ref", "ref", False),
])  # fmt: skip
def test_orders(many: Cast, sort: str, column: str, backwards: bool) -> None:
    page = many.client("linh").get("/agreements/", {"sort": sort, "q": "paper"}).context["page"]
    values = [getattr(row, column) for row in page.rows]
    assert values == sorted(values, reverse=backwards)
    assert len(values) >= 20


def test_a_partner_cannot_sort_by_what_may_be_held_back(many: Cast) -> None:
    page = many.client("sara").get("/agreements/?sort=expires")
    assert page.context["sort"] == ""


def test_chosen_columns_stand_on_the_page_and_stay(many: Cast) -> None:
    page = many.client("linh").get("/agreements/?columns=desk&columns=notice&columns=nonsense&q=paper")
    assert [column.name for column in page.context["columns"]] == ["notice", "desk"]
    assert "americas desk" in page.content.decode()
    hidden = many.client("sara").get("/agreements/?columns=desk")
    assert hidden.context["columns"] == []
