"""Which commitments an amendment adds, changes or drops: the approval of a protocol is the approval of its promises.

An entry is `{"do": ..., "commitment": key, "values": {column: value}, "before": {column: value}}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Commitment
from agreements.commitments.rules import editing
from agreements.commitments.rules.acts import put_delivery
from agreements.dates import PartialDate
from agreements.register.models import Amendment
from agreements.vocabulary import Delivery
from partners import reading
from partners.viewers import Viewer

# What a protocol changes in a promise: its words, who owes it to whom, by when.
AMENDABLE = (
    "title_vi", "title_en", "text_vi", "text_en", "kind", "direction", "lead_id", "partner_owner_id", "due_on",
    "due_precision",
)  # fmt: skip


class CommitmentMove(models.TextChoices):
    ADD = "add", pgettext_lazy("commitment", "is added")
    CHANGE = "change", pgettext_lazy("commitment", "is changed")
    DROP = "drop", pgettext_lazy("commitment", "is dropped")


def entry(do: str, commitment: Commitment | None, values: dict[str, Any]) -> dict[str, Any]:
    """One entry, with what the commitment holds now beside what it is to hold."""
    kept = {name: plain(value) for name, value in values.items() if name in AMENDABLE}
    if commitment is None:
        return {"do": do, "values": kept}
    before = {name: plain(getattr(commitment, name)) for name in kept}
    changed = {name: value for name, value in kept.items() if value != before[name]}
    return {
        "do": do, "commitment": commitment.pk, "values": changed, "before": {name: before[name] for name in changed},
    }  # fmt: skip


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def check(amendment: Amendment) -> None:
    """Raises ValidationError for an entry that could not be applied."""
    seen = set()
    for one in amendment.promises:
        row = _wanted(amendment, one)
        if row.pk in seen:
            raise ValidationError(_("%(ref)s stands twice in the amendment.") % {"ref": row.ref})
        seen |= {row.pk} - {None}
        if row.pk and not row.is_open:
            raise ValidationError(_("%(ref)s is closed: it cannot be amended.") % {"ref": row.ref})
        if one["do"] == CommitmentMove.CHANGE and not one["values"]:
            raise ValidationError(_("Say what changes in %(ref)s.") % {"ref": row.ref})
        row.full_clean(exclude=["agreement", "number", "ref"])


def apply(amendment: Amendment, on: date, by: Viewer | None) -> None:
    """Write the promises as the protocol has them. Raises ValidationError where one has changed meanwhile."""
    if not amendment.promises:
        return
    check(amendment)
    rows = []
    for one in amendment.promises:
        row = _wanted(amendment, one, locked=True)
        if one["do"] == CommitmentMove.DROP:
            put_delivery(row, Delivery.DROPPED, on)
        rows.append(row)
    editing.save(rows, by=by, on=on, decided=True)


def _wanted(amendment: Amendment, one: dict[str, Any], *, locked: bool = False) -> Commitment:
    """The commitment as it is to be, not saved yet."""
    if one["do"] == CommitmentMove.ADD:
        row = Commitment(agreement=amendment.agreement)
    else:
        rows = Commitment.objects.live().filter(agreement=amendment.agreement_id)
        found = (rows.locked() if locked else rows).filter(pk=one.get("commitment") or 0).first()
        if found is None:
            raise ValidationError(_("Say which commitment."))
        row = found
        row.agreement = amendment.agreement
        for name, value in one.get("before", {}).items():
            if plain(getattr(row, name)) != value:
                label = Commitment.field_of(name.removesuffix("_id")).verbose_name
                raise ValidationError(
                    _("“%(field)s” of %(ref)s has changed since the amendment was written.")
                    % {"field": label, "ref": row.ref}
                )
    for name, value in one.get("values", {}).items():
        setattr(row, name, Commitment.field_of(name.removesuffix("_id")).to_python(value))
    if one.get("values", {}).get("due_on"):
        # The protocol gives the day: it is no longer counted from an event.
        row.due_after, row.due_unit, row.due_from, row.due_event_on = None, "", "", None
    return row


def in_words(amendment: Amendment) -> list[str]:
    """Each entry as a sentence."""
    rows = {row.pk: row for row in Commitment.objects.filter(agreement=amendment.agreement_id)}
    return [_sentence(one, rows.get(one.get("commitment"))) for one in amendment.promises]


def _sentence(one: dict[str, Any], row: Commitment | None) -> str:
    if row is None:
        values = one["values"]
        return gettext("Added: %(title)s") % {"title": values.get("title_vi") or values.get("title_en")}
    if one["do"] == CommitmentMove.DROP:
        return gettext("Dropped: %(commitment)s") % {"commitment": row}
    parts = [
        f"{Commitment.field_of(name.removesuffix('_id')).verbose_name}: {_shown(name, one['before'], row)} → "
        f"{_shown(name, one['values'], row)}"
        for name in one["values"]
        if not name.endswith("_precision")
    ]
    return f"{row.ref}: {'; '.join(parts)}"


def _shown(name: str, values: Mapping[str, Any], row: Commitment) -> str:
    value = values[name]
    if value in (None, ""):
        return "–"
    field = Commitment.field_of(name.removesuffix("_id"))
    if field.is_relation:
        return str(field.related_model._default_manager.filter(pk=value).first() or "–")  # type: ignore[union-attr]
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if name == "due_on" and (due_on := reading.day(value)):
        return str(PartialDate.of(due_on, values.get("due_precision", row.due_precision)))
    return str(value)


def shared(one: Amendment, other: Amendment) -> list[str]:
    """Commitments that both amendments touch."""
    keys = _touched(one) & _touched(other)
    return [row.ref for row in Commitment.objects.filter(pk__in=keys).order_by("pk")]


def _touched(amendment: Amendment) -> set[int]:
    return {one["commitment"] for one in amendment.promises if one.get("commitment")}
