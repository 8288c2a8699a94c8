"""What simple rules take from a paper: the right value or nothing, and never a wrong one."""

from __future__ import annotations

import time
from typing import Any

import pytest

from agreements.sources.closing import read_closing
from agreements.sources.stating import read_paper
from agreements.sources.term_clauses import read_terms
from agreements.sources.title_lines import read_titles
from agreements.sources.wording import Wording
from partners.models import Country
from tests.agreements.sources.stated_papers import MOU_EN, MOU_VI, PAPERS
from tests.conftest import Cast
from tests.factories import make_organisation


@pytest.fixture(autouse=True)
def both_languages(cast: Cast) -> None:
    cast.home.aliases, cast.us.aliases = "Chính phủ Việt Nam", "Chính phủ Hoa Kỳ"
    cast.home.save()
    cast.us.save()


def said(text: str, cast: Cast, *, has_pages: bool = False) -> dict[str, str]:
    found = read_paper(text, cast.viewer("linh"), has_pages=has_pages)
    assert len({one.field for one in found}) == len(found), "one value for a field, or none"
    return {one.field: one.value for one in found}


def wanted(facts: dict[str, Any], cast: Cast) -> dict[str, str]:
    sides = {"home": cast.home.label, "us": cast.us.label}
    return {field: sides.get(value, value) for field, value in facts.items()}


@pytest.mark.parametrize("name", PAPERS)
def test_the_right_value_or_nothing(name: str, cast: Cast) -> None:
    text, facts = PAPERS[name]
    assert said(text, cast, has_pages="\f" in text) == wanted(facts, cast)


def test_no_proposal_is_wrong_over_all_papers(cast: Cast) -> None:
    """Counted over all: proposals that are not the right value, and how many of the right ones are made."""
    wrong, right = [], 0
    for name, (text, facts) in PAPERS.items():
        true = wanted(facts, cast)
        for field, value in said(text, cast, has_pages="\f" in text).items():
            right += true.get(field) == value
            wrong += [] if true.get(field) == value else [f"{name}: {field} = {value}"]
    assert len(PAPERS) >= 25
    assert wrong == []
    assert right >= 60


@pytest.mark.parametrize("text", [MOU_VI, MOU_EN])
def test_each_value_comes_with_its_place(text: str, cast: Cast) -> None:
    for one in read_paper(text, cast.viewer("linh"), has_pages=False):
        assert one.place.words.rstrip("…") in " ".join(text.split()), one
        assert one.place.page is None
        assert text.splitlines()[0] or one.place.paragraph
    paged = read_paper(f"Cover\f{text}", cast.viewer("linh"), has_pages=True)
    assert {one.place.page for one in paged} == {2}
    assert all(one.place.paragraph is None for one in paged)


def test_a_folded_letter_keeps_its_place() -> None:
    text = "Straße œuvre đường – „ﬁx“ Ký tại Huế"
    paper = Wording(text, has_pages=False)
    assert len(paper.plain) == len(text)
    assert paper.plain.endswith("ky tai hue")


def test_a_name_that_two_bear_names_nobody(cast: Cast) -> None:
    text = "MEMORANDUM OF UNDERSTANDING BETWEEN THE INSTITUTE OF LIGHT AND THE GOVERNMENT OF THE UNITED STATES"
    first = make_organisation(name="Institute of Light")
    assert said(text, cast)["party_0"] == first.label
    make_organisation(name="Institute of Light", country="KR")
    assert "party_0" not in said(text, cast)


def test_the_country_behind_a_name_tells_which_is_meant(cast: Cast) -> None:
    make_organisation(name="Institute of Light", country="US", code="light-us")
    korean = make_organisation(name="Institute of Light", country="KR", code="light-kr")
    Country.objects.filter(code="KR").update(name_en="Korea", official_name_en="Republic of Korea")
    text = (
        "MEMORANDUM OF UNDERSTANDING BETWEEN THE GOVERNMENT OF VIET NAM AND THE INSTITUTE OF LIGHT OF THE REPUBLIC OF "
        "KOREA ON LIGHT"
    )
    found = said(text, cast)
    # Both are called alike, and a box would take the other one: nobody is proposed.
    assert "party_1" not in found
    korean.short_name = "IOL"
    korean.save()
    assert said(text, cast)["party_1"] == "IOL"


BLANKS = (" ", "\n", "\f", "\u00a0", "\r", "\u2028", " \n", " \f\n")
BEGUN = (
    "Done at Hanoi", "Done", "Done at Hanoi on 12 March 2025", "This Agreement shall be automatically",
    "This Agreement remains in force for", "MEMORANDUM OF UNDERSTANDING", "ký tại", "in the english", "five years and",
    "MEMORANDUM OF UNDERSTANDING BETWEEN", "bản",
)  # fmt: skip


def test_a_long_text_takes_no_time(cast: Cast) -> None:
    """No rule goes back over what it has read: a text of nothing but its beginnings is read in a moment."""
    hostile = [
        "Done at " * 25_000, "This agreement is " * 11_000, "(" * 200_000, "between the and " * 12_000,
        "BẢN GHI NHỚ VỀ " * 13_000, "tự động gia hạn thêm " * 9_000, "in the vietnamese and " * 9_000, "a" * 200_000,
        "shall remain in force for a period of " * 5_000, "ký tại " * 28_000, "\n" * 200_000, "one two three " * 14_000,
        "Done at Hanoi on 12 March 2025.\n" * 6_000, "It be automatically renewed. " * 7_000,
        "This Agreement remains in force for five years.\n" * 4_000, "This Agreement\n" * 13_000,
    ]  # fmt: skip
    for text in hostile:
        begun = time.process_time()
        read_paper(text, cast.viewer("linh"), has_pages=False)
        assert time.process_time() - begun < 3, text[:30]


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("rule", [read_closing, read_terms, read_titles])
def test_no_rule_goes_back_over_blanks(rule: Any, blank: str) -> None:
    """200,000 of them behind each beginning, in the process that somebody waits for."""
    for beginning in BEGUN:
        paper = Wording(f"{beginning}{blank * (200_000 // len(blank))}x", has_pages=False)
        begun = time.process_time()
        rule(paper)
        assert time.process_time() - begun < 1, beginning


def test_folded_blanks_keep_each_place(cast: Cast) -> None:
    """Lines, paragraphs and pages are counted as they were."""
    text = f"Cover{' ' * 300}\n\n\n\n  \fA line\n\n\n\nDone   at \t Hanoi  on 12 March 2025."
    (closing, *_more) = read_paper(text, cast.viewer("linh"), has_pages=True)
    assert (closing.place.page, closing.place.words) == (2, "Done at Hanoi on 12 March 2025")
    (closing, *_more) = read_paper(text, cast.viewer("linh"), has_pages=False)
    assert closing.place.paragraph == 3
