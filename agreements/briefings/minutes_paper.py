"""The minutes as a paper: who was present, the agenda, what was decided at each item, who does what until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from agreements.acts import Act
from agreements.briefings import minutes
from agreements.briefings.cells import cell
from agreements.briefings.content import (
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
    line,
)
from agreements.briefings.making import Maker, PaperForm, paper_of
from agreements.briefings.meeting import AgendaItem, Meeting, MinutedItem, Minutes, Topic
from agreements.briefings.minutes import ACTION, NOTE
from agreements.vocabulary import PaperKind
from partners.picking import offer
from partners.viewers import ALL_DESKS, STAFF, Viewer

Said = Mapping[str, Any]


def minutes_paper(meeting: Meeting, *, viewer: Viewer) -> Paper:
    """As the viewer may have it: signed, from what was written down; else as it stands now, and it says so."""
    signed = Minutes.objects.visible_to(viewer).filter(meeting=meeting).select_related("written_by", "signed_by")
    kept = signed.first()
    if kept:
        items, whole = list(MinutedItem.objects.visible_to(viewer).filter(minutes=kept)), kept.count
    else:
        items, whole = minutes.written(meeting, viewer), AgendaItem.objects.filter(meeting=meeting).count()
    said = kept.said if kept else minutes.head_of(meeting)
    body = (
        *_head(meeting, said, kept, viewer), *_present(said), *_agenda(items), *_decisions(items, viewer),
        *_actions(items, viewer), *_closing(kept, is_part=len(items) < whole),
    )  # fmt: skip
    records = {
        "agreements": tuple(sorted({item.agreement_id for item in items})),
        "commitments": tuple(sorted({item.commitment_id for item in items if item.commitment_id})),
    }
    made = paper_of(pgettext("paper", "Minutes"), str(said["title"]), viewer, meeting.held_on, body, records)
    return replace(made, desk_id=meeting.desk_id)


def _head(meeting: Meeting, said: Said, kept: Minutes | None, viewer: Viewer) -> Iterator[Block]:
    rows: list[tuple[str, Line]] = [
        (_("Held on"), line(said["held_on"], meeting.get_absolute_url())),
        (_("Place"), line(said["place"])),
        (_("Period"), line(meeting.span)),
        (_("Scope"), line(meeting.scope(viewer).label(viewer))),
        (_("Opened by"), line(said["opened_by"])),
    ]
    if kept is None:
        rows.append((pgettext("minutes", "State"), line(_("draft, not signed off"), is_strong=True)))
    yield Facts(tuple((name, value) for name, value in rows if value))


def _present(said: Said) -> Iterator[Block]:
    yield Heading(_("Who was present"), 1)
    names = [name.strip() for name in said["present"] if name.strip()]
    yield Bullets(tuple(map(line, names))) if names else Paragraph(line(_("Nobody is recorded."), is_quiet=True))


def _titled(item: MinutedItem) -> Line:
    """As it was called then, in the language that is read now."""
    page = "commitments" if item.commitment_id else "agreements"
    names = (item.title_vi, item.title_en) if (get_language() or "vi")[:2] == "vi" else (item.title_en, item.title_vi)
    return (Run(item.ref, f"/{page}/{item.ref}/", is_quiet=True), Run(f" {names[0] or names[1]}", is_strong=True))


def _agenda(items: Sequence[MinutedItem]) -> Iterator[Block]:
    yield Heading(_("Agenda"), 1)
    columns = (Column(_("No."), 1, is_number=True), Column(_("Record"), 8), Column(_("Why on the agenda"), 4))
    lines = tuple(
        Row((cell(line(item.number)), cell(_titled(item)), cell(*(line(Topic(one).label) for one in item.topics))))
        for item in items
    )
    yield Table(_("Agenda"), columns, lines, _("Nothing that you may see was on the agenda."))


def said_of(one: Said) -> Line:
    """One decision in the language that is read now: what it was, the day, and the words of who spoke."""
    name = {ACTION: _("Action item"), NOTE: _("Note")}.get(one["act"]) or str(Act(one["act"]).label)
    when = f" {one['day']}" if one.get("day") else ""
    return (Run(f"{name}{when}", is_strong=True), Run(f": {one['text']}" if one["text"] else ""))


def _seen(item: MinutedItem, viewer: Viewer) -> list[Said]:
    """What was decided; action items of another desk are not the viewer's to read, as in their own list."""
    return [one for one in item.decided if one["act"] != ACTION or _is_own(one, viewer)]


def _is_own(one: Said, viewer: Viewer) -> bool:
    return viewer.role in ALL_DESKS or one["desk"] in viewer.desk_ids


def _decisions(items: Sequence[MinutedItem], viewer: Viewer) -> Iterator[Block]:
    caption = _("What was decided")
    yield Heading(caption, 1)
    columns = (
        Column(_("No."), 1, is_number=True), Column(_("Record"), 6), Column(_("Decision"), 7),
        Column(_("Recorded by"), 2),
    )  # fmt: skip
    lines = []
    for item in items:
        taken = _seen(item, viewer)
        who = dict.fromkeys(one["by"] for one in taken)
        what = [said_of(one) for one in taken]
        if len(taken) < len(item.decided):
            what.append(line(_("An action item of another desk was agreed."), is_quiet=True))
        what = what or [line(_("Nothing was decided."), is_quiet=True)]
        lines.append(Row((cell(line(item.number)), cell(_titled(item)), cell(*what), cell(*map(line, who)))))
    yield Table(caption, columns, tuple(lines), _("Nothing was decided."))
    words = _("What a second person has to decide is recorded here as asked for; the record says how it was decided.")
    yield Paragraph(line(words, is_quiet=True))


def _actions(items: Sequence[MinutedItem], viewer: Viewer) -> Iterator[Block]:
    caption = _("Action items")
    yield Heading(caption, 1)
    columns = (
        Column(_("What is to be done"), 5), Column(_("Done by"), 3), Column(_("Due"), 2), Column(_("Record"), 4),
    )  # fmt: skip
    lines = tuple(
        Row((
            cell(line(one["text"])), cell(line(one["owner"])),
            cell(line(one["day"] or _("no day"))), cell(_titled(item)),
        ))
        for item in items for one in _seen(item, viewer) if one["act"] == ACTION
    )  # fmt: skip
    yield Table(caption, columns, lines, _("None was agreed."))


def _closing(kept: Minutes | None, *, is_part: bool) -> Iterator[Block]:
    """Who wrote it, who signed it off, and by which print it is known."""
    if is_part:
        yield Paragraph(line(_("These are the items that you may see; there are others."), is_quiet=True))
    if kept:
        yield Heading(_("Signed off"), 1)
        yield Facts((
            (_("Written by"), line(kept.written_by)),
            (_("Signed off by"), line(f"{kept.signed_by}, {day(kept.signed_on)}")),
            ("SHA-256", line(kept.digest, is_quiet=True)),
        ))  # fmt: skip


class MinutesForm(PaperForm):
    meeting = forms.ModelChoiceField(label=gettext_lazy("Meeting"), queryset=Meeting.objects.none())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, meeting=Meeting.objects.visible_to(self.viewer))


def make_minutes(parameters: Mapping[str, Any], viewer: Viewer, on: date) -> Paper:
    return minutes_paper(parameters["meeting"], viewer=viewer)


MINUTES = Maker(PaperKind.MINUTES, MinutesForm, make_minutes, roles=STAFF)
