"""Checking what was taken in: viruses, marks of secrecy, text for the search. A job; it finds its work by itself."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agreements.acts import Act
from agreements.jobs import outages
from agreements.jobs.queues import Queue
from agreements.register.rules import steps
from agreements.sources.extractor import Found
from agreements.sources.models import Document
from agreements.sources.scanning import ScannerAway, reach, virus_in
from agreements.sources.secrecy import mark_in
from agreements.vocabulary import Audience, PaperState
from partners import texts

log = structlog.get_logger()
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 20
WALL_SECONDS = 60
PAPERS = Queue("papers", whole=False, kills=True)


class Unreadable(Exception):
    """The text could not be read within the limits; the message says why."""


def read_waiting(*, at: datetime) -> int:
    """Check the papers that wait, one transaction each; return how many were settled."""
    if settings.CLAMD and (outage := outages.current(outages.SCANNER)):
        if at < outage.next_try_at:
            return 0
        try:
            reach(settings.CLAMD)
        except ScannerAway as away:
            outages.note(outages.SCANNER, str(away), at=at)
            return 0
    outages.over(outages.SCANNER)
    waiting = Document.objects.filter(state=PaperState.WAITING).order_by("pk").values_list("pk", flat=True)
    return sum(PAPERS.each(waiting, lambda pk: read_one(pk, at=at), at=at))


def read_one(pk: int, *, at: datetime) -> bool:
    """Check one paper. False where another process has it. Raises ScannerSilent: then it keeps waiting."""
    with transaction.atomic():
        rows = Document.objects.locked(skip=True).select_related("agreement")
        paper = rows.filter(pk=pk, state=PaperState.WAITING).first()
        if paper is None:
            return False
        if virus := _scan(paper, at):
            _refuse(paper, _("A virus was found in it: %(name)s") % {"name": virus}, at)
            return True
        paper.checked_at = at
        try:
            found = extract(paper)
        except Unreadable as why:
            log.warning("paper unread", document=pk, error=str(why))
            paper.state = PaperState.UNREAD
        else:
            if mark := mark_in("\n".join([found.text, *found.beside])):
                with translation.override(_language_of(paper)):
                    reason = _("It bears the mark “%(mark)s”: secret papers are not kept here.") % {"mark": mark}
                _refuse(paper, reason, at)
                return True
            paper.content, paper.pages, paper.state = found.text, found.pages, state_of(found)
        paper.save(update_fields=["content", "pages", "state", "checked_at", "scanned_at", "updated_at"])
    return True


def state_of(found: Found) -> PaperState:
    """What may be said of a paper in which no mark was found: no more than was looked at."""
    if found.is_locked:
        return PaperState.LOCKED
    if not found.text.strip():
        return PaperState.EMPTY
    return PaperState.PARTLY if found.is_partial else PaperState.CLEAN


def _scan(paper: Document, at: datetime) -> str:
    """The name of the virus in it, if any; nothing is scanned where no scanner is set up, and the paper says so."""
    if not settings.CLAMD:
        return ""
    with paper.file.open("rb") as content:
        virus = virus_in(content, settings.CLAMD)
    paper.scanned_at = at
    return virus


def extract(paper: Document) -> Found:
    """What a kept paper holds."""
    with paper.file.open("rb") as content:
        return extract_from(paper.media_type, content.read())


def extract_from(media_type: str, data: bytes, *, seconds: float = 0) -> Found:
    """What a file holds, from a process that may not take more memory or time than we give it."""
    command = [sys.executable, "-m", "agreements.sources.extractor", media_type]
    try:
        done = subprocess.run(
            command,
            input=data,
            capture_output=True,
            timeout=seconds or WALL_SECONDS,
            check=False,
            cwd=settings.BASE_DIR,
            env={"PATH": "/usr/bin:/bin"},
            preexec_fn=_limit,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("it took too long") from None
    if done.returncode != 0:
        raise Unreadable(done.stderr.decode(errors="replace").strip()[-300:] or f"ended with {done.returncode}")
    try:
        found = Found(**json.loads(done.stdout))
        found.text.encode()
        found.text = texts.clean(found.text, pages=True)
    except ValueError as problem:  # half a character that stands alone is text for nobody
        raise Unreadable(str(problem)) from None
    return found


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _refuse(paper: Document, reason: str, at: datetime) -> None:
    """Take the bytes away; the row stays and says why. Whoever brought it gets a notice."""
    name, storage = paper.file.name or "", paper.file.storage
    paper.file = ""
    paper.state, paper.refused_because, paper.checked_at = PaperState.REFUSED, reason[:300], at
    paper.audience, paper.content = Audience.INTERNAL, ""
    paper.save()
    if paper.agreement:
        steps.write(Act.PAPER_REFUSED, paper.agreement, None, on=timezone.localdate(at), about=paper, reason=reason)
    transaction.on_commit(lambda: storage.delete(name))


def _language_of(paper: Document) -> str:
    author: Any = paper.created_by
    return author.language if author else "vi"
