"""How days and sums are typed in the administration: as everywhere in the register, by one reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.admin.widgets import AdminTextInputWidget
from django.db.models import DateField, DateTimeField
from django.http import HttpRequest
from django.utils.text import capfirst

from agreements.commitments.forms.parts import AmountField
from agreements.dateinput import DayField


class ReadAlike:
    """The administration of a record reads days and sums as the pages do."""

    sums: ClassVar[Mapping[str, bool]] = {}  # columns with sums as people write them; whether they may be below zero

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        shared = {
            "label": capfirst(db_field.verbose_name), "required": not db_field.blank, "help_text": db_field.help_text,
            "widget": AdminTextInputWidget(),
        }  # fmt: skip
        if isinstance(db_field, DateField) and not isinstance(db_field, DateTimeField):
            return DayField(**shared)
        if db_field.name in self.sums:
            return AmountField(signed=self.sums[db_field.name], **shared)
        return super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]  # of the admin it is mixed into
