"""A meeting held from a review pack: its agenda, what was decided at each item, and its minutes. See decision 39.

The agenda and the decisions are only added to. A decision is no act of its own: it points to the step that was written
by the same rules as everywhere, to the action item that was agreed, or is a note. The minutes are written down once.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, TextChoices
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements import visibility
from agreements.briefings.frozen import AsItStood
from agreements.briefings.scopes import MODELS, Over, Scope, Span
from agreements.commitments.models import ActionItem, Commitment
from agreements.register.models import TITLE, Agreement, Step
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.models import Desk
from partners.records import NOTHING, Record, RecordQuerySet
from partners.states import State, StateField, Tone
from partners.viewers import ALL_DESKS, Viewer

OWN = "desk title over code first_on last_on held_on place present state ended_by ended_on returned_because"
ITEM = "id meeting number topics agreement commitment"
DECISION = "id item step action_item text by on at"
MINUTES = "id meeting said count written_by signed_by signed_on signed_at digest"
MINUTED = "id minutes number agreement commitment desk is_restricted ref title_vi title_en topics stood decided"


class MeetingState(State):
    OPEN = "open", Tone.INFO, pgettext_lazy("meeting", "Under way")
    ENDED = "ended", Tone.WARN, _("Waits to be signed off")
    SIGNED = "signed", Tone.OK, _("Signed off")


class Topic(TextChoices):
    """Why a record is on the agenda, in the order in which a meeting takes them."""

    BEYOND = "beyond", _("Beyond the authority of the desk")
    BLOCKED = "blocked", _("Blocked")
    DISPUTED = "disputed", _("Disputed by the partner")
    OVERDUE = "overdue", _("Overdue")
    SILENT = "silent", _("Without news for over 90 days")
    REVIEW = "review", _("Agreement to review")
    AMENDMENT = "amendment", _("Amendment to decide on")
    DAY = "day", _("New day to decide on")
    DROP = "drop", _("To be dropped or kept")
    REPORT = "report", _("Report to accept")
    EXPIRED = "expired", _("Past its term")


@pghistory.track()
class Meeting(Record):
    """One meeting over the pack of a period, kept by a desk or by the whole ministry."""

    FIELDS = FieldTable(
        internal=f"id {OWN} {RECORD_INTERNAL}",
        locked=f"id desk over code first_on last_on state ended_by ended_on returned_because {RECORD_INTERNAL}",
    )

    desk = models.ForeignKey(
        Desk, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("desk"),
        help_text=_("that keeps it; empty for the whole ministry"),
    )  # fmt: skip
    title = models.CharField(_("title"), max_length=TITLE)
    over = models.CharField(_("scope"), max_length=12, choices=Over)
    code = models.CharField(_("of which"), max_length=75, blank=True)
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("to"))
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("place"), max_length=TITLE, blank=True)
    present = models.TextField(_("who was present"), blank=True, help_text=_("one person a line"))
    state = StateField(_("state"), max_length=6, choices=MeetingState, default=MeetingState.OPEN)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    returned_because = models.TextField(_("returned because"), blank=True)

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ("-held_on", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="meeting_has_days"),
            models.CheckConstraint(
                condition=Q(state=MeetingState.OPEN) | Q(ended_by__isnull=False, ended_on__isnull=False),
                name="meeting_ended_by_somebody",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.pk])

    @property
    def span(self) -> Span:
        return Span(self.first_on, self.last_on)

    def scope(self, viewer: Viewer) -> Scope:
        """As the viewer may name it; the code alone of what is no longer there."""
        over = Over(self.over)
        record = MODELS[over].objects.visible_to(viewer).filter(code=self.code).first() if self.code else None
        return Scope(over, self.code, record or self.code)

    @property
    def is_open(self) -> bool:
        return bool(self.state == MeetingState.OPEN)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """Staff of its desk, and all staff where the whole ministry keeps it; of its items each is asked for again."""
        return kept_by_own(viewer)


def kept_by_own(viewer: Viewer, prefix: str = "") -> Q:
    if viewer.role in ALL_DESKS:
        return Q()
    if not viewer.is_staff:
        return NOTHING
    return Q(**{f"{prefix}desk": None}) | Q(**{f"{prefix}desk__in": viewer.desk_ids})


class AgendaItem(models.Model):
    """One record that the meeting has to speak of: a commitment, or an agreement itself."""

    FIELDS: ClassVar = FieldTable(internal=ITEM, locked=ITEM)

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items", verbose_name=_("meeting"))
    number = models.PositiveIntegerField(_("number"))
    topics = ArrayField(models.CharField(max_length=9, choices=Topic), verbose_name=_("why it is on the agenda"))
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+", verbose_name=_("agreement"))
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("commitment")
    )

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    # What pages note beside a row.
    is_decided: bool

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ("meeting", "number")
        constraints = (models.UniqueConstraint("meeting", "number", name="agenda_number_once"),)

    def __str__(self) -> str:
        return f"{self.number}. {self.record}"

    def get_absolute_url(self) -> str:
        return reverse("meeting_item", args=[self.meeting_id, self.number])

    @property
    def record(self) -> Any:
        return self.commitment or self.agreement

    @property
    def why(self) -> list[Any]:
        return [Topic(topic).label for topic in self.topics]

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return cls.seen(viewer)

    @staticmethod
    def seen(viewer: Viewer, prefix: str = "") -> Q:
        """With its meeting and with its record."""
        if not viewer.is_staff:
            return NOTHING
        if viewer.role in ALL_DESKS:
            return Q()
        of_commitment = Q(**{f"{prefix}commitment": None}) | visibility.commitments(
            viewer, prefix=f"{prefix}commitment__"
        )
        of_agreement = visibility.agreements(viewer, prefix=f"{prefix}agreement__")
        return kept_by_own(viewer, f"{prefix}meeting__") & of_agreement & of_commitment


class Decision(models.Model):
    """What was decided at an item: the step that it was, the action item that was agreed, or a note."""

    FIELDS: ClassVar = FieldTable(internal=DECISION, locked=DECISION)

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="decisions", verbose_name=_("agenda item"))
    step = models.ForeignKey(
        Step, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("act in the history")
    )
    action_item = models.ForeignKey(
        ActionItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("action item")
    )
    text = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    on = models.DateField(_("on"))
    at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision of a meeting")
        verbose_name_plural = _("decisions of meetings")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=(
                    Q(step__isnull=False, action_item=None, text="")
                    | Q(step=None, action_item__isnull=False, text="")
                    | (Q(step=None, action_item=None) & ~Q(text=""))
                ),
                name="decision_is_one_thing",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.text or str(self.action_item or self.step)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """With its item, and with what it points to."""
        seen = AgendaItem.seen(viewer, "item__")
        if not viewer.is_staff or viewer.role in ALL_DESKS:
            return seen
        steps, items = Step.objects.visible_to(viewer), ActionItem.objects.visible_to(viewer)
        with_step = Q(step=None) | Q(Exists(steps.filter(pk=OuterRef("step"))))
        with_action = Q(action_item=None) | Q(Exists(items.filter(pk=OuterRef("action_item"))))
        return seen & with_step & with_action


@pghistory.track()
class Minutes(models.Model):
    """What a meeting decided, as a second person signed it: its head; each item stands in a row of its own."""

    FIELDS: ClassVar = FieldTable(internal=MINUTES, locked=MINUTES)

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="minutes", verbose_name=_("meeting"))
    said = models.JSONField(_("what stands above the items"))
    count = models.PositiveIntegerField(_("items in it"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("signed off by")
    )
    signed_on = models.DateField(_("signed off"))
    signed_at = models.DateTimeField(_("recorded"))
    digest = models.CharField("SHA-256", max_length=64)

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=~Q(signed_by=F("written_by")), name="minutes_four_eyes"),
        )  # fmt: skip

    def __str__(self) -> str:
        return str(self.meeting)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return kept_by_own(viewer, "meeting__")


class MinutedItem(AsItStood):
    """One item as it was minuted. It stays whatever becomes of the record, and of its desk."""

    FIELDS: ClassVar = FieldTable(internal=MINUTED, locked=MINUTED)

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="items", verbose_name=_("minutes"))
    number = models.PositiveIntegerField(_("number"))
    commitment = models.ForeignKey(
        Commitment, models.DO_NOTHING, db_constraint=False, db_index=False, null=True, blank=True, related_name="+",
        verbose_name=_("commitment"),
    )  # fmt: skip
    topics = ArrayField(models.CharField(max_length=9, choices=Topic), verbose_name=_("why it is on the agenda"))
    stood = models.JSONField(_("how it stood"))
    decided = models.JSONField(_("what was decided"))

    class Meta:
        verbose_name = _("minuted item")
        verbose_name_plural = _("minuted items")
        ordering = ("minutes", "number")
        constraints = (models.UniqueConstraint("minutes", "number", name="minuted_once"),)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return super().visible(viewer) & kept_by_own(viewer, "minutes__meeting__")
