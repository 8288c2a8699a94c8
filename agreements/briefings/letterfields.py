"""What a letter may say of a record: a table of fields. A letter to a partner has those alone that partners read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements.briefings.content import day
from agreements.commitments.models import Commitment
from agreements.procedures import proceeding
from agreements.procedures.models import Proceeding
from agreements.register.models import Agreement, Participant
from agreements.register.models.queries import has_been_concluded
from partners.fields import FieldClass
from partners.records import Record
from partners.viewers import Viewer

GAP = "…"
_GAP = re.compile(rf"(?<!\w){GAP}(?!\w)")
TO_PARTNERS = (FieldClass.PUBLIC, FieldClass.PARTNER)


class LetterKind(models.TextChoices):
    REPORT_REQUEST = "report_request", _("Request for a report")
    PARTNER_REMINDER = "partner_reminder", _("Reminder to a partner")
    OPINION_REQUEST = "opinion_request", _("Request for an opinion in a procedure")
    LEGAL_NOTE = "legal_note", _("Note to the legal department")


OF_COMMITMENTS = (LetterKind.REPORT_REQUEST, LetterKind.PARTNER_REMINDER)
OF_PROCEDURES = (LetterKind.OPINION_REQUEST,)
LEAVE_THE_HOUSE = (LetterKind.PARTNER_REMINDER,)
NAMES_OF_PARTNERS = ("commitment.partner", "agreement.partners")


@dataclass(frozen=True)
class About:
    """What a letter is about, for the one who writes it."""

    agreement: Agreement
    commitment: Commitment | None
    viewer: Viewer


@dataclass(frozen=True)
class LetterField:
    """Its column decides by its class whether a partner may read it; one without is our own office's."""

    label: Any
    value: Callable[[Any], object]
    kind: type[Record] | None = None
    column: str = ""

    @property
    def may_leave(self) -> bool:
        return self.kind is None or self.kind.FIELDS.classes[self.column] in TO_PARTNERS


def _partners(about: About) -> str:
    rows = Participant.objects.visible_to(about.viewer).live().filter(agreement=about.agreement)
    others = rows.exclude(organisation__country__code=settings.HOME_COUNTRY).select_related("organisation")
    return ", ".join(one.organisation.name for one in others.order_by("pk"))


def _procedure(about: About) -> tuple[str, str, str]:
    """The open procedure, its next step, and by when."""
    rows = Proceeding.objects.visible_to(about.viewer).live().filter(agreement=about.agreement, closed_on=None)
    current = rows.select_related("procedure", "agreement").first()
    if current is None:
        return "", "", ""
    lines = proceeding.lines(current, about.viewer.on)
    ahead = next((one for one in lines if not one.done.is_settled and not one.done.step.is_optional), None)
    step = str(ahead.done.step) if ahead else ""
    due = day(ahead.clock.due_on) if ahead and ahead.clock else ""
    return str(current.procedure), step, due


def _concluded(agreement: Agreement) -> str:
    """“signed on 10/09/2023”: not everything is signed."""
    label = agreement.day_label
    between = " " if has_been_concluded(agreement) else ": "
    return f"{label[:1].lower()}{label[1:]}{between}{agreement.signed}" if agreement.signed else ""


def _term(agreement: Agreement) -> str:
    if agreement.open_ended:
        return gettext("until terminated")
    return gettext("until %(day)s") % {"day": agreement.expires} if agreement.expires else ""


def _of(column: str, label: Any, value: Callable[[Agreement], object]) -> LetterField:
    return LetterField(label, lambda about: value(about.agreement), Agreement, column)


def _of_commitment(column: str, label: Any, value: Callable[[Commitment], object]) -> LetterField:
    return LetterField(label, lambda about: value(about.commitment), Commitment, column)


OF_AGREEMENT: Mapping[str, LetterField] = {
    "agreement.ref": _of("ref", _("reference of the agreement"), lambda one: one.ref),
    "agreement.title": _of("title_vi", _("title of the agreement"), lambda one: one.title),
    "agreement.kind": _of("kind", _("kind of the agreement"), lambda one: one.kind_in_words),
    "agreement.concluded": _of("signed_on", _("how it was concluded, and on which day"), _concluded),
    "agreement.effective": _of("effective_on", _("in effect from"), lambda one: one.effective),
    "agreement.expires": _of("expires_on", _("last day of the term"), lambda one: one.expires),
    "agreement.term": _of("expires_on", _("until when it holds"), _term),
    "agreement.partners": LetterField(_("partners"), _partners, Participant, "organisation"),
    "agreement.address": _of("ref", _("its page"), lambda one: settings.BASE_URL + one.get_absolute_url()),
    "procedure.name": LetterField(_("open procedure"), lambda about: _procedure(about)[0], Proceeding, "procedure"),
    "procedure.step": LetterField(_("its next step"), lambda about: _procedure(about)[1], Proceeding, "procedure"),
    "procedure.due": LetterField(
        _("day by which that is due"), lambda about: _procedure(about)[2], Proceeding, "procedure"
    ),
    "office.desk": LetterField(_("our desk"), lambda about: about.agreement.desk),
    "office.today": LetterField(_("today"), lambda about: day(about.viewer.on)),
}
OF_COMMITMENT: Mapping[str, LetterField] = {
    "commitment.ref": _of_commitment("ref", _("reference of the commitment"), lambda one: one.ref),
    "commitment.title": _of_commitment("title_vi", _("title of the commitment"), lambda one: one.title),
    "commitment.text": _of_commitment("text_vi", _("text of the commitment"), lambda one: one.text),
    "commitment.due": _of_commitment("due_on", _("its due day"), lambda one: one.due),
    "commitment.lead": _of_commitment("lead", _("lead agency"), lambda one: one.lead and one.lead.name),
    "commitment.partner": _of_commitment(
        "partner_owner", _("partner in charge"), lambda one: one.partner_owner and one.partner_owner.name
    ),
    "commitment.heard": _of_commitment("heard_on", _("last heard of"), lambda one: day(one.heard_on)),
    "commitment.blocker": _of_commitment("blocker", _("what blocks it"), lambda one: one.blocker),
    "commitment.address": _of_commitment("ref", _("its page"), lambda one: settings.BASE_URL + one.get_absolute_url()),
}


def fields_of(kind: str) -> Mapping[str, LetterField]:
    """The fields that may stand in a letter of a kind."""
    known = {**OF_AGREEMENT, **(OF_COMMITMENT if kind in OF_COMMITMENTS else {})}
    return {name: one for name, one in known.items() if one.may_leave or kind not in LEAVE_THE_HOUSE}


def values_of(kind: str, about: About) -> dict[str, str]:
    """What the record says, as text; “…” where it says nothing, for the writer to see."""
    return {name: str(one.value(about) or GAP) for name, one in fields_of(kind).items()}


def has_gap(text: str) -> bool:
    """Whether something is still left to fill in; an ellipsis at a word is the writer's own."""
    return _GAP.search(text) is not None
