"""What the columns of an agreement say, as PostgreSQL says it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, DateField, F, Func, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, Collate, Least
from django.db.models.lookups import Exact, GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual

from agreements.cells import partial
from agreements.register.models import Participant
from agreements.register.models.queries import EXPIRING_DAYS, TermEnd
from agreements.register.models.renewal import Renewal
from agreements.register.models.stated_terms import SUSPENSION
from agreements.vocabulary import CONCLUDED, Stage, Standing
from partners.cells import Cell, CellKind, Facts, Labelled, in_words, organisation, person


class Later(Func):
    """A day so many months later, or earlier; the 31st is the last of a shorter month."""

    template, output_field = "(%(expressions)s))::date", DateField()
    arg_joiner = " + make_interval(months => "


def _day(facts: Facts) -> Any:
    return Value(facts.on, output_field=DateField())


def _is(facts: Facts, column: str, value: str) -> Q:
    return Q(Exact(facts[column], Value(value)))


def _has(facts: Facts, column: str) -> Q:
    return Q(IsNull(facts[column], False))


def _term_end(facts: Facts) -> Any:
    """The twin of `Agreement.term` and its `ends_on`."""
    months = Case(When(_is(facts, "renewal", Renewal.TACIT), then=facts["renewal_months"]))
    return TermEnd(facts["expires_on"], months, facts["renewal_times"], _day(facts))


def _renews(facts: Facts) -> Q:
    """The twin of `Term.renews_after`, where there is a term: its last but one end, or its first, is still to come."""
    terms_before = Func(facts["renewal_times"], Value(1), arg_joiner=" - ", template="(%(expressions)s)")
    months = Func(facts["renewal_months"], terms_before, arg_joiner=" * ", template="(%(expressions)s)")
    again = GreaterThanOrEqual(Later(facts["expires_on"], months), _day(facts))
    once_at_least = GreaterThanOrEqual(facts["renewal_times"], Value(1))
    of_many = Q(IsNull(facts["renewal_times"], True)) | Q(once_at_least) & Q(again)
    return _is(facts, "renewal", Renewal.TACIT) & _has(facts, "expires_on") & _has(facts, "renewal_months") & of_many


def notice(facts: Facts) -> Cell:
    """The twin of `Agreement.notice_by`."""
    months, days = (Coalesce(facts[column], Value(0)) for column in ("notice_months", "notice_days"))
    back = Func(months, template="(-%(expressions)s)")
    last = Func(Later(_term_end(facts), back), days, arg_joiner=" - ", template="(%(expressions)s)",
                output_field=DateField())  # fmt: skip
    is_agreed = ~Q(Exact(months, Value(0))) | ~Q(Exact(days, Value(0)))
    renewed = _is(facts, "renewal", Renewal.EXPRESS) | _renews(facts)
    holds = _has(facts, "expires_on") & is_agreed & renewed & Q(IsNull(facts["leaves_on"], True))
    day = Case(When(holds, then=last), output_field=DateField())
    return Cell(partial(day, facts["expires_precision"]), CellKind.DAY)


def standing(facts: Facts) -> Cell:
    """The twin of `Agreement.standing`."""
    end = Least(_term_end(facts), facts["leaves_on"])

    def by_today(column: str) -> Q:
        return Q(LessThanOrEqual(facts[column], _day(facts)))

    not_yet = Q(IsNull(facts["effective_on"], True)) | ~by_today("effective_on")
    soon = Value(facts.on + timedelta(days=EXPIRING_DAYS), output_field=DateField())
    found = Case(
        When(Q(stage=Stage.DRAFT) & _has(facts, "announced_on"), then=Value(Standing.PLANNED.value)),
        When(~Q(stage__in=CONCLUDED), then=F("stage")),
        When(by_today("leaves_on") & Q(leaves_as=SUSPENSION), then=Value(Standing.SUSPENDED.value)),
        When(by_today("leaves_on"), then=Value(Standing.ENDED.value)),
        When(Q(LessThan(end, _day(facts))), then=Value(Standing.EXPIRED.value)),
        When(Q(stage=Stage.AGREED), then=Value(Standing.UNDER_WAY.value)),
        When(Q(stage=Stage.ADOPTED) & not_yet, then=Value(Standing.ADOPTED.value)),
        When(by_today("provisional_on") & not_yet, then=Value(Standing.PROVISIONAL.value)),
        When(Q(IsNull(facts["effective_on"], True)), then=Value(Standing.SIGNED.value)),
        When(~by_today("effective_on"), then=Value(Standing.PENDING.value)),
        When(
            Q(LessThanOrEqual(end, soon)) & Q(IsNull(facts["leaves_on"], True)) & _renews(facts),
            then=Value(Standing.RENEWING.value),
        ),
        When(Q(LessThanOrEqual(end, soon)), then=Value(Standing.EXPIRING.value)),
        default=Value(Standing.IN_EFFECT.value),
        output_field=TextField(),
    )
    return Cell(Labelled(found, Standing.choices, all_known=True))


def kind(facts: Facts) -> Cell:
    """The twin of `Agreement.kind_in_words`."""
    own = When(Q(instrument_type__isnull=False), then=in_words("name", "instrument_type__"))
    return Cell(Case(own, default=facts.labelled("kind"), output_field=TextField()))


def _of_participants() -> Any:
    """Their names in the order in which they were entered; their countries in that of code points, as Python sorts."""
    country = Collate(in_words("name", "organisation__country__"), "C")
    told = Func(
        StringAgg(organisation("organisation__"), "; ", order_by="pk"),
        StringAgg(country, "; ", distinct=True, order_by=country, filter=Q(organisation__country__isnull=False)),
        template="ARRAY[%(expressions)s]", output_field=ArrayField(TextField()),
    )  # fmt: skip
    rows = Participant.objects.live().filter(agreement=OuterRef("pk")).order_by().values("agreement")
    return Subquery(rows.annotate(told=told).values("told"))


def participants(_facts: Facts) -> Cell:
    return Cell(_of_participants(), array="of_participants", part=1)


def countries(_facts: Facts) -> Cell:
    return Cell(_of_participants(), array="of_participants", part=2)


def desk(_facts: Facts) -> Cell:
    return Cell(in_words("name", "desk__"))


def owner(_facts: Facts) -> Cell:
    return Cell(person("owner__"))
