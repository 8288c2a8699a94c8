"""What opens an account without its password: keys to the API, and sessions. Both are kept as digests alone."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.keys import digest_of
from partners.models.people import User
from partners.statements import STATEMENTS, Text, written

NOTED_EVERY = timedelta(minutes=1)


class TokenQuerySet(models.QuerySet["ApiToken"]):
    def living(self, *, on: date) -> Self:
        """Not expired, and of an account that is as it was when they were made."""
        return self.filter(expires_on__gte=on, user__is_active=True, epoch=F("user__epoch"))


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent("withdraw"), exclude=["digest", "used_at"]
)  # fmt: skip
class ApiToken(models.Model):
    """A key to the API in its owner's name. Only its digest is kept: the key is shown once."""

    PREFIX: ClassVar = "ptk_"

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("user"))
    name = models.CharField(_("what it is for"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    read_only = models.BooleanField(_("may only read"), default=True)
    expires_on = models.DateField(_("valid until"))
    epoch = models.PositiveBigIntegerField(_("credentials count from"), default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    refused_at = models.DateTimeField(_("last refused"), null=True, editable=False)

    objects = TokenQuerySet.as_manager()

    # What pages note beside a row.
    works: bool

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("user", "name", "pk")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(cls, user: User, *, name: str, read_only: bool, expires_on: date) -> tuple[ApiToken, str]:
        """Make a token; the second value is the key, which cannot be had again."""
        key = cls.PREFIX + secrets.token_urlsafe(32)
        token = cls.objects.create(
            user=user, name=name, read_only=read_only, expires_on=expires_on, digest=digest_of(key),
            epoch=user.known_epoch(),
        )  # fmt: skip
        return token, key

    @classmethod
    def redeem(cls, key: str, *, at: datetime) -> ApiToken | None:
        """The living token of a key, with its use noted at most once a minute; that it was refused, likewise."""
        token = cls._of(digest_of(key))
        if token is None:
            return None
        if not token.is_living(timezone.localdate(at)):
            token.note_refusal(at=at)
            return None
        if token.used_at is None or at - token.used_at > NOTED_EVERY:
            cls.objects.filter(pk=token.pk).update(used_at=at)
        return token

    @classmethod
    def _of(cls, digest: str) -> Self | None:
        """The token with its user. Asked at every request of the API, so its text is kept."""
        own = [field.attname for field in cls._meta.concrete_fields]
        users = [field.attname for field in User._meta.concrete_fields]

        def write(values: Sequence[Any]) -> Text:
            rows = cls.objects.filter(digest=values[0]).order_by()
            return Text(*written(rows.values_list(*own, *(f"user__{name}" for name in users))))

        for row in STATEMENTS.text("key", [digest], write).rows():
            token = cls.from_db(DEFAULT_DB_ALIAS, own, row[: len(own)])
            token.user = User.from_db(DEFAULT_DB_ALIAS, users, row[len(own) :])
            return token
        return None

    def is_living(self, on: date) -> bool:
        """As `living`, of a row that was read together with its user."""
        is_same = self.user.is_active and self.epoch == self.user.epoch
        return is_same and self.expires_on >= on

    def note_refusal(self, *, at: datetime) -> None:
        """Somebody still has it, and tried."""
        if self.refused_at is None or at - self.refused_at > NOTED_EVERY:
            type(self).objects.filter(pk=self.pk).update(refused_at=at)


@pghistory.track(
    pghistory.UpdateEvent("start", condition=pgtrigger.Q(old__user__isnull=True, new__user__isnull=False)),
    pghistory.DeleteEvent("end", condition=pgtrigger.Q(old__user__isnull=False)),
    fields=["user", "started_at", "agent"],
    model_name="SessionEvent",
)
class Session(AbstractBaseSession):
    """One browser that is signed in, or about to. `session_key` holds the digest of what the browser holds."""

    session_key = models.CharField(_("session key"), max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions", verbose_name=_("user"))
    started_at = models.DateTimeField(_("signed in"), null=True)
    seen_at = models.DateTimeField(_("last used"), null=True)
    agent = models.CharField(_("browser"), max_length=200, blank=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.user}, {self.agent}"

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        """Django's word for what reads and writes these rows."""
        return SessionStore


class SessionStore(DatabaseStore):
    """Django's sessions in the database, found by digest, with an end that no use puts off and one that idling brings.

    `has_lapsed` tells that the browser came with a session whose time was over.
    """

    has_lapsed = False

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        row = self._row_of(digest_of(self.session_key or ""))
        self.has_lapsed = row is not None and row.expire_date <= timezone.now()
        if row is None or self.has_lapsed:
            self._session_key = None
            return None
        return row

    @staticmethod
    def _row_of(digest: str) -> Session | None:
        """Asked for every page, so its text is kept."""
        names = [field.attname for field in Session._meta.concrete_fields]

        def asks(values: Sequence[Any]) -> Any:
            return Session.objects.filter(session_key=values[0]).values_list(*names)

        for row in STATEMENTS.rows("session", [digest], asks):
            return Session.from_db(DEFAULT_DB_ALIAS, names, row)
        return None

    def exists(self, session_key: str) -> bool:
        return super().exists(digest_of(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            super().delete(digest_of(key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        row.session_key = digest_of(row.session_key)
        if user := data.get(SESSION_KEY):
            now = timezone.now()
            started = datetime.fromtimestamp(data.setdefault("started", now.timestamp()), UTC)
            seen = datetime.fromtimestamp(data.setdefault("seen", now.timestamp()), UTC)
            row.session_data = self.encode(data)
            row.user_id, row.started_at, row.seen_at, row.agent = int(user), started, seen, data.get("agent", "")
            idle = timedelta(minutes=settings.SESSION_IDLE_MINUTES)
            row.expire_date = min(seen + idle, started + timedelta(seconds=settings.SESSION_COOKIE_AGE))
        return row

    def note_use(self, agent: str, *, at: datetime) -> None:
        """Somebody is there: put off the end that idling brings. Written at most once a minute."""
        if at.timestamp() - self.get("seen", 0) >= NOTED_EVERY.total_seconds():
            self["seen"], self["agent"] = at.timestamp(), agent[:200]

    def digest(self) -> str:
        """What the list of sessions knows this one by."""
        return digest_of(self.session_key or "")
