"""The term of an agreement: when it ends, when it renews, and the last day to object. Pure.

Terms are counted from the first end, never from the one before, so that the 31st stays the 31st where the month has
one. PostgreSQL's `term_end` (`migrations/sql/terms.py`) is the twin of `ends_on`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

LAST_YEAR = 9000  # beyond it dates overflow


@dataclass(frozen=True)
class Term:
    """`expires_on` is the end of the first term. With `renewal_months` it renews by itself, term after term, or so many
    `times` at most."""

    expires_on: date
    renewal_months: int | None = None
    notice_months: int = 0
    notice_days: int = 0
    times: int | None = None

    def ends_on(self, on: date) -> date:
        """The end of the term that runs on a day, or the only end there is."""
        if not self.renewal_months or on <= self.expires_on:
            return self.expires_on
        return self._end(self._terms(on))

    def last_end(self) -> date | None:
        """The end of the last term that there can be; None where it renews without limit."""
        if not self.renewal_months:
            return self.expires_on
        return None if self.times is None else self._end(self.times)

    def renews_after(self, on: date) -> bool:
        """Whether another term follows by itself on the one that runs on a day."""
        if not self.renewal_months:
            return False
        return self.times is None or (0 if on <= self.expires_on else self._terms(on)) < self.times

    def _terms(self, on: date) -> int:
        """How many renewals there have been on a day after the first term."""
        assert self.renewal_months
        terms = _months_between(self.expires_on, on) // self.renewal_months
        terms += self._end(terms) < on
        return terms if self.times is None else min(terms, self.times)

    def last_notice_on(self, on: date) -> date:
        """The last day to object to the renewal at the end of the term that runs on a day."""
        return self.ends_on(on) - relativedelta(months=self.notice_months) - timedelta(days=self.notice_days)

    def _end(self, terms: int) -> date:
        assert self.renewal_months
        months = self.renewal_months * terms
        if self.expires_on.year + months // 12 >= LAST_YEAR:
            return date(LAST_YEAR, 12, 31)
        return self.expires_on + relativedelta(months=months)


def _months_between(first: date, last: date) -> int:
    """Whole months from one day to a later one."""
    apart = relativedelta(last, first)
    return apart.years * 12 + apart.months
