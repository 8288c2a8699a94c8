"""The hall's own jobs for Celery."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from tracker.history import sealing
from tracker.pulse import hearing


@shared_task(name="tracker.seal_history")
def seal_history() -> str:
    """Seal what the history has gained."""
    made = sealing.seal(at=timezone.now())
    return made.digest if made else ""


@shared_task(name="tracker.answer")
def answer(queue: str) -> None:
    """Say that this queue's worker was reached."""
    hearing.beat(queue, at=timezone.now())
