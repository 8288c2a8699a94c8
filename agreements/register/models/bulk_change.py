"""Many records changed at once, with what they held before, so that one click takes it back."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.vocabulary import RecordList
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.records import NOTHING, Record
from partners.viewers import ALL_DESKS, Viewer


@pghistory.track()
class BulkChange(Record):
    """Who changed which column of which records, and what stood there before."""

    FIELDS = FieldTable(
        internal=f"id about column value rows undone_at {RECORD_INTERNAL}",
        locked=f"id about column value rows undone_at {RECORD_INTERNAL}",
    )

    about = models.CharField(_("records"), max_length=11, choices=RecordList)
    column = models.CharField(_("field"), max_length=20)
    value = models.CharField(_("value"), max_length=60, blank=True)
    rows = models.JSONField(_("rows"))  # [{"pk": record, "version": after the change, "before": column values}]
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.column} ({len(self.rows)})"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        if viewer.role in ALL_DESKS:
            return Q()
        return Q(created_by=viewer.user_id) if viewer.is_staff else NOTHING
