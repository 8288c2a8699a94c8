"""Taking a file in: read by a process under limits, cleaned cell by cell, laid down row by row."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from threading import Timer
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from agreements.importing.headings import header_of, names
from agreements.importing.models import BEFORE_WRITING, ImportBatch, ImportPartner, ImportRow, ImportState
from agreements.importing.profile import Profile
from agreements.sources.scanning import ScannerSilent, virus_in
from agreements.sources.secrecy import mark_in, mark_in_name
from partners import texts
from partners.models import Desk
from partners.refusals import Refused
from partners.viewers import Viewer

WALL_SECONDS = 25
Line = tuple[int, list[str]]
LONGEST_LINE = 8_000_000  # characters of a row
TOP = 80  # rows in which the headings are looked for
MOST_NAME = 200
TAKEN = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".jsonl", ".ndjson", ".json")
REASONS: Mapping[str, Any] = {
    "locked": _("The file is locked by a password. Save it without one."),
    "broken": _("The file is broken or is not what its name says. Open it, and save it again in its own format."),
    "sheets": _("The file has more than 50 sheets. Save the one that is meant in a file of its own."),
    "empty": _("There is no table in the file."),
    "bomb": _("The file unpacks to far more than a table holds. Copy the table into a new file."),
    "rows": _("The table has more than 100,000 rows. Split it."),
    "columns": _("The table has more than 200 columns. Take out those that are not needed."),
    "cells": _("The table is larger than what is read at once: 2,500,000 cells. Split it."),
    "cell": _("A cell holds more than 20,000 characters."),
    "html": _("The file is a page of the web. Open it in a spreadsheet, and save it as XLSX or CSV."),
    "encoding": _("The text is in another encoding than the one chosen. Choose another, or save the file as UTF-8."),
    "binary": _("The file is no table that is read here. Save it as XLSX, ODS or CSV."),
    "separator": _("Choose what separates the columns: a comma, semicolon, tab or bar."),
    "json": _("It is not JSON lines: each line must be an object, such as {\"title\": \"...\"}."),
    "limits": _("The file takes more memory or time to read than a table needs. Copy the table into a new file."),
}  # fmt: skip


class Marked(Refused):
    """There is a mark of secrecy in the file: nothing of it is kept, however far it had come."""


def accept(upload: Any, desk: Desk, *, by: Viewer, language: str) -> ImportBatch:
    """Keep a file and read it. Raises Refused with the reason, and keeps nothing."""
    name = texts.line(os.path.basename(upload.name or ""))[-MOST_NAME:]
    if os.path.splitext(name)[1].lower() not in TAKEN:
        raise Refused(_("Files of this kind are not taken. Taken are: %(kinds)s") % {"kinds": ", ".join(TAKEN)})
    if mark := mark_in_name(name):
        raise Refused(_("Its name bears the mark “%(mark)s”: secret papers are not kept here.") % {"mark": mark})
    if not upload.size:
        raise Refused(_("The file is empty."))
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise Refused(_("The file is larger than %(limit)s MB.") % {"limit": settings.UPLOAD_MAX_BYTES // 1024**2})
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    _scan(upload)
    assert by.user_id
    batch = ImportBatch(
        user_id=by.user_id, desk=desk, file_name=name, digest=digest.hexdigest(), language=language, epoch=by.epoch
    )
    batch.file.save("table", upload, save=False)
    try:
        with transaction.atomic():
            batch.save()
            _read(batch, {})
    except BaseException:  # whatever it was: bytes without a row are found by nobody
        batch.file.storage.delete(batch.file.name or "")
        raise
    return batch


def _scan(upload: Any) -> None:
    """Raises Refused where there is a virus, or where a scanner is set up and does not answer."""
    if not settings.CLAMD:
        return
    try:
        virus = virus_in(upload, settings.CLAMD)
    except ScannerSilent:
        raise Refused(_("The virus scanner does not answer. Try again later.")) from None
    upload.seek(0)
    if virus:
        raise Refused(_("A virus was found in it: %(name)s") % {"name": virus})


def read(batch: ImportBatch, said: Mapping[str, Any]) -> None:
    """Read the file, and lay its rows down in place of those that were there. Raises Refused with the reason.

    `said` names the sheet, encoding, separator or row of the headings where a person knows better. A file that bears a
    mark of secrecy, as may be found out in another encoding, goes with all its rows.
    """
    try:
        _read(batch, said)
    except Marked as mark:
        batch.forget(str(mark.reason))
        raise


def _read(batch: ImportBatch, said: Mapping[str, Any]) -> None:
    with transaction.atomic():
        if not ImportBatch.objects.filter(pk=batch.pk, state__in=BEFORE_WRITING).locked(skip=True).exists():
            raise Refused(_("It has gone on meanwhile: look at it again."))
        ImportRow.objects.filter(batch=batch).delete()
        ImportPartner.objects.filter(batch=batch).delete()
        profile = Profile()
        with _extracted(batch, {name: said[name] for name in ("sheet", "encoding", "separator") if said.get(name)}) as (
            found, rows,
        ):  # fmt: skip
            header, top = _lay_down(batch, rows, profile, said.get("header_row"))
        batch.found, batch.header_row = found, header
        batch.headers = names(top, header, max(profile.width, *(len(cells) for _number, cells in top)))
        below = ImportRow.objects.filter(batch=batch, number__gt=batch.header_row)
        batch.total, batch.done, batch.state, batch.error = below.count(), 0, ImportState.READ, ""
        batch.counts = {"profile": profile.kept()}
        batch.save()


def _lay_down(batch: ImportBatch, rows: Iterator[Line], profile: Profile, header: int | None) -> tuple[int, list[Line]]:
    """Write each row as it comes, and look at those below the headings; the row of these, and the first rows."""
    top = list(islice(rows, TOP))
    if not top:
        raise Refused(REASONS["empty"])
    header = header_of(top) if header is None else header
    columns = "batch_id, number, cells, outcome, faults, notes, key, concludes, fate"
    with (
        connection.wrap_database_errors, connection.cursor() as cursor,
        cursor.copy(f"COPY agreements_importrow ({columns}) FROM STDIN") as copy,
    ):  # fmt: skip
        for number, cells in chain(top, rows):
            _refuse_marked("\n".join(cells))
            if number > header:
                profile.look(cells)
            copy.write_row((batch.pk, number, json.dumps(cells, ensure_ascii=False), "", "[]", "[]", "", False, ""))
    return header, top


def _refuse_marked(text: str) -> None:
    if mark := mark_in(text):
        raise Marked(_("It bears the mark “%(mark)s”: secret papers are not kept here.") % {"mark": mark})


@contextmanager
def _extracted(batch: ImportBatch, said: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Iterator[Line]]]:
    """What the file is and its rows, from a process that may not take more memory or time than we give it."""
    command = [sys.executable, "-m", "agreements.importing.extractor", json.dumps(said)]
    with tempfile.TemporaryFile() as plain:
        with batch.file.open("rb") as kept:
            for chunk in kept.chunks():
                plain.write(chunk)
        plain.seek(0)
        child = subprocess.Popen(
            command, stdin=plain, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=settings.BASE_DIR,
            env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
    timer = Timer(WALL_SECONDS, child.kill)
    timer.start()
    assert child.stdout
    try:
        lines = _lines(child.stdout)
        found = next(lines, None)
        if not isinstance(found, dict):
            raise Refused(REASONS["limits"])
        yield _clean(found), _rows(lines)
    finally:
        timer.cancel()
        child.kill()
        child.stdout.close()
        child.wait()


def _lines(stream: IO[bytes]) -> Iterator[Any]:
    while line := stream.readline(LONGEST_LINE):
        try:
            said = json.loads(line)
        except ValueError:
            raise Refused(REASONS["limits"]) from None  # cut off
        if isinstance(said, dict) and "refused" in said:
            raise Refused(REASONS[said["refused"]])
        yield said


def _rows(lines: Iterator[Any]) -> Iterator[Line]:
    for line in lines:
        if not line:
            return
        if isinstance(line, dict):
            _refuse_marked(texts.clean(line["beside"]))
            continue
        number, cells = line
        yield number, [texts.clean(cell).strip() for cell in cells]
    raise Refused(REASONS["limits"])  # it ended before the file did


def _clean(found: dict[str, Any]) -> dict[str, Any]:
    sheets: Sequence[dict[str, Any]] = found["sheets"]
    return {**found, "sheets": [{**one, "name": texts.line(one["name"])} for one in sheets]}
