"""A new day, or dropping, asked for with a reason."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.dateinput import PartialDateField


class DropRequestForm(forms.Form):
    """Why a promise is given up."""

    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=forms.Textarea({"rows": 2}))


class DueRequestForm(DropRequestForm):
    """A new day and why."""

    to = PartialDateField(label=_("New day"))
