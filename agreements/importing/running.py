"""Writing what the dry run showed: some rows at a time, through the register's own rules, each row once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.acts import Act
from agreements.importing.checking import unknown_in
from agreements.importing.choices import Becomes
from agreements.importing.models import ImportBatch, ImportPartner, ImportRow, ImportState, RowFate, RowOutcome
from agreements.importing.parties import Named
from agreements.importing.planning import Planned, Planner
from agreements.importing.plans import Party
from agreements.register.models import Agreement, Participant
from agreements.register.rules import editing
from agreements.vocabulary import Stage
from partners.inserting import insert_together
from partners.models import Organisation
from partners.models.organisations import OrganisationKind
from partners.naming import free_codes
from partners.refusals import Refused
from partners.viewers import Viewer

AT_ONCE = 200  # rows in one transaction
SLICE_SECONDS = 60  # then the next ring of the bell goes on
MOST_WHOLE = 20_000  # rows that are written in one transaction, all or none
WRITTEN_AS = (RowOutcome.CREATE, RowOutcome.UPDATE)
# By which words in its name the kind of an organisation is known.
KIND_WORDS = {
    OrganisationKind.ACADEMIC: (
        "universi", "college", "institut", "academy", "school", "đại học", "học viện", "hochschule",
    ),
    OrganisationKind.MINISTRY: ("ministry", "bộ ", "ministère", "department of state"),
    OrganisationKind.COMPANY: ("ltd", " inc", "corp", "gmbh", "co.,", "công ty", "company", "llc", "s.a."),
    OrganisationKind.ASSOCIATION: ("association", "hiệp hội", "federation", "society", "foundation", "council"),
}  # fmt: skip
TAKEN_OUT = "taken out of the list"


class NotAll(Exception):
    """A row was refused where all were to be written, or none."""


def reason_of(batch: ImportBatch, number: int) -> str:
    """Where a record comes from, for its history."""
    return f"{batch.file_name}, {number}"


def write(batch: ImportBatch, viewer: Viewer, told: Callable[[int], None]) -> None:
    """Write the rows that are to be written; leave the rest for the next run once the time is over."""
    if batch.mapping.get("whole"):
        _write_whole(batch, viewer)
        return
    until = time.monotonic() + SLICE_SECONDS
    writer = Writer(batch, viewer)
    while time.monotonic() < until:
        with transaction.atomic():
            if not _is_still(batch, ImportState.WRITING):
                return
            written = writer.write_some()
        if not written:
            _end(batch)
            return
        told(_done(batch))
    ImportBatch.objects.filter(pk=batch.pk).update(heard_at=None)


def _write_whole(batch: ImportBatch, viewer: Viewer) -> None:
    try:
        with transaction.atomic():
            if not _is_still(batch, ImportState.WRITING):
                return
            writer = Writer(batch, viewer)
            while writer.write_some():
                if writer.refused:
                    raise NotAll
            _end(batch)
    except NotAll:
        error = _("A row was refused, so nothing was written: check the file again.")
        ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.CHECKED, error=error, heard_at=None)


def _is_still(batch: ImportBatch, state: ImportState) -> bool:
    """Whether nobody else works on it: its row is held until the transaction ends."""
    return ImportBatch.objects.filter(pk=batch.pk, state=state).locked(skip=True).exists()


def _open(batch: ImportBatch) -> Any:
    return ImportRow.objects.filter(batch=batch, outcome__in=WRITTEN_AS, fate="").order_by("number")


def _done(batch: ImportBatch) -> int:
    return ImportRow.objects.filter(batch=batch, outcome__in=WRITTEN_AS).exclude(fate="").count()


def _end(batch: ImportBatch) -> None:
    fates = ImportRow.objects.filter(batch=batch, outcome__in=WRITTEN_AS).order_by()
    batch.counts = {
        **batch.counts,
        "written": fates.filter(fate=RowFate.WRITTEN).count(),
        "refused": fates.filter(fate=RowFate.REFUSED).count(),
        "concluded": fates.filter(concludes=True).count(),
    }
    batch.state, batch.written_at, batch.heard_at, batch.error = ImportState.WRITTEN, timezone.now(), None, ""
    batch.done = batch.total = fates.count()
    batch.save(update_fields=["counts", "state", "written_at", "heard_at", "done", "total", "error"])
    batch.put_file_away()


class Writer:
    """Writes some rows at a time, with what is known of countries and organisations at the beginning."""

    def __init__(self, batch: ImportBatch, viewer: Viewer) -> None:
        self.batch, self.viewer = batch, viewer
        self.planner = Planner(batch, viewer)
        self.organisations: dict[int, Organisation] = {}
        self.refused = 0

    def write_some(self) -> int:
        """How many rows were dealt with; 0 once none is left."""
        rows = list(_open(self.batch)[:AT_ONCE])
        if not rows:
            return 0
        planned = self.planner.plan(rows)
        fit = [one for one in planned if one.plan.outcome in WRITTEN_AS and not one.plan.faults]
        for one in planned:
            if one not in fit:
                self._refuse(one)
        self._make_partners(fit)
        self._create([one for one in fit if one.plan.outcome == RowOutcome.CREATE])
        for one in fit:
            if one.plan.outcome == RowOutcome.UPDATE:
                self._alone(self._update, one)
        kept = ("fate", "record_id", "version", "before", "faults", "key", "concludes")
        ImportRow.objects.bulk_update(rows, kept)
        return len(rows)

    def _refuse(self, one: Planned, wrong: Exception | None = None) -> None:
        """What was right when it was looked at, and is so no more."""
        self.refused += 1
        row, plan = one.row, one.plan
        if isinstance(wrong, ValidationError):
            self.planner.explain(plan, wrong)
        elif not plan.faults:
            reason = wrong.reason if isinstance(wrong, Refused) else _("It has changed since the file was checked.")
            plan.fault("", "", reason, _("Check the file again."))
        row.fate, row.faults, row.outcome = RowFate.REFUSED, plan.faults, row.outcome

    # --- partners --------------------------------------------------------------------------------------------------
    def _make_partners(self, fit: Sequence[Planned]) -> None:
        """Make whoever is named for the first time, once, and put them into the plans."""
        decided = self.planner.directory.decided
        new = {named.key: named for one in fit for named in unknown_in(one) if named.key not in decided}
        if new:
            decided |= self._made(new)
        for one in fit:
            if one.plan.parties:
                one.plan.parties = [self._known(party) for party in one.plan.parties]
            if one.changes:
                one.changes.coming = [self._known(party) for party in one.changes.coming]
        wanted = {
            party.named.organisation for one in fit for party in one.plan.parties or ()
        } - self.organisations.keys()
        rows = Organisation.objects.visible_to(self.viewer).select_related("country").in_bulk(wanted - {None})
        self.organisations |= rows

    def _known(self, party: Party) -> Party:
        if party.named.organisation:
            return party
        pk = self.planner.directory.decided[party.named.key]
        return replace(party, named=replace(party.named, organisation=pk))

    def _made(self, new: Mapping[str, Named]) -> dict[str, int]:
        """Organisations for names that nobody here is called, by the keys of these."""
        made = {key: self._organisation(named) for key, named in new.items()}
        codes = free_codes([one.name_en for one in made.values()])
        for organisation, code in zip(made.values(), codes, strict=True):
            organisation.code = code
            organisation.stamp(self.viewer)
        insert_together(list(made.values()), are_unique=True)
        rows = {row.key: row for row in ImportPartner.objects.filter(batch=self.batch, key__in=new)}
        for key, organisation in made.items():
            row = rows.get(key) or ImportPartner(batch=self.batch, key=key, name=organisation.name_en)
            row.organisation, row.is_made, row.country = organisation, True, organisation.country
            rows[key] = row
        ImportPartner.objects.bulk_create([row for row in rows.values() if row.pk is None])
        ImportPartner.objects.bulk_update(
            [row for row in rows.values() if row.pk is not None], ("organisation", "is_made", "country")
        )
        return {key: int(organisation.pk) for key, organisation in made.items()}

    def _organisation(self, named: Named) -> Organisation:
        country = self.planner.directory.countries.get(named.country)
        if named.is_government and country:
            return Organisation(
                country=country, kind=OrganisationKind.GOVERNMENT, name_vi=f"Chính phủ {country.name_vi}",
                name_en=f"Government of {country.name_en}",
            )  # fmt: skip
        # Names of organisations are proper names; which language they are in is not known.
        return Organisation(country=country, kind=_kind_of(named.name), name_en=named.name)

    # --- agreements ------------------------------------------------------------------------------------------------
    def _create(self, new: list[Planned]) -> None:
        """All together; where one of them is refused, one after the other."""
        if not new:
            return
        entries = [self._entry(one) for one in new]
        try:
            with transaction.atomic():
                editing.log_many(entries, by=self.viewer, on=self.viewer.on, act=Act.IMPORT)
        except (ValidationError, IntegrityError, DataError):
            for one in new:
                self._alone(self._create_alone, one)
            return
        for one, entry in zip(new, entries, strict=True):
            self._note(one, entry.agreement)

    def _entry(self, one: Planned) -> editing.Entry:
        plan = one.plan
        parties = [
            Participant(
                organisation=self.organisations[party.named.organisation or 0], role=party.role,
                signatory=party.signatory,
            )
            for party in plan.parties or ()
        ]  # fmt: skip
        return editing.Entry(self.planner.made(plan), parties, plan.sectors or (), reason_of(self.batch, plan.number))

    def _create_alone(self, one: Planned) -> None:
        entry = self._entry(one)
        editing.log_many([entry], by=self.viewer, on=self.viewer.on, act=Act.IMPORT)
        self._note(one, entry.agreement)

    def _alone(self, work: Callable[[Planned], None], one: Planned) -> None:
        try:
            with transaction.atomic():
                work(one)
        except (ValidationError, IntegrityError, DataError, Refused) as wrong:
            self._refuse(one, wrong)

    @staticmethod
    def _note(one: Planned, agreement: Agreement) -> None:
        row = one.row
        row.fate, row.record_id, row.version, row.key = RowFate.WRITTEN, agreement.pk, agreement.version, one.plan.key
        row.concludes = one.plan.outcome == RowOutcome.CREATE and one.plan.becomes == Becomes.CONCLUDED

    def _update(self, one: Planned) -> None:
        changes = one.changes
        assert changes and one.record
        agreement: Agreement = Agreement.objects.locked().get(pk=one.record.pk)
        if agreement.version != one.record.version:
            raise Refused(_("It has changed since the file was checked."))
        before = {name: _plain(getattr(agreement, name)) for name in changes.values}
        for name, value in changes.values.items():
            setattr(agreement, name, value)
        sectors = list(agreement.sectors.values_list("pk", flat=True)) if changes.sectors is not None else None
        because = reason_of(self.batch, one.plan.number) if agreement.stage != Stage.DRAFT else ""
        came = self._take_part(agreement, changes.coming)
        for participant in changes.going:
            participant.archived_at, participant.archived_because = timezone.now(), TAKEN_OUT
            participant.stamp(self.viewer).save()
        editing.correct(agreement, by=self.viewer, because=because, sectors=changes.sectors)
        agreement.refresh_from_db(fields=["version"])
        self._note(one, agreement)
        went = [participant.pk for participant in changes.going]
        one.row.before = {"values": before, "came": came, "went": went, "sectors": sectors}

    def _take_part(self, agreement: Agreement, coming: Iterable[Party]) -> list[int]:
        found = []
        for party in coming:
            organisation = self.organisations[party.named.organisation or 0]
            new = Participant(
                agreement=agreement, organisation=organisation, signatory=party.signatory, role=party.role
            )
            new.stamp(self.viewer).full_clean()
            new.save()
            found.append(int(new.pk))
        return found


def _plain(value: Any) -> Any:
    """A value fit for JSON."""
    if hasattr(value, "pk"):
        return value.pk
    return value.isoformat() if hasattr(value, "isoformat") else value


def _kind_of(name: str) -> str:
    """What an organisation is, where its name says so."""
    said = name.lower()
    return next((kind for kind, words in KIND_WORDS.items() if any(word in said for word in words)), "other")
