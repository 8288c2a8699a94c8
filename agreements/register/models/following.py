"""What a person keeps an eye on: lists kept under a name, and records, countries and lists that are followed."""

from __future__ import annotations

from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements.register.models.agreement import Agreement
from agreements.vocabulary import RecordList, ViewAudience
from partners import reading
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.models import Country, Desk
from partners.records import Record, RecordQuerySet
from partners.viewers import ALL_DESKS, Viewer

NO_FILTERS = ("after",)  # where one stands in a list


def filters_of(query: str) -> str:
    """A list's query string without what is empty and what filters nothing."""
    kept = QueryDict(mutable=True)
    for name, values in reading.query(query).lists():
        if chosen := [value for value in values if value and name not in NO_FILTERS]:
            kept.setlist(name, chosen)
    return kept.urlencode()


@pghistory.track()
class SavedView(Record):
    """A list with its filters, under a name. It holds no rows: each reader sees what they may see."""

    FIELDS = FieldTable(
        internal=f"id name page query audience desk {RECORD_INTERNAL}", locked=f"id page query {RECORD_INTERNAL}"
    )

    name = models.CharField(_("name"), max_length=80)
    page = models.CharField(_("list"), max_length=12, choices=RecordList)
    query = models.CharField(_("filters"), max_length=1000, blank=True)
    audience = models.CharField(_("for whom"), max_length=8, choices=ViewAudience, default=ViewAudience.PRIVATE)
    desk = models.ForeignKey(
        Desk, models.PROTECT, null=True, blank=True, related_name="saved_views", verbose_name=_("desk")
    )

    # What pages note beside a row.
    may_remove: bool

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                "created_by", "page", "name", name="view_named_once", condition=Q(archived_at=None),
                violation_error_message=_("You have kept a list under this name."),
            ),
            models.CheckConstraint(
                condition=Q(audience="desk", desk__isnull=False) | (~Q(audience="desk") & Q(desk=None)),
                name="desk_view_has_desk",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse(self.page)}?{self.query}"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """One's own; for staff also what a colleague keeps for the desk or for all."""
        if viewer.role in ALL_DESKS:
            return Q(archived_at=None)
        rule = Q(created_by=viewer.user_id)
        if viewer.is_staff:
            rule |= Q(audience="everyone") | Q(audience="desk", desk__in=viewer.desk_ids)
        return rule & Q(archived_at=None)


def _one_of(*columns: str) -> Q:
    """Exactly one of the columns is filled."""
    rule = Q(pk__in=())
    for filled in columns:
        rule |= Q(**{f"{column}__isnull": column != filled for column in columns})
    return rule


FOLLOWED = ("agreement", "commitment", "country", "view")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Follow(models.Model):
    """A person is told of what happens to a record, in a country, or in a list."""

    FIELDS = FieldTable(
        internal="id user agreement commitment country view created_at",
        locked="id user agreement commitment country view created_at",
    )

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="follows", verbose_name=_("who"))
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, related_name="follows", verbose_name=_("agreement")
    )
    commitment = models.ForeignKey(
        "agreements.Commitment", models.PROTECT, null=True, related_name="follows", verbose_name=_("commitment")
    )
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, related_name="+", verbose_name=_("country or territory")
    )
    view = models.ForeignKey(SavedView, models.PROTECT, null=True, related_name="follows", verbose_name=_("saved view"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("followed record")
        verbose_name_plural = _("followed records")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                "user", "agreement", "commitment", "country", "view", name="followed_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=_one_of(*FOLLOWED), name="follows_one_thing"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.record}"

    @property
    def record(self) -> Any:
        return self.agreement or self.commitment or self.country or self.view

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """One's own."""
        return Q() if viewer.role in ALL_DESKS else Q(user=viewer.user_id)
