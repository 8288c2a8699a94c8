"""A job for Celery that notes how it fared, so that a monitor can tell one that fails from one that has nothing to do.

Every task of ours is made by `job`; `tests/trust/test_queues.py` refuses one that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import structlog
from celery import shared_task
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from agreements.jobs.models import JobRun
from agreements.jobs.queues import storable

P = ParamSpec("P")
R = TypeVar("R")
log = structlog.get_logger()
JOBS: set[str] = set()


def job(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a task of that name, whose start, success and failure are noted."""

    def made(work: Callable[P, R]) -> Callable[P, R]:
        @wraps(work)
        def noted(*args: P.args, **more: P.kwargs) -> R:
            with noting(name):
                return work(*args, **more)

        JOBS.add(name)
        task: Any = shared_task(name=name)(noted)
        return task  # type: ignore[no-any-return]  # Celery's tasks are called as the function is

    return made


@contextmanager
def noting(name: str) -> Iterator[None]:
    """Note how a job fares. Its failure is raised again, for the log."""
    at = timezone.now()
    JobRun.objects.update_or_create(name=name, defaults={"started_at": at})
    try:
        yield
    except Exception as problem:
        try:
            with transaction.atomic():
                JobRun.objects.filter(name=name).update(
                    failed_at=timezone.now(), failures=F("failures") + 1, error=storable(_said(problem))[:300]
                )
        except DatabaseError:
            log.exception("the failure of a job could not be noted", job=name)
        raise
    JobRun.objects.filter(name=name).update(succeeded_at=timezone.now(), failures=0, error="")


def _said(problem: Exception) -> str:
    if isinstance(problem, ExceptionGroup):
        return "; ".join(_said(one) for one in problem.exceptions)
    return f"{type(problem).__name__}: {problem}"


def one_by_one(*parts: Callable[[], R]) -> list[R]:
    """Do the parts of a job, whatever becomes of the ones before; their failures are raised together at the end."""
    done: list[R] = []
    failed: list[Exception] = []
    for part in parts:
        try:
            done.append(part())
        except Exception as problem:  # noqa: BLE001  (raised at the end: the other parts are not to blame)
            failed.append(problem)
    if failed:
        raise ExceptionGroup("parts of the job failed", failed)
    return done


def expect(names: list[str], *, at: Any, anew: bool) -> None:
    """Note since when jobs are rung: a monitor waits from then on. `anew` after a time in which nothing was rung."""
    JobRun.objects.bulk_create([JobRun(name=name, expected_since=at) for name in names], ignore_conflicts=True)
    rows = JobRun.objects.filter(name__in=names)
    (rows if anew else rows.filter(expected_since=None)).update(expected_since=at)


def runs() -> dict[str, JobRun]:
    return {row.name: row for row in JobRun.objects.all()}
