"""The agenda of a meeting: what its pack says has to be spoken of, each record once, the gravest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from agreements.briefings.counting import BEYOND, concerned, counts_as
from agreements.briefings.meeting import Topic
from agreements.briefings.scopes import Query, Scope, Span
from agreements.register.models import Amendment
from agreements.vocabulary import AmendmentStage, Stage, Wait
from partners.viewers import Viewer

# What of a commitment puts it on the agenda, as the lists name it.
WAITS = {Topic.DAY: Wait.DAY, Topic.DROP: Wait.DROP, Topic.REPORT: Wait.REPORT}
OF_AGREEMENTS: dict[Topic, Query] = {
    Topic.REVIEW: {"stage": Stage.IN_REVIEW.value}, Topic.EXPIRED: {"show": "expired"},
}  # fmt: skip
ORDER = {topic: place for place, topic in enumerate(Topic)}
NO_DAY = date.max


@dataclass
class Point:
    """A record and all that puts it on the agenda."""

    agreement_id: int
    commitment_id: int | None
    due_on: date
    topics: set[Topic] = field(default_factory=set)

    @property
    def place(self) -> tuple[int, date, int, int]:
        return min(ORDER[topic] for topic in self.topics), self.due_on, self.agreement_id, self.commitment_id or 0

    @property
    def named(self) -> list[str]:
        return [topic.value for topic in Topic if topic in self.topics]


Named = Iterator[tuple[Topic, int, int | None, date | None]]  # topic, agreement, commitment, due day


def points(scope: Scope, span: Span, topics: Iterable[str], viewer: Viewer) -> list[Point]:
    """As the viewer sees them, in the order in which they are taken. A fixed number of queries."""
    wanted = {Topic(topic) for topic in topics}
    found: dict[tuple[int, int | None], Point] = {}
    named = (_standing(scope, span, viewer), _waiting(scope, viewer), _agreements(scope, viewer))
    for topic, agreement, commitment, due_on in chain(*named):
        if topic in wanted:
            key = (agreement, commitment)
            found.setdefault(key, Point(*key, due_on or NO_DAY)).topics.add(topic)
    return sorted(found.values(), key=lambda point: point.place)


def _standing(scope: Scope, span: Span, viewer: Viewer) -> Named:
    for row in concerned(scope, span, viewer):
        for topic in _topics_of(row):
            yield topic, row.agreement_id, row.pk, row.due_on


def _waiting(scope: Scope, viewer: Viewer) -> Named:
    for topic, wait in WAITS.items():
        rows = scope.commitments(viewer, waits=wait.value).order_by()
        for agreement, commitment, due_on in rows.values_list("agreement", "pk", "due_on"):
            yield topic, agreement, commitment, due_on


def _agreements(scope: Scope, viewer: Viewer) -> Named:
    for topic, query in OF_AGREEMENTS.items():
        for agreement in scope.agreements(viewer, **query).order_by().values_list("pk", flat=True):
            yield topic, agreement, None, None
    for agreement in _amended(scope, viewer):
        yield Topic.AMENDMENT, agreement, None, None


def _topics_of(row: Any) -> list[Topic]:
    """What a row of `concerned` counts as, in the words of an agenda."""
    flags, found = counts_as(row), []
    if "blocked" in flags:
        found.append(Topic.BEYOND if row.blocked_by in BEYOND else Topic.BLOCKED)
    return found + [Topic(name) for name in ("disputed", "overdue", "silent") if name in flags]


def _amended(scope: Scope, viewer: Viewer) -> Any:
    rows = Amendment.objects.visible_to(viewer).live().filter(stage=AmendmentStage.IN_REVIEW)
    of_scope = rows.filter(agreement__in=scope.agreements(viewer).order_by().values("pk"))
    return of_scope.order_by().values_list("agreement", flat=True)
