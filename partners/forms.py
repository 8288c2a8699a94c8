"""Forms for organisations and for one's own profile."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Country, Organisation
from partners.picking import OrganisationField
from partners.viewers import Viewer

TOKEN_DAYS = [(30, _("30 days")), (90, _("90 days")), (365, _("one year"))]


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]
    parent = OrganisationField(label=_("Part of"), required=False)

    class Meta:
        model = Organisation
        fields = ("name_vi", "name_en", "short_name", "aliases", "kind", "country", "parent")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].queryset = Country.objects.visible_to(viewer)  # type: ignore[attr-defined]
        self.fields["parent"].viewer = viewer  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=80)
    read_only = forms.BooleanField(label=_("It may only read"), required=False, initial=True)
    days = forms.TypedChoiceField(label=_("Valid for"), choices=TOKEN_DAYS, coerce=int, initial=90)

    def expires_on(self, today: date) -> date:
        return today + timedelta(days=self.cleaned_data["days"])
