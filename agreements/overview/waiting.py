"""What waits for whom: one list with one count.

First page, tile, menu, review, inbox, mail and API take it from here. What waits is counted in one query of as many
parts as there are kinds, and shown with one more for each kind of record, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, TextChoices, Value
from django.db.models.functions import Cast, Coalesce, Least
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.acts import Act
from agreements.commitments.models import ActionItem, Answer, Commitment, DueRequest, Report
from agreements.commitments.models.commitment import CLOSING_DAYS, is_overdue, is_silent
from agreements.commitments.rules.answers import ANSWERABLE
from agreements.register.models import Agreement, Amendment, Step
from agreements.register.rules.amendments import own_of
from agreements.vocabulary import (
    ActionItemState,
    AmendmentStage,
    AnswerState,
    Confirmation,
    Direction,
    Part,
    ReportStatus,
    RequestState,
    Stage,
    Verdict,
)
from partners.records import Record
from partners.viewers import DESK_STAFF, Role, Viewer

MOST_IN_MENU = 99


class Wait(TextChoices):
    """Why something waits for a person; its label is the one act that is asked of them."""

    REVIEW = "review", _("Review the agreement")
    AMENDMENT = "amendment", _("Decide on the amendment")
    REPORT = "report", _("Accept the report, or return it")
    DAY = "day", _("Decide on the new day")
    DISPUTE = "dispute", _("Answer what the partner disputes")
    ACTION = "action", _("Verify the action item")
    EXPIRED = "expired", _("Say how it ended, or record its renewal")
    STUCK = "stuck", _("Decide what becomes of it")
    RETURNED = "returned", _("Correct it and submit it again")
    DRAFT = "draft", _("Complete it and submit it")
    CLEARED = "cleared", _("Record the signing once it has taken place")
    AMENDMENT_DRAFT = "amendment_draft", _("Complete the amendment and submit it")
    REPORT_RETURNED = "report_returned", _("Correct the report and hand it in again")
    LATE = "late", _("Report how it stands, or ask for another day")
    CONFIRM = "confirm", _("Confirm the text, or say what is to be changed")
    REPORT_DUE = "report_due", _("Report how it stands")


@dataclass(frozen=True)
class Source:
    """One kind: what of it waits for a viewer, since which day, and for whose doing it came."""

    kind: Wait
    model: type[Record]
    rows: Callable[[Viewer], QuerySet[Any] | None]  # None: nothing of it ever waits for this viewer
    since: Any
    related: tuple[str, ...] = ()
    who: Callable[[Any], Any] = lambda row: None
    url: Callable[[Any], str] = lambda row: row.get_absolute_url()


@dataclass(frozen=True)
class Item:
    """One thing that waits."""

    kind: Wait
    record: Any  # the row itself: an agreement, a report, a request
    about: Agreement | Commitment | ActionItem  # what a person knows it by
    who: str  # whose doing it was
    since_on: date | None
    url: str
    on: date

    @property
    def act(self) -> str:
        return str(self.kind.label)

    @property
    def days(self) -> int | None:
        return (self.on - self.since_on).days if self.since_on else None


def _at_desk(viewer: Viewer, way: str = "agreement__") -> Q:
    return Q(**{f"{way}desk__in": viewer.desk_ids})


def _kept(viewer: Viewer, way: str = "commitment") -> Q:
    return Q(**{f"{way}__in": Commitment.objects.kept_by(*viewer.keeper_ids).order_by().values("pk")})


def _is_manager(viewer: Viewer) -> bool:
    return viewer.role == Role.MANAGER


def _is_desk(viewer: Viewer) -> bool:
    return viewer.role in DESK_STAFF


def owed(viewer: Viewer) -> Any:
    """What stands in a paper that holds, and is open: nothing else is late or silent."""
    return Commitment.objects.visible_to(viewer).owed()


def last_rung() -> int:
    """How many days after the day the last reminder of a commitment goes out."""
    rules = apps.get_model("agreements.ReminderRule").objects.live()
    offsets = rules.filter(watched="commitment_due", is_active=True).values_list("offsets", flat=True)
    return max((max(days, default=0) for days in offsets), default=0)


def stuck(on: date) -> Q:
    """Silent for eighteen months, or late beyond the last reminder: it stays with the managers until they decide."""
    return is_silent(CLOSING_DAYS, on) | is_overdue(on - timedelta(days=last_rung()))


def _review(viewer: Viewer) -> Any:
    return Agreement.objects.visible_to(viewer).awaiting(viewer) if _is_manager(viewer) else None


def _amendments(viewer: Viewer) -> Any:
    """Four eyes: never what the viewer wrote or submitted."""
    if not _is_manager(viewer):
        return None
    rows = Amendment.objects.visible_to(viewer).filter(_at_desk(viewer), stage=AmendmentStage.IN_REVIEW)
    return rows.exclude(own_of(viewer))


def _reports(viewer: Viewer) -> Any:
    """A manager decides on those of the desk, the keeper on those of partners; nobody on one's own."""
    if not _is_desk(viewer):
        return None
    mine = _kept(viewer) & Q(organisation__isnull=False) & _at_desk(viewer, "commitment__agreement__")
    if _is_manager(viewer):
        mine |= _at_desk(viewer, "commitment__agreement__")
    rows = Report.objects.visible_to(viewer).filter(mine, status=ReportStatus.SUBMITTED)
    return rows.exclude(created_by=viewer.user_id)


def _days(viewer: Viewer) -> Any:
    if not _is_manager(viewer):
        return None
    rows = DueRequest.objects.visible_to(viewer).filter(_at_desk(viewer, "commitment__agreement__"))
    return rows.filter(state=RequestState.WAITING).exclude(created_by=viewer.user_id)


def _disputes(viewer: Viewer) -> Any:
    if not _is_desk(viewer):
        return None
    mine = _kept(viewer)
    if _is_manager(viewer):
        mine |= _at_desk(viewer, "commitment__agreement__")
    return Answer.objects.visible_to(viewer).filter(
        mine, verdict=Verdict.DISPUTED, state=AnswerState.OPEN, commitment__agreed=Confirmation.DISPUTED,
        wording_hash=F("commitment__wording_hash"),
    )  # fmt: skip


def _actions(viewer: Viewer) -> Any:
    if not _is_manager(viewer):
        return None
    done = ActionItem.objects.visible_to(viewer).filter(_at_desk(viewer, ""), state=ActionItemState.DONE)
    return done.exclude(done_by=viewer.user_id).exclude(owner=viewer.user_id)


def _expired(viewer: Viewer) -> Any:
    rows = Agreement.objects.visible_to(viewer).filter(_at_desk(viewer, ""))
    return rows.expired(viewer.on) if _is_manager(viewer) else None


def _stuck(viewer: Viewer) -> Any:
    return owed(viewer).filter(_at_desk(viewer), stuck(viewer.on)) if _is_manager(viewer) else None


def _own_papers(viewer: Viewer, stage: Stage) -> Any:
    return Agreement.objects.visible_to(viewer).filter(
        _at_desk(viewer, ""), owner__in=viewer.keeper_ids, stage=stage, archived_at=None
    )


def _came_back(act: Act, **lookups: Any) -> Exists:
    return Exists(Step.objects.filter(name=act, undone_by=None, **lookups))


RETURNED = _came_back(Act.RETURN, agreement=OuterRef("pk"))


def _returned(viewer: Viewer) -> Any:
    return _own_papers(viewer, Stage.DRAFT).filter(RETURNED) if _is_desk(viewer) else None


def _drafts(viewer: Viewer) -> Any:
    return _own_papers(viewer, Stage.DRAFT).exclude(RETURNED) if _is_desk(viewer) else None


def _cleared(viewer: Viewer) -> Any:
    return _own_papers(viewer, Stage.CLEARED) if _is_desk(viewer) else None


def _own_amendments(viewer: Viewer) -> Any:
    if not _is_desk(viewer):
        return None
    rows = Amendment.objects.visible_to(viewer).live().filter(_at_desk(viewer), stage=AmendmentStage.DRAFT)
    return rows.filter(agreement__owner__in=viewer.keeper_ids)


def _own_reports(viewer: Viewer) -> Any:
    """What came back stays with its author; with the organisation, where a partner wrote it."""
    rows = Report.objects.visible_to(viewer).filter(status=ReportStatus.RETURNED)
    if viewer.is_partner:
        return rows.filter(organisation__in=viewer.organisation_ids)
    return rows.filter(organisation=None, created_by=viewer.user_id) if _is_desk(viewer) else None


def _late(viewer: Viewer) -> Any:
    """A manager has those beyond the last reminder to decide upon already."""
    if not _is_desk(viewer):
        return None
    rows = owed(viewer).kept_by(*viewer.keeper_ids).overdue(viewer.on)
    return rows.exclude(_at_desk(viewer) & stuck(viewer.on)) if _is_manager(viewer) else rows


def _to_confirm(viewer: Viewer) -> Any:
    """In their charge, or of nobody in particular: what others answer for is not asked of them."""
    if not viewer.is_partner:
        return None
    mine = Q(partner_owner__in=viewer.organisation_ids) | Q(partner_owner=None)
    rows = Commitment.objects.visible_to(viewer).open().filter(mine, agreement__stage__in=ANSWERABLE)
    rows = rows.filter(agreed__in=(Confirmation.UNCONFIRMED, Confirmation.LAPSED))
    return rows.filter(visibility.commitments(viewer, Part.WORDING)) if viewer.may_lack(Part.WORDING) else rows


def in_charge_of(viewer: Viewer) -> Q:
    """What the viewer's organisations owe."""
    return Q(partner_owner__in=viewer.organisation_ids) & ~Q(direction=Direction.OURS)


def _to_report(viewer: Viewer) -> Any:
    """Late, or asked for, and nothing of theirs has come since."""
    if not viewer.is_partner:
        return None
    theirs = Report.objects.filter(commitment=OuterRef("pk"), organisation__in=viewer.organisation_ids)
    waits = theirs.filter(status__in=(ReportStatus.SUBMITTED, ReportStatus.RETURNED))
    later = Report.objects.filter(commitment=OuterRef("commitment"), organisation__in=viewer.organisation_ids)
    later = later.exclude(status=ReportStatus.DRAFT).filter(on__gte=OuterRef("on"))
    asked = Step.objects.filter(~Exists(later), name=Act.NUDGE, commitment=OuterRef("pk"), undone_by=None)
    return owed(viewer).filter(in_charge_of(viewer), is_overdue(viewer.on) | Q(Exists(asked))).exclude(Exists(waits))


def _last(act: Act, **lookups: Any) -> Any:
    """When an act was last done."""
    return Subquery(Step.objects.filter(name=act, **lookups).order_by("-pk").values("on")[:1])


def _amendment(row: Amendment) -> str:
    return reverse("amendment", args=[row.agreement.ref, row.number])


def _said_by(row: Report | DueRequest) -> Any:
    return row.organisation or row.created_by


def _of_commitment(anchor: str) -> Callable[[Any], str]:
    return lambda row: f"{row.commitment.get_absolute_url()}#{anchor}"


DAY_MADE, DAY_TOUCHED = Cast("created_at", DateField()), Cast("updated_at", DateField())
OF_COMMITMENT = ("commitment__agreement", "organisation", "created_by")
PLACE = ("agreement", "partner_owner", "lead")
SUBMITTED_ON = Coalesce(_last(Act.SUBMIT, agreement=OuterRef("pk")), DAY_TOUCHED)

# In the order in which they are shown: what others wait for first.
SOURCES: Mapping[Wait, Source] = {
    source.kind: source
    for source in (
        Source(Wait.REVIEW, Agreement, _review, SUBMITTED_ON, ("submitted_by", "desk"), lambda row: row.submitted_by),
        Source(
            Wait.AMENDMENT, Amendment, _amendments, DAY_TOUCHED, ("agreement", "submitted_by"),
            lambda row: row.submitted_by, _amendment,
        ),
        Source(Wait.REPORT, Report, _reports, F("on"), OF_COMMITMENT, _said_by, _of_commitment("reports")),
        Source(Wait.DAY, DueRequest, _days, DAY_MADE, OF_COMMITMENT, _said_by, _of_commitment("days")),
        Source(
            Wait.DISPUTE, Answer, _disputes, F("on"), OF_COMMITMENT, lambda row: row.organisation,
            _of_commitment("positions"),
        ),
        Source(Wait.ACTION, ActionItem, _actions, F("done_on"), ("done_by",), lambda row: row.done_by),
        Source(Wait.EXPIRED, Agreement, _expired, F("expires_on"), ("owner",), lambda row: row.owner),
        Source(Wait.STUCK, Commitment, _stuck, Coalesce("due_on", "heard_on", "agreement__signed_on"), PLACE),
        Source(Wait.RETURNED, Agreement, _returned, _last(Act.RETURN, agreement=OuterRef("pk")), ("desk",)),
        Source(Wait.DRAFT, Agreement, _drafts, DAY_MADE, ("desk",)),
        Source(Wait.CLEARED, Agreement, _cleared, _last(Act.CLEAR, agreement=OuterRef("pk")), ("desk",)),
        Source(Wait.AMENDMENT_DRAFT, Amendment, _own_amendments, DAY_MADE, ("agreement",), url=_amendment),
        Source(
            Wait.REPORT_RETURNED, Report, _own_reports, Cast("decided_at", DateField()), (*OF_COMMITMENT, "decided_by"),
            url=lambda row: reverse("report_edit", args=[row.pk]),
        ),
        Source(Wait.LATE, Commitment, _late, F("due_on"), PLACE),
        Source(
            Wait.CONFIRM, Commitment, _to_confirm, Value(None), PLACE,
            url=lambda row: f"{row.get_absolute_url()}#answer",
        ),
        Source(
            Wait.REPORT_DUE, Commitment, _to_report,
            Least("due_on", _last(Act.NUDGE, commitment=OuterRef("pk"))), PLACE,
            url=lambda row: reverse("commitment_report", args=[row.ref]),
        ),
    )
}  # fmt: skip


def rows(viewer: Viewer, kind: Wait) -> Any:
    """What of one kind waits for the viewer, the longest first, ready to be shown."""
    source = SOURCES[kind]
    found = source.rows(viewer) if viewer.is_known else None
    if found is None:
        return []
    shown = found.annotate(waits_since=Cast(source.since, DateField())).select_related(*source.related)
    return shown.order_by(F("waits_since").asc(nulls_last=True), "pk")


def _keys(viewer: Viewer, kinds: Iterable[Wait]) -> Any:
    """Kind, key and day of all that waits, as one query; None where nothing can."""
    wanted, parts = set(kinds), []
    for rank, (kind, source) in enumerate(SOURCES.items()):
        found = source.rows(viewer) if viewer.is_known and kind in wanted else None
        if found is not None:
            named = found.order_by().annotate(
                waits_rank=Value(rank), waits_key=F("pk"), waits_since=Cast(source.since, DateField())
            )
            parts.append(named.values_list("waits_rank", "waits_key", "waits_since"))
    return parts[0].union(*parts[1:], all=True) if parts else None


def count(viewer: Viewer, *, kinds: Iterable[Wait] = tuple(Wait), most: int | None = None) -> int:
    """How many things wait for the viewer; counted no further than `most` and one. One query."""
    keys = _keys(viewer, kinds)
    if keys is None:
        return 0
    return int((keys[: most + 1] if most else keys).count())


def items(
    viewer: Viewer, *, kinds: Iterable[Wait] = tuple(Wait), first: int = 0, most: int | None = None
) -> list[Item]:
    """Some of what waits, in the order of the kinds and the longest first. One query, and one for each kind found."""
    keys = _keys(viewer, kinds)
    if keys is None:
        return []
    order, last = tuple(SOURCES), None if most is None else first + most
    chosen = keys.order_by("waits_rank", F("waits_since").asc(nulls_last=True), "waits_key")[first:last]
    return list(_shown([(order[rank], key, since) for rank, key, since in chosen], viewer))


def _shown(chosen: list[tuple[Wait, int, date | None]], viewer: Viewer) -> Iterator[Item]:
    """With their records, as the viewer sees them."""
    models = {source.model for source in SOURCES.values()}
    found = {model: _records(model, chosen, viewer) for model in sorted(models, key=lambda model: model.__name__)}
    for kind, key, since in chosen:
        record = found[SOURCES[kind].model].get(key)
        if record is not None:  # hidden or gone between two queries
            yield item_of(kind, record, since, viewer)


def _records(model: type[Record], chosen: list[tuple[Wait, int, date | None]], viewer: Viewer) -> dict[int, Any]:
    """The records of one table. It is asked even where none was found: a page costs the same whatever waits."""
    of_model = [source for source in SOURCES.values() if source.model is model]
    if all(source.rows(viewer) is None for source in of_model):
        return {}
    related = {name for source in of_model for name in source.related}
    keys = [key for kind, key, _since in chosen if SOURCES[kind].model is model] or [0]
    return model.objects.visible_to(viewer).filter(pk__in=keys).select_related(*related).in_bulk()


def item_of(kind: Wait, record: Any, since: date | None, viewer: Viewer) -> Item:
    """A row of a kind as a thing that waits."""
    source = SOURCES[kind]
    about = record if isinstance(record, Agreement | Commitment | ActionItem) else None
    about = about or getattr(record, "commitment", None) or record.agreement
    return Item(kind, record, about, str(source.who(record) or ""), since, source.url(record), viewer.on)


@dataclass(frozen=True)
class WaitingList:
    """The whole list of a viewer, read in slices."""

    viewer: Viewer

    def count(self) -> int:
        return count(self.viewer)

    def __getitem__(self, part: slice) -> list[Item]:
        first = part.start or 0
        return items(self.viewer, first=first, most=None if part.stop is None else part.stop - first)
