"""The review pack: what the leaders are told of a period, for the whole ministry, a desk, a sector or a partner.

The mandated table, what lies beyond the desk's power, what has changed, delivery in figures, who has not reported, what
is to be decided, and the sources. Every line leads to its record, every number to its list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agreements.briefings import changes, deciding, figuring, gathering, periods, sourcing
from agreements.briefings.cells import Cells, Party, cell, day_or_none, filled, titled
from agreements.briefings.content import (
    Block,
    Column,
    Facts,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Row,
    Run,
    Table,
    line,
)
from agreements.briefings.counting import BEYOND, concerned, counts_as, starts
from agreements.briefings.making import paper_of
from agreements.briefings.scopes import Scope, Span
from agreements.briefings.telling import Told
from agreements.vocabulary import BlockedBy
from partners.models import Organisation
from partners.viewers import Viewer


@dataclass(frozen=True)
class Read:
    """All that a pack is made of, read once."""

    scope: Scope
    span: Span
    viewer: Viewer
    rows: Sequence[Any]
    found: gathering.Gathered
    frozen: periods.Frozen  # this period as it was closed, and the one before

    @property
    def cells(self) -> Cells:
        return Cells(self.found, self.viewer, self.viewer.on)

    def counting(self, name: str) -> list[Any]:
        return [row for row in self.rows if name in counts_as(row)]


def review_pack(scope: Scope, span: Span, *, viewer: Viewer, on: date) -> Paper:
    """The pack as the viewer may have it. A fixed number of queries."""
    viewer = viewer.as_of(on)
    read = _read(scope, span, viewer)
    told = Told({row.agreement_id for row in read.rows if row.shows_agreement}, {row.pk for row in read.rows})
    begun = starts(scope, span, viewer)
    body = (
        _head(read),
        *figuring.figures(scope, span, read.rows, begun, read.frozen, viewer),
        *changes.changes(scope, span, read.rows, read.cells, told),
        *figuring.by_each(scope, span, read.rows, begun, read.frozen, viewer),
        *_mandated(read),
        *_beyond(read),
        *_silent(read),
        *deciding.decisions(scope, read.rows, read.cells, told),
        *sourcing.sources(read.rows, viewer),
    )
    subject = _("Implementation of international commitments, %(period)s") % {"period": span}
    subject = f"{subject} – {scope.label(viewer)}" if scope.code else subject
    return paper_of(pgettext("paper", "Report"), subject, viewer, on, body, told.records)


def _read(scope: Scope, span: Span, viewer: Viewer) -> Read:
    with_us = Prefetch("co_leads", Organisation.objects.visible_to(viewer))
    rows = concerned(scope, span, viewer).select_related("agreement__desk", "lead", "partner_owner__country", "owner")
    shown = list(rows.with_duty(viewer).with_silence().prefetch_related(with_us).order_by("due_on", "pk"))
    found = gathering.gather(shown, viewer, on=viewer.on)
    gathering.last_words(found, [row.pk for row in shown if "silent" in counts_as(row)], viewer)
    return Read(scope, span, viewer, shown, found, periods.frozen_for(scope, span, viewer))


def _head(read: Read) -> Facts:
    """Of what, of which days, as of when, and whether it is closed."""
    rows = [(_("Period"), line(read.span)), (_("Scope"), line(read.scope.label(read.viewer)))]
    rows.append((_("Standing of"), line(day_or_none(read.viewer.on))))
    if closed := read.frozen.this:
        rows.append((pgettext("period", "Closed"), line(closed.in_words, closed.get_absolute_url())))
        rows.append(("SHA-256", line(closed.digest, is_quiet=True)))
    elif read.viewer.is_staff:
        rows.append((pgettext("period", "Closed"), line(_("not yet: the figures may still change"))))
    return Facts(tuple(rows))


def _mandated(read: Read) -> Iterator[Block]:
    """Lead agency, partner, content, timeline, difficulties, recommendations; by partner, each commitment once."""
    yield PageBreak()
    yield Heading(_("Implementation by partner"), 1)
    cells, groups = read.cells, dict[Party, list[Any]]()
    for row in read.rows:
        groups.setdefault(cells.party(row), []).append(row)
    lines: list[Row] = []
    for party in sorted(groups, key=lambda one: (one.order, one.name)):
        name = Run(party.name, party.href, is_strong=True)
        lines.append(Row(group=(name, Run(f" ({len(groups[party])})"))))
        lines += [
            Row(filled((
                cells.lead(row), cells.partner(row), cells.content(row), cells.timeline(row), cells.difficulties(row),
                cells.recommendations(row),
            )))
            for row in groups[party]
        ]  # fmt: skip
    columns = (
        Column(_("Lead agency"), 2), Column(_("Partner"), 2), Column(_("Content of cooperation"), 4),
        Column(_("Timeline"), 2), Column(_("Difficulties"), 3), Column(_("Recommendations"), 3),
    )  # fmt: skip
    nothing = _("No commitment of this scope was owed, concluded or delivered in the period.")
    yield Table(_("Implementation by partner"), columns, tuple(lines), nothing, is_wide=True)


def _beyond(read: Read) -> Iterator[Block]:
    """What the desks cannot remove themselves, by who can."""
    if not read.viewer.is_staff:
        return
    yield PageBreak()
    yield Heading(_("Beyond the authority of the desk"), 1)
    cells, lines = read.cells, list[Row]()
    blocked = read.counting("blocked")
    for level in BEYOND:
        rows = [row for row in blocked if row.blocked_by == level]
        if rows:
            href = read.scope.href({"owed": "true", "blocked": level.value})
            lines.append(Row(group=line(f"{level.label} ({len(rows)})", href, is_strong=True)))
        for row in sorted(rows, key=lambda one: one.blocked_since_on):
            raised = cell(line(day_or_none(row.escalated_on))) if row.escalated_on else ()
            lines.append(Row(filled((
                cells.content(row)[:2], cells.lead(row), cells.partner(row)[:1], cell(line(row.blocker)),
                cell(line(day_or_none(row.blocked_since_on))), raised, cells.recommendations(row),
            ))))  # fmt: skip
    columns = (
        Column(_("Commitment"), 3), Column(_("Lead agency"), 2), Column(_("Partner"), 2),
        Column(_("What blocks it"), 3), Column(_("Since"), 1), Column(_("Raised"), 1), Column(_("Recommendations"), 3),
    )  # fmt: skip
    nothing = _("Nothing is blocked that the desk cannot remove itself.")
    yield Table(_("Beyond the authority of the desk"), columns, tuple(lines), nothing, is_wide=True)
    if own := [row for row in blocked if row.blocked_by == BlockedBy.DESK]:
        href = read.scope.href({"owed": "true", "blocked": BlockedBy.DESK.value})
        words = _("For the desk itself to remove: %(count)s") % {"count": len(own)}
        yield Paragraph(line(words, href))


def _silent(read: Read) -> Iterator[Block]:
    """Who has not reported, since when, and when they were asked."""
    if not read.viewer.is_staff:
        return
    rows = read.counting("silent")
    caption = _("Without news for over 90 days")
    yield Heading(caption, 1)
    if rows:
        words = _("No update for over 90 days: %(count)s") % {"count": len(rows)}
        yield Paragraph(line(words, read.scope.href({"quiet": "90"})))
    cells, found = read.cells, read.found
    lines = tuple(
        Row(filled((
            cell(titled(row)), cells.lead(row), cells.partner(row)[:1], cell(line(row.owner or "")),
            cell(line(day_or_none(row.silent_since))), cell(line(day_or_none(found.reported.get(row.pk)))),
            cell(line(day_or_none(found.asked.get(row.pk)))),
        )))
        for row in sorted(rows, key=lambda one: (one.silent_since, one.pk))
    )  # fmt: skip
    columns = (
        Column(_("Commitment"), 4), Column(_("Lead agency"), 2), Column(_("Partner"), 2), Column(_("Kept by"), 2),
        Column(_("No update since"), 1), Column(_("Last report"), 1), Column(_("Asked on"), 1),
    )  # fmt: skip
    yield Table(caption, columns, lines, _("Nothing that is owed was without news for over 90 days."), is_wide=True)
