"""Seals over the history: each signs the rows added since the one before, and that one too."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Seal(models.Model):
    """`tables` maps a table of the history to its columns, the last row sealed, how many were, and their digest.

    `removed` maps a table to the runs of rows that were taken out with the examples (decision 31). A seal that says so
    covers no rows of its own.

    A seal without `key` is of the first form: it knows nothing of who acted, nor of the columns below it.
    """

    at = models.DateTimeField(_("sealed"))
    tables = models.JSONField()
    marks = models.JSONField(default=dict)  # how far each table is sealed, this seal included
    began_at = models.DateTimeField(null=True)  # nothing that is written later can be older
    until_at = models.DateTimeField(null=True)  # nothing that is sealed here can be younger, by PostgreSQL's clock
    prints = models.BinaryField(default=b"")  # of each row in turn, to name the one that does not fit
    removed = models.JSONField(default=dict)
    key = models.CharField(max_length=16, blank=True)  # tells keys apart, and nothing about them
    digest = models.CharField(max_length=64)  # over all above and the digest before
    signature = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.pk} {self.digest[:16]}"
