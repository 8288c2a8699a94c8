"""What a viewer can find by a few words: one or two queries for each kind of record, each through the gate.

Marks that were typed rank, they never exclude. Where nothing holds the words, one of them may be mistyped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, IntegerField, TextField, Value
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Commitment
from agreements.register.lists.search import by_words_and_partners
from agreements.register.models import Agreement
from agreements.sources.models import Document
from partners.folding import fold, words
from partners.marking import Piece, excerpt, mark
from partners.models import Country, Organisation, Person
from partners.viewers import Viewer
from tracker.search import spelling

FEW = 2000
EXCERPT = 600  # characters of a paper that are read around a hit


@dataclass(frozen=True)
class Hit:
    """One record, as a line of the list: its title with what was searched for marked, and where else it stands."""

    record: Any
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
    others: tuple[str, ...] = ()  # columns beside the title that may hold the words
    related: tuple[str, ...] = ()


def _where_a_person_stands(person: Any) -> str:
    return f"{person.organisation.get_absolute_url()}#person-{person.pk}" if person.organisation else ""


KINDS = (
    Kind(
        _("Agreements"), Agreement, (F("signed_on").desc(nulls_first=True), "-pk"), "agreements",
        others=("title_vi", "title_en"),
    ),
    Kind(
        _("Commitments"), Commitment, (F("due_on").asc(nulls_last=True), "pk"), "commitments",
        others=("title_vi", "title_en"),
    ),
    Kind(_("Organisations"), Organisation, ("order_vi",), "partners", others=("name_vi", "name_en", "aliases")),
    Kind(
        _("Countries and territories"), Country, ("order_vi",), "partners", others=("name_vi", "name_en", "other_names")
    ),
    Kind(
        _("People"), Person, ("name", "pk"), url=_where_a_person_stands, related=("organisation",)
    ),
    Kind(_("Papers"), Document, ("-created_at", "-pk"), others=("title_vi", "title_en")),
)  # fmt: skip


def find(text: str, viewer: Viewer, *, most: int) -> tuple[list[Group], bool]:
    """Hits by kind, `most` of each; and whether they only resemble what was asked for."""
    wanted = words(text)
    if not wanted:
        return [], False
    readable = [(kind, rows) for kind in KINDS if (rows := _readable(kind, viewer)) is not None]
    if groups := _found(text, readable, viewer, most):
        return groups, False
    for meant in spelling.corrections(wanted):
        if groups := _found(meant, readable, viewer, most):
            return groups, True
    return [], False


def _found(text: str, readable: Sequence[tuple[Kind, Any]], viewer: Viewer, most: int) -> list[Group]:
    found = ((kind, _hits(kind, rows, text, viewer, most + 1)) for kind, rows in readable)
    return [group for kind, rows in found if (group := _group(kind, rows, words(text), most))]


def _hits(kind: Kind, readable: Any, text: str, viewer: Viewer, most: int) -> list[Any]:
    """The newest that hold every word; those that match as typed come first where marks were typed."""
    rows = readable.search(text, viewer)
    found: list[Any] = []
    if fold(text) != text.casefold() and kind.model.SEARCHED:
        found = list(rows.filter(as_typed=0).order_by(*kind.order)[:most])
    if len(found) < most:
        found += rows.exclude(pk__in=[row.pk for row in found]).order_by(*kind.order)[: most - len(found)]
    if kind.model is Agreement and len(found) < most:
        known = [row.pk for row in found]
        found += by_words_and_partners(text, viewer).exclude(pk__in=known).order_by(*kind.order)[: most - len(found)]
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
    shown = str(getattr(record, "name", "") or record.title)
    ref = str(getattr(record, "ref", "") or getattr(record, "code", "") or "")
    missing = [word for word in wanted if word not in fold(f"{shown} {ref}")]
    context: list[Piece] = []
    for column in kind.others if missing else ():
        value = getattr(record, column)
        if value and value != shown and any(word in fold(value) for word in missing):
            context = mark(value, wanted)
            break
    if text and missing:
        context = excerpt(text, missing)
    if not context and kind.model is Person and record.organisation:
        context = [(str(record.organisation), False)]
    return Hit(record, mark(shown, wanted), ref, kind.url(record), context)


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
