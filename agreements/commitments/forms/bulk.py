"""What is to become of many commitments at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.commitments.rules import bulk
from agreements.dateinput import PartialDateField
from agreements.register.rules.handover import colleagues
from agreements.vocabulary import SET_BY_HAND
from partners.models import User
from partners.picking import offer
from partners.viewers import Viewer


class WishForm(forms.Form):
    """What is to become of the chosen commitments; one field of it at a time."""

    delivery = forms.ChoiceField(label=_("Delivery"), required=False, choices=[("", "–"), *SET_BY_HAND])
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Kept by"), required=False, empty_label="–")
    due = PartialDateField(label=_("New day"), required=False, help_text="")
    reason = forms.CharField(label=_("Reason for the new day"), required=False, max_length=1000)

    def __init__(self, *args: Any, viewer: Viewer, handed_in_by: str = "", **kwargs: Any) -> None:
        """`handed_in_by`: the id of the form on the page, where the fields stand outside of it."""
        super().__init__(*args, **{"auto_id": "id_wish_%s", **kwargs})
        offer(self, owner=colleagues(viewer))
        for field in self.fields.values() if handed_in_by else ():
            field.widget.attrs["form"] = handed_in_by

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        filled = [name for name in bulk.COLUMNS if values.get(name)]
        if not self.errors and len(filled) != 1:
            raise forms.ValidationError(_("Change one thing at a time: delivery, who keeps it, or the day."))
        if values.get("due") and not values.get("reason", "").strip():
            self.add_error("reason", _("A new day needs its reason."))
        return values

    def wish(self) -> bulk.Wish:
        column = next(name for name in bulk.COLUMNS if self.cleaned_data.get(name))
        return bulk.Wish(column, self.cleaned_data[column], self.cleaned_data.get("reason", ""))
