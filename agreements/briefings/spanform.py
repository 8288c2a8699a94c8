"""Which days: a month, quarter or year, or from there to a later day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.briefings.scopes import Span
from agreements.dateinput import PartialDateField
from agreements.dates import PartialDate, Precision
from partners.refusals import Refused
from partners.viewers import Viewer


class SpanForm(forms.Form):
    """`span` is what was said; the quarter before this one is offered."""

    period = PartialDateField(label=_("Period"), help_text=_("for example Q3 2026, 2026 or 09/2026"))
    until = PartialDateField(
        label=_("until"), required=False, help_text=_("only where it ends later, such as 15/10/2026")
    )

    def offer_the_quarter_before(self, viewer: Viewer) -> None:
        self.fields["period"].initial = Span.of(PartialDate(viewer.on, Precision.QUARTER)).before.whole

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        period, until = values.get("period"), values.get("until")
        if period:
            try:
                values["span"] = Span(period.first_day, (until or period).last_day)
            except Refused as no:
                self.add_error("until" if until else "period", no.reason)
        return values
