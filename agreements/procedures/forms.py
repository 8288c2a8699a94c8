"""Opening a procedure, and noting one of its steps."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.dateinput import DayField
from agreements.procedures.models import Procedure, ProceedingStep
from partners.forms import RecordForm
from partners.picking import offer


class OpenForm(forms.Form):
    procedure = forms.ModelChoiceField(Procedure.objects.none(), label=_("Procedure"), empty_label=None)
    reason = forms.CharField(
        label=_("Why the reduced procedure"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, procedures: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, procedure=procedures)


class StepForm(RecordForm):
    started_on = DayField(label=_("Complete dossier received"))
    done_on = DayField(label=_("Done on"))
    dated_on = DayField(label=_("Paper dated"))
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ProceedingStep
        fields = ("started_on", "done_on", "number", "dated_on", "document", "remark", "skipped_because")
        widgets: ClassVar = {"remark": forms.Textarea({"rows": 2})}

    def __init__(self, *args: Any, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, document=papers)
        self.initial["seen_version"] = self.instance.version
