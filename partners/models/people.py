"""People: those who sign in, those we deal with, and who answers for what, from when to when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo, available_timezones

import pghistory
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from partners import epochs, visibility
from partners.examples import example_field, stays_as_marked
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.folding import ByGivenName, Fold
from partners.links import tracked
from partners.models.countries import REFERENCE_WRITERS
from partners.models.organisations import Desk, Organisation, desks_held
from partners.records import Record, RecordQuerySet
from partners.statements import STATEMENTS
from partners.viewers import DESK_STAFF, Role, Viewer

SATURDAY = 5
KEPT = "role desks is_active epoch toured is_example takes_files"  # of an account: changed by its operator alone
VISIT_GAP, VISIT_NOTED_EVERY = timedelta(minutes=30), timedelta(minutes=1)


GatedAccounts = BaseUserManager.from_queryset(RecordQuerySet)


class Mails(models.TextChoices):
    URGENT_AT_ONCE = "urgent", _("What is urgent at once, the rest once a day")
    DAILY = "daily", _("Everything once a day")


class Accounts(GatedAccounts["User"]):  # type: ignore[valid-type]  # the plugin knows the class, mypy not yet
    """Makes accounts; reads them through the same gate as all records."""

    def create_user(self, email: str, *, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, *, password: str | None = None, **fields: Any) -> User:
        """An operator; the name is Django's."""
        return self.create_user(email, password=password, **{"name": email, "role": Role.OPERATOR, **fields})


@pghistory.track(exclude=["password", "last_login", "seen_at", "seen_before", "toured"])
class User(AbstractBaseUser):
    """An account with one role. Officers and managers belong to desks, partners to organisations."""

    FIELDS: ClassVar = FieldTable(
        public="id name",
        internal=f"{KEPT} language mails digest_at shortcuts time_zone quiet_from quiet_until rests",
        personal="email last_login password seen_at seen_before",
        locked=f"id email last_login password seen_at seen_before {KEPT}",
        writers=REFERENCE_WRITERS,
    )

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("full name"), max_length=150)
    role = models.CharField(_("role"), max_length=10, choices=Role)
    desks = models.ManyToManyField(Desk, blank=True, related_name="staff", verbose_name=_("desks"))
    language = models.CharField(
        _("language"), max_length=2, choices=[("vi", "Tiếng Việt"), ("en", "English")], default="vi"
    )
    mails = models.CharField(_("mails"), max_length=6, choices=Mails, default=Mails.URGENT_AT_ONCE)
    digest_at = models.TimeField(_("mail of the day at"), default=time(7))
    time_zone = models.CharField(
        _("time zone"), max_length=40, blank=True, help_text=_("such as Europe/London; empty for that of the register")
    )
    quiet_from = models.TimeField(_("no mail from"), null=True, blank=True, default=time(21))
    quiet_until = models.TimeField(_("no mail until"), null=True, blank=True, default=time(7))
    rests = models.BooleanField(_("no mail on Saturdays and Sundays"), default=False)
    seen_at = models.DateTimeField(_("last here"), null=True, editable=False)
    seen_before = models.DateTimeField(_("here before that"), null=True, editable=False)
    shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)
    toured = models.PositiveSmallIntegerField(_("steps of the first visit done"), default=0, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    takes_files = models.BooleanField(_("may take lists as files"), null=True, blank=True)  # None: as the role may
    epoch = models.PositiveBigIntegerField(_("credentials count from"), default=1, editable=False)
    is_example = example_field()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = Accounts()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = (ByGivenName("name"), "pk")
        constraints = (models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role"),)
        triggers = (epochs.of_the_account(), stays_as_marked())

    is_read = False  # from the database, not made here

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def zone(self) -> tzinfo:
        """The person's own time zone, or that of the register."""
        return ZoneInfo(self.time_zone) if self.time_zone else timezone.get_default_timezone()

    def loud_at(self, at: datetime) -> datetime:
        """The first moment from then on at which the person may be disturbed; that moment itself by day."""
        local = at.astimezone(self.zone)
        start, end = self.quiet_from, self.quiet_until
        if start is not None and end is not None and start != end:
            now = local.time()
            if start <= now < end if start < end else now >= start or now < end:
                day = local.date() if now < end else local.date() + timedelta(days=1)
                local = datetime.combine(day, end, self.zone)
        while self.rests and local.weekday() >= SATURDAY:
            local = datetime.combine(local.date() + timedelta(days=1), end or time(0), self.zone)
        return at if local == at else local

    def clean(self) -> None:
        super().clean()
        if self.time_zone and self.time_zone not in available_timezones():
            raise ValidationError({"time_zone": _("There is no time zone of this name.")})
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValidationError({"quiet_until": _("Quiet hours have a beginning and an end.")})

    def get_short_name(self) -> str:
        """Django's word for how the admin greets a person."""
        return self.name

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **options: Any) -> Self:
        row = super().from_db(db, field_names, values, **options)
        row.is_read = True
        return row

    def save(self, *args: Any, **options: Any) -> None:
        super().save(*args, **options)
        changed = options.get("update_fields")
        if self.is_read and (changed is None or set(changed) & set(epochs.DECISIVE)):
            self.read_epoch()

    def read_epoch(self) -> int:
        """The number as the database has it now."""
        self.epoch = User.objects.values_list("epoch", flat=True).get(pk=self.pk)
        return self.epoch

    def end_everything(self) -> None:
        """End all that was opened in the name of this account, from the next request on."""
        epochs.end_everything(User.objects.filter(pk=self.pk))
        self.read_epoch()

    def known_epoch(self) -> int:
        """The number that this account was read with: what is made in its name now must not outlive a change since.

        A row that was made here does not know yet what its desks and organisations have raised it to.
        """
        return self.epoch if self.is_read else self.read_epoch()

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """Django's word for what a session carries: the epoch, as a password that is hashed anew is the same."""
        what = f"{self.pk}:{self.known_epoch()}"
        return salted_hmac("partners.epoch", what, secret=secret, algorithm="sha256").hexdigest()

    def check_password(self, raw_password: str | None) -> bool:
        """Django's check. A hash that is made anew in today's way ends no credential, and undoes no other change."""

        def renew(raw: str) -> None:
            old = self.password
            self.set_password(raw)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT set_config(%s, 'on', true)", [epochs.SAME_PASSWORD])
                User.objects.filter(pk=self.pk, password=old).update(password=self.password)
                cursor.execute("SELECT set_config(%s, '', true)", [epochs.SAME_PASSWORD])

        return check_password(raw_password or "", self.password, renew)

    def note_visit(self, *, at: datetime) -> datetime | None:
        """Note that the person is here; return when the visit before this one ended. Half an hour away ends a visit."""
        if self.seen_at is None or at - self.seen_at > VISIT_GAP:
            self.seen_before = self.seen_at
        if self.seen_at is None or at - self.seen_at > VISIT_NOTED_EVERY:
            self.seen_at = at
            User.objects.filter(pk=self.pk).update(seen_at=self.seen_at, seen_before=self.seen_before)
        return self.seen_before

    def organisation_ids_on(self, day: date) -> list[int]:
        """Organisations that the person speaks for on that day."""
        return list(self.memberships.held_on(day).values_list("organisation_id", flat=True))

    def viewer(self, *, on: date | None = None) -> Viewer:
        """The viewer that the person is on a day; a switched-off account is a stranger."""
        if not self.is_active:
            return Viewer()
        epoch = self.known_epoch()
        role, on = Role(self.role), on or timezone.localdate()
        own, covered = self.desks_held_on(on) if role in DESK_STAFF else (frozenset(), ())
        stands_in = tuple((desk, absent) for desk, absent in covered if desk not in own)
        organisations, withheld = self.speaks_for(on) if role == Role.PARTNER else (frozenset(), None)
        return Viewer(
            on=on, user_id=self.pk, name=self.name, role=role, desk_ids=own | {desk for desk, _absent in stands_in},
            stands_in=stands_in, absent_ids=frozenset(absent for _desk, absent in covered),
            organisation_ids=organisations, withheld=withheld, language=self.language, epoch=epoch,
            takes_files=role in settings.FILE_ROLES if self.takes_files is None else self.takes_files,
        )  # fmt: skip

    def speaks_for(self, day: date) -> tuple[frozenset[int], frozenset[str]]:
        """Those organisations, and every part that any share with one of them holds back. One query."""

        def held(values: Sequence[Any]) -> Any:
            rows = Membership.objects.filter(user=values[0]).held_on(day).order_by()
            return rows.distinct().values_list("organisation_id", "organisation__shares__withheld")

        rows = STATEMENTS.rows(("speaks for", day), [self.pk], held)
        found = {(one, tuple(parts or ())) for one, parts in rows}
        return frozenset(one for one, _parts in found), frozenset(part for _one, parts in found for part in parts)

    def desks_held_on(self, day: date) -> tuple[frozenset[int], tuple[tuple[int, int], ...]]:
        """The person's own desks, and those of absent colleagues of the same role, each with the colleague.

        A colleague of the same desk stands there too: the desk is no news then, but the work is. One query.
        """
        rows = desks_held(self.pk, self.role, day)
        own = frozenset(desk for desk, person in rows if person == self.pk)
        return own, tuple(sorted((desk, person) for desk, person in rows if person != self.pk))

    @property
    def is_staff(self) -> bool:
        """Django's word for who may enter the admin."""
        return self.is_active and self.role == Role.OPERATOR

    @property
    def is_superuser(self) -> bool:
        return self.is_staff

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Only the operator works in the admin; what rules protect, each admin page locks by itself."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.users(viewer)


UserDesk = tracked("UserDesk", User.desks.through, module=__name__, triggers=[epochs.of_rows("user_id", "desk_id")])


class MembershipQuerySet(RecordQuerySet["Membership"]):
    def held_on(self, day: date) -> Self:
        """Those that hold on a day."""
        return self.live().filter(Q(to_on=None) | Q(to_on__gte=day), from_on__lte=day)


@pghistory.track()
class Membership(Record):
    """A partner's account speaks for an organisation, from a day to a day."""

    FIELDS = FieldTable(
        internal=f"id user organisation from_on to_on {RECORD_INTERNAL}",
        locked=f"id {RECORD_INTERNAL}",
        writers=REFERENCE_WRITERS,
    )

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    from_on = models.DateField(_("from"), default=timezone.localdate)
    to_on = models.DateField(_("to"), null=True, blank=True)

    objects: ClassVar = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ("user", "organisation", "from_on")
        constraints = (
            models.UniqueConstraint("user", "organisation", "from_on", name="membership_once"),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=models.F("from_on")), name="membership_dates",
                violation_error_message=_("The end lies before the start."),
            ),
        )  # fmt: skip
        triggers = (epochs.of_rows("user_id", "organisation_id", "from_on", "to_on", "archived_at"),)

    def __str__(self) -> str:
        return f"{self.user}, {self.organisation}"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.unless_archived(viewer, Q() if viewer.is_staff else Q(user=viewer.user_id))


@pghistory.track()
class Person(Record):
    """A person at an organisation, with or without an account."""

    MERGED: ClassVar = (("title_vi",), ("title_en",), ("email",), ("phone",))
    FIELDS = FieldTable(
        public="id name organisation title_vi title_en",
        internal=f"aliases merged_into folded folded_aliases {RECORD_INTERNAL}",
        personal="email phone",
        locked=f"id merged_into folded folded_aliases {RECORD_INTERNAL}",
    )
    LETTER = "p"
    FOLDED_FOR_STAFF = "folded_aliases"

    name = models.CharField(_("full name"), max_length=150)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("organisation")
    )
    title_vi = models.CharField(_("position in Vietnamese"), max_length=200, blank=True)
    title_en = models.CharField(_("position in English"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    aliases = models.CharField(_("other names"), max_length=1000, blank=True, help_text=_("separated by commas"))
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged",
        verbose_name=_("merged into"),
    )  # fmt: skip

    folded = models.GeneratedField(
        expression=Fold(
            Concat("name", Value(" "), "title_vi", Value(" "), "title_en", output_field=models.TextField())
        ),
        output_field=models.TextField(), db_persist=True,
    )  # fmt: skip
    folded_aliases = models.GeneratedField(
        expression=Fold("aliases"), output_field=models.TextField(), db_persist=True,
    )  # fmt: skip

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = (ByGivenName("name"), "pk")
        indexes = (GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="person_folded"),)

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        return self.in_words("title")

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.people(viewer)


@pghistory.track()
class FocalPoint(Record):
    """A person answers for an organisation in a matter, from a day to a day."""

    FIELDS = FieldTable(
        partner="id person organisation sector from_on to_on", internal=RECORD_INTERNAL, locked=f"id {RECORD_INTERNAL}"
    )

    person = models.ForeignKey(Person, models.PROTECT, related_name="duties", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="focal_points", verbose_name=_("organisation")
    )
    sector = models.ForeignKey(
        "partners.Sector", models.PROTECT, null=True, blank=True, related_name="focal_points", verbose_name=_("sector")
    )
    from_on = models.DateField(_("from"), null=True, blank=True)
    to_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("focal point")
        verbose_name_plural = _("focal points")
        ordering = ("organisation", "person")
        constraints = (
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(from_on=None) | Q(to_on__gte=models.F("from_on")),
                name="focal_point_dates",
                violation_error_message=_("The end lies before the start."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}, {self.organisation}"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.people(viewer)
