"""Saving an agreement with its participants and commitments: all of it, or nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from agreements.commitments import delivery
from agreements.dossier.forms import AgreementForm
from agreements.register.lifecycle import sign_step
from agreements.register.models import Agreement, Step
from agreements.register.references import next_reference
from partners.folding import fold
from partners.models import Organisation, User
from partners.naming import free_code
from partners.viewers import Viewer


class ChangedMeanwhile(Exception):
    """Someone saved the agreement after this form was opened. `version` is what it has now."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


def save(form: AgreementForm, participants: Any, commitments: Any, *, by: User, viewer: Viewer) -> Agreement:
    """Save valid forms in one transaction. Raises ChangedMeanwhile and saves nothing."""
    agreement: Agreement = form.instance
    with transaction.atomic():
        is_new = agreement.pk is None
        _add_organisations(participants, by)
        if is_new:
            agreement.ref = next_reference(_organisations(participants), (agreement.signed_on or viewer.on).year)
            agreement.owner = by
        else:
            now = Agreement.objects.locked().get(pk=agreement.pk)
            if now.version != form.cleaned_data["seen_version"]:
                raise ChangedMeanwhile(now.version)
            agreement.stage, agreement.version = now.stage, now.version
            for rows in (participants, commitments):
                _check_versions(rows)
        agreement.stamp(by)
        form.save()
        _save_rows(participants, agreement, by)
        _save_rows(commitments, agreement, by)
        because = form.cleaned_data.get("because", "")
        if is_new or because:
            name = "log" if is_new else "correct"
            step = Step(agreement=agreement, name=name, to_stage=agreement.stage, on=viewer.on, reason=because)
            sign_step(step, viewer).save()
    return agreement


def _check_versions(rows: Any) -> None:
    """Rows are changed on pages of their own too, under the same lock: none may be newer than what was seen."""
    known = [form for form in rows.forms if form.instance.pk]
    now = dict(rows.model.objects.filter(pk__in=[f.instance.pk for f in known]).values_list("pk", "version"))
    for form in known:
        if form.has_changed() and now.get(form.instance.pk) != form.cleaned_data["seen_version"]:
            raise ChangedMeanwhile(now.get(form.instance.pk, 0))


def _organisations(participants: Any) -> list[Organisation]:
    kept = [row for row in participants.cleaned_data if row and not row.get("DELETE")]
    return [row["organisation"] for row in kept if row.get("organisation")]


def _add_organisations(participants: Any, by: User) -> None:
    """Save the organisations that were typed in for the first time; one typed twice is one."""
    made: dict[str, Organisation] = {}
    for form in participants.forms:
        new = getattr(form.instance, "new_organisation", None)
        if new is None or form in participants.deleted_forms:
            continue
        key = fold(new.name_vi)
        if key not in made:
            new.code = free_code(new.name_vi)
            new.stamp(by)
            new.save()
            made[key] = new
        form.instance.organisation = form.cleaned_data["organisation"] = made[key]


def _save_rows(rows: Any, agreement: Agreement, by: User) -> None:
    rows.instance = agreement
    changed = rows.save(commit=False)
    # What leaves goes first: it may come back in another row.
    for record in rows.deleted_objects:
        record.archived_at = timezone.now()
        record.archived_because = "taken out of the form"
        record.stamp(by)
        record.save()
    for record in changed:
        record.agreement = agreement
        if record.pk is None and hasattr(record, "number"):
            delivery.number(record)
            record.owner = by
        elif hasattr(record, "number"):
            delivery.keep_baseline(record)
        record.stamp(by)
        record.save()
