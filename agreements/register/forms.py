"""What a person says with an act on an agreement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.dateinput import PartialDateField
from agreements.register.lifecycle import Facts, Transition
from agreements.register.models import Note
from agreements.vocabulary import Ending
from partners.picking import OrganisationField
from partners.viewers import Viewer


class ActForm(forms.Form):
    """The questions of one transition. What is missing the rule itself says, in its own words."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    signed = PartialDateField(label=_("Signed on"), required=False)
    ending = forms.ChoiceField(label=_("How it ended"), required=False)
    reason = forms.CharField(
        label=_("Reason or comment"), required=False, max_length=4000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, transition: Transition, **kwargs: Any) -> None:
        # Several of them stand on one page: each field needs an id of its own.
        super().__init__(*args, auto_id=f"id_{transition.name}_%s", **kwargs)
        self.transition = transition
        for name in ("signed", "ending", "reason"):
            if name not in transition.asks:
                del self.fields[name]
        if ending := self.fields.get("ending"):
            endings = [(value, label) for value, label in Ending.choices if value != Ending.NOT_CONCLUDED]
            ending.choices = [("", "–"), *endings]  # type: ignore[attr-defined]

    def facts(self, viewer: Viewer) -> Facts:
        values = {name: value for name, value in self.cleaned_data.items() if value}
        return Facts(on=viewer.on, **values)


class ShareForm(forms.Form):
    organisation = OrganisationField(label=_("Organisation"))
    until = PartialDateField(label=_("Until"), required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].viewer = viewer  # type: ignore[attr-defined]


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Note
        fields = ("text",)
        widgets = {"text": forms.Textarea({"rows": 2})}  # noqa: RUF012
