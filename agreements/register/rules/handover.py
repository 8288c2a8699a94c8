"""Many agreements given to another keeper: first what would happen to each, then all that may, then one undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.register.models import Agreement
from agreements.register.rules import steps
from agreements.register.rules.bulk import MOST, Line
from agreements.vocabulary import Stage
from partners.models import User
from partners.refusals import Refused
from partners.viewers import DESK_STAFF, Role, Viewer


def colleagues(viewer: Viewer) -> QuerySet[Any]:
    """People of the desk staff at the viewer's desks, who can keep a record or do what is to be done."""
    staff = User.objects.visible_to(viewer).filter(role__in=DESK_STAFF, is_active=True)
    return staff.filter(desks__in=viewer.desk_ids).distinct()


def plan(rows: QuerySet[Any], to: User, viewer: Viewer) -> list[Line]:
    """One line for each agreement, in the order of the rows. Changes nothing."""
    desks = to.desks_on(viewer.on)[0] if to.role in DESK_STAFF and to.is_active else frozenset()
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


def give(refs: Iterable[str], to: User, *, by: Viewer) -> dict[int, tuple[int | None, int]]:
    """Give what may be given, each checked again under its lock; refuse only where nothing is left.

    Return for each agreement who kept it, and its version since: what `take_back` needs.
    """
    with transaction.atomic():
        lines = plan(Agreement.objects.visible_to(by).filter(ref__in=list(refs)).locked(), to, by)
        given = {line.record.pk: _put(line.record, to, by) for line in lines if line.changes}
        if not given:
            raise Refused(_("None of them can be given to this person."))
    return given


def take_back(given: Mapping[int, tuple[int | None, int]], *, by: Viewer) -> int:
    """Bring back the keepers, where nobody has gone on from there; return of how many."""
    with transaction.atomic():
        rows = Agreement.objects.visible_to(by).filter(pk__in=given, desk__in=by.desk_ids)
        back = 0
        before = User.objects.in_bulk([owner for owner, _version in given.values() if owner])
        for agreement in rows.locked().select_related("owner"):
            owner, version = given[agreement.pk]
            if agreement.version == version and owner in before and not by.read_only:
                _put(agreement, before[owner], by)
                back += 1
    return back


def _put(agreement: Agreement, to: User, by: Viewer) -> tuple[int | None, int]:
    """The step tells the new keeper, and the timeline."""
    was = agreement.owner
    agreement.owner = to
    agreement.stamp(by).save()
    steps.write(Act.HAND_OVER, agreement, by, about=to, reason=f"{was or '–'} → {to}")
    return was.pk if was else None, agreement.version
