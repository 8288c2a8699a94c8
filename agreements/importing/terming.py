"""What the cells of a row say together of a term: days, a length, no end, a renewal."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from agreements.dates import Precision
from agreements.importing.choices import language_of
from agreements.importing.plans import Plan
from agreements.termwords import TACIT, StatedTerm


class Terming:
    """Takes what is said cell by cell, and settles it once the row is read."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.said = plan, list[tuple[StatedTerm, str]]()

    def take(self, term: StatedTerm, text: str) -> None:
        self.said.append((term, text))

    def settle(self, heading: str) -> None:
        plan = self.plan
        for term, _text in self.said:
            if term.begins and not plan.dates.get("effective"):
                plan.dates["effective"] = term.begins
            if term.ends and not plan.dates.get("expires"):
                plan.dates["expires"] = term.ends
        months = next((term.months for term, _text in self.said if term.months), None)
        if any(term.endless for term, _text in self.said) and not plan.dates.get("expires"):
            plan.values["open_ended"] = True
        elif months and not plan.dates.get("expires"):
            plan.values["term_months"] = months
            plan.values["term_from"] = "effect" if plan.dates.get("effective") else "signing"
        elif months and self._length() not in (None, months):
            said = next(text for term, text in self.said if term.months)
            plan.note(heading, said, _("the day of expiry stands: the length of the term says otherwise"))
        self._renew(heading, months)
        self._refuse_backwards(heading)

    def _renew(self, heading: str, months: int | None) -> None:
        found = next(((term, text) for term, text in self.said if term.renewal), None)
        if found is None:
            return
        term, text = found
        if term.renewal != TACIT:
            self.plan.values["renewal"] = term.renewal
            return
        length = term.renewal_months or months or self._length()
        if length:
            self.plan.values |= {"renewal": TACIT, "renewal_months": length}
            return
        # A renewal by itself needs its length; what a list leaves open is kept in its words.
        self.plan.keep(f"summary_{language_of(text)}", f"{heading}: {text}")
        reason = _("it renews by itself, but for how long is not said: kept in the summary")
        self.plan.note(heading, text, reason)

    def _length(self) -> int | None:
        """The months from the first day to the last one, where these are whole."""
        first = self.plan.dates.get("effective") or self.plan.dates.get("signed")
        last = self.plan.dates.get("expires")
        if not (first and last) or Precision.DAY not in (first.precision, last.precision):
            return None
        for end in (last.last_day, _next(last.last_day)):
            apart = relativedelta(end, first.first_day)
            months = apart.years * 12 + apart.months
            if not apart.days and 0 < months <= 1200:
                return months
        return None

    def _refuse_backwards(self, heading: str) -> None:
        plan = self.plan
        first, last = plan.dates.get("effective"), plan.dates.get("expires")
        if first and last and last.last_day < first.first_day:
            plan.fault(
                heading, str(last), _("The agreement expires before it takes effect."), _("Correct one of the days.")
            )


def _next(day: date) -> date:
    return day + relativedelta(days=1)
