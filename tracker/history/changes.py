"""Reading the event tables that PostgreSQL's triggers write: the changes of a record, and the record on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.dates import PartialDate, beside
from agreements.models import Agreement
from partners.models import User
from partners.viewers import Viewer
from tracker.history import gate
from tracker.history.gate import OF_AN_AGREEMENT

# What changes with every change, and what PostgreSQL computes.
SILENT = frozenset(
    {
        "version",
        "updated_at",
        "updated_by",
        "created_at",
        "created_by",
        "folded",
        "id",
        "wording_hash",
        "confirmed_hash",
    }
)


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One recorded change of one record: what each readable field held before and after."""

    at: datetime
    by: str
    by_key: bool
    model: type[Model]
    kind: str
    name: str
    is_new: bool
    fields: tuple[FieldChange, ...]


def changes_of(agreement: Agreement, viewer: Viewer, *, before: datetime | None, most: int) -> list[Change]:
    """The latest changes of the agreement and all that belongs to it, newest first, before a moment."""
    found: list[tuple[datetime, int, type[Model], Any]] = []
    readable = {model: gate.events_of(model, agreement, viewer) for model in OF_AN_AGREEMENT}
    for model, rows in readable.items():
        earlier = rows.filter(pgh_created_at__lt=before) if before else rows
        latest = earlier.select_related("pgh_context").order_by("-pgh_id")[:most]
        found.extend((event.pgh_created_at, event.pgh_id, model, event) for event in latest)
    found.sort(key=lambda one: one[:2], reverse=True)
    newest = found[:most]
    older = _predecessors(newest, readable)
    pairs = [(model, event, older.get((model, event.pgh_id))) for _at, _id, model, event in newest]
    drawn = _Drawing(viewer, pairs)
    shown = [drawn.change(model, event, before) for model, event, before in pairs]
    return [change for change in shown if change.fields]


def _actors(events: Iterable[Any]) -> dict[int, str]:
    ids = {event.pgh_context.metadata.get("user") for event in events if event.pgh_context} - {None}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))


def _predecessors(
    newest: list[tuple[datetime, int, type[Model], Any]], readable: Mapping[type[Model], QuerySet[Any]]
) -> dict[tuple[type[Model], int], Any]:
    """For each event the one before it of the same record that may be read: one query for each kind."""
    older: dict[tuple[type[Model], int], Any] = {}
    for model in {one[2] for one in newest}:
        mine = sorted((one[3] for one in newest if one[2] is model), key=lambda event: event.pgh_id)
        rows = readable[model].filter(pgh_obj_id__in={event.pgh_obj_id for event in mine})
        rows = rows.filter(pgh_id__lt=mine[0].pgh_id).order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
        last = {row.pgh_obj_id: row for row in rows}
        for event in mine:
            if event.pgh_obj_id in last:
                older[model, event.pgh_id] = last[event.pgh_obj_id]
            last[event.pgh_obj_id] = event
    return older


class _Drawing:
    """Puts recorded values into words; the names that they point to are read once for each kind, through the gate."""

    def __init__(self, viewer: Viewer, pairs: list[tuple[Any, Any, Any]]) -> None:
        self.viewer = viewer
        self.actors = _actors(event for _model, event, _before in pairs)
        wanted: dict[Any, set[Any]] = {}
        for model, event, before in pairs:
            for column in self._columns(model, event):
                if column.is_relation:
                    found = {getattr(one, column.attname, None) for one in (event, before) if one}
                    wanted.setdefault(column.related_model, set()).update(found - {None})
        self.names = {(model, row.pk): str(row) for model, ids in wanted.items() for row in self._rows(model, ids)}

    def _rows(self, model: Any, ids: set[Any]) -> Any:
        if model is User:
            return User.objects.filter(pk__in=ids)  # who did something is no secret to staff
        return model.objects.visible_to(self.viewer).filter(pk__in=ids) if ids else ()

    def _columns(self, model: Any, event: Any) -> Iterator[Any]:
        """The columns of an event that say something and that the viewer may read."""
        readable = model.FIELDS.readable(self.viewer)
        for column in event._meta.concrete_fields:
            name = column.name
            plain = not name.startswith("pgh_") and not name.endswith("_precision")
            if plain and name not in SILENT and name in readable:
                yield column

    def change(self, model: Any, event: Any, before: Any) -> Change:
        fields = []
        for column in self._columns(model, event):
            was, becomes = _known(before, column.attname), _known(event, column.attname)
            if was == becomes or (before is None and becomes in (None, "", [], {}, False)):
                continue
            label = str(model._meta.get_field(column.name).verbose_name)
            fields.append(FieldChange(label, self._text(column, was), self._text(column, becomes)))
        said = event.pgh_context.metadata if event.pgh_context else {}
        user_id = said.get("user")
        return Change(
            at=event.pgh_created_at, by=self.actors.get(user_id or 0, ""), by_key=bool(said.get("key")), model=model,
            kind=str(model._meta.verbose_name), name=_name(event), is_new=before is None, fields=tuple(fields),
        )  # fmt: skip

    def _text(self, column: Any, value: Any) -> str:
        """A recorded value as a person reads it."""
        if value in (None, "", [], {}):
            return "–"
        if column.is_relation:
            return self.names.get((column.related_model, value), "…")
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, dict):
            return ", ".join(f"{name}: {part}" for name, part in value.items())
        if isinstance(value, datetime):
            return f"{timezone.localtime(value):%d/%m/%Y, %H:%M}"
        if hasattr(value, "strftime"):
            return f"{value:%d/%m/%Y}"
        return str(dict(column.flatchoices).get(value, value))


def _known(event: Any, name: str) -> Any:
    """What a column held; a day as exactly as it was known."""
    value = getattr(event, name, None)
    precision = getattr(event, beside(name), None)
    return PartialDate.of(value, precision) if precision and isinstance(value, date) else value


def _name(event: Any) -> str:
    return str(next((text for name in ("ref", "number", "filename") if (text := getattr(event, name, ""))), ""))


def as_it_stood(model: type[Model], agreement: Agreement, viewer: Viewer, at: datetime) -> list[Any]:
    """The records of one kind as they were at a moment, made of the history; none that came later."""
    return [_record(model, event) for event in gate.as_it_stood(model, agreement, viewer, at).order_by("pgh_obj_id")]


def _record(model: type[Model], event: Any) -> Any:
    record = model()
    for field in model._meta.concrete_fields:
        if hasattr(event, field.attname) and not field.generated:
            setattr(record, field.attname, getattr(event, field.attname))
    return record
