"""The brief of a country for a visit: how things stand between us in two pages, and what each side asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agreements.acts import Act
from agreements.briefings import sourcing
from agreements.briefings.cells import Cells, cell, day_or_none, labelled, of_step, titled
from agreements.briefings.changes import one_list, with_parties
from agreements.briefings.content import (
    NONE,
    Block,
    Bullets,
    Column,
    Facts,
    Heading,
    Line,
    Paper,
    Paragraph,
    Row,
    Run,
    Table,
    day,
)
from agreements.briefings.content import line as text
from agreements.briefings.gathering import Gathered, gather
from agreements.briefings.making import paper_of
from agreements.briefings.room import WIDEST, fit
from agreements.briefings.scopes import Over, Query, Scope
from agreements.commitments.models import duty
from agreements.commitments.models.queries import IS_OWED
from agreements.dates import PartialDate
from agreements.pages import country as desk
from agreements.pages.between import Asking, Between
from agreements.register.models import Step
from agreements.register.rules.steps import name_subjects
from agreements.sources.models import Citation
from agreements.vocabulary import CONCLUDED_OR_SUSPENDED
from partners.models import Country, Figure, Organisation, Relation
from partners.refusals import Refused
from partners.templatetags.words import quantity
from partners.viewers import Viewer

SINCE_DAYS, AHEAD_DAYS = 365, 183
MOVES = (
    Act.SIGN, Act.ISSUE, Act.AGREE, Act.REGISTER, Act.ADOPT, Act.RATIFY, Act.ENTER_FORCE, Act.SUSPEND, Act.RESUME,
    Act.END, Act.NOTICE, Act.AMENDMENT_APPLY, Act.ACCEPT_REPORT, Act.DISPUTE, Act.CONFIRM, Act.MOVE_DAY, Act.DROP,
    Act.BLOCK, Act.ESCALATE, Act.UNBLOCK, Act.ACTION_VERIFY,
)  # fmt: skip


@dataclass(frozen=True)
class Brief:
    """What is read once for all parts."""

    country: Country
    scope: Scope
    viewer: Viewer
    since: date
    open: Sequence[Any]  # commitments that are owed
    found: Gathered

    @property
    def cells(self) -> Cells:
        return Cells(self.found, self.viewer, self.viewer.on)

    @property
    def href(self) -> str:
        """Where all of it stands."""
        return self.country.get_absolute_url()

    def is_of(self, organisation: Organisation | None) -> bool:
        """Whether it speaks for this country: others owe the same commitment in agreements of many."""
        return organisation is not None and organisation.country_id == self.country.pk


def _asking(scope: Scope, viewer: Viewer) -> Asking:
    return Asking.of(Between(scope.agreements(viewer), scope.commitments(viewer), viewer))


def last_visit(scope: Scope, viewer: Viewer) -> date | None:
    """The day of the last meeting or visit at which action items were agreed that serve these commitments."""
    held = desk.meetings(_asking(scope, viewer))
    return next((one.met_on for one in held if one.met_on <= viewer.on), None)


def country_brief(country: Country, *, viewer: Viewer, on: date, since: date | None = None) -> Paper:
    """With as much of each part as the widest room has."""
    return fit(whole_brief(country, viewer=viewer, on=on, since=since), WIDEST)


def whole_brief(country: Country, *, viewer: Viewer, on: date, since: date | None = None) -> Paper:
    """As the viewer may have it: a partner gets what is shared, of its own country. A fixed number of queries.

    What gives way where it is long is named in its blocks.
    """
    viewer = viewer.as_of(on)
    if since and since > on:
        raise Refused(_("This day is still to come."))
    scope = Scope(Over.COUNTRY, country.code, country)
    since = since or last_visit(scope, viewer) or on - timedelta(days=SINCE_DAYS)
    owed = scope.commitments(viewer).filter(IS_OWED).select_related("agreement", "lead", "partner_owner__country")
    rows = list(owed.with_duty(viewer).order_by("due_on", "pk"))
    brief = Brief(country, scope, viewer, since, rows, gather(rows, viewer, on=on))
    agreements = scope.agreements(viewer)
    body = (
        *_relations(brief), *_state(brief, agreements), *_concluded(brief), *_moved(brief), *_blocked(brief),
        *_asks(brief), *_dates(brief, agreements), *_people(brief), *_figures(brief),
        *sourcing.of_claims(_claims(brief), viewer, most=WIDEST.sources, rest=brief.href),
    )  # fmt: skip
    records = {  # all that is counted, also what is delivered or owed by nobody any more
        "commitments": tuple(sorted(scope.commitments(viewer).order_by().values_list("pk", flat=True))),
        "agreements": tuple(sorted(agreements.order_by().values_list("pk", flat=True))),
    }
    subject = _("Relations with %(country)s") % {"country": country}
    return paper_of(pgettext("paper", "Brief"), subject, viewer, on, body, records)


def _claims(brief: Brief) -> Q:
    keys = [row.pk for row in brief.open]
    return Q(relation__country=brief.country) | Q(figure__country=brief.country) | Q(commitment__in=keys)


def _relations(brief: Brief) -> Iterator[Block]:
    """The level that holds, and how it came about."""
    found = list(Relation.objects.visible_to(brief.viewer).filter(country=brief.country))
    if not found:
        return
    yield Heading(_("Level of relations"), 1)
    lines = tuple(_level(one, is_first=number == 0) for number, one in enumerate(found))
    yield Bullets(lines, part="relations", total=len(lines), rest=brief.href)


def _level(one: Relation, *, is_first: bool) -> Line:
    field = f", {one.field}" if one.field else ""
    known = PartialDate.of(one.since_on, one.since_precision)
    since = (Run(f" ({_since(known)})"),) if known else ()
    return (Run(f"{one.get_level_display()}{field}", is_strong=is_first), *since)


def _since(when: Any) -> str:
    return _("since %(day)s") % {"day": day(when) if isinstance(when, date) else when}


def _state(brief: Brief, agreements: Any) -> Iterator[Block]:
    """Agreements by stage, commitments by side and by health; each number opens its list."""
    numbers = desk.numbers(brief.country, _asking(brief.scope, brief.viewer).of_open_papers())
    rows = [(_("Agreements"), _counted(((part.label, part) for part in numbers["stages"]), "agreements"))]
    for side in numbers["balance"]:
        parts = ((_("open"), side["open"]), (_("overdue"), side["late"]), (_("delivered"), side["done"]))
        rows.append((str(side["label"]), _counted(parts, "commitments")))
    if numbers["healths"]:
        rows.append((_("Health"), _counted(((part.label, part) for part in numbers["healths"]), "commitments")))
    yield Heading(_("State of play"), 1)
    yield Facts(tuple(rows))


def _counted(parts: Iterable[tuple[object, Any]], page: str) -> Line:
    """Each number with what it counts; it opens its list."""
    runs: list[Run] = []
    for label, part in parts:
        runs += [Run(str(part.count), f"{reverse(page)}?{part.query}"), Run(f" {label}   ", is_quiet=True)]
    return tuple(runs) or (Run(NONE),)


def _concluded(brief: Brief) -> Iterator[Block]:
    stages: Query = {"stage": [stage.value for stage in CONCLUDED_OR_SUSPENDED]}
    asked = brief.scope.agreements(brief.viewer, **stages)
    newest = with_parties(asked, brief.viewer).order_by(F("signed_on").desc(nulls_last=True), "-pk")
    caption = _("What was concluded")
    yield Heading(caption, 1)
    columns = (Column(_("Agreement"), 6), Column(_("Concluded"), 2), Column(_("Commitments"), 1, is_number=True))
    lines = tuple(
        Row((
            cell(titled(one)), cell(text(one.get_stage_display()), text(one.signed or "")),
            cell(text(one.promises, one_list(one))),
        ))
        for one in newest[: WIDEST.concluded]
    )  # fmt: skip
    rest = brief.scope.href(stages, "agreements")
    yield Table(
        caption, columns, lines, _("Nothing is concluded."), part="concluded", total=asked.count(), rest=rest
    )  # fmt: skip


def _moved(brief: Brief) -> Iterator[Block]:
    """What has been done since: for staff as the timeline tells it, for a partner what was delivered."""
    caption = _("What has moved since %(day)s") % {"day": day(brief.since)}
    yield Heading(caption, 1)
    if not brief.viewer.is_staff:
        yield from _delivered(brief, caption)
        return
    acts = Step.objects.visible_to(brief.viewer).filter(
        Q(commitment=None) | Q(commitment__in=brief.scope.commitments(brief.viewer).order_by().values("pk")),
        agreement__in=brief.scope.agreements(brief.viewer).order_by().values("pk"), name__in=MOVES, undone_by=None,
        on__range=(brief.since, brief.viewer.on),
    )  # fmt: skip
    steps = list(acts.select_related("agreement", "commitment").order_by("-on", "-pk")[: WIDEST.moved])
    name_subjects(steps, brief.viewer)
    lines = tuple(Row((*of_step(one), cell(text(one.reason)))) for one in steps)
    columns = (Column(_("Day"), 1), Column(_("What"), 2), Column(_("Record"), 4), Column(_("Reason"), 3))
    nothing = _("Nothing is recorded since then.")
    yield Table(caption, columns, lines, nothing, part="moved", total=acts.count())


def _delivered(brief: Brief, caption: str) -> Iterator[Block]:
    query: Query = {"delivery": "delivered", "delivered_from": day(brief.since), "delivered_to": day(brief.viewer.on)}
    rows = list(brief.scope.commitments(brief.viewer, **query).order_by("-delivered_on", "pk"))
    lines = tuple(Row((cell(titled(row)), cell(text(day_or_none(row.delivered_on))))) for row in rows)
    columns = (Column(_("Commitment"), 6), Column(_("Delivered on"), 2))
    nothing = _("Nothing is recorded since then.")
    yield Table(caption, columns, lines, nothing, part="moved", total=len(rows), rest=brief.scope.href(query))


def _blocked(brief: Brief) -> Iterator[Block]:
    if not brief.viewer.is_staff:
        return
    rows = [row for row in brief.open if row.blocked_by]
    caption = _("What is blocked, and by whom")
    yield Heading(caption, 1)
    columns = (Column(_("Commitment"), 4), Column(_("What blocks it"), 4), Column(_("Who can remove it"), 2))
    lines = tuple(
        Row((
            cell(titled(row)),
            cell(text(row.blocker), labelled(row.get_blocked_side_display(), _since(row.blocked_since_on))),
            cell(text(row.get_blocked_by_display())),
        ))
        for row in sorted(rows, key=lambda one: one.blocked_since_on)
    )  # fmt: skip
    href = brief.scope.href({"owed": "true", "blocked": sorted({row.blocked_by for row in rows})})
    yield Table(caption, columns, lines, _("Nothing is blocked."), part="blocked", total=len(rows), rest=href)


def _asks(brief: Brief) -> Iterator[Block]:
    """In both directions, from what is owed and from what each side has asked for in its own words."""
    theirs, ours = list[Line](), list[Line]()
    for row in brief.open:
        late = brief.cells.late(row)
        if late:
            wanted: Line = (*titled(row), Run(f": {late}", is_quiet=True))
            theirs += [wanted] if row.direction in duty.BY_THEM else []
            ours += [wanted] if row.direction in duty.BY_US else []
        for asked in brief.found.requests[row.pk]:
            if brief.is_of(asked.organisation):  # what our own people ask for is decided here
                new = f" → {asked.becomes}" if asked.becomes else ""
                ours.append((*titled(row), Run(f": {asked.get_kind_display()}{new}. {asked.reason}")))
        answers = (answer for answer in brief.found.disputes[row.pk] if brief.is_of(answer.organisation))
        said = (answer.remark or answer.proposed for answer in answers)
        ours += [(*titled(row), Run(f": {words}")) for words in said]
    staff = brief.viewer.is_staff
    mine, yours = (_("What we ask of them"), _("What they ask of us")) if staff else (_("Asked of you"), _("You ask"))
    yield Heading(_("Requests in both directions"), 1)
    for caption, lines in ((mine, theirs), (yours, ours)):
        yield Heading(caption, 2)
        if lines:
            yield Bullets(tuple(lines), part="asks", total=len(lines))
        else:
            yield Paragraph(text(_("Nothing is recorded."), is_quiet=True))


def _dates(brief: Brief, agreements: Any) -> Iterator[Block]:
    """What comes next: due days, sessions of committees, ends of terms, anniversaries."""
    viewer, until = brief.viewer, brief.viewer.on + timedelta(days=AHEAD_DAYS)
    coming: list[tuple[date, str, Line]] = [
        (row.due_on, str(row.due), (Run(f"{_('Due')}: ", is_quiet=True), *titled(row)))
        for row in brief.open
        if row.due_on and viewer.on <= row.due_on <= until
    ]
    coming += [
        (one.on, one.said, text(one.what, one.url))
        for one in desk.sessions(_asking(brief.scope, viewer))
        if not one.is_past
    ]
    if viewer.is_staff:
        ending = agreements.expiring(viewer.on, days=AHEAD_DAYS)
        for one in ending:
            label, said = desk.ending(one, viewer.on)
            coming.append((one.end, said, (Run(f"{label}: ", is_quiet=True), *titled(one))))
        levels = Relation.objects.visible_to(viewer).filter(country=brief.country)
        coming += [
            (one.on, day(one.on), (Run(_("%(years)s years") % {"years": one.years}), Run(f": {one.what}", one.url)))
            for one in desk.anniversaries(levels, _asking(brief.scope, viewer))
            if one.on <= until
        ]
    coming.sort(key=lambda one: (one[0], str(one[2])))
    caption = _("Next dates")
    yield Heading(caption, 1)
    lines = tuple(Row((cell(text(said)), cell(what))) for _on, said, what in coming[: WIDEST.dates])
    columns = (Column(_("Day"), 1), Column(_("What"), 6))
    nothing = _("No date is known.")
    yield Table(caption, columns, lines, nothing, part="dates", total=len(coming), rest=brief.href)


def _people(brief: Brief) -> Iterator[Block]:
    known = desk.contacts(brief.country, brief.viewer)
    found = list(known[: desk.CONTACTS])
    caption = _("People")
    yield Heading(caption, 1)
    columns = (Column(_("Name"), 3), Column(_("Position"), 3), Column(_("Organisation"), 3), Column(_("Sector"), 2))
    lines = tuple(
        Row((
            cell(text(one.person.name)), cell(text(one.person.title)), cell(text(one.organisation.label)),
            cell(text(one.sector or "")),
        ))
        for one in found
    )  # fmt: skip
    yield Table(caption, columns, lines, _("Nobody is recorded."), part="people", total=known.count(), rest=brief.href)


def _figures(brief: Brief) -> Iterator[Block]:
    """Figures of the country, each with its day and its source."""
    cited = Prefetch("citations", Citation.objects.visible_to(brief.viewer).select_related("document"))
    found = list(Figure.objects.visible_to(brief.viewer).filter(country=brief.country).prefetch_related(cited))
    if not found:
        return
    caption = _("Figures")
    yield Heading(caption, 1)
    columns = (Column(_("What"), 4), Column(_("Value"), 3), Column(_("As of"), 2), Column(_("Source"), 4))
    lines = tuple(
        Row((
            cell(text(one.name)), cell(text(_value(one))),
            cell(text(PartialDate.of(one.as_of, one.precision) or "–")),
            cell(*(text(str(place), place.document.get_absolute_url()) for place in one.citations.all()[:2])),
        ))
        for one in found[: WIDEST.figures]
    )  # fmt: skip
    yield Table(caption, columns, lines, part="figures", total=len(found), rest=brief.href)


def _value(one: Figure) -> str:
    qualifier = "" if one.qualifier == "exact" else f"{one.get_qualifier_display()} "
    return f"{qualifier}{quantity(one.value, one.unit)}"
