"""Commitments by what one asks of them: what is open, owed, late, silent, and whose. See decision 29."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import ExpressionWrapper, Func, Q
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from agreements.commitments.models import duty
from agreements.register.models import Participant
from agreements.vocabulary import CONCLUDED, Delivery
from partners import kept
from partners.records import RecordQuerySet
from partners.viewers import Viewer

SILENT_DAYS, QUIET_DAYS, CLOSING_DAYS = 90, 183, 548  # counted as silent; six months: ask; eighteen: propose closing
OPEN = (Delivery.PLANNED, Delivery.UNDER_WAY)
IS_OPEN = Q(delivery__in=OPEN)
# What stands in a concluded agreement; neither is archived.
STANDS = Q(agreement__stage__in=CONCLUDED, agreement__archived_at=None, archived_at=None)
IS_OWED = IS_OPEN & STANDS


def is_overdue(on: date | Any) -> Q:
    """Owed, and the last day of the period that was promised has passed."""
    return IS_OWED & Q(due_on__lt=on)


class SilentSince(Func):
    """The day since which nothing was heard, in PostgreSQL (`migrations/sql/silence.py`): always one.

    Of that which was never heard of, the end of the period in which its agreement was concluded; or its entry.
    """

    function = "silent_since"
    output_field = models.DateField()

    def __init__(self, *columns: Any, **options: Any) -> None:
        asked = ("heard_on", "agreement__signed_on", "agreement__signed_precision", "created_at")
        super().__init__(*(columns or asked), **options)


def silent_between(first: date, last: date) -> Q:
    """Nothing was heard since one of these days."""
    # Two conditions, since the days of reports have an index.
    unheard = Q(GreaterThanOrEqual(SilentSince(), first)) & Q(LessThanOrEqual(SilentSince(), last))
    return Q(heard_on__range=(first, last)) | (Q(heard_on=None) & unheard)


def is_silent(days: int, on: date) -> Q:
    """Owed, and nothing was heard of it for so many days."""
    return IS_OWED & silent_between(date.min, on - timedelta(days=days + 1))


class CommitmentQuerySet(RecordQuerySet[Any]):
    """Commitments by what one asks of them."""

    def open(self) -> Self:
        return self.filter(IS_OPEN)

    def concluded(self) -> Self:
        """Those of concluded agreements, whatever became of them; neither archived."""
        return self.filter(STANDS)

    def owed(self) -> Self:
        """What somebody has to do: open, of a concluded agreement."""
        return self.filter(IS_OWED)

    def kept_by(self, *people: int | None) -> Self:
        """Their own, and those without a keeper in agreements that they keep."""
        own = self._all().filter(owner__in=people)
        of_papers = self._all().filter(owner=None, agreement__owner__in=people)
        # Each half has its index; one condition over both tables would read all of them.
        return self.filter(pk__in=own.values("pk").union(of_papers.values("pk"), all=True))

    def overdue(self, on: date) -> Self:
        return self.filter(is_overdue(on))

    def due_within(self, days: int, on: date) -> Self:
        return self.owed().filter(due_on__range=(on, on + timedelta(days=days)))

    def quiet(self, days: int, on: date) -> Self:
        """Owed ones of which nothing was heard for so many days."""
        return self.filter(is_silent(days, on))

    def with_silence(self) -> Any:
        """With `since`, the day since which nothing was heard of it."""
        return self.annotate(since=SilentSince())

    def owed_by(self, organisations: Any) -> Self:
        """What any of these organisations owes, of our side or of the partner's. See decision 29."""
        ours = self._all().filter(lead__in=organisations, direction__in=duty.BY_US)
        return self.filter(pk__in=self._of_partners(organisations, direction__in=duty.BY_THEM).union(ours.values("pk")))

    def of_partners(self, organisations: Any) -> Self:
        """What one of these organisations of the partner's side owes, alone or with us."""
        return self.filter(pk__in=self._of_partners(organisations, direction__in=duty.BY_THEM))

    def between(self, organisations: Any) -> Self:
        """What any of these organisations of the partner's side owes us, or we owe it."""
        return self.filter(pk__in=self._of_partners(organisations))

    def of_country(self, code: str) -> Self:
        """What a country owes us, or we owe it; for our own country, all that it has part in."""
        if code.upper() != settings.HOME_COUNTRY:
            return self.between(duty.of_country(code))
        ours = Participant.objects.live().filter(organisation__country__code=settings.HOME_COUNTRY)
        return self.filter(agreement__in=ours.order_by().values("agreement"))

    def of_organisation(self, organisations: Any) -> Self:
        """What an organisation leads on our side, or has with us on the partner's."""
        led = self._all().filter(lead__in=organisations).values("pk")
        return self.filter(pk__in=self._of_partners(organisations).union(led))

    def unnamed(self) -> Self:
        """What the partner's side owes, where several could and none is named."""
        return self.alias(parties=duty.parties()).filter(duty.is_unnamed())

    def with_owing(self) -> Any:
        """Each row with the keys of who owes it on the partner's side."""
        parties: Any = self.alias(parties=duty.parties())
        return parties.annotate(owing_ids=duty.owing_ids())

    def with_duty(self, viewer: Viewer) -> Any:
        """Each row with the keys and names of who owes it on the partner's side; for a partner, whether that is you."""
        rows = self.with_owing().annotate(owing_codes=duty.owing_codes(), owing_names=duty.owing_names())
        return rows.annotate(is_yours=self._is_yours(viewer)) if viewer.is_partner else rows

    def duty_of(self, pk: int, viewer: Viewer) -> Any:
        """One row of them."""
        return kept.get(_with_duty, viewer, pk)

    def for_duty(self, viewer: Viewer) -> Any:
        """The rows as the expressions of `duty` need them."""
        rows: Any = self.alias(parties=duty.parties())
        return (
            rows.alias(owing_ids=duty.owing_ids()).alias(is_yours=self._is_yours(viewer)) if viewer.is_partner else rows
        )

    @staticmethod
    def _is_yours(viewer: Viewer) -> Any:
        side = ArraySubquery(duty.side_of(viewer.organisation_ids).values("pk"), output_field=duty.KEYS)
        return ExpressionWrapper(Q(owing_ids__overlap=side), models.BooleanField())

    def _all(self) -> CommitmentQuerySet:
        """Every row, for a list of keys within a query: this query narrows it."""
        rows: CommitmentQuerySet = self.model._default_manager.order_by()
        return rows

    def _of_partners(self, organisations: Any, **lookups: Any) -> Any:
        """Keys of those in which the partner's part is that of one of these organisations: named, or able to owe it.

        One list made of two, since PostgreSQL could not look up by key what an "or" joins.
        """
        rows = self._all().filter(**lookups)
        with_them = duty.can_owe().filter(organisation__in=organisations).values("agreement")
        able = rows.filter(duty.NOBODY_NAMED, agreement__in=with_them).alias(parties=duty.parties())
        named = rows.filter(partner_owner__in=organisations).values("pk")
        return named.union(able.filter(duty.is_each_ones()).values("pk"))


def _with_duty(viewer: Viewer, pk: int) -> Any:
    rows: Any = apps.get_model("agreements", "Commitment")._default_manager
    return rows.with_duty(viewer).filter(pk=pk)
