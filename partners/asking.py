"""What a request of the API asks for, and the statement that answers it: rows, fields, order, place in the list."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import exceptions

from partners import rows, statements
from partners.records import RecordQuerySet
from partners.statements import STATEMENTS, Text
from partners.viewers import Viewer

NEVER_ALIKE = frozenset({"q", "updated_since"})  # what is searched for is read into a query of its own; moments
PLAIN = re.compile(r"[\w.-]{1,64}", re.ASCII)  # a code or a reference: what every filter takes as it is


@dataclass(frozen=True)
class Bound:
    """A filter by a code: its text is the same for every code but for some words with a meaning of their own."""

    words: frozenset[str] = frozenset()
    upper: bool = False  # the filter asks for the code in capitals

    def value(self, given: Sequence[str]) -> str | None:
        """The code to be bound; None of what the text may depend on."""
        if len(given) != 1 or not PLAIN.fullmatch(given[0]) or given[0].lower() in self.words:
            return None
        return given[0].upper() if self.upper else given[0]


class Source(Protocol):
    """What a list or a record is made of: a view's answer to who asks for which rows, and how they are shown."""

    def found(self, viewer: Viewer, asked: QueryDict) -> RecordQuerySet[Any]: ...

    def makes(self) -> Mapping[str, rows.Make]: ...


@dataclass(frozen=True)
class Asked:
    """The parameters of a list, apart by what the text of its query depends on."""

    given: QueryDict
    shape: (
        tuple[tuple[str, Any], ...] | None
    )  # None: the text is written anew, as it differs from one question to the next
    bound: Mapping[str, str]

    @classmethod
    def read(cls, given: QueryDict, filters: Mapping[str, Bound | None]) -> Asked:
        """`filters` are those that the list has."""
        shape: list[tuple[str, Any]] = []
        bound: dict[str, str] = {}
        for name in sorted(filters.keys() & given.keys()):
            values, how = given.getlist(name), filters[name]
            if name in NEVER_ALIKE and any(values):
                return cls(given, None, {})
            value = how.value(values) if how else None
            if value is None:
                shape.append((name, tuple(values)))
            else:
                shape.append((name, Bound))
                bound[name] = value
        return cls(given, tuple(shape), bound)

    @staticmethod
    def given_of(shape: Iterable[tuple[str, Any]], values: Iterable[str]) -> QueryDict:
        """The parameters of a shape with these values in it."""
        given, left = QueryDict(mutable=True), iter(values)
        for name, said in shape:
            given.setlist(name, [next(left)] if said is Bound else list(said))
        return given

    def with_values(self, values: Sequence[Any]) -> QueryDict:
        changed = self.given.copy()
        for name, value in zip(self.bound, values, strict=True):
            changed[name] = value
        return changed


@dataclass(frozen=True)
class Shown:
    """One row of an answer: its JSON, the keys in it, and the columns that were asked for beside it."""

    json: str
    keys: tuple[str, ...]
    beside: tuple[Any, ...]


@dataclass(frozen=True)
class Question:
    """A question to one kind of record, refined as a queryset is; asked when it is sliced."""

    source: Source
    viewer: Viewer
    asked: Asked
    shown: Hashable  # the name of the view, its action, and what was asked for of each row
    order: tuple[str, ...] = ()
    places: Mapping[str, Any] = field(default_factory=dict)  # lookup -> value
    beside: tuple[str, ...] = ()

    def order_by(self, *order: str) -> Question:
        return replace(self, order=order)

    def filter(self, **places: Any) -> Question:
        return replace(self, places={**self.places, **places})

    def __getitem__(self, part: slice) -> list[Shown]:
        text = self._text(part)
        return [Shown(json, text.more, beside) for json, *rest in text.rows() for beside in (tuple(rest),)]

    def _text(self, part: slice) -> Text:
        values = [*statements.keys_of(self.viewer), *self.asked.bound.values(), *self.places.values()]
        shape = None
        if self.asked.shape is not None:
            viewer = (statements.shape_of(self.viewer), get_language(), settings.HOME_COUNTRY)
            kinds = tuple(map(type, values))
            place = (self.order, tuple(self.places), part.start, part.stop, self.beside)
            shape = (self.shown, viewer, self.asked.shape, kinds, place)
        return STATEMENTS.text(shape, values, lambda values: self._written(values, part))

    def _written(self, values: Sequence[Any], part: slice) -> Text:
        keys, codes = len(statements.keys_of(self.viewer)), len(self.asked.bound)
        viewer = statements.with_keys(self.viewer, values[:keys])
        asked = self.asked.with_values(values[keys : keys + codes])
        found = self.source.found(viewer, asked)
        found = found.filter(**dict(zip(self.places, values[keys + codes :], strict=True)))
        page = found.order_by(*self.order)[part] if self.order else found[part]
        return rows.layers(page, self.source.makes(), viewer, self.beside).text()


def names_in(given: QueryDict, parameter: str) -> frozenset[str]:
    """Names with commas between them, in one parameter or in several."""
    return frozenset(name.strip() for text in given.getlist(parameter) for name in text.split(",")) - {""}


def fields_asked(given: QueryDict, known: Iterable[str], always: frozenset[str]) -> list[str]:
    """The fields that `fields=` names, in their order; all where it is not given. Raises ValidationError."""
    names, wanted = list(known), names_in(given, "fields")
    if unknown := sorted(wanted - set(names)):
        said = [_("There is no field called %(name)s.") % {"name": name} for name in unknown]
        raise exceptions.ValidationError({"fields": said})
    return [name for name in names if not wanted or name in wanted | always]
