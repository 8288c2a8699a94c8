"""With whom an agreement is shared, until when, and what is held back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.dateinput import PartialDateField
from agreements.register.rules.shares import Terms
from agreements.vocabulary import Part
from partners.models import Desk
from partners.picking import OrganisationField, find_for, offer
from partners.viewers import Viewer


class ShareForm(forms.Form):
    """With whom, until when, and what is held back."""

    organisation = OrganisationField(label=_("Organisation"))
    until = PartialDateField(label=_("Until"), required=False)
    withheld = forms.MultipleChoiceField(
        label=_("Held back"), choices=Part.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        find_for(viewer, self, "organisation")

    def terms(self) -> Terms:
        until = self.cleaned_data["until"]
        return Terms(self.cleaned_data["organisation"], until and until.last_day, tuple(self.cleaned_data["withheld"]))


class CountryShareForm(ShareForm):
    desk = forms.ModelChoiceField(Desk.objects.none(), label=_("Agreements of"), empty_label=None)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        own = Desk.objects.visible_to(viewer).filter(pk__in=viewer.desk_ids)
        offer(self, desk=own)
