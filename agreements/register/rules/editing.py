"""Writing an agreement: entering it in the register, and correcting what is recorded of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from agreements.acts import Act
from agreements.register.models import Agreement, Participant, Step
from agreements.register.rules import steps
from agreements.register.rules.references import known_year, next_reference, next_references, one_by_one
from partners.inserting import insert_together
from partners.models import Sector
from partners.viewers import Viewer


def log(
    agreement: Agreement, participants: Sequence[Participant] = (), *, by: Viewer | None, on: date,
    sectors: Iterable[Sector] = (), act: Act = Act.LOG,
) -> Step:  # fmt: skip
    """Enter a new agreement in the register with its participants and sectors, in the caller's transaction.

    It gets a reference, unless a data file brings one, and whoever logs it keeps it. Raises ValidationError.
    """
    if is_ours := not agreement.ref:
        one_by_one(agreement)
        organisations = [participant.organisation for participant in participants]
        agreement.ref = next_reference(organisations, known_year(agreement, on))
    _begin(agreement, by)
    insert_together([agreement.stamp(by)], are_unique=is_ours)
    if sectors:
        agreement.sectors.set(sectors)
    for participant in participants:
        participant.agreement = agreement
        participant.stamp(by)
    _take_part(participants)
    return steps.write(act, agreement, by, on=on, to_stage=agreement.stage)


@dataclass(frozen=True)
class Entry:
    """A new agreement with what belongs to it, for those who log many; each participant in a role once."""

    agreement: Agreement
    participants: Sequence[Participant]
    sectors: Sequence[Sector] = ()
    reason: str = ""


def log_many(entries: Sequence[Entry], *, by: Viewer, on: date, act: Act) -> None:
    """`log` for many new agreements of one kind of act: a statement for each kind of row. Raises ValidationError.

    Nothing follows from a new agreement that has no commitments yet.
    """
    refs = next_references(
        [([one.organisation for one in entry.participants], known_year(entry.agreement, on)) for entry in entries]
    )
    for entry, ref in zip(entries, refs, strict=True):
        entry.agreement.ref = ref
        _begin(entry.agreement, by)
    insert_together([entry.agreement.stamp(by) for entry in entries], are_unique=True)
    for entry in entries:
        if entry.sectors:
            entry.agreement.sectors.set(entry.sectors)
    participants = [_of(entry.agreement, one, by) for entry in entries for one in entry.participants]
    if participants:
        insert_together(participants, are_unique=True)
    for entry in entries:
        if entry.agreement.effect_rule and entry.participants:
            entry.participants[0].follow()
    Step.objects.bulk_create(
        steps.draft(act, entry.agreement, by, on=on, to_stage=entry.agreement.stage, reason=entry.reason)
        for entry in entries
    )


def _begin(agreement: Agreement, by: Viewer | None) -> None:
    """Whoever logs it keeps it."""
    if by and agreement.owner_id is None:
        agreement.owner_id = by.user_id
    if by and agreement.parent and agreement.parent.restricted:
        # What hangs under a paper of one desk only begins as such. A data file says so itself, or says otherwise.
        agreement.restricted = True


def _of(agreement: Agreement, participant: Participant, by: Viewer) -> Participant:
    participant.agreement = agreement
    return participant.stamp(by)


def _take_part(participants: Sequence[Participant]) -> None:
    """Save those of a new agreement, at once where each is there once. Raises ValidationError."""
    if len({(one.organisation_id, one.role) for one in participants}) == len(participants) > 1:
        insert_together(participants, are_unique=True)
        if participants[0].agreement.effect_rule:
            participants[0].follow()
        return
    for participant in participants:
        participant.full_clean()
        participant.save()


def correct(
    agreement: Agreement, *, by: Viewer, because: str = "", sectors: Iterable[Sector] | None = None
) -> Step | None:
    """Save what somebody has changed in an agreement whose row is locked. Of a signed paper the reason is a Step."""
    _save(agreement, by, sectors)
    if because:
        return steps.write(Act.CORRECT, agreement, by, to_stage=agreement.stage, reason=because)
    steps.changed.send(Agreement, agreement=agreement, on=by.on)
    return None


def set_lead_days(agreement: Agreement, days: Sequence[int] | None, *, by: Viewer) -> None:
    """Set the agreement's own days of being reminded; None leaves them to the rules."""
    with transaction.atomic():
        locked: Agreement = Agreement.objects.locked().get(pk=agreement.pk)
        locked.lead_days = list(days) if days else None
        locked.stamp(by).save(update_fields=("lead_days", "updated_by", "updated_at", "version"))


def _save(agreement: Agreement, by: Viewer | None, sectors: Iterable[Sector] | None) -> None:
    agreement.stamp(by).full_clean()
    agreement.save()
    if sectors is not None:
        agreement.sectors.set(sectors)
