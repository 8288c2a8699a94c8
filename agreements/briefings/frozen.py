"""What was true of a period when it was closed: its figures, and how each commitment stood. See decision 35.

Nothing here is ever changed: the application may only add. The digest of a period covers its states; it stands in the
history, which is sealed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements.briefings.scopes import Query, Span, asked
from agreements.commitments.models import Commitment
from agreements.register.models import TITLE, Agreement
from agreements.visibility import HIDDEN_FROM_OTHER_DESKS
from partners.fields import FieldTable
from partners.models import Desk
from partners.records import NOTHING, RecordQuerySet
from partners.viewers import ALL_DESKS, Viewer

PERIOD = "id desk first_on last_on closed_on closed_at closed_by remark figures count digest"
WHICH = "id period commitment agreement desk is_restricted ref title_vi title_en"
STATE = f"{WHICH} scopes counts_as slip_days start_days facts"


@pghistory.track()
class FrozenPeriod(models.Model):
    """A period of one desk, or of the whole ministry, as it was closed."""

    FIELDS: ClassVar = FieldTable(internal=PERIOD, locked=PERIOD)

    desk = models.ForeignKey(
        Desk, models.PROTECT, null=True, blank=True, related_name="frozen_periods", verbose_name=_("desk"),
        help_text=_("empty for the whole ministry"),
    )  # fmt: skip
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("to"))
    closed_on = models.DateField(_("closed, as of"))
    closed_at = models.DateTimeField(_("closed"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("closed by")
    )
    remark = models.CharField(_("remark"), max_length=TITLE, blank=True)
    figures = models.JSONField(_("figures"))
    count = models.PositiveIntegerField(_("commitments in it"))
    digest = models.CharField("SHA-256", max_length=64)

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed period")
        verbose_name_plural = _("closed periods")
        ordering = ("-last_on", "-first_on", F("desk").asc(nulls_first=True), "pk")
        constraints = (
            models.UniqueConstraint("desk", "first_on", "last_on", name="period_frozen_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="frozen_period_has_days"),
            models.CheckConstraint(condition=Q(closed_on__gt=F("last_on")), name="frozen_period_has_ended"),
        )

    def __str__(self) -> str:
        return f"{self.span}, {self.desk or gettext('The whole ministry')}"

    def get_absolute_url(self) -> str:
        return reverse("frozen_period", args=[self.pk])

    def listed(self, query: Query) -> str:
        """The page of its states, or of some of them."""
        return asked(self.get_absolute_url(), query)

    @property
    def span(self) -> Span:
        return Span(self.first_on, self.last_on)

    @property
    def in_words(self) -> str:
        """By whom, when, and as of which day."""
        parts = {"name": self.closed_by, "moment": f"{timezone.localtime(self.closed_at):%d/%m/%Y, %H:%M}"}
        return gettext("by %(name)s on %(moment)s") % parts

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return Q() if viewer.is_staff else NOTHING


class AsItStood(models.Model):
    """A record as it was called then, and whose it was: the record may have become anything since."""

    agreement = models.ForeignKey(
        Agreement, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+",
        verbose_name=_("agreement"),
    )  # fmt: skip
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+", verbose_name=_("desk"))
    is_restricted = models.BooleanField(_("restricted"))
    ref = models.CharField(_("reference"), max_length=26)
    title_vi = models.CharField(_("title in Vietnamese"), max_length=TITLE, blank=True)
    title_en = models.CharField(_("title in English"), max_length=TITLE, blank=True)

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.ref

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return open_as_written(viewer)


class FrozenState(AsItStood):
    """One commitment as it stood then. It stays whatever becomes of the commitment, and of its desk."""

    FIELDS: ClassVar = FieldTable(internal=STATE, locked=STATE)

    period = models.ForeignKey(FrozenPeriod, models.PROTECT, related_name="states", verbose_name=_("closed period"))
    commitment = models.ForeignKey(
        Commitment, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name=_("commitment")
    )
    scopes = ArrayField(models.CharField(max_length=75), verbose_name=_("of which desk, sector and partner"))
    counts_as = ArrayField(models.CharField(max_length=10), verbose_name=_("counted as"))
    slip_days = models.IntegerField(_("days later than first promised"), null=True)
    start_days = models.IntegerField(_("days from signing to the first act"), null=True)
    facts = models.JSONField(_("how it stood"))

    class Meta:
        verbose_name = _("frozen state")
        verbose_name_plural = _("frozen states")
        ordering = ("period", "ref")
        constraints = (models.UniqueConstraint("period", "ref", name="state_frozen_once"),)


def digest(parts: Iterable[Any]) -> str:
    """SHA-256 over parts in one form, whatever the order of their keys."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())
        whole.update(b"\n")
    return whole.hexdigest()


def open_as_written(viewer: Viewer) -> Q:
    """As the agreement: what was restricted, or is now, or is a draft now, is not another desk's to read."""
    if viewer.role in ALL_DESKS:
        return Q()
    if not viewer.is_staff:
        return NOTHING
    hidden_now = Q(agreement__restricted=True) | Q(agreement__stage__in=HIDDEN_FROM_OTHER_DESKS)
    open_to_all = Q(is_restricted=False) & ~hidden_now
    return Q(desk__in=viewer.desk_ids) | open_to_all
