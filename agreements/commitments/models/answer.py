"""What a partner organisation says to the text of a commitment: yes, no, or other words."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.commitments.models.commitment import Commitment
from agreements.commitments.models.link import Link
from agreements.vocabulary import AnswerState, Verdict
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.models import Organisation
from partners.records import Record
from partners.states import StateField
from partners.viewers import Viewer


@pghistory.track()
class Answer(Record):
    """One answer, for the words that `wording_hash` stands for. A later one takes its place; none is ever edited."""

    FIELDS = FieldTable(
        partner=(
            "id commitment organisation verdict wording_hash remark proposed_vi proposed_en on on_behalf state reply"
        ),
        internal=f"document link answered_by answered_at {RECORD_INTERNAL}",
        locked=(
            "id commitment organisation verdict wording_hash remark proposed_vi proposed_en on on_behalf state reply "
            f"document link answered_by answered_at {RECORD_INTERNAL}"
        ),
    )

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="answers", verbose_name=_("commitment"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="answers", verbose_name=_("organisation")
    )
    verdict = StateField(_("answer"), max_length=9, choices=Verdict)
    wording_hash = models.CharField(max_length=64)
    remark = models.TextField(_("what is wrong, or a remark"), blank=True)
    proposed_vi = models.TextField(_("proposed wording in Vietnamese"), blank=True)
    proposed_en = models.TextField(_("proposed wording in English"), blank=True)
    on = models.DateField(_("on"))
    on_behalf = models.BooleanField(_("accepted on behalf"), default=False)
    document = models.ForeignKey(
        "agreements.Document", models.PROTECT, null=True, blank=True, related_name="answers",
        verbose_name=_("paper"), help_text=_("in which the partner said so"),
    )  # fmt: skip
    link = models.ForeignKey(
        Link, models.PROTECT, null=True, blank=True, related_name="answers", verbose_name=_("by the link")
    )
    state = StateField(_("state"), max_length=8, choices=AnswerState, default=AnswerState.OPEN)
    reply = models.TextField(_("reply of the desk"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.DISPUTED) | ~Q(remark="") | ~Q(proposed_vi="") | ~Q(proposed_en=""),
                name="dispute_says_why",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf=False) | Q(document__isnull=False), name="on_behalf_has_its_paper"
            ),
        )
        indexes = (
            models.Index(
                fields=["commitment"], name="answer_disputed",
                condition=Q(verdict=Verdict.DISPUTED, state__in=(AnswerState.OPEN, AnswerState.WAITING)),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.commitment.ref}, {self.organisation}: {self.get_verdict_display()}"

    @property
    def proposed(self) -> str:
        return self.in_words("proposed")

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.of_one_organisation(viewer)
