"""Holding a meeting: opened from a pack, resumed, ended, its minutes signed off by somebody else. See decision 39."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from agreements.briefings import agenda
from agreements.briefings.meeting import AgendaItem, Decision, Meeting, MeetingState
from agreements.briefings.periods import may_close
from agreements.briefings.scopes import Scope, Span
from partners.models import Desk, same_eyes
from partners.refusals import Refused
from partners.viewers import DESK_STAFF, Role, Viewer

MOST = 300  # items: more is no agenda


def may_open(viewer: Viewer) -> bool:
    return viewer.role == Role.MANAGER and bool(viewer.desk_ids) and not (viewer.read_only or viewer.by_key)


def open_one(
    scope: Scope, span: Span, *, desk: Desk | None, title: str, held_on: date, place: str, topics: Iterable[str],
    by: Viewer,
) -> Meeting:  # fmt: skip
    """Open a meeting with the agenda of its pack. Raises Refused."""
    own = desk.pk in by.desk_ids if desk else may_close(None, by)
    if not may_open(by) or not own:
        raise Refused(_("A manager opens a meeting for the desk; for the whole ministry, one who has every desk."))
    points = agenda.points(scope, span, topics, by)
    if not points:
        raise Refused(_("Nothing of it stands on the agenda: choose other topics, another period or a wider scope."))
    if len(points) > MOST:
        raise Refused(
            _("That makes %(count)s items, and an agenda has at most %(most)s: choose fewer topics.")
            % {"count": len(points), "most": MOST}
        )
    made = Meeting(
        desk=desk, title=title.strip(), over=scope.over, code=scope.code, first_on=span.first, last_on=span.last,
        held_on=held_on, place=place.strip(),
    )  # fmt: skip
    with transaction.atomic():
        made.stamp(by).save()
        AgendaItem.objects.bulk_create(
            AgendaItem(
                meeting=made, number=number, topics=point.named, agreement_id=point.agreement_id,
                commitment_id=point.commitment_id,
            )
            for number, point in enumerate(points, 1)
        )  # fmt: skip
    return made


def going_on(viewer: Viewer) -> Any:
    """Meetings at which something can still be decided."""
    return Meeting.objects.visible_to(viewer).live().filter(state=MeetingState.OPEN)


def may_keep(meeting: Meeting, viewer: Viewer) -> bool:
    """Who writes down who was present, ends it and takes it up again: its opener, and the staff of its desk."""
    if viewer.read_only or viewer.role not in DESK_STAFF:
        return False
    return meeting.created_by_id == viewer.user_id or viewer.works_at(meeting.desk_id)


def may_note(item: AgendaItem, viewer: Viewer) -> bool:
    """Who writes a note at an item: who keeps the meeting, and the desk of the record."""
    if viewer.read_only or viewer.role not in DESK_STAFF:
        return False
    return may_keep(item.meeting, viewer) or viewer.works_at(item.agreement.desk_id)


def lock(meeting: Meeting) -> Meeting:
    return Meeting.objects.locked().get(pk=meeting.pk)


def lock_open(meeting: Meeting) -> Meeting:
    """Held until the transaction ends: nobody ends it while a decision is being written."""
    locked = lock(meeting)
    if not locked.is_open:
        raise Refused(_("This meeting has ended: its minutes are written."))
    return locked


def note_present(meeting: Meeting, *, present: str, place: str, by: Viewer) -> None:
    with transaction.atomic():
        locked = lock_open(meeting)
        if not may_keep(locked, by):
            raise Refused(_("The desk that keeps the meeting does this."))
        locked.present, locked.place = present.strip(), place.strip()
        locked.stamp(by).save()


def end(meeting: Meeting, *, by: Viewer) -> None:
    """No more decisions: the minutes wait for a second person. What was not reached stays without a decision."""
    with transaction.atomic():
        locked = lock_open(meeting)
        if not may_keep(locked, by):
            raise Refused(_("The desk that keeps the meeting does this."))
        if not locked.present.strip():
            raise Refused(_("Say first who was present."))
        locked.state, locked.ended_by_id, locked.ended_on = MeetingState.ENDED, by.user_id, by.on
        locked.stamp(by).save()


def own_of(viewer: Viewer) -> Any:
    """Meetings whose minutes count as the viewer's own: who ended them, and whose notes stand in them."""
    notes = Decision.objects.filter(item__meeting=OuterRef("pk"), by=viewer.user_id).exclude(text="")
    return same_eyes(viewer, author="ended_by", desk="desk", day="ended_on") | Q(Exists(notes))


def may_sign(meeting: Meeting, viewer: Viewer) -> bool:
    """A manager of its desk, or any where the whole ministry keeps it; and never who wrote the minutes."""
    if meeting.state != MeetingState.ENDED or viewer.read_only or viewer.by_key or viewer.role != Role.MANAGER:
        return False
    if meeting.desk_id and not viewer.works_at(meeting.desk_id):
        return False
    return not Meeting.objects.filter(own_of(viewer), pk=meeting.pk).exists()


def why_not_signed(meeting: Meeting, viewer: Viewer) -> Refused:
    if meeting.state == MeetingState.SIGNED:
        return Refused(_("These minutes are signed off already."))
    if meeting.state == MeetingState.OPEN:
        return Refused(_("This meeting has not ended yet."))
    if viewer.role != Role.MANAGER:
        return Refused(_("Your role does not do this."))
    if meeting.ended_by_id == viewer.user_id:
        return Refused(_("Someone else must decide on what you wrote yourself."))
    return Refused(_("Another manager of the desk that keeps the meeting signs its minutes."))


def give_back(meeting: Meeting, *, reason: str, by: Viewer) -> None:
    """The minutes are not right: the meeting is open again, with the reason."""
    with transaction.atomic():
        locked = lock(meeting)
        if not may_sign(locked, by):
            raise why_not_signed(locked, by)
        if not reason.strip():
            raise Refused(_("Say what is missing."))
        locked.state, locked.ended_by, locked.ended_on = MeetingState.OPEN, None, None
        locked.returned_because = reason.strip()
        locked.stamp(by).save()


def decided_items(meeting: Meeting, viewer: Viewer) -> set[int]:
    """The keys of the items at which something was decided, whether or not the viewer may read what."""
    rows = AgendaItem.objects.visible_to(viewer).filter(meeting=meeting, decisions__isnull=False)
    return set(rows.order_by().values_list("pk", flat=True))
