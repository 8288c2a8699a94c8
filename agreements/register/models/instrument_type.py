"""What the ministry calls its instruments, beyond the kinds that the register knows by itself."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.vocabulary import Kind
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.records import Record
from partners.viewers import Role, Viewer
from partners.visibility import unless_archived


@pghistory.track()
class InstrumentType(Record):
    """A type of a ministry's own, such as a provincial cooperation minute; it counts as one of the kinds."""

    FIELDS = FieldTable(
        public="id code name_vi name_en kind",
        internal=RECORD_INTERNAL,
        locked=f"id {RECORD_INTERNAL}",
        writers=frozenset({Role.OPERATOR}),
    )

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150)
    kind = models.CharField(_("counts as"), max_length=20, choices=Kind)

    class Meta:
        verbose_name = _("type of instrument")
        verbose_name_plural = _("types of instruments")
        ordering = ("name_vi", "pk")

    def __str__(self) -> str:
        return self.in_words("name")

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return unless_archived(viewer, Q())
