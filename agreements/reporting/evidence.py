"""A report with its evidence: kept as a draft first, so that nothing typed or attached is ever lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Report
from agreements.commitments.rules import reports
from agreements.sources.models import Document
from agreements.sources.papers import accept
from agreements.vocabulary import Audience, DocumentKind
from partners.models import Organisation
from partners.refusals import Refused
from partners.viewers import Viewer

MOST_FILES = 10


@dataclass(frozen=True)
class Kept:
    """The report is kept; `refused` says why it was not handed in, where it was to be."""

    report: Report
    refused: str = ""


def take(
    report: Report, *, by: Viewer, organisation: Organisation | None, upload: UploadedFile[Any] | None, hand_in: bool
) -> Kept:
    """Keep the report with its file, then hand it in if that is asked for. Raises Refused where it cannot be kept."""
    with transaction.atomic():
        reports.write(report, by=by, organisation=organisation)
        if upload:
            attach(report, upload, by=by)
    if not hand_in:
        return Kept(report)
    try:
        reports.submit(report, by=by)
    except Refused as no:
        return Kept(report, no.reason)
    return Kept(report)


def attach(report: Report, upload: UploadedFile[Any], *, by: Viewer) -> Document:
    """Put a file beside a report, through the same checks as any paper."""
    if report.evidence.live().count() >= MOST_FILES:
        raise Refused(_("A report takes %(most)s files at most.") % {"most": MOST_FILES})
    paper = Document(
        agreement=report.commitment.agreement, report=report, kind=DocumentKind.REPORT, audience=Audience.PARTNER,
    )  # fmt: skip
    accept(upload, paper)
    paper.title_vi = paper.title_en = paper.filename[:300]
    paper.stamp(by).full_clean(exclude=["file"])
    paper.save()
    return paper
