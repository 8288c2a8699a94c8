"""Filters that answer by what their reader may read, and by nothing else: an answer tells the column behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import django_filters as filters
from django.db.models import Field, Model, QuerySet
from django.http import QueryDict
from rest_framework import exceptions

from partners.asking import Bound
from partners.records import Record
from partners.viewers import Viewer


class AnyOf(filters.MultipleChoiceFilter):
    """Any of several values of one of the row's own columns: nothing is joined, so no row stands there twice."""

    def __init__(self, *args: Any, **options: Any) -> None:
        assert "__" not in options.get("field_name", "")
        super().__init__(*args, distinct=False, **options)


@dataclass(frozen=True)
class Mark:
    """A chosen value as a person reads it, and the query of the same list without it."""

    words: str
    without: str


class ReadableFilters(filters.FilterSet):
    """`READS` names for each filter the columns that its answer depends on, as words.

    `agreement.stage` is a column of another record: the filter then keeps only rows whose agreement the viewer sees.
    `agreement.participants` are rows that go with it, which the filter asks for through the gate.
    What a viewer may not read, or what a share may hold back, is not offered, and is no parameter of the API either.
    """

    READS: ClassVar[Mapping[str, str]]
    BY_CODE: ClassVar[Mapping[str, Bound]] = {}
    BOUND: ClassVar[Mapping[str, Bound | None]]  # every filter: how its value is bound into a text, if it is

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if set(cls.READS) != set(cls.declared_filters):
            raise TypeError(f"{cls.__name__}: say in READS what each filter reads, and nothing more")
        cls.BOUND = dict.fromkeys(cls.READS) | dict(cls.BY_CODE)

    def __init__(self, *args: Any, viewer: Viewer, **options: Any) -> None:
        self.viewer = viewer
        super().__init__(*args, **options)
        for name in [name for name in self.READS if not self.may_ask(name, viewer)]:
            del self.filters[name]

    @classmethod
    def may_ask(cls, name: str, viewer: Viewer) -> bool:
        """Whether there is a filter of this name for this viewer."""
        model: type[Record] = cast("Any", cls)._meta.model  # which the metaclass sets
        return name in cls.READS and all(is_readable(model, path, viewer) for path in cls.READS[name].split())

    @classmethod
    def of(cls, asked: QueryDict, rows: Any, viewer: Viewer) -> Any:
        """The rows that answer, for the API. Raises the framework's ValidationError for what cannot be read."""
        chosen = cls(asked, rows, viewer=viewer)
        if not chosen.is_valid():
            raise exceptions.ValidationError(chosen.errors)
        return chosen.qs

    @property
    def asked(self) -> Any:
        """The rows for an export or a change of many: none where a filter is wrong, lest more go than was meant."""
        rows = self.qs
        return rows if not self.is_bound or self.is_valid() else rows.none()

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Each filter that cannot be read, by its label, and why: a page leaves those out and names them."""
        if not self.is_bound:
            return []
        form = self.form
        return [(str(form[name].label), " ".join(map(str, said))) for name, said in form.errors.items()]

    @property
    def marks(self) -> list[Mark]:
        """Each chosen value that narrows the list, in the order of the filters."""
        asked, errors, read = cast("QueryDict", self.data), self.form.errors, self.form.cleaned_data
        return [
            Mark(self._in_words(name, value), _without(asked, name, value, is_one_of_many=len(values) > 1))
            for name in self.filters
            if name not in errors and _is_asked(read.get(name))
            # Of one that takes one value the last counts.
            for values in [asked.getlist(name) if isinstance(read[name], list) else asked.getlist(name)[-1:]]
            for value in values
            if value.strip()
        ]

    def unboxed(self, boxed: Collection[str]) -> list[tuple[str, str]]:
        """What a link brought along and no box of the page shows: it stays when a box is changed."""
        asked = cast("QueryDict", self.data)
        return [(name, value) for name in self.filters if name not in boxed for value in asked.getlist(name) if value]

    def named(self, name: str, value: str) -> str:
        """What a value of one filter is called."""
        return str(dict(getattr(self.form.fields[name], "choices", ())).get(value, value))

    def is_flag(self, name: str) -> bool:
        """On or off: its name says it all."""
        one = self.filters[name]
        return isinstance(one, filters.BooleanFilter) or len(one.extra.get("choices", ())) == 1

    def _in_words(self, name: str, value: str) -> str:
        label = str(self.form.fields[name].label)
        return label if self.is_flag(name) else f"{label}: {self.named(name, value)}"

    @property
    def _model(self) -> type[Record]:
        return cast("type[Record]", cast("Any", self)._meta.model)  # which the metaclass sets

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """For partners, rows whose related record is hidden answer to no filter that asks about it."""
        if self.viewer.is_partner:
            asked = {name for name, value in self.form.cleaned_data.items() if _is_asked(value)}
            paths = {path for name in asked for path in self.READS.get(name, "").split()}
            for hop in sorted({path.partition(".")[0] for path in paths if "." in path}):
                related = cast("type[Record]", self._model._meta.get_field(hop).related_model)
                queryset = queryset.filter(**{f"{hop}__in": related.objects.visible_to(self.viewer).values("pk")})
        return super().filter_queryset(queryset)


def _without(asked: QueryDict, name: str, value: str, *, is_one_of_many: bool) -> str:
    kept = QueryDict(mutable=True)
    for other, values in asked.lists():
        left = [one for one in values if one and not (other == name and (one == value or not is_one_of_many))]
        if left and other != "after":
            kept.setlist(other, left)
    return kept.urlencode()


def _is_asked(value: Any) -> bool:
    """Whether a filter was given: 0 is a number like any other."""
    return value is not False and value not in (None, "", [])


def is_readable(model: type[Record], path: str, viewer: Viewer) -> bool:
    """Whether the viewer may read a column on whatever row they see: it has the class, and no share can empty it."""
    name, _, rest = path.partition(".")
    field = cast("Field[Any, Any]", model._meta.get_field(name))
    related = cast("type[Model]", field.related_model)
    if field.auto_created and not field.concrete:
        return True  # rows of their own, asked for through the gate
    veiled = {column for columns in model.VEILS.values() for column in columns} if viewer.is_partner else set()
    if name not in model.FIELDS.readable(viewer) or name in veiled:
        return False
    return is_readable(cast("type[Record]", related), rest, viewer) if rest else True
