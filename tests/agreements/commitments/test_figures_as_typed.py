"""Figures as papers have them: decimals of each currency, what is no money, what lies below zero, days to come."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from babel.numbers import list_currencies
from django.core.exceptions import ValidationError
from django.utils import translation

from agreements import amounts
from agreements.models import Agreement, Funding, Indicator, Measurement, Milestone
from agreements.register.rules import editing
from partners.currencies import is_currency, places
from partners.templatetags.words import quantity
from tests import roles
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_user

TOMORROW = TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,125", "0.125"), ("0.125", "0.125"), ("0.500", "0.5"), ("00.500", "0.5"), ("0,5 triệu", "500000"),
        ("1.500", "1500"), ("-0,125", "-0.125"), ("−12,5", "-12.5"), ("-1.500", "-1500"),
    ],
)  # fmt: skip
def test_a_leading_zero_begins_a_decimal(text: str, value: str) -> None:
    assert amounts.read(text, signed=True) == Decimal(value)


@pytest.mark.parametrize("text", ["1,125", "1.125", "12,125", "999.999"])
def test_three_figures_behind_one_mark_are_asked_back_where_the_currency_has_three_decimals(text: str) -> None:
    with pytest.raises(amounts.UnreadableAmount, match="two ways"):
        amounts.refuse_two_readings(text, "KWD")
    amounts.refuse_two_readings(text, "USD")
    assert amounts.read(f"{text}0") == Decimal(text.replace(",", "."))


def post(cast: Cast, part: str, who: str = "linh", **typed: str) -> Any:
    commitment = cast.agreement.commitments.first() or make_commitment(agreement=cast.agreement)
    return cast.client(who).post(f"/commitments/{commitment.ref}/{part}/new/", {"seen_version": "1", **typed})


MONEY = {"kind": "pledged", "qualifier": "exact"}


@pytest.mark.parametrize(
    ("amount", "currency", "kept"),
    [
        ("0,125", "KWD", "0.125"), ("0.500", "KWD", "0.5"), ("1500000", "JPY", "1500000"),
        ("1,5 tỷ", "VND", "1500000000"),
        ("1500000.50", "USD", "1500000.50"), ("12,3456", "CLF", "12.3456"), ("100,50", "LAK", "100.50"),
    ],
)  # fmt: skip
def test_sums_are_kept_as_their_currency_has_them(
    cast: Cast, today: object, amount: str, currency: str, kept: str
) -> None:
    assert post(cast, "money", amount=amount, currency=currency, **MONEY).status_code == 302
    assert Funding.objects.get().amount == Decimal(kept)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("1500000.50", "JPY"), ("0,5", "VND"), ("0,1255", "KWD"), ("0.125", "USD"), ("1,125", "KWD"), ("5", "XXX"),
        ("5", "XTS"), ("5", "XAU"), ("5", "ZZZ"), ("-5", "USD"), ("0", "USD"),
    ],
)  # fmt: skip
def test_what_a_currency_does_not_have_is_refused_with_a_message(
    cast: Cast, today: object, amount: str, currency: str
) -> None:
    answer = post(cast, "money", amount=amount, currency=currency, **MONEY)
    assert answer.status_code == 422
    assert not Funding.objects.exists()


def test_no_currency_has_more_decimals_than_we_allow() -> None:
    assert all(0 <= places(code) <= 4 for code in list_currencies() if is_currency(code))
    assert [places(code) for code in ("JPY", "USD", "KWD", "UYW")] == [0, 2, 3, 4]


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("1500000.50", "USD", "1,500,000.50 USD"), ("1500000", "USD", "1.5 million USD"), ("0.125", "KWD", "0.125 KWD"),
        ("1234567.89", "USD", "1,234,567.89 USD"), ("1234567890", "USD", "1,234,567,890 USD"),
        ("100.5", "USD", "100.50 USD"),
        ("11830000000", "USD", "11.83 billion USD"), ("12.3456", "CLF", "12.3456 CLF"),
        ("-5", "projects", "-5 projects"),
    ],
)  # fmt: skip
def test_a_sum_is_shown_as_exactly_as_it_was_typed(value: str, unit: str, shown: str) -> None:
    with translation.override("en"):
        assert quantity(Decimal(value), unit) == shown


def test_what_is_counted_may_begin_below_zero(cast: Cast, today: object) -> None:
    answer = post(cast, "indicators", title_en="Balance of trade", baseline="-12,5", target="0.125")
    assert answer.status_code == 302
    assert (Indicator.objects.get().baseline, Indicator.objects.get().target) == (Decimal("-12.5"), Decimal("0.125"))


@pytest.fixture
def indicator(cast: Cast) -> Indicator:
    commitment = make_commitment(agreement=cast.agreement)
    return Indicator.objects.create(commitment=commitment, title_en="Labs", baseline=0, target=10)


def test_a_measurement_of_a_day_to_come_is_answered_by_a_message(
    cast: Cast, today: object, indicator: Indicator
) -> None:
    address = f"/indicators/{indicator.pk}/measure/"
    answer = cast.client("linh").post(address, {"value": "-3", "date": f"{TOMORROW:%d/%m/%Y}"})
    assert answer.status_code == 422
    assert "a day that is past" in answer.content.decode()
    assert cast.client("linh").post(address, {"value": "-3", "date": f"{TODAY:%d/%m/%Y}"}).status_code == 302
    assert Measurement.objects.get().value == -3


def test_days_to_come_are_refused_by_the_record_itself(cast: Cast, today: object, indicator: Indicator) -> None:
    """The API, the administration and the loader validate the record: so no face takes what the page refuses."""
    commitment = indicator.commitment
    rows: tuple[Any, ...] = (
        Measurement(indicator=indicator, value=1, on=TOMORROW),
        Funding(commitment=commitment, kind="disbursed", amount=1, currency="USD", on=TOMORROW),
        Funding(commitment=commitment, kind="pledged", amount=Decimal("1.5"), currency="JPY"),
        Funding(commitment=commitment, kind="pledged", amount=1, currency="XXX"),
        Milestone(commitment=commitment, title_en="Opening", status="met", met_on=TOMORROW),
        Agreement(desk=cast.desk, ref="US-2026-77", title_en="MOU", signed_on=TOMORROW),
        Agreement(desk=cast.desk, ref="US-2026-78", title_en="MOU", signed_on=TODAY, expires_on=date(2020, 1, 1)),
    )
    for row in rows:
        with pytest.raises(ValidationError):
            row.full_clean()
    # A year that is not over may have been measured, or paid in.
    Measurement(indicator=indicator, value=1, on=date(TODAY.year, 12, 31), precision="year").full_clean()


@pytest.mark.parametrize(
    ("typed", "kept"), [("0,125", "0.125"), ("1.500", "1500"), ("18/1/56", None), ("-5", None)]
)  # fmt: skip
def test_the_administration_reads_sums_and_days_as_the_pages_do(
    cast: Cast, today: object, typed: str, kept: str | None
) -> None:
    make_user(email="op@x.vn", role="operator")
    commitment = make_commitment(agreement=cast.agreement)
    row = {"commitment": commitment.pk, "kind": "pledged", "qualifier": "exact", "currency": "KWD", "amount": "5"}
    row |= {"on": typed} if "/" in typed else {"amount": typed}
    with roles.owner():
        answer = cast.client("operator").post("/admin/agreements/funding/add/", row)
    assert (answer.status_code == 302) == (kept is not None)
    assert not kept or Funding.objects.get().amount == Decimal(kept)


def test_a_title_of_a_real_protocol_is_kept_whole(cast: Cast, today: object) -> None:
    title = "Protocol amending " + "the Agreement on Cooperation " * 20
    agreement = make_agreement(desk=cast.desk, title=title.strip())
    agreement.full_clean()
    assert len(title) > 351
    assert cast.client("linh").get(agreement.get_absolute_url()).status_code == 200


def test_a_reference_never_has_a_year_to_come(cast: Cast, today: object) -> None:
    with pytest.raises(ValidationError, match="future"):
        editing.log(Agreement(desk=cast.desk, title_en="MOU", signed_on=date(2056, 1, 18)), by=None, on=TODAY)
    old = Agreement(desk=cast.desk, title_en="Treaty of Saigon", signed_on=date(1874, 3, 15))
    editing.log(old, by=None, on=TODAY)
    assert old.ref.startswith("XX-1874-")
