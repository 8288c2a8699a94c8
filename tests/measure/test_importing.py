"""How long lists take to come in, how much of them is right untouched, and what memory that needs.

python3 dev.py test --nightly tests/measure/test_importing.py -s
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agreements.importing import working
from agreements.importing.models import ImportBatch, ImportRow, ImportState
from agreements.models import Agreement, Participant
from tests.agreements.importing import making
from tests.agreements.importing.conftest import Bring, bring, world
from tests.conftest import Cast

pytestmark = [pytest.mark.nightly, pytest.mark.django_db]
__all__ = ["bring", "world"]  # fixtures
RIGHT = 0.95
PREVIEW_SECONDS, CHECKED_SECONDS, MOST_MB = 5, 15, 60


def memory() -> float:
    """What this process holds now, in MB."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return int(told.partition("VmRSS:")[2].split()[0]) / 1024


def work(batch: ImportBatch, seen: Callable[[], None] = lambda: None) -> float:
    begun = time.perf_counter()
    while batch.is_open:
        working.work_on(batch.pk)
        batch.refresh_from_db()
        seen()
    return time.perf_counter() - begun


def university(number: int) -> tuple[bytes, list[making.Truth]]:
    rows, truths = making.university(number)
    sheet = [
        ["UNIVERSITY OF TRANSPORT"],
        ["List of agreements with partners abroad"],
        [],
        making.UNIVERSITY_HEADS,
        *rows,
    ]
    return making.as_xlsx({"Read me": [["Ask the office"]], "List": sheet}), truths


def test_a_university_s_list(bring: Bring, world: Cast, today: object) -> None:
    content, truths = university(1853)
    begun = time.perf_counter()
    batch = bring(content)
    preview = time.perf_counter() - begun
    working.ask_write(batch, by=world.viewer("linh"))
    writing = work(batch)
    right = sum(map(_is_right, truths, _made(batch, truths)))
    print(  # noqa: T201
        f"university, {len(truths)} rows: preview {preview:.1f} s, {right / len(truths):.1%} right without a touch, "
        f"written in {writing:.0f} s with {batch.counts['new_partners']} new partners"
    )
    assert preview <= PREVIEW_SECONDS
    assert right >= RIGHT * len(truths)


def _made(batch: ImportBatch, truths: list[making.Truth]) -> list[Agreement | None]:
    rows = ImportRow.objects.filter(batch=batch, number__gt=batch.header_row).order_by("number")
    there = Agreement.objects.in_bulk(list(rows.exclude(record_id=None).values_list("record_id", flat=True)))
    found = [there.get(row.record_id or 0) for row in rows]
    assert len(found) == len(truths)
    return found


def _is_right(truth: making.Truth, made: Agreement | None) -> bool:
    if made is None:
        return False
    abroad = [one for one in Participant.objects.filter(agreement=made).select_related("organisation__country")
              if one.organisation.country and one.organisation.country.code != "VN"]  # fmt: skip
    said = (abroad[0].organisation.name, abroad[0].organisation.country.code, made.kind, made.signed_on)  # type: ignore[union-attr]  # it has one
    ends: date | None = made.expires_on
    same_end = ends is None if truth.expires is None else ends is not None and abs((ends - truth.expires).days) <= 3
    return (
        said == (truth.partner, truth.country, truth.kind, truth.signed)
        and same_end
        and (made.open_ended or ends is not None)
    )


def test_a_collection_of_treaties(bring: Bring, world: Cast) -> None:
    rows = making.treaties(12_688)
    begun = time.perf_counter()
    batch = bring(making.as_csv([making.TREATY_HEADS, *rows], separator=";"), "treaties.csv")
    checked = time.perf_counter() - begun
    outcomes = batch.counts["outcomes"]
    working.ask_write(batch, by=world.viewer("linh"))
    writing = work(batch)
    written = Agreement.objects.filter(title_en__startswith="Treaty on").count()
    parties = Participant.objects.filter(agreement__title_en__startswith="Treaty on").count()
    print(  # noqa: T201
        f"treaties, {len(rows)} rows: read and checked in {checked:.1f} s, {outcomes}, "
        f"{written} written in {writing:.0f} s with {parties} parties"
    )
    assert written == outcomes["create"] >= RIGHT * len(rows)
    assert parties >= 2 * written


def test_ten_thousand_rows_with_full_validation(bring: Bring) -> None:
    content, _truths = university(10_000)
    batch = bring(content, check=False)
    begun = time.perf_counter()
    working._set(batch, ImportState.CHECKING, from_states=("read",))
    work(batch)
    checked = time.perf_counter() - begun
    print(f"10,000 rows checked in {checked:.1f} s: {batch.counts['outcomes']}")  # noqa: T201
    assert checked <= CHECKED_SECONDS
    assert batch.counts["outcomes"]["create"] >= RIGHT * 10_000


def test_the_largest_list_in_flat_memory(bring: Bring, world: Cast) -> None:
    """61,340 rows: what the worker holds at the end is what it held after the first tenth."""
    heads, rows = making.TREATY_HEADS, making.treaties(61_340, seed=5)
    content = making.as_csv([heads, *rows])
    del rows
    begun = time.perf_counter()
    batch = bring(content, "large.csv", check=False)
    took_in, held = time.perf_counter() - begun, memory()
    working._set(batch, ImportState.CHECKING, from_states=("read",))
    checking = work(batch)
    after_checking = memory()
    working.ask_write(batch, by=world.viewer("linh"))
    levels: list[float] = []
    writing = work(batch, lambda: levels.append(memory()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(  # noqa: T201
        f"61,340 rows: taken in in {took_in:.0f} s, checked in {checking:.0f} s, written in {writing:.0f} s; "
        f"held {held:.0f} MB before, {after_checking:.0f} after checking, {levels[0]:.0f} to {levels[-1]:.0f} while "
        f"writing, {peak:.0f} at most; {batch.counts['written']} written"
    )
    assert batch.counts["written"] >= RIGHT * 61_340
    assert after_checking - held <= MOST_MB
    assert levels[-1] - levels[0] <= MOST_MB


def test_a_manager_registers_a_list(bring: Bring, world: Cast, today: Any) -> None:
    content, _truths = university(200)
    batch = bring(content)
    working.ask_write(batch, by=world.viewer("linh"))
    work(batch)
    working.ask_accept(batch, by=world.viewer("minh"))
    seconds = work(batch)
    print(f"200 agreements registered in {seconds:.0f} s")  # noqa: T201
    assert batch.counts["accepted"] == batch.counts["concluded"]
