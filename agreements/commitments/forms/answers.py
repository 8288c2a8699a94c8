"""What a partner says to the words of a commitment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from partners.picking import offer


class AnswerForm(forms.Form):
    """What a partner says to the words on screen; `seen` is their hash."""

    seen = forms.CharField(widget=forms.HiddenInput)
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("In the name of"), empty_label=None)
    remark = forms.CharField(
        label=_("What is wrong, or a remark"), required=False, max_length=4000, widget=forms.Textarea({"rows": 2})
    )
    proposed_vi = forms.CharField(
        label=_("Proposed wording in Vietnamese"), required=False, max_length=8000, widget=forms.Textarea({"rows": 2})
    )
    proposed_en = forms.CharField(
        label=_("Proposed wording in English"), required=False, max_length=8000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_answer_%s", **kwargs})
        offer(self, organisation=organisations)
        self.fields["organisation"].initial = organisations.first()
