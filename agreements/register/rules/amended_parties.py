"""Who takes part from the day of an amendment: who joins, leaves, or takes another's place.

An entry is `{"do": ..., "participant": key, "organisation": key, "role": ...}`, without what it does not need.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agreements.dates import Precision
from agreements.register.models import Amendment, Participant
from agreements.vocabulary import ParticipantRole
from partners.models import Organisation
from partners.viewers import Viewer


class ParticipantMove(models.TextChoices):
    JOIN = "join", pgettext_lazy("participant", "joins")
    LEAVE = "leave", pgettext_lazy("participant", "leaves")
    REPLACE = "replace", pgettext_lazy("participant", "is replaced by")


def check(amendment: Amendment) -> None:
    """Raises ValidationError for an entry that could not be applied."""
    left = set()
    for entry in amendment.parties:
        row = _participant(amendment, entry)
        if row is not None:
            if row.withdrawn_on or row.pk in left:
                raise ValidationError(_("%(name)s has left it already.") % {"name": row})
            left.add(row.pk)
        if entry["do"] != ParticipantMove.LEAVE:
            new = _joining(amendment, entry, row)
            new.full_clean(exclude=["agreement"])
            if _takes_part(amendment, new, left):
                raise ValidationError(_("%(name)s takes part already.") % {"name": new})


def apply(amendment: Amendment, on: date, by: Viewer | None) -> None:
    """Let them join and leave with effect from a day. Raises ValidationError."""
    check(amendment)
    for entry in amendment.parties:
        row = _participant(amendment, entry)
        if row is not None:
            row.withdrawn_on, row.withdrawn_precision = on, Precision.DAY
            row.stamp(by).save()
        if entry["do"] != ParticipantMove.LEAVE:
            new = _joining(amendment, entry, row)
            new.effective_on, new.effective_precision = on, Precision.DAY
            new.stamp(by).full_clean()
            new.save()


def in_words(amendment: Amendment) -> list[str]:
    """Each entry as a sentence."""
    names = {row.pk: str(row) for row in Participant.objects.filter(agreement=amendment.agreement_id)}
    keys = [entry["organisation"] for entry in amendment.parties if entry.get("organisation")]
    others = {row.pk: str(row) for row in Organisation.objects.filter(pk__in=keys)}
    said = []
    for entry in amendment.parties:
        old, new = names.get(entry.get("participant"), ""), others.get(entry.get("organisation"), "")
        text = {
            ParticipantMove.JOIN: gettext("%(new)s joins as %(role)s"),
            ParticipantMove.LEAVE: gettext("%(old)s leaves"),
            ParticipantMove.REPLACE: gettext("%(old)s is replaced by %(new)s"),
        }[ParticipantMove(entry["do"])]
        role = ParticipantRole(entry["role"]).label if entry.get("role") else ""
        said.append(text % {"old": old, "new": new, "role": role})
    return said


def shared(one: Amendment, other: Amendment) -> list[str]:
    """Participants that both amendments move."""
    keys = _moved(one) & _moved(other)
    rows = Participant.objects.filter(pk__in=[pk for kind, pk in keys if kind == "participant"])
    joining = Organisation.objects.filter(pk__in=[pk for kind, pk in keys if kind == "organisation"])
    return [str(row) for row in (*rows.order_by("pk"), *joining.order_by("pk"))]


def _moved(amendment: Amendment) -> set[tuple[str, int]]:
    kinds = ("participant", "organisation")
    return {(kind, entry[kind]) for entry in amendment.parties for kind in kinds if entry.get(kind)}


def _participant(amendment: Amendment, entry: dict[str, Any]) -> Participant | None:
    if entry["do"] == ParticipantMove.JOIN:
        return None
    rows = Participant.objects.live().filter(agreement=amendment.agreement_id)
    found: Participant | None = rows.filter(pk=entry.get("participant") or 0).first()
    if found is None:
        raise ValidationError(_("Say which participant."))
    return found


def _joining(amendment: Amendment, entry: dict[str, Any], before: Participant | None) -> Participant:
    organisation = Organisation.objects.live().filter(pk=entry.get("organisation") or 0).first()
    if organisation is None:
        raise ValidationError(_("Say which organisation joins."))
    role = before.role if before else entry.get("role") or ParticipantRole.PRINCIPAL
    return Participant(agreement=amendment.agreement, organisation=organisation, role=role)


def _takes_part(amendment: Amendment, new: Participant, left: set[int]) -> bool:
    rows = Participant.objects.live().filter(agreement=amendment.agreement_id, withdrawn_on=None)
    return bool(rows.filter(organisation=new.organisation_id, role=new.role).exclude(pk__in=left).exists())
