"""Making one record of two: what pointed to the one points to the other, names are kept, history stays whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Membership, Organisation, Person
from partners.records import Record, RecordQuerySet
from partners.refusals import Refused
from partners.viewers import Viewer

NAMES: dict[type[Model], tuple[str, ...]] = {
    Organisation: ("short_name", "name_vi", "name_en"),
    Person: ("name",),
}


@dataclass(frozen=True)
class Move:
    """So many records of one kind that will point to the record that stays."""

    kind: str
    count: int


def _links(record: Model) -> Iterator[Any]:
    """The relations that lead to a record; the history's own rows stay as they were written."""
    for link in record._meta.related_objects:
        if not str(link.related_model._meta.model_name).endswith("event"):
            yield link


def _check(gone: Record, kept: Record) -> None:
    if type(gone) is not type(kept) or gone.pk == kept.pk:
        raise Refused(_("Choose two different records of one kind."))
    if gone.archived_at or kept.archived_at:
        raise Refused(_("An archived record cannot be merged."))


def preview(gone: Record, kept: Record, *, by: Viewer) -> list[Move]:
    """What would move, by kind, of what the asker sees: a number would tell of the rest. Changes nothing."""
    _check(gone, kept)
    counts: Counter[str] = Counter()
    for link in _links(gone):
        kind = str(link.related_model._meta.verbose_name_plural)
        rows = link.related_model._default_manager.filter(**{link.field.name: gone})
        counts[kind] += (rows.visible_to(by) if isinstance(rows, RecordQuerySet) else rows).count()
    return [Move(kind, count) for kind, count in counts.items() if count]


@dataclass(frozen=True)
class Clash:
    """A fact that both records hold, and not the same: a person says which one stays."""

    key: str
    about: str
    gone: str
    kept: str


GONE, KEPT = "gone", "kept"


def clashes(gone: Any, kept: Any) -> list[Clash]:
    """What is said twice and differs, of the two records and of the rows that would stand twice."""
    _check(gone, kept)
    return [clash for one, other in _pairs(gone, kept) for clash in _clashes(one, other)]


def _pairs(gone: Any, kept: Any) -> Iterator[tuple[Any, Any]]:
    """The two records, and each row of the one with the row that says the same of the other."""
    yield gone, kept
    for link in _links(gone):
        if getattr(link.related_model, "MERGED", ()) and not link.many_to_many:
            for row in link.related_model._default_manager.filter(**{link.field.name: gone}).order_by("pk"):
                if (twin := _twin(row, link.field.name, kept)) is not None and twin.pk != row.pk:
                    yield row, twin


def _twin(row: Any, name: str, kept: Any) -> Any:
    """The live row that stands in the way of this one once it names the other record."""
    for constraint in row._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            columns = [*constraint.fields, *(str(getattr(one, "name", "")) for one in constraint.expressions)]
            if name in columns:
                same = {column: kept if column == name else getattr(row, column) for column in columns}
                return type(row).objects.live().filter(**same).first()
    return None


def _is_said(row: Any, column: str) -> bool:
    return getattr(row, column) not in (None, "", row.field_of(column).get_default())


def _clashes(gone: Any, kept: Any) -> Iterator[Clash]:
    for first, *_rest in type(kept).MERGED:
        one, other = getattr(gone, first), getattr(kept, first)
        if _is_said(gone, first) and _is_said(kept, first) and one != other and kept not in (one, other):
            label = f"{kept._meta.verbose_name} {kept}: {kept.field_of(first).verbose_name}"
            if agreement := getattr(kept, "agreement", None):
                label = f"{agreement.ref}, {label}"
            yield Clash(_key(kept, first), label, _said(gone, first), _said(kept, first))


def _key(kept: Any, column: str) -> str:
    return f"{kept._meta.model_name}-{kept.pk}-{column}"


def _said(row: Any, column: str) -> str:
    choices = dict(row.field_of(column).flatchoices or ())
    value = getattr(row, column)
    return f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else str(choices.get(value, value))


def _enrich(gone: Any, kept: Any, chosen: Mapping[str, str]) -> bool:
    """Give the record that stays what only the other one says, or what was chosen; whether anything changed."""
    changed = False
    for columns in type(kept).MERGED:
        is_new = _is_said(gone, columns[0]) and not _is_said(kept, columns[0])
        if getattr(gone, columns[0]) != kept and (is_new or chosen.get(_key(kept, columns[0])) == GONE):
            changed = True
            for column in columns:
                setattr(kept, column, getattr(gone, column))
    return changed


def who_sees_more(gone: Organisation, kept: Organisation) -> int:
    """Partner accounts of either organisation, which will see what is shared with the other."""
    members = Membership.objects.held_on(timezone.localdate()).filter(organisation__in=(gone, kept))
    return int(members.values("user").distinct().count())


def merge(gone: Any, kept: Any, *, by: Viewer, chosen: Mapping[str, str] | None = None) -> None:
    """Move everything, keep the names as other names, archive what is gone. Raises Refused and changes nothing.

    No fact is dropped: what only the one says the other takes over; where they differ, `chosen` says which stays.
    """
    chosen = chosen or {}
    with transaction.atomic():
        rows = type(kept).objects.locked().filter(pk__in=(gone.pk, kept.pk))
        found = {row.pk: row for row in rows}
        gone, kept = found[gone.pk], found[kept.pk]
        _check(gone, kept)
        if open_ones := [clash.about for clash in clashes(gone, kept) if chosen.get(clash.key) not in (GONE, KEPT)]:
            raise Refused(_("Both say something else; choose which holds: %(what)s.") % {"what": "; ".join(open_ones)})
        for one, other in list(_pairs(gone, kept))[1:]:
            if _enrich(one, other, chosen):
                other.stamp(None).save()
        _enrich(gone, kept, chosen)
        kept.aliases = _names(gone, kept)
        if getattr(kept, "parent_id", None) == gone.pk:
            kept.parent = None
        if getattr(kept, "successor_id", None) == gone.pk:
            kept.successor = None
        kept.stamp(by).save()
        for link in _links(gone):
            _move(link, gone, kept)
        gone.merged_into = kept
        _archive(gone, by, _("merged into %(name)s") % {"name": kept})


def _names(gone: Any, kept: Any) -> str:
    """The other names of the record that stays, with all names of the one that goes."""
    own = {getattr(kept, name) for name in NAMES[type(kept)]}
    new = [getattr(gone, name).replace(",", " ") for name in NAMES[type(gone)]]
    every = [name.strip() for name in (*kept.aliases.split(","), *new, *gone.aliases.split(","))]
    text = ", ".join(dict.fromkeys(name for name in every if name and name not in own))
    longest = kept._meta.get_field("aliases").max_length
    if len(text) > longest:
        raise Refused(_("The other names together are longer than %(most)s characters.") % {"most": longest})
    return text


def _move(link: Any, gone: Any, kept: Any) -> None:
    """What names the one names the other: each row stays with its author, who has nothing to do with it."""
    name = link.field.name
    for row in link.related_model._default_manager.filter(**{name: gone}).order_by("pk"):
        if row.pk == kept.pk and isinstance(row, type(kept)):
            continue
        if link.many_to_many:
            related = getattr(row, name)
            related.add(kept)
            related.remove(gone)
            continue
        try:
            with transaction.atomic():
                setattr(row, name, kept)
                _stamped(row).save()
        except IntegrityError:
            # The same stands there already: this one stays where it was, archived.
            setattr(row, name, gone)
            if isinstance(row, Record) and not row.archived_at:
                _archive(row, None, _("the same stands at %(name)s") % {"name": kept})


def _stamped(row: Any) -> Any:
    return row.stamp(None) if isinstance(row, Record) else row


def _archive(row: Any, by: Viewer | None, because: str) -> None:
    row.archived_at, row.archived_because = timezone.now(), because[:300]
    row.stamp(by).save()
