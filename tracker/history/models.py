"""Seals over the history: each signs the rows added since the one before, and that one too."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Seal(models.Model):
    """`tables` maps an event table to its columns, the last row sealed, how many were, and their digest."""

    at = models.DateTimeField(_("sealed"))
    tables = models.JSONField()
    digest = models.CharField(max_length=64)  # over `tables` and the digest before
    signature = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.pk} {self.digest[:16]}"
