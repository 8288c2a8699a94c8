"""The file that goes from hand to hand when an officer moves on: all that they keep, whom they know, what was last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agreements.briefings.cells import Cells, cell, filled, of_step, titled
from agreements.briefings.changes import one_list, partners_of, with_parties
from agreements.briefings.content import NONE, Block, Column, Facts, Heading, Paper, Row, Table, line
from agreements.briefings.gathering import gather
from agreements.briefings.making import paper_of
from agreements.pages import handover
from agreements.register.models import Step
from agreements.register.rules.steps import name_subjects
from partners.models import FocalPoint, Organisation, User
from partners.viewers import Viewer

LAST = 20  # exchanges that are told


def handover_file(person: User, *, viewer: Viewer, on: date) -> Paper:
    """For the person, and for a manager of one of their desks; raises Http404 for others. A fixed number of queries."""
    viewer = viewer.as_of(on)
    if not handover.may_see(person, viewer):
        raise Http404
    kept = handover.kept_by(person, viewer)
    with_us = Prefetch("co_leads", Organisation.objects.visible_to(viewer))
    papers = list(with_parties(kept.agreements, viewer).order_by("expires_on", "pk"))
    promises = list(
        kept.commitments.select_related("agreement", "lead", "partner_owner__country").prefetch_related(with_us)
    )
    items = list(kept.action_items.order_by("due_on", "pk"))
    cells = Cells(gather(promises, viewer, on=on), viewer, on)
    body = (
        Facts((
            (_("Person"), line(person)), (_("Agreements"), line(len(papers))),
            (_("Open commitments"), line(len(promises))), (_("Action items"), line(len(items))),
        )),
        *_agreements(papers, viewer), *_commitments(promises, cells), *_items(items),
        *_people(papers, promises, viewer), *_exchanges(papers, promises, viewer),
    )  # fmt: skip
    records = {"commitments": tuple(row.pk for row in promises), "agreements": tuple(row.pk for row in papers)}
    subject = _("Handover of the work of %(name)s") % {"name": person}
    return paper_of(pgettext("paper", "Minutes"), subject, viewer, on, body, records)


def _agreements(papers: Sequence[Any], viewer: Viewer) -> Iterator[Block]:
    yield Heading(_("Agreements"), 1)
    columns = (
        Column(_("Agreement"), 5), Column(_("Partner"), 3), Column(_("Stage"), 2), Column(_("Ends"), 2),
        Column(_("Commitments"), 1, is_number=True),
    )  # fmt: skip
    lines = tuple(
        Row((
            cell(titled(one)), cell(line(partners_of(one))), cell(line(one.get_stage_display())),
            cell(line(one.ends_by(viewer.on) or NONE)), cell(line(one.promises, one_list(one))),
        ))
        for one in papers
    )  # fmt: skip
    yield Table(_("Agreements"), columns, lines, _("None is kept."))


def _commitments(promises: Sequence[Any], cells: Cells) -> Iterator[Block]:
    yield Heading(_("Open commitments"), 1)
    columns = (
        Column(_("Commitment"), 4), Column(_("Partner"), 2), Column(_("Timeline"), 2), Column(_("Difficulties"), 3),
        Column(_("Recommendations"), 3),
    )  # fmt: skip
    lines = tuple(
        Row((
            cell(titled(row), *cells.paper(row)), cells.partner(row), cells.timeline(row), cells.difficulties(row),
            cells.recommendations(row),
        ))
        for row in promises
    )  # fmt: skip
    yield Table(_("Open commitments"), columns, lines, _("None is kept."), is_wide=True)


def _items(items: Sequence[Any]) -> Iterator[Block]:
    yield Heading(_("Action items"), 1)
    columns = (Column(_("What is to be done"), 5), Column(_("Agreed at"), 3), Column(_("Due"), 2))
    lines = tuple(
        Row((cell(line(one.title, one.get_absolute_url())), cell(line(one.meeting)), cell(line(one.due or "–"))))
        for one in items
    )
    yield Table(_("Action items"), columns, lines, _("None is kept."))


def _people(papers: Sequence[Any], promises: Sequence[Any], viewer: Viewer) -> Iterator[Block]:
    """Who answers for the organisations on the other side of what is kept."""
    theirs = {
        one.organisation_id for paper in papers for one in paper.seen_participants if not one.organisation.is_ours
    }
    theirs |= {row.partner_owner_id for row in promises if row.partner_owner_id}
    held = FocalPoint.objects.visible_to(viewer).filter(organisation__in=theirs)
    held = held.filter(Q(to_on=None) | Q(to_on__gte=viewer.on), Q(from_on=None) | Q(from_on__lte=viewer.on))
    found = held.select_related("person", "organisation", "sector").order_by("organisation__order_vi", "pk")
    yield Heading(_("People"), 1)
    columns = (Column(_("Name"), 3), Column(_("Position"), 3), Column(_("Organisation"), 3), Column(_("Contact"), 3))
    lines = tuple(
        Row((
            cell(line(one.person.name)), cell(line(one.person.title)), cell(line(one.organisation.label)),
            cell(line(one.person.email), line(one.person.phone)),
        ))
        for one in found
    )  # fmt: skip
    yield Table(_("People"), columns, lines, _("Nobody is recorded."))


def _exchanges(papers: Sequence[Any], promises: Sequence[Any], viewer: Viewer) -> Iterator[Block]:
    """What was last done with it, as the timelines tell it."""
    about = Q(commitment__in=[row.pk for row in promises]) | Q(agreement__in=[row.pk for row in papers])
    seen = Step.objects.visible_to(viewer).filter(about, undone_by=None)
    steps = list(seen.select_related("agreement", "commitment", "by").order_by("-on", "-pk")[:LAST])
    name_subjects(steps, viewer)
    caption = _("Last exchanges")
    yield Heading(caption, 1)
    columns = (
        Column(_("Day"), 1), Column(_("What"), 2), Column(_("Record"), 4), Column(_("By"), 2), Column(_("Reason"), 3),
    )  # fmt: skip
    lines = tuple(
        Row(filled((*of_step(one), cell(line(one.by or "")), cell(line(one.reason)))))
        for one in steps
    )  # fmt: skip
    yield Table(caption, columns, lines, _("Nothing is recorded."))
