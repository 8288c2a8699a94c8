"""A paper at hand: taken in beside a form, kept until the form is handed in, and then a paper of its agreement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.jobs import outages
from agreements.jobs.queues import Queue
from agreements.register.models import Agreement
from agreements.sources.extractor import Found
from agreements.sources.held import KEPT, KEPT_WITH_DRAFT, HeldPaper
from agreements.sources.models import Document
from agreements.sources.papers import accept
from agreements.sources.reading import Unreadable, extract_from, state_of
from agreements.sources.scanning import ScannerSilent, virus_in
from agreements.sources.secrecy import mark_in, mark_in_name
from agreements.vocabulary import Audience, DocumentKind, PaperState
from partners.models import Draft
from partners.refusals import Refused
from partners.viewers import Viewer

log = structlog.get_logger()
SECONDS = 12  # someone waits before the form; the job takes its time once the paper is handed in
SCAN_SECONDS = 5  # and for as long before a scanner that is silent
MOST_HELD = 10  # of one person
FORGETTING = Queue("held papers", whole=False)


GONE = _("The paper is no longer kept here. Put it in once more.")


class HandedInAlready(Exception):
    """The same form once more, as by a second click: its agreement is there."""

    def __init__(self, agreement: Agreement) -> None:
        super().__init__(agreement.ref)
        self.agreement = agreement


def hold(upload: UploadedFile[Any], *, by: Viewer, at: datetime) -> HeldPaper:
    """Take a file in: checked and read as any paper. Raises Refused with the reason; then nothing of it is kept.

    The same file once more is the same paper. Of too many the oldest goes, but none that kept text names.
    """
    assert by.user_id
    paper = accept(upload, Document())
    taken: Any = paper.file.file  # the picture among them has lost what it said beside what it shows
    taken.seek(0)
    data = taken.read()
    own = HeldPaper.objects.visible_to(by).filter(document=None)
    same = own.filter(checksum=paper.checksum, media_type=paper.media_type).exclude(state=PaperState.WAITING).first()
    if same:
        same.filename, same.used_at = paper.filename, at
        same.save(update_fields=["filename", "used_at"])
        return same
    older = [one for one in own.defer("content") if not _is_named(one)]
    too_many = own.count() + 1 - MOST_HELD
    if too_many > len(older):
        raise Refused(_("Too many papers wait beside forms that you left: save or discard one of those forms first."))
    found, state = _looked_at(paper.media_type, data)
    held = HeldPaper(
        user_id=by.user_id, filename=paper.filename, media_type=paper.media_type, size=len(data),
        checksum=paper.checksum, content=found.text, pages=found.pages, state=state, used_at=at,
    )  # fmt: skip
    held.file.save("paper", SimpleUploadedFile("paper", data), save=False)
    held.save()
    for old in older[len(older) - max(too_many, 0) :]:
        let_go(old)
    return held


def _looked_at(media_type: str, data: bytes) -> tuple[Found, PaperState]:
    """What was read, and what may be said of it. Raises Refused."""
    if settings.CLAMD:
        if outages.current(outages.SCANNER):
            return Found(), PaperState.WAITING  # the job knows that it is away: nobody waits to find out once more
        try:
            virus = virus_in(SimpleUploadedFile("paper", data), settings.CLAMD, SCAN_SECONDS)
        except ScannerSilent as away:
            log.warning("held paper not scanned", error=str(away))
            return Found(), PaperState.WAITING  # neither read nor shown; the job looks at it once it is handed in
        if virus:
            raise Refused(_("A virus was found in it: %(name)s") % {"name": virus})
    try:
        found = extract_from(media_type, data, seconds=SECONDS)
    except Unreadable as why:
        log.warning("held paper unread", error=str(why))
        return Found(), PaperState.UNREAD
    if mark := mark_in("\n".join([found.text, *found.beside])):
        raise Refused(_("It bears the mark “%(mark)s”: secret papers are not kept here.") % {"mark": mark})
    return found, state_of(found)


def find(key: str, *, by: Viewer, at: datetime | None = None) -> HeldPaper | None:
    """One's own paper by its key; with `at` it is noted as used."""
    held = HeldPaper.objects.visible_to(by).filter(key=key[:32]).first() if key else None
    if held and at and held.document_id is None:
        HeldPaper.objects.filter(pk=held.pk).update(used_at=at)
    return held


def left_over(by: Viewer) -> list[HeldPaper]:
    """One's own papers whose form is gone: neither handed in, nor named by text that is kept."""
    own = HeldPaper.objects.visible_to(by).filter(document=None).defer("content")
    return [held for held in own[:MOST_HELD] if not _is_named(held)]


def _is_named(held: HeldPaper, *, apart_from: str = "") -> bool:
    drafts = Draft.objects.filter(user=held.user_id, data__contains=[["paper", held.key]])
    return drafts.exclude(window=apart_from).exists()


def claim(held: HeldPaper, form: str, *, by: Viewer) -> HeldPaper:
    """Hold the row until the form is saved or refused.

    Raises HandedInAlready where the same form (`form`: its digest) was handed in with it, or Refused where it is gone
    or went in with another.
    """
    row = HeldPaper.objects.visible_to(by).locked().filter(pk=held.pk).first()
    if row is None:
        raise Refused(GONE)
    if row.document_id:
        there = handed_in_to(row, by=by)
        if there and row.form == form:
            raise HandedInAlready(there)
        raise Refused(already_in(there))
    row.form = form
    return row


def handed_in_to(held: HeldPaper, *, by: Viewer) -> Agreement | None:
    """The agreement of which it is a paper by now."""
    return Agreement.objects.visible_to(by).filter(documents=held.document_id).first() if held.document_id else None


def already_in(there: Agreement | None) -> Any:
    """Why a paper cannot be handed in once more."""
    return _("This paper is already in %(ref)s.") % {"ref": there.ref} if there else GONE


def hand_in(held: HeldPaper, agreement: Agreement, said: Mapping[str, Any], *, by: Viewer) -> Document:
    """Make it a paper of the agreement, through the same checks as any; its text is read again by the job.

    Raises ValidationError. What is asked once says it all: titles and day are the agreement's own. A text that was
    signed on no day is a draft, for our staff.
    """
    kind = DocumentKind(said["kind"])
    is_signed = kind == DocumentKind.SIGNED_TEXT and agreement.signed_on is not None
    audience = said["audience"] or (Audience.PARTNER if is_signed else Audience.INTERNAL)
    if kind == DocumentKind.SIGNED_TEXT and not is_signed:
        kind, audience = DocumentKind.DRAFT_TEXT, Audience.INTERNAL
    for column in ("title_vi", "title_en"):
        if mark := mark_in_name(getattr(agreement, column)):
            reason = _("It bears the mark “%(mark)s”: secret papers are not kept here.") % {"mark": mark}
            raise ValidationError({column: reason})
    paper = Document(
        agreement=agreement, kind=kind, title_vi=agreement.title_vi, title_en=agreement.title_en,
        language=said["language"], is_signed_copy=is_signed,
        audience=audience,
    )  # fmt: skip
    if is_signed:
        paper.published_on, paper.published_precision = agreement.signed_on, agreement.signed_precision
    with held.file.open("rb") as content:
        data = content.read()
    try:
        accept(SimpleUploadedFile(held.filename, data), paper)
    except Refused as no:
        raise ValidationError(no.reason) from None
    paper.stamp(by).full_clean(exclude=["file"])
    paper.save()
    _forget_bytes(held)
    held.document, held.content = paper, ""
    held.save()
    return paper


def let_go(held: HeldPaper) -> None:
    """Take a paper away, unless it is handed in at this moment: then it is waited for, and stays."""
    with transaction.atomic():
        if row := HeldPaper.objects.filter(pk=held.pk, document=None).locked().first():
            _take_away(row)


def cancel(held: HeldPaper, *, window: str) -> None:
    """Let a paper go with its form, unless text that is kept of another window names it as well."""
    if not _is_named(held, apart_from=window):
        let_go(held)


def _take_away(row: HeldPaper) -> None:
    _forget_bytes(row)
    row.delete()


def _forget_bytes(held: HeldPaper) -> None:
    name, storage = held.file.name or "", held.file.storage
    held.file = ""
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def forget_old(*, at: datetime) -> int:
    """Take away what nobody came back to; return how many."""
    old = HeldPaper.objects.filter(used_at__lt=at - KEPT).order_by("pk").values_list("pk", flat=True)
    return sum(FORGETTING.each(old, lambda pk: _forget_one(pk, at), at=at))


def _forget_one(pk: int, at: datetime) -> bool:
    with transaction.atomic():
        held = HeldPaper.objects.filter(pk=pk).filter(Q(used_at__lt=at - KEPT)).locked(skip=True).first()
        if held is None:
            return False
        if held.document_id is None and held.used_at > at - KEPT_WITH_DRAFT and _is_named(held):
            return False
        _take_away(held)
    return True
