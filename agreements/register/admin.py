"""What an approval binds to, as the administration may write it."""

from __future__ import annotations

from functools import reduce
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.register.models import Agreement
from agreements.register.models.content import kinds
from agreements.register.rules import steps
from agreements.vocabulary import CONCLUDED_OR_SUSPENDED, Stage
from partners.admin import RecordAdmin
from partners.forms import RecordForm
from partners.refusals import Refused
from partners.requests import signed_in

WHY_CORRECTED = _("Say why the record of a concluded paper is corrected.")
UNDER_APPROVAL = (Stage.IN_REVIEW, Stage.CLEARED)


def rests(record: Any) -> bool:
    """Whether it is part of a text that waits for approval or has it: nobody changes that before it is returned."""
    paths = next(kind.paths for kind in kinds(Agreement) if kind.model is type(record))
    wholes = [reduce(lambda row, hop: getattr(row, hop, None), path.split("__"), record) for path in paths] or [record]
    keys = [whole.pk for whole in wholes if whole is not None]
    return Agreement.objects.filter(pk__in=keys, stage__in=UNDER_APPROVAL).exists()


class ContentAdmin(RecordAdmin):
    """What an approval binds to: while the text is under review or cleared it rests here as on every page."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = super().get_readonly_fields(request, obj)
        if obj is None or obj.pk is None or not rests(obj):
            return fixed
        entered = [f.name for f in (*obj._meta.concrete_fields, *obj._meta.many_to_many) if f.editable]
        hidden = self.get_exclude(request, obj)
        return list(dict.fromkeys([*fixed, *(name for name in entered if name not in (*obj.DECIDED, *hidden))]))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if set(form.changed_data) - obj.DECIDED and rests(obj):
            raise Refused(_("The text is under review or cleared: have it returned first."))
        super().save_model(request, obj, form, change)


class CorrectingForm(RecordForm):
    """What a concluded paper says is corrected with a reason, here as on the pages."""

    because = forms.CharField(label=_("Why the record is corrected"), required=False, max_length=1000)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        changed = set(self.changed_data) - self.instance.DECIDED - {"because"}
        agreement = self.instance if isinstance(self.instance, Agreement) else values.get("agreement")
        agreement = agreement or getattr(self.instance, "agreement", None)
        if (
            agreement
            and agreement.stage in CONCLUDED_OR_SUSPENDED
            and changed
            and not values.get("because", "").strip()
        ):
            self.add_error("because", WHY_CORRECTED)
        return values


class CorrectingAdmin(ContentAdmin):
    """The reason for a correction of a concluded paper stands in its timeline."""

    form = CorrectingForm

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A draft is written, not corrected: no reason is asked for."""
        agreement = obj if isinstance(obj, Agreement) else getattr(obj, "agreement", None)
        if agreement and agreement.stage not in CONCLUDED_OR_SUSPENDED:
            kwargs["form"] = RecordForm
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        because = form.cleaned_data.get("because", "").strip()
        agreement = obj if isinstance(obj, Agreement) else obj.agreement
        if because and agreement.stage in CONCLUDED_OR_SUSPENDED:
            about = {} if obj == agreement else self.about(obj)
            steps.write(Act.CORRECT, agreement, signed_in(request).viewer, reason=because, **about)

    def about(self, record: Any) -> dict[str, Any]:
        """What the step names beside the agreement."""
        return {}
