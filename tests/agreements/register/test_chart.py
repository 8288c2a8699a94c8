"""The timeline: five hundred bars on one page, each with its name, its place in time and a row of its own."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from agreements.commitments.lists.timeline import span_of
from agreements.models import Agreement, Commitment
from agreements.register.lists import timeline as of_agreements
from agreements.register.lists.chart import LABEL, MOST_BARS, THINNEST, WIDTH, timeline
from tests.conftest import Cast

ON = date(2026, 11, 26)


def promise(number: int, days: int) -> Any:
    due = ON + timedelta(days=days)
    return SimpleNamespace(
        pk=number, due_on=due, start_on=due - timedelta(days=60), baseline_due_on=None, slippage=0, health="on_track",
        is_open=True, title=f"Promise {number}", due=due, agreement=SimpleNamespace(signed_on=None),
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 60, 61, MOST_BARS])
def test_bars_stand_in_rows_of_their_own(count: int) -> None:
    drawn = timeline([span_of(promise(number, number * 3 - 200)) for number in range(count)], ON)
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


AGREEMENTS = [
    # stage, what is known of its time; from where to where the bar runs, and how it looks
    ("signed", {"effective_on": date(2020, 1, 1), "expires_on": date(2030, 1, 1)}, (2020, 2030), "ok"),
    ("signed", {"effective_on": date(2020, 1, 1), "open_ended": True}, (2020, None), "ok"),
    ("signed", {"signed_on": date(2021, 1, 1), "expires_on": date(2022, 1, 1)}, (2021, 2022), "done"),
    ("ended", {"signed_on": date(2021, 1, 1)}, (2021, 2021), "done"),
    ("draft", {"signed_on": None}, (None, None), "mute"),
]


@pytest.mark.parametrize(("stage", "known", "runs", "tone"), AGREEMENTS)
def test_agreements_run_to_the_end_of_their_term(
    stage: str, known: dict[str, Any], runs: tuple[int | None, int | None], tone: str
) -> None:
    span = of_agreements.span_of(Agreement(stage=stage, title_en="x", **known), ON)
    assert (span.start and span.start.year, span.end and span.end.year) == runs
    assert span.tone == tone


def test_one_without_an_end_runs_to_the_edge() -> None:
    spans = [of_agreements.span_of(Agreement(pk=pk, title_en="x", **known), ON) for pk, known in enumerate(
        [{"stage": "signed", "effective_on": date(2020, 1, 1)}, {"stage": "ended", "signed_on": date(2021, 1, 1)}]
    )]  # fmt: skip
    drawn = timeline(spans, ON)
    assert drawn
    assert drawn.bars[0].x + drawn.bars[0].width == WIDTH
    assert drawn.bars[1].width == THINNEST


@pytest.mark.parametrize("name", ["linh", "sara"])
def test_agreements_have_a_timeline_of_exactly_the_list(cast: Cast, today: object, name: str) -> None:
    Agreement.objects.filter(pk=cast.agreement.pk).update(effective_on=date(2024, 1, 1), expires_on=date(2029, 1, 1))
    page = cast.client(name).get("/agreements/?view=timeline&stage=signed")
    assert [bar.span.record.ref for bar in page.context["chart"].bars] == [cast.agreement.ref]
    assert page.content.decode().count('<th scope="row">') == 1
