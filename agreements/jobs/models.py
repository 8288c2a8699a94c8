"""What the work in the background leaves behind for monitors and operators: runs, items set aside, servers away."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.fields import FieldTable
from partners.records import NOTHING, RecordQuerySet
from partners.viewers import ALL_DESKS, Viewer

RUN_COLUMNS = "name expected_since started_at succeeded_at failed_at failures error"
ITEM_COLUMNS = "id queue item attempts first_at last_at next_try_at begun_at error"
OUTAGE_COLUMNS = "server since seen_at next_try_at error"


class ForOperators(models.Model):
    """Nothing here is of the register itself: whoever runs it reads it, and nobody else."""

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return Q() if viewer.role in ALL_DESKS else NOTHING


class JobRun(ForOperators):
    """How a job fared: one row for each job, whether it runs every minute or every night."""

    FIELDS = FieldTable(internal=RUN_COLUMNS, locked=RUN_COLUMNS)

    name = models.CharField(_("job"), max_length=60, primary_key=True)
    expected_since = models.DateTimeField(_("expected since"), null=True)
    started_at = models.DateTimeField(_("last start"), null=True)
    succeeded_at = models.DateTimeField(_("last success"), null=True)
    failed_at = models.DateTimeField(_("last failure"), null=True)
    failures = models.PositiveIntegerField(_("failures since the last success"), default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class SetAside(ForOperators):
    """An item of a queue that failed: it is tried again after growing pauses, and holds nothing else up.

    `begun_at` is set while an item is in hand whose worker may be killed over it; `next_try_at` is empty where it is
    not tried again unless a person says so.
    """

    FIELDS = FieldTable(internal=ITEM_COLUMNS, locked=ITEM_COLUMNS)

    queue = models.CharField(_("queue"), max_length=40)
    item = models.CharField(_("item"), max_length=200)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    first_at = models.DateTimeField(_("first failure"), null=True)
    last_at = models.DateTimeField(_("last failure"), null=True)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    begun_at = models.DateTimeField(_("begun"), null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("item set aside")
        verbose_name_plural = _("items set aside")
        ordering = ("queue", "first_at", "pk")
        constraints = (models.UniqueConstraint("queue", "item", name="set_aside_once"),)

    def __str__(self) -> str:
        return f"{self.queue}: {self.item}"


class Outage(ForOperators):
    """A server that work needs and that is away: nobody's item has failed, all of them wait."""

    FIELDS = FieldTable(internal=OUTAGE_COLUMNS, locked=OUTAGE_COLUMNS)

    server = models.CharField(_("server"), max_length=20, primary_key=True)
    since = models.DateTimeField(_("away since"))
    seen_at = models.DateTimeField(_("last tried"))
    next_try_at = models.DateTimeField(_("next try"))
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("server that is away")
        verbose_name_plural = _("servers that are away")
        ordering = ("server",)

    def __str__(self) -> str:
        return self.server


class DayDone(models.Model):
    """For which day a work was done last that hangs on the day, and when it began."""

    FIELDS = FieldTable(internal="name on at facts", locked="name on at facts")

    name = models.CharField(_("job"), max_length=60, primary_key=True)
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("last start"))
    facts = models.CharField(_("print of what was asked"), max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("work of a day")

    def __str__(self) -> str:
        return f"{self.name}: {self.on}"
