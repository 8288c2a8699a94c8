"""What stands in the cells of a table of commitments: in the columns that the review asks for, from data alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from agreements.briefings.content import NONE, Line, Run, day, line
from agreements.briefings.gathering import Gathered
from agreements.commitments.models import Commitment, duty
from agreements.lateness import late_by, was_promised
from agreements.vocabulary import BlockedBy, Delivery, RequestKind, Wait
from partners.viewers import Viewer

Cell = tuple[Line, ...]
MOST_WORDS = 60  # of the text of a commitment
SEVERAL, NOBODY = "~several", "~~nobody"  # places behind all names


def day_or_none(on: date | None) -> str:
    return day(on) or NONE


def titled(record: Any, anchor: str = "") -> Line:
    """`US-2023-01 Title`: the reference leads to the record, or to a part of its page."""
    href = f"{record.get_absolute_url()}{anchor}"
    return (Run(record.ref, href, is_quiet=True), Run(f" {record.title}", is_strong=True))


def labelled(label: object, words: object, href: str = "", *, is_quiet: bool = False) -> Line:
    """`Due: 12/2026`."""
    return (Run(f"{label}: ", is_quiet=True), Run(str(words), href, is_quiet=is_quiet)) if str(words) else ()


def cell(*lines: Line) -> Cell:
    return tuple(one for one in lines if one)


def filled(cells: Iterable[Iterable[Line]]) -> tuple[Cell, ...]:
    """Cells of a row without their empty lines; one that has none left says that it is empty."""
    return tuple(cell(*lines) or (line(NONE),) for lines in cells)


def of_step(step: Any) -> tuple[Cell, Cell, Cell]:
    """The day of an act, what it was and of whom, where that is noted beside it, and the record that it was about."""
    record = step.commitment or step.agreement
    said = f"{step.get_name_display()}: {step.about}" if step.about else step.get_name_display()
    return cell(line(day(step.on))), cell(line(said)), cell(line(record, record.get_absolute_url()))


@dataclass(frozen=True)
class Party:
    """Whom a commitment is with: a country, a body of none, several, or nobody that is named."""

    order: str
    name: str
    href: str = ""


@dataclass(frozen=True)
class Cells:
    """The cells of one commitment for one reader on one day."""

    found: Gathered
    viewer: Viewer
    on: date

    def party(self, row: Commitment) -> Party:
        sides = [row.partner_owner] if row.partner_owner else self.found.participants.get(row.agreement_id, [])
        known = {(one.country or one).pk if one.country else -one.pk: one.country or one for one in sides}
        if len(known) == 1:
            one = next(iter(known.values()))
            may_open = self.viewer.is_staff or one.pk in self.viewer.organisation_ids
            return Party(one.order_vi, one.name, one.get_absolute_url() if may_open else "")
        return Party(SEVERAL, _("Several partners")) if known else Party(NOBODY, _(duty.NOT_NAMED))

    def lead(self, row: Commitment) -> Cell:
        if row.lead is None:
            return cell(line(_("nobody named"), is_quiet=True)) if row.direction in duty.BY_US else ()
        others = ", ".join(one.label for one in row.co_leads.all())
        return cell(line(row.lead.label), labelled(_("with"), others))

    def partner(self, row: Any) -> Cell:
        names = list(row.owing_names)
        if not names:
            with_us = [row.partner_owner] if row.partner_owner else self.found.participants.get(row.agreement_id, [])
            names = list(dict.fromkeys(one.label for one in with_us))
        return cell(line(", ".join(names) or _(duty.NOT_NAMED)), line(duty.in_words(row), is_quiet=True))

    def content(self, row: Commitment) -> Cell:
        text = Truncator(row.text).words(MOST_WORDS, truncate=" …") if row.text else ""
        return cell(titled(row), *self.paper(row), line(text if text != row.title else ""))

    def paper(self, row: Commitment) -> Cell:
        if not row.shows_agreement:
            return ()
        return cell(line(row.agreement.title, row.agreement.get_absolute_url(), is_quiet=True))

    def timeline(self, row: Commitment) -> Cell:
        lines = [labelled(_("Starts"), row.start or ""), labelled(_("Due"), row.due or _("no day was promised"))]
        if row.slippage:
            lines.append(labelled(_("First promised for"), row.baseline_due or ""))
        if row.delivery == Delivery.DELIVERED:
            lines.append(labelled(row.get_delivery_display(), day_or_none(row.delivered_on)))
        else:
            lines.append(line(row.get_delivery_display()))
        return cell(*lines, line(self.late(row), is_strong=True))

    def late(self, row: Commitment) -> str:
        if not row.is_late(self.on):
            return ""
        return late_by(row.due, self.on) if self.viewer.is_staff else was_promised(row.due, self.on)

    def difficulties(self, row: Commitment) -> Cell:
        return tuple(self._difficulties(row))

    def _difficulties(self, row: Commitment) -> Iterator[Line]:
        if self.viewer.is_staff and row.blocker:
            yield line(row.blocker, is_strong=True)
            yield labelled(_("Who can remove it"), row.get_blocked_by_display())
            yield labelled(_("Since"), day_or_none(row.blocked_since_on))
        for answer in self.found.disputes[row.pk]:
            said = answer.remark or answer.proposed
            yield labelled(_("Disputed by %(name)s") % {"name": answer.organisation.label}, said)
        if self.viewer.is_staff and row.health_override and row.is_owed:
            yield labelled(row.get_health_display(), row.health_reason)
        for milestone in self.found.missed[row.pk]:
            yield labelled(_("Overdue milestone"), f"{milestone.title}, {milestone.due}")
        if late := self.late(row):
            yield line(late)

    def recommendations(self, row: Commitment) -> Cell:
        """What is asked for, agreed and waits: what somebody has written down, and nothing else."""
        return tuple(self._recommendations(row))

    def _recommendations(self, row: Commitment) -> Iterator[Line]:
        path = row.get_absolute_url()
        for asked in self.found.requests[row.pk]:
            kind, becomes = Wait.DROP if asked.kind == RequestKind.DROP else Wait.DAY, asked.becomes
            new = f" {becomes}" if becomes else ""
            yield (Run(f"{kind.label}{new}: ", f"{path}#days"), Run(asked.reason))
        for report in self.found.waiting[row.pk]:
            yield (
                Run(str(Wait.REPORT.label), f"{path}#reports"),
                Run(f": {report.as_said(self.viewer)}", is_quiet=True),
            )
        if self.found.disputes[row.pk] and self.viewer.is_staff:
            yield line(Wait.DISPUTE.label, f"{path}#positions")
        for item in self.found.actions[row.pk]:
            due = f", {item.due}" if item.due else ""
            yield (Run(item.title, item.get_absolute_url()), Run(f" ({item.owner}{due})", is_quiet=True))
        if row.shows_agreement:
            yield from self.amendments(row.agreement)
        if self.viewer.is_staff and row.blocked_by and row.blocked_by != BlockedBy.DESK:
            yield labelled(_("To be removed by"), row.get_blocked_by_display())

    def amendments(self, agreement: Any) -> Iterator[Line]:
        for one in self.found.amendments[agreement.pk]:
            href = reverse("amendment", args=[agreement.ref, one.number]) if self.viewer.is_staff else ""
            words = f"{one.get_kind_display()} {one.number}: {one.get_stage_display()}"
            yield line(words, href)
