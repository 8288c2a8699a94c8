"""A manager accepts what an import says was concluded: each draft is submitted and registered, by the table of acts.

The officer who brought the list in submits; another person registers. What was changed since it was imported is not
what the manager was shown: it is left a draft and takes the way of one.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.importing.models import ImportBatch, ImportRow, ImportState, RowFate
from agreements.importing.running import SLICE_SECONDS
from agreements.importing.undoing import is_added_to
from agreements.register.models import Agreement, Step
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from agreements.vocabulary import Stage, ways_of
from partners.refusals import Refused
from partners.viewers import Role, Viewer

AT_ONCE = 50  # rows between two signs of life
REGISTERS = {Stage.SIGNED: "register", Stage.ADOPTED: "adopt", Stage.AGREED: "agree"}


def may_accept(batch: ImportBatch, viewer: Viewer) -> Refused | None:
    """Why the viewer may not accept it; None if nothing speaks against it."""
    if viewer.read_only or viewer.role != Role.MANAGER or not viewer.works_at(batch.desk_id):
        return Refused(_("A manager of its desk accepts an import."))
    if viewer.user_id == batch.user_id or viewer.instead_of(batch.desk_id) == batch.user_id:
        return Refused(_("Someone else must approve what you wrote or submitted yourself."))
    if batch.state != ImportState.WRITTEN:
        return Refused(_("Only what was written can be accepted."))
    if not batch.counts.get("concluded"):
        return Refused(_("Nothing in it is concluded."))
    return None


def accept(batch: ImportBatch, viewer: Viewer, told: Callable[[int], None]) -> None:
    """Register some at a time; the rest in the next run once the time is over."""
    author = batch.user.viewer()
    until = time.monotonic() + SLICE_SECONDS
    while time.monotonic() < until:
        with transaction.atomic():
            if not ImportBatch.objects.filter(pk=batch.pk, state=ImportState.ACCEPTING).locked(skip=True).exists():
                return
            waiting = ImportRow.objects.filter(batch=batch, concludes=True, fate=RowFate.WRITTEN)
            rows = list(waiting.order_by("number")[:AT_ONCE])
            for row in rows:
                _register(row, author, viewer)
            ImportRow.objects.bulk_update(rows, ("fate", "notes", "version"))
            if not rows:
                _end(batch)
                return
        told(ImportRow.objects.filter(batch=batch, concludes=True).exclude(fate=RowFate.WRITTEN).count())
    ImportBatch.objects.filter(pk=batch.pk).update(heard_at=None)


def _register(row: ImportRow, author: Viewer, viewer: Viewer) -> None:
    agreement: Agreement | None = Agreement.objects.filter(pk=row.record_id or 0, archived_at=None).first()
    why = ""
    if agreement is None:
        why = _("it is archived")
    elif agreement.version != row.version or agreement.stage != Stage.DRAFT or is_added_to(agreement, row):
        why = _("it was changed since it was imported: submit it by itself")
    else:
        try:
            with transaction.atomic():
                _by_both(agreement, author, viewer)
        except Refused as no:
            why = no.reason
    if why:
        row.fate = RowFate.LEFT
        row.notes = [*row.notes, {"column": "", "value": agreement.ref if agreement else "", "reason": why}]
        return
    assert agreement
    row.fate, row.version = RowFate.ACCEPTED, agreement.version


def _by_both(agreement: Agreement, author: Viewer, viewer: Viewer) -> None:
    """The author submits, the manager registers what was submitted; both are told of the whole, not of each."""
    way = ways_of(agreement.kind, agreement.legal_regime)[0]
    submitted = perform("submit", agreement, by=author, facts=Facts(on=viewer.on))
    facts = Facts(on=viewer.on, seen=agreement.content_hash())
    registered = perform(REGISTERS[way], agreement, by=viewer, facts=facts)
    Step.objects.filter(pk__in=(submitted.pk, registered.pk)).update(told_at=timezone.now())


def _end(batch: ImportBatch) -> None:
    fates = ImportRow.objects.filter(batch=batch).order_by()
    batch.counts = {
        **batch.counts,
        "accepted": fates.filter(fate=RowFate.ACCEPTED).count(),
        "left": fates.filter(fate=RowFate.LEFT).count(),
    }
    # Where nothing could be registered, nobody has accepted anything: it is still there to be accepted, or taken back.
    if batch.counts["accepted"]:
        batch.state, batch.accepted_at = ImportState.ACCEPTED, timezone.now()
    else:
        fates.filter(fate=RowFate.LEFT).update(fate=RowFate.WRITTEN)
        batch.state = ImportState.WRITTEN
    batch.heard_at = None
    batch.save(update_fields=["counts", "state", "accepted_at", "heard_at"])
