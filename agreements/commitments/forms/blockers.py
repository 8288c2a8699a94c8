"""What stands in the way."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models.commitment import Side
from agreements.vocabulary import BlockedBy


class BlockerForm(forms.Form):
    what = forms.CharField(label=_("What blocks it"), max_length=300)
    side = forms.ChoiceField(label=_("Whose side"), choices=Side.choices)
    removed_by = forms.ChoiceField(label=_("Who can remove it"), choices=BlockedBy.choices)
