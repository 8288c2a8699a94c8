"""What an approval binds to, as the administration may write it."""

from __future__ import annotations

from functools import reduce
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agreements.register.models import Agreement
from agreements.register.models.content import kinds
from agreements.vocabulary import Stage
from partners.admin import RecordAdmin
from partners.refusals import Refused

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
