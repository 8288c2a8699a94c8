"""The dates of a feed: of what its person may see at this moment, through the one gate. Some six queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.calendars.models import Feed
from agreements.commitments.lists.saved import rows_of
from agreements.commitments.models import Commitment, Milestone
from agreements.dates import PartialDate, Precision
from agreements.procedures import proceeding
from agreements.register.models import Agreement, Follow, Participant
from agreements.vocabulary import CONCLUDED, MilestoneStatus, RecordList
from partners.viewers import Role, Viewer

PAST = timedelta(days=366)
AHEAD = timedelta(days=366 * 10)
MOST = 2000  # dates in one feed; the nearest ones, where there are more
RENEWALS = 1000  # more than a term can renew between two changes of its record


@dataclass(frozen=True)
class Event:
    """One date. `uid` never changes; `sequence` grows whenever the record, and so perhaps its day, does."""

    uid: str
    sequence: int
    on: date
    title: str
    text: str
    path: str
    changed_at: datetime


def events_of(feed: Feed, viewer: Viewer) -> list[Event]:
    """All dates of a feed within a year back and ten ahead, by day."""
    agreements, commitments = _scope(feed, viewer)
    first, last = viewer.on - PAST, viewer.on + AHEAD
    found = [
        event
        for kind in (_terms(agreements, viewer), _duties(commitments), _milestones(commitments, viewer))
        for event in kind
        if first <= event.on <= last
    ]
    if viewer.is_staff:
        found += _clocks(agreements)
    else:
        found = [_for_partner(event, viewer.on) for event in found]
    nearest = sorted(found, key=lambda event: abs(event.on - viewer.on))[:MOST]
    return sorted(nearest, key=lambda event: (event.on, event.uid))


def _for_partner(event: Event, today: date) -> Event:
    """Versions and times of change count what a partner does not see: theirs tell the day alone."""
    changed_at = timezone.make_aware(datetime.combine(today, time.min))
    return replace(event, sequence=event.on.toordinal(), changed_at=changed_at)


def _scope(feed: Feed, viewer: Viewer) -> tuple[Any, Any]:
    """The agreements and the commitments that a feed speaks of."""
    agreements, commitments = Agreement.objects.visible_to(viewer), Commitment.objects.visible_to(viewer)
    if feed.view:
        rows = rows_of(feed.view, viewer)
        return (agreements.none(), rows) if feed.view.page == RecordList.COMMITMENTS else (rows, commitments.none())
    if feed.country:
        there = Participant.objects.visible_to(viewer).live().filter(organisation__country=feed.country)
        return agreements.filter(pk__in=there.values("agreement")), commitments.of_country(feed.country.code)
    if viewer.is_partner:
        return agreements, commitments
    follows = Follow.objects.visible_to(viewer).filter(user=viewer.user_id)
    mine = Q(owner__in=viewer.keeper_ids) | Q(pk__in=follows.filter(agreement__isnull=False).values("agreement"))
    duty = Q(pk__in=Commitment.objects.kept_by(*viewer.keeper_ids).values("pk"))
    duty |= Q(pk__in=follows.filter(commitment__isnull=False).values("commitment"))
    if viewer.role == Role.MANAGER:
        mine |= Q(desk__in=viewer.desk_ids)
        duty |= Q(agreement__desk__in=viewer.desk_ids)
    return agreements.filter(mine), commitments.filter(duty)


def _terms(agreements: Any, viewer: Viewer) -> Iterator[Event]:
    """The end of the term that runs, and the last day to object to its renewal."""
    for row in agreements.filter(stage__in=CONCLUDED, expires_on__isnull=False):
        sequence = row.version * RENEWALS
        if end := row.ends_on(viewer.on):
            title = _("Renews by itself: %(title)s") if row.renews(viewer.on) else _("Expires: %(title)s")
            yield _event(
                row, "end", end, title % {"title": row.title}, sequence + max(end.year - row.expires_on.year, 0),
                formula=_known(row.ends_by(viewer.on)),
            )  # fmt: skip
        if day := row.last_notice_on(viewer.on):
            title = _("Last day to give notice: %(title)s") % {"title": row.title}
            count = sequence + max(day.year - row.expires_on.year + 1, 0)
            yield _event(row, "notice", day, title, count, formula=_known(row.notice_by(viewer.on)))


def _duties(commitments: Any) -> Iterator[Event]:
    """Due days of what is owed. A month or a quarter is told on its last day, by when it must be done."""
    for row in commitments.owed().filter(due_on__isnull=False).select_related("agreement"):
        title = _("Due: %(title)s") % {"title": row.title}
        yield _event(row, "due", row.due.last_day, title, row.version, formula=_period(row.due))


def _milestones(commitments: Any, viewer: Viewer) -> Iterator[Event]:
    rows = Milestone.objects.visible_to(viewer).live().filter(
        commitment__in=commitments.owed().order_by().values("pk"), status=MilestoneStatus.SCHEDULED,
        due_on__isnull=False,
    )  # fmt: skip
    for row in rows.select_related("commitment"):
        title = _("Milestone: %(title)s") % {"title": row.title}
        about = row.commitment
        yield _event(
            about, f"milestone-{row.pk}", row.due.last_day, title, row.version, formula=f"{about.ref} {about.title}",
            changed_at=row.updated_at,
        )  # fmt: skip


def _clocks(agreements: Any) -> Iterator[Event]:
    """Ends of the legal clocks that run."""
    for one in proceeding.running(proceeding__agreement__in=agreements.order_by().values("pk")):
        if one.clock.due_on:
            agreement = one.step.proceeding.agreement
            title = _("Legal deadline: %(step)s, %(ref)s") % {"step": one.step.step, "ref": agreement.ref}
            yield _event(
                agreement, f"clock-{one.step.pk}", one.clock.due_on, title, one.step.version,
                formula=one.clock.formula, changed_at=one.step.updated_at,
            )  # fmt: skip


def _period(due: Any) -> str:
    return _("Promised for %(period)s.") % {"period": due} if due.first_day != due.last_day else ""


def _known(day: PartialDate) -> str:
    return _("The day itself is not known: %(period)s.") % {"period": day} if day.precision != Precision.DAY else ""


def _event(
    record: Any, what: str, day: date, title: str, sequence: int, *, formula: str = "", changed_at: Any = None
) -> Event:
    name = record._meta.model_name
    return Event(
        uid=f"{name}-{record.pk}-{what}", sequence=sequence, on=day, title=title,
        text=formula, path=record.get_absolute_url(), changed_at=changed_at or record.updated_at,
    )  # fmt: skip
