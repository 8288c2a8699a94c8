"""Taking an import back: what it made is archived, what it changed is put back, where nobody has touched it since."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.acts import Act
from agreements.importing.models import ImportBatch, ImportPartner, ImportRow, ImportState, RowFate
from agreements.importing.running import AT_ONCE, SLICE_SECONDS, reason_of
from agreements.register.models import Agreement, Participant
from agreements.register.rules import editing, steps
from agreements.register.rules.lifecycle import put
from agreements.visibility import may_edit
from agreements.vocabulary import Stage
from partners.refusals import Refused
from partners.viewers import Role, Viewer

UNDOABLE = (ImportState.WRITTEN, ImportState.ACCEPTED, ImportState.FAILED)
ITS_OWN = (RowFate.WRITTEN, RowFate.ACCEPTED)


def may_undo(batch: ImportBatch, viewer: Viewer) -> Refused | None:
    """Why the viewer may not take it back; None if nothing speaks against it."""
    if viewer.read_only or not viewer.works_at(batch.desk_id):
        return Refused(_("Your role does not do this."))
    if viewer.user_id != batch.user_id and viewer.role != Role.MANAGER:
        return Refused(_("Who brought it in takes it back, or a manager of its desk."))
    if batch.state not in UNDOABLE or not ImportRow.objects.filter(batch=batch, fate__in=ITS_OWN).exists():
        return Refused(_("Only what was written can be taken back."))
    return None


def undo(batch: ImportBatch, viewer: Viewer, told: Callable[[int], None]) -> None:
    """Take back some hundred rows at a time, the last ones first; the rest in the next run once the time is over."""
    until = time.monotonic() + SLICE_SECONDS
    while time.monotonic() < until:
        with transaction.atomic():
            if not ImportBatch.objects.filter(pk=batch.pk, state=ImportState.UNDOING).locked(skip=True).exists():
                return
            waiting = ImportRow.objects.filter(batch=batch, fate__in=ITS_OWN)
            rows = list(waiting.order_by("-number")[:AT_ONCE])
            for row in rows:
                _take_back(batch, row, viewer)
            ImportRow.objects.bulk_update(rows, ("fate", "notes"))
            if not rows:
                _end(batch)
                return
        told(ImportRow.objects.filter(batch=batch, fate__in=(RowFate.UNDONE, RowFate.LEFT)).count())
    ImportBatch.objects.filter(pk=batch.pk).update(heard_at=None)


def _take_back(batch: ImportBatch, row: ImportRow, viewer: Viewer) -> None:
    agreement: Agreement | None = Agreement.objects.locked().filter(pk=row.record_id).first()
    if why := _why_not(agreement, row, viewer):
        row.fate = RowFate.LEFT
        row.notes = [*row.notes, {"column": "", "value": agreement.ref if agreement else "", "reason": str(why)}]
        return
    assert agreement
    try:
        with transaction.atomic():
            (_archive if row.before is None else _put_back)(batch, row, agreement, viewer)
    except ValidationError as wrong:
        row.fate = RowFate.LEFT
        row.notes = [*row.notes, {"column": "", "value": agreement.ref, "reason": " ".join(wrong.messages)}]
    else:
        row.fate = RowFate.UNDONE


def _why_not(agreement: Agreement | None, row: ImportRow, viewer: Viewer) -> Any:
    if agreement is None or agreement.archived_at:
        return _("it is archived")
    if row.before is None and agreement.stage != Stage.DRAFT:
        return _("it is no draft any more")
    if not may_edit(viewer, desk_id=agreement.desk_id, stage=agreement.stage):
        return _("you may not change it")
    if agreement.version != row.version or is_added_to(agreement, row):
        return _("somebody has changed it since")
    return None


def is_added_to(agreement: Agreement, row: ImportRow) -> bool:
    """Whether somebody wrote in what belongs to it since the import made it."""
    if row.before is not None:
        return False
    changed = Participant.objects.filter(agreement=agreement, version__gt=1).exists()
    others: Any = agreement.authorships.exclude(kind__in=("agreement", "participant", "agreementsector"))
    return bool(changed or others.exists())


def _archive(batch: ImportBatch, row: ImportRow, agreement: Agreement, viewer: Viewer) -> None:
    reason = _("Import taken back: %(where)s") % {"where": reason_of(batch, row.number)}
    values = {"archived_at": timezone.now(), "archived_because": reason[:300]}
    # Whoever took the import back knows; nobody is told of each of its rows.
    steps.write(
        Act.ARCHIVE, agreement, viewer, from_stage=agreement.stage, to_stage=agreement.stage, reason=reason,
        before=put(agreement, values), told_at=timezone.now(),
    )  # fmt: skip


def _put_back(batch: ImportBatch, row: ImportRow, agreement: Agreement, viewer: Viewer) -> None:
    kept = row.before or {}
    for name, value in kept["values"].items():
        field = agreement._meta.get_field(name)
        setattr(agreement, getattr(field, "attname", name), field.to_python(value) if value is not None else None)  # type: ignore[union-attr]  # columns of its own
    for participant in Participant.objects.filter(pk__in=[*kept["came"], *kept["went"]], agreement=agreement):
        came = participant.pk in kept["came"]
        participant.archived_at = timezone.now() if came else None
        participant.archived_because = _("Import taken back") if came else ""
        participant.stamp(viewer).save()
    reason = _("Import taken back: %(where)s") % {"where": reason_of(batch, row.number)}
    because = reason if agreement.stage != Stage.DRAFT else ""
    editing.correct(agreement, by=viewer, because=because, sectors=kept["sectors"])


def _end(batch: ImportBatch) -> None:
    """Partners that it made and that nothing names are archived with it."""
    for row in ImportPartner.objects.filter(batch=batch, is_made=True).select_related("organisation"):
        made = row.organisation
        if made and not made.archived_at and made.version == 1 and not _is_named(made):
            made.archived_at, made.archived_because = timezone.now(), _("Import taken back")
            made.stamp(None).save()
    fates = ImportRow.objects.filter(batch=batch).order_by()
    batch.counts = {
        **batch.counts,
        "undone": fates.filter(fate=RowFate.UNDONE).count(),
        "left": fates.filter(fate=RowFate.LEFT).count(),
    }
    batch.state, batch.undone_at, batch.heard_at = ImportState.UNDONE, timezone.now(), None
    batch.save(update_fields=["counts", "state", "undone_at", "heard_at"])


def _is_named(made: Any) -> bool:
    """Whether an agreement that is not archived names it, or anything else hangs on it."""
    if made.participations.filter(archived_at=None, agreement__archived_at=None).exists():
        return True
    aside = (Participant, ImportPartner, made.events.model)
    hanging = (relation for relation in made._meta.related_objects if relation.related_model not in aside)
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: made}).exists() for relation in hanging
    )
