"""How good the records of each desk are: what they lack, each number its list, beside the closed periods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django_stubs_ext import StrOrPromise

from agreements.briefings.cells import cell
from agreements.briefings.content import Block, Column, Facts, Heading, Line, Paper, Row, Table, line
from agreements.briefings.frozen import FrozenPeriod
from agreements.briefings.making import paper_of
from agreements.briefings.scopes import Over, Query, Scope
from agreements.commitments.lists import lacking as of_commitments
from agreements.register.lists import lacking as of_agreements
from agreements.vocabulary import CONCLUDED, Direction, Wording
from partners.models import Desk
from partners.viewers import ALL_DESKS, Viewer

TRENDS = 4  # closed periods beside the present
MOST_UPRIGHT = 7  # columns of a page that stands
OWED: Query = {"owed": "true"}
STANDING: Query = {"stage": [stage.value for stage in CONCLUDED]}


@dataclass(frozen=True)
class Lack:
    """One fault of records: its name, its words, and the filters of the list of those that have it."""

    name: str
    label: StrOrPromise
    page: str  # "agreements" or "commitments"
    query: Query


def _lacks() -> Iterator[Lack]:
    for name, label in of_commitments.LACKS:
        yield Lack(f"commitment_{name}", label, "commitments", {**OWED, "lacks": name})
    nobody: Query = {**OWED, "lead": "none", "direction": [Direction.OURS.value, Direction.MUTUAL.value]}
    yield Lack("commitment_day", gettext_lazy("Without a day"), "commitments", {**OWED, "due": "none"})
    yield Lack("commitment_lead", gettext_lazy("Without a lead agency"), "commitments", nobody)
    partner: Query = {**OWED, "partner": "none"}
    yield Lack("commitment_partner", gettext_lazy("Without a named partner"), "commitments", partner)
    missing, behind = Wording.MISSING, Wording.BEHIND
    yield Lack("commitment_language", missing.label, "commitments", {**OWED, "wording": missing.value})
    yield Lack("commitment_behind", behind.label, "commitments", {**OWED, "wording": behind.value})
    for name, label in of_agreements.LACKS:
        yield Lack(f"agreement_{name}", label, "agreements", {**STANDING, "lacks": name})
    yield Lack("agreement_language", missing.label, "agreements", {**STANDING, "show": "untranslated"})
    yield Lack("agreement_behind", behind.label, "agreements", {**STANDING, "show": "behind"})


LACKS: Mapping[str, Lack] = {one.name: one for one in _lacks()}
Faults = dict[str, dict[str, int]]  # by desk, then by lack


def faults(scope: Scope, viewer: Viewer) -> Faults:
    """How many records of each desk lack what, and how many there are. A query for each lack."""
    found: Faults = {}

    def note(name: str, page: str, query: Query) -> None:
        rows = scope.agreements(viewer, **query) if page == "agreements" else scope.commitments(viewer, **query)
        desk = "desk__code" if page == "agreements" else "agreement__desk__code"
        counted = rows.order_by().values_list(desk).annotate(n=Count("pk", distinct=True))
        for code, number in counted:
            found.setdefault(code, {})[name] = number

    note("commitments", "commitments", OWED)
    note("agreements", "agreements", STANDING)
    for lack in LACKS.values():
        note(lack.name, lack.page, lack.query)
    return found


def quality_report(scope: Scope, *, viewer: Viewer, on: date) -> Paper:
    """For staff: of one desk, or of all that the viewer sees. The number of queries is fixed."""
    viewer = viewer.as_of(on)
    now = faults(scope, viewer)
    desks = [desk for desk in Desk.objects.visible_to(viewer) if desk.code in now]
    closed = _closings(scope, viewer)
    body: tuple[Block, ...] = (
        Facts(((_("Scope"), line(scope.label(viewer))), (_("Standing of"), line(f"{on:%d/%m/%Y}")))),
        Heading(_("Commitments that are owed"), 1),
        _table(_("Commitments that are owed"), "commitments", scope, now, desks, closed, viewer),
        Heading(_("Concluded agreements"), 1),
        _table(_("Concluded agreements"), "agreements", scope, now, desks, closed, viewer),
    )
    subject = _("Quality of the records, %(scope)s") % {"scope": scope.label(viewer)}
    return paper_of(pgettext("paper", "Report"), subject, viewer, on, body)


def _closings(scope: Scope, viewer: Viewer) -> list[FrozenPeriod]:
    """The last periods that were closed for just this scope, the latest last; for who sees all of it."""
    if scope.over not in (Over.HOUSE, Over.DESK):
        return []
    desk = scope.record if scope.over == Over.DESK else None
    if viewer.role not in ALL_DESKS and not (desk and desk.pk in viewer.desk_ids):
        return []
    rows = FrozenPeriod.objects.visible_to(viewer).filter(desk=desk).select_related("desk", "closed_by")
    return list(rows.order_by("-last_on", "-first_on")[:TRENDS])[::-1]


def _table(
    caption: str, page: str, scope: Scope, now: Faults, desks: Iterable[Desk], closed: list[FrozenPeriod],
    viewer: Viewer,
) -> Table:  # fmt: skip
    """A line for each lack: what it was when periods were closed, what it is, and at which desk."""
    desks = list(desks)
    by_desk = len(desks) > 1
    columns = [Column(_("What is lacking"), 4)]
    columns += [Column(str(period.span), 1, is_number=True) for period in closed]
    columns.append(Column(_("Today"), 1, is_number=True))
    columns += [Column(str(desk), 1, is_number=True) for desk in desks] if by_desk else []
    all_of_them = Lack(page, _("All of them"), page, OWED if page == "commitments" else STANDING)
    lines = []
    for lack in (all_of_them, *(one for one in LACKS.values() if one.page == page)):
        numbers: list[tuple[Line, ...]] = [cell(line(_then(period, lack.name))) for period in closed]
        whole = sum(some.get(lack.name, 0) for some in now.values())
        numbers.append(cell(line(whole, scope.href(lack.query, lack.page))))
        for desk in desks if by_desk else ():
            href = scope.href({"desk": desk.code, **lack.query}, lack.page)
            numbers.append(cell(line(now[desk.code].get(lack.name, 0), href)))
        lines.append(Row((cell(line(lack.label)), *numbers), is_total=lack is all_of_them))
    return Table(caption, tuple(columns), tuple(lines), _("Nothing to count."), is_wide=len(columns) > MOST_UPRIGHT)


def _then(period: FrozenPeriod, name: str) -> str:
    """As it was written down when the period was closed."""
    kept: Mapping[str, Mapping[str, int]] = period.figures.get("quality", {})
    return str(sum(some.get(name, 0) for some in kept.values())) if kept else "–"
