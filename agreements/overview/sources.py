"""What waits for whom, by kind: whose act it is, since which day, and where it is done.

`waiting` counts and lists what these sources name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db.models import Case, DateField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Least, TruncDate
from django.urls import reverse

from agreements import visibility
from agreements.acts import Act
from agreements.commitments.models import ActionItem, Answer, Commitment, DueRequest, Report
from agreements.commitments.models.queries import CLOSING_DAYS, IS_OWED, SilentSince, is_overdue, is_silent
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
    Direction,
    Part,
    ReportStatus,
    RequestKind,
    RequestState,
    Stage,
    Verdict,
    Wait,
)
from partners.records import NOTHING, Record
from partners.viewers import DESK_STAFF, Role, Viewer


@dataclass(frozen=True)
class AtDesk:
    """What of a kind waits for the managers of a desk, whoever they are; `awaited` keeps it, found by the twin of this
    rule in `migrations/sql/awaited.py`."""

    rule: Q
    agreement: str  # the lookup that leads to it
    own: Callable[[Viewer], Q] = lambda viewer: NOTHING  # what the viewer wrote is for another to decide


@dataclass(frozen=True)
class Source:
    """One kind: what of it waits for a viewer of these roles, since which day, and for whose doing it came."""

    kind: Wait
    model: type[Record]
    roles: frozenset[Role]
    rows: Callable[[Viewer], QuerySet[Any]]
    since: Any  # an expression, or what makes one for the viewer
    related: tuple[str, ...] = ()
    who: Callable[[Any], Any] = lambda row: None
    url: Callable[[Any], str] = lambda row: row.get_absolute_url()
    says: Callable[[Any], str] = lambda row: ""  # what is asked for or said, in the words of who did it
    at_desk: AtDesk | None = None

    def since_of(self, viewer: Viewer) -> Any:
        """The day since which it waits, as a column."""
        return Cast(self.since(viewer) if callable(self.since) else self.since, DateField())


def _at_desk(viewer: Viewer, way: str = "agreement__") -> Q:
    return Q(**{f"{way}desk__in": viewer.desk_ids})


def _kept(viewer: Viewer, way: str = "commitment") -> Q:
    return Q(**{f"{way}__in": Commitment.objects.kept_by(*viewer.keeper_ids).order_by().values("pk")})


def owed(viewer: Viewer) -> Any:
    """What stands in a paper that holds, and is open: nothing else is late or silent."""
    return Commitment.objects.visible_to(viewer).owed()


def last_rung() -> int:
    """How many days after the day the last reminder of a commitment goes out."""
    rules = apps.get_model("agreements.ReminderRule").objects.live()
    offsets = rules.filter(watched="commitment_due", is_active=True).values_list("offsets", flat=True)
    return max((max(days, default=0) for days in offsets), default=0)


class LastReminded(Func):
    """The day whose last reminder went out on a day: `last_rung` in the question itself."""

    template = "(%(expressions)s - (SELECT last_rung()))"
    output_field = DateField()


def stuck(on: date) -> Q:
    """Silent for eighteen months, or late beyond the last reminder: it stays with the managers until they decide."""
    return is_silent(CLOSING_DAYS, on) | is_overdue(LastReminded(Value(on, output_field=DateField())))


def _review(viewer: Viewer) -> Any:
    return Agreement.objects.visible_to(viewer).awaiting(viewer)


UNDER_WAY = Q(archived_at=None, commitment__archived_at=None, commitment__agreement__archived_at=None)
OF_COMMITMENT = "commitment__agreement"
AMENDMENTS = AtDesk(
    Q(archived_at=None, agreement__archived_at=None, stage=AmendmentStage.IN_REVIEW), "agreement", amendments.own_of
)
REPORTS = AtDesk(UNDER_WAY & Q(status=ReportStatus.SUBMITTED), OF_COMMITMENT, reports.own_of)
# Who asked that the words be adopted waits for a second person.
DISPUTES = AtDesk(
    UNDER_WAY & Q(
        verdict=Verdict.DISPUTED, state__in=UNSETTLED, commitment__agreed=Confirmation.DISPUTED,
        wording_hash=F("commitment__wording_hash"),
    ), OF_COMMITMENT, lambda viewer: Q(state=AnswerState.WAITING, answered_by=viewer.user_id),
)  # fmt: skip


def _requests(kind: RequestKind) -> AtDesk:
    return AtDesk(UNDER_WAY & Q(kind=kind, state=RequestState.WAITING), OF_COMMITMENT, due_requests.own_of)


def _of_managers(model: type[Record], desk: AtDesk) -> Callable[[Viewer], Any]:
    """What waits for the managers of the viewer's desks, as it is now."""

    def rows(viewer: Viewer) -> Any:
        found = model.objects.visible_to(viewer).filter(desk.rule, _at_desk(viewer, f"{desk.agreement}__"))
        return found.exclude(desk.own(viewer))

    return rows


def _of_keepers(model: type[Record], desk: AtDesk, **lookups: Any) -> Callable[[Viewer], Any]:
    """The same; for officers only those of what they keep."""
    of_managers = _of_managers(model, desk)

    def rows(viewer: Viewer) -> Any:
        found = of_managers(viewer)
        return found if viewer.role == Role.MANAGER else found.filter(_kept(viewer), **lookups)

    return rows


def _actions(viewer: Viewer) -> Any:
    done = ActionItem.objects.visible_to(viewer).filter(_at_desk(viewer, ""), state=ActionItemState.DONE)
    return done.exclude(action_items.own_of(viewer))


def _expired(viewer: Viewer) -> Any:
    """What has run out, and what a notice has ended of which the calendar could not settle the commitments."""
    rows = Agreement.objects.visible_to(viewer).filter(_at_desk(viewer, ""))
    over, left = rows.expired(viewer.on), rows.leaving(viewer.on - timedelta(days=1)).live()
    # One list made of two: what an "or" joins would be looked for in all of the desk's.
    return rows.filter(pk__in=over.order_by().values("pk").union(left.order_by().values("pk")))


STUCK = AtDesk(IS_OWED, "agreement")


def _stuck(viewer: Viewer) -> Any:
    return owed(viewer).filter(_at_desk(viewer), stuck(viewer.on))


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
    return _own_papers(viewer, Stage.DRAFT).filter(RETURNED)


def _drafts(viewer: Viewer) -> Any:
    return _own_papers(viewer, Stage.DRAFT).exclude(RETURNED)


def _cleared(viewer: Viewer) -> Any:
    return _own_papers(viewer, Stage.CLEARED)


def _own_amendments(viewer: Viewer) -> Any:
    rows = Amendment.objects.visible_to(viewer).live().filter(_at_desk(viewer), stage=AmendmentStage.DRAFT)
    return rows.filter(agreement__owner__in=viewer.keeper_ids)


def _own_reports(viewer: Viewer) -> Any:
    """What came back stays with its author; with the organisation, where a partner wrote it."""
    rows = Report.objects.visible_to(viewer).filter(status=ReportStatus.RETURNED)
    if viewer.is_partner:
        return rows.filter(organisation__in=viewer.organisation_ids)
    return rows.filter(organisation=None, created_by=viewer.user_id)


def _late(viewer: Viewer) -> Any:
    """A manager has those beyond the last reminder to decide upon already."""
    rows = owed(viewer).kept_by(*viewer.keeper_ids).overdue(viewer.on)
    return rows.exclude(_at_desk(viewer) & stuck(viewer.on)) if viewer.role == Role.MANAGER else rows


def _to_confirm(viewer: Viewer) -> Any:
    """In their charge, or of nobody in particular: what others answer for is not asked of them."""
    mine = Q(partner_owner__in=viewer.organisation_ids) | Q(partner_owner=None)
    rows = Commitment.objects.visible_to(viewer).open().filter(mine, agreement__stage__in=ANSWERABLE)
    rows = rows.filter(agreed__in=UNANSWERED)
    return rows.filter(visibility.commitments(viewer, Part.WORDING)) if viewer.may_lack(Part.WORDING) else rows


def _to_report(viewer: Viewer) -> Any:
    """Late, or asked for, and nothing of theirs has come since."""
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


def _owing(row: Commitment) -> Any:
    """Who is late: the partner in charge, or our agency where nobody else is."""
    return row.lead if row.direction == Direction.OURS else row.partner_owner or row.lead


def _of_commitment(anchor: str) -> Callable[[Any], str]:
    return lambda row: f"{row.commitment.get_absolute_url()}#{anchor}"


HERE = ZoneInfo(settings.TIME_ZONE)  # the capital's day, as the history has it
DAY_MADE, DAY_TOUCHED = TruncDate("created_at", tzinfo=HERE), TruncDate("updated_at", tzinfo=HERE)
SPOKEN = ("commitment__agreement", "organisation", "created_by")
PLACE = ("agreement", "partner_owner", "lead")
SUBMITTED_ON = Coalesce(_last(Act.SUBMIT, agreement=OuterRef("pk")), DAY_TOUCHED)

MANAGERS, DESK, PARTNERS = frozenset({Role.MANAGER}), DESK_STAFF, frozenset({Role.PARTNER})


def _request(kind: Wait, says: Callable[[Any], str]) -> Source:
    desk = _requests(RequestKind(kind.value))
    return Source(
        kind, DueRequest, MANAGERS, _of_managers(DueRequest, desk), DAY_MADE, SPOKEN, _said_by,
        _of_commitment("days"), says, desk,
    )  # fmt: skip


# In the order in which they are shown: what others wait for first.
SOURCES: Mapping[Wait, Source] = {
    source.kind: source
    for source in (
        Source(
            Wait.REVIEW, Agreement, MANAGERS, _review, SUBMITTED_ON, ("submitted_by", "desk"),
            lambda row: row.submitted_by,
        ),
        Source(
            Wait.AMENDMENT, Amendment, MANAGERS, _of_managers(Amendment, AMENDMENTS), DAY_TOUCHED,
            ("agreement", "submitted_by"), lambda row: row.submitted_by, _amendment, at_desk=AMENDMENTS,
        ),
        Source(
            Wait.REPORT, Report, DESK, _of_keepers(Report, REPORTS, organisation__isnull=False), F("on"), SPOKEN,
            _said_by, _of_commitment("reports"), lambda row: row.text, REPORTS,
        ),
        _request(Wait.DAY, lambda row: f"{row.was or '–'} → {row.becomes}: {row.reason}"),
        _request(Wait.DROP, lambda row: row.reason),
        Source(
            Wait.DISPUTE, Answer, DESK, _of_keepers(Answer, DISPUTES), F("on"), SPOKEN, lambda row: row.organisation,
            _of_commitment("positions"), lambda row: row.remark or row.proposed, DISPUTES,
        ),
        Source(
            Wait.ACTION, ActionItem, MANAGERS, _actions, F("done_on"), ("done_by",), lambda row: row.done_by,
            says=lambda row: row.result,
        ),
        Source(
            Wait.EXPIRED, Agreement, MANAGERS, _expired, Least("expires_on", "leaves_on"), ("owner",),
            lambda row: row.owner,
        ),
        Source(Wait.STUCK, Commitment, MANAGERS, _stuck, _stuck_since, PLACE, _owing, at_desk=STUCK),
        Source(Wait.RETURNED, Agreement, DESK, _returned, _last(Act.RETURN, agreement=OuterRef("pk")), ("desk",)),
        Source(Wait.DRAFT, Agreement, DESK, _drafts, DAY_MADE, ("desk",)),
        Source(Wait.CLEARED, Agreement, DESK, _cleared, _last(Act.CLEAR, agreement=OuterRef("pk")), ("desk",)),
        Source(Wait.AMENDMENT_DRAFT, Amendment, DESK, _own_amendments, DAY_MADE, ("agreement",), url=_amendment),
        Source(
            Wait.REPORT_RETURNED, Report, DESK | PARTNERS, _own_reports, TruncDate("decided_at", tzinfo=HERE),
            (*SPOKEN, "decided_by"), url=lambda row: reverse("report_edit", args=[row.pk]),
        ),
        Source(Wait.LATE, Commitment, DESK, _late, F("due_on"), PLACE, _owing),
        Source(
            Wait.CONFIRM, Commitment, PARTNERS, _to_confirm, Value(None), PLACE,
            url=lambda row: f"{row.get_absolute_url()}#answer",
        ),
        Source(
            Wait.REPORT_DUE, Commitment, PARTNERS, _to_report,
            Least("due_on", _last(Act.NUDGE, commitment=OuterRef("pk"))), PLACE,
            url=lambda row: reverse("commitment_report", args=[row.ref]),
        ),
    )
}  # fmt: skip
