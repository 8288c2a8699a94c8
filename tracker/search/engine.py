"""What a viewer can find by a few words: a few queries for each kind of record, each through the gate.

What was asked for by its exact name stands before whole words, they before the beginnings of words, and those before
what only holds the letters somewhere. Marks that were typed rank, they never exclude. Where nothing holds the words,
one of them may be mistyped, or wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, IntegerField, TextField, Value
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Commitment, Report
from agreements.register.models import Agreement, Note
from agreements.sources.models import Document
from partners.finding import BY_WORDS, Asked, Fit
from partners.folding import spelled, words
from partners.marking import Piece, excerpt, mark
from partners.models import Country, Organisation, Person
from partners.viewers import Viewer
from tracker.search import spelling
from tracker.search.nearness import Nearness, known

FEW = 2000
EXCERPT = 600  # characters of a paper that are read around a hit
LEAST_TERMS = 3  # of which one may be wrong


@dataclass(frozen=True)
class Hit:
    """One record, as a line of the list: its title with what was searched for marked, and where else it stands."""

    record: Any
    kind: str
    title: list[Piece]
    ref: str
    url: str
    context: list[Piece]


@dataclass(frozen=True)
class Group:
    label: Any
    hits: list[Hit]
    has_more: bool
    more: str  # the page that shows all, or nothing


@dataclass(frozen=True)
class Kind:
    """A kind of record that can be found."""

    label: Any
    model: Any
    order: Sequence[Any]
    more: str = ""
    url: Callable[[Any], str] = lambda record: str(record.get_absolute_url())
    called: Callable[[Any], str] = lambda record: str(getattr(record, "name", "") or record.title)
    others: tuple[str, ...] = ()  # columns beside the title that may hold the words
    related: tuple[str, ...] = ()
    is_source: bool = False  # what is written about a record stands after the record

    def stands(self, nearest: Any) -> tuple[Fit, int]:
        """Where the group stands among the others, by its nearest record."""
        return max(nearest.step, Fit.WORDS) if self.is_source else nearest.step, nearest.unnamed


def _where_a_person_stands(person: Any) -> str:
    return f"{person.organisation.get_absolute_url()}#person-{person.pk}" if person.organisation else ""


KINDS = (
    Kind(
        _("Agreements"), Agreement, (F("signed_on").desc(nulls_last=True), "-pk"), "agreements",
        others=("title_vi", "title_en", "summary_vi", "summary_en", "occasion_vi", "occasion_en", "place"),
    ),
    Kind(
        _("Commitments"), Commitment, (F("due_on").asc(nulls_last=True), "pk"), "commitments",
        others=("title_vi", "title_en", "text_vi", "text_en"), related=("lead", "partner_owner"),
    ),
    Kind(_("Organisations"), Organisation, ("order_vi",), "partners", others=("name_vi", "name_en", "aliases")),
    Kind(
        _("Countries and territories"), Country, ("order_vi",), "partners", others=("name_vi", "name_en", "other_names")
    ),
    Kind(
        _("People"), Person, ("name", "pk"), url=_where_a_person_stands, related=("organisation",)
    ),
    Kind(_("Papers"), Document, ("-created_at", "-pk"), others=("title_vi", "title_en"), is_source=True),
    Kind(
        _("Reports"), Report, ("-on", "-pk"), url=lambda report: str(report.commitment.get_absolute_url()),
        called=lambda report: str(report.commitment.title), others=("text",), related=("commitment",),
        is_source=True,
    ),
    Kind(
        _("Notes"), Note, ("-created_at", "-pk"), url=lambda note: str(note.agreement.get_absolute_url()),
        called=lambda note: str(note.agreement.title), others=("text",), related=("agreement",),
        is_source=True,
    ),
)  # fmt: skip


def find(text: str, viewer: Viewer, *, most: int) -> tuple[list[Group], bool]:
    """Hits by kind, `most` of each; and whether they only resemble what was asked for."""
    wanted = words(text)
    if not wanted:
        return [], False
    readable = [(kind, rows) for kind in KINDS if (rows := _readable(kind, viewer)) is not None]
    asked = {kind.model: kind.model.asked(text) for kind, _rows in readable}
    if groups := _found(asked, wanted, readable, viewer, most):
        return groups, False
    for meant in spelling.corrections(wanted):
        if groups := _found({m: m.asked(meant) for m in asked}, words(meant), readable, viewer, most):
            return groups, True
    for fewer in _one_short(asked):
        if groups := _found(fewer, wanted, readable, viewer, most):
            return groups, True
    return [], False


def _one_short(asked: dict[Any, Asked]) -> Iterator[dict[Any, Asked]]:
    """The query without its first word, without its second, and so on, for each kind that reads enough words in it."""
    long = {model: list(one.without_one()) for model, one in asked.items() if len(one.terms) >= LEAST_TERMS}
    for place in range(max(map(len, long.values()), default=0)):
        yield {model: fewer[place] for model, fewer in long.items() if place < len(fewer)}


def _found(
    asked: dict[Any, Asked], wanted: list[str], readable: Sequence[tuple[Kind, Any]], viewer: Viewer, most: int
) -> list[Group]:
    asking = [(kind, rows, asked[kind.model]) for kind, rows in readable if asked.get(kind.model)]
    near = known([(kind.model, rows, one) for kind, rows, one in asking], viewer)
    found = {kind: _hits(rows, one, near.get(kind.model), kind.order, viewer, most + 1) for kind, rows, one in asking}
    if sum(map(len, found.values())) <= most:
        for kind, rows, one in asking:
            found[kind] += _in_parts(rows, one, found[kind], kind.order, viewer, most + 1)
    groups = [(kind, group) for kind, rows in found.items() if (group := _group(kind, rows, wanted, most))]
    return [group for _kind, group in sorted(groups, key=lambda one: one[0].stands(one[1].hits[0].record))]


def _hits(
    readable: Any, asked: Asked, near: Nearness | None, order: Sequence[Any], viewer: Viewer, most: int
) -> list[Any]:
    """The nearest, and of those that are equally near the first in order."""
    found: list[Any] = []
    if near is not None:
        for (step, unnamed), keys in sorted(near.items()):
            found += _at(readable.filter(pk__in=keys), step, order, most - len(found), unnamed)
            if len(found) == most:
                break
        return found
    for step, rows in _each_step(readable, asked, viewer):
        others = rows.exclude(pk__in=[row.pk for row in found]) if found else rows
        found += _at(others, step, order, most - len(found))
        if len(found) == most:
            break
    return found


def _each_step(readable: Any, asked: Asked, viewer: Viewer) -> Iterator[tuple[Fit, Any]]:
    """Where very many answer: the rows of each step and of those before it, those with the marks as typed first."""
    for step in BY_WORDS:
        if asked.is_marked and step in (Fit.NAME_WORDS, Fit.NAME_BEGINS):
            yield step, readable.filter(readable.at(asked, step, viewer, typed=True))
        yield step, readable.filter(readable.at(asked, step, viewer))


def _in_parts(
    readable: Any, asked: Asked, found: list[Any], order: Sequence[Any], viewer: Viewer, most: int
) -> list[Any]:
    rest = readable.filter(readable.at(asked, Fit.PARTS, viewer)).exclude(pk__in=[row.pk for row in found])
    return _at(rest, Fit.PARTS, order, most - len(found))


def _at(rows: Any, step: Fit, order: Sequence[Any], most: int, unnamed: int = 0) -> list[Any]:
    found = list(rows.order_by(*order)[:most])
    for row in found:
        row.step, row.unnamed = step, unnamed
    return found


def _readable(kind: Kind, viewer: Viewer) -> Any:
    """All that the viewer may find of a kind; None where that is nothing."""
    rows = kind.model.objects.visible_to(viewer).select_related(*kind.related)
    if viewer.is_partner:
        # Of a large register a partner sees little: to look through that is faster than to find all, then to ask.
        keys = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
        if not keys:
            return None
        rows = rows.filter(pk__in=keys) if len(keys) <= FEW else rows
    # A paper's text may be long: it is not brought along, only what stands around the hit.
    return rows.defer("content", "folded") if kind.model is Document else rows


def _group(kind: Kind, rows: list[Any], wanted: list[str], most: int) -> Group | None:
    if not rows:
        return None
    papers = _excerpts([row.pk for row in rows], wanted) if kind.model is Document else {}
    hits = [_hit(kind, row, wanted, papers.get(row.pk, "")) for row in rows[:most]]
    return Group(kind.label, hits, len(rows) > most, kind.more)


def _hit(kind: Kind, record: Any, wanted: list[str], text: str) -> Hit:
    shown = kind.called(record)
    ref = str(getattr(record, "ref", "") or getattr(record, "code", "") or "")
    missing = [word for word in wanted if spelled(word) not in spelled(f"{shown} {ref}")]
    context: list[Piece] = []
    held = [value for column in kind.others if missing and (value := getattr(record, column)) and value != shown]
    if best := max(held, key=lambda value: _holds(value, missing), default=""):
        context = excerpt(best, missing) if _holds(best, missing) else []
    if text and missing:
        context = excerpt(text, missing)
    if not context and kind.model is Person and record.organisation:
        context = [(str(record.organisation), False)]
    return Hit(record, kind.model._meta.model_name, mark(shown, wanted), ref, kind.url(record), context)


def _holds(text: str, wanted: list[str]) -> int:
    there = spelled(text)
    return sum(spelled(word) in there for word in wanted)


def _excerpts(papers: list[int], wanted: list[str]) -> dict[int, str]:
    """For each paper the stretch of its text around the first of the words that stands in it. One query."""
    place = Func(F("folded_content"), Value(wanted[0]), function="strpos", output_field=IntegerField())
    rows = Document.objects.filter(pk__in=papers).annotate(  # those that the gate has let through
        folded_content=Func(F("content"), function="fold", output_field=TextField()), place=place
    )
    around = Func(
        F("content"), Func(F("place") - EXCERPT // 2, Value(1), function="greatest", output_field=IntegerField()),
        Value(EXCERPT), function="substr", output_field=TextField(),
    )  # fmt: skip
    return dict(rows.annotate(around=around).values_list("pk", "around"))
