"""Money of a commitment: totals per currency, all of it in one, the gap from pledge to payment, and silence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from agreements.commitments.models.funding import MOVED, FundingKind

LADDER = (FundingKind.PLEDGED, FundingKind.COMMITTED, FundingKind.DISBURSED, FundingKind.SPENT)
SILENT_MONTHS = 12


class Entry(Protocol):
    kind: str
    amount: Decimal
    currency: str
    on: date | None
    in_kind: bool


class Rate(Protocol):
    currency: str
    rate: Decimal
    on: date
    source: str


@dataclass(frozen=True)
class Rung:
    """One kind of money over all entries; `share` of the highest rung, 0 to 1."""

    kind: FundingKind
    amount: Decimal
    share: float


@dataclass(frozen=True)
class Ledger:
    """What the entries add up to. `whole` is None where a rate is missing; `lacking` names those currencies."""

    by_currency: Mapping[str, Mapping[FundingKind, Decimal]]
    rungs: tuple[Rung, ...]
    into: str
    rates: tuple[Rate, ...]
    lacking: tuple[str, ...]
    in_kind: Mapping[str, Decimal]
    last_move_on: date | None
    first_pledge_on: date | None

    def total(self, kind: FundingKind) -> Decimal:
        return next((rung.amount for rung in self.rungs if rung.kind == kind), Decimal(0))

    @property
    def promised(self) -> Decimal:
        """The larger of what was pledged and what was committed: a commitment may come without a pledge."""
        return max(self.total(FundingKind.PLEDGED), self.total(FundingKind.COMMITTED))

    @property
    def moved(self) -> Decimal:
        return max(self.total(FundingKind.DISBURSED), self.total(FundingKind.SPENT))

    @property
    def gap(self) -> Decimal:
        """What was promised and has not been paid, in the reporting currency; never below zero."""
        return max(self.promised - self.moved, Decimal(0))

    def silent_months(self, on: date) -> int:
        """Whole months since money last moved, or since the pledge where none ever has; 0 where no gap is left."""
        since = self.last_move_on or self.first_pledge_on
        if not self.gap or since is None or since > on:
            return 0
        months = (on.year - since.year) * 12 + on.month - since.month
        return months - (on.day < since.day)

    def is_silent(self, on: date) -> bool:
        return self.silent_months(on) >= SILENT_MONTHS


def ledger(entries: Iterable[Entry], rates: Mapping[str, Rate], *, into: str, since: date | None = None) -> Ledger:
    """Add up. `rates` gives the newest rate of each currency into the reporting one; `since` the day of the promise.

    What is given in kind counts with its value, and is shown apart as well.
    """
    rows = list(entries)
    by_currency: dict[str, dict[FundingKind, Decimal]] = {}
    in_kind: dict[str, Decimal] = {}
    for row in rows:
        kinds = by_currency.setdefault(row.currency, {})
        kind = FundingKind(row.kind)
        kinds[kind] = kinds.get(kind, Decimal(0)) + row.amount
        if row.in_kind:
            in_kind[row.currency] = in_kind.get(row.currency, Decimal(0)) + row.amount
    foreign = sorted(by_currency.keys() - {into})
    used = tuple(rates[code] for code in foreign if code in rates)
    sums = {kind: Decimal(0) for kind in LADDER}
    for code, kinds in by_currency.items():
        if code == into or code in rates:
            worth = Decimal(1) if code == into else rates[code].rate
            for kind, amount in kinds.items():
                sums[kind] += amount * worth
    most = max(sums.values())
    rungs = tuple(
        Rung(kind, sums[kind].quantize(Decimal("0.01")), float(sums[kind] / most) if most else 0.0) for kind in LADDER
    )
    days = [row.on for row in rows if row.on and row.kind not in MOVED]
    return Ledger(
        by_currency=by_currency, rungs=rungs, into=into, rates=used, in_kind=in_kind,
        lacking=tuple(code for code in foreign if code not in rates),
        last_move_on=max((row.on for row in rows if row.on and row.kind in MOVED), default=None),
        first_pledge_on=min(days, default=since),
    )  # fmt: skip
