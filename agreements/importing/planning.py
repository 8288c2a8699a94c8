"""From rows to plans: read, matched and held to the rules of the register, some hundred at a time.

The dry run and the writing both take this way, so that what was shown is what is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.dateinput import keep
from agreements.exchange.tables import unsafe
from agreements.importing.choices import Becomes, Lists
from agreements.importing.comparing import EDGES, Changes, compare, refuse_told, untouched
from agreements.importing.matching import Matcher
from agreements.importing.models import ImportBatch, ImportPartner, ImportRow, RowOutcome
from agreements.importing.parties import Directory
from agreements.importing.plans import Plan
from agreements.importing.values import Reader
from agreements.register.models import Agreement
from agreements.visibility import may_edit
from agreements.vocabulary import Stage, ways_of
from partners.viewers import Viewer

CORRECT = gettext_lazy("Correct the cell.")
NOT_GIVEN_YET = "XX-ND-00"  # a reference, while a row is only looked at
# Where what is wrong with a column of the register stands in the sheet.
SAID_BY = {
    "signed_on": ("signed",), "effective_on": ("effective", "term"), "expires_on": ("expires", "term"),
    "announced_on": ("announced",), "title_vi": ("title_vi", "title"), "title_en": ("title_en", "title"),
    "summary_vi": ("summary_vi", "summary"), "summary_en": ("summary_en", "summary"), "kind": ("kind",),
    "renewal_months": ("renewal", "term"), "term_months": ("term", "expires"), "authentic_languages": ("languages",),
    "occasion_vi": ("occasion",), "occasion_en": ("occasion",), "legal_regime": ("regime",),
}  # fmt: skip


@dataclass
class Planned:
    """A row with its plan, and what it changes of a record that is there."""

    row: ImportRow
    plan: Plan
    record: Agreement | None = None
    changes: Changes | None = None


class Planner:
    """Plans rows of one batch with its owner's eyes, as they are at this moment."""

    def __init__(self, batch: ImportBatch, viewer: Viewer) -> None:
        self.batch, self.viewer = batch, viewer
        self.directory = Directory.of(viewer)
        chosen = ImportPartner.objects.filter(batch=batch, organisation__isnull=False)
        self.directory.decided = dict(chosen.values_list("key", "organisation_id"))
        self.reader = Reader(batch.headers, batch.mapping, self.directory, Lists(viewer))
        self.matcher = Matcher(batch, viewer)
        self.is_own = bool(batch.mapping.get("own"))
        self.clears = bool(batch.mapping.get("blank_clears"))

    def plan(self, rows: Sequence[ImportRow]) -> list[Planned]:
        cells = {row.number: [unsafe(cell) for cell in row.cells] if self.is_own else row.cells for row in rows}
        keys = {row.number: self._key(cells[row.number]) for row in rows}
        known = self.matcher.by_ref(list(keys.values())) if self.matcher.by == "ref" else {}
        planned = []
        for row in rows:
            record = known.get(keys[row.number].strip().upper()) if self.is_own else None
            same = untouched(self.batch, cells[row.number], record) if record else set()
            planned.append((Planned(row, self.reader.read(row.number, cells[row.number], same)), same))
        found = self.matcher.match([(one.plan, keys[one.plan.number]) for one, _same in planned], known)
        for one, same in planned:
            one.record = found.get(one.plan.number)
            if one.plan.outcome == RowOutcome.SKIPPED:
                continue
            if one.record:
                self._update(one, self._emptied(cells[one.plan.number], same))
            elif one.plan.outcome != RowOutcome.DOUBLE:
                self._create(one.plan)
            if one.plan.faults:
                one.plan.outcome = RowOutcome.FAULT
        return [one for one, _same in planned]

    def _key(self, cells: Sequence[str]) -> str:
        places = self.reader.places.get(self.matcher.by, ())
        return next((cells[place] for place in places if place < len(cells)), "")

    def _emptied(self, cells: Sequence[str], same: set[int]) -> list[str]:
        if not self.clears:
            return []
        places = ((place, name) for place, name in self.reader.columns.items() if place not in same)
        return [name for place, name in places if place >= len(cells) or not cells[place]]

    # --- new ones --------------------------------------------------------------------------------------------------
    def _create(self, plan: Plan) -> None:
        if not (plan.values.get("title_vi") or plan.values.get("title_en") or plan.faults):
            plan.fault(
                self._heading("title", "title_en", "title_vi"),
                "",
                _("It has no title."),
                _("Give one in either language."),
            )
        agreement = self.made(plan)
        if agreement.signed and agreement.signed.first_day > self.viewer.on:
            heading = self._heading("signed")
            plan.fault(heading, str(agreement.signed), _("The date of signing lies in the future."), CORRECT)
        self._hold_to_rules(plan, agreement)
        if plan.becomes == Becomes.CONCLUDED and not plan.faults:
            self._may_be_concluded(plan)

    def made(self, plan: Plan) -> Agreement:
        """A new agreement as the row has it, not saved."""
        agreement = Agreement(desk=self.batch.desk, **plan.written())
        for name, day in plan.dates.items():
            keep(agreement, f"{name}_on", f"{name}_precision", EDGES[name], day)
        return agreement

    def _may_be_concluded(self, plan: Plan) -> None:
        """What a manager could not register stays a draft, and says why."""
        ways = ways_of(plan.values.get("kind", ""), plan.values.get("legal_regime", "international_agreement"))
        if Stage.AGREED not in ways and not plan.dates.get("signed"):
            plan.becomes = Becomes.DRAFT
            plan.note(self._heading("signed", "status"), "", _("no day of signing: it stays a draft until it has one"))
        elif plan.parties is None or {party.is_ours for party in plan.parties} != {True, False}:
            plan.becomes = Becomes.DRAFT
            plan.note(self._heading("ours", "party", "partner"), "", _("one side is missing: it stays a draft"))

    def _hold_to_rules(self, plan: Plan, agreement: Agreement) -> None:
        """What the register itself refuses, beside the column that says it."""
        agreement.ref = agreement.ref or NOT_GIVEN_YET
        agreement._checks_hold = agreement._is_unique = True
        try:
            agreement.full_clean()
        except ValidationError as wrong:
            self.explain(plan, wrong)
        finally:
            agreement._checks_hold = agreement._is_unique = False

    def explain(self, plan: Plan, wrong: ValidationError) -> None:
        said = wrong.message_dict if hasattr(wrong, "error_dict") else {"": wrong.messages}
        for column, reasons in said.items():
            heading = self._heading(*SAID_BY.get(column, (column,)))
            day = plan.dates.get(column.removesuffix("_on"))
            for reason in reasons:
                plan.fault(heading, str(day or plan.values.get(column, "")), reason, CORRECT)

    def _heading(self, *names: str) -> str:
        places = (self.reader.places[name][0] for name in names if name in self.reader.places)
        return next((self.batch.headers[place] for place in places), "")

    # --- those that are there --------------------------------------------------------------------------------------
    def _update(self, one: Planned, emptied: list[str]) -> None:
        plan, record = one.plan, one.record
        assert record
        plan.record_id = record.pk
        if self.is_own:
            refuse_told(self.batch, plan, record)
        changes = compare(self.batch, plan, record, emptied=emptied)
        one.changes = changes
        if not changes:
            plan.outcome = RowOutcome.SAME
            return
        plan.outcome = RowOutcome.UPDATE
        if not may_edit(self.viewer, desk_id=record.desk_id, stage=record.stage):
            plan.fault(
                "", record.ref, self._why_not(record),
                _("Take the row out, or ask who may; what is under review is returned first."),
            )  # fmt: skip
        self._hold_changed_to_rules(plan, record, changes)

    def _why_not(self, record: Agreement) -> str:
        if not self.viewer.works_at(record.desk_id):
            return _("This agreement belongs to another desk.")
        return _("At stage “%(stage)s” you may not change it.") % {"stage": record.get_stage_display()}

    def _hold_changed_to_rules(self, plan: Plan, record: Agreement, changes: Changes) -> None:
        before = {name: getattr(record, name) for name in changes.values}
        for name, value in changes.values.items():
            setattr(record, name, value)
        try:
            record.full_clean()
        except ValidationError as wrong:
            self.explain(plan, wrong)
        finally:
            for name, value in before.items():
                setattr(record, name, value)
