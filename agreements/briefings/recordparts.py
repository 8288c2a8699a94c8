"""What the papers of one record are made of: the record by its reference, reports, history, sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.acts import Act
from agreements.briefings import fields
from agreements.briefings.cells import filled
from agreements.briefings.content import (
    Block,
    Bullets,
    Column,
    Heading,
    Line,
    Paragraph,
    Row,
    Table,
    day,
    line,
)
from agreements.briefings.fields import joined
from agreements.briefings.making import PaperForm
from agreements.commitments.models import Commitment, Report
from agreements.register.models import Agreement, Step
from agreements.register.rules import steps
from agreements.vocabulary import ReportStatus
from partners.viewers import Viewer

MOST_STEPS = 200


class ReferenceForm(PaperForm):
    """A record by its reference; one that is hidden is refused like one that does not exist."""

    ref = forms.CharField(label=gettext_lazy("Reference"), max_length=26)

    def rows(self) -> Any:
        raise NotImplementedError

    def clean_ref(self) -> Any:
        found = self.rows().filter(ref__iexact=self.cleaned_data["ref"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("There is no record with this reference."))
        return found


def led_to(agreement: Agreement | None) -> Line:
    return line(f"{agreement.ref} {agreement.title}", agreement.get_absolute_url()) if agreement else ()


def accepted(commitments: Iterable[Commitment], viewer: Viewer) -> Table:
    of = {one.pk: one for one in commitments}
    rows = Report.objects.visible_to(viewer).live().filter(commitment__in=list(of), status=ReportStatus.ACCEPTED)
    columns = (
        Column(_("Day"), 2), Column(_("Commitment"), 4), Column(_("Reported by"), 2),
        Column(_("What has been done"), 6),
    )  # fmt: skip
    ours = _("our desk") if viewer.is_staff else _("the ministry")
    made = (
        Row(
            filled(
                (
                    (line(day(report.on)),),
                    (line(of[report.commitment_id].title, of[report.commitment_id].get_absolute_url()),),
                    (line(report.organisation.label if report.organisation else ours),),
                    (
                        line(report.text),
                        line(f"{report.get_delivery_display()} · {report.get_health_display()}", is_quiet=True),
                        line(report.evidence_url, is_quiet=True),
                    ),
                )
            )
        )
        for report in rows.select_related("organisation").order_by("-on", "-pk")
    )  # fmt: skip
    return Table(_("Accepted reports"), columns, tuple(made), if_empty=_("No report has been accepted."))


def history(agreement: Agreement, viewer: Viewer, **only: Any) -> tuple[Block, ...]:
    """The business history: staff alone read it."""
    rows = Step.objects.visible_to(viewer).filter(agreement=agreement, **only).select_related("by")
    found = list(rows[:MOST_STEPS])
    if not found:
        return ()
    steps.name_subjects(found, viewer)
    columns = (Column(_("Day"), 2), Column(_("What happened"), 6), Column(_("By"), 3))
    made = tuple(
        Row(
            filled(
                (
                    (line(day(step.on)),),
                    (line(joined(Act(step.name).label, step.about, by=": ")), line(step.reason, is_quiet=True)),
                    (line(step.by or ""),),
                )
            )
        )
        for step in found
    )
    more = rows.count() - len(found)
    rest = (Paragraph(line(_("And %(count)s more.") % {"count": more}, is_quiet=True)),) if more > 0 else ()
    return Heading(_("What changed")), Table(_("What changed"), columns, made), *rest


def text_under(title: str, text: str) -> tuple[Block, ...]:
    if not text:
        return ()
    return Heading(title), *(Paragraph(line(part)) for part in text.split("\n") if part.strip())


def cited_in(citations: Iterable[Any], viewer: Viewer) -> tuple[Block, ...]:
    found = fields.sources(citations)
    return (Bullets(found),) if found else (Paragraph(line(fields.no_source(viewer), is_quiet=True)),)
