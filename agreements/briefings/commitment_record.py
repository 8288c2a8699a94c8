"""The record of one commitment as a paper: what its page shows to this reader, to be taken along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.briefings import fields
from agreements.briefings.cells import filled
from agreements.briefings.content import NONE, Block, Column, Facts, Heading, Paper, Row, Run, Table, day, line
from agreements.briefings.fields import joined
from agreements.briefings.making import EVERYONE, Maker, paper_of
from agreements.briefings.recordparts import (
    ReferenceForm,
    accepted,
    cited_in,
    history,
    led_to,
    text_under,
)
from agreements.commitments.lists.said import with_said
from agreements.commitments.models import Commitment
from agreements.commitments.pages import commitment_context
from agreements.register.models import Agreement
from agreements.vocabulary import PaperKind
from partners.templatetags.words import quantity
from partners.viewers import Viewer


class CommitmentPaperForm(ReferenceForm):
    def rows(self) -> Any:
        rows = Commitment.objects.visible_to(self.viewer)
        return with_said(rows.select_related("agreement__desk", "lead", "partner_owner", "owner"), self.viewer)


def commitment_paper(parameters: Mapping[str, Any], viewer: Viewer, on: date) -> Paper:
    commitment: Commitment = parameters["ref"]
    seen = commitment_context(commitment, viewer)
    agreement: Agreement | None = seen["agreement"]
    body = (
        Heading(_("Facts")), _facts_of_commitment(commitment, seen, viewer),
        *text_under(_("Text of the commitment"), commitment.text),
        *_blocker(commitment, viewer),
        *_answers(seen["answers"], commitment), *_milestones(seen["milestones"]), *_indicators(seen["indicators"]),
        *_money(seen["funding"]),
        Heading(_("Accepted reports")), accepted([commitment], viewer),
        *_days(seen["due_requests"]),
        *(history(agreement, viewer, commitment=commitment) if agreement else ()),
        Heading(_("Sources")), *cited_in(seen["citations"], viewer),
    )  # fmt: skip
    keys = {"agreements": (agreement.pk,) if agreement else (), "commitments": (commitment.pk,)}
    made = paper_of(_("Record of a commitment"), commitment.title, viewer, on, body, keys)
    # Of the desk that keeps the record, whoever asks for it.
    return replace(made, desk_id=commitment.agreement.desk_id)


def _facts_of_commitment(one: Commitment, seen: Mapping[str, Any], viewer: Viewer) -> Facts:
    is_staff = viewer.is_staff
    first = one.baseline_due if one.baseline_due != one.due else None
    health: tuple[Run, ...] = line(one.get_health_display())
    if one.said:
        health = (*health, Run("; "), *line(one.said.as_said(viewer), is_quiet=True))
    return fields.facts(
        Commitment, viewer,
        [
            ("ref", _("Reference"), line(one.ref, one.get_absolute_url())),
            ("agreement", _("Agreement"), led_to(seen["agreement"])),
            ("title_vi", _("Title in the other language"), one.other_title),
            ("kind", _("Kind"), one.get_kind_display()),
            ("direction", _("Responsible side"), one.owed_in_words(viewer)),
            ("lead", _("Lead agency"), joined(one.lead and one.lead.name, *(o.name for o in seen["co_leads"]))),
            ("partner_owner", _("Partner in charge"), one.partner_owner.name if one.partner_owner else ""),
            ("start_on", _("Starts"), one.start),
            ("due_on", _("Due"), joined(one.due, seen["formula"])),
            ("baseline_due_on", _("First promised for"), first),
            ("delivery", _("Delivery"), joined(one.get_delivery_display(), day(one.delivered_on), by=", ")),
            ("health", _("Health"), health),
            ("agreed", _("Confirmation"), one.get_agreed_display()),
            ("heard_on", _("Last heard of"), day(one.heard_on)),
            ("health_reason", _("Set by a person, because"), one.health_reason if is_staff else ""),
            ("owner", _("Kept by"), one.owner if is_staff else ""),
        ],
    )  # fmt: skip


def _blocker(one: Commitment, viewer: Viewer) -> tuple[Block, ...]:
    told = fields.facts(
        Commitment, viewer,
        [
            ("blocker", _("What blocks it"), one.blocker),
            ("blocked_side", _("Whose side blocks"), one.get_blocked_side_display()),
            ("blocked_by", _("Who can remove it"), one.get_blocked_by_display()),
            ("blocked_since_on", _("Blocked since"), day(one.blocked_since_on)),
            ("escalated_on", _("Raised"), day(one.escalated_on)),
        ],
    )  # fmt: skip
    return (Heading(_("Blocked")), told) if told.rows else ()


def _answers(rows: Iterable[Any], commitment: Commitment) -> tuple[Block, ...]:
    columns = (Column(_("Day"), 2), Column(_("Organisation"), 3), Column(_("Answer"), 2), Column(_("Remark"), 6))
    made = []
    for one in rows:
        earlier = _("of an earlier text") if one.wording_hash != commitment.wording_hash else ""
        said = (line(one.remark), line(one.proposed), line(one.reply, is_quiet=True))
        verdict = (line(one.get_verdict_display()), line(earlier, is_quiet=True))
        made.append(Row(filled(((line(day(one.on)),), (line(one.organisation.label),), verdict, said))))
    return (Heading(_("Answers of partners")), Table(_("Answers of partners"), columns, tuple(made))) if made else ()


def _milestones(rows: Iterable[Any]) -> tuple[Block, ...]:
    columns = (Column(_("Milestone"), 6), Column(_("Status"), 2), Column(_("Due"), 2), Column(_("Met"), 2))
    made = tuple(
        Row(filled(((line(one.title),), (line(one.get_status_display()),), (line(one.due or ""),),
                     (line(day(one.met_on)),))))
        for one in rows
    )  # fmt: skip
    return (Heading(_("Milestones")), Table(_("Milestones"), columns, made)) if made else ()


def _indicators(rows: Iterable[Any]) -> tuple[Block, ...]:
    columns = (
        Column(_("Indicator"), 5), Column(_("Baseline"), 2, True), Column(_("Target"), 2, True),
        Column(_("Actual"), 2, True),
    )  # fmt: skip
    made = []
    for one in rows:
        actual = (line(quantity(one.latest.value, "")), line(day(one.latest.on), is_quiet=True)) if one.latest else ()
        target = (line(quantity(one.target, "")), line(one.due or "", is_quiet=True))
        name = (line(one.title), line(one.unit, is_quiet=True))
        made.append(Row(filled((name, (line(quantity(one.baseline, "")),), target, actual))))
    return (Heading(_("Indicators")), Table(_("Indicators"), columns, tuple(made))) if made else ()


def _money(rows: Iterable[Any]) -> tuple[Block, ...]:
    columns = (Column(_("Kind"), 3), Column(_("Amount"), 3, True), Column(_("Date"), 2))
    made = []
    for one in rows:
        kind = joined(one.get_kind_display(), one.in_kind and _("in kind"), by=", ")
        about = "" if one.qualifier == "exact" else one.get_qualifier_display()
        amount = joined(about, quantity(one.amount, one.currency), by=" ")
        made.append(Row(filled(((line(kind),), (line(amount),), (line(one.date or ""),)))))
    return (Heading(_("Money")), Table(_("Money"), columns, tuple(made))) if made else ()


def _days(rows: Iterable[Any]) -> tuple[Block, ...]:
    caption = _("Requests for another day")
    columns = (Column(_("Asked on"), 2), Column(_("What was asked"), 4), Column(_("Decision"), 2), Column(_("Why"), 5))
    made = []
    for one in rows:
        asked = f"{one.was or NONE} → {one.becomes}" if one.becomes else one.get_kind_display()
        why = (line(one.reason), line(one.comment, is_quiet=True))
        on = day(timezone.localdate(one.created_at))
        made.append(Row(filled(((line(on),), (line(asked),), (line(one.get_state_display()),), why))))
    return (Heading(caption), Table(caption, columns, tuple(made))) if made else ()


COMMITMENT = Maker(PaperKind.COMMITMENT, CommitmentPaperForm, commitment_paper, roles=EVERYONE, is_offered=False)
