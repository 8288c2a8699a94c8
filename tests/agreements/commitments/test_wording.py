"""The wording score on real promises."""

from __future__ import annotations

import pytest

from agreements.commitments.rules import wording
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
