"""Calendar feeds: addresses that a calendar program asks, in the name of one person."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.register.models import SavedView
from partners.fields import FieldTable
from partners.keys import digest_of
from partners.models import Country, User
from partners.records import RecordQuerySet
from partners.viewers import ALL_DESKS, Viewer

COLUMNS = "id user kind country view digest epoch created_at used_at revoked_at"
USE_NOTED_EVERY = timedelta(hours=1)


class FeedKind(models.TextChoices):
    MINE = "mine", pgettext_lazy("calendar", "What concerns me")
    COUNTRY = "country", pgettext_lazy("calendar", "A country or territory")
    VIEW = "view", pgettext_lazy("calendar", "A saved view")


class FeedQuerySet(RecordQuerySet["Feed"]):
    def living(self) -> Self:
        """Neither withdrawn nor made before something about the account changed."""
        return self.filter(revoked_at=None, epoch=F("user__epoch"))


@pghistory.track(exclude=["digest", "used_at"])
class Feed(models.Model):
    """A secret address of dates. What it shows is decided at each fetch; only a digest of the secret is kept."""

    FIELDS = FieldTable(internal=COLUMNS, locked=COLUMNS)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="feeds", verbose_name=_("whose"))
    kind = models.CharField(_("what it holds"), max_length=7, choices=FeedKind, default=FeedKind.MINE)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country or territory")
    )
    view = models.ForeignKey(
        SavedView, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("saved view")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    epoch = models.PositiveBigIntegerField(_("credentials count from"), default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=(
                    Q(kind="mine", country=None, view=None)
                    | Q(kind="country", country__isnull=False, view=None)
                    | Q(kind="view", country=None, view__isnull=False)
                ),
                name="feed_is_of_one_thing",
            ),
        )

    def __str__(self) -> str:
        return str(self.country or self.view or self.get_kind_display())

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """One's own."""
        return Q() if viewer.role in ALL_DESKS else Q(user=viewer.user_id)

    @classmethod
    def issue(cls, user: User, **of: object) -> tuple[Feed, str]:
        """Make a feed; the second value is its secret, which cannot be had again."""
        secret = secrets.token_urlsafe(32)
        feed = cls(user=user, epoch=user.known_epoch(), digest=digest_of(secret), **of)
        feed.full_clean(exclude=["digest"])
        feed.save()
        return feed, secret

    def revoke(self, *, at: datetime) -> None:
        """Its address is dead from now on; once withdrawn it stays so."""
        type(self).objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=at)

    @classmethod
    def redeem(cls, secret: str, *, at: datetime) -> Feed | None:
        """The living feed of a secret, with its use noted at most once an hour."""
        rows = cls.objects.living().select_related("user", "country", "view").filter(user__is_active=True)
        feed = rows.filter(digest=digest_of(secret)).first()
        if feed and (feed.used_at is None or at - feed.used_at > USE_NOTED_EVERY):
            cls.objects.filter(pk=feed.pk).update(used_at=at)
        return feed
