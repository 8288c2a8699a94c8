"""Which record a row is about: by the key that was chosen, by the same title, day and parties, by an earlier row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from agreements.importing.models import ImportBatch, ImportRow, RowFate, RowOutcome
from agreements.importing.plans import Plan
from agreements.register.models import Agreement, Participant
from partners import texts
from partners.finding import together
from partners.viewers import Viewer

TITLES = ("title_vi", "title_en")


def with_parties(rows: Any) -> Any:
    live = Participant.objects.live().select_related("organisation__country").order_by("pk")
    return rows.select_related("desk", "owner", "instrument_type").prefetch_related(
        Prefetch("participants", live, to_attr="live_parties")
    )


class Matcher:
    """Finds records for rows, some hundred at a time, and remembers which keys it has met."""

    def __init__(self, batch: ImportBatch, viewer: Viewer) -> None:
        self.batch, self.viewer = batch, viewer
        self.by = batch.mapping.get("key", "")
        self.met: dict[str, int] = {}  # key, or what makes a double -> number of the first row

    def heading(self, name: str) -> str:
        return next((self.batch.headers[int(place)] for place, one in self.batch.columns.items() if one == name), "")

    def by_ref(self, refs: Sequence[str]) -> dict[str, Agreement]:
        rows = Agreement.objects.visible_to(self.viewer).filter(ref__in={ref.strip().upper() for ref in refs if ref})
        return {row.ref: row for row in with_parties(rows)}

    def match(self, plans: Sequence[tuple[Plan, str]], known: Mapping[str, Agreement]) -> dict[int, Agreement]:
        """The records that rows change, by the numbers of the rows; each plan learns its outcome.

        With a plan comes the text of its key: a reference, a number of the list.
        """
        wanted = [(plan, text) for plan, text in plans if plan.outcome != RowOutcome.SKIPPED]
        ways = {"ref": self._by_ref, "number": self._by_number}
        found = ways.get(self.by, self._by_title)(wanted, known)
        for plan, text in wanted:
            self._refuse_twice(plan, text)
        self._doubles([plan for plan, _text in wanted if plan.number not in found])
        return found

    def _by_ref(self, wanted: Sequence[tuple[Plan, str]], known: Mapping[str, Agreement]) -> dict[int, Agreement]:
        found = {}
        for plan, text in wanted:
            ref = texts.line(text).strip().upper()
            plan.key = f"ref:{ref}" if ref else ""
            if ref in known:
                found[plan.number] = known[ref]
            elif ref:
                plan.fault(
                    self.heading("ref"), text, _("There is no agreement of this reference that you can see."),
                    _("Correct it; or empty the cell, and a new agreement is made."),
                )  # fmt: skip
        return found

    def _by_number(self, wanted: Sequence[tuple[Plan, str]], known: Mapping[str, Agreement]) -> dict[int, Agreement]:
        """By the number in one's own list: what earlier imports of this desk made of it."""
        for plan, text in wanted:
            plan.key = f"number:{texts.line(text).strip()}"[:300] if text else ""
        keys = {plan.key: plan.number for plan, _text in wanted if plan.key}
        rows = ImportRow.objects.filter(
            key__in=keys, record_id__isnull=False, batch__desk=self.batch.desk_id,
            fate__in=(RowFate.WRITTEN, RowFate.ACCEPTED, RowFate.LEFT),
        ).exclude(batch=self.batch)  # fmt: skip
        records = dict(rows.order_by("pk").values_list("key", "record_id"))
        there = with_parties(Agreement.objects.visible_to(self.viewer).filter(pk__in=set(records.values())))
        by_pk = {row.pk: row for row in there}
        return {plan.number: by_pk[records[plan.key]] for plan, _text in wanted if records.get(plan.key) in by_pk}

    def _by_title(self, wanted: Sequence[tuple[Plan, str]], known: Mapping[str, Agreement]) -> dict[int, Agreement]:
        if not self.by:
            return {}
        columns = (self.by,) if self.by in TITLES else TITLES
        named = {
            plan.number: next((plan.values[one] for one in columns if plan.values.get(one)), "") for plan, _t in wanted
        }
        rows = self._called(set(named.values()) - {""})
        found = {}
        for plan, _text in wanted:
            title = together(named[plan.number])
            plan.key = f"title:{title}"[:300] if title else ""
            same = {row.pk: row for row in rows.get(title, ())}
            if len(same) > 1:
                refs = ", ".join(row.ref for row in same.values())
                plan.fault(
                    self.heading(self.by), named[plan.number],
                    _("Several agreements bear this title: %(refs)s.") % {"refs": refs[:200]},
                    _("Choose another key, such as the reference."),
                )  # fmt: skip
            elif same:
                found[plan.number] = next(iter(same.values()))
        return found

    def _called(self, titles: set[str]) -> dict[str, list[Agreement]]:
        """Visible agreements by their titles, written together."""
        if not titles:
            return {}
        visible = Agreement.objects.visible_to(self.viewer)
        found: dict[str, list[Agreement]] = {}
        for row in with_parties(visible.filter(visible.called_any(titles, self.viewer))):
            for title in {together(row.title_vi), together(row.title_en)} - {""}:
                found.setdefault(title, []).append(row)
        return found

    def _refuse_twice(self, plan: Plan, text: str) -> None:
        if not plan.key:
            return
        first = self.met.setdefault(plan.key, plan.number)
        if first != plan.number:
            plan.fault(
                self.heading(self.by), text, _("The same key stands in row %(row)s.") % {"row": first},
                _("Leave one of the rows, or choose another key."),
            )  # fmt: skip

    def _doubles(self, plans: Sequence[Plan]) -> None:
        """New ones that stand in an earlier row, or in the register, with the same title, day and parties."""
        new = [plan for plan in plans if not plan.faults]
        rows = self._called({_title(plan) for plan in new} - {""})
        for plan in new:
            signs = _signs(plan)
            first = min((self.met.setdefault(sign, plan.number) for sign in signs), default=plan.number)
            if first != plan.number and not plan.key:
                plan.outcome = RowOutcome.DOUBLE
                plan.note("", "", _("the same as row %(row)s") % {"row": first})
                continue
            titles = {together(plan.values.get(name, "")) for name in TITLES} - {""}
            there = next((row for title in titles for row in rows.get(title, ()) if _is_same(row, plan)), None)
            if there:
                plan.outcome, plan.record_id = RowOutcome.DOUBLE, there.pk
                plan.note("", there.ref, _("%(ref)s has the same title, day and parties") % {"ref": there.ref})


def _title(plan: Plan) -> str:
    return next((str(title) for title in map(plan.values.get, TITLES) if title), "")


def _signs(plan: Plan) -> list[str]:
    """By what two rows of a file are the same, for each title."""
    day = plan.dates.get("signed")
    parties = sorted(str(party.named.organisation or party.named.key) for party in plan.parties or ())
    beside = f"{day.plain if day else ''}|{'|'.join(parties)}"
    return [f"{together(plan.values[name])}|{beside}" for name in TITLES if plan.values.get(name)]


def _is_same(row: Any, plan: Plan) -> bool:
    day = plan.dates.get("signed")
    there = {one.organisation_id for one in row.live_parties}
    named = {party.named.organisation for party in plan.parties or ()}
    if plan.parties is not None and None in named:
        return False  # it names somebody who is not known here yet
    return row.signed == day and (plan.parties is None or named == there)
