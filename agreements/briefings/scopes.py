"""Over what a paper speaks, and over which days: each scope is a filter of the lists, so its numbers are their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from agreements.commitments.lists.filters import CommitmentFilter
from agreements.commitments.models import Commitment
from agreements.dates import PartialDate, Precision, in_words
from agreements.register.lists.filters import AgreementFilter
from agreements.register.models import Agreement
from partners import reading
from partners.models import Country, Desk, Organisation, Sector
from partners.refusals import Refused
from partners.viewers import Viewer

Query = Mapping[str, str | list[str]]
PERIODS = (Precision.MONTH, Precision.QUARTER, Precision.YEAR)


class Over(TextChoices):
    """Of what: each value but the first is the name of a filter."""

    HOUSE = "house", gettext_lazy("The whole ministry")
    DESK = "desk", gettext_lazy("Desk")
    SECTOR = "sector", gettext_lazy("Sector")
    COUNTRY = "country", gettext_lazy("Country or territory")
    ORGANISATION = "organisation", gettext_lazy("Organisation")


MODELS: Mapping[Over, Any] = {
    Over.DESK: Desk, Over.SECTOR: Sector, Over.COUNTRY: Country, Over.ORGANISATION: Organisation,
}  # fmt: skip


@dataclass(frozen=True)
class Span:
    """From a day to a day, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise Refused(gettext("The period ends before it begins."))

    @classmethod
    def of(cls, period: PartialDate) -> Span:
        return cls(period.first_day, period.last_day)

    @property
    def whole(self) -> PartialDate | None:
        """The month, quarter or year that it is; None of any other days."""
        periods = (PartialDate(self.last, precision) for precision in PERIODS)
        return next((one for one in periods if (one.first_day, one.last_day) == (self.first, self.last)), None)

    @property
    def before(self) -> Span:
        """The month, quarter or year before; of other days as many before them."""
        end = self.first - timedelta(days=1)
        if self.whole:
            return Span.of(PartialDate(end, self.whole.precision))
        return Span(end - (self.last - self.first), end)

    def __str__(self) -> str:
        if self.whole:
            return in_words(self.whole)
        return gettext("%(first)s to %(last)s") % {"first": f"{self.first:%d/%m/%Y}", "last": f"{self.last:%d/%m/%Y}"}

    def within(self, name: str) -> dict[str, str | list[str]]:
        """The filters of a list to what happened in it, such as `delivered_from` and `delivered_to`."""
        return {f"{name}_from": f"{self.first:%d/%m/%Y}", f"{name}_to": f"{self.last:%d/%m/%Y}"}


def asked(path: str, query: Query) -> str:
    """The address of a page with its filters."""
    return f"{path}?{urlencode(query, doseq=True)}" if query else path


@dataclass(frozen=True)
class Scope:
    """The whole house, a desk, a sector or a partner."""

    over: Over = Over.HOUSE
    code: str = ""
    record: Any = field(default=None, compare=False)

    @classmethod
    def of(cls, over: str, code: str, viewer: Viewer) -> Scope:
        """Raises Http404 for what the viewer does not see, as for what is not there."""
        kind = Over(over)
        if kind == Over.HOUSE:
            return cls()
        return cls(kind, code, MODELS[kind].objects.get_visible(viewer, code=code))

    @property
    def query(self) -> dict[str, str | list[str]]:
        return {self.over.value: self.code} if self.code else {}

    def label(self, viewer: Viewer) -> str:
        if self.over == Over.HOUSE:
            return str(self.over.label) if viewer.is_staff else gettext("All that is shared with you")
        return str(self.record)

    def commitments(self, viewer: Viewer, **query: str | list[str]) -> Any:
        """Those that the list shows with these filters."""
        rows = Commitment.objects.visible_to(viewer)
        return CommitmentFilter(reading.query(urlencode(self.query | query, doseq=True)), rows, viewer=viewer).asked

    def agreements(self, viewer: Viewer, **query: str | list[str]) -> Any:
        rows = Agreement.objects.visible_to(viewer)
        return AgreementFilter(reading.query(urlencode(self.query | query, doseq=True)), rows, viewer=viewer).asked

    def href(self, query: Query, page: str = "commitments") -> str:
        return asked(reverse(page), self.query | dict(query))
