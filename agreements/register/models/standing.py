"""What the calendar makes of an agreement's stage on a day, as an expression: the twin of `Agreement.standing`.

`column` gives a column as its reader sees it: `F`, or what a share leaves of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, DateField, F, Q, Value, When
from django.db.models.functions import Least
from django.db.models.lookups import Exact, GreaterThan, IsNull, LessThan, LessThanOrEqual

from agreements.register.models.queries import EXPIRING_DAYS, TermEnd
from agreements.register.models.renewal import Renewal
from agreements.register.models.stated_terms import SUSPENSION
from agreements.vocabulary import CONCLUDED, Stage, Standing

Column = Callable[[str], Any]
NEVER = date(9999, 12, 31)


class Calendar:
    """The parts of the question on one day, each a condition or a day of PostgreSQL's."""

    def __init__(self, on: date, column: Column = F) -> None:
        self.on, self.column = on, column
        self.day = Value(on, output_field=DateField())

    @property
    def months(self) -> Any:
        """Of each renewal; null where it does not renew by itself."""
        return Case(When(Exact(self.column("renewal"), Value(Renewal.TACIT)), then=self.column("renewal_months")))

    @property
    def end(self) -> Any:
        """See also: Agreement.ends_on."""
        column = self.column
        term = TermEnd(column("expires_on"), self.months, column("renewal_times"), self.day)
        return Least(term, column("leaves_on"))  # PostgreSQL leaves out what is null

    @property
    def renews(self) -> Q:
        """Whether another term follows: none was noted to end it, and the one that runs is not the last."""
        column, months = self.column, self.months
        never = Value(NEVER, output_field=DateField())
        running = TermEnd(column("expires_on"), months, Value(None), self.day)
        last = TermEnd(column("expires_on"), months, column("renewal_times"), never)
        more = Q(IsNull(column("renewal_times"), True)) | Q(LessThan(running, last))
        return Q(leaves_on=None) & Q(IsNull(months, False)) & more

    @property
    def has_left(self) -> Q:
        return Q(stage__in=CONCLUDED, leaves_on__lte=self.on)

    @property
    def is_over(self) -> Q:
        """Concluded, and its end has passed."""
        return Q(stage__in=CONCLUDED) & Q(LessThan(self.end, self.day))

    def standing(self) -> Case:
        def then(condition: Q, standing: Standing) -> When:
            return When(condition, then=Value(standing.value))

        column = self.column
        effective = column("effective_on")
        in_effect = Q(IsNull(effective, False)) & Q(LessThanOrEqual(effective, self.day))
        soon = Value(self.on + timedelta(days=EXPIRING_DAYS), output_field=DateField())
        ends_soon = Q(LessThanOrEqual(self.end, soon))
        return Case(
            then(Q(stage=Stage.DRAFT, announced_on__isnull=False), Standing.PLANNED),
            When(~Q(stage__in=CONCLUDED), then=F("stage")),
            then(self.has_left & Q(leaves_as=SUSPENSION), Standing.SUSPENDED),
            then(self.has_left, Standing.ENDED),
            then(self.is_over, Standing.EXPIRED),
            then(Q(stage=Stage.AGREED), Standing.UNDER_WAY),
            then(Q(stage=Stage.ADOPTED) & ~in_effect, Standing.ADOPTED),
            then(Q(provisional_on__lte=self.on) & ~in_effect, Standing.PROVISIONAL),
            then(Q(IsNull(effective, True)), Standing.SIGNED),
            then(Q(GreaterThan(effective, self.day)), Standing.PENDING),
            then(ends_soon & self.renews, Standing.RENEWING),
            then(ends_soon, Standing.EXPIRING),
            default=Value(Standing.IN_EFFECT.value), output_field=CharField(),
        )  # fmt: skip
