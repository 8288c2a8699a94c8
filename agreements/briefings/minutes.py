"""The minutes of a meeting: made from its decisions, signed off by a second person, and never changed after.

What is minuted is kept in codes and names, not in sentences, so that it reads in either language; what people have
typed stays as typed. The digest covers all of it and stands in the history, which is sealed: see decisions 35 and 36.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.acts import About
from agreements.briefings import meetings
from agreements.briefings.frozen import digest
from agreements.briefings.meeting import AgendaItem, Decision, Meeting, MeetingState, MinutedItem, Minutes
from agreements.briefings.periods import facts_of
from agreements.commitments.models import Commitment, DueRequest
from agreements.dates import PartialDate
from partners.refusals import Refused
from partners.viewers import Viewer

# How an action item and a note are named beside the acts of the history.
ACTION, NOTE = "action", "note"


def written(meeting: Meeting, viewer: Viewer | None) -> list[MinutedItem]:
    """The items as they would be minuted now, not saved; those that the viewer may see, or all. A few queries."""
    items, decisions = AgendaItem.objects.all(), Decision.objects.all()
    if viewer:
        items, decisions = AgendaItem.objects.visible_to(viewer), Decision.objects.visible_to(viewer)
    rows = list(items.filter(meeting=meeting).select_related("agreement", "commitment").order_by("number"))
    # What was taken back meanwhile is decided no longer.
    of_it = decisions.filter(item__meeting=meeting, step__undone_by=None).order_by("pk")
    taken = list(of_it.select_related("step", "action_item__owner", "by"))
    days = _days_asked_for(taken)
    of: dict[int, list[Any]] = {}
    for one in taken:
        of.setdefault(one.item_id, []).append(_decided(one, days))
    stood = _stood(rows)
    return [
        MinutedItem(
            number=row.number, agreement_id=row.agreement_id, commitment_id=row.commitment_id,
            desk_id=row.agreement.desk_id, is_restricted=row.agreement.restricted, ref=row.record.ref,
            title_vi=row.record.title_vi, title_en=row.record.title_en, topics=list(row.topics),
            stood=stood.get(row.commitment_id, {"stage": row.agreement.stage}), decided=of.get(row.pk, []),
        )
        for row in rows
    ]  # fmt: skip


def _stood(rows: Sequence[AgendaItem]) -> dict[int | None, dict[str, str]]:
    keys = [row.commitment_id for row in rows if row.commitment_id]
    found = Commitment.objects.filter(pk__in=keys).with_duty(Viewer()).with_silence()
    return {
        row.pk: facts_of(row) for row in found.select_related("agreement__desk", "lead", "partner_owner__country")
    }  # fmt: skip


def _days_asked_for(taken: Iterable[Decision]) -> dict[int, PartialDate | None]:
    """By the key of the request: the day that it asks for."""
    steps = (one.step for one in taken if one.step)
    keys = {step.subject_id or 0 for step in steps if step.act.row.about == About.DUE_REQUEST}
    return {row.pk: row.becomes for row in DueRequest.objects.filter(pk__in=keys)}


def _decided(one: Decision, days: Mapping[int, PartialDate | None]) -> dict[str, Any]:
    said = {"by": str(one.by), "on": one.on.isoformat()}
    if one.step:
        asked = days.get(one.step.subject_id or 0) if one.step.act.row.about == About.DUE_REQUEST else None
        return {"act": one.step.name, "text": one.step.reason, "day": asked.plain if asked else "", **said}
    if one.action_item:
        due = one.action_item.due
        return {
            "act": ACTION, "text": one.action_item.title, "owner": str(one.action_item.owner),
            "day": due.plain if due else "", "desk": one.action_item.desk_id, **said,
        }  # fmt: skip
    return {"act": NOTE, "text": one.text, **said}


def head_of(meeting: Meeting) -> dict[str, Any]:
    """What stands above the items."""
    return {
        "title": meeting.title, "desk": meeting.desk_id, "over": meeting.over, "code": meeting.code,
        "from": meeting.first_on.isoformat(), "to": meeting.last_on.isoformat(),
        "held_on": f"{meeting.held_on:%d/%m/%Y}", "place": meeting.place, "present": meeting.present.splitlines(),
        "opened_by": str(meeting.created_by or ""), "ended_by": str(meeting.ended_by or ""),
    }  # fmt: skip


def digest_of(said: Mapping[str, Any], items: Iterable[MinutedItem]) -> str:
    """Of the head and the items by their number."""
    return digest((said, *map(_plain, sorted(items, key=lambda item: item.number))))


def _plain(item: MinutedItem) -> dict[str, Any]:
    return {
        "number": item.number, "agreement": item.agreement_id, "commitment": item.commitment_id, "desk": item.desk_id,
        "restricted": item.is_restricted, "ref": item.ref, "title_vi": item.title_vi, "title_en": item.title_en,
        "topics": item.topics, "stood": item.stood, "decided": item.decided,
    }  # fmt: skip


def seen_now(meeting: Meeting) -> str:
    """The digest of what would be signed now."""
    return digest_of(head_of(meeting), written(meeting, None))


def sign(meeting: Meeting, *, seen: str, by: Viewer) -> Minutes:
    """Freeze what was shown. Raises Refused where it is another's to do, or where it is no longer what was shown."""
    with transaction.atomic():
        locked = meetings.lock(meeting)
        if not meetings.may_sign(locked, by):
            raise meetings.why_not_signed(locked, by)
        items = written(locked, None)
        if not _are_alike(written(locked, by), items):
            raise Refused(_("You do not see all of it: somebody who does signs these minutes."))
        said = head_of(locked)
        digest = digest_of(said, items)
        if digest != seen:
            raise Refused(_("The minutes have changed since they were shown: read them again."))
        made = Minutes.objects.create(
            meeting=locked, said=said, count=len(items), written_by_id=locked.ended_by_id or 0,
            signed_by_id=by.user_id or 0, signed_on=by.on, signed_at=timezone.now(), digest=digest,
        )  # fmt: skip
        for item in items:
            item.minutes = made
        MinutedItem.objects.bulk_create(items)
        locked.state = MeetingState.SIGNED
        locked.stamp(by).save()
    return made


def _are_alike(some: Iterable[MinutedItem], others: Iterable[MinutedItem]) -> bool:
    return [_plain(one) for one in some] == [_plain(one) for one in others]


def faults() -> Iterator[tuple[int, str]]:
    """The key of each of the minutes that are not what their digest says, and what is wrong."""
    for one in Minutes.objects.order_by("pk").iterator():
        items = list(MinutedItem.objects.filter(minutes=one))
        if len(items) != one.count:
            yield one.pk, f"they have {len(items)} items and were signed with {one.count}"
        elif digest_of(one.said, items) != one.digest:
            yield one.pk, "their head or items are not what their digest was made of"
