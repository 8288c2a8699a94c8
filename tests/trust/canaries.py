"""A world in which every text is a mark that tells who may read it, written by hand and without the rules' code.

A mark is `CNRY0001`, and beside it stands a word, `wordaaab`, by which it can be searched for: a page that repeats
what was asked does not repeat the mark.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from string import ascii_lowercase
from typing import Any

from django.utils import timezone

from agreements.models import (
    ActionItem,
    Amendment,
    Answer,
    Citation,
    Comment,
    DueRequest,
    Funding,
    Indicator,
    Link,
    Measurement,
    Milestone,
    Note,
    Pause,
    Proceeding,
    ProceedingStep,
    Report,
    SavedView,
    Share,
    Step,
)
from agreements.vocabulary import Part
from partners.models import Assessment, Person
from tests import factories
from tests.conftest import Cast
from tests.factories import TODAY, make_document, make_procedure

READERS = ("linh", "huy", "minh", "sara", "omar", "auditor")
TOP = frozenset({"auditor"})
DESK = frozenset({"linh", "minh"}) | TOP
HOUSE = DESK | {"huy"}
SARA, OMAR = HOUSE | {"sara"}, HOUSE | {"omar"}
NOBODY: frozenset[str] = frozenset()
MARK = re.compile(r"CNRY\d{4}")


@dataclass
class World:
    """Who may read each mark, the word that finds it, and the addresses of what was made."""

    cast: Cast
    readers: dict[str, frozenset[str]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    made_of: dict[str, str] = field(default_factory=dict)
    kept_in: dict[str, tuple[Any, int, str]] = field(default_factory=dict)  # model, key and column of each mark
    agreements: list[Any] = field(default_factory=list)
    commitments: list[Any] = field(default_factory=list)
    rows: dict[str, list[int]] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def text(self, readers: Iterable[str], of: str) -> str:
        """A text that only these may read."""
        number = next(self._numbers)
        mark = f"CNRY{number:04}"
        letters = "".join(ascii_lowercase[int(digit)] for digit in f"{number:04}")
        self.readers[mark], self.words[mark], self.made_of[mark] = frozenset(readers), f"word{letters}", of
        return f"{mark} {self.words[mark]}"

    def put(self, record: Any, *columns: str, to: Iterable[str], shown: bool = True) -> Any:
        """Fill the columns with texts for these readers, and save the record; not `shown` are those only searched."""
        texts: dict[str, str] = {}
        for column in columns:
            text = self.text(to, f"{type(record).__name__}.{column}")
            setattr(record, column, text)
            texts[column] = text.split()[0]
            if shown and to:
                self.shown.add(text.split()[0])
        record.save()
        for column, mark in texts.items():
            self.kept_in[mark] = (type(record), record.pk, column)
        self.rows.setdefault(type(record).__name__, []).append(record.pk)
        return record

    def agreement(self, to: Iterable[str], **facts: Any) -> Any:
        given: dict[str, Any] = {
            "desk": self.cast.desk,
            "owner": self.cast.linh,
            "parties": [self.cast.home, self.cast.us],
        }
        made = self.put(factories.make_agreement(**given | facts), "title_vi", "title_en", to=to)
        self.agreements.append(made)
        return made

    def commitment(self, agreement: Any, to: Iterable[str], **facts: Any) -> Any:
        made = factories.make_commitment(agreement=agreement, due_on=TODAY, partner_owner=self.cast.us, **facts)
        self.commitments.append(self.put(made, "title_vi", "title_en", to=to))
        return made


def make_world(cast: Cast) -> World:
    world = World(cast)
    _shared_whole(world)
    _shared_with_parts_held_back(world)
    _a_commitment_alone(world)
    _a_draft(world)
    _another_desks_own(world)
    _over(world)
    _beside_agreements(world)
    return world


def _shared_whole(world: World) -> None:
    """One that Sara's organisation reads with all that belongs to it, while what is the house's own stays there."""
    cast, put = world.cast, world.put
    agreement = world.agreement(SARA, ref="US-2021-01", expires_on=TODAY + timedelta(days=30))
    put(agreement, "summary_vi", "summary_en", "occasion_en", "place", to=SARA)
    factories.make_share(agreement=agreement, organisation=cast.us)
    put(agreement.participants.get(organisation=cast.us), "signatory", to=SARA)
    commitment = world.commitment(agreement, SARA)
    put(commitment, "text_vi", "text_en", to=SARA)
    commitment.blocked_side, commitment.blocked_by, commitment.blocked_since_on = "ours", "desk", TODAY
    put(commitment, "blocker", to=HOUSE)
    commitment.health_override = "delayed"
    put(commitment, "health_reason", to=HOUSE)
    put(Milestone(commitment=commitment, due_on=TODAY), "title_vi", "title_en", to=SARA)
    put(Funding(commitment=commitment, kind="pledged", amount=5, currency="USD"), "remark", to=HOUSE)
    indicator = put(Indicator(commitment=commitment, target=5), "title_vi", "title_en", "unit", to=SARA)
    put(Measurement(indicator=indicator, value=3, on=TODAY), "source", to=SARA)
    put(Report(commitment=commitment, on=TODAY, created_by=cast.linh), "text", "comment", to=SARA)
    put(Report(commitment=commitment, on=TODAY, created_by=cast.linh, status="draft"), "text", to=HOUSE)
    unsubmitted = {"organisation": cast.us, "created_by": cast.sara, "status": "draft"}
    put(Report(commitment=commitment, on=TODAY, **unsubmitted), "text", to={"sara"})
    first_words = put(Report(commitment=commitment, on=TODAY, **unsubmitted), "text", to={"sara"})
    world.readers[MARK.findall(first_words.text)[0]] = NOBODY  # reworded before it was handed in
    first_words.status = "submitted"
    put(first_words, "text", to=SARA)
    said = {"commitment": commitment, "verdict": "disputed", "wording_hash": "x", "on": TODAY}
    put(Answer(organisation=cast.us, **said), "remark", "proposed_en", "reply", to=SARA)
    put(Answer(organisation=cast.kr, **said), "remark", "proposed_en", "reply", to=HOUSE)
    asked = {"commitment": commitment, "to_on": TODAY, "state": "withdrawn"}
    put(DueRequest(organisation=cast.us, **asked), "reason", "comment", to=SARA)
    put(DueRequest(**asked), "reason", "comment", to=HOUSE)
    later = timezone.now() + timedelta(days=1)
    put(Link(commitment=commitment, organisation=cast.us, purpose="confirm", expires_at=later), "recipient", to=HOUSE)
    action = put(ActionItem(desk=cast.desk, owner=cast.linh), "title", "meeting", "result", to=DESK)
    action.commitments.add(commitment)
    Step.objects.create(
        agreement=agreement, name="action_reopen", on=TODAY, by=cast.linh, subject_id=action.pk,
        reason=world.text(DESK, "Step.reason of an action item"),
    )  # fmt: skip
    put(Step(agreement=agreement, name="return", on=TODAY, by=cast.linh), "reason", to=HOUSE)
    put(Note(agreement=agreement, created_by=cast.linh), "text", to=HOUSE)
    put(Note(agreement=agreement, created_by=cast.linh, archived_at=timezone.now()), "text", to=TOP)
    put(Comment(agreement=agreement, created_by=cast.linh), "text", to=HOUSE)
    put(Amendment(agreement=agreement, number=1), "text_vi", "text_en", "comment", to=HOUSE)
    open_paper = put(make_document(agreement=agreement, audience="partner", state="clean"), "title_vi", to=SARA)
    put(open_paper, "title_en", "content", "publisher", to=SARA)
    inner = put(make_document(agreement=agreement, audience="internal"), "title_vi", "title_en", "content", to=HOUSE)
    put(Citation(document=open_paper, agreement=agreement), "quote", to=SARA)
    put(Citation(document=inner, commitment=commitment), "quote", to=HOUSE)
    procedure = put(make_procedure(), "name_en", to=HOUSE)
    proceeding = put(Proceeding(agreement=agreement, procedure=procedure, opened_on=TODAY), "reason", to=HOUSE)
    step = ProceedingStep(proceeding=proceeding, step=procedure.steps.get())
    put(step, "number", "remark", "skipped_because", to=HOUSE)
    put(Pause(step=step, from_on=TODAY), "reason", to=HOUSE)


def _shared_with_parts_held_back(world: World) -> None:
    cast, put = world.cast, world.put
    agreement = world.agreement(SARA, ref="US-2021-02", expires_on=TODAY + timedelta(days=30))
    put(agreement, "summary_vi", "summary_en", "occasion_en", to=HOUSE)
    agreement.parent = world.agreement(HOUSE, ref="US-2021-03")
    agreement.save()
    put(agreement.participants.get(organisation=cast.us), "signatory", to=HOUSE)
    held = [part.value for part in Part if part != Part.COMMITMENTS]
    factories.make_share(agreement=agreement, organisation=cast.us, withheld=held)
    commitment = world.commitment(agreement, SARA)
    put(commitment, "text_vi", "text_en", to=HOUSE)
    put(Milestone(commitment=commitment, due_on=TODAY), "title_vi", "title_en", to=HOUSE)
    put(Report(commitment=commitment, on=TODAY, created_by=cast.linh), "text", "comment", to=HOUSE)
    paper = make_document(agreement=agreement, audience="partner", state="clean")
    put(paper, "title_vi", "title_en", "content", to=HOUSE)
    put(Citation(document=paper, commitment=commitment), "quote", to=HOUSE)


def _a_commitment_alone(world: World) -> None:
    """Omar's organisation sees a commitment, and not the agreement that it stands in."""
    cast, put = world.cast, world.put
    agreement = world.agreement(HOUSE, ref="KR-2020-01", parties=[cast.home, cast.kr])
    put(agreement, "summary_en", to=HOUSE)
    commitment = world.commitment(agreement, OMAR)
    put(commitment, "text_en", to=OMAR)
    Share.objects.create(commitment=commitment, organisation=cast.kr)
    world.commitment(agreement, HOUSE)
    # Shared once, and no more.
    world.commitment(agreement, HOUSE)
    taken_back = world.commitments[-1]
    Share.objects.create(commitment=taken_back, organisation=cast.kr, revoked_at=timezone.now())
    Share.objects.create(commitment=taken_back, organisation=cast.us, until_on=TODAY - timedelta(days=1))


def _a_draft(world: World) -> None:
    cast, put = world.cast, world.put
    draft = world.agreement(DESK, ref="US-2021-05", stage="draft", signed_on=None)
    put(draft, "summary_en", to=DESK)
    factories.make_share(agreement=draft, organisation=cast.us)
    world.commitment(draft, DESK)
    put(Note(agreement=draft, created_by=cast.linh), "text", to=DESK)
    put(Step(agreement=draft, name="return", on=TODAY, by=cast.linh), "reason", to=DESK)
    put(make_document(agreement=draft, audience="partner", state="clean"), "title_en", "content", to=DESK)


def _another_desks_own(world: World) -> None:
    """Huy's desk keeps an agreement to itself; a paper of it bears out what others read."""
    cast, put, own = world.cast, world.put, TOP | {"huy"}
    closed = world.agreement(own, ref="JP-2020-01", desk=cast.other_desk, owner=cast.huy, restricted=True)
    put(closed, "summary_en", to=own)
    commitment = world.commitment(closed, own)
    put(Milestone(commitment=commitment, due_on=TODAY), "title_en", to=own)
    put(Note(agreement=closed, created_by=cast.huy), "text", to=own)
    put(Comment(agreement=closed, created_by=cast.huy), "text", to=own)
    put(Amendment(agreement=closed, number=1), "text_en", to=own)
    paper = put(make_document(agreement=closed), "title_vi", "title_en", "content", to=own)
    put(Citation(document=paper, agreement=world.agreements[0]), "quote", to=own)
    loose = put(make_document(), "title_en", "content", to=HOUSE)
    put(Citation(document=loose, agreement=closed), "quote", to=own)
    put(ActionItem(desk=cast.other_desk, owner=cast.huy), "title", to=own)
    # Its own desk's until lately: what was written then is not for the others, though they see it now.
    opened = world.agreement(own, ref="JP-2020-02", desk=cast.other_desk, owner=cast.huy, restricted=True)
    opened.restricted = False
    put(opened, "title_vi", "title_en", to=HOUSE)


def _over(world: World) -> None:
    """Archived: the auditor's and the operator's alone."""
    gone = world.agreement(TOP, ref="US-2019-01")
    world.commitment(gone, TOP)
    factories.make_share(agreement=gone, organisation=world.cast.us)
    gone.archived_at = timezone.now()
    world.put(gone, "archived_because", "summary_en", to=TOP)


def _beside_agreements(world: World) -> None:
    cast, put = world.cast, world.put
    put(Person(organisation=cast.us, title_en="Director"), "name", to=SARA)
    put(Person(name="Ann Lee", organisation=cast.us), "aliases", "phone", to=HOUSE, shown=False)
    put(Assessment(organisation=cast.us, risk="high", assessed_on=TODAY), "text_en", to=HOUSE)
    put(SavedView(created_by=cast.linh, page="agreements", query="q=x"), "name", to={"linh"} | TOP)
    put(cast.us, "aliases", to=HOUSE | {"sara"})
    # A desk that none of the readers works at, and a partner that none of them belongs to.
    factories.make_desk(code="closed")
    factories.make_organisation(code="zz-1", country="FR")


def marks_in(body: bytes, kind: str) -> set[str]:
    """The marks of an answer, whatever form it has: pages, data, calendars, workbooks."""
    if "spreadsheet" in kind or body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b" ".join(book.read(name) for name in book.namelist())
    text = body.decode("utf-8", "replace").replace("\r\n ", "").replace("<mark>", "").replace("</mark>", "")
    return set(MARK.findall(text))
