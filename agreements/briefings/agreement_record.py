"""One agreement as a paper: what its page shows to this reader, to be taken along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from agreements.briefings import fields
from agreements.briefings.cells import filled
from agreements.briefings.content import Block, Bullets, Column, Facts, Heading, Line, Paper, Row, Table, day, line
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
from agreements.commitments.lists.said import note_said
from agreements.commitments.models import Commitment
from agreements.pages.agreement import agreement_context
from agreements.register.models import Agreement
from agreements.vocabulary import PaperKind
from partners.viewers import Viewer


class AgreementPaperForm(ReferenceForm):
    def rows(self) -> Any:
        rows = Agreement.objects.visible_to(self.viewer)
        return rows.select_related("desk", "owner", "parent", "supersedes", "instrument_type")


def agreement_paper(parameters: Mapping[str, Any], viewer: Viewer, on: date) -> Paper:
    agreement: Agreement = parameters["ref"]
    seen = agreement_context(agreement, viewer)
    commitments = seen["commitments"]
    note_said(commitments, viewer)
    body = (
        Heading(_("Facts")), _facts_of_agreement(agreement, seen, viewer, on),
        *text_under(_("Summary"), agreement.summary),
        Heading(_("Participants")), _participants(seen["participants"], viewer),
        Heading(_("Commitments")), _commitments(commitments, viewer),
        Heading(_("Accepted reports")), accepted(commitments, viewer),
        *_amendments(seen["amendments"]),
        *history(agreement, viewer),
        Heading(_("Sources")), *cited_in(seen["citations"], viewer),
    )  # fmt: skip
    keys = {"agreements": (agreement.pk,), "commitments": tuple(one.pk for one in commitments)}
    made = paper_of(_("Record of an agreement"), agreement.title, viewer, on, body, keys)
    # Of the desk that keeps the record, whoever asks for it.
    return replace(made, desk_id=agreement.desk_id)


def _facts_of_agreement(agreement: Agreement, seen: Mapping[str, Any], viewer: Viewer, on: date) -> Facts:
    is_staff = viewer.is_staff
    effect = agreement.effect_formula if is_staff else agreement.get_effect_rule_display()
    ends = _("until terminated") if agreement.open_ended else joined(agreement.expires, agreement.term_months and
                                                                       agreement.term_formula)  # fmt: skip
    supersedes, successor, parent = seen["supersedes"], seen["successor"], seen["parent"]
    return fields.facts(
        Agreement, viewer,
        [
            ("ref", _("Reference"), line(agreement.ref, agreement.get_absolute_url())),
            ("title_vi", _("Title in the other language"), agreement.other_title),
            ("kind", _("Kind"), agreement.kind_in_words),
            ("legal_regime", _("Legal regime"), agreement.get_legal_regime_display()),
            ("stage", _("Standing"), joined(agreement.standing(on).label, agreement.get_ending_display(), by=", ")),
            ("announced_on", _("Announced"), agreement.announced),
            ("signed_on", agreement.day_label, joined(agreement.signed, agreement.place, agreement.occasion, by=", ")),
            ("provisional_on", _("Provisionally from"), agreement.provisional),
            ("effective_on", _("In effect from"), agreement.effective),
            ("effect_rule", _("Enters into force"), "" if agreement.effective or not agreement.effect_rule else effect),
            ("expires_on", _("Expires"), ends),
            ("renewal", _("Renewal"), agreement.get_renewal_display() if agreement.expires else ""),
            ("expires_on", _("Last day to give notice"), seen["notice_by"]),
            ("until_vi", _("What ends it"), agreement.until),
            ("leaves_on", _("Out of force from"), day(agreement.leaves_on)),
            ("authentic_languages", _("Authentic texts"), agreement.authentic_languages),
            ("sectors", _("Sectors"), joined(*seen["sectors"], by=", ")),
            ("parent", _("Under"), led_to(parent)),
            ("supersedes", _("Supersedes"), led_to(supersedes)),
            ("supersedes", _("Succeeded by"), led_to(successor)),
            ("desk", _("Desk"), agreement.desk if is_staff else ""),
            ("owner", _("Kept by"), agreement.owner if is_staff else ""),
        ],
    )  # fmt: skip


def _participants(rows: Iterable[Any], viewer: Viewer) -> Table:
    columns = (Column(_("Organisation"), 3), Column(_("Role"), 2), Column(_("Signed by"), 3), Column(_("Bound by"), 3))
    made = []
    for one in rows:
        body = one.organisation
        name = line(body.name, body.get_absolute_url() if viewer.is_staff else "")
        where = line(body.country.name, is_quiet=True) if body.country else ()
        bound = joined(one.get_consent_by_display(), one.consented, by=", ")
        force = _("in effect from %(day)s") % {"day": one.effective} if one.effective else ""
        left = _("withdrawn %(day)s") % {"day": one.withdrawn} if one.withdrawn else ""
        cells = ((name, where), (line(one.get_role_display()),), (line(joined(one.signatory, one.signed, by=", ")),),
                 (line(joined(bound, force, left)),))  # fmt: skip
        made.append(Row(filled(cells)))
    return Table(_("Participants"), columns, tuple(made), if_empty=_("Nobody is recorded as taking part."))


def _commitments(rows: Iterable[Commitment], viewer: Viewer) -> Table:
    columns = (
        Column(_("Commitment"), 5), Column(_("Responsible side"), 3), Column(_("Due"), 2),
        Column(_("Delivery"), 2), Column(_("Health"), 3), Column(_("Sources"), 4),
    )  # fmt: skip
    found = list(rows)
    cited = fields.sources_of((one.pk for one in found), viewer)
    return Table(
        _("Commitments"), columns, tuple(_commitment_row(one, cited.get(one.pk, ()), viewer) for one in found),
        if_empty=_("No commitment is recorded.") if viewer.is_staff else _("No commitment is shared with you."),
        is_wide=True,
    )  # fmt: skip


def _commitment_row(one: Commitment, cited: tuple[Line, ...], viewer: Viewer) -> Row:
    first = one.baseline_due and one.baseline_due != one.due
    charge = joined(one.lead and one.lead.label, one.partner_owner and one.partner_owner.label, by=", ")
    disputed = one.get_agreed_display() if one.agreed == "disputed" else ""
    return Row(
        filled(
            (
                (line(one.title, one.get_absolute_url()), line(one.ref, is_quiet=True)),
                (line(one.owed_in_words(viewer)), line(charge, is_quiet=True)),
                (
                    line(one.due or ""),
                    line(_("first %(first)s") % {"first": one.baseline_due}, is_quiet=True) if first else (),
                ),
                (line(one.get_delivery_display()), line(day(one.delivered_on), is_quiet=True)),
                (
                    line(one.get_health_display()), line(disputed),
                    line(one.said.as_said(viewer) if one.said else "", is_quiet=True),
                ),
                cited or (line(fields.no_source(viewer), is_quiet=True),),
            )
        )
    )  # fmt: skip


def _amendments(rows: Iterable[Any]) -> tuple[Block, ...]:
    made = tuple(
        line(joined(f"{one}: {one.get_stage_display()}", one.effective and _("from %(day)s") % {"day": one.effective},
                    one.text))
        for one in rows
    )  # fmt: skip
    return (Heading(_("Amendments")), Bullets(made)) if made else ()


AGREEMENT = Maker(PaperKind.AGREEMENT, AgreementPaperForm, agreement_paper, roles=EVERYONE, is_offered=False)
