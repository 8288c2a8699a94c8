"""The brief of a country has two pages when it is drawn, however much there is; what gives way is counted."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.http import QueryDict
from pypdf import PdfReader

from agreements.briefings import asking
from agreements.briefings.content import Heading, Paper, Table
from agreements.briefings.drawing import draw
from agreements.briefings.kinds import MAKERS
from agreements.briefings.room import ROOMS
from agreements.examples.generating import generate
from agreements.exchange.loading import load
from agreements.models import Commitment
from agreements.vocabulary import PaperKind
from partners.models import Country, User
from tests.agreements.briefings.reading import for_a_module, lines, people
from tests.factories import TODAY
from tests.roles import analyze

BRIEF = MAKERS[PaperKind.COUNTRY_BRIEF]
LANGUAGES = ("vi", "en")
PARTS = {"vi": {"Tình hình hiện nay", "Nhân sự"}, "en": {"State of play", "People"}}


@pytest.fixture(scope="module")
def life(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[dict[str, User]]:
    """The bundled facts with a hundred generated agreements beside them; gone after the last test."""
    with for_a_module(django_db_blocker, tmp_path_factory):
        load(settings.BASE_DIR / "seeds" / "reference", on=TODAY)
        cast = people()
        load(settings.BASE_DIR / "seeds" / "examples", on=TODAY)
        generate(100, seed=5, on=TODAY)
        analyze()
        yield cast


def brief(country: str, reader: User, language: str) -> Paper:
    form = asking.form_of(BRIEF, QueryDict(f"country={country}&since=01/01/2020"), reader.viewer())
    assert form.is_valid(), form.errors
    return asking.made(BRIEF, form, language=language)


def pages(paper: Paper) -> int:
    return len(PdfReader(io.BytesIO(draw(paper, "pdf"))).pages)


def biggest() -> list[str]:
    """The countries with the most to say, the United States of the bundled facts among them."""
    counted = Country.objects.annotate(n=Count("organisations__participations")).order_by("-n", "code")
    return list(dict.fromkeys(["US", *counted.exclude(code="VN").values_list("code", flat=True)[:4]]))


def test_the_biggest_briefs_have_two_pages(db: None, today: date, life: dict[str, User]) -> None:
    for country in biggest():
        for language in LANGUAGES:
            paper = brief(country, life["manager"], language)
            assert pages(paper) <= 2, (country, language)
            assert len(PARTS[language] & {block.text for block in paper.body if isinstance(block, Heading)}) == 2


def test_what_is_left_out_is_counted_and_linked(db: None, today: date, life: dict[str, User]) -> None:
    paper = brief("US", life["manager"], "en")
    rests = [run for one in lines(paper) for run in one if run.text.startswith("And ")]
    linked = [run.href for run in rests if run.href]
    assert any("/agreements/?country=US" in href for href in linked)
    concluded = next(
        block for block in paper.body if isinstance(block, Table) and block.caption == "What was concluded"
    )
    assert 1 <= len(concluded.rows) <= ROOMS[0].concluded


def test_long_words_do_not_make_it_longer(db: None, today: date, life: dict[str, User]) -> None:
    """Titles of ten thousand letters are cut by nobody: but a usual long one, and long reasons, must fit."""
    title = "Chương trình hợp tác nghiên cứu, đào tạo và chuyển giao công nghệ bán dẫn giữa hai nước " * 3
    rows = Commitment.objects.of_country("US")
    with transaction.atomic():
        Commitment.objects.filter(pk__in=rows.values("pk")).update(
            title_vi=title, title_en=title, blocker="Chưa có kinh phí. " * 15, blocked_side="ours",
            blocked_by="ministry", blocked_since_on=date(2026, 1, 1),
        )  # fmt: skip
        assert pages(brief("US", life["manager"], "vi")) <= 2


def test_it_does_not_take_long(db: None, today: date, life: dict[str, User]) -> None:
    begun = time.perf_counter()
    brief("US", life["manager"], "vi")
    assert time.perf_counter() - begun < 8, "tried some lengths; one drawing takes less than half a second"


def test_each_room_is_narrower_than_the_one_before() -> None:
    names = ROOMS[0].__dataclass_fields__
    for wide, narrow in pairwise(ROOMS):
        sizes = [(getattr(wide, name), getattr(narrow, name)) for name in names]
        assert all(after <= before for before, after in sizes) and any(after < before for before, after in sizes)
        assert all(after >= 1 for _before, after in sizes)
