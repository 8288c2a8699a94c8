"""Days that the ministry sets free or works, over the public calendar."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.records import Record
from partners.viewers import Role, Viewer


@pghistory.track()
class CalendarDay(Record):
    """A day that the ministry sets free or works, whatever the public calendar says."""

    FIELDS = FieldTable(
        internal=f"id on is_working name_vi name_en {RECORD_INTERNAL}",
        locked=f"id {RECORD_INTERNAL}",
        writers=frozenset({Role.OPERATOR}),
    )

    on = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("working day"), default=False)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=120, blank=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("day of the calendar")
        verbose_name_plural = _("days of the calendar")
        ordering = ("on",)

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y}"

    @property
    def name(self) -> str:
        return self.in_words("name")

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.reference(viewer)
