"""What a row would change of a record that is there, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from agreements.dateinput import keep
from agreements.dates import PartialDate, UnreadableDate
from agreements.dates import read as read_date
from agreements.importing.models import ImportBatch
from agreements.importing.plans import Party, Plan
from agreements.importing.targets import OWN, TARGETS, Reads
from agreements.register.lists.columns import AGREEMENT_COLUMNS
from agreements.register.models import Agreement

EDGES = {"signed": "first", "effective": "first", "expires": "last", "announced": "first"}
LANGUAGES = ("vi", "en")
COLUMN_OF = {OWN[column.name]: column for column in AGREEMENT_COLUMNS}
# What an emptied cell means, where empty cells empty: of these columns alone.
EMPTIED = {
    "title_vi": "", "title_en": "", "summary_vi": "", "summary_en": "", "place": "", "languages": "",
    "notice_months": None,
}  # fmt: skip
NAMED = {"languages": "authentic_languages"}


@dataclass
class Changes:
    """Columns of the agreement with what they are to hold; parties that come and go; sectors."""

    values: dict[str, Any] = field(default_factory=dict)
    coming: list[Party] = field(default_factory=list)
    going: list[Any] = field(default_factory=list)
    sectors: list[Any] | None = None

    def __bool__(self) -> bool:
        return bool(self.values or self.coming or self.going or self.sectors is not None)


def untouched(batch: ImportBatch, cells: Sequence[str], record: Any) -> set[int]:
    """Columns in which the cell is what our own list had there: nobody has changed it, however it reads."""
    found = set()
    for place, name in batch.columns.items():
        column = COLUMN_OF.get(name)
        cell = cells[int(place)] if int(place) < len(cells) else ""
        if column and (cell in {_told(column, record, one) for one in LANGUAGES} or _same_day(cell, column, record)):
            found.add(int(place))
    return found


def _told(column: Any, record: Any, language: str) -> str:
    with override(language):
        value = _value(column, record)
        return f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else str(value or "")


def _value(column: Any, record: Any) -> Any:
    """As the list says it, of a record whose live participants are at hand."""
    return column.value(_Whole(record)) if column.name in ("participants", "countries") else column.value(record)


class _Whole:
    """A record whose participants are those that were read with it."""

    def __init__(self, record: Any) -> None:
        self.participants = self
        self._live = record.live_parties

    def all(self) -> Any:
        return self._live


def _same_day(cell: str, column: Any, record: Any) -> bool:
    """A day that a spreadsheet has written in its own way."""
    value = _value(column, record)
    if not cell or not value or not (isinstance(value, PartialDate) or hasattr(value, "strftime")):
        return False
    there = value if isinstance(value, PartialDate) else PartialDate(value)
    try:
        return read_date(cell) == there
    except UnreadableDate:
        return False


def compare(batch: ImportBatch, plan: Plan, record: Any, *, emptied: Iterable[str]) -> Changes:
    """What of the row differs from the record. `emptied` are columns whose cells were emptied, where that counts."""
    wanted: dict[str, Any] = {}
    for name, day in plan.dates.items():
        _keep(wanted, name, day)
    wanted |= {
        name: value
        for name, value in plan.values.items()
        if name not in plan.guessed and (name != "term_from" or "term_months" in plan.values)
    }
    wanted |= {name: plan.with_kept(name, str(wanted.get(name, _there(record, name)))) for name in plan.kept}
    for name in emptied:
        if name in EDGES:
            _keep(wanted, name, None)
        elif name in EMPTIED:
            wanted[NAMED.get(name, name)] = EMPTIED[name]
    if wanted.get("expires_on"):
        wanted.setdefault("open_ended", False)
    changes = Changes({name: value for name, value in wanted.items() if _there(record, name) != value})
    if plan.parties is not None and (plan.parties or "party" in emptied):
        there = {one.organisation_id: one for one in record.live_parties}
        named = {party.named.organisation for party in plan.parties if party.named.organisation}
        changes.coming = [party for party in plan.parties if party.named.organisation not in there]
        # Only a column of all parties says who has gone; one of the partners says nothing of our side.
        if "party" in batch.columns.values():
            changes.going = [one for key, one in there.items() if key not in named]
    if plan.sectors is not None and {one.pk for one in plan.sectors} != set(_sectors(record)):
        changes.sectors = plan.sectors
    return changes


def _sectors(record: Agreement) -> Iterable[int]:
    return record.sectors.values_list("pk", flat=True)


def _there(record: Any, name: str) -> Any:
    return getattr(record, name)


def _keep(wanted: dict[str, Any], name: str, day: PartialDate | None) -> None:
    holder = type("Holder", (), {})()
    keep(holder, f"{name}_on", f"{name}_precision", EDGES[name], day)
    wanted |= vars(holder)


def refuse_told(batch: ImportBatch, plan: Plan, record: Any) -> None:
    """What the register works out by itself is not written; where a row says otherwise, that is a fault."""
    for place, name in batch.columns.items():
        if name not in plan.told or TARGETS[name].reads != Reads.TOLD or name not in COLUMN_OF:
            continue
        told = _told(COLUMN_OF[name], record, batch.language)
        plan.fault(
            batch.headers[int(place)], plan.told[name],
            _("The register works this out by itself; it says “%(told)s”.") % {"told": told or "–"},
            _("Put back what stood there; what it follows from is changed in other columns, or on the page."),
        )  # fmt: skip
