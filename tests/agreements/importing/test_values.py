"""What stands in cells is read as people write it: terms, days, kinds, parties, statuses."""

from __future__ import annotations

from typing import Any

import pytest

from agreements.dates import UnreadableDate, looks_like_a_day, read
from agreements.importing.choices import Lists, becomes, kind_in_title, kind_of, language_of
from agreements.importing.parties import Directory, Unclear, uninverted
from agreements.importing.values import Reader
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


@pytest.mark.parametrize(
    ("text", "day"),
    [("15 janvier 2021", "15/01/2021"), ("1er juillet 2020", "01/07/2020"), ("3 de marzo de 2019", "03/03/2019"),
     ("12. Dezember 2018", "12/12/2018"), ("9 maggio 2020", "09/05/2020"), ("7 mei 2017", "07/05/2017"),
     ("août 2016", "08/2016")],
)  # fmt: skip
def test_months_are_read_in_the_languages_of_partners(text: str, day: str) -> None:
    assert read(text).plain == day


@pytest.mark.parametrize(
    ("text", "day"),
    [("00-Mar-1964", "03/1964"), ("??/03/1964", "03/1964"), ("c. 1958", "1958"), ("circa March 1958", "03/1958"),
     ("khoảng năm 1958", "1958")],
)  # fmt: skip
def test_a_day_that_is_not_known_exactly_keeps_its_words(
    text: str, day: str, directory: Directory, world: Cast
) -> None:
    mapping = {"columns": {"0": "title", "1": "signed"}}
    plan = Reader(["Title", "Signed"], mapping, directory, Lists(world.viewer("linh"))).read(2, ["A treaty", text])
    signed = plan.dates["signed"]
    assert signed and signed.plain == day
    assert plan.kept == {f"summary_{'vi' if 'ă' in text else 'en'}": [f"Signed: {text}"]} and not plan.faults


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


# As lists spell them: shortened, turned round, with what tells two apart, and as Vietnamese papers write the sound.
SPELLED = """
    Korea, South|KR; Korea (South)|KR; Korea, Rep.|KR; Korea, Dem. People's Rep.|KP; S. Korea|KR; Korea, North|KP;
    China (PRC)|CN; P.R. China|CN; PR China|CN; China, People's Republic of|CN; Taiwan (ROC)|TW; Taiwan, China|TW;
    Taiwan (Province of China)|TW; Congo (DRC)|CD; Congo, Dem. Rep.|CD; Congo, Democratic Republic of the|CD;
    Congo, Rep.|CG; Congo (Brazzaville)|CG; Congo (Kinshasa)|CD; Egypt, Arab Rep.|EG; Iran, Islamic Rep.|IR;
    Iran (Islamic Republic of)|IR; Gambia, The|GM; Bahamas, The|BS; Yemen, Rep.|YE; Hong Kong SAR, China|HK;
    Hong Kong, China|HK; Macao SAR, China|MO; St. Lucia|LC; Saint Kitts and Nevis|KN;
    St. Vincent and the Grenadines|VC; Slovak Republic|SK; Kyrgyz Republic|KG; Lao PDR|LA;
    Lao People's Dem. Rep.|LA; Cote d'Ivoire|CI; Côte d’Ivoire|CI; Turkiye|TR; Viet Nam|VN; West Bank and Gaza|PS;
    Micronesia, Fed. Sts.|FM; Venezuela, RB|VE; Brunei Darussalam|BN; Virgin Islands (U.S.)|VI;
    Sao Tome and Principe|ST; Timor-Leste|TL; Eswatini|SZ; North Macedonia|MK; Bosnia & Herzegovina|BA;
    Bosnia and Herzegovina|BA; Bosnia|BA; Trinidad & Tobago|TT; Antigua and Barbuda|AG; Syrian Arab Republic|SY;
    United Republic of Tanzania|TZ; Russian Fed.|RU; Dominican Rep.|DO; Central African Rep.|CF;
    Republic of Ireland|IE; Northern Ireland|GB; U.S.|US; USA|US; The United States|US; United States|US; U.K|GB;
    United Kingdom of Great Britain and Northern Ireland|GB; Deutschland|DE; Espana|ES; Brasil|BR; Italia|IT;
    Nhật|JP; Nhật Bản|JP; Mỹ|US; Hàn|KR; Anh|GB; Đức|DE; CHLB Đức|DE; Áo|AT; Bỉ|BE; Ý|IT; Úc|AU; Nga|RU; LB Nga|RU;
    Pháp|FR; CH Pháp|FR; Séc|CZ; CH Séc|CZ; Cộng hòa Séc|CZ; Ô-xtrây-li-a|AU; Ốt-xtrây-lia|AU; Ôx-trây-lia|AU;
    Australia|AU; Ca-na-đa|CA; Xinh-ga-po|SG; Singapo|SG; Xin-ga-po|SG; Ma-lai-xi-a|MY; Malaixia|MY;
    In-đô-nê-xi-a|ID; Inđônêxia|ID; Phi-líp-pin|PH; Philippin|PH; Cam-pu-chia|KH; Campuchia|KH; Căm-pu-chia|KH;
    Mi-an-ma|MM; Mianma|MM; Niu Di-lân|NZ; Niu Di lân|NZ; I-ta-li-a|IT; Tây Ban Nha|ES; Bồ Đào Nha|PT; Hà Lan|NL;
    Thụy Sỹ|CH; Thuỵ Sĩ|CH; Thụy Sĩ|CH; Bê-la-rút|BY; Belarus|BY; U-crai-na|UA; Ukraina|UA; Ca-dắc-xtan|KZ;
    Kazakhstan|KZ; Ka-dắc-xtan|KZ; Cu-ba|CU; Bra-xin|BR; Braxin|BR; Ác-hen-ti-na|AR; Ac-hen-ti-na|AR; Chi-lê|CL;
    Mê-hi-cô|MX; Mexico|MX; Vê-nê-xu-ê-la|VE; Ai Cập|EG; Nam Phi|ZA; An-giê-ri|DZ; Ma-rốc|MA; I-ran|IR;
    I-xra-en|IL; Ixraen|IL; A-rập Xê-út|SA; Ả-rập Xê-út|SA; Ả Rập Saudi|SA; UAE|AE;
    Các Tiểu vương quốc Ả-rập Thống nhất|AE; Đông Ti-mo|TL; Bru-nây|BN; Hung-ga-ri|HU; Hungary|HU; Ru-ma-ni|RO;
    Rumani|RO; Bun-ga-ri|BG; Bungari|BG; Xlô-va-ki-a|SK; Slovakia|SK; Xlô-ven-ni-a|SI; Ba Lan|PL; Đan Mạch|DK;
    Na Uy|NO; Thụy Điển|SE; Phần Lan|FI; Ai-len|IE; Ai-xơ-len|IS; Mông Cổ|MN; Ấn Độ|IN; Pa-ki-xtan|PK;
    Băng-la-đét|BD; Xri Lan-ca|LK; Nê-pan|NP; Lào|LA; LÀO|LA; Thái Lan|TH; Thái|TH; Trung Quốc|CN; TQ|CN;
    CHND Trung Hoa|CN; Đài Loan (Trung Quốc)|TW; Hồng Công|HK; Triều Tiên|KP; Hàn Quốc|KR; Hi Lạp|GR; Hy Lạp|GR;
    Thổ Nhĩ Kỳ|TR; Ăng-gô-la|AO; Mô-dăm-bích|MZ; Tan-da-ni-a|TZ; Ê-ti-ô-pi-a|ET; Ni-giê-ri-a|NG; Xu-đăng|SD;
    I-rắc|IQ; Cô-oét|KW; Ca-ta|QA; Ô-man|OM; Pê-ru|PE; Cô-lôm-bi-a|CO; Pa-na-ma|PA; Ni-ca-ra-goa|NI; Luxembourg|LU;
    Lúc-xăm-bua|LU; Ê-xtô-ni-a|EE; Lát-vi-a|LV; Lít-va|LT; Crô-a-ti-a|HR; Xéc-bi-a|RS; Gru-di-a|GE; Ác-mê-ni-a|AM;
    A-déc-bai-gian|AZ; U-dơ-bê-ki-xtan|UZ; Tuốc-mê-ni-xtan|TM; Cư-rơ-gư-xtan|KG; Tát-gi-ki-xtan|TJ; Man-đi-vơ|MV;
    JAPAN|JP; JP|JP; KOR|KR; VIETNAM|VN; AU|AU; DE|DE; BI|BI; NGA|RU; Holy See|VA; Macedonia|MK; Burma|MM;
    Great Britain|GB; Palestinian Territories|PS; Reunion|RE; French Guyana|GF; Curacao|CW;
"""


def test_a_country_is_known_as_lists_spell_it(directory: Directory) -> None:
    asked = [one.strip().rsplit("|", 1) for one in SPELLED.split(";") if one.strip()]
    assert len(asked) > 190

    def found(name: str) -> str:
        try:
            return ",".join(directory.countries_in(name))
        except Unclear as problem:
            return str(problem)

    assert {name: found(name) for name, code in asked if found(name) != code} == {}


def test_a_town_before_its_country_is_no_government(directory: Directory) -> None:
    """Half of a name is believed in a column of countries alone."""
    assert directory.countries_in("Bonn, Germany") == ["DE"]
    assert [one.is_government for one in directory.parties("Bonn, Germany")] == [False]


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
