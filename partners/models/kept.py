"""What became of a request with a key of its own: where the record stands that it made or changed.

The answer itself is not kept. Sent again, the record is read anew, through the gate: whoever lost it meanwhile learns
nothing from the repetition.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.fields import FieldTable
from partners.keys import digest_of

KEPT_FOR = timedelta(hours=24)


class KeptAnswer(models.Model):
    """One request that was carried out. Key and request are kept as digests."""

    FIELDS = FieldTable(
        internal="id user key asked status place made_at", locked="id user key asked status place made_at"
    )

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    key = models.CharField(max_length=64)
    asked = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    place = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = (models.UniqueConstraint("user", "key", name="kept_answer_once"),)

    def __str__(self) -> str:
        return f"{self.status} {self.place}"

    @classmethod
    def claim(cls, user_id: int, key: str, asked: str, *, at: datetime) -> tuple[Self, bool]:
        """The row of this key, and whether it is new; in a transaction. Of two at once the second waits for the first.

        One that is older than its time is begun anew.
        """
        digest = digest_of(key)
        cls.objects.filter(user=user_id, key=digest, made_at__lte=at - KEPT_FOR).delete()
        new = cls(user_id=user_id, key=digest, asked=asked, made_at=at)
        cls.objects.bulk_create([new], ignore_conflicts=True)
        found = cls.objects.get(user=user_id, key=digest)
        return found, found.status == 0

    @classmethod
    def forget(cls, *, at: datetime) -> None:
        """Take away what is older than it is kept for."""
        cls.objects.filter(made_at__lte=at - KEPT_FOR).delete()
