"""Reminder rules, and the ledger of what was sent to whom."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Commitment, Milestone
from agreements.dates import PartialDate
from agreements.register.models import Agreement, Step
from agreements.vocabulary import Kind, SendState
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.links import tracked
from partners.records import NOTHING, Record, RecordQuerySet
from partners.states import StateField
from partners.viewers import ALL_DESKS, Role, Viewer

MOST_PERCENT = 300
TOLD = (SendState.SENT, SendState.UNKNOWN, SendState.FAILED)


def as_known(day: date | None, record: Agreement | Commitment | Milestone) -> PartialDate | None:
    """A day of a record as exactly as the record knows it: "09/2023" stays that."""
    if day is None:
        return None
    if isinstance(record, Agreement):
        counted = [record.ends_by(day), record.notice_by(day)]  # of the term that runs on it
        if found := next((one for one in counted if one and one.on == day), None):
            return found
        known = [record.signed, record.effective]
    else:
        known = [record.due] if isinstance(record, Milestone) else [record.due, record.agreement.signed]
    return next((one for one in known if one and one.last_day == day), PartialDate(day))


COLUMNS = (
    "id rule step recipient agreement commitment subject_id due_on offset state message_id attempts next_try_at "
    "claimed_at handed_at sent_at error acknowledged_at round read_at dismissed_at created_at"
)


class Watched(models.TextChoices):
    """What a reminder rule looks at."""

    AGREEMENT_EXPIRY = "agreement_expiry", _("Agreement expires")
    NOTICE_DAY = "notice_day", _("Last day to object to a renewal")
    COMMITMENT_DUE = "commitment_due", _("Commitment falls due")
    MILESTONE_DUE = "milestone_due", _("Milestone falls due")
    NO_REPORT = "no_report", _("Nothing heard of a commitment: ask")
    DORMANCY = "dormancy", _("Nothing heard of a commitment: propose closing")
    LEGAL_CLOCK = "legal_clock", _("Legal clock, in percent of it")
    APPROVAL = "approval", _("Agreement waits for review")


class Told(models.TextChoices):
    """Whom a reminder rule tells."""

    OWNER = "owner", _("The officer who keeps the record")
    LEAD = "lead", _("People of the lead agency")
    MANAGERS = "managers", _("Managers of the desk")
    OWING_SIDE = "owing_side", _("The responsible partner")
    PEOPLE = "people", _("The people listed in the rule")
    FOLLOWERS = "followers", _("Whoever follows the record")


class Channel(models.TextChoices):
    DIGEST = "digest", _("Mail of the day; at once from the day itself on")
    AT_ONCE = "at_once", _("Mail at once")
    INBOX = "inbox", _("In the inbox only")


@pghistory.track()
class ReminderRule(Record):
    """What is watched, who is told how, and how many days before (negative) or after the date."""

    FIELDS = FieldTable(
        internal=(
            f"id code watched told channel people offsets kinds quiet_from quiet_until is_active {RECORD_INTERNAL}"
        ),
        locked=f"id {RECORD_INTERNAL}",
        writers=frozenset({Role.OPERATOR}),
    )

    code = models.SlugField(_("code"), max_length=40, unique=True)
    watched = models.CharField(_("what is watched"), max_length=20, choices=Watched)
    told = models.CharField(_("who is told"), max_length=12, choices=Told)
    channel = models.CharField(_("how"), max_length=7, choices=Channel, default=Channel.DIGEST)
    offsets = ArrayField(
        models.SmallIntegerField(), verbose_name=_("days"),
        help_text=_("days from the date, before it negative: -90, -30, -14, -7, -1, 0, 3, 7, 14"),
    )  # fmt: skip
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("people"),
        help_text=_("the director's list, for a rule that tells the people listed here"),
    )  # fmt: skip
    kinds = ArrayField(
        models.CharField(max_length=20, choices=Kind), default=list, blank=True, verbose_name=_("only for the kinds"),
        help_text=_("empty for all; a rule for some kinds stands instead of the one for all: mou, joint_statement"),
    )  # fmt: skip
    quiet_from = models.TimeField(_("no mail from"), null=True, blank=True)
    quiet_until = models.TimeField(_("no mail until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.get_watched_display()}: {self.get_told_display()}"

    def clean(self) -> None:
        super().clean()
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValidationError({"quiet_until": _("Quiet hours have a beginning and an end.")})
        if self.watched == Watched.LEGAL_CLOCK and any(not 0 < share <= MOST_PERCENT for share in self.offsets or ()):
            raise ValidationError({"offsets": _("Of a legal clock, name percents: 50, 80, 100.")})
        if unknown := sorted(set(self.kinds or ()) - set(Kind.values)):
            raise ValidationError({"kinds": _("There is no kind %(names)s.") % {"names": ", ".join(unknown)}})

    def loud_at(self, at: datetime) -> datetime | None:
        """When the quiet hours end that an instant falls into, in the register's zone; None if it falls into none."""
        start, end = self.quiet_from, self.quiet_until
        if start is None or end is None:
            return None
        local = timezone.localtime(at)
        now = local.time()
        is_quiet = start <= now < end if start < end else now >= start or now < end
        if not is_quiet:
            return None
        day = local.date() if now < end else local.date() + timedelta(days=1)
        return timezone.make_aware(datetime.combine(day, end))

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return Q() if viewer.is_staff else NOTHING


@pghistory.track()
class Reminder(models.Model):
    """A row of the ledger: one person is told one thing about one record for one date, once.

    The row is made, claimed and marked as handed over in PostgreSQL before the text leaves. A claim that went no
    further is taken up again; what was handed over and never confirmed is in doubt, and not sent again blindly.
    """

    FIELDS = FieldTable(internal=COLUMNS, locked=COLUMNS)

    rule = models.ForeignKey(ReminderRule, models.PROTECT, null=True, related_name="reminders", verbose_name=_("rule"))
    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="notices", verbose_name=_("step"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminders", verbose_name=_("recipient")
    )
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="reminders", verbose_name=_("agreement"))
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, null=True, related_name="reminders", verbose_name=_("commitment")
    )
    # A milestone or a step of a procedure, as the rule watches.
    subject_id = models.BigIntegerField(_("key of the record it is about"), null=True)
    due_on = models.DateField(_("due"), null=True)
    offset = models.SmallIntegerField(_("days"), default=0)
    state = StateField(_("state"), max_length=8, choices=SendState, default=SendState.QUEUED)
    message_id = models.CharField("Message-ID", max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    claimed_at = models.DateTimeField(_("claimed"), null=True)
    handed_at = models.DateTimeField(_("handed over"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    read_at = models.DateTimeField(_("read"), null=True)
    dismissed_at = models.DateTimeField(_("archived at"), null=True)
    # Each time is a mail of its own.
    round = models.PositiveSmallIntegerField(_("times put off"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                "rule", "step", "recipient", "agreement", "commitment", "subject_id", "due_on", "offset",
                name="told_once", nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(rule=None, step__isnull=False) | Q(rule__isnull=False, step=None), name="told_by_one_cause"
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=["recipient"], name="reminder_queue", condition=Q(state=SendState.QUEUED)),
            models.Index(
                fields=["recipient", "-id"], name="reminder_inbox", condition=Q(dismissed_at=None),
            ),
            models.Index(
                fields=["recipient", "-id"], name="reminder_unread",
                condition=~Q(state=SendState.DROPPED) & Q(read_at=None, dismissed_at=None),
            ),
            models.Index(fields=["-sent_at", "-id"], name="reminder_told", condition=Q(state__in=TOLD)),
            models.Index(
                fields=["state", "claimed_at"], name="reminder_doubt",
                condition=Q(state__in=(SendState.CLAIMED, SendState.HANDED, SendState.UNKNOWN, SendState.FAILED)),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.agreement.ref}, {self.recipient}"

    @property
    def day(self) -> PartialDate | None:
        """The day that it is about, as exactly as the record knows it."""
        step = None
        if self.subject_id and self.rule and self.rule.watched == Watched.MILESTONE_DUE:
            step = Milestone.objects.filter(pk=self.subject_id).first()
        return as_known(self.due_on, step or self.commitment or self.agreement)

    day.fget.short_description = _("date")  # type: ignore[attr-defined]  # as the administration asks for it

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """One's own, and what was told of the agreements of one's desks."""
        if viewer.role in ALL_DESKS:
            return Q()
        own = Q(recipient=viewer.user_id)
        return own | Q(agreement__desk__in=viewer.desk_ids) if viewer.desk_ids else own


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Mute(models.Model):
    """A person does not want to be told of a record any more."""

    FIELDS = FieldTable(
        internal="id user agreement commitment created_at", locked="id user agreement commitment created_at"
    )

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mutes", verbose_name=_("recipient")
    )
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+", verbose_name=_("agreement"))
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, null=True, related_name="+", verbose_name=_("commitment")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("record not told of")
        verbose_name_plural = _("records not told of")
        constraints = (
            models.UniqueConstraint("user", "agreement", "commitment", name="muted_once", nulls_distinct=False),
        )

    def __str__(self) -> str:
        return f"{self.agreement.ref}, {self.user}"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """One's own."""
        return Q() if viewer.role in ALL_DESKS else Q(user=viewer.user_id)


def message_id_of(reminders: Iterable[Reminder]) -> str:
    """The fixed Message-ID of a digest: the same rows always give the same one, so a relay can tell a repeat."""
    rows = ",".join(f"{row.pk}.{row.round}" for row in sorted(reminders, key=lambda row: row.pk))
    digest = hmac.new(settings.SECRET_KEY.encode(), rows.encode(), hashlib.sha256).hexdigest()[:32]
    return f"<{digest}@{settings.MAIL_DOMAIN}>"


RulePerson = tracked("RulePerson", ReminderRule.people.through, module=__name__)


class Covered(models.Model):
    """Up to which day the ledger holds what a rule tells, as it and its people were then."""

    FIELDS = FieldTable(internal="rule through_on asked", locked="rule through_on asked")

    rule = models.OneToOneField(
        ReminderRule, models.CASCADE, primary_key=True, related_name="covered", verbose_name=_("rule")
    )
    through_on = models.DateField(_("up to the day"))
    asked = models.CharField(_("print of what was asked"), max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("days covered by reminders")

    def __str__(self) -> str:
        return f"{self.rule}: {self.through_on}"


class Touched(models.Model):
    """An agreement of which something has changed since people were last reminded. Written by triggers."""

    FIELDS = FieldTable(internal="id agreement", locked="id agreement")

    agreement = models.ForeignKey(
        Agreement, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", verbose_name=_("agreement")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("changed since the last reminders")

    def __str__(self) -> str:
        return str(self.agreement_id)
