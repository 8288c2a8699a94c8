"""What waits for whom, by kind: whose act it is, since which day, and where it is done.

`waiting` counts and lists what these sources name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Case, DateField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Least
from django.urls import reverse

from agreements import visibility
from agreements.acts import Act
from agreements.commitments.models import ActionItem, Answer, Commitment, DueRequest, Report
from agreements.commitments.models.queries import CLOSING_DAYS, SilentSince, is_overdue, is_silent
from agreements.commitments.rules import action_items, due_requests, reports
from agreements.commitments.rules.answers import ANSWERABLE, UNSETTLED
from agreements.register.models import Agreement, Amendment, Step
from agreements.register.rules import amendments
from agreements.vocabulary import (
    UNANSWERED,
    ActionItemState,
    AmendmentStage,
    AnswerState,
    Confirmation,
    Part,
    ReportStatus,
    RequestKind,
    RequestState,
    Stage,
    Verdict,
    Wait,
)
from partners.records import Record
from partners.viewers import DESK_STAFF, Role, Viewer


@dataclass(frozen=True)
class Source:
    """One kind: what of it waits for a viewer, since which day, and for whose doing it came."""

    kind: Wait
    model: type[Record]
    rows: Callable[[Viewer], QuerySet[Any] | None]  # None: nothing of it ever waits for this viewer
    since: Any  # an expression, or what makes one for the viewer
    related: tuple[str, ...] = ()
    who: Callable[[Any], Any] = lambda row: None
    url: Callable[[Any], str] = lambda row: row.get_absolute_url()
    says: Callable[[Any], str] = lambda row: ""  # what is asked for or said, in the words of who did it

    def since_of(self, viewer: Viewer) -> Any:
        """The day since which it waits, as a column."""
        return Cast(self.since(viewer) if callable(self.since) else self.since, DateField())


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


class LastReminded(Func):
    """A day as many days earlier as `last_rung` says, in the question itself: nobody has to ask for it before."""

    template = (
        "(%(expressions)s - coalesce((SELECT max(coalesce((SELECT max(days) FROM unnest(offsets) days), 0)) "
        "FROM agreements_reminderrule WHERE watched = 'commitment_due' AND is_active AND archived_at IS NULL), 0))"
    )
    output_field = DateField()


def stuck(on: date) -> Q:
    """Silent for eighteen months, or late beyond the last reminder: it stays with the managers until they decide."""
    return is_silent(CLOSING_DAYS, on) | is_overdue(LastReminded(Value(on, output_field=DateField())))


def _review(viewer: Viewer) -> Any:
    return Agreement.objects.visible_to(viewer).awaiting(viewer) if _is_manager(viewer) else None


def _amendments(viewer: Viewer) -> Any:
    """Four eyes: never what the viewer wrote or submitted."""
    if not _is_manager(viewer):
        return None
    rows = Amendment.objects.visible_to(viewer).filter(_at_desk(viewer), stage=AmendmentStage.IN_REVIEW)
    return rows.exclude(amendments.own_of(viewer))


def _reports(viewer: Viewer) -> Any:
    """A manager decides on those of the desk, the keeper on those of partners; nobody on one's own."""
    if not _is_desk(viewer):
        return None
    mine = _kept(viewer) & Q(organisation__isnull=False) & _at_desk(viewer, "commitment__agreement__")
    if _is_manager(viewer):
        mine |= _at_desk(viewer, "commitment__agreement__")
    rows = Report.objects.visible_to(viewer).filter(mine, status=ReportStatus.SUBMITTED)
    return rows.exclude(reports.own_of(viewer))


def _requests(kind: RequestKind) -> Callable[[Viewer], Any]:
    def asked(viewer: Viewer) -> Any:
        if not _is_manager(viewer):
            return None
        rows = DueRequest.objects.visible_to(viewer).filter(_at_desk(viewer, "commitment__agreement__"), kind=kind)
        return rows.filter(state=RequestState.WAITING).exclude(due_requests.own_of(viewer))

    return asked


def _disputes(viewer: Viewer) -> Any:
    if not _is_desk(viewer):
        return None
    mine = _kept(viewer)
    if _is_manager(viewer):
        mine |= _at_desk(viewer, "commitment__agreement__")
    rows = Answer.objects.visible_to(viewer).filter(
        mine, verdict=Verdict.DISPUTED, state__in=UNSETTLED, commitment__agreed=Confirmation.DISPUTED,
        wording_hash=F("commitment__wording_hash"),
    )  # fmt: skip
    # Who asked that the words be adopted waits for a second person.
    return rows.exclude(state=AnswerState.WAITING, answered_by=viewer.user_id)


def _actions(viewer: Viewer) -> Any:
    if not _is_manager(viewer):
        return None
    done = ActionItem.objects.visible_to(viewer).filter(_at_desk(viewer, ""), state=ActionItemState.DONE)
    return done.exclude(action_items.own_of(viewer))


def _expired(viewer: Viewer) -> Any:
    """What has run out, and what a notice has ended of which the calendar could not settle the commitments."""
    if not _is_manager(viewer):
        return None
    rows = Agreement.objects.visible_to(viewer).filter(_at_desk(viewer, ""))
    over, left = rows.expired(viewer.on), rows.leaving(viewer.on - timedelta(days=1)).live()
    return rows.filter(Q(pk__in=over.order_by().values("pk")) | Q(pk__in=left.order_by().values("pk")))


def _stuck(viewer: Viewer) -> Any:
    return owed(viewer).filter(_at_desk(viewer), stuck(viewer.on)) if _is_manager(viewer) else None


def _stuck_since(viewer: Viewer) -> Case:
    return Case(When(due_on__lt=viewer.on, then=F("due_on")), default=SilentSince())


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
    rows = rows.filter(agreed__in=UNANSWERED)
    return rows.filter(visibility.commitments(viewer, Part.WORDING)) if viewer.may_lack(Part.WORDING) else rows


def _to_report(viewer: Viewer) -> Any:
    """Late, or asked for, and nothing of theirs has come since."""
    if not viewer.is_partner:
        return None
    theirs = Report.objects.filter(commitment=OuterRef("pk"), organisation__in=viewer.organisation_ids)
    waits = theirs.filter(status__in=(ReportStatus.SUBMITTED, ReportStatus.RETURNED))
    later = Report.objects.filter(commitment=OuterRef("commitment"), organisation__in=viewer.organisation_ids)
    later = later.exclude(status=ReportStatus.DRAFT).filter(on__gte=OuterRef("on"))
    asked = Step.objects.filter(~Exists(later), name=Act.NUDGE, commitment=OuterRef("pk"), undone_by=None)
    theirs_to_do = owed(viewer).owed_by(viewer.organisation_ids)
    return theirs_to_do.filter(is_overdue(viewer.on) | Q(Exists(asked))).exclude(Exists(waits))


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
        Source(
            Wait.DAY, DueRequest, _requests(RequestKind.DAY), DAY_MADE, OF_COMMITMENT, _said_by,
            _of_commitment("days"), lambda row: f"{row.was or '–'} → {row.becomes}: {row.reason}",
        ),
        Source(
            Wait.DROP, DueRequest, _requests(RequestKind.DROP), DAY_MADE, OF_COMMITMENT, _said_by,
            _of_commitment("days"), lambda row: row.reason,
        ),
        Source(
            Wait.DISPUTE, Answer, _disputes, F("on"), OF_COMMITMENT, lambda row: row.organisation,
            _of_commitment("positions"), lambda row: row.remark or row.proposed,
        ),
        Source(Wait.ACTION, ActionItem, _actions, F("done_on"), ("done_by",), lambda row: row.done_by),
        Source(Wait.EXPIRED, Agreement, _expired, Least("expires_on", "leaves_on"), ("owner",), lambda row: row.owner),
        Source(Wait.STUCK, Commitment, _stuck, _stuck_since, PLACE),
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
