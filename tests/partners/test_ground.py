"""Viewers, folding, order, pages by key, field tables."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.db import connection
from django.db.models import Value
from hypothesis import given
from hypothesis import strategies as st

from partners.fields import FieldTable
from partners.folding import Fold, VietnameseOrder, fold, words
from partners.models import ApiToken, Country, Organisation, Person, User
from partners.paging import Order
from partners.viewers import Role, Viewer
from tests.conftest import Cast
from tests.factories import TODAY, make_organisation

PROVINCE_NAMES = (
    "An Giang, Bà Rịa - Vũng Tàu, Bạc Liêu, Bắc Giang, Bắc Kạn, Bắc Ninh, Bến Tre, Bình Dương, Bình Định, "
    "Bình Phước, Bình Thuận, Cà Mau, Cao Bằng, Cần Thơ, Đà Nẵng, Đắk Lắk, Đắk Nông, Điện Biên, Đồng Nai, "
    "Đồng Tháp, Gia Lai, Hà Giang, Hà Nam, Hà Nội, Hà Tĩnh, Hải Dương, Hải Phòng, Hậu Giang, Hòa Bình, "
    "Hưng Yên, Khánh Hòa, Kiên Giang, Kon Tum, Lai Châu, Lạng Sơn, Lào Cai, Lâm Đồng, Long An, Nam Định, "
    "Nghệ An, Ninh Bình, Ninh Thuận, Phú Thọ, Phú Yên, Quảng Bình, Quảng Nam, Quảng Ngãi, Quảng Ninh, "
    "Quảng Trị, Sóc Trăng, Sơn La, Tây Ninh, Thái Bình, Thái Nguyên, Thanh Hóa, Thành phố Hồ Chí Minh, "
    "Thừa Thiên Huế, Tiền Giang, Trà Vinh, Tuyên Quang, Vĩnh Long, Vĩnh Phúc, Yên Bái, Huế"
)
PROVINCES = PROVINCE_NAMES.split(", ")
# The Vietnamese alphabet in its order, each letter with its neighbours.
SORTED = [
    "an",
    "ang",
    "azz",
    "ăn",
    "ân",
    "bà",
    "cô",
    "dê",
    "đê",
    "e",
    "ê",
    "ốc",
    "ở",
    "pha",
    "ta",
    "tà",
    "tá",
    "un",
    "ưng",
    "y",
]


@pytest.mark.django_db
def test_every_province_is_found_without_accents() -> None:
    for name in PROVINCES:
        make_organisation(name=name)
    for name in PROVINCES:
        for typed in (fold(name), name, name.upper(), name.lower()):
            assert name in Organisation.objects.search(typed, Viewer(role=Role.OFFICER)).values_list(
                "name_vi", flat=True
            ), typed


def sql(expression: object) -> str:
    return Country.objects.annotate(x=expression).values_list("x", flat=True)[0]  # type: ignore[no-any-return]


OTHER_SCRIPTS = ["카카오", "がくせい", "半导体", "район", "Ёлка", "Αθήνα", "Þór", "Iğdır"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["Đức", "hoà", "hòa", "HÒA", "Bán dẫn", "ba\u0301n", "Ưu ái", "Électricité", "x2", *OTHER_SCRIPTS]
)
def test_sql_and_python_fold_alike(text: str) -> None:
    Country.objects.create(code="ZZ", name_vi="z", name_en="z")
    assert sql(Fold(Value(text))) == fold(text)


@given(st.text(max_size=60))
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert all(word == fold(word) for word in words(text))


@pytest.mark.django_db
def test_vietnamese_order() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT x FROM unnest(%s::text[]) x ORDER BY vietnamese_order(x) COLLATE "C"', [list(reversed(SORTED))]
        )
        assert [row[0] for row in cursor.fetchall()] == SORTED
    Country.objects.create(code="ZZ", name_vi="z", name_en="z")
    assert sql(VietnameseOrder(Value("Đà Nẵng"))).startswith("d{")


@pytest.mark.django_db
def test_tones_stand_in_the_order_of_vietnamese_dictionaries() -> None:
    names = ["Viện Ha", "Viện Hà", "Viện Hả", "Viện Hã", "Viện Há", "Viện Hạ", "Viện Hà Anh", "Viện Hải"]
    for name in reversed(names):
        make_organisation(name=name)
        Person.objects.create(name=f"{name.removeprefix('Viện ')} Lê", aliases="x")
        Person.objects.create(name=f"Lê {name.removeprefix('Viện ')}")
    assert list(Organisation.objects.values_list("name_vi", flat=True)) == names
    given = list(Person.objects.exclude(aliases="x").filter(name__regex=r"^Lê \S+$").values_list("name", flat=True))
    assert given == [f"Lê {one}" for one in ("Ha", "Hà", "Hả", "Hã", "Há", "Hạ", "Hải")]


@pytest.mark.django_db
def test_a_name_of_any_length_has_its_place() -> None:
    long = "Ắ" * 250
    Organisation.objects.create(code="long", name_vi=long, name_en=long)
    Country.objects.create(code="ZZ", name_vi=long[:120], name_en="z")


def test_a_stranger_sees_nothing(cast: Cast) -> None:
    for model in (type(cast.agreement), type(cast.commitment), Organisation, Country):
        assert not model.objects.visible_to(Viewer()).exists()
        assert model.objects.visible_to(cast.viewer("auditor")).exists()


def test_archived_rows_stay_with_the_auditor_and_the_operator(cast: Cast) -> None:
    cast.agreement.archived_at = "2026-01-01T00:00Z"
    cast.agreement.save()
    seen = {name for name in cast.people if cast.client(name).get("/agreements/US-2023-01/").status_code == 200}
    assert seen == {"auditor", "operator"}


def test_a_field_has_one_class_and_locks_name_fields() -> None:
    with pytest.raises(ValueError, match="two classes"):
        FieldTable(public="a", internal="a")
    with pytest.raises(ValueError, match="without a class"):
        FieldTable(public="a", locked="b")
    table = FieldTable(public="a", internal="b", locked="a")
    assert table.readable(Viewer(role=Role.PARTNER)) == {"a"}
    assert table.writable(Viewer(role=Role.OFFICER)) == {"b"}
    assert table.writable(Viewer(role=Role.OFFICER, read_only=True)) == frozenset()
    assert table.writable(Viewer(role=Role.AUDITOR)) == frozenset()


@pytest.mark.parametrize("mark", ["", "x", "1", "x~1", "1~2020-13-01", "~", "99999999999999999999~2020-01-01"])
def test_a_tampered_mark_is_no_error(mark: str) -> None:
    assert Order("signed_on", is_date=True).read_mark(mark) is None or mark in ("1", "99999999999999999999~2020-01-01")


def test_the_key_is_shown_once_and_kept_as_a_digest(cast: Cast, today: object) -> None:
    client = cast.client("linh")
    page = client.post("/profile/", {"name": "script", "days": "30", "read_only": "on"}).content.decode()
    token = ApiToken.objects.get()
    assert ApiToken.PREFIX in page
    assert ApiToken.PREFIX not in client.get("/profile/").content.decode()
    assert (len(token.digest), token.expires_on, token.read_only) == (64, TODAY + timedelta(days=30), True)
    cast.client("huy").post(f"/profile/keys/{token.pk}/withdraw/")
    assert ApiToken.objects.count() == 1
    client.post(f"/profile/keys/{token.pk}/withdraw/")
    assert ApiToken.objects.count() == 0


def test_organisations_are_added_by_desks(cast: Cast) -> None:
    facts = {"name_vi": "Bộ Ngoại giao", "short_name": "BNG", "kind": "ministry", "country": cast.home.country_id}
    answer = cast.client("linh").post("/organisations/new/", {**facts, "parent": "gov-vn"})
    assert answer.headers["Location"] == "/organisations/bng/"
    made = Organisation.objects.get(code="bng")
    assert (made.parent, made.created_by) == (cast.home, cast.linh)
    nameless = cast.client("linh").post("/organisations/new/", {**facts, "name_vi": ""})
    assert (nameless.status_code, b"at least one language" in nameless.content) == (422, True)
    assert cast.client("linh").get("/organisations/suggest/?x=ngoai").content.decode().count('role="option"') == 1


def test_language_is_remembered_for_pages_and_mails(cast: Cast) -> None:
    client = cast.client("linh")
    wishes = {"language": "vi", "mails": "daily", "digest_at": "08:30"}
    client.post("/profile/account/", wishes)
    cast.linh.refresh_from_db()
    assert (cast.linh.language, cast.linh.mails, cast.linh.digest_at) == ("vi", "daily", time(8, 30))
    client.post("/profile/account/", {**wishes, "language": "xx"})
    cast.linh.refresh_from_db()
    assert cast.linh.language == "vi"


def test_people_stand_by_their_given_names(cast: Cast) -> None:
    """Vietnamese lists go by the last word, with the letters of the alphabet; equals by the words before."""
    names = ["Trần Thị An", "Lê Văn Ánh", "Nguyễn Văn Ân", "Đỗ Bình", "Phạm Đức", "Lý Dũng", "Nguyễn Thị An", "Oanh"]
    for name in names:
        Person.objects.create(name=name, organisation=cast.us)
    expected = ["Nguyễn Thị An", "Trần Thị An", "Lê Văn Ánh", "Nguyễn Văn Ân", "Đỗ Bình", "Lý Dũng", "Phạm Đức", "Oanh"]
    assert [person.name for person in Person.objects.filter(organisation=cast.us)] == expected
    assert [user.name for user in User.objects.filter(pk__in=[cast.linh.pk, cast.huy.pk])] == ["Huy", "Linh"]
