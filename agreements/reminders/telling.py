"""What a person may be told of: the one rule of the inbox and of mails, asked again at the moment of telling.

A share may hold a part back, and what is told of it would be that part in other words: each act and each rule names
the part that it speaks of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Q

from agreements import visibility
from agreements.acts import Act
from agreements.commitments.models import Commitment, Milestone
from agreements.procedures.models import ProceedingStep
from agreements.register.models import Agreement, Step
from agreements.reminders.models import Reminder, Watched
from agreements.vocabulary import Part
from partners.viewers import Viewer

PARTS: Mapping[str, Part | None] = {
    Watched.AGREEMENT_EXPIRY: Part.TERM,
    Watched.NOTICE_DAY: Part.TERM,
    Watched.COMMITMENT_DUE: None,
    Watched.MILESTONE_DUE: None,  # a milestone that is held back is not visible: see SUBJECTS
    Watched.NO_REPORT: Part.REPORTS,  # how long nothing was heard tells when something was
    Watched.DORMANCY: Part.REPORTS,
    Watched.LEGAL_CLOCK: None,
    Watched.APPROVAL: None,
}
# Rules that watch a part of a record: its row must be visible too.
SUBJECTS = {Watched.MILESTONE_DUE: Milestone, Watched.LEGAL_CLOCK: ProceedingStep}


def tellable(viewer: Viewer, *, among: Collection[int] | None = None) -> Q:
    """Rows of the ledger about records that the viewer sees, of which nothing that is told is held back.

    `among`: keys of the only rows that are asked about. Then the gate is asked of their records and of no others.
    """
    rows = None if among is None else Reminder.objects.filter(pk__in=among).order_by()
    agreements = _some(Agreement.objects.visible_to(viewer), "agreement", rows)
    commitments = _some(Commitment.objects.visible_to(viewer), "commitment", rows)
    rule = _of_records(agreements, commitments)
    subject = ~Q(rule__watched__in=list(SUBJECTS)) | Q(rule=None)
    for watched, model in SUBJECTS.items():
        subject |= Q(rule__watched=watched, subject_id__in=_some(model.objects.visible_to(viewer), "subject_id", rows))
    about = Q(step=None) | Step.seen_with_its_subject(viewer, prefix="step__")
    rule &= subject & about
    return rule & _held_open(viewer, rows) if viewer.is_partner else rule


def _some(seen: Any, column: str, rows: Any) -> Any:
    """Keys of visible records; with rows of the ledger, of those that these name in a column."""
    return (seen if rows is None else seen.filter(pk__in=rows.values(column))).values("pk")


def _held_open(viewer: Viewer, rows: Any) -> Q:
    """No part that is told of is held back from this partner."""
    rule = Q()
    for part in filter(viewer.may_lack, Part):
        if told := _of(part):
            agreements = _keys(Agreement, visibility.shared_agreements(viewer, part), rows)
            rule &= ~told | _of_records(agreements, _keys(Commitment, visibility.commitments(viewer, part), rows))
    # How long nothing was heard is counted from the signing, where nothing ever was.
    silence = Q(rule__watched__in=(Watched.NO_REPORT, Watched.DORMANCY), commitment__heard_on=None)
    opened = _keys(Agreement, visibility.agreements(viewer), rows)
    return rule & (Q(rule=None) | ~silence | Q(agreement__in=opened))


def _of_records(agreements: Any, commitments: Any) -> Q:
    """Rows about one of the commitments, or about one of the agreements and no commitment of it."""
    return Q(commitment=None, agreement__in=agreements) | Q(commitment__in=commitments)


def _of(part: Part) -> Q:
    """Rows that tell of a part."""
    acts = [act for act in Act if act.row.part == part]
    rules = [watched for watched in Watched if PARTS[watched] == part]  # one that is not named stops here
    told = Q(step__isnull=False, step__name__in=acts) if acts else Q()
    return told | Q(rule__isnull=False, rule__watched__in=rules) if rules else told


def _keys(model: Any, rule: Q, rows: Any) -> Any:
    return _some(model.objects.filter(rule), model._meta.model_name, rows)


def told_among(rows: Iterable[Reminder], viewer: Viewer) -> set[int]:
    """Keys of those of the rows that the viewer may be told of now."""
    keys = [row.pk for row in rows]
    told = Reminder.objects.filter(tellable(viewer, among=keys), pk__in=keys)
    return set(told.values_list("pk", flat=True))
