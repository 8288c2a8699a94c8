"""The health of a commitment: the first rule that holds decides it, unless a person has set it and said why.

The rules are one SQL expression, so that a page, a night's run and a test ask the very same question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Commitment, Milestone, Report
from agreements.commitments.models.commitment import OPEN, QUIET_DAYS
from agreements.jobs.queues import Queue
from agreements.vocabulary import Health, MilestoneStatus, ReportStatus


class HealthRule(TextChoices):
    """Which of the rules, in this order, decides the health of a commitment."""

    SETTLED = "settled", _("it is delivered or dropped")
    OVERRIDE = "override", _("a person has set it")
    BLOCKER = "blocker", _("something blocks it")
    OVERDUE = "overdue", _("its day has passed")
    REPORTED = "reported", _("the last accepted report says so")
    MILESTONE = "milestone", _("a milestone is overdue")
    HEARD = "heard", _("it was heard of in the last six months")
    SILENT = "silent", _("nothing was heard of it in six months")


ALARMS = (Health.AT_RISK, Health.DELAYED, Health.BLOCKED)
MEANS: Mapping[HealthRule, Health] = {
    HealthRule.SETTLED: Health.ON_TRACK,
    HealthRule.BLOCKER: Health.BLOCKED,
    HealthRule.OVERDUE: Health.DELAYED,
    HealthRule.MILESTONE: Health.AT_RISK,
    HealthRule.HEARD: Health.ON_TRACK,
    HealthRule.SILENT: Health.NO_REPORT,
}
IN_ONE_GO = 2000
SETTLING = Queue("health")


@dataclass(frozen=True)
class Judgement:
    """Which rule holds, and what it says."""

    rule: HealthRule
    health: Health


def judged(rows: QuerySet[Any], on: date) -> QuerySet[Any]:
    """The rows with `rule`, the name of the rule that holds on a day, and `ruled`, the health that follows."""
    since = on - timedelta(days=QUIET_DAYS)
    told = (
        Report.objects.live()
        .filter(commitment=OuterRef("pk"), status=ReportStatus.ACCEPTED, on__gte=since)
        .order_by("-on", "-pk")
    )
    late = Milestone.objects.live().filter(commitment=OuterRef("pk"), status=MilestoneStatus.SCHEDULED, due_on__lt=on)
    with_facts = rows.annotate(told=Subquery(told.values("health")[:1]), has_late_milestone=Exists(late))
    rule = Case(
        When(~Q(delivery__in=OPEN), then=Value(HealthRule.SETTLED)),
        When(~Q(health_override=""), then=Value(HealthRule.OVERRIDE)),
        When(~Q(blocker=""), then=Value(HealthRule.BLOCKER)),
        When(due_on__lt=on, then=Value(HealthRule.OVERDUE)),
        When(told__in=ALARMS, then=Value(HealthRule.REPORTED)),
        When(has_late_milestone=True, then=Value(HealthRule.MILESTONE)),
        When(told__isnull=False, then=Value(HealthRule.REPORTED)),
        When(heard_on__gte=since, then=Value(HealthRule.HEARD)),
        default=Value(HealthRule.SILENT), output_field=CharField(),
    )  # fmt: skip
    ruled = Case(
        When(rule=HealthRule.OVERRIDE, then=F("health_override")),
        When(rule=HealthRule.REPORTED, then=F("told")),
        *(When(rule=name, then=Value(health)) for name, health in MEANS.items()),
        output_field=CharField(),
    )
    judged_rows: QuerySet[Any] = with_facts.annotate(rule=rule).annotate(ruled=ruled)
    return judged_rows


def judge(commitment: Commitment, on: date) -> Judgement:
    """What the rules say of one commitment on a day. One query."""
    row = judged(Commitment.objects.filter(pk=commitment.pk), on).values("rule", "ruled").get()
    return Judgement(HealthRule(row["rule"]), Health(row["ruled"]))


@transaction.atomic(savepoint=False)
def settle(pks: Iterable[int], on: date) -> int:
    """Bring the stored health of these commitments to what the rules say; return how many it changed.

    They are judged under their locks: what somebody has just changed is not overwritten by what was found before.
    """
    held = list(Commitment.objects.filter(pk__in=list(pks)).locked().values_list("pk", flat=True))
    wrong = judged(Commitment.objects.filter(pk__in=held), on).exclude(health=F("ruled"))
    found: dict[str, list[int]] = {}
    for pk, health in wrong.values_list("pk", "ruled"):
        found.setdefault(health, []).append(pk)
    return sum(Commitment.objects.filter(pk__in=some).update(health=health) for health, some in found.items())


def settle_all(on: date) -> int:
    """The same for every commitment: days pass without anybody touching a record."""
    wrong = judged(Commitment.objects.live(), on).exclude(health=F("ruled"))
    pks = wrong.order_by("pk").values_list("pk", flat=True)
    return sum(SETTLING.groups(pks, lambda some: settle(some, on), size=IN_ONE_GO))
