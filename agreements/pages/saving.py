"""Saving an agreement with its participants and commitments: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from agreements.commitments.rules import editing as promises
from agreements.pages.forms import AgreementForm
from agreements.register.models import Agreement
from agreements.register.rules import editing
from agreements.sources import holding
from agreements.sources.held import HeldPaper
from agreements.visibility import may_edit
from partners.folding import fold
from partners.models import Organisation
from partners.naming import free_code
from partners.refusals import Refused
from partners.viewers import Viewer


class ChangedMeanwhile(Exception):
    """Someone saved the agreement after this form was opened. `version` is what it has now."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


@dataclass(frozen=True)
class Attached:
    """A paper at hand, and what was said about it: its kind, its language, who may read it."""

    held: HeldPaper
    said: Mapping[str, str]
    form: str  # a digest of all that is handed in with it: by it the same form is known again


def save(
    form: AgreementForm, participants: Any, commitments: Any, *, by: Viewer, paper: Attached | None = None
) -> Agreement:
    """Save valid forms in one transaction, with the paper beside them.

    Raises ChangedMeanwhile, ValidationError or HandedInAlready, and saves nothing.
    """
    agreement: Agreement = form.instance
    is_new = agreement.pk is None
    try:
        with transaction.atomic():
            held = _claimed(paper, by)  # first: of two clicks one waits here, and then finds what the other has made
            _save(form, participants, commitments, by)
            if paper and held:
                holding.hand_in(held, agreement, paper.said, by=by)
    except ValidationError:
        if is_new:
            # What was rolled back is not there: the form stands for a new agreement again.
            agreement.pk, agreement.ref, agreement._state.adding = None, "", True
        raise
    return agreement


def _claimed(paper: Attached | None, by: Viewer) -> HeldPaper | None:
    try:
        return holding.claim(paper.held, paper.form, by=by) if paper else None
    except Refused as no:
        raise ValidationError(no.reason) from None


def _save(form: AgreementForm, participants: Any, commitments: Any, by: Viewer) -> None:
    agreement, sectors = form.instance, form.cleaned_data["sectors"]
    made = _add_organisations(participants, by)
    if agreement.pk is None:
        participants.instance = agreement
        editing.log(agreement, participants.save(commit=False), by=by, on=by.on, sectors=sectors)
    else:
        _catch_up(agreement, form.cleaned_data["seen_version"], participants, commitments, by=by)
        editing.correct(agreement, by=by, because=form.cleaned_data.get("because", ""), sectors=sectors)
        for participant in _changed(participants, agreement, by):
            participant.stamp(by).save()
    promised = _changed(commitments, agreement, by)
    for commitment in promised:
        if name := getattr(commitment, "new_partner", ""):
            commitment.partner_owner = made.get(name)
    promises.save(promised, by=by, on=by.on, because=form.cleaned_data.get("because", ""))


def _catch_up(agreement: Agreement, seen_version: int, *rows: Any, by: Viewer) -> None:
    """Lock the agreement, and refuse where somebody was faster, with its text or with its stage."""
    now = Agreement.objects.locked().get(pk=agreement.pk)
    if now.version != seen_version:
        raise ChangedMeanwhile(now.version)
    if not may_edit(by, desk_id=now.desk_id, stage=now.stage):
        raise ValidationError(promises.CLOSED)
    agreement.stage, agreement.version = now.stage, now.version
    for some in rows:
        _check_versions(some)


def _check_versions(rows: Any) -> None:
    """Rows are changed on pages of their own too, under the same lock: none may be newer than what was seen."""
    known = [form for form in rows.forms if form.instance.pk]
    now = dict(rows.model.objects.filter(pk__in=[f.instance.pk for f in known]).values_list("pk", "version"))
    for form in known:
        if form.has_changed() and now.get(form.instance.pk) != form.cleaned_data["seen_version"]:
            raise ChangedMeanwhile(now.get(form.instance.pk, 0))


def _add_organisations(participants: Any, by: Viewer) -> dict[str, Organisation]:
    """Save the organisations that were typed in for the first time, by their folded names; one typed twice is one."""
    made: dict[str, Organisation] = {}
    for form in participants.forms:
        new = getattr(form.instance, "new_organisation", None)
        if new is None or form in participants.deleted_forms:
            continue
        key = fold(new.name_vi)
        if key not in made:
            new.code = free_code(new.name_vi)
            new.stamp(by).save()
            made[key] = new
        form.instance.organisation = form.cleaned_data["organisation"] = made[key]
    return made


def _changed(rows: Any, agreement: Agreement, by: Viewer) -> list[Any]:
    """The new and changed rows of a formset, not saved yet; what was taken out of it is archived."""
    rows.instance = agreement
    changed: list[Any] = rows.save(commit=False)
    # What leaves goes first: it may come back in another row.
    for record in rows.deleted_objects:
        record.archived_at, record.archived_because = timezone.now(), "taken out of the form"
        record.stamp(by).save()
    for record in changed:
        record.agreement = agreement
    return changed
