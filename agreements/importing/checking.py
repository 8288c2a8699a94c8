"""The dry run: every row is planned and nothing is written but what was found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from agreements.importing.models import ImportBatch, ImportPartner, ImportRow, ImportState, RowOutcome
from agreements.importing.parties import Named
from agreements.importing.planning import Planned, Planner
from partners.viewers import Viewer

AT_ONCE = 500  # rows
Told = Callable[[int], None]


def rows_of(batch: ImportBatch, **only: Any) -> Iterator[list[ImportRow]]:
    """The rows below the headings, some hundred at a time, by their numbers: nothing is held open between."""
    after = batch.header_row
    while True:
        rows = list(ImportRow.objects.filter(batch=batch, number__gt=after, **only).order_by("number")[:AT_ONCE])
        if not rows:
            return
        yield rows
        after = rows[-1].number


def check(batch: ImportBatch, viewer: Viewer, told: Told = lambda _done: None) -> None:
    """Plan every row, and note of each what is to become of it and all that is wrong."""
    planner = Planner(batch, viewer)
    counts: Counter[str] = Counter()
    new: dict[str, tuple[Named, int]] = {}
    for rows in rows_of(batch):
        planned = planner.plan(rows)
        with transaction.atomic():
            _note(planned)
        for one in planned:
            _count(counts, one)
            _propose(new, one)
        told(sum(counts[outcome] for outcome in RowOutcome))
    with transaction.atomic():
        _keep_proposals(batch, new, planner)
        batch.counts = {**batch.counts, "outcomes": dict(counts), "new_partners": len(new)}
        batch.state, batch.checked_at, batch.heard_at, batch.error = ImportState.CHECKED, timezone.now(), None, ""
        batch.done = batch.total
        batch.save(update_fields=["counts", "state", "checked_at", "heard_at", "done", "error"])


def _count(counts: Counter[str], one: Planned) -> None:
    plan = one.plan
    counts[plan.outcome] += 1
    counts["faults"] += len(plan.faults)
    counts["notes"] += plan.outcome not in (RowOutcome.SKIPPED, RowOutcome.DOUBLE) and bool(plan.notes)
    if plan.outcome == RowOutcome.CREATE and plan.becomes == "concluded":
        counts["concluded"] += 1


def _note(planned: Sequence[Planned]) -> None:
    """Write what was found: rows that are alike together, others by themselves."""
    alike: dict[str, list[int]] = {}
    single = []
    for one in planned:
        plan = one.plan
        if plan.faults or plan.notes or plan.key or plan.record_id:
            kept = {
                "id": one.row.pk, "outcome": plan.outcome, "faults": plan.faults, "notes": plan.notes, "key": plan.key,
                "record_id": plan.record_id,
            }  # fmt: skip
            single.append(kept)
        else:
            alike.setdefault(plan.outcome, []).append(one.row.pk)
    for outcome, keys in alike.items():
        ImportRow.objects.filter(pk__in=keys).update(
            outcome=outcome, faults=[], notes=[], key="", record_id=None, fate=""
        )
    if single:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE agreements_importrow SET outcome = said.outcome, faults = said.faults, notes = said.notes, "
                "key = said.key, record_id = said.record_id, fate = '' FROM jsonb_to_recordset(%s::jsonb) AS said("
                "id bigint, outcome text, faults jsonb, notes jsonb, key text, record_id bigint) "
                "WHERE said.id = agreements_importrow.id",
                [json.dumps(single)],
            )


# --- partners that are named for the first time ----------------------------------------------------------------------
def unknown_in(one: Planned) -> Iterable[Named]:
    coming = one.changes.coming if one.changes else one.plan.parties or ()
    return (party.named for party in coming if party.named.organisation is None)


def _propose(new: dict[str, tuple[Named, int]], one: Planned) -> None:
    if one.plan.outcome in (RowOutcome.CREATE, RowOutcome.UPDATE):
        for named in unknown_in(one):
            before = new.get(named.key, (named, 0))
            new[named.key] = before[0], before[1] + 1


def _keep_proposals(batch: ImportBatch, new: dict[str, tuple[Named, int]], planner: Planner) -> None:
    """Those that the file needs now; what a person decided before stays."""
    decided = planner.directory.decided
    ImportPartner.objects.filter(batch=batch).exclude(key__in=decided).delete()
    countries = planner.directory.countries
    ImportPartner.objects.bulk_create(
        [
            ImportPartner(
                batch=batch, key=key, name=name_of(named, planner)[:250], country=countries.get(named.country),
                is_government=named.is_government, rows=number,
            )
            for key, (named, number) in new.items()
            if key not in decided
        ],
        batch_size=1000,
    )  # fmt: skip


def name_of(named: Named, planner: Planner) -> str:
    return planner.directory.country_name(named.country) if named.is_government else named.name
