"""What the figures are added up from: a copy of what each commitment counts as, and how many count as the same.

A change marks its agreement as `Stale`, in its own transaction, and waits for nobody. A job brings the copies of marked
agreements up to date. Until then the views `Tally` and `CountedNow` take the marked agreements as they are now, instead
of as they were copied: what is read is right at every moment, and the job only keeps it quick.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from agreements.commitments.models import Commitment
from agreements.register.models import Agreement
from agreements.visibility import HIDDEN_FROM_OTHER_DESKS
from agreements.vocabulary import Delivery, Health, Stage, Wait
from partners.fields import FieldTable
from partners.models import Desk, Organisation, User
from partners.states import StateField
from partners.viewers import ALL_DESKS, DESK_STAFF, Role, Viewer

GATE = "desk is_restricted is_archived"
LINE = f"id {GATE} family key state day n"
COUNTED = (
    f"commitment agreement {GATE} is_concluded lead partner_owner owner delivery health blocked_by blocked_since_on "
    "due_on since_on slip_days was_on_time start_days owing_ids country_ids"
)
AWAITED = "id kind record_id agreement desk from_on since_on due_on author_ids"


class TallyFamily(models.TextChoices):
    LEAD = "lead", _("open, by lead agency and month due")
    OWNER = "owner", _("open, by keeper and month due")
    PARTNER = "partner", _("by responsible partner and state")
    HEARD = "heard", _("open, by keeper and month last heard of")
    BLOCKED = "blocked", _("open and blocked, by who can help and since when")
    SLIP = "slip", _("open and later than first promised, by days")
    KEPT = "kept", _("delivered, by whether on time")
    START = "start", _("by days from signing to the first act")
    COUNTRY = "country", _("open, by partner country and month due")
    STAGE = "stage", _("agreements, by partner country and stage")


class CountQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: Viewer) -> Self:
        """What is counted from commitments of concluded agreements that the viewer sees; nothing for partners."""
        live = self.filter(is_archived=False)  # nothing archived is owed, whoever may read it
        if viewer.role in ALL_DESKS:
            return live
        if viewer.role not in DESK_STAFF:
            return self.none()
        return live.filter(Q(is_restricted=False) | Q(desk__in=viewer.desk_ids))


class TallyQuerySet(CountQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """The same; of agreements without the drafts of other desks."""
        rows = super().visible_to(viewer)
        if viewer.role in ALL_DESKS:  # an archived agreement still stands in their lists
            return self.filter(Q(is_archived=False) | Q(family=TallyFamily.STAGE))
        hidden = Q(family=TallyFamily.STAGE, state__in=HIDDEN_FROM_OTHER_DESKS)
        return rows.filter(~hidden | Q(desk__in=viewer.desk_ids))


def copied(model: type[models.Model], label: StrOrPromise) -> Any:
    """The key of a row that is copied with the count, and must not hold up a change of it."""
    return models.ForeignKey(
        model, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+", verbose_name=label
    )


class Gated(models.Model):
    """The columns that say who may have a commitment counted."""

    desk = copied(Desk, _("desk"))
    is_restricted = models.BooleanField(_("restricted"), default=False)
    is_archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        abstract = True


class CountedCommitment(Gated):
    """One commitment, by all that the figures ask of it."""

    FIELDS: ClassVar = FieldTable(internal=COUNTED, locked=COUNTED)

    commitment = models.OneToOneField(
        Commitment, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+",
        verbose_name=_("commitment"),
    )  # fmt: skip
    agreement = copied(Agreement, _("agreement"))
    is_concluded = models.BooleanField(_("of a concluded agreement"), default=False)
    lead = copied(Organisation, _("lead agency"))
    partner_owner = copied(Organisation, _("partner in charge"))
    owner = copied(User, _("kept by"))
    delivery = StateField(_("delivery"), max_length=10, choices=Delivery)
    health = StateField(_("health"), max_length=10, choices=Health)
    blocked_by = models.CharField(_("who can remove it"), max_length=10, blank=True)
    blocked_since_on = models.DateField(_("blocked since"), null=True)
    due_on = models.DateField(_("due"), null=True)
    since_on = models.DateField(_("last heard of, or signed"), null=True)
    slip_days = models.IntegerField(_("days later than first promised"), null=True)
    was_on_time = models.BooleanField(_("delivered on time"), null=True)
    start_days = models.IntegerField(_("days from signing to the first act"), null=True)
    owing_ids = ArrayField(models.BigIntegerField(null=True), default=list, verbose_name=_("responsible partners"))
    country_ids = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("countries and territories"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)


class Counted(CountedCommitment):
    """As it was when the job last came by."""

    class Meta:
        verbose_name = _("counted commitment")
        verbose_name_plural = _("counted commitments")
        # For the days at the edge of a month, which the tallies hold as a whole. All that is asked of those stands in
        # the index: they are many, and lie all over the table.
        indexes = (
            models.Index(fields=["agreement"], name="counted_agreement"),
            models.Index(
                fields=["due_on"], name="counted_due",
                include=["agreement", "desk", "is_restricted", "is_archived", "lead", "owner", "country_ids"],
                condition=Q(is_concluded=True, delivery__in=("planned", "under_way")),
            ),
            models.Index(
                fields=["since_on"], name="counted_since",
                include=["agreement", "desk", "is_restricted", "is_archived", "owner"],
                condition=Q(is_concluded=True, delivery__in=("planned", "under_way")),
            ),
        )  # fmt: skip


class CountedNow(CountedCommitment):
    """As it is now. A view."""

    objects = CountQuerySet.as_manager()

    class Meta:
        managed = False
        verbose_name = verbose_name_plural = _("commitments as they count now")


class Placed(Gated):
    """One agreement, by stage and by whose organisations take part, as it was when the job last came by."""

    FIELDS: ClassVar = FieldTable(
        internal=f"agreement {GATE} stage country_ids", locked=f"agreement {GATE} stage country_ids"
    )

    agreement = models.OneToOneField(
        Agreement, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+",
        verbose_name=_("agreement"),
    )  # fmt: skip
    stage = StateField(_("stage"), max_length=10, choices=Stage)
    country_ids = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("countries and territories"))

    class Meta:
        verbose_name = verbose_name_plural = _("placed agreement")

    def __str__(self) -> str:
        return str(self.pk)


class TallyLine(Gated):
    """So many commitments, or agreements, count as the same. As it is now, `n` may be negative: lines are added up."""

    FIELDS: ClassVar = FieldTable(internal=LINE, locked=LINE)

    family = models.CharField(_("family"), max_length=8, choices=TallyFamily)
    key = models.BigIntegerField(_("of whom, or how many days"), null=True)
    state = models.CharField(_("state"), max_length=10, blank=True)
    day = models.DateField(_("day, or first of the month"), null=True)
    n = models.IntegerField(_("how many"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.family} {self.key or ''} {self.state} {self.day or ''}: {self.n}"


class Cell(TallyLine):
    """As the job added it up: one row for each, of which some may have come to nothing."""

    class Meta:
        verbose_name = _("cell")
        verbose_name_plural = _("cells")
        # What a page asks for is one range of it, and stands in it.
        constraints = (
            models.UniqueConstraint(
                fields=["family", "desk", "is_restricted", "is_archived", "key", "state", "day"], include=["n"],
                name="cell_once", nulls_distinct=False,
            ),
        )  # fmt: skip


class Tally(TallyLine):
    """As it is now. A view; its rows have no key of their own."""

    objects = TallyQuerySet.as_manager()

    class Meta:
        managed = False
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")


class Stale(models.Model):
    """An agreement of which something has changed since it was counted."""

    FIELDS: ClassVar = FieldTable(internal="id agreement", locked="id agreement")

    agreement = copied(Agreement, _("agreement"))

    class Meta:
        verbose_name = verbose_name_plural = _("changed since it was counted")

    def __str__(self) -> str:
        return str(self.agreement_id)


class AwaitedQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: Viewer) -> Self:
        """What waits for the managers of the viewer's desks; nothing for who manages none."""
        return self.filter(desk__in=viewer.desk_ids) if viewer.role == Role.MANAGER else self.none()


class Awaited(models.Model):
    """A row that waits for the managers of a desk, as the job last found it. `awaited_now()` minds what is stale."""

    FIELDS: ClassVar = FieldTable(internal=AWAITED, locked=AWAITED)

    kind = models.CharField(_("kind"), max_length=16, choices=Wait)
    record_id = models.BigIntegerField(_("record"))
    agreement = copied(Agreement, _("agreement"))
    desk = copied(Desk, _("desk"))
    from_on = models.DateField(_("waits from"))
    since_on = models.DateField(_("since"), null=True)
    due_on = models.DateField(_("due"), null=True)
    author_ids = ArrayField(models.BigIntegerField(null=True), default=list, verbose_name=_("who may not decide"))

    objects = AwaitedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("what waits for a desk")
        indexes = (
            # All that is asked of it, so that its rows need not be opened.
            models.Index(
                fields=["desk", "kind", "from_on"], name="awaited_at_desk",
                include=["agreement", "record_id", "since_on", "due_on", "author_ids"],
            ),
            models.Index(
                fields=["desk", "since_on", "record_id"], name="awaited_unheard", condition=Q(kind=Wait.STUCK),
                include=["agreement"],
            ),
            models.Index(fields=["agreement"], name="awaited_agreement"),
        )  # fmt: skip
        constraints = (models.UniqueConstraint("kind", "record_id", name="awaited_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"
