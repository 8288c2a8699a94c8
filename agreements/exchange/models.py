"""Files that take long to write: asked for on a page, written by a worker, fetched once they are there."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.vocabulary import FileForm, PaperKind, RecordList
from partners.fields import FieldTable
from partners.files import KeptFileField
from partners.records import RecordQuerySet
from partners.states import State, StateField, Tone
from partners.viewers import ALL_DESKS, Viewer

COLUMNS = (
    "id user page kind form query language state rights epoch keys seen total done file error created_at heard_at "
    "written_at"
)
KEPT = timedelta(hours=1)  # the longest that a file may tell of what one could see when it was written


TAKEN = "id user page form language separator query columns rows restricted reason at"


class FileTaken(models.Model):
    """One list that was taken away as a file: by whom, which rows and columns, and why where restricted ones left."""

    FIELDS = FieldTable(internal=TAKEN, locked=TAKEN)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="taken", verbose_name=_("by"))
    page = models.CharField(_("list"), max_length=20)
    form = models.CharField(_("file"), max_length=4)
    language = models.CharField(_("language"), max_length=2)
    separator = models.CharField(_("separator"), max_length=9, blank=True)
    query = models.TextField(_("filters"), blank=True)
    columns = ArrayField(models.CharField(max_length=40), verbose_name=_("columns"))
    # Of what is sent while it is read, it is known at the end: empty says that it broke off.
    rows = models.PositiveIntegerField(_("rows"), null=True)
    restricted = models.PositiveIntegerField(_("restricted rows"), default=0)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("taken"), auto_now_add=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("file that was taken")
        verbose_name_plural = _("files that were taken")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=Q(restricted=0) | ~Q(reason=""), name="restricted_rows_have_a_reason"),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.page}.{self.form}"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """One's own; those who read what every desk holds, all."""
        return Q() if viewer.role in ALL_DESKS else Q(user=viewer.user_id)


class ExportState(State):
    WAITING = "waiting", Tone.INFO, _("waits to be written")
    RUNNING = "running", Tone.INFO, _("is being written")
    WRITTEN = "written", Tone.OK, _("is ready")
    FAILED = "failed", Tone.BAD, _("could not be written")


def export_name(export: Any, _name: str) -> str:
    """Where a file lies: its name says nothing."""
    return f"exports/{secrets.token_hex(16)}.{export.form}"


class Export(models.Model):
    """One list as a workbook, or one paper in some form, for one person."""

    FIELDS = FieldTable(internal=COLUMNS, locked=COLUMNS)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="exports", verbose_name=_("whose"))
    page = models.CharField(_("list"), max_length=11, choices=RecordList, blank=True)
    kind = models.CharField(_("paper"), max_length=13, choices=PaperKind, blank=True)
    form = models.CharField(_("form"), max_length=4, choices=FileForm, default=FileForm.XLSX)
    query = models.TextField(_("filters"), blank=True)
    language = models.CharField(_("language"), max_length=2)
    state = StateField(_("state"), max_length=7, choices=ExportState, default=ExportState.WAITING)
    rights = models.CharField(_("rights of its reader"), max_length=64, blank=True)
    epoch = models.PositiveBigIntegerField(_("credentials count from"), default=0, editable=False)  # of whoever asked
    keys = models.JSONField(_("records in it"), default=dict, editable=False)  # by the name of their list
    seen = models.CharField(_("what its reader saw"), max_length=64, blank=True, editable=False)
    total = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows written"), default=0)
    file = KeptFileField(_("file"), upload_to=export_name, blank=True)
    error = models.CharField(_("what went wrong"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    heard_at = models.DateTimeField(_("last sign of life"), null=True)
    written_at = models.DateTimeField(_("written"), null=True)

    objects = RecordQuerySet.as_manager()

    # What pages note beside a row.
    may_be_fetched: bool

    class Meta:
        verbose_name = _("file that is written")
        verbose_name_plural = _("files that are written")
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=["id"], name="export_open", condition=Q(state__in=("waiting", "running"))),
        )  # fmt: skip
        constraints = (
            models.CheckConstraint(
                condition=Q(page="") & ~Q(kind="") | ~Q(page="") & Q(kind=""), name="export_is_one_thing"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.label} {timezone.localtime(self.created_at):%d/%m/%Y}"

    @property
    def label(self) -> str:
        return str(self.get_kind_display() if self.kind else self.get_page_display())

    @property
    def file_name(self) -> str:
        return f"{self.kind or self.page}-{self.written_at:%Y-%m-%d}.{self.form}".replace("_", "-")

    @property
    def asked_at(self) -> str:
        """Where it was asked for, with all that was said, so that it can be asked for again."""
        address = reverse("briefing", args=[self.kind]) if self.kind else reverse(self.page)
        return f"{address}?{self.query}" if self.query else address

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """One's own."""
        return Q() if viewer.role in ALL_DESKS else Q(user=viewer.user_id)

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0

    @property
    def is_open(self) -> bool:
        return self.state in (ExportState.WAITING, ExportState.RUNNING)

    def is_for(self, viewer: Viewer, *, at: datetime) -> bool:
        """Whether it may be fetched: by its owner, with the rights it was asked for with, and not for long.

        That every row in it may still be seen is asked beside this.
        """
        is_fresh = self.written_at is not None and at - self.written_at <= KEPT
        is_own = self.user_id == viewer.user_id and self.epoch == viewer.epoch
        return is_fresh and is_own and self.rights == rights_of(viewer)


def rights_of(viewer: Viewer) -> str:
    """The SHA-256 of what decides what somebody sees, beside the rows themselves: role, desks and organisations."""
    sees = f"{viewer.role}:{sorted(viewer.desk_ids)}:{sorted(viewer.organisation_ids)}"
    decisive = sees if viewer.takes_files else f"{sees}:takes none"
    return hashlib.sha256(decisive.encode()).hexdigest()
