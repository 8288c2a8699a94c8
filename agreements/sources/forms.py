"""Adding a paper to an agreement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.dateinput import PartialDateField, WithPartialDates
from agreements.sources.models import Document
from agreements.sources.papers import accept
from partners.refusals import Refused


class PaperForm(WithPartialDates, forms.ModelForm):  # type: ignore[type-arg]
    upload = forms.FileField(label=_("File"), help_text=_("PDF, DOCX, XLSX, PNG, JPEG or text; no secret papers"))
    published = PartialDateField(label=_("Dated"), required=False)

    partial_dates = {"published": ("published_on", "published_precision", "first")}  # noqa: RUF012

    class Meta:
        model = Document
        fields = ("kind", "title_vi", "title_en", "language", "audience")

    def clean_upload(self) -> Any:
        try:
            accept(self.cleaned_data["upload"], self.instance)
        except Refused as no:
            raise forms.ValidationError(no.reason) from None
        return self.cleaned_data["upload"]
