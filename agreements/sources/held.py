"""A paper that was put beside a form which is not handed in yet: its owner's alone, and gone after a while."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.sources.models import Document
from agreements.vocabulary import PaperState
from partners.fields import FieldTable
from partners.files import KeptFileField
from partners.records import RecordQuerySet
from partners.states import StateField
from partners.viewers import Viewer

COLUMNS = "id user key file filename media_type size checksum content pages state used_at document form"
KEPT = timedelta(days=3)  # after it was last used
KEPT_WITH_DRAFT = timedelta(days=30)  # where what was typed beside it is kept as well


def held_name(_held: Any, _name: str) -> str:
    """Where a file lies: its name says nothing."""
    return f"held/{secrets.token_hex(16)}"


def new_key() -> str:
    return secrets.token_hex(16)


class HeldPaper(models.Model):
    """One file, checked and read as any paper; the form names it by its key."""

    FIELDS = FieldTable(personal=COLUMNS, locked=COLUMNS)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="held_papers")
    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    file = KeptFileField(upload_to=held_name, blank=True)
    filename = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    checksum = models.CharField(max_length=64)
    content = models.TextField(blank=True)
    pages = models.PositiveIntegerField(null=True)
    state = StateField(max_length=8, choices=PaperState, default=PaperState.WAITING)
    used_at = models.DateTimeField(db_index=True)
    # What became of it: who hands the same form in once more is led there.
    document = models.ForeignKey(Document, models.CASCADE, null=True, related_name="+")
    form = models.CharField(max_length=64, blank=True)  # a digest of all that was handed in with it

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper beside a form")
        verbose_name_plural = _("papers beside forms")
        ordering = ("-used_at", "-pk")

    def __str__(self) -> str:
        return self.filename

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """Its owner's alone: not even the operator reads what was never handed in."""
        return Q(user=viewer.user_id)

    @property
    def is_pdf(self) -> bool:
        return self.media_type == "application/pdf"

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")

    @property
    def is_shown(self) -> bool:
        """Whether its bytes may leave: not before a scanner that is set up has looked at them."""
        return bool(self.file) and self.state not in (PaperState.WAITING, PaperState.REFUSED)
