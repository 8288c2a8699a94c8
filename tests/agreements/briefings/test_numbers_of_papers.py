"""Every number on a paper is its list, over a generated life: pack, brief, quality report and closed periods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from agreements.briefings import periods
from agreements.briefings.counting import MEASURES, total
from agreements.briefings.country import country_brief
from agreements.briefings.frozen import FrozenState
from agreements.briefings.pack import review_pack
from agreements.briefings.quality import quality_report
from agreements.briefings.scopes import Over, Scope, Span
from agreements.commitments.models import Commitment
from agreements.register.models import Agreement
from partners.models import Country, User
from partners.viewers import Viewer
from tests.agreements.briefings.reading import for_a_module, lines, made, rows_of, table, wrong_numbers
from tests.agreements.briefings.test_quality import alike
from tests.factories import TODAY

QUARTER, YEAR = Span(date(2026, 7, 1), date(2026, 9, 30)), Span(date(2026, 1, 1), date(2026, 12, 31))
MANDATED = "Implementation by partner"
LEAST = 60  # numbers of a whole house
MOST_LINES = 220  # of two pages, table cells counted one by one
STAFF = ("officer", "manager", "auditor", "operator")


@pytest.fixture(scope="module")
def life(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[dict[str, User]]:
    """Made once for all tests here, and gone after the last."""
    with for_a_module(django_db_blocker, tmp_path_factory):
        yield made(40, seed=7)


def scopes(viewer: Viewer) -> list[Scope]:
    """One of each kind, of the first records that the life has."""
    if viewer.is_partner:
        return [Scope()]
    row = Commitment.objects.visible_to(viewer).owed().exclude(partner_owner=None).order_by("pk").first()
    assert row and row.partner_owner and row.partner_owner.country
    sector = Agreement.objects.visible_to(viewer).exclude(sectors=None).values_list("sectors__code", flat=True).first()
    kinds = [
        (Over.ORGANISATION, row.partner_owner.code), (Over.DESK, "americas"), (Over.SECTOR, str(sector)),
        (Over.COUNTRY, row.partner_owner.country.code),
    ]  # fmt: skip
    return [Scope(), *(Scope.of(over, code, viewer) for over, code in kinds)]


@pytest.mark.parametrize("who", [*STAFF, "partner"])
def test_of_the_pack(db: None, today: object, life: dict[str, User], who: str) -> None:
    viewer = life[who].viewer()
    for scope in scopes(viewer):
        for span in (QUARTER, YEAR)[scope.over != Over.HOUSE :]:
            wrong, compared = wrong_numbers(review_pack(scope, span, viewer=viewer, on=TODAY), viewer)
            assert wrong == [], (scope.over, scope.code)
            assert compared >= (LEAST if scope.over == Over.HOUSE and viewer.is_staff else 5)


def test_each_commitment_stands_once_in_the_mandated_table(db: None, today: object, life: dict[str, User]) -> None:
    viewer = life["auditor"].viewer()
    paper = review_pack(Scope(), YEAR, viewer=viewer, on=TODAY)
    rows = [row for row in table(paper, MANDATED).rows if not row.group]
    assert len(rows) == len(paper.records["commitments"]) == len(set(paper.records["commitments"])) > 50
    owed = set(Commitment.objects.visible_to(viewer).owed().values_list("pk", flat=True))
    assert owed <= set(paper.records["commitments"])
    for row in rows:
        assert len(row.cells) == 6
        assert any(run.href.startswith("/commitments/") for line in row.cells[2] for run in line)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_both_languages_say_all_of_it(db: None, today: object, life: dict[str, User], language: str) -> None:
    with translation.override(language):
        paper = review_pack(Scope(), QUARTER, viewer=life["manager"].viewer(), on=TODAY)
    assert paper.language == language
    assert ("quý III" in paper.subject) is (language == "vi")
    assert ("Cơ quan chủ trì" in {column.title for one in paper.tables() for column in one.columns}) is (
        language == "vi"
    )


@pytest.mark.parametrize("who", ["officer", "auditor", "partner"])
def test_of_a_brief(db: None, today: object, life: dict[str, User], who: str) -> None:
    viewer = life[who].viewer()
    compared = 0
    for country in Country.objects.visible_to(viewer).filter(code__in=("US", "KR", "JP")):
        paper = country_brief(country, viewer=viewer, on=TODAY)
        wrong, some = wrong_numbers(paper, viewer)
        assert wrong == [], country.code
        assert len([one for one in lines(paper) if one]) <= MOST_LINES
        compared += some
    assert compared > 5


@pytest.mark.parametrize("who", ["officer", "manager", "auditor"])
def test_of_the_quality_report(db: None, today: object, life: dict[str, User], who: str) -> None:
    viewer = life[who].viewer()
    for scope in (Scope(), Scope.of(Over.DESK, "americas", viewer)):
        wrong, compared = wrong_numbers(quality_report(scope, viewer=viewer, on=TODAY), viewer)
        assert (wrong, compared > 15) == ([], True)


def test_clarity_is_scored_alike(db: None, today: object, life: dict[str, User]) -> None:
    assert alike() > 80


def test_of_a_closed_period(db: None, today: object, life: dict[str, User]) -> None:
    """On the day itself they are those of the lists in every scope; on its page, for who sees not all of it as well."""
    viewer = life["manager"].viewer()
    closed = periods.close(None, QUARTER, by=viewer)
    assert closed.count > 40
    codes = {code for scopes in FrozenState.objects.values_list("scopes", flat=True) for code in scopes}
    assert len(codes) > 30
    for said in sorted(codes):
        over, _colon, code = said.partition(":")
        scope = Scope(Over(over), code)
        counts = total(one for _scopes, one in periods.counted(closed, scope, viewer))
        for name in ("owed", "overdue", "silent", "delivered"):
            assert counts[name] == rows_of(scope.href(MEASURES[name].query(QUARTER)), viewer), (said, name)
    for who in ("officer", "auditor"):
        for scope in (Scope(), Scope(Over.DESK, "americas"), Scope(Over.COUNTRY, "US")):
            counts = total(one for _scopes, one in periods.counted(closed, scope, life[who].viewer()))
            for name in MEASURES:
                rows = periods.states_of(closed, scope, life[who].viewer()).filter(counts_as__contains=[name])
                assert rows.count() == counts[name]
    whole = total(one for _scopes, one in periods.counted(closed, Scope(), life["auditor"].viewer()))
    assert {name: whole[name] for name in MEASURES} == {name: closed.figures.get(name, 0) for name in MEASURES}
