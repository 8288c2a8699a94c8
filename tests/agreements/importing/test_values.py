"""What stands in cells is read as people write it: terms, days, kinds, parties, statuses."""

from __future__ import annotations

from typing import Any

import pytest

from agreements.dates import UnreadableDate, looks_like_a_day, read
from agreements.importing.choices import becomes, kind_in_title, kind_of, language_of
from agreements.importing.parties import Directory, Unclear, uninverted
from agreements.termwords import UnreadableTerm, read_renewal, read_term
from partners.models import Organisation
from tests.conftest import Cast
from tests.factories import make_organisation

TERMS: dict[str, dict[str, Any]] = {
    "5 years": {"months": 60}, "05 năm": {"months": 60}, "Năm năm": {"months": 60}, "five (5) years": {"months": 60},
    "60 months": {"months": 60}, "2.5 years": {"months": 30}, "18 tháng": {"months": 18},
    "unlimited": {"endless": True}, "Vô thời hạn": {"endless": True}, "Indefinite": {"endless": True},
    "không xác định thời hạn": {"endless": True}, "No expiry": {"endless": True},
    "2019-2024": {"begins": "2019", "ends": "2024"}, "2019–24": {"begins": "2019", "ends": "2024"},
    "từ 2019 đến 2024": {"begins": "2019", "ends": "2024"}, "Jan 2019 - Dec 2021": {"begins": "01/2019",
    "ends": "12/2021"},
    "01/01/2019 - 31/12/2023": {"begins": "01/01/2019", "ends": "31/12/2023"},
    "until 31/12/2025": {"ends": "31/12/2025"},
    "5 years, auto renew": {"months": 60, "renewal": "tacit", "renewal_months": 60},
    "10 năm, tự động gia hạn 5 năm": {"months": 120, "renewal": "tacit", "renewal_months": 60},
    "auto renew": {"renewal": "tacit"}, "renewable by mutual consent": {"renewal": "express"},
    "3 years, not renewable": {"months": 36, "renewal": "none"},
}  # fmt: skip


@pytest.mark.parametrize("text", TERMS)
def test_a_term_is_read(text: str) -> None:
    found = read_term(text)
    said = {name: value for name in vars(found) if (value := getattr(found, name))}
    assert {
        name: value if isinstance(value, int | bool | str) else value.plain for name, value in said.items()
    } == TERMS[text]


@pytest.mark.parametrize("text", ["x", "see the file", "", "0 years", "2024-2019", "900 years"])
def test_what_is_no_term_says_so(text: str) -> None:
    with pytest.raises(UnreadableTerm):
        read_term(text)


def test_a_column_of_yes_and_no_says_whether_it_renews() -> None:
    assert [read_renewal(text).renewal for text in ("Yes", "có", "x", "No", "không")] == ["tacit"] * 3 + ["none"] * 2


@pytest.mark.parametrize(
    ("text", "first", "day"),
    [
        ("2/22/2000", True, "22/02/2000"), ("03/04/2000", True, "04/03/2000"), ("03/04/2000", False, "03/04/2000"),
        ("22-Feb-2000", False, "22/02/2000"), ("22-Feb-2000", True, "22/02/2000"), ("22-Feb-00", False, "22/02/2000"),
        ("2000-02-22 00:00", False, "22/02/2000"), ("22/02/2000 12:30:05", False, "22/02/2000"), ("2000", True, "2000"),
    ],
)  # fmt: skip
def test_a_day_is_read_in_the_order_that_was_said(text: str, first: bool, day: str) -> None:
    assert read(text, month_first=first).plain == day
    assert looks_like_a_day(text)


def test_a_day_without_a_year_is_asked_back() -> None:
    for text in ("22/02", "22 Feb"):
        with pytest.raises(UnreadableDate):
            read(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("MoU", "mou"), ("Biên bản ghi nhớ", "mou"), ("BGN", "mou"), ("Hiệp định", "agreement"), ("LoI",
    "letter_of_intent"),
     ("Framework Agreement", "agreement"), ("Nghị định thư", "protocol"), ("Joint Statement", "joint_statement"),
     ("zebra", "")],
)  # fmt: skip
def test_a_kind_is_known_by_its_names(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_a_title_tells_its_kind_and_language() -> None:
    assert kind_in_title("Protocol to the agreement on trade") == "protocol"
    assert kind_in_title("Bản ghi nhớ thực hiện Hiệp định về thương mại") == "mou"
    assert [language_of(text) for text in ("Bản ghi nhớ", "Ban ghi nho hop tac giua hai truong dai hoc", "Accord")] == [
        "vi",
        "vi",
        "en",
    ]


@pytest.mark.parametrize(
    ("status", "means"),
    [("Active", "concluded"), ("Còn hiệu lực", "concluded"), ("Hết hạn", "concluded"), ("In force", "concluded"),
     ("Đang đàm phán", "draft"), ("Not signed", "draft"), ("Chưa ký", "draft"), ("Draft", "draft"),
     ("In effect", "concluded"), ("Dự thảo", "draft"), ("Cancelled", "skip"), ("purple", None)],
)  # fmt: skip
def test_a_status_says_what_a_row_becomes(status: str, means: str | None) -> None:
    assert becomes(status) == means


@pytest.fixture
def directory(world: Cast) -> Directory:
    make_organisation(
        code="adelaide", country="AU", name="University of Adelaide", short_name="UoA", aliases="Adelaide Uni"
    )
    make_organisation(code="edu-fr", country="FR", name="Ministry of Education")
    make_organisation(code="edu-de", country="DE", name="Ministry of Education")
    Organisation.objects.filter(code="gov-us").update(kind="government")
    return Directory.of(world.viewer("linh"))


@pytest.mark.parametrize(
    ("name", "code"),
    [("Korea, Republic of", "KR"), ("USSR", "RU"), ("Liên Xô", "RU"), ("Pháp", "FR"), ("Frankreich", "FR"), ("USA",
    "US"),
     ("VNM", "VN"), ("Iran (Islamic Republic of)", "IR"), ("Cộng hòa Pháp", "FR"), ("the Netherlands", "NL"), ("in",
     ""),
     ("Miến Điện", "MM"), ("Ceylon", "LK"), ("LAO PDR", "LA"), ("Atlantis", "")],
)  # fmt: skip
def test_a_country_is_known_by_all_its_names(name: str, code: str, directory: Directory) -> None:
    assert directory.country(name) == code


def test_a_country_that_became_several_is_asked_back(directory: Directory) -> None:
    with pytest.raises(Unclear, match="HR"):
        directory.country("Yugoslavia")


def names(directory: Directory, text: str, hint: str = "") -> list[str]:
    return [
        directory.label(one.organisation) if one.organisation else f"+{one.name}:{one.country}"
        for one in directory.parties(text, hint)
    ]


@pytest.mark.parametrize(
    ("text", "hint", "found"),
    [
        ("Adelaide, University of", "AU", ["UoA"]), ("UoA", "", ["UoA"]), ("adelaide uni", "", ["UoA"]),
        ("University of\nAdelaide", "", ["UoA"]), ("University of Adelaide (UoA)", "", ["UoA"]),
        ("kfia; Adelaide, University of", "", ["Korea Fabless Industry Association", "UoA"]),
        ("UoA and Kfia", "", ["UoA", "Korea Fabless Industry Association"]),
        ("1. UoA\n2. Samsung", "", ["UoA", "+Samsung:"]),
        ("Bonn, University of", "DE", ["+University of Bonn:DE"]), ("Kyoto University, Japan", "",
        ["+Kyoto University:JP"]),
        ("Research and Development Institute", "FR", ["+Research and Development Institute:FR"]),
        ("Ministry of Education", "FR", ["Ministry of Education"]),
        ("United States", "", ["Government of the United States"]),
        ("Massachusetts Institute of Technology (MIT)", "US", ["+Massachusetts Institute of Technology (MIT):US"]),
    ],
)  # fmt: skip
def test_a_cell_names_those_who_are_meant(text: str, hint: str, found: list[str], directory: Directory) -> None:
    assert names(directory, text, hint) == found


def test_one_name_of_several_organisations_is_asked_back(directory: Directory) -> None:
    with pytest.raises(Unclear, match="Several"):
        directory.parties("Ministry of Education")


def test_countries_stand_for_their_governments(directory: Directory) -> None:
    found = directory.parties("France; the USSR and Germany")
    assert [(one.country, one.is_government) for one in found] == [("FR", True), ("RU", True), ("DE", True)]


def test_an_inverted_name_is_turned() -> None:
    assert uninverted("Sussex, The University of") == "The University of Sussex"
    assert uninverted("Boston, Massachusetts") == "Boston, Massachusetts"
