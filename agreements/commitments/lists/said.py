"""What was said or asked of a commitment and waits for somebody: to who may read the report, request or milestone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Exists, OuterRef, Prefetch, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import DueRequest, Milestone, Report
from agreements.commitments.models.queries import IS_OWED
from agreements.vocabulary import HANDED_IN, MilestoneStatus, ReportStatus, RequestKind, RequestState, Wait
from partners import kept
from partners.viewers import Viewer


def with_said(rows: Any, viewer: Viewer) -> Any:
    """The rows with the reports handed in that the viewer may read, the newest first. One query more."""
    return rows.prefetch_related(Prefetch("reports", queryset=_handed_in(viewer), to_attr="handed_in"))


def note_said(commitments: Sequence[Any], viewer: Viewer) -> None:
    """The same for a few that are read already."""
    told: dict[int, list[Report]] = {}
    for report in kept.records(_handed_in_of, viewer, *(one.pk for one in commitments)) if commitments else ():
        told.setdefault(report.commitment_id, []).append(report)
    for one in commitments:
        one.handed_in = told.get(one.pk, [])


def _handed_in(viewer: Viewer) -> Any:
    told = Report.objects.visible_to(viewer).live().filter(status__in=HANDED_IN).order_by("-on", "-pk")
    return told.select_related("organisation", "created_by")


def _handed_in_of(viewer: Viewer, *commitments: int) -> Any:
    return _handed_in(viewer).filter(commitment__in=commitments)


MISSED = "milestone"
WAITING = [
    (Wait.REPORT.value, _("A report to be accepted")),
    (Wait.DAY.value, _("Another day that was asked for")),
    (Wait.DROP.value, _("Dropping that was asked for")),
    (MISSED, _("An overdue milestone")),
]


def told(viewer: Viewer) -> Case:
    """What `Commitment.said` says of a row, in words, as an expression; empty where nothing waits."""
    rows = _handed_in(viewer).filter(commitment=OuterRef("pk"))
    newest = rows.annotate(words=Report.said(viewer)).values("words")[:1]
    said = Coalesce(Subquery(newest), Value(""))
    return Case(When(IS_OWED, then=said), default=Value(""), output_field=TextField())


def waits(viewer: Viewer, kind: str = Wait.REPORT) -> Exists:
    """Whether one of `WAITING` that the viewer may read waits."""
    rows: Any
    match kind:
        case Wait.REPORT:
            rows = Report.objects.visible_to(viewer).live().filter(status=ReportStatus.SUBMITTED)
        case Wait.DAY | Wait.DROP:
            asked = RequestKind.DAY if kind == Wait.DAY else RequestKind.DROP
            rows = DueRequest.objects.visible_to(viewer).filter(kind=asked, state=RequestState.WAITING)
        case _:
            rows = Milestone.objects.visible_to(viewer).live().filter(status=MilestoneStatus.SCHEDULED)
            rows = rows.filter(due_on__lt=viewer.on)
    return Exists(rows.filter(commitment=OuterRef("pk")))
