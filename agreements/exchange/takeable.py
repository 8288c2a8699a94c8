"""Lists that can be taken away as files: their rows and columns, which rows are restricted, how they are written.

The two long lists are written by PostgreSQL; short ones are said cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import QueryDict
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from agreements.commitments.lists import action_items
from agreements.commitments.lists.saved import listed
from agreements.exchange import lists, tables
from partners import listing
from partners.columns import open_to
from partners.statements import streamed
from partners.viewers import Viewer

Sent = Callable[[int], None]
MOST_PLAIN = 20_000  # rows of a short list in one workbook; as CSV it has no end


class Takeable(Protocol):
    @property
    def page(self) -> str: ...
    @property
    def label(self) -> StrOrPromise: ...
    @property
    def restricted(self) -> str: ...
    @property
    def is_long(self) -> bool: ...
    @property
    def at(self) -> str: ...
    def rows(self, query: QueryDict, viewer: Viewer) -> Any: ...
    def columns(self, viewer: Viewer) -> Sequence[Any]: ...
    def csv(self, rows: Any, columns: Any, viewer: Viewer, separator: str, sent: Sent) -> Iterable[str]: ...
    def xlsx(self, rows: Any, columns: Any, viewer: Viewer) -> bytes: ...


@dataclass(frozen=True)
class Queried:
    """Agreements or commitments: for any number of rows."""

    page: str
    label: StrOrPromise
    restricted: str  # the lookup that says so of a row
    is_long: bool = True

    @property
    def at(self) -> str:
        return self.page

    def rows(self, query: QueryDict, viewer: Viewer) -> Any:
        return listed(self.page, query, viewer)

    def columns(self, viewer: Viewer) -> Sequence[Any]:
        model, columns, _with_columns = lists.KNOWN[self.page]
        return open_to(viewer, model, columns)

    def csv(self, rows: Any, columns: Any, viewer: Viewer, separator: str, sent: Sent) -> Iterable[str]:
        return tables.as_csv(lists.with_columns(self.page, rows, viewer), columns, separator=separator, sent=sent)

    def xlsx(self, rows: Any, columns: Any, viewer: Viewer) -> bytes:
        return tables.as_xlsx(lists.with_columns(self.page, rows, viewer), columns, title=self.page)


@dataclass(frozen=True)
class PlainColumn:
    name: str
    label: StrOrPromise
    value: Callable[[Any], object]


@dataclass(frozen=True)
class Plain:
    """A short list: `asked` gives what its page shows, all of it, through the gate."""

    page: str
    label: StrOrPromise
    asked: Callable[[QueryDict, Viewer], Any]
    known: tuple[PlainColumn, ...]
    restricted: str = ""  # the lookup that says so of a row; none where no row can be
    is_long: bool = False
    shown_at: str = ""  # the name of its page, where that is not `page`

    @property
    def at(self) -> str:
        return self.shown_at or self.page

    def rows(self, query: QueryDict, viewer: Viewer) -> Any:
        return self.asked(query, viewer)

    def columns(self, viewer: Viewer) -> Sequence[Any]:
        return self.known

    def csv(self, rows: Any, columns: Any, viewer: Viewer, separator: str, sent: Sent) -> Iterable[str]:
        cells = _cells(streamed(rows), columns, get_language())
        return tables.plain_csv(_labels(columns), cells, separator, sent)

    def xlsx(self, rows: Any, columns: Any, viewer: Viewer) -> bytes:
        """Of at most `MOST_PLAIN` rows: who asks has counted them."""
        return tables.plain_xlsx(_labels(columns), _cells(rows, columns, get_language()), title=self.page)


def _labels(columns: Iterable[PlainColumn]) -> list[str]:
    return [str(column.label) for column in columns]


def _cells(rows: Iterable[Any], columns: Sequence[PlainColumn], language: str | None) -> Iterator[list[str]]:
    """Said in the language of whoever asked, whenever they are taken."""
    for row in rows:
        with translation.override(language):
            cells = [_said(column.value(row)) for column in columns]
        yield cells


def _said(value: object) -> str:
    return "" if value is None else str(value)


def day(on: Any) -> str:
    return f"{on:%d/%m/%Y}" if on else ""


AGREEMENTS = Queried("agreements", _("Agreements"), "restricted")
COMMITMENTS = Queried("commitments", _("Commitments"), "agreement__restricted")
ACTIONS = Plain(
    "actions", _("Action items"), action_items.asked,
    (
        PlainColumn("title", _("What is to be done"), lambda row: row.title),
        PlainColumn("state", _("State"), lambda row: row.get_state_display()),
        PlainColumn("owner", _("Done by"), lambda row: row.owner),
        PlainColumn("due", _("Due"), lambda row: row.due),
        PlainColumn("meeting", _("Agreed at"), lambda row: row.meeting),
        PlainColumn("met_on", _("Held on"), lambda row: day(row.met_on)),
        PlainColumn("desk", _("Desk"), lambda row: row.desk),
        PlainColumn("result", _("What came of it"), lambda row: row.result),
    ),
    restricted="commitments__agreement__restricted",
)  # fmt: skip
PARTNERS = Plain(
    "partners", _("Partners"), listing.organisations,
    (
        PlainColumn("code", _("Code"), lambda row: row.code),
        PlainColumn("name_vi", _("Name in Vietnamese"), lambda row: row.name_vi),
        PlainColumn("name_en", _("Name in English"), lambda row: row.name_en),
        PlainColumn("short_name", _("Short name"), lambda row: row.short_name),
        PlainColumn("kind", _("Kind"), lambda row: row.get_kind_display()),
        PlainColumn("country", _("Country or territory"), lambda row: row.country),
        PlainColumn("parent", _("Part of"), lambda row: row.parent),
    ),
)  # fmt: skip
