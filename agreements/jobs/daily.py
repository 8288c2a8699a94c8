"""What changes with the day alone is done once a day, and between two days only of what was changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.utils import timezone

from agreements.jobs.models import DayDone

STILL_WRITING = timedelta(hours=1)  # what began to be written before, and is committed since


def of_the_day(name: str, on: date, work: Callable[[datetime | None], tuple[int, bool]], *, facts: str = "") -> int:
    """Have `work` done of all on the first run of a day, and of what was changed after an instant on the others.

    `facts`: what else it hangs on, in short; once it differs, all is done again. The work says how much it did, and
    whether nothing was left: what was left is done with the next run.
    """
    at = timezone.now()
    row = DayDone.objects.filter(name=name).first()
    is_done = row is not None and (row.on, row.facts) == (on, facts)
    count, nothing_left = work(row.at - STILL_WRITING if row and is_done else None)
    if nothing_left:
        DayDone.objects.update_or_create(name=name, defaults={"on": on, "facts": facts, "at": at})
    return count
