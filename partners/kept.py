"""Records and numbers of questions that a page asks each time anew, by texts that are written once: see decision 32.

`records(asks, viewer, *values)` gives what `list(asks(viewer, *values))` gives. `asks` is a function with nothing of
its surroundings in it: all on which its question depends is given to it, so that its code tells it from others.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Aggregate, Model, QuerySet
from django.db.models import Value as Const
from django.db.models.query import ModelIterable, get_related_populators
from django.http import Http404
from django.utils.translation import get_language

from partners import statements
from partners.asking import Asked
from partners.paging import MOST_COUNTED, PAGE, Order, Page, page_of
from partners.records import VeiledRows
from partners.statements import STATEMENTS, Text, Value, written
from partners.viewers import Viewer

Asks = Callable[..., Any]


@dataclass(frozen=True)
class Reader:
    """How a row of one text becomes a record: what Django works out again for each query."""

    model: type[Model]
    columns: slice
    names: tuple[str, ...]
    related: tuple[Any, ...]  # which fill in the records of a `select_related`
    more: Mapping[str, int]  # annotations and their places
    converters: Mapping[int, Any]
    is_veiled: bool

    @classmethod
    def of(cls, rows: QuerySet[Any], compiler: Any) -> Reader:
        found, select = compiler.klass_info, compiler.select
        first, last = found["select_fields"][0], found["select_fields"][-1] + 1
        return cls(
            model=found["model"],
            columns=slice(first, last),
            names=tuple(column[0].target.attname for column in select[first:last]),
            related=tuple(get_related_populators(found, select, DEFAULT_DB_ALIAS)),  # type: ignore[call-arg] # later stubs
            more=dict(compiler.annotation_col_map or {}),
            converters=compiler.get_converters([column[0] for column in select[: compiler.col_count]]),
            is_veiled=cast("Any", rows)._iterable_class is VeiledRows,
        )

    def records(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        return [self._record(list(row)) for row in rows]

    def _record(self, row: list[Any]) -> Any:
        for place, (converters, expression) in self.converters.items():
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        record = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.columns])
        for related in self.related:
            related.populate(row, record)
        for name, place in self.more.items():
            setattr(record, name, row[place])
        if self.is_veiled:
            cast("Any", record).draw_veils()
        return record


def records(asks: Asks, viewer: Viewer, /, *values: Value, **fixed: Hashable) -> list[Any]:
    """The records of the queryset that `asks(viewer, *values, **fixed)` makes.

    Values are bound into the text; what is `fixed` decides on it. Raises TypeError for what cannot be kept so.
    """
    text = _text(asks, viewer, values, fixed, _of_records)
    return cast("Reader", text.more).records(text.rows()) if text.sql else []


def get(asks: Asks, viewer: Viewer, /, *values: Value, **fixed: Hashable) -> Any:
    """The one record; 404 alike for what is hidden and for what does not exist, as `get_visible` has it."""
    found = records(asks, viewer, *values, **fixed)
    if len(found) != 1:
        raise Http404
    return found[0]


def rows(asks: Asks, viewer: Viewer, /, *values: Value, **fixed: Hashable) -> list[tuple[Any, ...]]:
    """The same of a queryset of plain values."""
    return _text(asks, viewer, values, fixed, _of_values).rows()


def lines(asks: Asks, viewer: Viewer, /, *values: Value, **fixed: Hashable) -> list[tuple[Any, ...]]:
    """The same where `asks` writes the text itself."""
    return _text(asks, viewer, values, fixed, _as_it_is).rows()


def count(asks: Asks, viewer: Viewer, /, *values: Value, **fixed: Hashable) -> int:
    """How many there are."""
    [(number,)] = _text(asks, viewer, values, fixed, _of_number).rows() or [(0,)]
    return int(number)


def exists(asks: Asks, viewer: Viewer, /, *values: Value, **fixed: Hashable) -> bool:
    """Whether there is any."""
    return bool(_text(asks, viewer, values, fixed, _of_one_key).rows())


def counts(asks: Asks, viewer: Viewer, /, *values: Value, **fixed: Hashable) -> dict[str, int]:
    """How many there are of several kinds: `asks` gives the queryset, and the `Count` of each kind by its name."""
    text = _text(asks, viewer, values, fixed, _of_kinds)
    found = text.rows()
    return dict(zip(text.more, found[0] if found else [0] * len(text.more), strict=True))


def page(asks: Asks, viewer: Viewer, asked: Asked, order: Order, mark: str, *, size: int = PAGE) -> Page:
    """What `page_of(asks(viewer, asked.given), order, mark, size=size)` gives.

    Of a first page the texts are kept; of what is searched for, and of later pages, there is no end.
    """
    if mark or asked.shape is None:
        return page_of(asks(viewer, asked.given), order, mark, size=size)
    values, fixed = tuple(asked.bound.values()), {"asks": asks, "asked": asked.shape}
    found = records(_first_rows, viewer, *values, **fixed, order=order, most=size + 1)
    number = count(_some_rows, viewer, *values, **fixed)
    return Page.of(found, number, order, size=size, is_first=True)


def _first_rows(viewer: Viewer, *values: str, asks: Asks, asked: Any, order: Order, most: int) -> Any:
    return order.apply(asks(viewer, Asked.given_of(asked, values)))[:most]


def _some_rows(viewer: Viewer, *values: str, asks: Asks, asked: Any) -> Any:
    return asks(viewer, Asked.given_of(asked, values)).order_by()[: MOST_COUNTED + 1]


def padded(keys: Iterable[int]) -> list[int]:
    """Keys, and so many that nothing has that lists of about the same length have one text."""
    found = list(keys)
    most = 1 << max(len(found) - 1, 0).bit_length()
    return found + [-number for number in range(1, most - len(found) + 1)]


def _text(
    asks: Asks, viewer: Viewer, values: Sequence[Value], fixed: Mapping[str, Hashable], text_of: Callable[[Any], Text]
) -> Text:
    if not isinstance(asks, FunctionType) or asks.__closure__ or asks.__defaults__ or asks.__kwdefaults__:
        raise TypeError(f"{asks} holds something that its question may depend on")
    number = len(values)

    def write(bound: Sequence[Any]) -> Text:
        return text_of(asks(statements.with_keys(viewer, bound[number:]), *bound[:number], **fixed))

    by = (statements.shape_of(viewer), get_language(), settings.HOME_COUNTRY)
    kinds = tuple(map(type, values))
    shape = (asks.__module__, asks.__code__, text_of.__name__, tuple(sorted(fixed.items())), kinds, by)
    return STATEMENTS.text(shape, [*values, *statements.keys_of(viewer)], write)


def _of_records(found: QuerySet[Any]) -> Text:
    asked = cast("Any", found)
    if asked._iterable_class not in (ModelIterable, VeiledRows) or asked._prefetch_related_lookups:
        raise TypeError("plain values, or rows that are fetched afterwards, are not read so")
    compiler = found.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return Text("")
    return Text(sql, tuple(params), Reader.of(found, compiler))


def _of_values(found: QuerySet[Any]) -> Text:
    return Text(*written(found))


def _as_it_is(found: Text) -> Text:
    return found


def _of_one_key(found: QuerySet[Any]) -> Text:
    return Text(*written(found.order_by().values("pk")[:1]))


def _of_number(found: QuerySet[Any]) -> Text:
    sql, params = written((found if found.query.is_sliced else found.order_by()).values("pk"))
    return Text(f"SELECT count(*) FROM ({sql}) asked", params) if sql else Text("")  # noqa: S608 our own text


def _of_kinds(found: tuple[QuerySet[Any], Mapping[str, Aggregate]]) -> Text:
    asked, kinds = found
    together = asked.order_by().values(all_of_them=Const(1)).annotate(**kinds)  # not grouped by a column: one row
    return Text(*written(together.values_list(*kinds)), tuple(kinds))
