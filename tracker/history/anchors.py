"""The last seals noted in a file outside the database: the end of a chain can be cut off without a trace in it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from tracker.history.models import Seal

log = logging.getLogger(__name__)


class Anchor(NamedTuple):
    """One line of the file; it holds one for each day, with the last seal of it."""

    at: str  # in ISO form
    seal: str
    digest: str

    @property
    def day(self) -> str:
        return self.at[:10]

    @property
    def moment(self) -> str:
        try:
            return f"{timezone.localtime(datetime.fromisoformat(self.at)):%d/%m/%Y, %H:%M}"
        except ValueError:
            return self.at


def path() -> Path | None:
    return Path(settings.ANCHOR_FILE) if settings.ANCHOR_FILE else None


def noted() -> list[Anchor]:
    file = path()
    if not file or not file.exists():
        return []
    lines = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return [Anchor(*line) for line in lines if len(line) == len(Anchor._fields)]


def note(made: Seal, *, before: str) -> None:
    """Write the seal down. The line of its day gives way only to a seal that follows from it: what was cut off stays.

    A file that cannot be written is an error in the log, and the seal stands.
    """
    file = path()
    if not file:
        return
    lines = noted()
    new = Anchor(timezone.localtime(made.at).isoformat(timespec="seconds"), str(made.pk), made.digest)
    if lines and lines[-1].digest == before and lines[-1].day == new.day:
        lines.pop()
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text("".join(f"{' '.join(line)}\n" for line in [*lines, new]), encoding="utf-8")
        partial.replace(file)
    except OSError as problem:
        log.error("the last seal could not be noted in %s: %s", file, problem)


def gone() -> Iterator[Anchor]:
    """What was noted and is no longer among the seals."""
    lines = noted()
    there = set(Seal.objects.filter(digest__in=[line.digest for line in lines]).values_list("digest", flat=True))
    return (line for line in lines if line.digest not in there)
