"""How often something was tried lately: counters that are exact however many try at once.

They stand in PostgreSQL, since a cache may be one process's own, or be emptied. One statement counts and decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from partners.fields import FieldTable
from partners.keys import digest_of

# Both count only if the row is free, and the row is locked while they ask: of many at once each sees the one before.
# What is free was so before: who looked at the clock first may reach it last.
SLOWING = """
    INSERT INTO partners_attempt AS known (key, count, free_at, forget_at)
    VALUES (%(key)s, 1, CASE WHEN %(free)s > 1 THEN %(before)s ELSE %(now)s + %(pause)s END, %(now)s + %(keep)s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN known.forget_at <= %(now)s THEN 0 ELSE known.count END + 1,
        free_at = CASE
            WHEN (CASE WHEN known.forget_at <= %(now)s THEN 0 ELSE known.count END) + 1 < %(free)s THEN %(before)s
            ELSE %(now)s + least(%(most)s, %(pause)s * power(2, least(known.count + 1 - %(free)s, 20)))
        END,
        forget_at = %(now)s + %(keep)s
    WHERE known.free_at <= %(now)s
    RETURNING count, free_at
"""
QUOTA = """
    INSERT INTO partners_attempt AS known (key, count, free_at, forget_at)
    VALUES (%(key)s, 1, CASE WHEN %(free)s > 1 THEN %(before)s ELSE %(now)s + %(keep)s END, %(now)s + %(keep)s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN known.forget_at <= %(now)s THEN 0 ELSE known.count END + 1,
        free_at = CASE
            WHEN (CASE WHEN known.forget_at <= %(now)s THEN 0 ELSE known.count END) + 1 < %(free)s THEN %(before)s
            WHEN known.forget_at <= %(now)s THEN %(now)s + %(keep)s
            ELSE known.forget_at
        END,
        forget_at = CASE WHEN known.forget_at <= %(now)s THEN %(now)s + %(keep)s ELSE known.forget_at END
    WHERE known.free_at <= %(now)s
    RETURNING count, forget_at
"""
# A quota need not be on the disk before the answer: what a crash forgets of it is less than a second. For the
# statement that is a transaction alone; guesses are waited for.
UNAWAITED = QUOTA.rstrip() + ", set_config('synchronous_commit', 'off', true)"


class Attempt(models.Model):
    """One counter. Its key is a digest: what was tried and by whom stands nowhere in clear."""

    FIELDS = FieldTable(internal="key count free_at forget_at", locked="key count free_at forget_at")

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(_("tries"))
    free_at = models.DateTimeField(_("may try again"))
    forget_at = models.DateTimeField(_("forgotten"))

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.count}, {self.free_at:%H:%M:%S}"

    @classmethod
    def forget(cls, *, at: datetime) -> None:
        """Take away what no longer counts."""
        cls.objects.filter(forget_at__lte=at, free_at__lte=at).delete()


@dataclass(frozen=True)
class Taken:
    """What became of a try: seconds to wait if it was refused, else 0; and how many are left."""

    wait: int
    left: int
    resets_in: int  # seconds until all are there again


@dataclass(frozen=True)
class Limit:
    """`free` tries; then a growing pause after each, `pause` to `most`, or none till `keep` after the first has passed.

    With pauses, `keep` is how long a try is remembered: whoever keeps quiet for so long begins anew.
    """

    name: str
    free: int
    keep: timedelta
    pause: timedelta | None = None
    most: timedelta = timedelta(minutes=15)

    def key(self, *of: object) -> str:
        return digest_of("\x1f".join((self.name, *map(str, of))))

    def take(self, *of: object, at: datetime) -> Taken:
        """Count one more try, before it is known what comes of it; refused ones do not count."""
        quota = QUOTA if connection.in_atomic_block else UNAWAITED
        key, how = self.key(*of), SLOWING if self.pause else quota
        values: dict[str, Any] = {
            "key": key,
            "now": at,
            "before": at - self.keep,
            "free": self.free,
            "keep": self.keep,
            "pause": self.pause,
            "most": self.most,
        }
        with connection.cursor() as cursor:
            cursor.execute(how, values)
            row = cursor.fetchone()
        if row:
            return Taken(wait=0, left=max(self.free - row[0], 0), resets_in=_seconds(row[1] - at))
        free_at = Attempt.objects.filter(pk=key).values_list("free_at", flat=True).first() or at
        wait = _seconds(free_at - at)
        return Taken(wait=wait, left=0, resets_in=wait)

    def take_back(self, *of: object, at: datetime) -> None:
        """The try was right: it counts for nothing."""
        before = models.Value(at - self.keep)
        free = models.Case(models.When(count__lte=self.free, then=before), default=models.F("free_at"))
        rows = Attempt.objects.filter(pk=self.key(*of), count__gt=0)
        rows.update(count=models.F("count") - 1, free_at=free)

    def clear(self, *of: object) -> None:
        """Begin anew."""
        Attempt.objects.filter(pk=self.key(*of)).delete()


def _seconds(span: timedelta) -> int:
    """Whole seconds, rounded up, at least 1."""
    return max(1, -int(-span.total_seconds() // 1))
