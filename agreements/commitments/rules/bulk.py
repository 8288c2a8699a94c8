"""Many commitments changed at once: first what would happen to each, then all that may, then one undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.acts import Act
from agreements.commitments.models import Commitment, DueRequest
from agreements.commitments.rules import deadlines, due_requests, editing, health
from agreements.commitments.rules.acts import lock_agreements, put_delivery
from agreements.dates import PartialDate
from agreements.register.models import BulkChange
from agreements.register.rules import bulk, steps
from agreements.register.rules.bulk import MOST, Line, Row
from agreements.vocabulary import Delivery, RecordList, RequestState
from partners.models import User
from partners.refusals import Refused
from partners.viewers import DESK_STAFF, Viewer

DELIVERY, OWNER, DUE = "delivery", "owner", "due"
COLUMNS: Mapping[str, str | Promise] = {DELIVERY: _("delivery"), OWNER: _("kept by"), DUE: _("due")}


@dataclass(frozen=True)
class Wish:
    """Which column becomes what; a new day, and dropping, come with their reason."""

    column: str
    value: Any  # a Delivery, a User or a PartialDate
    reason: str = ""


def plan(rows: QuerySet[Any], wish: Wish, viewer: Viewer) -> list[Line]:
    """One line for each commitment, in the order of the rows. Changes nothing."""
    desks = wish.value.desks_held_on(viewer.on)[0] if wish.column == OWNER else frozenset()
    return [_line(row, wish, viewer, desks) for row in rows.select_related("agreement", "owner")[:MOST]]


def _line(commitment: Commitment, wish: Wish, viewer: Viewer, desks: frozenset[int]) -> Line:
    agreement = commitment.agreement
    if not visibility.may_edit_commitments(viewer, desk_id=agreement.desk_id, stage=agreement.stage):
        return Line(commitment, str(_("it is not your desk's, or its agreement is not open for changes")))
    match wish.column:
        case "delivery" if _drops(commitment, wish):
            return _drop_line(commitment, wish)
        case "delivery":
            no = editing.refuses_delivery(commitment, wish.value, commitment.delivery)
            return Line(commitment, str(no.reason) if no else "", commitment.delivery == wish.value)
        case "owner":
            keeps = wish.value.role in DESK_STAFF and agreement.desk_id in desks
            no_desk = "" if keeps else str(_("that person is not at its desk"))
            return Line(commitment, no_desk, commitment.owner_id == wish.value.pk)
        case _:
            return _due_line(commitment, wish.value, viewer)


def _drops(commitment: Commitment, wish: Wish) -> bool:
    """A promise is dropped by request, as everywhere."""
    return wish.value == Delivery.DROPPED and commitment.is_promised


def _drop_line(commitment: Commitment, wish: Wish) -> Line:
    if not commitment.is_open:
        return Line(commitment, str(_("it is delivered or dropped")), commitment.delivery == wish.value)
    if not wish.reason.strip():
        return Line(commitment, str(_("dropping needs its reason")))
    if commitment.due_requests.filter(state=RequestState.WAITING).exists():
        return Line(commitment, str(_("a request waits already")))
    return Line(commitment, "", False)


def _due_line(commitment: Commitment, to: PartialDate, viewer: Viewer) -> Line:
    same = (commitment.due_on, commitment.due_precision) == (to.last_day, to.precision)
    if not commitment.is_open:
        return Line(commitment, str(_("it is delivered or dropped")))
    if commitment.start_on and to.last_day < commitment.start_on:
        return Line(commitment, str(_("it would be due before it starts")))
    if due_requests.is_fixed(commitment) and to.last_day < viewer.on:
        return Line(commitment, str(_("the new day has passed already")))
    if due_requests.is_fixed(commitment) and commitment.due_requests.filter(state=RequestState.WAITING).exists():
        return Line(commitment, str(_("a request waits already")))
    return Line(commitment, "", same)


def apply(refs: Iterable[str], wish: Wish, *, by: Viewer) -> BulkChange:
    """Change what may be changed, each row checked again under its lock; refuse only where nothing is left.

    A promised day is not moved but asked for, and so is dropping, as everywhere.
    """
    if wish.column not in COLUMNS:
        raise Refused(_("This field is not changed for many at once."))
    with transaction.atomic():
        found = Commitment.objects.visible_to(by).filter(ref__in=list(refs))
        lock_agreements(found)
        rows = plan(found.locked(), wish, by)
        changed = [_change(line.record, wish, by) for line in rows if line.changes]
        if not changed:
            raise Refused(_("None of them can be changed so."))
        health.settle([row["pk"] for row in changed], by.on)
        return bulk.keep(RecordList.COMMITMENTS, wish.column, wish.value, changed, by=by)


def _change(commitment: Commitment, wish: Wish, by: Viewer) -> Row:
    if wish.column == DUE and due_requests.is_fixed(commitment):
        asked = due_requests.ask(commitment, wish.value, reason=wish.reason, by=by)
        return {"pk": commitment.pk, "request": asked.pk}
    if wish.column == DELIVERY and _drops(commitment, wish):
        return {"pk": commitment.pk, "request": due_requests.ask_to_drop(commitment, reason=wish.reason, by=by).pk}
    before = {
        "delivery": commitment.delivery, "delivered_on": _text(commitment.delivered_on),
        "owner_id": commitment.owner_id, "due_on": _text(commitment.due_on),
        "due_precision": str(commitment.due_precision), "baseline_due_on": _text(commitment.baseline_due_on),
        "baseline_due_precision": str(commitment.baseline_due_precision),
    }  # fmt: skip
    # One column is changed, not the commitment written anew: what else stands in it is not judged here.
    _put(commitment, wish, by)
    is_handed_over = wish.column == OWNER  # who keeps it has not written it
    commitment.stamp(None if is_handed_over else by).save()
    if not is_handed_over:
        editing.note_author([commitment.agreement_id], by)
    _write_step(Act.BULK, commitment, by, f"{COLUMNS[wish.column]}: {said(wish)}")
    stage = str(commitment.agreement.stage)
    return {"pk": commitment.pk, "version": commitment.version, "stage": stage, "before": before}


def _put(commitment: Commitment, wish: Wish, by: Viewer) -> None:
    match wish.column:
        case "delivery":
            put_delivery(commitment, wish.value, by.on)
        case "owner":
            commitment.owner = wish.value
        case _:
            commitment.due_on, commitment.due_precision = wish.value.last_day, wish.value.precision
            deadlines.keep_baseline(commitment)


def said(wish: Wish) -> str:
    """The wished value in words."""
    if wish.column == DELIVERY:
        return str(Delivery(wish.value).label)
    return wish.value.name if isinstance(wish.value, User) else str(wish.value)


def _text(day: Any) -> str | None:
    return day.isoformat() if day else None


def undo(done: BulkChange, *, by: Viewer, at: datetime) -> tuple[int, int]:
    """Bring back what the change replaced; return how many came back, and how many others have changed since."""

    def bring_back(rows: Sequence[Row]) -> int:
        changed = [row["pk"] for row in rows]
        lock_agreements(Commitment.objects.filter(pk__in=changed))
        back = sum(_bring_back(row, by) for row in rows)
        health.settle(changed, by.on)
        return back

    return bulk.undo(done, by=by, at=at, bring_back=bring_back)


def _bring_back(row: Row, by: Viewer) -> bool:
    if "request" in row:
        waiting = DueRequest.objects.filter(pk=row["request"], state=RequestState.WAITING)
        return bool(waiting.update(state=RequestState.WITHDRAWN))
    commitment = Commitment.objects.locked().select_related("agreement").get(pk=row["pk"])
    before = {
        name: commitment.field_of(name.removesuffix("_id")).to_python(row["before"][name]) for name in row["before"]
    }
    if commitment.version != row["version"] or not editing.may_edit(commitment, by):
        return False  # somebody has gone on from there, with it or with its agreement
    if row.get("stage", commitment.agreement.stage) != commitment.agreement.stage:
        return False  # it was submitted, cleared or signed since, as it stands
    for column, value in before.items():
        setattr(commitment, column, value)
    commitment.stamp(None).save()  # what comes back stays with its author
    _write_step(Act.BULK_UNDO, commitment, by)
    return True


def _write_step(act: Act, commitment: Commitment, by: Viewer, reason: str = "") -> None:
    steps.write(act, commitment.agreement, by, commitment=commitment, reason=reason)
