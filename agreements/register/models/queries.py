"""Agreements by what one asks of a register: what is in effect, ends soon, has run out, and waits for whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Value, When
from django.db.models.functions import Least

from agreements.register.models.authorship import Authorship
from agreements.vocabulary import CONCLUDED, Renewal, Stage
from partners.records import RecordQuerySet
from partners.viewers import Role, Viewer

EXPIRING_DAYS = 90


def submitted_as(viewer: Viewer, prefix: str = "") -> Q:
    """What the viewer submitted, or the colleague for whom the viewer acts at that desk."""
    rule = Q(submitted_by=viewer.user_id)
    for desk, absent in viewer.stands_in:
        rule |= Q(**{"submitted_by": absent, f"{prefix}desk": desk})
    return rule


class TermEnd(Func):
    """`term_end(first end, months or null, times or null, day)`: the twin of `Term.ends_on` in PostgreSQL."""

    function = "term_end"
    output_field = models.DateField()


def term_end(on: date) -> Any:
    """The end of the term that runs on a day, or the day of a notice, as an expression."""
    months = Case(When(renewal=Renewal.TACIT, then=F("renewal_months")))
    end = TermEnd("expires_on", months, F("renewal_times"), Value(on, output_field=models.DateField()))
    return Least(end, F("leaves_on"))  # PostgreSQL leaves out what is null


class AgreementQuerySet(RecordQuerySet[Any]):
    """Agreements by what one asks of a register."""

    def in_effect(self, on: date) -> Self:
        """See also: Agreement.standing."""
        running = self.alias(end_then=term_end(on)).filter(stage__in=CONCLUDED, effective_on__lte=on)
        return running.filter(Q(end_then=None) | Q(end_then__gte=on)).exclude(leaves_on__lte=on)

    def with_end(self, on: date) -> Self:
        """With the end of the term that runs on a day as `end`. See also: Agreement.ends_on."""
        return self.annotate(end=term_end(on))

    def expiring(self, on: date, *, days: int = EXPIRING_DAYS) -> Self:
        """Signed agreements whose term ends within so many days, whether it renews or not."""
        until = on + timedelta(days=days)
        near = self.filter(Q(expires_on__lte=until) | Q(leaves_on__lte=until), stage__in=CONCLUDED)
        going = near.filter(Q(renewal=Renewal.TACIT) | Q(expires_on__gte=on) | Q(leaves_on__gte=on))
        return going.with_end(on).filter(end__range=(on, until))

    def expired(self, on: date) -> Self:
        """Signed agreements that have run out before a day; those that renew without limit never do."""
        over = self.filter(stage__in=CONCLUDED, expires_on__lt=on).exclude(leaves_on__lte=on)
        return over.exclude(renewal=Renewal.TACIT, renewal_times=None).with_end(on).filter(end__lt=on)

    def leaving(self, on: date) -> Self:
        """Those in force whose notice of ending or suspension has come into effect by a day."""
        return self.filter(stage__in=CONCLUDED, leaves_on__lte=on)

    def awaiting(self, viewer: Viewer) -> Self:
        """Agreements on which the viewer is the next to act."""
        at_desk = Q(desk__in=viewer.desk_ids)
        if viewer.role == Role.MANAGER:
            # Four eyes: never work that the viewer wrote or submitted.
            written = Authorship.objects.of_viewer(viewer).of_text().filter(agreement=OuterRef("pk"))
            return self.filter(at_desk, ~Exists(written), stage=Stage.IN_REVIEW).exclude(submitted_as(viewer))
        if viewer.role == Role.OFFICER:
            return self.filter(at_desk, owner__in=viewer.keeper_ids, stage__in=(Stage.DRAFT, Stage.CLEARED))
        return self.none()
