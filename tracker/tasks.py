"""The hall's own jobs for Celery."""

from __future__ import annotations

from django.utils import timezone

from agreements.jobs.daily import of_the_day
from agreements.jobs.running import job
from partners.models import Attempt, KeptAnswer
from partners.models.credentials import SessionStore
from tracker.heartbeat import hearing
from tracker.history import sealing
from tracker.search import spelling


@job("tracker.seal_history")
def seal_history() -> str:
    """Seal what the history has gained."""
    made = sealing.seal(at=timezone.now())
    return made.digest if made else ""


@job("tracker.answer")
def answer(queue: str) -> None:
    """Say that this queue's worker was reached."""
    hearing.beat(queue, at=timezone.now())


@job("tracker.learn_words")
def learn_words() -> int:
    """Learn new words of titles and names, and once a day count all, so that slips of the finger are told from them."""
    spelling.follow_names()
    return of_the_day(
        "words", timezone.localdate(),
        lambda since: (spelling.learn_new(since) if since else spelling.learn(), True),
    )  # fmt: skip


@job("tracker.forget_sessions")
def forget_sessions() -> None:
    """Take away the rows of sessions whose time was over."""
    SessionStore.clear_expired()


@job("tracker.forget_attempts")
def forget_attempts() -> None:
    """Take away the counters of tries that no longer count, and what was kept against repetitions."""
    Attempt.forget(at=timezone.now())
    KeptAnswer.forget(at=timezone.now())
