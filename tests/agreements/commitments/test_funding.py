"""Sums as people write them, ledgers in several currencies, the gap from pledge to payment, and bad money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import amounts
from agreements.commitments.models.funding import FundingKind
from agreements.commitments.rules import funding
from agreements.models import ExchangeRate, Funding
from tests.conftest import Cast
from tests.factories import TODAY

WRITTEN = {
    "500.000.000": 500_000_000, "500,000,000": 500_000_000, "500 000 000": 500_000_000, "1,5 tỷ": 1_500_000_000,
    "1.5 billion": 1_500_000_000, "1.500": 1500, "1,500": 1500, "2 triệu": 2_000_000, "2 TRIỆU": 2_000_000,
    "1234.5": Decimal("1234.5"), "1234,56": Decimal("1234.56"), "1.234,56": Decimal("1234.56"),
    "1,234.56": Decimal("1234.56"), "100": 100, "0,5 tỷ": 500_000_000, "20 million": 20_000_000, "3k": 3000,
    "1.000.000,5": Decimal("1000000.5"), "1.2500 tỷ": 1_250_000_000, "1250 tỷ": 1_250_000_000_000,
    "0.125 tỷ": 125_000_000, "1.500.000 triệu": 1_500_000_000_000, "5 nghìn tỷ": 5 * 10**12, "5 trillion": 5 * 10**12,
}  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_sums_are_read_as_they_are_written(text: str) -> None:
    assert amounts.read(text) == WRITTEN[text]


@pytest.mark.parametrize("text", ["", "-5", "abc", "5 apples", "1.2.3", "1,23,4", "5 USD", "--5", "1.234.56", "٣"])
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(amounts.UnreadableAmount):
        amounts.read(text)


@pytest.mark.parametrize("text", ["1.250 tỷ", "1,500 million", "1,500 triệu", "12.500bn", "999,999 k"])
def test_before_a_scale_three_figures_behind_one_mark_are_asked_back(text: str) -> None:
    """Papers write both “1,500 million” and “1.234 tỷ”: one reading is a thousand times the other."""
    with pytest.raises(amounts.UnreadableAmount, match="two ways") as refused:
        amounts.read(text)
    ways = re.search("Write (.+) or (.+)[.]$", str(refused.value))
    assert ways and amounts.read(ways[1]) == 1000 * amounts.read(ways[2])


@given(st.integers(1, 10**15))
def test_grouped_in_either_language_it_is_the_same(number: int) -> None:
    assert amounts.read(f"{number:,}") == amounts.read(f"{number:,}".replace(",", ".")) == amounts.read(str(number))


@dataclass
class Entry:
    kind: str
    amount: Decimal
    currency: str = "USD"
    on: date | None = None
    in_kind: bool = False


@dataclass
class Rate:
    currency: str
    rate: Decimal
    on: date = TODAY
    source: str = "State Bank"


def test_totals_the_gap_and_what_has_no_rate() -> None:
    rows = [
        Entry("pledged", Decimal(500), on=date(2025, 1, 1)), Entry("committed", Decimal(100), "EUR"),
        Entry("disbursed", Decimal(90), on=date(2025, 6, 30)), Entry("spent", Decimal(10), "KRW", date(2025, 2, 1)),
        Entry("pledged", Decimal(50), in_kind=True),
    ]  # fmt: skip
    found = funding.ledger(rows, {"EUR": Rate("EUR", Decimal("1.1"))}, into="USD")
    assert [(rung.kind, rung.amount) for rung in found.rungs] == [
        ("pledged", 550), ("committed", Decimal("110.00")), ("disbursed", 90), ("spent", 0),
    ]  # fmt: skip
    assert (found.gap, found.lacking, [rate.currency for rate in found.rates]) == (Decimal(460), ("KRW",), ["EUR"])
    assert found.in_kind == {"USD": 50}
    assert found.by_currency["KRW"][FundingKind.SPENT] == 10
    assert found.rungs[0].share == 1.0


@pytest.mark.parametrize(
    ("moved_on", "on", "months", "silent"),
    [
        (date(2025, 11, 24), TODAY, 11, False), (date(2025, 11, 23), TODAY, 12, True), (None, TODAY, 22, True),
        (date(2026, 12, 1), TODAY, 0, False),
    ],
)  # fmt: skip
def test_silence_is_told_after_twelve_months(moved_on: date | None, on: date, months: int, silent: bool) -> None:
    rows = [Entry("pledged", Decimal(500), on=date(2025, 1, 1))]
    if moved_on:
        rows.append(Entry("disbursed", Decimal(1), on=moved_on))
    found = funding.ledger(rows, {}, into="USD")
    assert (found.silent_months(on), found.is_silent(on)) == (months, silent)


def test_what_is_paid_in_full_is_never_silent() -> None:
    rows = [Entry("pledged", Decimal(5), on=date(2020, 1, 1)), Entry("disbursed", Decimal(5), on=date(2020, 2, 1))]
    assert not funding.ledger(rows, {}, into="USD").is_silent(TODAY)


URL = "/commitments/US-2023-01-1/money/new/"


def filled(**more: Any) -> dict[str, Any]:
    return {"kind": "pledged", "amount": "1,5 tỷ", "currency": "vnd", "qualifier": "exact", "date": "2024", **more}


def test_the_form_takes_a_sum_as_it_is_written(cast: Cast, today: object) -> None:
    assert cast.client("linh").post(URL, filled()).status_code == 302
    entry = Funding.objects.get()
    assert (entry.amount, entry.currency, str(entry.date)) == (Decimal(1_500_000_000), "VND", "2024")
    cast.commitment.refresh_from_db()
    assert cast.commitment.heard_on is None, "a pledge moves nothing"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"currency": ""}, "This field is required"), ({"currency": "XQQ"}, "no currency"),
        ({"amount": "-5"}, "greater than zero"), ({"amount": "0"}, "greater than zero"),
        ({"amount": "99.999.999.999.999.999"}, "check the zeros"), ({"amount": "lots"}, "is no sum"),
        ({"kind": "disbursed", "date": "2030"}, "a day that is past"), ({"date": "31/2/2024"}, "no day 31"),
    ],
)  # fmt: skip
def test_bad_money_is_refused_and_kept_on_screen(
    cast: Cast, today: object, change: dict[str, str], reason: str
) -> None:
    answer = cast.client("linh").post(URL, filled(remark="half of it in kind", **change))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert reason in page
    assert "half of it in kind" in page
    assert not Funding.objects.exists()


def test_the_page_adds_up_with_the_rate_its_day_and_its_source(cast: Cast, today: object) -> None:
    for kind, amount, currency in (("pledged", 1000, "EUR"), ("disbursed", 200, "USD"), ("pledged", 9, "KRW")):
        Funding.objects.create(commitment=cast.commitment, kind=kind, amount=amount, currency=currency)
    for on, rate in ((date(2025, 1, 1), "1.5"), (date(2026, 1, 1), "1.1"), (date(2027, 1, 1), "9")):
        ExchangeRate.objects.create(currency="EUR", into="USD", rate=rate, on=on, source="State Bank")
    page = " ".join(cast.client("sara").get("/commitments/US-2023-01-1/").content.decode().split())
    assert "1 EUR = 1.1 USD, 01/01/2026, State Bank" in page
    assert "Not paid yet: 900 USD" in page
    assert "Without a rate, and so not in these totals: KRW" in page


def test_two_people_at_one_entry_do_not_overwrite_each_other(cast: Cast, today: object) -> None:
    cast.client("linh").post(URL, filled())
    entry = Funding.objects.get()
    url = f"/commitments/US-2023-01-1/money/{entry.pk}/"
    assert cast.client("linh").post(url, filled(amount="2 tỷ", seen_version="1")).status_code == 302
    slower = cast.client("minh").post(url, filled(amount="3 tỷ", seen_version="1"))
    assert slower.status_code == 422
    assert "3 tỷ" in slower.content.decode()
    entry.refresh_from_db()
    assert entry.amount == 2_000_000_000
    assert cast.client("linh").post(url, filled(amount="2 tỷ", seen_version="2", remove="1")).status_code == 302
    entry.refresh_from_db()
    assert entry.archived_at
    assert cast.client("linh").get(url).status_code == 404
