"""What stands on the page of an agenda item: how the record stands, what blocks it, what is asked, what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from django.utils.translation import gettext as _

from agreements.acts import Act
from agreements.briefings import gathering
from agreements.briefings.cells import Cell, Cells, cell, labelled
from agreements.briefings.changes import partners_of, with_parties
from agreements.briefings.content import Line, Run, day, line
from agreements.briefings.fields import joined
from agreements.briefings.meeting import AgendaItem, Decision, Meeting
from agreements.briefings.meetings import decided_items
from agreements.commitments.lists.said import with_said
from agreements.commitments.models import Commitment
from agreements.pages.country import ending
from agreements.register.models import Agreement, Step
from agreements.register.rules import steps
from partners.models import Organisation
from partners.viewers import Viewer

Told = list[tuple[str, Cell]]


def agenda_of(meeting: Meeting, viewer: Viewer) -> list[AgendaItem]:
    """The items that the viewer may see now, each with whether something was decided. Two queries."""
    rows = AgendaItem.objects.visible_to(viewer).filter(meeting=meeting)
    found = list(rows.select_related("meeting", "agreement__desk", "commitment").order_by("number"))
    decided = decided_items(meeting, viewer)
    for item in found:
        item.is_decided = item.pk in decided
    return found


def find(agenda: Sequence[AgendaItem], number: int) -> int:
    """The place of an item among those that the viewer sees; hidden and absent are the same."""
    for place, item in enumerate(agenda):
        if item.number == number:
            return place
    raise Http404


def read_anew(item: AgendaItem, viewer: Viewer) -> AgendaItem:
    """With its record as the page of the record has it."""
    item.agreement = with_parties(
        Agreement.objects.visible_to(viewer).select_related("desk", "owner", "instrument_type"), viewer
    ).get(pk=item.agreement_id)
    if item.commitment_id:
        co_leads = Prefetch("co_leads", Organisation.objects.visible_to(viewer))
        rows = Commitment.objects.select_related("agreement__desk", "lead", "partner_owner__country", "owner")
        item.commitment = (with_said(rows.visible_to(viewer), viewer).with_duty(viewer).prefetch_related(co_leads)).get(
            pk=item.commitment_id
        )
    return item


def told(item: AgendaItem, viewer: Viewer) -> Told:
    """Names and lines; what is empty is left out."""
    facts = _of_commitment(item.commitment, viewer) if item.commitment else _of_agreement(item.agreement, viewer)
    return [(name, lines) for name, lines in (*facts, (_("Last act"), last_act(item, viewer))) if lines]


def _of_commitment(row: Any, viewer: Viewer) -> Told:
    cells = Cells(gathering.gather([row], viewer, on=viewer.on), viewer, viewer.on)
    return [
        (_("Partner"), cells.partner(row)), (_("Lead agency"), cells.lead(row)),
        (_("Timeline"), cells.timeline(row)), (_("Difficulties"), cells.difficulties(row)),
        (_("What is asked for"), cells.recommendations(row)),
    ]  # fmt: skip


def _of_agreement(row: Any, viewer: Viewer) -> Told:
    label, end = ending(row, viewer.on)
    return [
        (_("Partner"), cell(line(partners_of(row)))), (_("Desk"), cell(line(row.desk))),
        (_("Timeline"), cell(labelled(row.day_label, row.signed or ""), labelled(label, end))),
        (_("Summary"), cell(line(row.in_words("summary")))),
    ]  # fmt: skip


def last_act(item: AgendaItem, viewer: Viewer) -> Cell:
    """The history in one line."""
    rows = Step.objects.visible_to(viewer).filter(agreement=item.agreement_id, undone_by=None).select_related("by")
    rows = rows.filter(commitment=item.commitment_id) if item.commitment_id else rows.filter(commitment=None)
    found = list(rows.order_by("-on", "-pk")[:1])
    steps.name_subjects(found, viewer)
    return cell(*(_act(step) for step in found))


def _act(step: Step) -> Line:
    words = joined(day(step.on), joined(Act(step.name).label, step.about, by=": "), step.by, by=" · ")
    return (Run(words), Run(f" – {step.reason}" if step.reason else "", is_quiet=True))


def decisions(item: AgendaItem, viewer: Viewer) -> list[tuple[Decision, Line]]:
    """What was decided at it so far, in words."""
    rows = Decision.objects.visible_to(viewer).filter(item=item).select_related("step", "action_item__owner", "by")
    found = list(rows.order_by("pk"))
    steps.name_subjects([one.step for one in found if one.step], viewer)
    return [(one, _in_words(one)) for one in found]


def _in_words(one: Decision) -> Line:
    if one.step:
        reason = f": {one.step.reason}" if one.step.reason else ""
        return (Run(str(one.step.act.label), is_strong=True), Run(reason))
    if one.action_item:
        due = f", {one.action_item.due}" if one.action_item.due else ""
        action = one.action_item
        return (Run(f"{_('Action item')}: ", is_strong=True), Run(action.title, action.get_absolute_url()),
                Run(f" ({action.owner}{due})"))  # fmt: skip
    return (Run(f"{_('Note')}: ", is_strong=True), Run(one.text))
