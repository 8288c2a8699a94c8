"""Delivery in figures: this period beside the one before, by desk and by partner; each number opens its list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from agreements.briefings.cells import Cell, cell
from agreements.briefings.content import NONE, Block, Column, Heading, Line, Paragraph, Row, Table, line
from agreements.briefings.counting import (
    MEASURES,
    NOBODY,
    Counting,
    Counts,
    countings,
    measures,
    owed_by,
    total,
)
from agreements.briefings.frozen import FrozenPeriod
from agreements.briefings.periods import Frozen, counted
from agreements.briefings.scopes import Over, Scope, Span
from partners.viewers import Viewer

BY_EACH = ("owed", "overdue", "blocked", "silent", "unreported", "slipped", "delivered")


def percent(value: int | None) -> str:
    return NONE if value is None else f"{value} %"


def days(value: float | None) -> str:
    if value is None:
        return NONE
    return _("%(count)s days") % {"count": number_format(round(value) if value == round(value) else value)}


def figures(
    scope: Scope, span: Span, rows: Sequence[Any], begun: Mapping[int, int], frozen: Frozen, viewer: Viewer
) -> Iterator[Block]:
    """Two queries where the periods are closed."""
    caption = _("Delivery in figures")
    yield Heading(caption, 1)
    now = countings(rows, begun)
    closed = counted(frozen.this, scope, viewer) if frozen.this else None
    before = counted(frozen.before, scope, viewer) if frozen.before else None
    columns = [Column(_("Figure"), 4)]
    parts: list[tuple[Counts, Any]] = []
    if frozen.this and closed is not None:
        columns.append(Column(_("As closed"), 1, is_number=True))
        parts.append((total(one for _scopes, one in closed), _of_closing(frozen.this, scope)))
    columns.append(Column(_("Today") if parts else str(span), 1, is_number=True))
    parts.append((total(now), lambda name: scope.href(MEASURES[name].query(span))))
    if frozen.before and before is not None:
        columns.append(Column(str(span.before), 1, is_number=True))
        parts.append((total(one for _scopes, one in before), _of_closing(frozen.before, scope)))
    yield Table(caption, tuple(columns), tuple(_lines(parts, viewer)))
    if viewer.is_staff and not frozen.before:
        words = _("%(period)s was not closed: how things stood then is not known.") % {"period": span.before}
        yield Paragraph(line(words, is_quiet=True))


def by_each(
    scope: Scope, span: Span, rows: Sequence[Any], begun: Mapping[int, int], frozen: Frozen, viewer: Viewer
) -> Iterator[Block]:
    """The same for each desk and each partner, for staff: wide tables, which stand together. One query at most."""
    if not viewer.is_staff:
        return
    now = countings(rows, begun)
    before = counted(frozen.before, scope, viewer) if frozen.before and scope.over != Over.DESK else None
    yield from _by_desk(scope, span, rows, now, frozen.before, before)
    yield from _by_partner(scope, span, rows, now)


def _of_closing(period: FrozenPeriod, scope: Scope) -> Any:
    more = {"over": scope.over.value, "code": scope.code} if scope.code else {}
    return lambda name: period.listed({"counts": name, **more})


def _lines(parts: Sequence[tuple[Counts, Any]], viewer: Viewer) -> Iterator[Row]:
    for measure in measures(viewer):
        numbers = (cell(line(counts[measure.name], href(measure.name))) for counts, href in parts)
        yield Row((cell(line(measure.label)), *numbers))
    if not viewer.is_staff:
        return
    yield from shares_and_medians([counts for counts, _href in parts])


def shares_and_medians(sums: Sequence[Counts], *more: Cell) -> Iterator[Row]:
    """What no list can hold: a line for each, with a cell for each sum and those that follow."""
    told = (
        (_("From the conclusion to the first action (median)"), [days(one.first_action_days) for one in sums]),
        (_("Delivered on time, of what had a day"), [percent(one.on_time_share) for one in sums]),
        (_("Without an accepted report, of what is owed"), [percent(one.unreported_share) for one in sums]),
        (_("Later than first promised (median)"), [days(one.slippage_days) for one in sums]),
    )
    for label, values in told:
        yield Row((cell(line(label)), *(cell(line(value)) for value in values), *more))


def _by_desk(
    scope: Scope, span: Span, rows: Sequence[Any], now: Sequence[Counting], closed: FrozenPeriod | None, before: Any
) -> Iterator[Block]:
    if scope.over == Over.DESK:
        return
    keys = [[(row.agreement.desk.code, str(row.agreement.desk))] for row in rows]
    yield _table(_("Delivery by desk"), _("Desk"), "desk", scope, span, keys, now, before, closed)


def _by_partner(scope: Scope, span: Span, rows: Sequence[Any], now: Sequence[Counting]) -> Iterator[Block]:
    if scope.over == Over.ORGANISATION:
        return
    keys = [owed_by(row) for row in rows]
    caption = _("Delivery by responsible partner")
    yield _table(caption, _("Responsible partner"), "partner", scope, span, keys, now, None)


def _table(
    caption: str, corner: str, name: str, scope: Scope, span: Span, keys: Iterable[list[tuple[str, str]]],
    now: Sequence[Counting], before: Sequence[tuple[list[str], Counting]] | None, closed: FrozenPeriod | None = None,
) -> Table:  # fmt: skip
    """One line for each desk or partner, the one with most overdue first."""
    groups: dict[tuple[str, str], list[Counting]] = {}
    for of_row, counting in zip(keys, now, strict=True):
        for key in of_row:
            groups.setdefault(key, []).append(counting)
    sums = {key: total(some) for key, some in groups.items()}
    order = sorted(sums, key=lambda key: (key[0] == NOBODY, -sums[key]["overdue"], -sums[key]["owed"], key[1]))
    columns = [Column(corner, 3), *(Column(str(MEASURES[one].label), 1, is_number=True) for one in BY_EACH)]
    columns += [Column(_("On time"), 1, is_number=True), Column(_("To the first action"), 1, is_number=True)]
    columns += [Column(_("Overdue before"), 1, is_number=True)] if before is not None else []
    lines = []
    for key in order:
        code, label = key
        numbers: list[tuple[Line, ...]] = [
            cell(line(sums[key][one], scope.href({name: code} | MEASURES[one].query(span)))) for one in BY_EACH
        ]
        numbers += [cell(line(percent(sums[key].on_time_share))), cell(line(days(sums[key].first_action_days)))]
        if before is not None:
            was = total(one for scopes, one in before if f"{name}:{code}" in scopes)
            of_it = {"counts": "overdue", "over": name, "code": code}
            # A closing lists one scope, not what two have in common.
            href = closed.listed(of_it) if closed and not scope.code else ""
            numbers.append(cell(line(was["overdue"], href)))
        lines.append(Row((cell(line(label)), *numbers)))
    return Table(caption, tuple(columns), tuple(lines), _("Nothing to count."), is_wide=True)
