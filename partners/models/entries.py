"""What records are found by. Made by the database, which knows when a name changes, whoever changes it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.fields import FieldTable


class Entry(models.Model):
    """The lexemes of one record (`partners.finding`). It opens nothing: what is found goes through the gate."""

    FIELDS: ClassVar = FieldTable(
        internal="kind record_id words open_words is_behind", locked="kind record_id words open_words is_behind"
    )

    pk = models.CompositePrimaryKey("kind", "record_id")
    kind = models.CharField(_("table"), max_length=40)
    record_id = models.BigIntegerField(_("record"))
    words: Any = SearchVectorField(_("what staff find it by"))
    open_words: Any = SearchVectorField(_("what whoever sees the record at all finds it by"))
    is_behind = models.BooleanField(_("records that hold its name are still to follow"), default=False)

    class Meta:
        verbose_name = _("entry of the index")
        verbose_name_plural = _("entries of the index")
        indexes = (
            GinIndex(fields=["words"], name="entry_words"),
            models.Index(fields=["kind", "record_id"], name="entry_behind", condition=Q(is_behind=True)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"
