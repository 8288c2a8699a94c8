"""The wording score on real promises."""

from __future__ import annotations

import pytest

from agreements.commitments.models import wording
from tests.conftest import Cast
from tests.factories import make_commitment

CASES = {
    "Train 50,000 engineers by 2030": (True, True),
    "Đào tạo 50.000 kỹ sư": (True, True),
    "Explore cooperation on artificial intelligence": (False, False),
    "Xem xét hợp tác về trí tuệ nhân tạo": (False, False),
    "Tài trợ một phòng thí nghiệm": (True, False),
    "The ministry provides two laboratories": (True, True),
    "Promote exchanges in 2024": (False, False),
    "Thành lập ba trung tâm": (True, True),
    "Hold a dialogue yearly": (True, True),
    "Thúc đẩy quan hệ": (False, False),
}


@pytest.mark.parametrize("text", CASES)
def test_deeds_and_quantities_are_told_from_good_intentions(text: str) -> None:
    found = wording.score(text, has_owner=True, has_day=False)
    assert (found.deed, found.quantity) == CASES[text]


def test_points_and_what_is_missing() -> None:
    found = wording.score("Explore", has_owner=False, has_day=True, has_figures=True)
    assert (found.points, found.missing) == (2, ["owner", "deed"])


def test_the_page_says_what_is_missing(cast: Cast, today: object) -> None:
    row = make_commitment(agreement=cast.agreement, title="Explore cooperation", partner_owner=cast.us)
    page = cast.client("linh").get(f"/commitments/{row.ref}/").content.decode()
    assert "what is done, how much, by when" in " ".join(page.split())


@pytest.mark.parametrize(
    "text",
    [
        "Hai bên triển khai sáng kiến chung sau khi ký", "The two sides start a joint initiative in 2024",
        "Bảo đảm an toàn mạng 5G", "Ban hành theo Quyết định 1018/QĐ-TTg ngày 21/09/2024", "Hoàn thành trong 09/2024",
    ],
)  # fmt: skip
def test_what_counts_nothing_does_not_say_how_much(text: str) -> None:
    assert not wording.score(text, has_owner=True, has_day=True).quantity


@pytest.mark.parametrize(
    "text", ["Đào tạo sáu mươi giảng viên", "Train 50 teachers", "Hai bên cử hai chuyên gia", "1,5 tỷ"]
)
def test_a_number_says_how_much(text: str) -> None:
    assert wording.score(text, has_owner=True, has_day=True).quantity
