"""How a kind of paper is made: what must be said for it, by whom, and the function that puts its content together.

A new kind is a member of `PaperKind` in the vocabulary, a `Maker` beside its function, and a line in `kinds.MAKERS`:

    class BriefForm(PaperForm):
        country = ...  # offered from `visible_to(self.viewer)`

    def country_brief(parameters: Mapping[str, Any], viewer: Viewer, on: date) -> Paper: ...

    COUNTRY_BRIEF = Maker(PaperKind.COUNTRY_BRIEF, BriefForm, country_brief, roles=frozenset(Role))

`parameters` is what the form cleaned. The function reads rows through the gate alone, with the viewer it is given, and
words in the language that is active; it never asks the clock for the day. It names the records that it tells of in
`Paper.records`: whoever fetches the file later is asked whether they still see each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language

from agreements.briefings.content import Block, Paper
from agreements.vocabulary import PaperKind
from partners.viewers import STAFF, Role, Viewer

EVERYONE = frozenset(Role)
Making = Callable[[Mapping[str, Any], Viewer, date], Paper]
RESERVED = ("language", "form")  # said beside every form, for every kind


class PaperForm(forms.Form):
    """What must be said to make a kind of paper. Choices come through the gate: hidden and absent are refused alike."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        self.viewer = viewer
        super().__init__(*args, **kwargs)


def paper_of(
    kind: str, subject: str, viewer: Viewer, on: date, body: tuple[Block, ...],
    records: Mapping[str, tuple[int, ...]] | None = None,
) -> Paper:  # fmt: skip
    """A paper for this reader, in the language that is active; its head is put on by who draws it."""
    return Paper(
        kind=kind, subject=subject, language=(get_language() or "vi")[:2], on=on, body=body, reader=viewer.name,
        made_at=timezone.now(), records=dict(records or {}),
    )  # fmt: skip


@dataclass(frozen=True)
class Maker:
    kind: PaperKind
    form: type[PaperForm]
    make: Making
    roles: frozenset[Role] = STAFF
    is_long: bool = False  # written by a worker, while one does something else; never for a partner
    pages: int = 0  # on how many it must fit; of `shorter`, each a little shorter, the first that does is taken
    shorter: tuple[Callable[[Paper], Paper], ...] = ()
    is_offered: bool = True  # on the page of papers; else a button beside the record that it is about
