"""An amendment, and the agreement as it is to be."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.dateinput import DayField, PartialDateField, WithPartialDates
from agreements.register.models import Agreement, Amendment
from partners.forms import RecordForm
from partners.picking import offer


class TermsForm(WithPartialDates, RecordForm):
    """The agreement as it is to be: what an amendment may change, edited on a copy that is never saved."""

    expires = PartialDateField(label=_("Expires"), required=False)
    takes_effect = PartialDateField(label=_("In effect from"), required=False)
    provisional = PartialDateField(label=_("Applied provisionally from"), required=False)

    partial_dates: ClassVar = {
        "expires": ("expires_on", "expires_precision", "last"),
        "takes_effect": ("effective_on", "effective_precision", "first"),
        "provisional": ("provisional_on", "provisional_precision", "first"),
    }
    also_checked: ClassVar = {"signed_on"}

    class Meta:
        model = Agreement
        fields = (
            "title_vi", "title_en", "summary_vi", "summary_en", "open_ended", "renewal", "renewal_months",
            "renewal_times", "notice_months", "notice_days", "effect_rule", "effect_after", "effect_unit",
            "term_months", "term_from", "until_vi", "until_en",
        )  # fmt: skip
        widgets: ClassVar = {"summary_vi": forms.Textarea({"rows": 3}), "summary_en": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fill_partial_dates()


class AmendmentForm(WithPartialDates, RecordForm):
    """What the amendment says of itself."""

    effective = PartialDateField(
        label=_("In effect from"), required=False, help_text=_("empty: from the day of its approval")
    )
    ours_on = DayField(label=_("accepted by our side"))
    theirs_on = DayField(label=_("accepted by the partner's side"))
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    partial_dates: ClassVar = {"effective": ("effective_on", "effective_precision", "first")}

    class Meta:
        model = Amendment
        fields = (
            "kind", "text_vi", "text_en", "document", "ours_by", "ours_on", "ours_paper", "theirs_by", "theirs_on",
            "theirs_paper",
        )  # fmt: skip
        widgets: ClassVar = {"text_vi": forms.Textarea({"rows": 3}), "text_en": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, document=papers, ours_paper=papers, theirs_paper=papers)
        self.initial["seen_version"] = self.instance.version
        self.fill_partial_dates()
