"""Work that serves commitments: agreed at a meeting, done by one person, verified by another."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models.commitment import Commitment
from agreements.register.models import TITLE, partial_date, precision_field
from agreements.vocabulary import ActionItemState
from partners.examples import example_field, stays_as_marked
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.links import tracked
from partners.models import Desk
from partners.records import NOTHING, Record
from partners.states import StateField
from partners.viewers import ALL_DESKS, Viewer


@pghistory.track()
class ActionItem(Record):
    """One piece of work; it may serve many commitments, and is reported once for all of them."""

    FIELDS = FieldTable(
        internal=(
            "id desk title commitments meeting met_on owner due_on due_precision state result done_by done_on "
            f"verified_by verified_on is_example {RECORD_INTERNAL}"
        ),
        locked=f"id desk state result done_by done_on verified_by verified_on is_example {RECORD_INTERNAL}",
    )

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="action_items", verbose_name=_("desk"))
    title = models.CharField(_("what is to be done"), max_length=TITLE)
    commitments = models.ManyToManyField(
        Commitment, blank=True, related_name="action_items", verbose_name=_("serves the commitments")
    )
    meeting = models.CharField(_("agreed at"), max_length=500, blank=True, help_text=_("the meeting or visit"))
    met_on = models.DateField(_("held on"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="action_items", verbose_name=_("done by")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    due_precision = precision_field()
    state = StateField(_("state"), max_length=8, choices=ActionItemState, default=ActionItemState.OPEN)
    result = models.TextField(_("what came of it"), blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    done_on = models.DateField(_("done"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verified by")
    )
    verified_on = models.DateField(_("verified"), null=True, blank=True)
    is_example = example_field()

    class Meta:
        verbose_name = _("action item")
        verbose_name_plural = _("action items")
        triggers = (stays_as_marked(),)
        ordering = (F("due_on").asc(nulls_last=True), "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(verified_by=None) | (~Q(verified_by=F("done_by")) & ~Q(verified_by=F("owner"))),
                name="action_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state=ActionItemState.VERIFIED) | Q(verified_by__isnull=False, verified_on__isnull=False),
                name="verified_by_somebody",
            ),
        )
        indexes = (
            models.Index(F("due_on").asc(nulls_last=True), "id", name="action_order"),
            models.Index(fields=["desk", "state"], name="action_desk_state"),
        )

    def __str__(self) -> str:
        return self.title

    due = partial_date("due")

    def get_absolute_url(self) -> str:
        return reverse("action", args=[self.pk])

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """The desk's own, and all of them for those who read what every desk holds."""
        if viewer.role in ALL_DESKS:
            return Q()
        return Q(desk__in=viewer.desk_ids, archived_at=None) if viewer.desk_ids else NOTHING


ActionItemCommitment = tracked("ActionItemCommitment", ActionItem.commitments.through, module=__name__)
