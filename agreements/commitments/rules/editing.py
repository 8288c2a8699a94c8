"""Writing a commitment: its number, its first day, its authors, and what a delivery needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.acts import Act
from agreements.commitments.models import Commitment, duty
from agreements.commitments.models.commitment import DueFrom
from agreements.commitments.rules import deadlines, due_requests, health
from agreements.commitments.rules.acts import put_delivery
from agreements.dates import Precision
from agreements.register.models import Agreement, Participant
from agreements.register.rules import steps
from agreements.register.rules.work_calendar import work_calendar
from agreements.vocabulary import Delivery, MilestoneStatus, ReportStatus, Stage
from partners.inserting import insert_together
from partners.models import Organisation
from partners.refusals import Refused
from partners.viewers import Role, Viewer

# What the paper itself says of a promise: in a concluded one it changes by an amendment, or is corrected.
AS_CONCLUDED = ("title_vi", "title_en", "text_vi", "text_en", "kind", "direction", "partner_owner")
IS_CONCLUDED = _("This stands in a concluded paper: it changes by an amendment, or a manager corrects the record.")
WHY_CORRECTED = _("Say why the record of a concluded paper is corrected.")
CLOSED = _("The agreement takes no changes at its stage, or is another desk's by now.")
MOVES_BY_REQUEST = _("This day is promised: it moves by a request with a reason, on the page of the commitment.")
DROPPED_BY_REQUEST = _("A promise is dropped by a request with a reason, on its page; another person decides.")
OWES_NOTHING = _(
    "It takes part as an observer or a depositary, which owe nothing: name the one responsible, or correct its role."
)
Bystanders = set[tuple[int, int]]  # agreement and organisation
DAY, RULE = ("due_on", "due_precision"), ("due_after", "due_unit", "due_from")


def save(
    commitments: Collection[Commitment],
    *,
    by: Viewer | None,
    on: date,
    judge: bool = True,
    because: str = "",
    decided: bool = False,
) -> None:
    """Save commitments that somebody has written or changed, under the lock of their agreement.

    New ones get their number, reference and keeper. The due day is counted from its event, the first day that was
    promised is kept, and a draft notes who works on it. `by` is None for a data file: what it says of its days
    stands. With `judge=False` the caller settles the health of all that it saves, once. `because` is the reason of a
    correction, which stands in the timeline. What two persons have `decided`, as an amendment, moves promised days,
    changes promised words and drops. Raises ValidationError.
    """
    if not commitments:
        return
    if by:
        refuse_closed({commitment.agreement_id for commitment in commitments}, by)
    calendar = work_calendar()
    known = Commitment.objects.select_related("agreement").in_bulk([one.pk for one in commitments if one.pk])
    bystanders = _owing_nothing({commitment.agreement_id for commitment in commitments})
    new = [commitment for commitment in commitments if commitment.pk is None]
    _number(new)
    for commitment in commitments:
        was = known.get(commitment.pk)
        try:
            keep_last_day(commitment)
            is_corrected = not decided and _check(commitment, was, by, because, bystanders)
            _complete(commitment, was, by, on, calendar)
            if was:
                commitment.full_clean()
        except ValidationError as wrong:
            wrong.row = commitment  # type: ignore[attr-defined]  # which of them, for who sent many
            raise
        if was:
            commitment.save()
        if is_corrected:
            steps.write(Act.CORRECT, commitment.agreement, by, commitment=commitment, reason=because.strip())
    _insert(new)
    if by:
        note_author({commitment.agreement_id for commitment in commitments}, by)
    if judge:
        health.settle([commitment.pk for commitment in commitments], on)


def _insert(new: Sequence[Commitment]) -> None:
    """All of them in one statement. Raises ValidationError."""
    if new:
        insert_together(new, are_unique=_are_unique(new))


def _complete(commitment: Commitment, was: Commitment | None, by: Viewer | None, on: date, calendar: Any) -> None:
    """What follows from what was written. Raises ValidationError."""
    if commitment.pk is None:
        _enter(commitment, by)
    if by:
        if commitment.delivery != (was and was.delivery):
            put_delivery(commitment, commitment.delivery, on)
        deadlines.put(commitment, calendar)
    deadlines.keep_baseline(commitment)
    commitment.stamp(by)


def _check(
    commitment: Commitment, known: Commitment | None, by: Viewer | None, because: str, bystanders: Bystanders
) -> bool:
    """Raise ValidationError for what nobody may write so; say whether the record of a promise is corrected."""
    if found := _refusals(commitment, known, by, because, bystanders):
        raise ValidationError({column: no.reason for column, no in found.items()})
    return bool(moved_days(commitment, known) or (by and changed_words(commitment, known)))


def keep_last_day(commitment: Commitment) -> None:
    """Of a period the end is promised."""
    if due := commitment.due:
        commitment.due_on = due.last_day


def changed_words(commitment: Commitment, known: Commitment | None) -> list[str]:
    """Which columns of what a concluded paper says would change."""
    if known is None or not known.is_promised:
        return []
    columns = {name: Commitment.field_of(name).attname for name in AS_CONCLUDED}
    return [name for name, column in columns.items() if getattr(commitment, column) != getattr(known, column)]


def refuse_closed(agreements: Collection[int], by: Viewer) -> None:
    """Asked once more under the agreement's lock: what was open to changes a moment ago may be in review by now."""
    for desk_id, stage in Agreement.objects.filter(pk__in=agreements).values_list("desk_id", "stage"):
        if not visibility.may_edit_commitments(by, desk_id=desk_id, stage=stage):
            raise ValidationError(CLOSED)


def _number(new: Iterable[Commitment]) -> None:
    """Give numbers to those that a data file does not bring with one, one after another in each agreement."""
    last: dict[int, int] = {}
    for commitment in new:
        if commitment.number is None:
            before = last.get(commitment.agreement_id)
            commitment.number = before + 1 if before else next_number(commitment.agreement)
            last[commitment.agreement_id] = commitment.number


def _are_unique(new: Sequence[Commitment]) -> bool:
    """Whether nobody has their references, and with them their numbers. One query."""
    refs = {commitment.ref for commitment in new}
    return len(refs) == len(new) and not Commitment.objects.filter(ref__in=refs).exists()


def _enter(commitment: Commitment, by: Viewer | None) -> None:
    """Reference and keeper of a new commitment."""
    commitment.ref = f"{commitment.agreement.ref}-{commitment.number}"
    if by and commitment.owner_id is None:
        commitment.owner_id = by.user_id


def next_number(agreement: Agreement) -> int:
    """The next commitment number of an agreement whose row the caller has locked, or has just made."""
    return (agreement.commitments.aggregate(last=Max("number"))["last"] or 0) + 1


def note_author(agreements: Iterable[int], by: Viewer) -> None:
    """Whoever works on the commitments of a draft is an author of it, and does not approve it later."""
    drafts = Agreement.objects.filter(pk__in=list(agreements), stage=Stage.DRAFT)
    drafts.update(updated_by=by.user_id, updated_at=timezone.now())


def refusals(commitment: Commitment, *, by: Viewer | None, because: str = "") -> dict[str, Refused]:
    """Which columns nobody may write so, and why. Every face asks before it saves, and `save` asks again.

    Who may correct the record of a promise gives the reason in `because`.
    """
    known = Commitment.objects.select_related("agreement").filter(pk=commitment.pk).first() if commitment.pk else None
    return _refusals(commitment, known, by, because, _owing_nothing({commitment.agreement_id}))


def _refusals(
    commitment: Commitment, known: Commitment | None, by: Viewer | None, because: str, bystanders: Bystanders
) -> dict[str, Refused]:  # fmt: skip
    found: dict[str, Refused] = {}
    partner = commitment.partner_owner_id
    if partner != (known and known.partner_owner_id) and (commitment.agreement_id, partner) in bystanders:
        found["partner_owner"] = Refused(OWES_NOTHING)
    moved = moved_days(commitment, known)
    if moved and not (because.strip() and may_correct(commitment, by)):
        found |= dict.fromkeys(moved, Refused(MOVES_BY_REQUEST))
    elif by and (no := _refuses_both(commitment, known)):
        found["due_on"] = no
    if by and (changed := changed_words(commitment, known)):
        if not may_correct(commitment, by):
            found |= dict.fromkeys(changed, Refused(IS_CONCLUDED))
        elif not because.strip():
            found["because"] = Refused(WHY_CORRECTED)
    was = known.delivery if known else ""
    if no := refuses_delivery(commitment, commitment.delivery, was, is_file=by is None):
        found["delivery"] = no
    return found


def _owing_nothing(agreements: Collection[int]) -> Bystanders:
    """Who takes part in these agreements in roles alone that owe nothing, each with the agreement. One query."""
    rows = Participant.objects.live().filter(agreement__in=agreements).values_list("agreement", "organisation", "role")
    roles: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for agreement, organisation, role in rows:
        roles[agreement, organisation].add(role)
    return {pair for pair, held in roles.items() if held.isdisjoint(duty.OWING_ROLES)}


def refuse_foreign(co_leads: Iterable[Organisation]) -> None:
    """Who leads with the lead agency is of our side as well. Raises ValidationError."""
    if others := [one.label for one in co_leads if not one.is_ours]:
        raise ValidationError(
            _("%(name)s is of the partner's side: name it as the partner in charge.") % {"name": ", ".join(others)}
        )


def may_correct(commitment: Commitment, viewer: Viewer | None) -> bool:
    """Whether the viewer corrects what is recorded of a promise, with a reason."""
    if viewer is None or viewer.read_only:
        return False
    is_its_manager = viewer.role == Role.MANAGER and viewer.works_at(commitment.agreement.desk_id)
    return is_its_manager or viewer.role == Role.OPERATOR


def moved_days(commitment: Commitment, known: Commitment | None) -> list[str]:
    """The columns by which a promised day would move: of the day, or of the rule by which it is counted."""
    if known is None or not due_requests.is_fixed(known):
        return []
    columns = [*DAY, *RULE]
    if DueFrom.START in (known.due_from, commitment.due_from):
        columns.append("start_on")
    moved = [name for name in columns if getattr(commitment, name) != getattr(known, name)]
    return [name for name in moved if name != "due_precision" or commitment.due_on]


def _refuses_both(commitment: Commitment, known: Commitment | None) -> Refused | None:
    """A day that somebody has typed beside a rule to count it from: the two may not differ."""
    typed = (commitment.due_on, commitment.due_precision)
    was = (known.due_on, known.due_precision) if known else (None, "")
    if commitment.due_after is None or commitment.due_on is None or typed == was:
        return None
    found = deadlines.counted(commitment, work_calendar())
    if found and typed == (found.due_on, Precision.DAY):
        return None
    if found is None:
        return Refused(_("A day and a rule to count it from are given: keep one of them, and empty the other."))
    return Refused(
        _("The rule gives %(day)s, and another day is typed: keep one of them, and empty the other.")
        % {"day": f"{found.due_on:%d/%m/%Y}"}
    )


def refuses_delivery(commitment: Commitment, value: str, was: str, *, is_file: bool = False) -> Refused | None:
    """Why this delivery may not be set by hand; None if nothing speaks against it.

    A data file tells of what was delivered or dropped before it came; what it made once is no longer its own.
    """
    if value == was or (is_file and commitment.pk is None):
        return None
    if value == Delivery.CARRIED:
        return Refused(_("Only the ending of its agreement carries a commitment over."))
    if value == Delivery.DROPPED and commitment.agreement_id and commitment.is_promised:
        return Refused(DROPPED_BY_REQUEST)
    if value != Delivery.DELIVERED or is_file:
        return None
    if commitment.pk and (not commitment.is_promised or bears_out(commitment)):
        return None
    return Refused(_("Delivered needs evidence: hand in a report with a file or a link, or a milestone that shows it."))


def bears_out(commitment: Commitment) -> bool:
    """Whether anything shows that it was delivered: an accepted report with evidence, or a milestone with it."""
    reports = commitment.reports.live().filter(status=ReportStatus.ACCEPTED)
    if reports.exclude(evidence_url="").exists() or reports.filter(evidence__archived_at=None).exists():
        return True
    met = commitment.milestones.live().filter(status=MilestoneStatus.MET)
    return bool(met.exclude(evidence=None, evidence_url="").exists())


def would_wait_for_itself(commitment: Commitment, first: Iterable[Commitment]) -> bool:
    """Whether one of these waits, by however many steps, for the commitment itself."""
    seen: set[int] = set()
    step = {row.pk for row in first}
    while step and commitment.pk not in step:
        seen |= step
        links = Commitment.depends_on.through.objects.filter(from_commitment__in=step)
        step = set(links.values_list("to_commitment", flat=True)) - seen
    return commitment.pk in step


def may_edit(commitment: Commitment, viewer: Viewer) -> bool:
    agreement = commitment.agreement
    return visibility.may_edit_commitments(viewer, desk_id=agreement.desk_id, stage=agreement.stage)
