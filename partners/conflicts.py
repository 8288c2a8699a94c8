"""Two people, one record: what each changed since the form was opened, and both texts kept until a person chooses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _

from partners import reading

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Conflict:
    """One field that both have changed: what each made of it, and whether the person has chosen."""

    key: str
    label: str
    theirs: str
    mine: str
    choice: str


def as_opened(record: Model, version: int | None) -> Any:
    """The record as it was at a version, out of the history; None where it does not reach back so far."""
    events: Any = type(record)._meta.get_field("events").related_model
    event = events.objects.filter(pgh_obj_id=record.pk, version=version or 0).order_by("-pgh_id").first()
    if event is None:
        return None
    old = type(record)()
    for field in record._meta.concrete_fields:
        if hasattr(event, field.attname) and not field.generated:
            setattr(old, field.attname, getattr(event, field.attname))
    return old


def bring_in(data: Any, mine: Any, theirs: Any, base_of: Callable[[Any], Any]) -> list[Conflict]:
    """Choose, then merge with the version that the posted form was opened on. Returns what both have changed.

    `base_of` draws an unbound form over the record as it was opened.
    """
    choose(data, mine, theirs)
    key, now = mine.add_prefix("seen_version"), theirs.instance
    seen = reading.whole(data.get(key, ""), most=reading.MOST_KEY)
    if seen is None or seen == now.version:
        return []
    old = as_opened(now, seen)
    data[key] = str(now.version)
    return merge(data, mine, base_of(old) if old else None, theirs)


def merge(data: Any, mine: Any, base: Any, theirs: Any) -> list[Conflict]:
    """Bring what others changed into the posted data; return the fields that both changed differently.

    `mine` is bound to the data; `base` and `theirs` are unbound forms over the record as it was opened (None if that
    is not known) and as it is now. A field that only they changed takes their value, one that only I changed keeps
    mine. Where both did, mine stays in the form beside theirs until the person chooses.
    """
    found = []
    for name, field in mine.fields.items():
        if name not in theirs.fields or field.widget.is_hidden or name == "DELETE":
            continue
        key, written, now = mine.add_prefix(name), mine[name].data, theirs[name].initial
        if base and _same(field, base[name].initial, now):
            continue  # nobody else touched it
        if base and not field.has_changed(base[name].initial, written):
            _put(data, key, field, now)
        elif field.has_changed(now, written):
            choice = data.get(f"choice-{key}", "")
            found.append(Conflict(key, str(field.label or name), _text(field, now), _text(field, written), choice))
    return found


def choose(data: Any, mine: Any, theirs: Any) -> None:
    """Put what is saved now into the posted data, for the fields where the person has chosen it."""
    for name, field in mine.fields.items():
        key = mine.add_prefix(name)
        if data.get(f"choice-{key}") == THEIRS and name in theirs.fields:
            _put(data, key, field, theirs[name].initial)


def _same(field: forms.Field, one: Any, other: Any) -> bool:
    return bool(_plain(field, one) == _plain(field, other))


def _plain(field: forms.Field, value: Any) -> Any:
    ready = field.prepare_value(value)
    if isinstance(ready, list | tuple | set):
        return sorted(str(getattr(item, "pk", item)) for item in ready)
    return "" if ready in (None, False) else str(ready)


def _put(data: Any, key: str, field: forms.Field, value: Any) -> None:
    ready = _plain(field, value)
    if isinstance(ready, list):
        data.setlist(key, ready)
    elif isinstance(field, forms.BooleanField):
        data.pop(key, None)
        if ready:
            data[key] = "on"
    else:
        data[key] = ready


def _text(field: Any, value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    ready = _plain(field, value)
    if not hasattr(field, "choices"):
        return str(ready)
    names = {str(getattr(code, "value", code)): str(label) for code, label in field.choices}
    return ", ".join(names.get(str(code), str(code)) for code in (ready if isinstance(ready, list) else [ready]))
