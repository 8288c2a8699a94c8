"""Adding a paper to an agreement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.dateinput import PartialDateField, WithPartialDates
from agreements.sources.models import Document
from agreements.sources.papers import accept
from agreements.sources.secrecy import mark_in_name
from partners.forms import RecordForm
from partners.refusals import Refused

SECRECY = [("", _("None")), *((mark, mark) for mark in ("MẬT", "TỐI MẬT", "TUYỆT MẬT"))]


class PaperForm(WithPartialDates, RecordForm):
    upload = forms.FileField(label=_("File"), help_text=_("PDF, DOCX, ODT, XLSX, PNG, JPEG or text; no secret papers"))
    published = PartialDateField(label=_("Dated"), required=False)

    secrecy = forms.ChoiceField(label=_("Mark of secrecy"), choices=SECRECY, required=False)

    partial_dates = {"published": ("published_on", "published_precision", "first")}  # noqa: RUF012

    class Meta:
        model = Document
        fields = ("kind", "title_vi", "title_en", "language", "audience", "is_signed_copy")

    def clean_secrecy(self) -> str:
        if mark := self.cleaned_data["secrecy"]:
            raise forms.ValidationError(
                _("Papers marked “%(mark)s” are not kept here: this register is not made for them, by law.")
                % {"mark": mark}
            )
        return ""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for name in ("title_vi", "title_en"):
            if mark := mark_in_name(values.get(name, "")):
                self.add_error(
                    name, _("It bears the mark “%(mark)s”: secret papers are not kept here.") % {"mark": mark}
                )
        return values

    def clean_upload(self) -> Any:
        try:
            accept(self.cleaned_data["upload"], self.instance)
        except Refused as no:
            raise forms.ValidationError(no.reason) from None
        return self.cleaned_data["upload"]
