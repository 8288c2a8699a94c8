"""The timeline: five hundred bars on one page, each with its name, its place in time and a row of its own."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from agreements.commitments.chart import LABEL, MOST_BARS, WIDTH, timeline
from agreements.models import Commitment
from tests.conftest import Cast

ON = date(2026, 11, 26)


def promise(number: int, days: int) -> Any:
    due = ON + timedelta(days=days)
    return SimpleNamespace(
        pk=number, due_on=due, start_on=due - timedelta(days=60), baseline_due_on=None, slippage=0, health="on_track",
        is_open=True, title=f"Promise {number}", agreement=SimpleNamespace(signed_on=None),
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 60, 61, MOST_BARS])
def test_bars_stand_in_rows_of_their_own(count: int) -> None:
    drawn = timeline([promise(number, number * 3 - 200) for number in range(count)], ON)
    assert drawn
    rows = [bar.y for bar in drawn.bars]
    assert len(rows) == count
    assert all(below - above >= bar.height + 3 for above, below, bar in zip(rows, rows[1:], drawn.bars, strict=False))
    assert rows[-1] + drawn.bars[-1].height <= drawn.height
    assert all(bar.x >= LABEL and bar.x + bar.width <= WIDTH for bar in drawn.bars)
    assert drawn.bars[0].height >= 11, "readable"


def test_five_hundred_stand_on_one_page_with_as_many_rows_below(cast: Cast, today: object) -> None:
    Commitment.objects.bulk_create(
        Commitment(
            agreement=cast.agreement, number=number, ref=f"{cast.agreement.ref}-{number}", title_en=f"Promise {number}",
            owner=cast.linh, due_on=ON + timedelta(days=number),
        )
        for number in range(10, 10 + MOST_BARS + 20)
    )  # fmt: skip
    page = cast.client("linh").get("/commitments/?view=timeline").content.decode()
    assert page.count("<rect") == MOST_BARS
    assert page.count('<th scope="row">') == MOST_BARS
    assert "Next page" in page
    assert cast.client("linh").get("/commitments/").content.decode().count('<th scope="row">') == 50
