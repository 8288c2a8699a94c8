"""Tables that people bring: the file, its rows with what is wrong in each, the partners that it names anew."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partners.fields import FieldTable
from partners.files import KeptFileField
from partners.models import Country, Desk, Organisation
from partners.records import NOTHING, RecordQuerySet
from partners.states import State, StateField, Tone
from partners.viewers import ALL_DESKS, DESK_STAFF, Viewer

BATCH_COLUMNS = (
    "id user desk file file_name digest language state found headers header_row mapping counts total done error "
    "created_at heard_at checked_at written_at accepted_by accepted_at undone_by undone_at epoch"
)
ROW_COLUMNS = "id batch number cells outcome faults notes key record_id before version concludes fate"
PARTNER_COLUMNS = "id batch key name country is_government rows organisation is_made"
MAPPING_COLUMNS = "id user name headers mapping created_at"


class ImportState(State):
    READ = "read", Tone.INFO, _("Columns to be chosen")
    CHECKING = "checking", Tone.INFO, _("Being checked")
    CHECKED = "checked", Tone.WARN, _("Checked, nothing written yet")
    WRITING = "writing", Tone.INFO, _("Being written")
    WRITTEN = "written", Tone.OK, _("Written")
    ACCEPTING = "accepting", Tone.INFO, _("Being registered")
    ACCEPTED = "accepted", Tone.OK, _("Accepted by a manager")
    UNDOING = "undoing", Tone.INFO, _("Being taken back")
    UNDONE = "undone", Tone.MUTE, _("Taken back")
    FAILED = "failed", Tone.BAD, _("Failed")


WORKING = (ImportState.CHECKING, ImportState.WRITING, ImportState.ACCEPTING, ImportState.UNDOING)
BEFORE_WRITING = (ImportState.READ, ImportState.CHECKED)


class RowOutcome(State):
    CREATE = "create", Tone.OK, _("to create")
    UPDATE = "update", Tone.INFO, _("to update")
    SAME = "unchanged", Tone.MUTE, _("unchanged")
    DOUBLE = "double", Tone.WARN, _("there already")
    FAULT = "fault", Tone.BAD, _("with faults")
    SKIPPED = "skipped", Tone.MUTE, _("no record")


class RowFate(State):
    """What became of a row; empty while nothing has."""

    WRITTEN = "written", Tone.OK, _("written")
    REFUSED = "refused", Tone.BAD, _("refused")
    ACCEPTED = "accepted", Tone.OK, _("registered")
    LEFT = "left", Tone.WARN, _("left as it is")
    UNDONE = "undone", Tone.MUTE, _("taken back")


def file_place(batch: Any, _name: str) -> str:
    """Where a file lies: its name says nothing."""
    return f"imports/{secrets.token_hex(16)}"


class ImportBatch(models.Model):
    """One file that somebody brings in, for one desk, and how far it is."""

    FIELDS = FieldTable(internal=BATCH_COLUMNS, locked=BATCH_COLUMNS)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="imports", verbose_name=_("whose"))
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="imports", verbose_name=_("desk"))
    file = KeptFileField(_("file"), upload_to=file_place)
    file_name = models.CharField(_("name of the file"), max_length=200)
    digest = models.CharField("SHA-256", max_length=64)
    language = models.CharField(_("language"), max_length=2)
    epoch = models.PositiveBigIntegerField(_("credentials count from"), default=0, editable=False)  # of whoever asked
    state = StateField(_("state"), max_length=9, choices=ImportState, default=ImportState.READ)
    found = models.JSONField(_("how it was read"), default=dict)  # kind, encoding, separator, sheets, sheet
    headers = models.JSONField(_("columns"), default=list)  # names of the columns, each once
    header_row = models.PositiveIntegerField(_("row of the headings"), default=0)
    mapping = models.JSONField(_("what the columns mean"), default=dict)
    counts = models.JSONField(_("numbers"), default=dict)
    total = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    error = models.CharField(_("what went wrong"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    heard_at = models.DateTimeField(_("last sign of life"), null=True)
    checked_at = models.DateTimeField(_("checked"), null=True)
    written_at = models.DateTimeField(_("written"), null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("accepted by")
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("taken back by")
    )
    undone_at = models.DateTimeField(_("taken back"), null=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=["id"], name="import_open", condition=Q(state__in=[one.value for one in WORKING])),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.file_name} ({self.pk})"

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.pk])

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """One's own; those of one's desks for managers, who accept them; all for who reads all desks."""
        if viewer.role in ALL_DESKS:
            return Q()
        if viewer.role not in DESK_STAFF:
            return NOTHING
        own = Q(user=viewer.user_id)
        return own | Q(desk__in=viewer.desk_ids) if viewer.role == "manager" else own

    def put_file_away(self) -> None:
        """Its rows are kept; the bytes are needed no more."""
        name, storage = self.file.name or "", self.file.storage
        self.file = ""
        self.save(update_fields=["file"])
        if name:
            transaction.on_commit(lambda: storage.delete(name))

    def forget(self, why: str) -> None:
        """All that it held goes, samples of its cells too; a line says that it was brought in, and why it went."""
        with transaction.atomic():
            for kind in (ImportRow, ImportPartner):
                kind.objects.filter(batch=self).delete()
            self.put_file_away()
            self.found, self.headers, self.mapping, self.counts = {}, [], {}, {}
            self.state, self.error, self.heard_at = ImportState.FAILED, why[:300], None
            self.save(update_fields=["found", "headers", "mapping", "counts", "state", "error", "heard_at"])

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0

    @property
    def is_open(self) -> bool:
        return self.state in WORKING

    @property
    def columns(self) -> dict[str, str]:
        """What each column means, by its number as text; columns that mean nothing are missing."""
        return dict(self.mapping.get("columns", {}))


class ImportRow(models.Model):
    """One row of the file: its cells as text, what is to become of it, and what became of it."""

    FIELDS = FieldTable(internal=ROW_COLUMNS, locked=ROW_COLUMNS)

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", verbose_name=_("import"))
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(_("cells"))
    outcome = StateField(_("what is to become of it"), max_length=9, choices=RowOutcome, blank=True)
    faults = models.JSONField(_("faults"), default=list)  # [{column, value, reason, mend}]
    notes = models.JSONField(_("notes"), default=list)  # [{column, value, reason}]
    key = models.CharField(_("key"), max_length=300, blank=True)
    record_id = models.BigIntegerField(_("record"), null=True)
    before = models.JSONField(_("what stood there"), null=True)  # of a record that was changed
    version = models.PositiveIntegerField(_("version that was written"), null=True)
    concludes = models.BooleanField(_("concluded, by what the list says"), default=False)
    fate = StateField(_("what became of it"), max_length=8, choices=RowFate, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ("batch", "number")
        constraints = (models.UniqueConstraint("batch", "number", name="import_row_once"),)
        indexes = (
            models.Index(fields=["batch", "outcome", "number"], name="import_row_outcome"),
            models.Index(fields=["key"], name="import_row_key", condition=Q(record_id__isnull=False) & ~Q(key="")),
        )

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.number}"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return Q(batch__in=ImportBatch.objects.visible_to(viewer).order_by().values("pk"))


class ImportPartner(models.Model):
    """An organisation that the file names and nobody here is called: made with the rows, or another that is known."""

    FIELDS = FieldTable(internal=PARTNER_COLUMNS, locked=PARTNER_COLUMNS)

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="partners", verbose_name=_("import"))
    key = models.CharField(_("key"), max_length=300)
    name = models.CharField(_("name"), max_length=250)
    country = models.ForeignKey(Country, models.PROTECT, null=True, related_name="+", verbose_name=_("country"))
    is_government = models.BooleanField(_("the government of its country"), default=False)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("organisation")
    )
    is_made = models.BooleanField(_("made with the rows"), default=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner that an import names")
        verbose_name_plural = _("partners that imports name")
        ordering = ("batch", "-rows", "name")
        constraints = (models.UniqueConstraint("batch", "key", name="import_partner_once"),)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return Q(batch__in=ImportBatch.objects.visible_to(viewer).order_by().values("pk"))


class ImportMapping(models.Model):
    """What the columns of a sheet mean, kept under a name for the next sheet of its kind."""

    FIELDS = FieldTable(internal=MAPPING_COLUMNS, locked=MAPPING_COLUMNS)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="import_mappings", verbose_name=_("whose")
    )
    name = models.CharField(_("name"), max_length=80)
    headers = models.JSONField(_("columns"))
    mapping = models.JSONField(_("what the columns mean"))  # by the folded names of the columns
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept meaning of columns")
        verbose_name_plural = _("kept meanings of columns")
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint("user", "name", name="import_mapping_once"),)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        if viewer.role in ALL_DESKS:
            return Q()
        return Q(user=viewer.user_id) if viewer.role in DESK_STAFF else NOTHING
