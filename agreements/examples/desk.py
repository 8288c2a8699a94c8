"""What goes on around an agreement: talk, work, papers, who follows and who was told, amendments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from agreements.acts import Act
from agreements.commitments.models import ActionItem
from agreements.commitments.rules.amending import CommitmentMove, entry
from agreements.examples.life import Life
from agreements.examples.papers import attach
from agreements.examples.people import person_of
from agreements.examples.promise import Promise
from agreements.examples.words import said_of, words
from agreements.register.models import Amendment, Comment, Follow, Note, Opening, SavedView, Share
from agreements.register.rules.amended_parties import ParticipantMove
from agreements.reminders.models import Mute, Reminder
from agreements.sources.models import Citation, Document
from agreements.vocabulary import CONCLUDED, ActionItemState, AmendmentStage, PaperState, SendState

LATE_NOTICE = 60  # days for which the ledger has rows of what fell due


def surround(life: Life, promises: list[Promise]) -> None:
    """Everything beside the promises themselves."""
    _papers(life)
    _talk(life)
    _watch(life, promises)
    if life.binds:
        _amend(life, promises)
        _work(life, promises)
        _remind(life, promises)
    _open_some(life, promises)


# --- papers ----------------------------------------------------------------------------------------------------------
def _papers(life: Life) -> None:
    world = life.world
    kind = world.turn_of(Document, "kind", but=("signed_text", "notice"))
    day = world.past(life.entered + timedelta(days=4))
    paper = life.paper(kind, day)
    world.rows.add(
        Citation, by=life.officer, at=world.at(day), document=paper, paragraph=1, agreement=life.agreement,
    )  # fmt: skip
    if world.one_in(8, "next edition"):
        first = life.paper(kind, day)
        life.papers.pop(kind)
        following = life.paper(kind, world.past(day + timedelta(days=12)))
        following.replaces, following.edition = first, 2
    for paper in life.papers.values():
        if life.number <= world.with_files:
            _file(life, paper)
        elif world.one_in(5, "state of a paper"):
            _check(life, paper)


def _file(life: Life, paper: Document) -> None:
    agreement = life.agreement
    is_vietnamese = paper.language == "vi"
    titles = (agreement.title_vi or agreement.title_en, agreement.summary_vi or agreement.summary_en)
    if not is_vietnamese:
        titles = (agreement.title_en or agreement.title_vi, agreement.summary_en or agreement.summary_vi)
    first = f"{said_of('papers', paper.kind)[not is_vietnamese]} – {agreement.ref}"
    attach(paper, [first, *(line for line in titles if line)], as_word=is_vietnamese)
    _check(life, paper)


def _check(life: Life, paper: Document) -> None:
    """What the checks made of it. One that still waits is left to them, and needs its file."""
    world = life.world
    left_out = () if paper.file else (PaperState.WAITING.value,)
    state = PaperState(world.turn_of(Document, "state", but=left_out) if world.one_in(3, "odd paper") else "clean")
    paper.state, paper.checked_at = state.value, None if state == PaperState.WAITING else paper.created_at
    if state == PaperState.REFUSED:
        paper.refused_because = words()["refused_paper"].vi
        _drop_file(paper)
    if state not in (PaperState.CLEAN, PaperState.PARTLY):
        paper.content, paper.pages = "", None


def _drop_file(paper: Document) -> None:
    if paper.file:
        paper.file.delete(save=False)


# --- talk and followers ----------------------------------------------------------------------------------------------
def _talk(life: Life) -> None:
    world = life.world
    if world.one_in(3, "note"):
        life.add(
            Note, world.past(life.entered + timedelta(days=6)), agreement=life.agreement, text=world.say("notes").vi
        )
    if not world.one_in(4, "comment"):
        return
    day = world.between(world.past(life.entered), world.on)
    text = f"@{life.officer.name} {world.say('comments').vi}"
    asked = life.add(Comment, day, by=life.manager, agreement=life.agreement, text=text)
    world.rows.link(asked, "mentions", [life.officer])
    life.act(Act.COMMENT, day, by=life.manager, about=asked, reason=text[:200])
    if world.one_in(2, "answer to a comment"):
        later = world.past(day + timedelta(days=1))
        answer = life.add(
            Comment, later, agreement=life.agreement, thread=asked, text=words()["answers_to_comments"][0].vi
        )
        life.act(Act.COMMENT, later, by=life.officer, about=answer, reason=answer.text)
        asked.resolved_at, asked.resolved_by = world.at(later), life.officer


def _watch(life: Life, promises: list[Promise]) -> None:
    """Who follows it, who does not want to hear of it, and which partners looked."""
    world, agreement = life.world, life.agreement
    at = world.at(world.past(life.entered))
    if world.one_in(3, "follow"):
        world.rows.add(Follow, user=life.manager, agreement=agreement, created_at=at)
    if promises and world.one_in(5, "follow a commitment"):
        world.rows.add(Follow, user=life.officer, commitment=promises[0].row, created_at=at)
    if world.one_in(20, "muting"):
        world.rows.add(Mute, user=life.manager, agreement=agreement, created_at=at)
    if life.binds and not agreement.restricted and world.one_in(2, "opening"):
        for organisation in life.theirs:
            for user in world.speakers.get(organisation.code, ()):
                day = world.past(life.since + timedelta(days=20))
                at = world.at(day)
                world.rows.add(Opening, user=user, agreement=agreement, on=day, first_at=at, last_at=at, times=2)


# --- work ------------------------------------------------------------------------------------------------------------
def _work(life: Life, promises: list[Promise]) -> None:
    """An action item that serves the first promises."""
    world = life.world
    if not world.one_in(4, "action item"):
        return
    state = ActionItemState(world.turn_of(ActionItem, "state"))
    met = world.past(max(life.since, world.from_today(-120, -20)))
    is_done, is_verified = state != ActionItemState.OPEN, state == ActionItemState.VERIFIED
    done = world.past(met + timedelta(days=15))
    item = life.add(
        ActionItem, met, desk=life.staff.desk, is_example=True, owner=life.officer, state=state.value, met_on=met,
        title=world.say("tasks").put(count=world.chance.randint(1, 5)).vi, due_on=world.from_today(-20, 40),
        meeting=f"{words()['occasions'][2].vi}", result=words()["task_results"][0].vi if is_done else "",
        done_by=life.officer if is_done else None, done_on=done if is_done else None,
        verified_by=life.manager if is_verified else None, verified_on=world.past(done) if is_verified else None,
    )  # fmt: skip
    served = [one.row for one in promises[:2]]
    world.rows.link(item, "commitments", served)
    for act, who in {
        Act.ACTION_DONE: is_done and life.officer,
        Act.ACTION_VERIFY: is_verified and life.manager,
    }.items():
        if who:
            life.act(act, done, by=who, about=item, reason=item.title)
    if is_verified:
        for one in promises[:2]:
            one.hear(done)


# --- amendments ------------------------------------------------------------------------------------------------------
def _amend(life: Life, promises: list[Promise]) -> None:
    world, agreement = life.world, life.agreement
    if not world.one_in(3, "amendment"):
        return
    stage = AmendmentStage(world.turn_of(Amendment, "stage"))
    kind = world.turn_of(Amendment, "kind")
    text = said_of("amendments", kind, "amendment")
    begun = world.past(max(life.since, world.from_today(-90, -25)))
    is_decided = stage in (AmendmentStage.APPROVED, AmendmentStage.APPLIED)
    is_submitted = is_decided or stage == AmendmentStage.IN_REVIEW
    decided = world.past(begun + timedelta(days=8))
    effective = world.from_today(10, 90) if stage != AmendmentStage.APPLIED else decided
    amendment = life.add(
        Amendment, begun, agreement=agreement, number=1, kind=kind, stage=stage.value, effective_on=effective,
        changes=_changes(life, stage), document=life.paper("annex", begun) if is_decided else None,
        submitted_by=life.officer if is_submitted else None, decided_by=life.manager if is_decided else None,
        decided_at=world.at(decided) if is_decided else None, **text.columns("text"),
        applied_at=world.at(decided) if stage == AmendmentStage.APPLIED else None,
        **(_acceptances(life, begun) if is_decided else {}),
    )  # fmt: skip
    if stage != AmendmentStage.APPLIED:
        _moves(life, amendment, promises)
    acts = {
        Act.AMENDMENT_SUBMIT: (is_submitted, life.officer, begun),
        Act.AMENDMENT_APPROVE: (is_decided, life.manager, decided),
        Act.AMENDMENT_WITHDRAW: (stage == AmendmentStage.WITHDRAWN, life.officer, decided),
        Act.AMENDMENT_APPLY: (stage == AmendmentStage.APPLIED, None, decided),
    }  # fmt: skip
    for act, (has_been, who, day) in acts.items():
        if has_been:
            life.act(act, day, by=who, about=amendment, reason=text.vi)


def _changes(life: Life, stage: AmendmentStage) -> dict[str, Any]:
    """The notice period before and after: of what is applied, the agreement says the latter."""
    now = life.agreement.notice_months
    before, after = (now, (now or 0) + 3) if stage != AmendmentStage.APPLIED else ((now or 0) + 3, now)
    return {"notice_months": {"before": before, "after": after}}


def _acceptances(life: Life, day: date) -> dict[str, Any]:
    """Who of either side accepted it, when, and the paper that says so."""
    paper = life.paper("correspondence", day)
    return {
        "ours_by": person_of(life.world, life.ours), "ours_on": day, "ours_paper": paper,
        "theirs_by": person_of(life.world, life.theirs[0]), "theirs_on": day, "theirs_paper": paper,
    }  # fmt: skip


def _moves(life: Life, amendment: Any, promises: list[Promise]) -> None:
    """Who joins by it, and what it makes of the promises, in turn."""
    world = life.world
    if world.one_in(2, "somebody joins"):
        joining = world.turn("who joins", world.international)
        if joining not in life.parties:
            amendment.parties = [{"do": ParticipantMove.JOIN.value, "organisation": joining.pk, "role": "observer"}]
    row = next((one.row for one in promises if one.row.is_open and one.row.due_on), None)
    do = CommitmentMove(world.turn("what becomes of a promise", list(CommitmentMove)))
    if do == CommitmentMove.ADD:
        said = world.any(said_of("promises", "other"))
        put = {"topic": life.topic, "count": 2}
        values = said["title"].put(**put).columns("title") | said["text"].put(**put).columns("text")
        values |= {"direction": "ours", "lead_id": life.ours.pk, "kind": "other"}
        amendment.promises = [entry(do, None, values)]
    elif row:
        later = {"due_on": world.from_today(950, 1100)} if do == CommitmentMove.CHANGE else {}
        amendment.promises = [entry(do, row, later) | {"commitment": row}]
        amendment.needs = [row]


# --- who was told ----------------------------------------------------------------------------------------------------
def _remind(life: Life, promises: list[Promise]) -> None:
    """The ledger: what fell due lately was told of by its rule, and the last act by its notice."""
    for one in promises:
        due = one.row.due_on
        rule = life.world.rules.get("due-owner")
        if not (rule and due and one.row.is_open and 0 <= (life.world.on - due).days <= LATE_NOTICE):
            continue
        day = due
        for offset in sorted(offset for offset in rule.offsets if offset >= 0):
            if due + timedelta(days=offset) <= life.world.on:
                day, told = due + timedelta(days=offset), offset
        _told(life, day, life.officer, rule=rule, commitment=one.row, due_on=due, offset=told)
    acts = [(day, step) for day, step in life.steps if step.by_id and step.by_id != life.officer.pk]
    if acts:
        day, step = max(acts, key=lambda one: one[0])
        _told(life, day, life.officer, step=step, commitment=step.commitment)


def _told(life: Life, day: date, recipient: Any, **what: Any) -> None:
    world = life.world
    state = SendState(world.turn_of(Reminder, "state"))
    at = world.at(day)
    number = world.turns["reminders"] = world.turns["reminders"] + 1
    left = state not in (SendState.QUEUED, SendState.KEPT, SendState.DROPPED)
    world.rows.add(
        Reminder, recipient=recipient, agreement=life.agreement, state=state.value, created_at=at, **what,
        message_id=f"<ex-{number}@example.invalid>" if left else "", attempts=int(left),
        claimed_at=at if left else None, handed_at=at if left and state != SendState.CLAIMED else None,
        sent_at=at if state == SendState.SENT else None, read_at=at if number % 3 == 0 else None,
        error=words()["refused_mail"].en if state == SendState.FAILED else "",
    )  # fmt: skip


# --- what is shared or kept beside -----------------------------------------------------------------------------------
def _open_some(life: Life, promises: list[Promise]) -> None:
    """Now and then one promise is shared without its agreement."""
    world = life.world
    if life.agreement.stage not in CONCLUDED or not promises or not world.one_in(15, "share of one promise"):
        return
    day = world.past(life.since + timedelta(days=25))
    row = promises[0].row
    given = life.add(Share, day, commitment=row, organisation=life.theirs[0])
    life.act(Act.SHARE, day, by=life.officer, about=given, commitment=row, reason=str(life.theirs[0]))


def keep_lists(world: Any) -> None:
    """Lists that made-up colleagues keep under a name, of either kind and for each audience."""
    people = [person for staff in world.desks for person in (*staff.officers, *staff.managers) if person.is_example]
    named = words()["views"]
    for number in range(len(named) * bool(people)):
        person = people[number % len(people)]
        audience = world.turn_of(SavedView, "audience")
        desk = next(staff.desk for staff in world.desks if person in (*staff.officers, *staff.managers))
        world.rows.add(
            SavedView, by=person, at=world.at(world.from_today(-90, -5)), name=named[number].vi,
            page=world.turn_of(SavedView, "page"), audience=audience, desk=desk if audience == "desk" else None,
        )  # fmt: skip
