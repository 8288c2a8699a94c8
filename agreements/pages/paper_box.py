"""The paper beside the logging form: which one, what is asked about it, and what it proposes for which field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.pages.saving import Attached
from agreements.register.models import Agreement
from agreements.sources import holding
from agreements.sources.held import HeldPaper
from agreements.sources.models import TEXT_LANGUAGES, paragraphs_of
from agreements.sources.papers import ACCEPTED
from agreements.sources.stating import read_paper
from agreements.sources.wording import Place, Said
from agreements.vocabulary import Audience, DocumentKind, PaperState
from partners.refusals import Refused
from partners.viewers import Viewer

ACT = "paper_act"
TAKE_UP = "take_up:"  # a paper whose form was left, by its key
MOST_PARAGRAPHS = 1500
VIEW = "navpanes=0&view=FitH"  # the pages alone, as wide as the frame
FIELDS = (
    "title_vi", "title_en", "kind", "signed", "place", "authentic_languages", "term_months", "term_from", "renewal",
    "renewal_months",
)  # fmt: skip
PARTIES = ("party_0", "party_1")
TWO = _("One paper at a time: take the first one away before you put in another, or add it when this is saved.")
NOTES = {
    PaperState.WAITING: _("The virus scanner does not answer, so the paper is neither shown nor read. It can be handed "
                          "in, and is checked then."),
    PaperState.EMPTY: _("There is no text in it, as in a scan or a picture: nothing can be proposed. It is handed in "
                        "as it is."),
    PaperState.LOCKED: _("It is locked by a password, so it cannot be read. Save it without one and put it in once "
                         "more, or hand it in as it is: partners do not get it."),
    PaperState.UNREAD: _("Its text could not be read, so nothing can be proposed. See that it opens on your machine: "
                         "it may be broken."),
    PaperState.PARTLY: _("Part of it has no text that can be read: look there yourself."),
}  # fmt: skip


class PaperQuestions(forms.Form):
    """What is asked about the paper; its titles and its day are the agreement's."""

    paper_kind = forms.ChoiceField(label=_("What it is"), choices=DocumentKind, initial=DocumentKind.SIGNED_TEXT)
    paper_language = forms.ChoiceField(
        label=_("Its language"), choices=[("", _("several, or another")), *TEXT_LANGUAGES], required=False
    )
    paper_audience = forms.ChoiceField(
        label=_("Who may read it"), required=False, choices=[("", _("as usual for its kind")), *Audience.choices],
        help_text=_("a signed text: also partners it is shared with; anything else: our staff"),
    )  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """One value for one field, as it would be typed and as it is read, with its place in the paper."""

    value: str
    label: str
    place: Place
    link: str  # to its page

    @property
    def words(self) -> str:
        """As they stand in the paper; nothing where they are the value itself."""
        return "" if self.place.words.casefold() == self.label.casefold() else self.place.words


class PaperBox:
    """What is beside the form of a new agreement."""

    view, two, accepted = VIEW, TWO, ",".join(ACCEPTED)
    most, most_megabytes = settings.UPLOAD_MAX_BYTES, settings.UPLOAD_MAX_BYTES // 1024**2

    def __init__(self, data: Any, files: Any, viewer: Viewer, *, key: str = "") -> None:
        self.viewer, self.problem, self.at = viewer, "", timezone.now()
        self.window = str(data.get("draft_window", "")) if data is not None else ""
        self.is_just_put = False  # by this very request: then what is asked about it was not seen yet
        self.act = str(data.get(ACT, "")) if data is not None else ""
        if data is not None:
            key = self.act.removeprefix(TAKE_UP) if self.act.startswith(TAKE_UP) else str(data.get("paper", ""))
        self.held = holding.find(key, by=viewer, at=self.at)
        self.form = _digest(data) if data is not None else ""
        self.there: Agreement | None = None  # where it is already
        if key and self.held is None:
            self.problem = str(holding.GONE)
        elif self.held and self.held.document_id and (self.is_step or self.held.form != self.form):
            self.there = holding.handed_in_to(self.held, by=viewer)
            self.held, self.problem = None, str(holding.already_in(self.there))
        uploads = files.getlist("paper_file") if files else []
        if self.act == "remove":
            self._remove()
        elif uploads:
            self._put(uploads)
        self.count = 0
        self.ask(data)

    def ask(self, data: Any) -> None:
        """The questions, with the answers that were given."""
        self.questions = PaperQuestions(data if data is not None and "paper_kind" in data else None)

    def _put(self, uploads: list[Any]) -> None:
        if len(uploads) > 1 or self.held:
            self.problem = str(TWO)
            return
        try:
            self.held, self.problem = holding.hold(uploads[0], by=self.viewer, at=self.at), ""
            self.is_just_put = True
        except Refused as no:
            self.problem = str(no.reason)

    def _remove(self) -> None:
        if self.held:
            holding.cancel(self.held, window=self.window)
        self.held = None

    @property
    def is_step(self) -> bool:
        """Whether the form was sent for the paper's sake, and is not handed in."""
        return bool(self.act)

    @property
    def key(self) -> str:
        return self.held.key if self.held else ""

    @property
    def address(self) -> str:
        return reverse("held_file", args=[self.key])

    @property
    def note(self) -> Any:
        return NOTES.get(PaperState(self.held.state), "") if self.held else ""

    @property
    def paragraphs(self) -> list[tuple[int, str]]:
        return list(enumerate(paragraphs_of(self.held.content)[:MOST_PARAGRAPHS], 1)) if self.held else []

    @property
    def left_over(self) -> list[HeldPaper]:
        """Papers whose form was left: they can be taken up again."""
        return [] if self.held else holding.left_over(self.viewer)

    @property
    def said(self) -> list[Said]:
        if self.held is None or not self.held.content:
            return []
        return read_paper(self.held.content, self.viewer, has_pages=self.held.pages is not None)

    def is_right(self, form: Any) -> bool:
        """Whether the form may be handed in with it; else what is wrong stands in the form's own list."""
        if self.problem:
            form.add_error(None, self.problem)
            return False
        if self.held is None or not self.questions.is_bound or self.questions.is_valid():
            return True
        for name, problems in self.questions.errors.items():
            form.add_error(None, f"{self.questions[name].label}: {problems[0]}")
        return False

    @property
    def attached(self) -> Attached | None:
        """The paper with what was said about it, once the form is right."""
        if self.held is None:
            return None
        # Where nobody was asked, nobody has called it signed.
        unasked = {"paper_kind": DocumentKind.DRAFT_TEXT, "paper_language": "", "paper_audience": Audience.INTERNAL}
        said = self.questions.cleaned_data if self.questions.is_bound and not self.is_just_put else unasked
        return Attached(self.held, {name.removeprefix("paper_"): value for name, value in said.items()}, self.form)

    def propose(self, form: Any, participants: Any) -> None:
        """Note beside each field what the paper says, where that is not what stands in it already."""
        said = {one.field: one for one in self.said}
        for field in self.fields(form, participants):
            field.field.may_propose = True
        for name in FIELDS:
            self._note(form[name], said.get(name))
        self._note(self.questions["paper_language"], said.get("paper_language"))
        rows = [row["organisation"] for row in participants.forms if not row["organisation"].value()]
        named = {str(row["organisation"].value()).casefold() for row in participants.forms}
        parties = [said[name] for name in PARTIES if name in said and said[name].value.casefold() not in named]
        for field, one in zip(rows, parties, strict=False):
            self._note(field, one)

    def fields(self, form: Any, participants: Any) -> Iterator[Any]:
        """Those beside which something may be proposed."""
        yield from (form[name] for name in FIELDS)
        yield from (row["organisation"] for row in participants.forms)

    def _note(self, field: Any, said: Said | None) -> None:
        if said is None or _says(field, said.value):
            return
        labels = {str(key): label for key, label in getattr(field.field, "choices", ())}
        if labels and said.value not in labels:
            return
        field.field.may_propose = True
        field.field.untouched = _untouched(field)
        field.field.proposal = Proposal(
            said.value,
            str(labels.get(said.value, said.value)),
            said.place,
            f"{self.address}#page={said.place.page}&{VIEW}",
        )
        self.count += 1

    def take(self, data: Any, form: Any, participants: Any) -> None:
        """Without scripts: what was proposed for one field, or for all that are empty, is put into what was typed."""
        wanted = self.act.partition(":")[2]
        for field in (*self.fields(form, participants), self.questions["paper_language"]):
            proposal = getattr(field.field, "proposal", None)
            is_empty = str(field.value() or "") in ("", _untouched(field))
            if proposal and (wanted == field.html_name or (not wanted and is_empty)):
                data[field.html_name] = proposal.value


def _digest(data: Any) -> str:
    """Of all that was typed and chosen: two clicks send the same, another form does not."""
    typed = sorted((name, data.getlist(name)) for name in data if name not in ("csrfmiddlewaretoken", "draft_window"))
    return hashlib.sha256(json.dumps(typed).encode()).hexdigest()


def _untouched(field: Any) -> str:
    """What a field holds before anybody has chosen or typed anything."""
    usual = field.form.get_initial_for_field(field.field, field.name)
    return str(usual or "") if getattr(field.field, "choices", ()) else ""


def _says(field: Any, value: str) -> bool:
    """Whether it stands in the field already, however it was typed there."""
    typed = field.value()
    if typed is None or str(typed).strip() == value:
        return typed is not None
    try:
        return str(field.field.to_python(typed)) == value
    except forms.ValidationError:
        return False
