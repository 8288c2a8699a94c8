"""Taking in a paper: what it really is, how large, and whether it may be kept here."""

from __future__ import annotations

import hashlib
import os
import re
from typing import Any

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agreements.register.models import Agreement
from agreements.sources import pictures
from agreements.sources.models import Document
from agreements.sources.secrecy import mark_in_name
from agreements.vocabulary import PaperState
from partners import texts
from partners.refusals import NotYours, Refused
from partners.viewers import Viewer

PDF = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN_TEXT = "application/vnd.oasis.opendocument.text"
# Extension -> media type, and the kinds of content that may hide behind it.
ACCEPTED: dict[str, tuple[str, frozenset[str]]] = {
    ".pdf": (PDF, frozenset({".pdf"})),
    ".docx": (OFFICE + "wordprocessingml.document", frozenset({".docx"})),
    ".odt": (OPEN_TEXT, frozenset({".odt"})),
    ".xlsx": (OFFICE + "spreadsheetml.sheet", frozenset({".xlsx"})),
    ".png": ("image/png", frozenset({".png"})),
    ".jpg": ("image/jpeg", frozenset({".jpg", ".jpeg"})),
    ".jpeg": ("image/jpeg", frozenset({".jpg", ".jpeg"})),
    ".txt": ("text/plain", frozenset()),
}
HEAD_BYTES = 8192
HAS_NEWER = _("This paper has a newer edition already.")


def accept(upload: UploadedFile[Any], document: Document) -> Document:
    """Check the upload and fill the document with it; the caller saves. Raises Refused with the reason."""
    name = safe_name(upload.name or "")
    extension = os.path.splitext(name)[1].lower()
    if extension not in ACCEPTED:
        kinds = ", ".join(sorted(ACCEPTED))
        raise Refused(_("Files of this kind are not taken. Taken are: %(kinds)s") % {"kinds": kinds})
    if mark := mark_in_name(name):
        raise Refused(_("Its name bears the mark “%(mark)s”: secret papers are not kept here.") % {"mark": mark})
    limit = settings.UPLOAD_MAX_BYTES
    if not upload.size:
        raise Refused(_("The file is empty."))
    if upload.size > limit:
        raise Refused(_("The file is larger than %(limit)s MB.") % {"limit": limit // 1024**2})
    media_type, contents = ACCEPTED[extension]
    head = upload.read(HEAD_BYTES)
    upload.seek(0)
    if not _is_what_it_says(upload, head, contents):
        raise Refused(_("The file is not what its name says. Save it again in its own format."))
    if media_type.startswith("image/"):
        upload = _bare(upload)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    document.file, document.filename, document.media_type = upload, name, media_type
    document.size, document.checksum = upload.size, digest.hexdigest()
    document.state = PaperState.WAITING
    return document


def _bare(upload: UploadedFile[Any]) -> UploadedFile[Any]:
    """A picture without the place where it was taken, and whatever else it says beside what it shows."""
    return SimpleUploadedFile(upload.name or "", pictures.bare(upload.read()), upload.content_type or "")


def may_fetch(document: Document, viewer: Viewer) -> bool:
    """Whether the bytes of a visible document may leave. Unchecked ones stay, where a scanner is set up."""
    if not document.file or document.state == PaperState.REFUSED:
        return False
    return document.state != PaperState.WAITING or (viewer.is_staff and not settings.CLAMD)


def succeed(old: Document) -> Document:
    """A new edition of a paper, of the same kind and name; the old one stays to be read."""
    if hasattr(old, "replaced_by"):
        raise Refused(HAS_NEWER)
    same = ("agreement", "kind", "title_vi", "title_en", "language", "audience", "publisher")
    return Document(**{name: getattr(old, name) for name in same}, replaces=old, edition=old.edition + 1)


def may_keep(agreement: Agreement, viewer: Viewer) -> bool:
    """Papers come in at every stage: an ended agreement still has its notice to keep."""
    return viewer.works_at(agreement.desk_id) and not viewer.read_only and agreement.archived_at is None


def add(paper: Document, *, by: Viewer) -> Document:
    """Save a new paper while its agreement is held, so that it is still its desk's, and has one next edition.

    Raises Http404 where it left the viewer's sight meanwhile, and Refused.
    """
    with transaction.atomic():
        if not may_keep(Agreement.objects.visible_to(by).get_locked(pk=paper.agreement_id), by):
            raise NotYours(_("Only its desk adds papers to an agreement."))
        if paper.replaces_id and Document.objects.filter(replaces=paper.replaces_id).exists():
            raise Refused(HAS_NEWER)
        paper.stamp(by).save()
    return paper


def _is_what_it_says(upload: UploadedFile[Any], head: bytes, contents: frozenset[str]) -> bool:
    if not contents:
        try:
            head.decode("utf-8", errors="strict" if len(head) < HEAD_BYTES else "ignore")
        except UnicodeDecodeError:
            return False
        return b"\x00" not in head
    whole = head if len(head) < HEAD_BYTES else upload.read()
    upload.seek(0)
    try:
        found = {match.extension for match in puremagic.magic_string(whole)}
    except puremagic.PureError:
        return False
    return bool(found & contents)


def safe_name(name: str) -> str:
    """The last part of a file name, without what a header or a disk would trip over."""
    name = re.split(r"[/\\]", name)[-1]
    name = texts.line("".join(char for char in name if char.isprintable() and char not in '<>:"|?*'))
    stem, extension = os.path.splitext(name.strip(" ."))
    return f"{stem[: 150 - len(extension)] or 'file'}{extension}"
