"""What is said to write a letter: first which, then its words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from agreements.briefings.letterfields import has_gap
from agreements.briefings.models import SHORT
from partners.forms import DayInput


class LetterChoiceForm(forms.Form):
    """Which template, in which language."""

    template: Any = forms.ModelChoiceField(label=_("Letter"), queryset=None)
    language = forms.ChoiceField(label=_("Language of the paper"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, templates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["template"]
        field.queryset = templates

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        template, language = data.get("template"), data.get("language")
        if template and language and not getattr(template, f"text_{language}"):
            self.add_error("language", _("This letter has no text in that language."))
        return data


class LetterForm(forms.Form):
    """The words of a letter, as its writer wants them. What is typed here is text: braces in it mean nothing."""

    number = forms.CharField(label=_("Number"), max_length=60, required=False, help_text=_("for example 05/BNG-CM"))
    on = DayInput(label=_("Day of the letter"))
    addressee = forms.CharField(label=_("Addressed to"), max_length=2 * SHORT, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=2 * SHORT)
    text = forms.CharField(label=_("Text"), max_length=20_000, widget=forms.Textarea({"rows": 14}))
    on_behalf = forms.CharField(label=_("Signs on behalf of"), max_length=SHORT, required=False)
    office = forms.CharField(label=_("Office of who signs"), max_length=SHORT, required=False)
    signatory = forms.CharField(label=_("Name of who signs"), max_length=SHORT, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("subject", "addressee", "text"):
            if has_gap(data.get(name, "")):
                self.add_error(name, _("Fill in what the record does not say, in place of “…”."))
        return data
