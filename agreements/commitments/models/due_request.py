"""Another day for a promise, or that it is dropped: asked for with a reason, and decided by someone else."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.commitments.models.commitment import Commitment
from agreements.register.models import partial_date, precision_field
from agreements.vocabulary import RequestKind, RequestState
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.models import Organisation
from partners.records import Record
from partners.states import StateField
from partners.viewers import Viewer


@pghistory.track()
class DueRequest(Record):
    """What is asked for, and why. The commitment changes only when it is approved.

    One to drop it has no new day.
    """

    FIELDS = FieldTable(
        partner=(
            "id commitment organisation kind from_on from_precision to_on to_precision reason state comment decided_at"
        ),
        internal=f"decided_by {RECORD_INTERNAL}",
        locked=(
            "id commitment organisation kind from_on from_precision to_on to_precision reason state comment decided_at "
            f"decided_by {RECORD_INTERNAL}"
        ),
    )

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="due_requests", verbose_name=_("commitment")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    kind = models.CharField(_("what is asked for"), max_length=4, choices=RequestKind, default=RequestKind.DAY)
    from_on = models.DateField(_("was due"), null=True, blank=True)
    from_precision = precision_field()
    to_on = models.DateField(_("new day"), null=True, blank=True)
    to_precision = precision_field()
    reason = models.TextField(_("reason"))
    state = StateField(_("state"), max_length=9, choices=RequestState, default=RequestState.WAITING)
    comment = models.TextField(_("comment"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    # What pages note beside a row.
    may_decide: bool
    may_withdraw: bool

    class Meta:
        verbose_name = _("request about a promise")
        verbose_name_plural = _("requests about promises")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint("commitment", name="one_request_waits", condition=Q(state=RequestState.WAITING)),
            models.CheckConstraint(condition=~Q(reason=""), name="request_has_its_reason"),
            models.CheckConstraint(
                condition=Q(kind=RequestKind.DAY, to_on__isnull=False) | Q(kind=RequestKind.DROP, to_on=None),
                name="request_says_what_for",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(RequestState.APPROVED, RequestState.REFUSED)) | ~Q(decided_by=F("created_by")),
                name="request_four_eyes",
            ),
        )

    def __str__(self) -> str:
        asked = f"{self.was or '–'} → {self.becomes}" if self.becomes else self.get_kind_display()
        return f"{self.commitment.ref}: {asked}"

    was, becomes = partial_date("from", _("was due")), partial_date("to", _("new day"))

    @property
    def days(self) -> int:
        """By how many days it moves, to an earlier one where negative; 0 where either is a period, or is not there."""
        exact = (self.from_precision, self.to_precision) == ("day", "day")
        return (self.to_on - self.from_on).days if exact and self.from_on and self.to_on else 0

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.of_one_organisation(viewer)
