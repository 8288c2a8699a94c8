"""What is new, done, late, disputed and expiring in a period: short tables, each under the list it is taken from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.briefings.cells import Cells, cell, day_or_none, labelled, titled
from agreements.briefings.content import Block, Column, Heading, Line, Paragraph, Row, Table, line
from agreements.briefings.counting import MEASURES, counts_as
from agreements.briefings.scopes import Query, Scope, Span
from agreements.briefings.telling import Told
from agreements.commitments.models import Commitment
from agreements.register.models import Agreement, Participant
from partners.viewers import Viewer

MOST = 100  # lines of one table; what is more stands in the list, and in the table by partner


def changes(scope: Scope, span: Span, rows: Sequence[Any], cells: Cells, told: Told) -> Iterator[Block]:
    """A query for what is new and one for what expires; the rest is read already."""
    yield Heading(_("What has changed"), 1)
    yield from _agreements(
        _("Newly concluded"),
        scope,
        span.within("concluded"),
        cells.viewer,
        _("Nothing was concluded in the period."),
        told,
    )
    yield from _commitments(
        "delivered", _("Delivered"), scope, span, rows, cells, _("Nothing was delivered in the period.")
    )
    yield from _commitments("overdue", _("Overdue"), scope, span, rows, cells, _("Nothing is overdue."))
    yield from _commitments(
        "disputed", _("Disputed by the partner"), scope, span, rows, cells, _("Nothing is disputed.")
    )
    if cells.viewer.is_staff:  # when a term ends is what a share may hold back
        yield from _agreements(
            _("Term ends within 90 days"),
            scope,
            {"show": "expiring"},
            cells.viewer,
            _("Nothing expires within 90 days."),
            told,
        )


def counted(number: int, href: str) -> Line:
    words = ngettext("%(count)s record", "%(count)s records", number) % {"count": number}
    return line(words, href)


def with_parties(rows: Any, viewer: Viewer) -> Any:
    """Agreements with their participants of the partner's side and the number of their commitments. Two queries."""
    seen = Participant.objects.visible_to(viewer).live().select_related("organisation__country").order_by("pk")
    visible = Commitment.objects.visible_to(viewer).order_by().values("pk")
    return rows.annotate(promises=Count("commitments", filter=Q(commitments__in=visible))).prefetch_related(
        Prefetch("participants", seen, to_attr="seen_participants")
    )


def partners_of(agreement: Any) -> str:
    others = [one.organisation.label for one in agreement.seen_participants if not one.organisation.is_ours]
    return ", ".join(dict.fromkeys(others))


def _agreements(caption: str, scope: Scope, query: Query, viewer: Viewer, nothing: str, told: Told) -> Iterator[Block]:
    asked = scope.agreements(viewer, **query)
    found = list(with_parties(asked, viewer).order_by("signed_on", "pk"))
    told.of(agreements=[one.pk for one in found])
    yield Heading(caption, 2)
    if found:
        yield Paragraph(counted(len(found), scope.href(query, "agreements")))
    columns = (
        Column(_("Agreement"), 5), Column(_("Partner"), 3), Column(_("Concluded"), 2), Column(_("Term"), 2),
        Column(_("Commitments"), 1, is_number=True),
    )  # fmt: skip
    lines = tuple(
        Row((
            cell(titled(one)), cell(line(partners_of(one))),
            cell(line(one.get_stage_display()), line(one.signed or "")), _term(one, viewer),
            cell(line(one.promises, one_list(one))),
        ))
        for one in found[:MOST]
    )  # fmt: skip
    yield Table(caption, columns, lines, nothing)
    yield from _rest(len(found), scope.href(query, "agreements"))


def one_list(agreement: Agreement) -> str:
    """The list of its commitments."""
    return Scope().href({"agreement": agreement.ref})


def _term(agreement: Agreement, viewer: Viewer) -> tuple[Line, ...]:
    end = agreement.ends_by(viewer.on) if viewer.is_staff else None
    if end is None:
        return ()
    last = agreement.notice_by(viewer.on)
    return cell(
        labelled(_("Ends"), end), line(agreement.get_renewal_display()),
        labelled(_("Last day to give notice"), last) if last else (),
    )  # fmt: skip


def _commitments(
    name: str, caption: str, scope: Scope, span: Span, rows: Sequence[Any], cells: Cells, nothing: str
) -> Iterator[Block]:
    found = [row for row in rows if name in counts_as(row)]
    href = scope.href(MEASURES[name].query(span))
    yield Heading(caption, 2)
    if found:
        yield Paragraph(counted(len(found), href))
    columns = (
        Column(_("Commitment"), 5),
        Column(_("Lead agency"), 2),
        Column(_("Partner"), 2),
        Column(HEADS[name](), 3),
    )
    lines = tuple(
        Row((cell(titled(row)), cells.lead(row), cells.partner(row)[:1], _told(name, row, cells)))
        for row in found[:MOST]
    )
    yield Table(caption, columns, lines, nothing)
    yield from _rest(len(found), href)


HEADS: dict[str, Callable[[], str]] = {
    "delivered": lambda: _("Delivered on"), "overdue": lambda: _("Due"), "disputed": lambda: _("Difficulties"),
}  # fmt: skip


def _told(name: str, row: Commitment, cells: Cells) -> tuple[Line, ...]:
    match name:
        case "delivered":
            first = labelled(_("First promised for"), row.baseline_due) if row.baseline_due else ()
            return cell(line(day_or_none(row.delivered_on)), first)
        case "overdue":
            return cell(line(row.due), line(cells.late(row)))
        case _:
            return cells.difficulties(row)


def _rest(number: int, href: str) -> Iterator[Block]:
    if number > MOST:
        yield Paragraph(line(_("And %(count)s more.") % {"count": number - MOST}, href))
