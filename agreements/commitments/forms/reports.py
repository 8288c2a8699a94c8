"""A report and its evidence."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.commitments.forms.commitment import own_organisations
from agreements.commitments.models import Report
from partners.forms import RecordForm
from partners.models import Organisation
from partners.picking import offer
from partners.viewers import Viewer


class EvidenceUrlField(forms.URLField):
    """A link to what shows a claim; without a scheme it is https."""

    def __init__(self, **options: Any) -> None:
        options = {"label": _("Evidence, as a link"), "required": False, "max_length": 500, **options}
        super().__init__(assume_scheme="https", **options)


class ReportForm(RecordForm):
    evidence_url = EvidenceUrlField(help_text=_("a page that shows it; or attach a file"))
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("In the name of"), empty_label=None, required=False
    )
    evidence_file = forms.FileField(
        label=_("Evidence, as a file"), required=False, help_text=_("PDF, DOCX, ODT, XLSX, TXT or a picture")
    )

    class Meta:
        model = Report
        fields = ("text", "delivery", "health", "evidence_url")
        widgets: ClassVar = {"text": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if viewer.is_partner:
            own = own_organisations(viewer)
            offer(self, organisation=own)
            # Who goes on writing a report leaves it in the name in which it stands.
            standing = own.filter(pk=self.instance.organisation_id).first()
            self.fields["organisation"].initial = standing or own.first()
        else:
            del self.fields["organisation"]
