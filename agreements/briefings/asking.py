"""A paper that was asked for: made with the asker's eyes, as a file, at once or by a worker."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from pypdf import PdfReader

from agreements.briefings import letterheads
from agreements.briefings.content import Paper
from agreements.briefings.drawing import draw
from agreements.briefings.kinds import MAKERS
from agreements.briefings.making import Maker, PaperForm
from agreements.exchange.lists import marks_now, seen
from agreements.exchange.models import Export
from agreements.exchange.writing import Told, Written
from agreements.vocabulary import FileForm, PaperKind
from partners import reading
from partners.refusals import Refused
from partners.viewers import Viewer

PARTS = 3  # gathered, drawn, kept: how far it is, for who waits


def form_of(maker: Maker, query: QueryDict, viewer: Viewer) -> PaperForm:
    return maker.form(query, viewer=viewer)


def made(maker: Maker, form: PaperForm, *, language: str) -> Paper:
    """The paper by a form that was found right, with the head of who issues it."""
    viewer = form.viewer
    with translation.override(language):
        whole = maker.make(form.cleaned_data, viewer, viewer.on)
        paper = letterheads.dress(replace(whole, reader=whole.reader or viewer.name), viewer)
        return fitting(paper, maker.shorter, maker.pages) if maker.shorter else paper


def fitting(whole: Paper, shorter: Sequence[Callable[[Paper], Paper]], most: int) -> Paper:
    """The longest that has no more than so many pages when it is drawn; the shortest, where none has.

    Each is a little shorter than the one before, so of n of them the logarithm of n is drawn.
    """
    low, high, best = 0, len(shorter) - 1, shorter[-1](whole)
    if pages_of(first := shorter[0](whole)) <= most:
        return first
    while low < high:
        middle = (low + high) // 2
        tried = shorter[middle](whole)
        if pages_of(tried) <= most:
            best, high = tried, middle
        else:
            low = middle + 1
    return best


def pages_of(paper: Paper) -> int:
    """As it is drawn for reading."""
    return len(PdfReader(io.BytesIO(draw(paper, FileForm.PDF))).pages)


def rows_in(paper: Paper) -> int:
    return sum(len(table.rows) for table in paper.tables())


def told(form: PaperForm) -> dict[str, str]:
    """What was said in a form, for the log: choices, days and keys. Of what was typed freely, only that it was."""
    said = form.cleaned_data
    return {name: _told(field, said[name]) for name, field in form.fields.items() if said.get(name)}


def _told(field: forms.Field, value: Any) -> str:
    if isinstance(value, Model):
        return str(value.pk)
    is_chosen = isinstance(value, date | int) or isinstance(field, forms.ChoiceField)
    return str(value) if is_chosen else "…"


def write(export: Export, viewer: Viewer, told: Told) -> Written:
    """A paper that waits. Whoever takes it up again after a worker died begins at the beginning."""
    maker = MAKERS.get(PaperKind(export.kind))
    if maker is None or viewer.role not in maker.roles:
        raise Refused(_("You can no longer ask for this."))
    form = form_of(maker, reading.query(export.query), viewer)
    if not form.is_valid():
        raise Refused(_("What it was asked for is no longer there, or no longer yours to see."))
    paper = made(maker, form, language=export.language)
    told(1)
    content = draw(paper, export.form)
    told(2)
    keys = {page: sorted(set(found)) for page, found in paper.records.items()}
    return Written(content, rows_in(paper), keys, _seen(keys, viewer))


def _seen(keys: Mapping[str, list[int]], viewer: Viewer) -> str:
    """As of now; what was hidden since the first line was written is told to nobody."""
    marks = [mark for page in sorted(keys) for mark in marks_now(page, keys[page], viewer)]
    if len(marks) != sum(map(len, keys.values())):
        raise Refused(_("A record was hidden while it was being written: ask for it again."))
    return seen(marks)
