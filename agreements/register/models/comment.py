"""What colleagues say to each other about an agreement."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.register.models.agreement import Agreement
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.links import tracked
from partners.records import Record
from partners.viewers import Viewer


@pghistory.track()
class Comment(Record):
    """A question or remark, answered in a thread and resolved. Staff's alone, and a mention opens nothing."""

    FIELDS = FieldTable(
        internal=f"id agreement thread text mentions resolved_at resolved_by {RECORD_INTERNAL}",
        locked=f"id agreement thread mentions resolved_at resolved_by {RECORD_INTERNAL}",
    )

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="comments", verbose_name=_("agreement"))
    thread = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="answers",
        verbose_name=_("answers"),
    )  # fmt: skip
    text = models.TextField(_("comment"), max_length=4000)
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, editable=False, related_name="mentions")
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("resolved by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return self.text[:80]

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.for_staff(viewer)


CommentMention = tracked("CommentMention", Comment.mentions.through, module=__name__)
