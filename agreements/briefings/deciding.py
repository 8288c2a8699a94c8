"""What waits for a decision in a scope, whoever takes it: asked in the words of who asks, and since when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.briefings.cells import Cells, cell, day_or_none, labelled, titled
from agreements.briefings.changes import partners_of, with_parties
from agreements.briefings.content import Block, Column, Heading, Line, Row, Table, line
from agreements.briefings.counting import MEASURES, counts_as
from agreements.briefings.scopes import Query, Scope, Span
from agreements.briefings.telling import Told
from agreements.commitments.models import DueRequest, Report
from agreements.register.models import Amendment
from agreements.vocabulary import AmendmentStage, ReportStatus, RequestKind, RequestState, Stage, Wait
from partners.viewers import Viewer


def decisions(scope: Scope, rows: Sequence[Any], cells: Cells, told: Told) -> Iterator[Block]:
    """For staff, who decide; a fixed number of queries."""
    viewer = cells.viewer
    if not viewer.is_staff:
        return
    lines = [
        *_agreements(Wait.REVIEW, {"stage": Stage.IN_REVIEW.value}, scope, viewer, told),
        *_amendments(scope, viewer, told),
        *_requests(Wait.DAY, RequestKind.DAY, scope, viewer, told),
        *_requests(Wait.DROP, RequestKind.DROP, scope, viewer, told),
        *_disputes(scope, rows, cells),
        *_reports(scope, viewer, told),
        *_agreements(Wait.EXPIRED, {"show": "expired"}, scope, viewer, told),
    ]
    caption = _("Decisions to take")
    yield Heading(caption, 1)
    columns = (
        Column(_("Record"), 4), Column(_("Desk"), 2), Column(_("What is asked for"), 5), Column(_("By"), 2),
        Column(_("Since"), 1),
    )  # fmt: skip
    yield Table(caption, columns, tuple(lines), _("No decision waits."))


def _group(kind: Wait, number: int, href: str) -> Row:
    return Row(group=line(f"{kind.label} ({number})", href, is_strong=True))


def _lines(kind: Wait, found: Sequence[Row], number: int, href: str) -> Iterator[Row]:
    if found:
        yield _group(kind, number, href)
        yield from found


def _agreements(kind: Wait, query: Query, scope: Scope, viewer: Viewer, told: Told) -> Iterator[Row]:
    asked = with_parties(scope.agreements(viewer, **query).select_related("desk", "submitted_by", "owner"), viewer)
    rows = list(asked.order_by("pk"))
    told.of(agreements=[one.pk for one in rows])
    found = [
        Row((
            cell(titled(one)), cell(line(one.desk)), cell(line(partners_of(one)), _ended(one, viewer)),
            cell(line((one.submitted_by if kind == Wait.REVIEW else one.owner) or "")), (),
        ))
        for one in rows
    ]  # fmt: skip
    yield from _lines(kind, found, len(found), scope.href(query, "agreements"))


def _ended(agreement: Any, viewer: Viewer) -> Line:
    end = agreement.ends_by(viewer.on)
    return labelled(_("Ended") if end.last_day < viewer.on else _("Ends"), end) if end else ()


def _amendments(scope: Scope, viewer: Viewer, told: Told) -> Iterator[Row]:
    asked = Amendment.objects.visible_to(viewer).live().filter(
        stage=AmendmentStage.IN_REVIEW, agreement__in=scope.agreements(viewer).order_by().values("pk")
    )  # fmt: skip
    waiting = list(asked.select_related("agreement__desk", "submitted_by").order_by("pk"))
    told.of(agreements=[one.agreement_id for one in waiting])
    found = [
        Row((
            cell(line(f"{one.agreement.ref} {one.agreement.title}", _amendment(one))), cell(line(one.agreement.desk)),
            cell(line(f"{one.get_kind_display()} {one.number}"), line(one.in_words("text"))),
            cell(line(one.submitted_by or "")), (),
        ))
        for one in waiting
    ]  # fmt: skip
    yield from _lines(Wait.AMENDMENT, found, len(found), "")


def _amendment(row: Amendment) -> str:
    return reverse("amendment", args=[row.agreement.ref, row.number])


def _requests(wait: Wait, kind: RequestKind, scope: Scope, viewer: Viewer, told: Told) -> Iterator[Row]:
    query: Query = {"waits": wait.value}
    asked = DueRequest.objects.visible_to(viewer).filter(
        kind=kind, state=RequestState.WAITING, commitment__in=scope.commitments(viewer, **query).order_by().values("pk")
    )  # fmt: skip
    found = [
        Row((
            cell(titled(one.commitment, "#days")), cell(line(one.commitment.agreement.desk)),
            cell(line(f"{one.was or '–'} → {one.becomes}" if one.becomes else ""), line(one.reason)),
            cell(line(one.organisation or one.created_by or "")), cell(line(_day_of(one.created_at))),
        ))
        for one in _with_their_records(asked, told)
    ]  # fmt: skip
    yield from _lines(wait, found, len(found), scope.href(query))


def _with_their_records(rows: Any, told: Told) -> list[Any]:
    found = list(rows.select_related("commitment__agreement__desk", "organisation", "created_by").order_by("pk"))
    told.of(commitments=[one.commitment_id for one in found], agreements=[one.commitment.agreement_id for one in found])
    return found


def _day_of(instant: Any) -> str:
    return day_or_none(timezone.localtime(instant).date())


def _reports(scope: Scope, viewer: Viewer, told: Told) -> Iterator[Row]:
    query: Query = {"waits": Wait.REPORT.value}
    asked = Report.objects.visible_to(viewer).live().filter(
        status=ReportStatus.SUBMITTED, commitment__in=scope.commitments(viewer, **query).order_by().values("pk")
    )  # fmt: skip
    waiting = _with_their_records(asked, told)
    found = [
        Row((
            cell(titled(one.commitment, "#reports")), cell(line(one.commitment.agreement.desk)),
            cell(line(one.as_said(viewer), is_quiet=True)), cell(line(one.organisation or one.created_by or "")),
            cell(line(day_or_none(one.on))),
        ))
        for one in waiting
    ]  # fmt: skip
    yield from _lines(Wait.REPORT, found, len({one.commitment_id for one in waiting}), scope.href(query))


def _disputes(scope: Scope, rows: Sequence[Any], cells: Cells) -> Iterator[Row]:
    disputed = [row for row in rows if "disputed" in counts_as(row)]
    found = []
    for row in disputed:
        answers = cells.found.disputes[row.pk]
        said = [line(answer.remark or answer.proposed) for answer in answers]
        who = [line(answer.organisation.label) for answer in answers]
        since = day_or_none(min((answer.on for answer in answers), default=None))
        found.append(Row((
            cell(titled(row, "#positions")), cell(line(row.agreement.desk)), cell(*said), cell(*who), cell(line(since))
        )))  # fmt: skip
    any_days = Span(cells.on, cells.on)
    yield from _lines(Wait.DISPUTE, found, len(disputed), scope.href(MEASURES["disputed"].query(any_days)))
