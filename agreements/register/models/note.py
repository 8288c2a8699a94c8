"""Internal remarks: a table of their own, which no partner's query ever joins."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.register.models.agreement import Agreement
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.records import Record
from partners.viewers import Viewer


@pghistory.track()
class Note(Record):
    """A remark of ours on an agreement."""

    FIELDS = FieldTable(internal=f"id agreement text {RECORD_INTERNAL}", locked=f"id agreement {RECORD_INTERNAL}")

    LETTER = "m"
    IN_PARTS = False

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="notes", verbose_name=_("agreement"))
    text = models.TextField(_("note"))

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.text[:80]

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.for_staff(viewer)
