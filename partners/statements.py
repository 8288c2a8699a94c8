"""SQL that is written once for each shape of a question, and asked many times with other values.

Writing the text of a large query takes Django longer than PostgreSQL needs to answer it. A text is therefore made
with a *mark* in the place of each value that changes from request to request. A mark is found again among the
parameters by what it is, so a value can only ever stand where its own mark stood; values are bound, never written
into the text. See decision 32.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from partners.viewers import Viewer

MOST_SHAPES = 500  # kept by a process, at some 10 kB each
UNKNOWN: Any = object()  # a shape that was never written
FIRST_MARK = 2**62  # and up: no key of ours is so large
LARGEST = 2**63 - 1
Value = int | str
Made = TypeVar("Made")


@dataclass(frozen=True)
class Text:
    """The text of a query with its parameters; `sql` is empty where nothing can answer."""

    sql: str
    params: tuple[Any, ...] = ()
    more: Any = None  # what its maker notes of it

    def rows(self) -> list[tuple[Any, ...]]:
        if not self.sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


@dataclass(frozen=True)
class Statement:
    """A text, and for each parameter the place of the value that stands there; None for what never changes."""

    text: Text
    places: tuple[int | None, ...]

    @classmethod
    def of(cls, text: Text, marks: Sequence[Value]) -> Statement:
        known = {mark: place for place, mark in enumerate(marks)}
        found = (known.get(param) if isinstance(param, int | str) else None for param in text.params)
        return cls(text, tuple(found))

    def bind(self, values: Sequence[Value]) -> Text:
        pairs = zip(self.text.params, self.places, strict=True)
        # A parameter may be a number that knows its type in PostgreSQL.
        params = tuple(param if place is None else type(param)(values[place]) for param, place in pairs)
        return replace(self.text, params=params)


class WrongBinding(AssertionError):
    """A kept text with new values is not what Django writes for them: the shape was too wide."""


class Statements:
    """The texts that a process keeps, by shape."""

    def __init__(self, most: int = MOST_SHAPES) -> None:
        self.most = most
        # The one used last stands last. None: its values change the text, and it is written anew.
        self.kept: OrderedDict[Hashable, Statement | None] = OrderedDict()
        self.answered: Counter[Hashable] = Counter()  # of each shape, where tests check them

    def text(self, shape: Hashable, values: Sequence[Value], write: Callable[[Sequence[Value]], Text]) -> Text:
        """What `write(values)` gives. Of a shape that is known the text is taken as it is, with these values.

        `shape` holds all on which the text depends beside the values; None is written anew. At the first time the
        text is written twice, with marks and with the values: unless both agree it is not kept.
        """
        if shape is None or any(not _can_be_bound(value) for value in values):
            return write(values)
        known = self.kept.get(shape, UNKNOWN)  # at once: another thread may be emptying it
        if known is not UNKNOWN:
            with suppress(KeyError):  # another thread made room
                self.kept.move_to_end(shape)
            if known is None:
                return write(values)
            bound: Text = known.bind(values)
            if self._is_checked(shape) and not _same(bound, write(values)):
                raise WrongBinding(shape)
            return bound
        text = write(values)
        marks = marks_for(values)
        statement = Statement.of(write(marks), marks)
        while len(self.kept) >= self.most:
            with suppress(KeyError):
                self.kept.popitem(last=False)
        self.kept[shape] = statement if _same(statement.bind(values), text) else None
        return text

    def _is_checked(self, shape: Hashable) -> bool:
        every: int = settings.CHECK_STATEMENTS
        if not every:
            return False
        self.answered[shape] += 1
        return self.answered[shape] <= every or self.answered[shape] % every == 0

    def rows(self, shape: Hashable, values: Sequence[Value], asks: Callable[[Sequence[Any]], Any]) -> list[Any]:
        """The rows of a queryset of plain values, which `asks` makes of the values."""
        return self.text(shape, values, lambda values: Text(*written(asks(values)))).rows()


def _can_be_bound(value: Value) -> bool:
    return -LARGEST <= value < FIRST_MARK if isinstance(value, int) else "\0" not in value


def _same(one: Text, other: Text) -> bool:
    kinds = [list(map(type, text.params)) for text in (one, other)]
    # JSON that is bound equals nothing but itself: what it holds is compared.
    values = [[param.obj if isinstance(param, Jsonb) else param for param in text.params] for text in (one, other)]
    return one.sql == other.sql and values[0] == values[1] and kinds[0] == kinds[1]


def marks_for(values: Sequence[Value]) -> list[Value]:
    """For each value one of its kind that nothing else can be. Those of numbers rise, as sorted numbers do."""
    numbers = count(FIRST_MARK)
    return [next(numbers) if isinstance(value, int) else f"MARK{uuid4().hex.upper()}" for value in values]


def written(rows: Any) -> tuple[str, tuple[Any, ...]]:
    """The text of a queryset; empty where Django knows that nothing answers."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return "", ()
    return sql, tuple(params)


def streamed(rows: Any, *, size: int = 2000) -> Iterator[Any]:
    """Rows one after another, by a cursor of one transaction: after each, PgBouncer hands the connection on.

    Elsewhere there are no cursors in the database (see the settings): forms open them for their choices.
    """
    with transaction.atomic():
        # What `iterator` does once it has read the setting, which all threads of a process share.
        yield from rows._iterator(True, size)


class Ids(frozenset[int]):
    """Keys in their order, so that a list of them is written in one way."""

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(super().__iter__()))


SETS = ("desk_ids", "organisation_ids", "absent_ids")


def shape_of(viewer: Viewer) -> Hashable:
    """All of a viewer on which a text may depend, but whose keys: rights, day, and how many keys there are."""
    counts = tuple(len(getattr(viewer, name)) for name in SETS)
    may = (viewer.role, viewer.read_only, viewer.by_key, viewer.takes_files)
    return (may, viewer.on, viewer.withheld, viewer.user_id is None, counts, len(viewer.stands_in))


def keys_of(viewer: Viewer) -> list[int]:
    """The viewer's keys as values: account, desks, organisations, absent colleagues, and who is stood in for."""
    own = [] if viewer.user_id is None else [viewer.user_id]
    sets = (key for name in SETS for key in sorted(getattr(viewer, name)))
    return [*own, *sets, *(key for pair in viewer.stands_in for key in pair)]


def with_keys(viewer: Viewer, keys: Sequence[Any]) -> Viewer:
    """The viewer with other keys, and without a name: what is written for it may depend on nothing else."""
    left = iter(keys)
    own = None if viewer.user_id is None else next(left)
    sets: dict[str, Any] = {name: Ids(next(left) for _ in getattr(viewer, name)) for name in SETS}
    pairs = tuple((next(left), next(left)) for _ in viewer.stands_in)
    known = {one.name: getattr(viewer, one.name) for one in fields(Viewer)}  # a request's is looked up when it is used
    return Viewer(**known | {"user_id": own, "stands_in": pairs, "name": "", "epoch": 0} | sets)


STATEMENTS = Statements()
