"""Rows of the API as PostgreSQL writes them: one statement for a page, in which each row is a text of JSON.

Which columns, in which order and form, is told by the serializer, which describes the API and reads what is sent to
it. Which rows is told by the gate. What a share holds back is emptied within the statement, by the same VEILS. See
decision 32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Cast
from rest_framework import serializers

from partners.records import Record, RecordQuerySet
from partners.statements import Text, written
from partners.viewers import Viewer

PLAIN = (
    serializers.CharField, serializers.IntegerField, serializers.BooleanField, serializers.DateField,
    serializers.ChoiceField,
)  # fmt: skip


class Columns:
    """The columns of a row as its reader sees them, for one computation: one of all, or one with a part held back."""

    def __init__(self, model: type[Record], viewer: Viewer, parts: frozenset[str], without: str = "") -> None:
        self.model, self.viewer, self.parts, self.without = model, viewer, parts, without
        self.part_of = {column: part for part in parts for column in model.VEILS[part]}
        self.asked: set[str] = set()

    def __call__(self, path: str) -> Any:
        """A column, or with `__` one of the record behind it."""
        name, _, rest = path.partition("__")
        if name not in self.part_of:
            return F(path)
        field = self.model.field_of(name)
        empty = Value(None, output_field=models.TextField()) if rest else Cast(Value(field.get_default()), field)
        return self.behind(self.part_of[name], F(path), empty)

    def behind(self, part: str, shown: Any, empty: Any) -> Any:
        """What stands there where the part is open, and where it is held back."""
        if part not in self.parts:
            return shown
        self.asked.add(part)
        return empty if part == self.without else shown


Make = Callable[[Columns], Any]


@dataclass(frozen=True)
class Layers:
    """A query of rows, and the text around it that makes an object of each."""

    rows: Any  # a queryset of plain columns
    names: str  # of the object's keys, quoted
    values: str  # what stands there, taken from the row `r`
    more: tuple[str, ...]  # columns beside the object
    keys: tuple[str, ...]

    def text(self) -> Text:
        """For each row its JSON as text, then the columns beside it."""
        sql, params = written(self.rows)
        if not sql:
            return Text("", more=self.keys)
        beside = "".join(f", r.{_quoted(name)}" for name in self.more)
        row = f"(SELECT row_to_json(one) FROM (SELECT {self.values}) one({self.names}))::text"  # noqa: S608  (ours)
        return Text(f"SELECT {row}{beside} FROM ({sql}) r", params, self.keys)  # noqa: S608  (names of columns)


class Listed(Subquery):
    """The rows of another query as one list of objects."""

    def __init__(self, layers: Layers) -> None:
        super().__init__(layers.rows, output_field=models.TextField())
        inner = f"(SELECT {layers.values} FROM (%(subquery)s) r) one({layers.names})"  # noqa: S608  (names of columns)
        self.template = f"array_to_json(ARRAY(SELECT row_to_json(one) FROM {inner}))"  # noqa: S608  (as above)

    def as_sql(self, *args: Any, **options: Any) -> Any:
        try:
            return super().as_sql(*args, **options)
        except EmptyResultSet:  # of a reader who sees none
            return "'[]'::json", ()


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def layers(rows: RecordQuerySet[Any], makes: Mapping[str, Make], viewer: Viewer, more: Iterable[str] = ()) -> Layers:
    """Objects with these keys, of rows that came through the gate; `more` columns stand beside each."""
    model = cast("type[Record]", rows.model)
    parts = frozenset(part for part in model.VEILS if f"{part}_is_open" in rows.query.annotations)
    columns: dict[str, Any] = {}
    values, used = [], set()
    for number, make in enumerate(makes.values()):
        open_ = Columns(model, viewer, parts)
        columns[f"c{number}"] = make(open_)
        value = f'r."c{number}"'
        for part in open_.asked:
            assert len(open_.asked) == 1, "a value that two parts of a share may hold back"
            columns[f"e{number}"] = make(Columns(model, viewer, parts, without=part))
            value = f'CASE WHEN r."{part}_is_open" THEN {value} ELSE r."e{number}" END'
        values.append(value)
        used |= open_.asked
    beside = {f"b_{name}": F(name) for name in more}
    flags = [f"{part}_is_open" for part in sorted(used)]
    plain = rows.annotate(**columns, **beside).values_list(*columns, *flags, *beside)
    names = ", ".join(map(_quoted, makes))
    return Layers(plain, names, ", ".join(values), tuple(beside), tuple(makes))


def listed(serializer: Any, rows_for: Callable[[Viewer], Any]) -> Make:
    """A list of the rows that go with the outer one, each as the serializer shows it."""
    return lambda columns: Listed(layers(rows_for(columns.viewer), serializer.makes(), columns.viewer))


def codes(model: type[Record], path: str, slug: str) -> ArraySubquery:
    """The codes of linked records, in the order of their kind."""
    link = cast("models.ManyToManyField[Any, Any]", model._meta.get_field(path))
    of_row = link.related_model._default_manager.filter(**{link.related_query_name(): OuterRef("pk")})
    return ArraySubquery(of_row.values(slug))


class MadeInSql:
    """For serializers: each field as PostgreSQL makes it."""

    def in_sql(self) -> dict[str, Make]:
        """Fields that are no column of their record, and keys that no field describes, which stand last."""
        return {}

    def makes(self) -> dict[str, Make]:
        """How each key is made, in their order. Raises TypeError for a field of which nothing says so."""
        serializer: Any = self
        own = self.in_sql()
        shown = {name: one for name, one in serializer.fields.items() if not one.write_only}
        known = {*serializer.Meta.fields, *serializer._declared_fields}
        return {name: own.get(name) or made(one) for name, one in shown.items()} | {
            name: make for name, make in own.items() if name not in known
        }


def made(one: Any) -> Make:
    """How a field of the framework is made, or one that says so itself."""
    path = (one.source or one.field_name).replace(".", "__")
    if hasattr(one, "in_sql"):
        return cast(Make, one.in_sql)
    if isinstance(one, serializers.ManyRelatedField):
        link: Any = one.child_relation
        return lambda columns: codes(columns.model, path, link.slug_field)
    if isinstance(one, serializers.SlugRelatedField):
        return lambda columns: columns(f"{path}__{one.slug_field}")
    if isinstance(one, serializers.DecimalField):
        return lambda columns: Cast(columns(path), models.TextField())
    if isinstance(one, PLAIN):
        return lambda columns: columns(path)
    raise TypeError(f"{one!r} does not say how it is made in SQL")
