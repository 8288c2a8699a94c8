"""What was said of a commitment and nobody has accepted: shown as said, to who may read the report."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Exists, OuterRef, Prefetch, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce

from agreements.commitments.models import Report
from agreements.commitments.models.queries import IS_OWED
from agreements.vocabulary import HANDED_IN, ReportStatus
from partners.viewers import Viewer


def with_said(rows: Any, viewer: Viewer) -> Any:
    """The rows with the reports handed in that the viewer may read, the newest first. One query more."""
    told = Report.objects.visible_to(viewer).live().filter(status__in=HANDED_IN).order_by("-on", "-pk")
    told = told.select_related("organisation", "created_by")
    return rows.prefetch_related(Prefetch("reports", queryset=told, to_attr="handed_in"))


def told(viewer: Viewer) -> Case:
    """What `Commitment.said` says of a row, in words, as an expression; empty where nothing waits."""
    rows = Report.objects.visible_to(viewer).live().filter(status__in=HANDED_IN, commitment=OuterRef("pk"))
    newest = rows.order_by("-on", "-pk").annotate(words=Report.said(viewer)).values("words")[:1]
    said = Coalesce(Subquery(newest), Value(""))
    return Case(When(IS_OWED, then=said), default=Value(""), output_field=TextField())


def waits(viewer: Viewer) -> Exists:
    """Whether a report waits for acceptance that the viewer may read."""
    handed_in = Report.objects.visible_to(viewer).live().filter(status=ReportStatus.SUBMITTED)
    return Exists(handed_in.filter(commitment=OuterRef("pk")))
