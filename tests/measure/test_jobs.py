"""What reminders cost with 100,000 agreements and 300,000 commitments: with nothing new, with a day gone, with much.

python3 dev.py test --nightly tests/measure/test_jobs.py -s
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from agreements.models import Commitment, Reminder
from agreements.reminders import inbox, ledger
from partners.models import User
from tests.conftest import Cast
from tests.factories import TODAY
from tests.measure.filling import AGREEMENTS, fill

pytestmark = [pytest.mark.nightly, pytest.mark.django_db]
NEW = AGREEMENTS * 3 // 10
Figures = dict[str, tuple[float, float]]  # what was measured, and its limit


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def told(figures: Figures) -> None:
    """Print each figure beside its limit; fail where one is over it."""
    for name, (value, limit) in figures.items():
        print(f"{name} {value:.3f} {limit} {'PASS' if value <= limit else 'FAIL'}")  # noqa: T201
    assert [name for name, (value, limit) in figures.items() if value > limit] == []


def queue_all(day: Any) -> int:
    """Until a run finds nothing more: each takes two minutes at most."""
    rows = 0
    while more := ledger.queue(day):
        rows += more
    return rows


def test_reminders(cast: Cast, today: object) -> None:
    people = fill(TODAY)
    seconds, rows = timed(lambda: queue_all(TODAY - timedelta(days=1)))
    print(f"the first run ever: {rows} rows in {seconds:.0f} s")  # noqa: T201
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE agreements_reminder")
    day, of_a_day = timed(lambda: ledger.queue(TODAY))
    nothing = min(timed(lambda: ledger.queue(TODAY))[0] for _time in range(3))
    keeper: User = people["officers"][0]
    # Two rules at least tell of each: the keeper and the lead.
    pks = list(Commitment.objects.owed().exclude(due_on=TODAY).order_by("pk").values_list("pk", flat=True)[:NEW])
    Commitment.objects.filter(pk__in=pks).update(due_on=TODAY)
    before = Reminder.objects.count()
    new, _rows = timed(lambda: ledger.queue(TODAY))
    written = Reminder.objects.count() - before
    assert written >= NEW
    page = min(timed(lambda: cast.client("auditor").get("/reminders/"))[0] for _time in range(3))
    unread = min(timed(lambda: inbox.unread(keeper.viewer(), at=timezone.now()))[0] for _time in range(3))
    own = Reminder.objects.filter(recipient=keeper).count()
    print(f"a day: {of_a_day} rows; changed: {written} rows; of one keeper: {own} rows")  # noqa: T201
    told(
        {
            "R1_nothing_new_s": (nothing, 1.0), "R2_a_new_day_s": (day, 60.0), "R3_30000_new_s": (new, 60.0),
            "R4_plan_of_30_days_s": (page, 0.3), "R5_unread_count_s": (unread, 0.02),
        }
    )  # fmt: skip
