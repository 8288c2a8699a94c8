"""Search and palette: what is half remembered is found, marks rank, slips are forgiven, and nothing leaks."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.models import Agreement, Note, Report
from partners.folding import fold
from partners.marking import excerpt, mark
from partners.models import Country, Entry, Organisation, Person
from tests.conftest import Cast
from tests.factories import make_agreement, make_commitment, make_document, make_organisation, make_share
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


def test_each_word_may_be_answered_by_another_field(cast: Cast, today: object) -> None:
    memorandum = make_agreement(
        desk=cast.desk, ref="KR-2024-07", kind="mou", title="Công nghiệp bán dẫn", parties=[cast.home, cast.kr],
        signed_on=date(2024, 4, 18), place="Seoul", summary_en="Resilience of supply chains",
    )  # fmt: skip
    promise = make_commitment(agreement=memorandum, title="Laboratory", text_en="Reach upstream", partner_owner=cast.kr)
    for typed in (
        "kfia ban dan",
        "biên bản ghi nhớ KFIA",
        "MoU bán dẫn 2024",
        "resilience seoul",
        "kr202407",
        "04/2024",
    ):
        assert "Công nghiệp bán dẫn" in found(cast, typed)["Agreements"], typed
    assert found(cast, "upstream kfia")["Commitments"] == ["Laboratory"]
    Note.objects.create(agreement=memorandum, text="They ask for a quieter room")
    Report.objects.create(commitment=promise, text="Lidar masts stand", on=date(2026, 1, 5))
    assert found(cast, "quieter")["Notes"] == ["Công nghiệp bán dẫn"]
    assert found(cast, "lidar")["Reports"] == ["Laboratory"]


@pytest.mark.parametrize(
    ("typed", "first"), [("han quoc", "KR"), ("hàn quốc", "KR"), ("KOREA", "KR"), ("hong kong", "HK")]
)
def test_the_exact_name_stands_first(cast: Cast, typed: str, first: str) -> None:
    for code, vi, en in (("KR", "Hàn Quốc", "Korea"), ("HK", "Đặc khu Hành chính Hồng Kông, Trung Quốc", "Hong Kong")):
        Country.objects.update_or_create(code=code, defaults={"name_vi": vi, "name_en": en})
    make_agreement(desk=cast.desk, title="Hành lang Hong Kong quốc tế Korea")
    groups, _is_guess = find(typed, cast.viewer("linh"), most=5)
    assert groups[0].hits[0].record.code == first


def test_whole_words_then_beginnings_then_parts(cast: Cast, today: object) -> None:
    titles = ("Memorandum", "Rang buoc", "Orange", "Mạng O-RAN mở", "O-RAN", "Xoran")
    for number, title in enumerate(titles):
        make_agreement(desk=cast.desk, title=title, signed_on=date(2020 + number, 1, 1))
    assert found(cast, "O-RAN")["Agreements"] == ["O-RAN", "Mạng O-RAN mở", "Orange"]
    oran = found(cast, "oran")["Agreements"]
    assert (oran[:3], "Xoran" in oran[3:]) == (["O-RAN", "Mạng O-RAN mở", "Orange"], True)
    assert found(cast, "rand")["Agreements"][0].startswith("Memorandum"), "a part of a word, where nothing is nearer"


@pytest.mark.parametrize(
    ("stored", "typed"), [("Kĩ thuật số", "kỹ thuật số"), ("Lý lịch", "li lich"), ("Bắc Mỹ", "bac mi")]
)
def test_i_and_y_are_both_in_official_use(cast: Cast, stored: str, typed: str) -> None:
    make_agreement(desk=cast.desk, title=stored)
    assert found(cast, typed)["Agreements"] == [stored]
    page = cast.client("linh").get("/agreements/", {"q": typed}).content.decode()
    assert stored in page


def test_a_partner_finds_by_what_is_open_alone(cast: Cast, today: object) -> None:
    """The summary and the wording are held back by a share; what they say, and who else writes, is found by nobody."""
    agreement = make_agreement(
        desk=cast.desk, ref="US-2024-09", title="Open title", parties=[cast.home, cast.us], summary_en="Zebra",
        place="Hanoi",
    )  # fmt: skip
    promise = make_commitment(agreement=agreement, title="Promise", text_en="Quagga", partner_owner=cast.us)
    Note.objects.create(agreement=agreement, text="Okapi")
    Report.objects.create(commitment=promise, text="Gazelle", on=date(2026, 1, 5), status="draft", created_by=cast.linh)
    share = make_share(agreement=agreement, organisation=cast.us, withheld=["summary", "wording"])
    for word in ("zebra", "quagga", "okapi", "gazelle"):
        assert found(cast, word, "sara") == {}, word
        for path in ("/agreements/", "/commitments/"):
            answer = cast.client("sara").get(path, {"q": word})
            assert "US-2024-09" not in answer.content.decode(), (path, word)
    for words in ("open hanoi", "title united states 2023", "us202409"):
        assert found(cast, words, "sara")["Agreements"] == ["Open title"], words
    assert "US-2024-09-1" in cast.client("sara").get("/commitments/", {"q": "promise open title"}).content.decode()
    share.withheld = []
    share.save()
    assert found(cast, "zebra", "sara")["Agreements"] == ["Open title"]
    assert found(cast, "quagga", "sara")["Commitments"] == ["Promise"]


def test_what_a_row_shows_is_searched_by_its_list(cast: Cast, today: object) -> None:
    agreement = make_agreement(desk=cast.desk, title="Chips", parties=[cast.home, cast.kr])
    make_commitment(agreement=agreement, title="Joint laboratory", partner_owner=cast.kr)
    client = cast.client("linh")
    for typed in ("kfia", "korea fabless", "chips", "laboratory kfia", f"{agreement.ref}-1"):
        assert "Joint laboratory" in client.get("/commitments/", {"q": typed}).content.decode(), typed
        assert cast.api("linh").get("/api/v1/commitments/", {"q": typed}).json()["results"], typed
    assert "Chips" in client.get("/agreements/", {"q": "kfia"}).content.decode()


def test_entries_follow_what_they_are_made_of(cast: Cast, today: object) -> None:
    agreement = make_agreement(desk=cast.desk, title="Chips", parties=[cast.kr])
    make_commitment(agreement=agreement, title="Laboratory", lead=cast.kr)
    Organisation.objects.filter(pk=cast.kr.pk).update(aliases="Zeppelin")
    assert set(found(cast, "zeppelin")) == {"Organisations", "Agreements", "Commitments"}
    agreement.participants.update(archived_at="2026-01-01T00:00Z")
    assert set(found(cast, "zeppelin")) == {"Organisations", "Commitments"}
    Agreement.objects.filter(pk=agreement.pk).update(place="Timbuktu")
    assert "Agreements" in found(cast, "timbuktu")
    Country.objects.filter(code="KR").update(name_en="Atlantis")
    assert "Commitments" in found(cast, "atlantis")


def test_a_name_in_very_many_agreements_follows_with_the_job(cast: Cast, today: object) -> None:
    Entry.objects.filter(kind="partners_organisation", record_id=cast.us.pk).update(is_behind=True)
    Entry.objects.filter(kind="agreements_agreement").update(words="")
    assert "Agreements" not in found(cast, "united states")
    learn_words()
    assert found(cast, "united states")["Agreements"]
    assert not Entry.objects.filter(is_behind=True).exists()


def test_results_show_state_and_day(cast: Cast, chips: Any) -> None:
    make_commitment(agreement=chips, title="Chips laboratory", due_on=date(2027, 3, 31), delivery="under_way")
    for where in ("/search/", "/search/palette/"):
        page = cast.client("linh").get(f"{where}?q=chips").content.decode()
        assert all(text in page for text in ("Under way", "2027", "2024")), where
