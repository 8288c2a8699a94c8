"""Forms for one commitment and for a report on it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Commitment, Report
from agreements.dateinput import PartialDateField, WithPartialDates
from partners.models import Organisation
from partners.picking import OrganisationField
from partners.viewers import Viewer


class CommitmentForm(WithPartialDates, forms.ModelForm):  # type: ignore[type-arg]
    """All that the desk says about a commitment. The version tells whether someone else was faster."""

    start = PartialDateField(label=_("Starts"), required=False)
    due = PartialDateField(label=_("Due"), required=False)
    lead = OrganisationField(label=_("Lead agency"), required=False, help_text=_("on our side"))
    partner_owner = OrganisationField(label=_("Partner in charge"), required=False)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    partial_dates: ClassVar = {
        "start": ("start_on", "start_precision", "first"),
        "due": ("due_on", "due_precision", "last"),
    }

    class Meta:
        model = Commitment
        fields = (
            "title_vi", "title_en", "text_vi", "text_en", "kind", "direction", "lead", "partner_owner",
            "delivery", "health", "health_reason", "blocker", "blocked_by",
        )  # fmt: skip
        widgets: ClassVar = {"text_vi": forms.Textarea({"rows": 3}), "text_en": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lead", "partner_owner"):
            self.fields[name].viewer = viewer  # type: ignore[attr-defined]
        self.initial["seen_version"] = self.instance.version
        self.fill_partial_dates()


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("In the name of"), empty_label=None, required=False
    )

    class Meta:
        model = Report
        fields = ("text", "delivery", "health")
        widgets: ClassVar = {"text": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if viewer.is_partner:
            own = Organisation.objects.visible_to(viewer)
            self.fields["organisation"].queryset = own  # type: ignore[attr-defined]
            self.fields["organisation"].initial = own.first()
        else:
            del self.fields["organisation"]
