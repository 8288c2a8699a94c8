"""The health of a commitment, and when it was last heard of: the first rule that holds decides, and is named.

The rules are one SQL expression, so that a page, a night's run and a test ask the very same question. They stand in
decision 29, in this order. What is stored is what they say: `settle` alone writes it, at every act and once a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.commitments.models import ActionItem, Commitment, Funding, Measurement, Milestone, Report
from agreements.commitments.models.funding import MOVED
from agreements.commitments.models.queries import IS_OWED, QUIET_DAYS, SilentSince
from agreements.jobs.queues import Queue
from agreements.register.models import Step
from agreements.vocabulary import HANDED_IN, ActionItemState, Confirmation, Health, MilestoneStatus, ReportStatus
from partners.statements import STATEMENTS, Text, streamed, written


class HealthRule(TextChoices):
    """Which of the rules, in this order, decides the health of a commitment."""

    NOT_OWED = "not_owed", _("it is not owed")
    DISPUTED = "disputed", _("a partner disputes the text")
    OVERRIDE = "override", _("a person has set it")
    BLOCKER = "blocker", _("something blocks it")
    OVERDUE = "overdue", _("it is overdue")
    REPORTED = "reported", _("the last accepted report says so")
    MILESTONE = "milestone", _("a milestone is overdue")
    MET = "met", _("a milestone was met")
    MEASURED = "measured", _("a measurement has moved towards its target")
    WAITING = "waiting", _("a report waits for acceptance")
    RETURNED = "returned", _("the last report was returned")
    SILENT = "silent", _("nothing was heard of it in six months")
    NEW = "new", _("it is new, and nothing is due yet")
    HEARD = "heard", _("it was heard of, but no accepted report says how it stands")


ALARMS = (Health.AT_RISK, Health.DELAYED, Health.BLOCKED)
MEANS: Mapping[HealthRule, Health | str] = {
    HealthRule.NOT_OWED: "",
    HealthRule.DISPUTED: Health.DISPUTED,
    HealthRule.BLOCKER: Health.BLOCKED,
    HealthRule.OVERDUE: Health.DELAYED,
    HealthRule.MILESTONE: Health.AT_RISK,
    HealthRule.MET: Health.ON_TRACK,
    HealthRule.MEASURED: Health.ON_TRACK,
    HealthRule.WAITING: Health.NO_REPORT,
    HealthRule.RETURNED: Health.NO_REPORT,
    HealthRule.SILENT: Health.NO_REPORT,
    HealthRule.NEW: Health.NO_REPORT,
    HealthRule.HEARD: Health.NO_REPORT,
}
MET = (MilestoneStatus.MET, MilestoneStatus.PARTIALLY_MET)
IN_ONE_GO = 2000
FEW = 12
SETTLING = Queue("health")


@dataclass(frozen=True)
class Judgement:
    """Which rule holds, what it says, and when the commitment was last heard of."""

    rule: HealthRule
    health: Health | None  # None of what is not owed
    heard_on: date | None


class HappenedOn(Func):
    """The day of an event of which a period is known, in PostgreSQL (`migrations/sql/silence.py`)."""

    function = "happened_on"
    output_field = DateField()


def _latest(rows: Any, day: Any, on: date) -> Subquery:
    """The latest of the days of these rows of one commitment that has come."""
    days = rows.order_by().annotate(day=day).filter(day__lte=on).annotate(one=Value(1))
    return Subquery(days.values("one").annotate(latest=Max("day")).values("latest"))


def heard(on: date) -> Greatest:
    """The latest day, up to `on`, on which something happened to the delivery of a commitment."""
    here = {"commitment": OuterRef("pk")}
    known = HappenedOn("on", "precision", Value(on))
    noted = Step.objects.filter(**here, name__in=(Act.BLOCK, Act.UNBLOCK))
    items = ActionItem.objects.live().filter(commitments=OuterRef("pk"), state=ActionItemState.VERIFIED)
    return Greatest(
        _latest(Report.objects.live().filter(**here, status__in=HANDED_IN), F("on"), on),
        _latest(Funding.objects.live().filter(**here, kind__in=MOVED, on__isnull=False), known, on),
        _latest(Milestone.objects.live().filter(**here, status__in=MET), F("met_on"), on),
        _latest(_measurements(), known, on),
        _latest(noted, F("on"), on),
        Case(When(blocked_since_on__lte=on, then="blocked_since_on")),
        _latest(items, F("verified_on"), on),
        output_field=DateField(),
    )


def _measurements() -> Any:
    return Measurement.objects.live().filter(indicator__commitment=OuterRef("pk"), indicator__archived_at=None)


def _moved(since: date, on: date) -> Exists:
    """Whether a measurement since that day has come nearer to its target than the one before, or the baseline."""
    before = Measurement.objects.live().filter(
        Q(on__lt=OuterRef("on")) | Q(on=OuterRef("on"), pk__lt=OuterRef("pk")), indicator=OuterRef("indicator")
    )
    was = Coalesce(Subquery(before.order_by("-on", "-pk").values("value")[:1]), F("indicator__baseline"))
    rows = _measurements().annotate(day=HappenedOn("on", "precision", Value(on))).filter(day__gte=since)
    way = F("indicator__target") - F("indicator__baseline")
    return Exists(rows.annotate(was=was).annotate(moved=(F("value") - F("was")) * way).filter(moved__gt=0))


def judged(rows: QuerySet[Any], on: date) -> QuerySet[Any]:
    """The rows with `rule`, the rule that holds on a day, and the facts that it looked at: `told` and `heard`."""
    since = on - timedelta(days=QUIET_DAYS)
    reports = Report.objects.live().filter(commitment=OuterRef("pk"), on__lte=on).order_by("-on", "-pk")
    told = reports.filter(status=ReportStatus.ACCEPTED, on__gte=since)
    returned = reports.filter(status__in=HANDED_IN, on__gte=since)
    milestones = Milestone.objects.live().filter(commitment=OuterRef("pk"))
    with_facts = rows.annotate(
        heard=heard(on), told=Subquery(told.values("health")[:1]), last=Subquery(returned.values("status")[:1]),
        waits=Exists(reports.filter(status=ReportStatus.SUBMITTED)),
        has_late_milestone=Exists(milestones.filter(status=MilestoneStatus.SCHEDULED, due_on__lt=on)),
        has_met=Exists(milestones.filter(status=MilestoneStatus.MET, met_on__range=(since, on))),
        has_moved=_moved(since, on),
    ).annotate(
        silence=SilentSince("heard", "agreement__signed_on", "agreement__signed_precision", "created_at")
    )  # fmt: skip
    rule = Case(
        When(~IS_OWED, then=Value(HealthRule.NOT_OWED)),
        When(agreed=Confirmation.DISPUTED, then=Value(HealthRule.DISPUTED)),
        When(~Q(health_override=""), then=Value(HealthRule.OVERRIDE)),
        When(~Q(blocker=""), then=Value(HealthRule.BLOCKER)),
        When(due_on__lt=on, then=Value(HealthRule.OVERDUE)),
        When(told__in=ALARMS, then=Value(HealthRule.REPORTED)),
        When(has_late_milestone=True, then=Value(HealthRule.MILESTONE)),
        When(told__isnull=False, then=Value(HealthRule.REPORTED)),
        When(has_met=True, then=Value(HealthRule.MET)),
        When(has_moved=True, then=Value(HealthRule.MEASURED)),
        When(waits=True, then=Value(HealthRule.WAITING)),
        When(last=ReportStatus.RETURNED, then=Value(HealthRule.RETURNED)),
        When(silence__lt=since, then=Value(HealthRule.SILENT)),
        When(heard__isnull=True, then=Value(HealthRule.NEW)),
        default=Value(HealthRule.HEARD), output_field=CharField(),
    )  # fmt: skip
    judged_rows: QuerySet[Any] = with_facts.annotate(rule=rule)
    return judged_rows


def _judgement(rule: str, override: str, told: str | None, heard_on: date | None) -> Judgement:
    match rule:
        case HealthRule.OVERRIDE:
            health = override
        case HealthRule.REPORTED:
            health = told or ""
        case _:
            health = MEANS[HealthRule(rule)]
    return Judgement(HealthRule(rule), Health(health) if health else None, heard_on)


def judge(commitment: Commitment, on: date) -> Judgement:
    """What the rules say of one commitment on a day. One query."""
    [(_pk, _health, _heard_on, *facts)] = _kept_facts([commitment.pk], on)
    return _judgement(*facts)


def wrong(rows: QuerySet[Any], on: date) -> Iterator[tuple[int, Judgement]]:
    """Those whose stored health, or day of being heard of, is not what the rules say."""
    return _differing(streamed(_facts(rows, on), size=IN_ONE_GO))


def _facts(rows: QuerySet[Any], on: date) -> Any:
    columns = ("pk", "health", "heard_on", "rule", "health_override", "told", "heard")
    return judged(rows, on).order_by("pk").values_list(*columns)


def _differing(found: Iterable[Any]) -> Iterator[tuple[int, Judgement]]:
    for pk, health, heard_on, *facts in found:
        judgement = _judgement(*facts)
        if (health, heard_on) != (judgement.health or "", judgement.heard_on):
            yield pk, judgement


def _wrong_among(pks: Sequence[int], on: date) -> Iterator[tuple[int, Judgement]]:
    """The same of these few, as an act of a person changes."""
    if len(pks) > FEW:
        return wrong(Commitment.objects.filter(pk__in=pks), on)
    return _differing(_kept_facts(pks, on))


def _kept_facts(pks: Sequence[int], on: date) -> list[Any]:
    """The facts of a few: the text of the question is kept, it is long."""

    def write(values: Sequence[Any]) -> Text:
        return Text(*written(_facts(Commitment.objects.filter(pk__in=values), on)))

    return STATEMENTS.text(("health", on, len(pks)), pks, write).rows()


@transaction.atomic(savepoint=False)
def settle(pks: Iterable[int], on: date) -> int:
    """Bring what is stored of these commitments to what the rules say; return how many that changed.

    They are judged under their locks: what somebody has just changed is not overwritten by what was found before.
    """
    held = list(Commitment.objects.filter(pk__in=list(pks)).locked().values_list("pk", flat=True))
    found: dict[Judgement, list[int]] = {}
    for pk, judgement in _wrong_among(held, on):
        found.setdefault(judgement, []).append(pk)
    for judgement, some in found.items():
        values = {"health": judgement.health or "", "heard_on": judgement.heard_on}
        Commitment.objects.filter(pk__in=some).update(**values)
    return sum(len(some) for some in found.values())


def settle_all(on: date) -> int:
    """The same for every commitment: days pass without anybody touching a record."""
    return settle_day(on)[0]


def settle_day(on: date) -> tuple[int, bool]:
    """The same, with whether all of them are settled."""
    pks = [pk for pk, _judgement in wrong(Commitment.objects.all(), on)]
    done = SETTLING.groups(pks, lambda some: (len(some), settle(some, on)), size=IN_ONE_GO)
    return sum(settled for _asked, settled in done), sum(asked for asked, _settled in done) == len(pks)
