"""What was concluded with a country and what came of it: the newest papers, each with its promises and how they stand.

Promises are read of the papers shown alone, reports and steps of the promises shown alone: one query for each kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, F, IntegerField, Q, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from agreements.commitments.models import ActionItem, Commitment, DueRequest, Milestone, Report, duty
from agreements.commitments.models.queries import IS_OWED, is_overdue
from agreements.pages.between import Asking, Between
from agreements.register.models.queries import has_been_concluded
from agreements.vocabulary import HANDED_IN, ActionItemState, Kind, MilestoneStatus, ReportStatus, RequestState
from partners import kept
from partners.models import Country
from partners.viewers import ALL_DESKS, Viewer

MOST_PAPERS, MOST_PROMISES = 15, 6  # on the page; of each paper


@dataclass
class Promise:
    """One commitment with its last word and its next step, as far as the reader may have them."""

    commitment: Any
    names: str  # of who owes it
    is_late: bool
    is_ours_to_read: bool
    is_at_desk: bool  # only there all that was planned can be read
    accepted: Any = None  # the last report that was accepted
    handed_in: Any = None  # the last one of all
    milestone: Any = None  # the next that is to be met
    action: Any = None  # the next thing agreed at a meeting
    request: Any = None  # for another day, or to drop it: not decided yet

    @property
    def newer(self) -> Any:
        """What was said after the last accepted word, or without one."""
        return self.commitment.said and self.handed_in

    @property
    def is_untold(self) -> bool:
        """Whether it is late, and nobody has written down what is to be done next."""
        planned = self.step or self.request or self.commitment.blocker or self.newer
        return self.is_at_desk and self.is_late and not planned

    @property
    def step(self) -> Any:
        """What comes first of what is to be met and what was agreed."""
        steps = [one for one in (self.milestone, self.action) if one]
        return min(steps, key=lambda one: one.due_on or date.max, default=None)

    @property
    def waits(self) -> bool:
        """Whether a report waits to be accepted."""
        return bool(self.newer) and self.newer.status == ReportStatus.SUBMITTED

    @property
    def has_step(self) -> bool:
        """Whether the reader is told what comes next: the desk's own matters stay with our people."""
        ours = self.is_ours_to_read and (self.commitment.blocker or self.waits or self.request or self.is_untold)
        return self.commitment.is_owed and bool(self.step or ours)


@dataclass
class SignedPaper:
    """An agreement with the promises that stand in it; None where only promises are shared."""

    agreement: Any
    promises: list[Promise] = field(default_factory=list)
    count: int = 0  # of all its promises with the country

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.promises)


@dataclass
class Group:
    """Papers that stand under one heading, and which columns have something to say in any of their rows."""

    label: Any  # empty for promises that are shared without their agreement
    papers: list[SignedPaper]

    @property
    def _promises(self) -> list[Promise]:
        return [promise for paper in self.papers for promise in paper.promises]

    @cached_property
    def has_due(self) -> bool:
        return any(one.commitment.due for one in self._promises)

    @cached_property
    def has_word(self) -> bool:
        return any(one.accepted or one.newer for one in self._promises)

    @cached_property
    def has_step(self) -> bool:
        return any(one.has_step for one in self._promises)

    @cached_property
    def width(self) -> int:
        """Columns in all."""
        return 2 + self.has_due + self.has_word + self.has_step


def grouped(papers: Sequence[SignedPaper]) -> list[Group]:
    """What was signed or adopted, what is done without a paper, and the rest; no group of nothing."""
    labels = (_("Signed or adopted"), _("Cooperation without a paper"), _("Neither signed nor adopted"), "")
    groups = [Group(label, []) for label in labels]
    for paper in papers:
        groups[_place(paper.agreement)].papers.append(paper)
    return [group for group in groups if group.papers]


def _place(agreement: Any) -> int:
    if agreement is None:
        return 3
    if agreement.kind == Kind.PROGRAMME:
        return 1
    return 0 if has_been_concluded(agreement) else 2


def papers(country: Country, asking: Asking) -> list[SignedPaper]:
    """The newest first, and those that are not signed yet at the end. Six queries."""
    shown, viewer = asking.records(_newest), asking.viewer
    by_key = {one.pk: SignedPaper(one) for one in shown}
    alone = SignedPaper(None)
    for promise, count in _promises(country, list(by_key), viewer):
        paper = by_key.get(promise.commitment.agreement_id, alone)
        paper.promises.append(promise)
        paper.count = count
    return [*by_key.values(), alone] if alone.promises else list(by_key.values())


def _promises(country: Country, keys: Sequence[int], viewer: Viewer) -> list[tuple[Promise, int]]:
    """Of each paper what is overdue first, then what is open, then the rest; and how many there are."""
    at_home = country.code == settings.HOME_COUNTRY
    rows = kept.records(_of_papers, viewer, country.code, *keys, at_home=at_home)
    found = {row.pk: (_promise(row, viewer), row.of_all) for row in rows}
    _tell({key: promise for key, (promise, _count) in found.items()}, viewer)
    return list(found.values())


def _of_papers(viewer: Viewer, code: str, *papers: int, at_home: bool) -> Any:
    """The promises of these papers with a country, of each the first few. The text is kept: nothing else may go in."""
    of_paper = Q(agreement__in=papers)
    if viewer.is_partner:
        of_paper |= Q(agreement_is_open=False)  # shared alone
    of_country = Commitment.objects.visible_to(viewer).filter(of_paper)
    of_country = of_country.of_country(settings.HOME_COUNTRY if at_home else code)
    rank = Case(
        When(is_overdue(viewer.on), then=Value(0)), When(IS_OWED, then=Value(1)), default=Value(2),
        output_field=IntegerField(),
    )  # fmt: skip
    order = ("rank", F("due_on").asc(nulls_last=True), "number")
    by_paper: dict[str, Any] = {"partition_by": F("agreement")}
    placed = of_country.annotate(rank=rank).annotate(
        place=Window(RowNumber(), order_by=list(order), **by_paper), of_all=Window(Count("pk"), **by_paper)
    )
    rows = placed.filter(place__lte=MOST_PROMISES).select_related("agreement", "lead", "partner_owner")
    return rows.with_duty(viewer).order_by(*order)


def _promise(row: Any, viewer: Viewer) -> Promise:
    at_desk = viewer.role in ALL_DESKS or viewer.works_at(row.agreement.desk_id)
    return Promise(row, _names(row), row.is_late(viewer.on), viewer.is_staff, at_desk)


def _names(row: Any) -> str:
    """Who owes it on either side, by name."""
    ours = [row.lead.label] if row.lead and row.direction in duty.BY_US else []
    return ", ".join([*ours, *row.owing_names])


def _tell(promises: dict[int, Promise], viewer: Viewer) -> None:
    """Add the last word and the next step of each. Four queries; three for partners."""
    keys = kept.padded(promises)
    for report in kept.records(_last_words, viewer, *keys):
        promise = promises[report.commitment_id]
        if report.was_accepted:
            promise.accepted = report
        promise.handed_in = max(filter(None, (promise.handed_in, report)), key=lambda one: (one.on, one.pk))
    for promise in promises.values():
        promise.commitment.handed_in = [promise.handed_in] if promise.handed_in else []
    for milestone in kept.records(_next_milestones, viewer, *keys):
        promises[milestone.commitment_id].milestone = milestone
    if viewer.is_staff:
        for request in kept.records(_requests, viewer, *keys):
            promises[request.commitment_id].request = request
    for item in kept.records(_next_items, viewer, *keys):
        promises[item.serves].action = item


# What is asked, of these promises. The texts are kept: nothing else may go in.


def _newest(between: Between) -> Any:
    return between.agreements.order_by(F("signed_on").desc(nulls_last=True), "-pk")[:MOST_PAPERS]


def _last_words(viewer: Viewer, *promises: int) -> Any:
    told = Report.objects.visible_to(viewer).live().filter(commitment__in=promises, status__in=HANDED_IN)
    told = told.annotate(was_accepted=Case(When(status=ReportStatus.ACCEPTED, then=Value(1)), default=Value(0)))
    newest = told.order_by("commitment_id", "was_accepted", "-on", "-pk").distinct("commitment", "was_accepted")
    return newest.select_related("organisation", "created_by")


def _next_milestones(viewer: Viewer, *promises: int) -> Any:
    to_meet = Milestone.objects.visible_to(viewer).live().filter(commitment__in=promises)
    in_turn = to_meet.filter(status=MilestoneStatus.SCHEDULED)
    return in_turn.order_by("commitment_id", F("due_on").asc(nulls_last=True), "pk").distinct("commitment")


def _requests(viewer: Viewer, *promises: int) -> Any:
    asked = DueRequest.objects.visible_to(viewer).live().filter(commitment__in=promises)
    return asked.filter(state=RequestState.WAITING).order_by("pk")


def _next_items(viewer: Viewer, *promises: int) -> Any:
    items = ActionItem.objects.visible_to(viewer).live().filter(commitments__in=promises)
    to_do = items.filter(state=ActionItemState.OPEN).annotate(serves=F("commitments"))
    return to_do.order_by("serves", F("due_on").asc(nulls_last=True), "pk").distinct("serves")
