"""Reminder rules, and the ledger of what was sent to whom."""

from __future__ import annotations

import hashlib
import hmac

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Commitment
from agreements.register.models import Agreement, Step
from agreements.vocabulary import SendState, Told, Watched
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.records import NOTHING, Record, RecordQuerySet
from partners.viewers import ALL_DESKS, Role, Viewer


@pghistory.track()
class ReminderRule(Record):
    """What is watched, who is told, and how many days before (negative) or after the date."""

    FIELDS = FieldTable(
        internal=f"id code watched told offsets is_active {RECORD_INTERNAL}",
        locked=f"id {RECORD_INTERNAL}",
        writers=frozenset({Role.OPERATOR}),
    )

    code = models.SlugField(_("code"), max_length=40, unique=True)
    watched = models.CharField(_("what is watched"), max_length=20, choices=Watched)
    told = models.CharField(_("who is told"), max_length=12, choices=Told)
    offsets = ArrayField(
        models.SmallIntegerField(), verbose_name=_("days"),
        help_text=_("days from the date, before it negative: -90, -30, -14, -7, -1, 0, 3, 7, 14"),
    )  # fmt: skip
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.get_watched_display()}: {self.get_told_display()}"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return Q() if viewer.is_staff else NOTHING


@pghistory.track()
class Reminder(models.Model):
    """A row of the ledger: one person is told one thing about one record for one date, once.

    The row is made, claimed and marked as handed over in PostgreSQL before the text leaves. A claim that went no
    further is taken up again; what was handed over and never confirmed is in doubt, and not sent again blindly.
    """

    FIELDS = FieldTable(
        internal=(
            "id rule step recipient agreement commitment due_on offset state message_id attempts next_try_at "
            "claimed_at handed_at sent_at error created_at"
        ),
        locked=(
            "id rule step recipient agreement commitment due_on offset state message_id attempts next_try_at "
            "claimed_at handed_at sent_at error created_at"
        ),
    )

    rule = models.ForeignKey(ReminderRule, models.PROTECT, null=True, related_name="reminders", verbose_name=_("rule"))
    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="notices", verbose_name=_("step"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminders", verbose_name=_("recipient")
    )
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="reminders", verbose_name=_("agreement"))
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, null=True, related_name="reminders", verbose_name=_("commitment")
    )
    due_on = models.DateField(_("due"), null=True)
    offset = models.SmallIntegerField(_("days"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=SendState, default=SendState.QUEUED)
    message_id = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    claimed_at = models.DateTimeField(_("claimed"), null=True)
    handed_at = models.DateTimeField(_("handed over"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                "rule", "step", "recipient", "agreement", "commitment", "due_on", "offset", name="told_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(rule=None, step__isnull=False) | Q(rule__isnull=False, step=None), name="told_by_one_cause"
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=["recipient"], name="reminder_queue", condition=Q(state=SendState.QUEUED)),
            models.Index(
                fields=["state", "claimed_at"], name="reminder_doubt",
                condition=Q(state__in=(SendState.CLAIMED, SendState.HANDED, SendState.UNKNOWN)),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.agreement.ref}, {self.recipient}"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """One's own, and what was told of the agreements of one's desks."""
        if viewer.role in ALL_DESKS:
            return Q()
        own = Q(recipient=viewer.user_id)
        return own | Q(agreement__desk__in=viewer.desk_ids) if viewer.desk_ids else own


def message_id_of(reminder_ids: list[int]) -> str:
    """The fixed Message-ID of a digest: the same rows always give the same one, so a relay can tell a repeat."""
    rows = ",".join(map(str, sorted(reminder_ids)))
    digest = hmac.new(settings.SECRET_KEY.encode(), rows.encode(), hashlib.sha256).hexdigest()[:32]
    return f"<{digest}@{settings.MAIL_DOMAIN}>"
