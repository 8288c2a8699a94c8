"""What else is known of the commitments on a paper: disputes, requests, reports, action items, milestones, questions.

One query for each kind, however many commitments there are, each through the gate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Max

from agreements.acts import Act
from agreements.commitments.models import ActionItem, Answer, DueRequest, Milestone, Report
from agreements.commitments.rules.answers import UNSETTLED
from agreements.register.models import Amendment, Participant, Step
from agreements.vocabulary import (
    HANDED_IN,
    ActionItemState,
    AmendmentStage,
    Confirmation,
    MilestoneStatus,
    ParticipantRole,
    ReportStatus,
    RequestState,
    Verdict,
)
from partners.viewers import Viewer

Many = defaultdict[int, list[Any]]


@dataclass(frozen=True)
class Gathered:
    """By the key of the commitment; of participants and amendments, by that of the agreement."""

    disputes: Many = field(default_factory=lambda: defaultdict(list))
    requests: Many = field(default_factory=lambda: defaultdict(list))
    waiting: Many = field(default_factory=lambda: defaultdict(list))  # reports to be accepted
    actions: Many = field(default_factory=lambda: defaultdict(list))
    missed: Many = field(default_factory=lambda: defaultdict(list))
    amendments: Many = field(default_factory=lambda: defaultdict(list))
    participants: Many = field(default_factory=lambda: defaultdict(list))
    reported: dict[int, date] = field(default_factory=dict)  # the last report handed in
    asked: dict[int, date] = field(default_factory=dict)  # when its side was last asked for one


def gather(commitments: Iterable[Any], viewer: Viewer, *, on: date) -> Gathered:
    """A fixed number of queries."""
    rows = list(commitments)
    keys, papers = [row.pk for row in rows], sorted({row.agreement_id for row in rows if row.shows_agreement})
    found = Gathered()
    of_them = {"commitment__in": keys}
    disputes = Answer.objects.visible_to(viewer).filter(
        **of_them, verdict=Verdict.DISPUTED, state__in=UNSETTLED, commitment__agreed=Confirmation.DISPUTED,
        wording_hash=F("commitment__wording_hash"),
    )  # fmt: skip
    _sort(found.disputes, disputes.select_related("organisation").order_by("pk"))
    asked = DueRequest.objects.visible_to(viewer).filter(**of_them, state=RequestState.WAITING)
    _sort(found.requests, asked.select_related("organisation", "created_by").order_by("pk"))
    told = Report.objects.visible_to(viewer).live().filter(**of_them, status=ReportStatus.SUBMITTED)
    _sort(found.waiting, told.select_related("organisation", "created_by").order_by("pk"))
    late = Milestone.objects.visible_to(viewer).live().filter(**of_them, status=MilestoneStatus.SCHEDULED)
    _sort(found.missed, late.filter(due_on__lt=on).order_by("due_on", "pk"))
    items = ActionItem.objects.visible_to(viewer).live().filter(commitments__in=keys, state=ActionItemState.OPEN)
    for item in items.annotate(serves=F("commitments")).select_related("owner").order_by("due_on", "pk"):
        found.actions[item.serves].append(item)
    in_hand = Amendment.objects.visible_to(viewer).live().filter(
        agreement__in=papers, stage__in=(AmendmentStage.DRAFT, AmendmentStage.IN_REVIEW, AmendmentStage.APPROVED)
    )  # fmt: skip
    for row in in_hand.select_related("agreement").order_by("pk"):
        found.amendments[row.agreement_id].append(row)
    others = Participant.objects.visible_to(viewer).live().filter(agreement__in=papers)
    for one in others.exclude(role=ParticipantRole.DEPOSITARY).select_related("organisation__country").order_by("pk"):
        if not one.organisation.is_ours:
            found.participants[one.agreement_id].append(one.organisation)
    return found


def last_words(found: Gathered, keys: Iterable[int], viewer: Viewer) -> None:
    """When each was last reported on, and last asked for a report. Two queries."""
    of_them = {"commitment__in": list(keys)}
    reports = Report.objects.visible_to(viewer).live().filter(**of_them, status__in=HANDED_IN).order_by()
    found.reported.update(reports.values_list("commitment").annotate(last=Max("on")))
    nudges = Step.objects.visible_to(viewer).filter(**of_them, name=Act.NUDGE, undone_by=None).order_by()
    found.asked.update((pk, day) for pk, day in nudges.values_list("commitment").annotate(last=Max("on")) if pk)


def _sort(into: Many, rows: Iterable[Any]) -> None:
    for row in rows:
        into[row.commitment_id].append(row)
