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
    """`expires_on` is the end of the first term. With `renewal_months` it renews by itself, term after term."""

    expires_on: date
    renewal_months: int | None = None
    notice_months: int = 0
    notice_days: int = 0

    def ends_on(self, on: date) -> date:
        """The end of the term that runs on a day, or the only end there is."""
        if not self.renewal_months or on <= self.expires_on:
            return self.expires_on
        terms = _months_between(self.expires_on, on) // self.renewal_months
        end = self._end(terms)
        return end if end >= on else self._end(terms + 1)

    def last_notice_on(self, on: date) -> date:
        """The last day to object to the renewal at the end of the term that runs on a day."""
        return self.ends_on(on) - relativedelta(months=self.notice_months) - timedelta(days=self.notice_days)

    def _end(self, terms: int) -> date:
        assert self.renewal_months
        end = self.expires_on + relativedelta(months=self.renewal_months * terms)
        return min(end, date(LAST_YEAR, 12, 31))


def _months_between(first: date, last: date) -> int:
    """Whole months from one day to a later one."""
    apart = relativedelta(last, first)
    return apart.years * 12 + apart.months
