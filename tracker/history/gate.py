"""Which recorded rows a viewer may read: those whose record they see now, and would have seen as it was then.

The rule is the one of the records: an event has the same columns, so it is asked of the event as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.db.models import Model, Q, QuerySet

from agreements.models import (
    Agreement,
    Amendment,
    Answer,
    Citation,
    Commitment,
    Document,
    DueRequest,
    Funding,
    Indicator,
    Link,
    Measurement,
    Milestone,
    Note,
    Participant,
    Proceeding,
    ProceedingStep,
    Report,
    Share,
)
from partners.records import Record
from partners.viewers import Viewer

# Kinds whose rows belong to an agreement: the model, and how a row leads to it.
OF_AN_AGREEMENT: Mapping[type[Model], str] = {
    Agreement: "pk",
    Participant: "agreement",
    Commitment: "agreement",
    Milestone: "commitment__agreement",
    Funding: "commitment__agreement",
    Indicator: "commitment__agreement",
    Measurement: "indicator__commitment__agreement",
    Report: "commitment__agreement",
    DueRequest: "commitment__agreement",
    Answer: "commitment__agreement",
    Link: "commitment__agreement",
    Document: "agreement",
    Citation: "agreement",
    Share: "agreement",
    Amendment: "agreement",
    Note: "agreement",
    Proceeding: "agreement",
    ProceedingStep: "proceeding__agreement",
}


def events_of(model: type[Model], agreement: Agreement, viewer: Viewer) -> QuerySet[Any]:
    """The event rows of one kind that belong to an agreement, and that the viewer may read."""
    events = _recorded(model, agreement, _rule(model, viewer)).filter(_then(model, agreement, viewer))
    for start, end in _hidden_spans(agreement, viewer):
        hidden = Q(pgh_created_at__gte=start)
        events = events.exclude(hidden & Q(pgh_created_at__lt=end) if end else hidden)
    return events


def as_it_stood(model: type[Model], agreement: Agreement, viewer: Viewer, at: datetime) -> QuerySet[Any]:
    """The last event of each record up to a moment, where the viewer would have seen the record then.

    What was archived since is told of: it was part of the agreement on that day.
    """
    events = _recorded(model, agreement, apart_from_archive(_rule(model, viewer)))
    latest = events.filter(pgh_created_at__lte=at).order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
    return events.filter(_then(model, agreement, viewer), pk__in=latest.values("pk"))


def _rule(model: type[Model], viewer: Viewer) -> Q:
    return cast("type[Record]", model).visible(viewer) if viewer.is_known else Q(pk__in=())


def _recorded(model: type[Model], agreement: Agreement, rule: Q) -> QuerySet[Any]:
    """Events of the rows that the rule lets through as they are now."""
    kind: Any = model._meta.get_field("events").related_model
    now = model._default_manager.filter(rule, **{OF_AN_AGREEMENT[model]: agreement.pk})
    events: QuerySet[Any] = kind._default_manager.filter(pgh_obj_id__in=now.order_by().values("pk"))
    return events


def _then(model: type[Model], agreement: Agreement, viewer: Viewer) -> Q:
    """The rule for the row as it was. A desk reads the whole past of the agreements that it keeps."""
    if model is Agreement and viewer.works_at(agreement.desk_id):
        return Q()
    return of_event(_rule(model, viewer))


def _hidden_spans(agreement: Agreement, viewer: Viewer) -> list[tuple[datetime, datetime | None]]:
    """When the agreement was hidden from the viewer, as while it was another desk's draft: so is what happened then."""
    then = _then(Agreement, agreement, viewer)
    if not then:
        return []
    events = _recorded(Agreement, agreement, Q()).order_by("pgh_id")
    seen = set(events.filter(then).values_list("pgh_id", flat=True))
    spans: list[tuple[datetime, datetime | None]] = []
    start: datetime | None = None
    for key, at in events.values_list("pgh_id", "pgh_created_at"):
        if key not in seen:
            start = start or at
        elif start:
            spans.append((start, at))
            start = None
    return [*spans, (start, None)] if start else spans


def of_event(rule: Q) -> Q:
    """A rule for records as one for their events, whose own key is another."""
    return _rewritten(rule, lambda name: name.replace("pk", "pgh_obj_id", 1) if name.split("__")[0] == "pk" else name)


def apart_from_archive(rule: Q) -> Q:
    """The rule without what it says of the row's own archive."""
    return _rewritten(rule, lambda name: "" if name == "archived_at" else name)


def _rewritten(rule: Q, renamed: Any) -> Q:
    children: list[Any] = []
    for child in rule.children:
        if isinstance(child, Q):
            inner = _rewritten(child, renamed)
            children += [inner] if inner else []
        elif not isinstance(child, tuple):
            raise TypeError(f"an event cannot be asked {child!r}")
        elif name := renamed(child[0]):
            children.append((name, child[1]))
    return Q(*children, _connector=rule.connector, _negated=rule.negated)
