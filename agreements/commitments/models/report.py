"""Progress as an officer or a partner tells it."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Case, Func, Q, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.commitments.models.commitment import Commitment
from agreements.commitments.models.duty import label
from agreements.commitments.models.link import Link
from agreements.vocabulary import SAID, SET_BY_HAND, Delivery, Health, ReportStatus
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.models import Organisation
from partners.records import Record
from partners.sentences import sentence
from partners.states import StateField
from partners.viewers import Role, Viewer

SAID_ONLY = _("Said by %(who)s on %(day)s: %(health)s; not accepted yet")
SAID_RETURNED = _("Said by %(who)s on %(day)s: %(health)s; returned, not accepted")
EVERYONE_BUT_READERS = frozenset({Role.OFFICER, Role.MANAGER, Role.PARTNER})


@pghistory.track()
class Report(Record):
    """What has come of a commitment up to a day. Accepted by someone else than its author."""

    FIELDS = FieldTable(
        partner="id commitment organisation on text delivery health evidence_url status comment decided_at",
        internal=f"link decided_by {RECORD_INTERNAL}",
        locked=f"id commitment organisation link on status comment decided_by decided_at {RECORD_INTERNAL}",
        writers=EVERYONE_BUT_READERS,
    )

    LETTER = "r"
    IN_PARTS = False

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="reports", verbose_name=_("commitment"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, editable=False, related_name="reports",
        verbose_name=_("reported by"),
    )  # fmt: skip
    on = models.DateField(_("reported"), editable=False)
    text = models.TextField(_("what has been done"))
    delivery = StateField(_("delivery"), max_length=10, choices=SET_BY_HAND, default=Delivery.UNDER_WAY)
    health = StateField(_("health"), max_length=10, choices=Health, default=Health.ON_TRACK)
    evidence_url = models.URLField(
        _("evidence, as a link"), max_length=500, blank=True, help_text=_("a page that shows it; or attach a file")
    )
    link = models.ForeignKey(
        Link, models.PROTECT, null=True, blank=True, editable=False, related_name="reports",
        verbose_name=_("by the link"),
    )  # fmt: skip
    status = StateField(
        _("status"), max_length=10, choices=ReportStatus, default=ReportStatus.SUBMITTED, editable=False
    )
    comment = models.TextField(_("comment"), blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)

    # What pages note beside a row.
    may_decide: bool
    may_write: bool

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("-on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("created_by")), name="report_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(health__in=SAID),
                name="report_says_how_it_stands",
                violation_error_message=_("Say that it is on track, at risk, delayed or blocked."),
            ),
        )
        indexes = (
            models.Index(
                fields=["commitment"], name="report_undecided",
                condition=Q(status__in=(ReportStatus.SUBMITTED, ReportStatus.RETURNED)),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.commitment.ref}, {self.on}"

    def as_said(self, viewer: Viewer) -> str:
        """Who said what, when, and that it is not accepted."""
        who: object = self.organisation.label if self.organisation else _("our desk")
        if viewer.is_staff and self.organisation is None and self.created_by:
            who = self.created_by
        parts = {"who": who, "day": f"{self.on:%d/%m/%Y}", "health": str(self.get_health_display()).lower()}
        return str((SAID_RETURNED if self.status == ReportStatus.RETURNED else SAID_ONLY) % parts)

    @staticmethod
    def said(viewer: Viewer) -> Case:
        """The same as an expression; empty where it was accepted."""
        author = Coalesce(NullIf("created_by__name", Value("")), "created_by__email")
        ours = [When(created_by__isnull=False, then=author)] if viewer.is_staff else []
        parts = {
            "who": Case(
                When(organisation__isnull=False, then=label("organisation__")), *ours,
                default=Value(str(_("our desk"))), output_field=models.TextField(),
            ),
            "day": Func("on", Value("DD/MM/YYYY"), function="to_char", output_field=models.TextField()),
            "health": Case(
                *(When(health=one, then=Value(str(one.label).lower())) for one in Health),
                default="health", output_field=models.TextField(),
            ),
        }  # fmt: skip
        return Case(
            When(status=ReportStatus.ACCEPTED, then=Value("")),
            When(status=ReportStatus.RETURNED, then=sentence(str(SAID_RETURNED), **parts)),
            default=sentence(str(SAID_ONLY), **parts), output_field=models.TextField(),
        )  # fmt: skip

    @property
    def is_written(self) -> bool:
        """Still, or again, in its author's hands."""
        return self.status in (ReportStatus.DRAFT, ReportStatus.RETURNED)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.reports(viewer)
