"""Who keeps a record, and giving it to another: many agreements at once, with one undo, or all that a person keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.register.models import Agreement, BulkChange
from agreements.register.rules import bulk, steps
from agreements.register.rules.bulk import MOST, Line, Row
from agreements.vocabulary import RecordList, Stage
from partners.models import User
from partners.records import Record
from partners.refusals import Refused
from partners.viewers import DESK_STAFF, Role, Viewer


def colleagues(viewer: Viewer) -> QuerySet[Any]:
    """People of the desk staff at the viewer's desks, who can keep a record or do what is to be done."""
    staff = User.objects.visible_to(viewer).filter(role__in=DESK_STAFF, is_active=True)
    return staff.filter(desks__in=viewer.desk_ids).distinct()


def plan(rows: QuerySet[Any], to: User, viewer: Viewer) -> list[Line]:
    """One line for each agreement, in the order of the rows. Changes nothing."""
    desks = to.desks_held_on(viewer.on)[0] if to.role in DESK_STAFF and to.is_active else frozenset()
    return [_line(row, to, desks, viewer) for row in rows.select_related("owner")[:MOST]]


def _line(agreement: Agreement, to: User, desks: Iterable[int], viewer: Viewer) -> Line:
    no: Any = ""
    if not viewer.works_at(agreement.desk_id) or viewer.read_only:
        no = _("it is not your desk's")
    elif viewer.role != Role.MANAGER and agreement.owner_id != viewer.user_id:
        no = _("only its keeper or a manager gives it away")
    elif agreement.archived_at or agreement.stage == Stage.ENDED:
        no = _("it has ended")
    elif agreement.desk_id not in desks:
        no = _("that person is not at its desk")
    return Line(agreement, str(no), agreement.owner_id == to.pk)


def give(refs: Iterable[str], to: User, *, by: Viewer) -> BulkChange:
    """Give what may be given, each checked again under its lock; refuse only where nothing is left."""
    with transaction.atomic():
        lines = plan(Agreement.objects.visible_to(by).filter(ref__in=list(refs)).locked(), to, by)
        given = [_give(line.record, to, by) for line in lines if line.changes]
        if not given:
            raise Refused(_("None of them can be given to this person."))
        return bulk.keep(RecordList.AGREEMENTS, "owner", to, given, by=by)


def take_back(done: BulkChange, *, by: Viewer, at: datetime) -> tuple[int, int]:
    """Bring back the keepers, where nobody has gone on from there; return how many, and how many not."""

    def bring_back(given: Sequence[Row]) -> int:
        before = User.objects.in_bulk([row["before"] for row in given if row["before"]])
        since = {row["pk"]: row for row in given}
        rows = Agreement.objects.visible_to(by).filter(pk__in=since, desk__in=by.desk_ids).select_related("owner")
        back = [row for row in rows.locked() if row.version == since[row.pk]["version"]]
        kept = [row for row in back if since[row.pk]["before"] in before]
        for agreement in kept:
            _give(agreement, before[since[agreement.pk]["before"]], by)
        return len(kept)

    return bulk.undo(done, by=by, at=at, bring_back=bring_back)


def _give(agreement: Agreement, to: User, by: Viewer) -> Row:
    was = agreement.owner
    pass_on([agreement], [agreement], to, by=by, was=str(was or "–"))
    return {"pk": agreement.pk, "version": agreement.version, "before": was.pk if was else None}


def pass_on(records: Iterable[Record], agreements: Iterable[Agreement], to: User, *, by: Viewer, was: str) -> None:
    """Make somebody the keeper of the records; the step in each of the agreements tells them, and the timeline."""
    for record in records:
        record.owner = to  # type: ignore[attr-defined]
        record.stamp(None).save()  # who keeps it has not written it
    for agreement in agreements:
        steps.write(Act.HAND_OVER, agreement, by, about=to, reason=f"{was} → {to}")
