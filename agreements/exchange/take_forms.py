"""What is said to take a list away: with which columns, separator and words, and why, where restricted rows leave."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Separator(TextChoices):
    COMMA = "comma", _("comma")
    SEMICOLON = "semicolon", _("semicolon")
    TAB = "tab", _("tab")


SIGNS = {Separator.COMMA: ",", Separator.SEMICOLON: ";", Separator.TAB: "\t"}


class TakeForm(forms.Form):
    reason = forms.CharField(label=_("What it is taken for"), max_length=300, required=False)
    language = forms.ChoiceField(label=_("Language of the file"), choices=settings.LANGUAGES, required=False)
    separator = forms.ChoiceField(
        label=_("Separator of the CSV"), choices=Separator, required=False,
        help_text=_("spreadsheets set to Vietnamese expect a semicolon"),
    )  # fmt: skip
    columns = forms.MultipleChoiceField(
        label=_("Columns"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("none ticked: all of them")
    )

    def __init__(self, *args: Any, columns: Any, restricted: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["columns"].choices = [(column.name, column.label) for column in columns]  # type: ignore[attr-defined]  # of a ChoiceField
        self.fields["reason"].required = restricted > 0

    @property
    def sign(self) -> str:
        return SIGNS[Separator(self.cleaned_data["separator"] or Separator.COMMA)]
