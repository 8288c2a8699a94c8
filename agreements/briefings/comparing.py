"""Two closings held against each other, line by line: what moved, what came, what went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from agreements.briefings.cells import cell
from agreements.briefings.content import Block, Column, Facts, Heading, Line, Paper, Row, Run, Table, line
from agreements.briefings.counting import MEASURES, total
from agreements.briefings.figuring import shares_and_medians
from agreements.briefings.frozen import FrozenPeriod, FrozenState
from agreements.briefings.making import paper_of
from agreements.briefings.periods import counting_of, states_of
from agreements.briefings.scopes import Scope
from agreements.commitments.models import Commitment
from agreements.vocabulary import BlockedBy, Confirmation, Delivery, Direction, Health
from partners import reading
from partners.models import Organisation
from partners.viewers import Viewer

LABELS: Mapping[str, Any] = {
    "title": gettext_lazy("Title"), "agreement": gettext_lazy("Agreement"),
    "direction": gettext_lazy("Responsible side"), "lead": gettext_lazy("Lead agency"),
    "partner": gettext_lazy("Responsible partners"), "due": gettext_lazy("Due"),
    "first_due": gettext_lazy("First promised for"), "delivery": gettext_lazy("Delivery"),
    "delivered_on": gettext_lazy("Delivered on"), "health": gettext_lazy("Health"),
    "confirmation": gettext_lazy("Confirmation"), "blocker": gettext_lazy("What blocks it"),
    "blocked_by": gettext_lazy("Who can remove it"), "blocked_since_on": gettext_lazy("Blocked since"),
    "heard_on": gettext_lazy("Last heard of"),
}  # fmt: skip
CHOICES: Mapping[str, Any] = {
    "direction": Direction, "delivery": Delivery, "health": Health, "confirmation": Confirmation,
    "blocked_by": BlockedBy,
}  # fmt: skip
DAYS = ("delivered_on", "blocked_since_on", "heard_on")


@dataclass(frozen=True)
class Moved:
    """One fact of one commitment that is not the same in both."""

    fact: str
    was: str
    became: str


def moved(was: FrozenState, became: FrozenState) -> list[Moved]:
    """Pure."""
    one, other = _facts(was), _facts(became)
    return [Moved(name, one[name], other[name]) for name in LABELS if one[name] != other[name]]


def _facts(state: FrozenState) -> dict[str, str]:
    titles = " / ".join(filter(None, (state.title_vi, state.title_en)))
    return {name: str(state.facts.get(name, "")) for name in LABELS} | {"title": titles}


def compared(first: FrozenPeriod, second: FrozenPeriod, *, viewer: Viewer, on: date) -> Paper:
    """The earlier closing beside the later one; of each only what the viewer sees. A fixed number of queries."""
    everything = Scope()
    one = {state.ref: state for state in states_of(first, everything, viewer)}
    other = {state.ref: state for state in states_of(second, everything, viewer)}
    heads = [
        (str(period), line(f"{period.in_words}; SHA-256 {period.digest}", period.get_absolute_url()))
        for period in (first, second)
    ]
    if (len(one), len(other)) != (first.count, second.count):
        heads.append((_("Shown"), line(_("only what you may see of it"))))
    words = Words.read([*one.values(), *other.values()], viewer)
    unsure = _seen_by_half(first, second, one.keys() ^ other.keys())
    told_one, told_other = ({ref: state for ref, state in some.items() if ref not in unsure} for some in (one, other))
    lines = _lines(told_one, told_other, words)
    body: tuple[Block, ...] = (Facts(tuple(heads)), *_figures((first, one), (second, other)), *lines)
    told = {state.commitment_id for state in (*one.values(), *other.values())}
    known = Commitment.objects.visible_to(viewer).filter(pk__in=told).order_by("pk")
    subject = _("Closed periods compared: %(first)s and %(second)s") % {"first": first.span, "second": second.span}
    records = {"commitments": tuple(known.values_list("pk", flat=True))}
    return paper_of(pgettext("paper", "Report"), subject, viewer, on, body, records)


def _seen_by_half(first: FrozenPeriod, second: FrozenPeriod, refs: Iterable[str]) -> set[str]:
    """Those that stand in both, whatever the viewer sees: of one seen once, nobody can say that it stands alone."""
    rows = FrozenState.objects.filter(period__in=(first, second), ref__in=sorted(refs)).order_by()
    return set(rows.values_list("ref", flat=True).annotate(n=Count("pk")).filter(n=2))


Closing = tuple[FrozenPeriod, Mapping[str, FrozenState]]  # with its states by reference


def _figures(earlier: Closing, later: Closing) -> Iterator[Block]:
    caption = _("Delivery in figures")
    first, second = earlier[0], later[0]
    sums = [total(map(counting_of, states.values())) for _period, states in (earlier, later)]
    was, became = sums
    lines = [
        Row((
            cell(line(measure.label)), cell(line(was[name], first.listed({"counts": name}))),
            cell(line(became[name], second.listed({"counts": name}))),
            cell(line(f"{became[name] - was[name]:+d}" if became[name] != was[name] else "=")),
        ))
        for name, measure in MEASURES.items()
    ]  # fmt: skip
    lines += shares_and_medians(sums, ())
    columns = (
        Column(_("Figure"), 4), *(Column(str(period.span), 1, is_number=True) for period in (first, second)),
        Column(_("Difference"), 1, is_number=True),
    )  # fmt: skip
    yield Heading(caption, 1)
    yield Table(caption, columns, tuple(lines))


@dataclass(frozen=True)
class Words:
    """Codes and days of states as their reader calls them."""

    organisations: Mapping[str, str]

    @classmethod
    def read(cls, states: Sequence[FrozenState], viewer: Viewer) -> Words:
        codes = {code for state in states for name in ("lead", "partner") for code in _codes(state.facts, name)}
        known = Organisation.objects.visible_to(viewer).filter(code__in=codes)
        return cls({one.code: one.label for one in known})

    def of(self, name: str, value: str) -> str:
        if not value:
            return "–"
        if name in CHOICES:
            return str(CHOICES[name](value).label)
        if name in DAYS:
            return f"{reading.day(value):%d/%m/%Y}"
        if name in ("lead", "partner"):
            return ", ".join(self.organisations.get(code, code) for code in value.split(", "))
        return value


def _codes(facts: Mapping[str, str], name: str) -> list[str]:
    return [code for code in facts.get(name, "").split(", ") if code]


def _lines(one: Mapping[str, FrozenState], other: Mapping[str, FrozenState], words: Words) -> Iterator[Block]:
    caption = _("Line by line")
    yield Heading(caption, 1)
    lines: list[Row] = []
    for ref in sorted(one.keys() & other.keys()):
        for number, change in enumerate(moved(one[ref], other[ref])):
            shown = cell(title(other[ref])) if number == 0 else ()
            lines.append(Row((
                shown, cell(line(LABELS[change.fact])), cell(line(words.of(change.fact, change.was))),
                cell(line(words.of(change.fact, change.became))),
            )))  # fmt: skip
    for head, is_later, found in (
        (_("In the later one alone"), True, [other[ref] for ref in sorted(other.keys() - one.keys())]),
        (_("In the earlier one alone"), False, [one[ref] for ref in sorted(one.keys() - other.keys())]),
    ):
        if found:
            lines.append(Row(group=line(f"{head} ({len(found)})", is_strong=True)))
        for state in found:
            stood = cell(line(words.of("delivery", state.facts["delivery"])))
            label = cell(line(LABELS["delivery"]))
            lines.append(Row((cell(title(state)), label, *(((), stood) if is_later else (stood, ())))))
    columns = (Column(_("Commitment"), 5), Column(_("Fact"), 2), Column(_("Then"), 3), Column(_("Later"), 3))
    yield Table(caption, columns, tuple(lines), _("Both say the same of each commitment."), is_wide=True)


def told(state: FrozenState) -> str:
    """How it stood, in a line: what needs no other record to be said."""
    words, facts = Words({}), state.facts
    said = [words.of(name, facts[name]) for name in ("delivery", "health", "blocked_by") if facts.get(name)]
    days_of = [f"{LABELS[name]}: {words.of(name, facts[name])}" for name in ("due", "delivered_on") if facts.get(name)]
    return " · ".join([*said, *days_of])


def title(state: FrozenState) -> Line:
    first, second = (
        (state.title_vi, state.title_en) if (get_language() or "vi").startswith("vi") else
        (state.title_en, state.title_vi)
    )  # fmt: skip
    return (Run(state.ref, reverse("commitment", args=[state.ref]), is_quiet=True), Run(f" {first or second}"))
