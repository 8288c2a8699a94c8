"""What an approver is shown of a record: one function gives it, and its digest is what an approval binds to.

It is read from the models: every column of every kind of row that belongs to the record, but for what stands here
with its reason. A new column or a new kind is content from its first day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, ManyToManyField, Model, Q, QuerySet

from partners.fields import RECORD_INTERNAL
from partners.records import Record

# By these columns a row belongs to another; every other link only names one.
BELONGS_BY = ("agreement", "commitment", "indicator", "proceeding", "step")

# Kinds that lead to an agreement and are no part of what is approved, and why.
NOT_CONTENT: Mapping[str, str] = {
    "agendaitem": "what a meeting is to talk about",
    "amendment": "approved for itself, by the same function",
    "answer": "what a partner says to a promise, given by the partner",
    "authorship": "who wrote, not what",
    "awaited": "what waits for a desk, found from the rows themselves",
    "comment": "talk among colleagues",
    "counted": "numbers worked out from the rows themselves",
    "countednow": "numbers worked out from the rows themselves",
    "decision": "what a meeting decided; the acts that it led to are asked like any other",
    "duerequest": "decided for itself, by a manager who did not ask",
    "link": "one answer from outside, given without an account",
    "linkopening": "who looked",
    "follow": "who wants to be told",
    "frozenstate": "what was so when a period was closed; nothing changes it",
    "heldpaper": "a file beside a form; once that is handed in it is a document, and asked as such",
    "letter": "what was written to somebody, kept as it left",
    "minuteditem": "what was signed of a meeting; nothing changes it",
    "mute": "who does not",
    "note": "talk among colleagues",
    "opening": "who looked",
    "placed": "numbers worked out from the rows themselves",
    "reminder": "who was told",
    "report": "what became of a promise, accepted for itself",
    "stale": "numbers to be worked out anew",
    "touched": "reminders to be looked for anew",
    "share": "who may look: it holds from when it is given, and is taken back at any time",
    "step": "the acts themselves",
}

# Columns that say how it goes, or where a thing is kept, and not what is agreed.
STAMPS = frozenset(RECORD_INTERNAL.split())
ASIDE: Mapping[str, Mapping[str, str]] = {
    "agreement": {
        "where the approval itself leads": "stage ending submitted_by",
        "handed over by an act of its own": "owner",
        "made from the other columns": "behind folded",
    },
    "amendment": {"where the approval itself leads": "stage submitted_by decided_by decided_at applied_at comment"},
    "commitment": {
        "handed over by an act of its own": "owner",
        "made from the other columns": "behind folded wording_hash agreed",
        "the course of the promise, noted by acts of their own": (
            "delivered_on health confirmation confirmed_hash heard_on blocker blocked_side blocked_by blocked_since_on "
            "escalated_on"
        ),
    },
    "document": {
        "where the bytes lie: their checksum counts": "file",
        "read from the bytes, some time later": "content folded pages",
        "the check of the file": "state refused_because checked_at scanned_at",
    },
}

# What names a record to a reader.
NAMES = (
    "ref", "code", "name", "name_vi", "name_en", "short_name", "title_vi", "title_en", "country_id", "filename",
    "checksum", "audience",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A model whose rows are part of what is approved, and the lookups that lead from a row to the whole."""

    model: type[Record]
    paths: tuple[str, ...]

    @property
    def name(self) -> str:
        return str(self.model._meta.model_name)

    def _is_aside(self, field: Any) -> bool:
        if field.name == "version":
            return not self.paths  # the whole gets a new one with each act; of what belongs to it, one says "changed"
        words = " ".join(ASIDE.get(self.name, {}).values())
        return field.name in STAMPS or field.name in words.split()

    @property
    def fields(self) -> list[Any]:
        return [field for field in self.model._meta.concrete_fields if not self._is_aside(field)]

    @property
    def lists(self) -> list[ManyToManyField[Any, Any]]:
        return [field for field in self.model._meta.many_to_many if not self._is_aside(field)]

    def of(self, whole: Record) -> Q:
        """Which rows belong to the whole, archived ones too."""
        rule = Q(pk__in=()) if self.paths else Q(pk=whole.pk)
        for path in self.paths:
            rule |= Q(**{path: whole.pk})
        return rule

    def rows(self, whole: Record) -> QuerySet[Any]:
        """The rows that the reader of the whole is shown: none that is archived, or hangs on what is."""
        if not self.paths:
            return self.model.objects.filter(self.of(whole))
        shown = Q(pk__in=())
        for path in self.paths:
            hops = path.split("__")
            live = {f"{'__'.join(hops[:n])}__archived_at": None for n in range(1, len(hops))}
            shown |= Q(**{path: whole.pk, **live})
        return self.model.objects.live().filter(shown)


def _all_records() -> Iterator[type[Record]]:
    """The business records of every room; not the history's own tables."""
    for model in apps.get_models():
        if issubclass(model, Record) and not hasattr(model, "pgh_id"):
            yield model


@cache
def kinds(whole: type[Record]) -> tuple[Kind, ...]:
    """The kinds of rows that make up a record of this model, itself first."""
    paths: dict[type[Record], tuple[str, ...]] = {whole: ()}
    records = sorted(_all_records(), key=lambda model: model._meta.label)
    while True:
        found = {
            model: tuple(_paths(model, paths))
            for model in records
            if model not in paths and str(model._meta.model_name) not in NOT_CONTENT
        }
        if not any(found.values()):
            return tuple(Kind(model, some) for model, some in paths.items())
        paths |= {model: some for model, some in found.items() if some}


def _paths(model: type[Record], known: Mapping[type[Record], tuple[str, ...]]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        owner: Any = field.related_model
        if isinstance(field, ForeignKey) and field.name in BELONGS_BY and owner in known:
            ends = known[owner]
            yield from (f"{field.name}__{end}" for end in ends) if ends else (field.name,)


def content_of(record: Record) -> dict[str, Any]:
    """All that an approver is shown of it: rows by kind, and the names that they mention.

    One query for each kind, for each list and for each kind of what is named, however many rows there are.
    """
    rows: dict[str, Any] = {}
    named: dict[type[Model], set[Any]] = {}
    for kind in kinds(type(record)):
        found = kind.rows(record).order_by("pk")
        columns = [field.attname for field in kind.fields]
        # Its own row as the caller has read it, and shows it; all others as the database holds them now.
        own = () if kind.paths else [tuple(getattr(record, column) for column in columns)]
        values = own or found.values_list(*columns)
        rows[kind.name] = [dict(zip(columns, row, strict=True)) for row in values]
        for field in kind.fields:
            if _names_another(field, kind):
                named.setdefault(field.related_model, set()).update(row[field.attname] for row in rows[kind.name])
        for field in kind.lists if rows[kind.name] else ():
            linked = found.exclude(**{field.name: None}).order_by("pk", field.name)
            rows[f"{kind.name}.{field.name}"] = pairs = list(linked.values_list("pk", field.name))
            target: Any = field.related_model
            named.setdefault(target, set()).update(pk for _row, pk in pairs)
    names = {model._meta.label: _names(model, keys - {None}) for model, keys in named.items()}
    return {"rows": rows, "names": names}


def _names_another(field: Any, kind: Kind) -> bool:
    """Whether a column names a record whose name is shown with it. People are named by the history, not here."""
    if not isinstance(field, ForeignKey) or field.related_model._meta.label == settings.AUTH_USER_MODEL:
        return False
    return not (kind.paths and field.name in {path.split("__")[0] for path in kind.paths})


def _names(model: type[Model], keys: set[Any]) -> list[tuple[Any, ...]]:
    if not keys:
        return []
    own = {field.attname for field in model._meta.concrete_fields}
    shown = ("pk", *(name for name in NAMES if name in own))
    return list(model._default_manager.filter(pk__in=keys).order_by("pk").values_list(*shown))


def changed_since(record: Record, at: datetime) -> list[str]:
    """The kinds of rows that belong to it, in words, of which any was written or taken out after that moment."""
    return [
        str(kind.model._meta.verbose_name_plural)
        for kind in kinds(type(record))
        if kind.paths and kind.model.objects.filter(kind.of(record), updated_at__gt=at).exists()
    ]


def digest(record: Record) -> str:
    """The SHA-256 of what an approver is shown, in hexadecimal."""
    return hashlib.sha256(json.dumps(content_of(record), default=str, sort_keys=True).encode()).hexdigest()
