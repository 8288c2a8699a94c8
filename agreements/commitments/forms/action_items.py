"""An action item and what it serves."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.commitments.forms.commitment import refs_named
from agreements.commitments.models import ActionItem, Commitment
from agreements.dateinput import DayField, PartialDateField, WithPartialDates
from agreements.register.rules.handover import colleagues
from agreements.vocabulary import ActionItemState
from partners.forms import RecordForm
from partners.picking import offer
from partners.viewers import Viewer


class ActionItemForm(WithPartialDates, RecordForm):
    """An action item; the commitments that it serves by their references."""

    due = PartialDateField(label=_("Due"), required=False)
    met_on = DayField(label=_("Held on"))
    serves = forms.CharField(
        label=_("Serves the commitments"), required=False, help_text=_("references, with commas between them")
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    partial_dates: ClassVar = {"due": ("due_on", "due_precision", "last")}

    class Meta:
        model = ActionItem
        fields = ("title", "meeting", "met_on", "owner")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        offer(self, owner=colleagues(viewer))
        if self.instance.state != ActionItemState.OPEN:
            del self.fields["owner"]  # whose work it was decides who may verify it
        if self.instance.pk:
            seen = self.instance.commitments.visible_to(viewer).order_by("ref")
            self.initial["serves"] = ", ".join(seen.values_list("ref", flat=True))
        self.initial["seen_version"] = self.instance.version
        self.fill_partial_dates()

    def clean_serves(self) -> list[Commitment]:
        return refs_named(self.cleaned_data["serves"], self.viewer)
