"""While one types: is it in the register already?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.conftest import Cast
from tests.factories import make_agreement


def refs(cast: Cast, who: str = "linh", **asked: Any) -> list[str]:
    page = cast.client(who).get("/agreements/similar/", asked)
    assert page.status_code == 200
    return [agreement.ref for agreement in page.context["agreements"]]


@pytest.fixture
def known(cast: Cast) -> None:
    facts: dict[str, Any] = {"desk": cast.desk, "parties": [cast.home, cast.kr], "signed_on": date(2025, 9, 15)}
    make_agreement(ref="KR-2025-01", title="Bản ghi nhớ về hợp tác đào tạo kỹ sư thiết kế vi mạch", **facts)
    make_agreement(ref="KR-2025-02", title="Hiệp định vận tải hàng không", desk=cast.desk)
    cast.kr.aliases = "Hiệp hội công nghiệp fabless Hàn Quốc"
    cast.kr.save()


@pytest.mark.parametrize(
    "typed",
    [
        "Bản ghi nhớ về hợp tác đào tạo kỹ sư thiết kế vi mạch", "ban ghi nho hop tac dao tao ky su thiet ke vi mach",
        "BẢN GHI NHỚ HỢP TÁC ĐÀO TẠO KỸ SƯ VI MẠCH", "hợp tác đào tạo kĩ sư thiết kế vi mạch",
    ],
)  # fmt: skip
def test_finds_what_resembles(cast: Cast, known: None, typed: str) -> None:
    assert refs(cast, title_vi=typed)[:1] == ["KR-2025-01"]


@pytest.mark.parametrize("typed", ["Nghị định thư về kiểm dịch thực vật", "Bản ghi", ""])
def test_is_silent_otherwise(cast: Cast, known: None, typed: str) -> None:
    assert refs(cast, title_vi=typed) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"signed": "1/9/2025", "participants-1-organisation": "kfia"}, ["KR-2025-01"]),
        ({"signed": "09/2025", "participants-1-organisation": "hiep hoi cong nghiep fabless han quoc"}, ["KR-2025-01"]),
        ({"signed": "1/9/2024", "participants-1-organisation": "kfia"}, []),
        ({"signed": "1/9/2025", "participants-0-organisation": "gov-vn"}, []),
        ({"signed": "nonsense", "participants-1-organisation": "kfia"}, []),
        ({"signed": "1/9/2025", "participants-1-organisation": "nobody"}, []),
    ],
)
def test_the_same_partner_around_the_same_day(cast: Cast, known: None, asked: dict[str, str], found: list[str]) -> None:
    assert refs(cast, **asked) == found


def test_what_is_hidden_is_not_similar(cast: Cast, known: None) -> None:
    hidden = make_agreement(desk=cast.other_desk, ref="JP-2025-01", title="Bản ghi nhớ rất kín đáo", restricted=True)
    assert refs(cast, title_vi=hidden.title_vi) == []
    assert refs(cast, "huy", title_vi=hidden.title_vi) == ["JP-2025-01"]
    assert cast.client("sara").get("/agreements/similar/?title_vi=x").status_code == 404


def test_the_one_being_edited_is_not_its_own_double(cast: Cast, known: None) -> None:
    assert refs(cast, title_vi="hợp tác đào tạo kỹ sư thiết kế vi mạch", ref="KR-2025-01") == []


def test_a_mistyped_organisation_is_suggested(cast: Cast) -> None:
    page = cast.client("linh").get("/organisations/suggest/", {"x": "Korea Fables Industri"}).content.decode()
    assert "Korea Fabless Industry Association" in page
