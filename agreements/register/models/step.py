"""The business history: who moved what, when and why. It doubles as the outbox of notices."""

from __future__ import annotations

from typing import Any

import pghistory
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.acts import About, Act, choices
from agreements.register.models.agreement import Agreement
from agreements.vocabulary import Stage
from partners.fields import FieldTable
from partners.records import NOTHING, RecordQuerySet
from partners.states import StateField
from partners.viewers import ALL_DESKS, Viewer

STEP_FIELDS = (
    "id agreement commitment name from_stage to_stage by by_key instead_of on at reason document content_hash "
    "subject_id before undoes told_at"
)


RECORDS = tuple(about for about in About if about not in (About.NOTHING_ELSE, About.USER))
# Kinds of which staff see fewer than of the agreements that they belong to.
NARROWER = (About.ACTION_ITEM, About.DOCUMENT, About.REPORT)


class StepQuerySet(RecordQuerySet["Step"]):
    def untold(self) -> StepQuerySet:
        """Steps whose notices have not been put into the ledger yet."""
        return self.filter(told_at=None)


@pghistory.track()
class Step(models.Model):
    """One act on an agreement, written in the same transaction as its effect, and never changed after."""

    FIELDS = FieldTable(
        internal=STEP_FIELDS,
        locked=STEP_FIELDS,
    )

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="steps", verbose_name=_("agreement"))
    commitment = models.ForeignKey(
        "agreements.Commitment", models.PROTECT, null=True, blank=True, related_name="steps",
        verbose_name=_("commitment"),
    )  # fmt: skip
    name = models.CharField(_("act"), max_length=30, choices=choices)
    from_stage = StateField(_("from"), max_length=10, choices=Stage, blank=True)
    to_stage = StateField(_("to"), max_length=10, choices=Stage, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="steps", verbose_name=_("by")
    )
    by_key = models.BooleanField(_("by the API"), default=False)
    instead_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("instead of")
    )
    on = models.DateField(_("on"))
    at = models.DateTimeField(_("recorded"), auto_now_add=True)
    reason = models.TextField(_("reason"), blank=True)
    document = models.ForeignKey(
        "agreements.Document", models.PROTECT, null=True, blank=True, related_name="steps", verbose_name=_("paper")
    )
    content_hash = models.CharField(max_length=64, blank=True)
    before = models.JSONField(default=dict, blank=True)  # the columns that the act changed, as they were
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by", verbose_name=_("takes back")
    )
    # Of which kind that record is, the act's row says.
    subject_id = models.BigIntegerField(_("key of the record it is about"), null=True, blank=True)
    told_at = models.DateTimeField(_("notices made"), null=True, blank=True)

    about = ""  # what pages note beside a row: how the record is called that the act is about

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=["at"], name="step_untold", condition=Q(told_at=None)),
            models.Index(fields=["-at"], name="step_newest"),
            models.Index(fields=["agreement"], name="step_returned", condition=Q(name=Act.RETURN)),
        )

    def __str__(self) -> str:
        return f"{self.agreement.ref} {self.name}"

    @property
    def act(self) -> Act:
        return Act(self.name)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        if not viewer.is_staff:
            return NOTHING
        # One's own act stays in reach when it archived the agreement: it can be taken back.
        own = Q(by=viewer.user_id, agreement__desk__in=viewer.desk_ids)
        rule = visibility.agreements(viewer, prefix="agreement__")
        rule = rule | own if viewer.desk_ids else rule
        return rule if viewer.role in ALL_DESKS else rule & cls.seen_with_its_subject(viewer)

    @staticmethod
    def seen_with_its_subject(viewer: Viewer, *, prefix: str = "") -> Q:
        """Acts about a record that fewer see than its agreement are seen with that record."""
        told = Q()
        for about in NARROWER if viewer.is_staff else RECORDS:
            model: Any = apps.get_model(about)
            acts = [act for act in Act if act.row.about == about]
            seen = model.objects.visible_to(viewer).filter(pk=OuterRef(f"{prefix}subject_id"))
            told &= ~Q(**{f"{prefix}name__in": acts}) | Q(Exists(seen))
        return told
