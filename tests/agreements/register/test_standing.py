"""The calendar moves the standing; people move the stage."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from agreements.models import Agreement
from agreements.vocabulary import Standing
from tests.conftest import Cast
from tests.factories import make_agreement

DAY = date(2026, 11, 23)
CASES = [
    ({"stage": "draft", "signed_on": None}, Standing.DRAFT),
    ({"stage": "draft", "announced_on": date(2023, 9, 1)}, Standing.PLANNED),
    ({"stage": "in_review"}, Standing.IN_REVIEW),
    ({"stage": "cleared"}, Standing.CLEARED),
    ({}, Standing.SIGNED),
    ({"legal_regime": "political"}, Standing.SIGNED),
    ({"stage": "adopted", "kind": "joint_statement"}, Standing.ADOPTED),
    ({"stage": "adopted", "kind": "action_plan", "effective_on": date(2026, 11, 24)}, Standing.ADOPTED),
    ({"stage": "adopted", "kind": "action_plan", "effective_on": date(2026, 11, 23)}, Standing.IN_EFFECT),
    ({"stage": "agreed", "kind": "programme"}, Standing.UNDER_WAY),
    ({"effective_on": date(2026, 11, 24)}, Standing.PENDING),
    ({"effective_on": date(2026, 11, 23)}, Standing.IN_EFFECT),
    ({"effective_on": date(2024, 1, 1), "expires_on": date(2027, 2, 22)}, Standing.IN_EFFECT),
    ({"effective_on": date(2024, 1, 1), "expires_on": date(2027, 2, 21)}, Standing.EXPIRING),
    ({"effective_on": date(2024, 1, 1), "expires_on": date(2026, 11, 23)}, Standing.EXPIRING),
    ({"effective_on": date(2024, 1, 1), "expires_on": date(2026, 11, 22)}, Standing.EXPIRED),
    ({"stage": "suspended"}, Standing.SUSPENDED),
    ({"stage": "ended"}, Standing.ENDED),
]


@pytest.mark.parametrize(("facts", "standing"), CASES)
def test_standing(cast: Cast, facts: dict[str, object], standing: str) -> None:
    assert make_agreement(desk=cast.desk, **facts).standing(DAY) == standing  # type: ignore[arg-type]


def test_querysets_agree_with_the_standing(cast: Cast) -> None:
    made = [make_agreement(desk=cast.desk, **facts) for facts, _ in CASES]  # type: ignore[arg-type]
    running = {Standing.IN_EFFECT, Standing.EXPIRING}
    assert set(Agreement.objects.in_effect(DAY)) == {a for a in made if a.standing(DAY) in running}
    assert set(Agreement.objects.expiring(DAY)) == {a for a in made if a.standing(DAY) == Standing.EXPIRING}


def test_notice_day(cast: Cast) -> None:
    facts: dict[str, Any] = {"expires_on": date(2028, 9, 30), "renewal": "tacit", "renewal_months": 60}
    agreement = make_agreement(desk=cast.desk, **facts, notice_days=183)
    assert agreement.last_notice_on(DAY) == date(2028, 3, 31)
    assert agreement.last_notice_on(date(2028, 10, 1)) == date(2033, 3, 31), "the next term has its own"
    months = make_agreement(desk=cast.desk, **facts, notice_months=6)
    assert months.last_notice_on(DAY) == date(2028, 3, 30)


@pytest.mark.parametrize("facts", [{"leaves_on": date(2025, 5, 22), "leaves_as": "completion"}, {}])
def test_the_page_of_what_has_ended_speaks_of_no_term_that_runs(cast: Cast, facts: dict[str, Any]) -> None:
    renews: dict[str, Any] = {"expires_on": date(2024, 1, 1), "renewal": "tacit", "renewal_months": 12}
    renews["notice_months"] = 3
    rows = {stage: make_agreement(desk=cast.desk, stage=stage, **renews) for stage in ("signed", "ended")}
    Agreement.objects.filter(pk=rows["ended"].pk).update(**facts)
    pages = {stage: cast.client("linh").get(row.get_absolute_url()).content.decode() for stage, row in rows.items()}
    for words in ("this term ends", "object by"):
        assert words in pages["signed"] and words not in pages["ended"], words
