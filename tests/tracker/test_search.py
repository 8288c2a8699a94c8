"""Search and palette: what is half remembered is found, marks rank, slips are forgiven, and nothing leaks."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.folding import fold
from partners.marking import excerpt, mark
from partners.models import Person
from tests.conftest import Cast
from tests.factories import make_agreement, make_commitment, make_document, make_organisation
from tracker.search import spelling
from tracker.search.engine import find
from tracker.search.models import Word
from tracker.search.places import places_for
from tracker.tasks import learn_words


def found(cast: Cast, text: str, name: str = "linh") -> dict[str, list[str]]:
    """The lines by kind, as they are shown."""
    groups, _is_guess = find(text, cast.viewer(name), most=5)
    return {str(group.label): ["".join(piece for piece, _ in hit.title) for hit in group.hits] for group in groups}


@pytest.fixture
def chips(cast: Cast, today: object) -> Any:
    agreement = make_agreement(
        desk=cast.desk,
        owner=cast.linh,
        title="Hợp tác bán dẫn",
        parties=[cast.home, cast.kr],
        signed_on=date(2024, 1, 1),
    )
    agreement.title_en = "Chips cooperation"
    agreement.save()
    return agreement


@pytest.mark.parametrize(
    "typed",
    ["ban dan", "BÁN DẪN", "bán dẫn", unicodedata.normalize("NFD", "bán dẫn"), "dẫn bán", "ban da", "hop tac ban"],
)
def test_however_it_is_typed(cast: Cast, chips: Any, typed: str) -> None:
    assert found(cast, typed)["Agreements"] == ["Chips cooperation"]


@pytest.mark.parametrize(("stored", "typed"), [("Hoà Bình", "hòa bình"), ("Đà Nẵng", "da nang"), ("Thúy", "thuý")])
def test_both_placements_of_tones_and_d(cast: Cast, stored: str, typed: str) -> None:
    make_agreement(desk=cast.desk, owner=cast.linh, title=stored)
    assert found(cast, typed)["Agreements"] == [stored]


def test_typed_marks_rank_and_never_exclude(cast: Cast, today: object) -> None:
    make_agreement(desk=cast.desk, title="Bàn đàm phán", signed_on=date(2026, 1, 1))
    make_agreement(desk=cast.desk, title="Bán đảo", signed_on=date(2020, 1, 1))
    assert found(cast, "bán đả")["Agreements"] == ["Bán đảo", "Bàn đàm phán"]
    assert found(cast, "ban da")["Agreements"] == ["Bàn đàm phán", "Bán đảo"], "the newest first"
    assert found(cast, "bán da")["Agreements"] == ["Bán đảo", "Bàn đàm phán"], "the marks that were typed rank"
    assert found(cast, "bán")["Agreements"][0] == "Bán đảo"


def test_by_words_of_the_title_and_who_took_part(cast: Cast, chips: Any) -> None:
    assert found(cast, "ban dan korea")["Agreements"] == ["Chips cooperation"]
    assert "Chips cooperation" in found(cast, "korea fabless")["Agreements"]
    assert "Agreements" not in found(cast, "chips washington")
    groups, is_guess = find("ban dan washington", cast.viewer("linh"), most=5)
    assert is_guess, "of three words one may be wrong, and then the reader is told so"
    assert groups[0].hits[0].record == chips


SLIPS = ["hop tca ban dan", "hop tac bn dan", "hop tac bban dan", "chups cooperation", "coopration chip", "cooporetion"]


@pytest.mark.parametrize("typed", SLIPS)
def test_a_slip_of_the_finger_is_forgiven(cast: Cast, chips: Any, typed: str) -> None:
    assert spelling.learn() > 5
    groups, is_guess = find(typed, cast.viewer("linh"), most=5)
    assert is_guess
    assert groups[0].hits[0].record == chips


def test_what_nobody_wrote_is_not_guessed_at(cast: Cast, chips: Any) -> None:
    """Nor what somebody wrote where the reader may not look: no guess, and no sign that the word is known."""
    spelling.learn()
    assert find("xyzzy qwrtp", cast.viewer("linh"), most=5) == ([], False)
    make_agreement(desk=cast.desk, title="Zeppelin", stage="draft")
    spelling.learn()
    assert find("zepelin", cast.viewer("linh"), most=5)[1]
    for name in ("huy", "sara", "omar"):
        assert find("zepelin", cast.viewer(name), most=5) == ([], False)


def test_the_words_are_learnt_anew_each_time(cast: Cast, chips: Any) -> None:
    first = learn_words()
    assert learn_words() == first == Word.objects.count()
    assert Word.objects.get(word="chips").times == 1


def test_aliases_scripts_people_and_the_text_of_papers(cast: Cast, today: object) -> None:
    make_organisation(code="kakao", country="KR", name="Kakao", aliases="카카오, Ca Cao")
    Person.objects.create(name="Nguyễn Thị Hồng", organisation=cast.us, title_en="Attaché")
    text = "x " * 300 + "Hai bên thành lập phòng thí nghiệm O-RAN tại Hà Nội. " + "y " * 300
    make_document(agreement=cast.agreement, title="Minutes", content=text)
    assert found(cast, "카카오")["Organisations"] == ["Kakao"]
    assert found(cast, "ca cao")["Organisations"] == ["Kakao"]
    assert found(cast, "nguyen thi hong")["People"] == ["Nguyễn Thị Hồng"]
    groups, _ = find("phong thi nghiem", cast.viewer("linh"), most=5)
    context = next(group for group in groups if str(group.label) == "Papers").hits[0].context
    assert "phòng thí nghiệm O-RAN" in "".join(piece for piece, _marked in context)
    assert [piece for piece, marked in context if marked] == ["phòng", "thí", "nghiệm"]
    page = cast.client("linh").get("/search/?q=nguyen+thi+hong").content.decode()
    assert f"/organisations/gov-us/#person-{Person.objects.get().pk}" in page


@pytest.mark.parametrize("where", ["/search/", "/search/palette/"])
def test_each_finds_only_what_is_theirs(cast: Cast, where: str) -> None:
    """The draft, the paper's text and another partner's record: not by name, not by what they hold."""
    cast.hidden.title_en = "Zeppelin talks"
    cast.hidden.save()
    make_document(agreement=cast.agreement, title="Zeppelin note", content="Zeppelin", audience="internal")
    make_commitment(agreement=cast.hidden, title="Zeppelin hall")
    for name in ("sara", "omar"):
        page = cast.client(name).get(f"{where}?q=zeppelin").content.decode()
        assert "Zeppelin" not in page.replace("Found for “zeppelin”", "")
    assert "US-2026-01" in cast.client("linh").get(f"{where}?q=zeppelin").content.decode()
    # Nor by the name of who took part in what is hidden.
    assert "US-2023-01" in cast.client("sara").get(f"{where}?q=viet+nam+states").content.decode()
    assert "US-2023-01" not in cast.client("omar").get(f"{where}?q=viet+nam+states").content.decode()


def test_the_palette_knows_pages_and_acts_of_ones_role(cast: Cast) -> None:
    def labels(name: str, text: str) -> list[str]:
        return [str(place.label) for place in places_for(cast.viewer(name), text)]

    assert labels("linh", "log")[0] == "Log an agreement"
    assert labels("sara", "log") == []
    assert labels("minh", "overv") == ["Overview"]
    assert labels("linh", "overv") == []
    assert len(labels("linh", "")) == 6


def test_title_or_text_with_markup_stays_text(cast: Cast, today: object) -> None:
    make_agreement(desk=cast.desk, owner=cast.linh, title="<script>alert(1)</script> zeppelin")
    for where in ("/search/", "/search/palette/"):
        page = cast.client("linh").get(f"{where}?q=zeppelin").content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=4).map(fold), max_size=4))
def test_marking_changes_no_letter(text: str, wanted: list[str]) -> None:
    pieces = mark(text, wanted)
    assert "".join(piece for piece, _marked in pieces) == text
    assert all(pieces[n][1] != pieces[n + 1][1] for n in range(len(pieces) - 1))
    excerpt(text, wanted, around=10)


def test_marks_stand_on_the_letters_as_written() -> None:
    assert mark("Hội Đồng", ["dong"]) == [("Hội ", False), ("Đồng", True)]
    assert mark(unicodedata.normalize("NFD", "bán"), ["ban"]) == [(unicodedata.normalize("NFD", "bán"), True)]
    assert mark("Straße", ["ss"]) == [("Stra", False), ("ß", True), ("e", False)]
    assert excerpt("nothing here", ["zeppelin"]) == []


def test_people_are_found_by_their_other_names(cast: Cast) -> None:
    Person.objects.create(name="Nguyễn Văn Ba", aliases="阮文巴, Anh Ba", organisation=cast.us)
    for typed in ("anh ba", "阮文巴", "ba nguyen"):
        assert [str(name) for name in found(cast, typed)["People"]] == ["Nguyễn Văn Ba"], typed
