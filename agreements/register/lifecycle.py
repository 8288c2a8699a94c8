"""The one table of transitions, and `perform`, the only way a stage changes.

Buttons, API, admin, refusals, the diagram in the docs and the tests read this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.dates import PartialDate
from agreements.register.models import Agreement, Step
from agreements.vocabulary import DueBefore, Ending, Stage, Standing
from partners.refusals import Refused
from partners.viewers import Role, Viewer

Words = str | Promise
Question = Callable[[Agreement, "Facts"], bool]


@dataclass(frozen=True)
class Facts:
    """What the person says with the act."""

    on: date
    reason: str = ""
    signed: PartialDate | None = None
    ending: str = ""
    document: Any = None  # the paper behind the act, of the same agreement
    successor: Agreement | None = None  # what takes its place
    seen: str = ""  # the content hash that the approver was shown


def _has_title(agreement: Agreement, facts: Facts) -> bool:
    return bool(agreement.title_vi or agreement.title_en)


def _has_both_sides(agreement: Agreement, facts: Facts) -> bool:
    codes = agreement.participants.filter(archived_at=None).values_list("organisation__country__code", flat=True)
    ours = [code == settings.HOME_COUNTRY for code in codes]
    return any(ours) and not all(ours)


def _has_signing_date(agreement: Agreement, facts: Facts) -> bool:
    return bool(facts.signed or agreement.signed_on)


def _signing_is_past(agreement: Agreement, facts: Facts) -> bool:
    signed = facts.signed or agreement.signed
    return signed is None or signed.first_day <= facts.on


def _has_reason(agreement: Agreement, facts: Facts) -> bool:
    return bool(facts.reason.strip())


def _has_ending(agreement: Agreement, facts: Facts) -> bool:
    return facts.ending in Ending.values and facts.ending != Ending.NOT_CONCLUDED


def _has_document(agreement: Agreement, facts: Facts) -> bool:
    # Time and completion end an agreement by themselves; every other ending is somebody's act, and has a paper.
    if facts.ending in (Ending.EXPIRY, Ending.COMPLETION):
        return True
    return facts.document is not None and facts.document.agreement_id == agreement.pk


def _has_successor(agreement: Agreement, facts: Facts) -> bool:
    if facts.ending != Ending.SUPERSESSION:
        return True
    return facts.successor is not None and facts.successor.pk != agreement.pk


def _procedure_allows(*acts: DueBefore) -> Question:
    """The steps of the open procedure that come before these acts are done, or noted as not applying."""

    def question(agreement: Agreement, facts: Facts) -> bool:
        waiting = agreement.proceedings.filter(
            closed_on=None, archived_at=None, steps__step__due_before__in=acts, steps__step__is_optional=False,
            steps__done_on=None, steps__skipped_because="",
        )  # fmt: skip
        return not waiting.exists()

    return question


NEEDS: Mapping[str, tuple[Question, Words]] = {
    "title": (_has_title, _("It has no title.")),
    "both_sides": (_has_both_sides, _("It needs at least one participant from our side and one from the partner's.")),
    "signing_date": (_has_signing_date, _("Give the date of signing.")),
    "past_signing": (_signing_is_past, _("The date of signing lies in the future.")),
    "reason": (_has_reason, _("Give a reason.")),
    "ending": (_has_ending, _("Say how it ended.")),
    "document": (_has_document, _("Choose the paper that says so; add it under Papers first.")),
    "successor": (_has_successor, _("Say which agreement takes its place.")),
    "procedure_before_clearance": (
        _procedure_allows(DueBefore.CLEAR), _("Steps of its procedure that come before clearance are still open."),
    ),
    "procedure_before_signing": (
        _procedure_allows(DueBefore.CLEAR, DueBefore.SIGN),
        _("Steps of its procedure that come before signing are still open."),
    ),
}  # fmt: skip
# What is only known once the person has been asked.
ASKED_FIRST = frozenset({"signing_date", "past_signing", "reason", "ending", "document", "successor"})


@dataclass(frozen=True)
class Transition:
    """One act: from which stages, to which, by whom, with what; and what it asks the person for."""

    name: str
    label: Words
    past: Words  # how the timeline tells it
    sources: frozenset[str]
    target: str
    roles: frozenset[Role]
    needs: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    four_eyes: bool = False
    is_next: bool = False  # the thing to do next, drawn first
    is_legal: bool = False  # it has effect outside: never taken back, only corrected by a new entry

    def heard(self, facts: Facts) -> Facts:
        """Of what a person says, only what this act asks for: the rest decides nothing."""
        unasked: dict[str, Any] = {"reason": "", "signed": None, "ending": "", "document": None, "successor": None}
        return replace(facts, **{name: empty for name, empty in unasked.items() if name not in self.asks})


def from_stages(*stages: str) -> frozenset[str]:
    return frozenset(stages)


DESK = frozenset({Role.OFFICER, Role.MANAGER})
MANAGER = frozenset({Role.MANAGER})
RESCUE = frozenset({Role.OPERATOR})  # gets a record moving again when its desk cannot

TRANSITIONS: Mapping[str, Transition] = {
    transition.name: transition
    for transition in (
        Transition(
            "submit", _("Submit for review"), _("Submitted for review"),
            from_stages(Stage.DRAFT), Stage.IN_REVIEW, DESK, ("title", "both_sides"), is_next=True,
        ),
        Transition(
            "register", _("Register as signed"), _("Registered as signed"),
            from_stages(Stage.IN_REVIEW), Stage.SIGNED, MANAGER,
            ("both_sides", "signing_date", "past_signing", "procedure_before_signing"),
            ("signed",), four_eyes=True, is_next=True, is_legal=True,
        ),
        Transition(
            "clear", _("Clear for signing"), _("Cleared for signing"),
            from_stages(Stage.IN_REVIEW), Stage.CLEARED, MANAGER, ("both_sides", "procedure_before_clearance"),
            four_eyes=True, is_next=True,
        ),
        Transition(
            "return", _("Return with comment"), _("Returned with comment"),
            from_stages(Stage.IN_REVIEW, Stage.CLEARED), Stage.DRAFT, MANAGER | RESCUE, ("reason",), ("reason",),
        ),
        Transition(
            "sign", _("Record the signing"), _("Signed"),
            from_stages(Stage.CLEARED), Stage.SIGNED, DESK,
            ("both_sides", "signing_date", "past_signing", "procedure_before_signing"), ("signed",), is_next=True,
            is_legal=True,
        ),
        Transition(
            "suspend", _("Suspend"), _("Suspended"),
            from_stages(Stage.SIGNED), Stage.SUSPENDED, MANAGER, ("reason", "document"), ("reason", "document"),
            is_legal=True,
        ),
        Transition(
            "resume", pgettext_lazy("agreement", "Resume"), _("Resumed"),
            from_stages(Stage.SUSPENDED), Stage.SIGNED, MANAGER, ("reason",), ("reason",), is_legal=True,
        ),
        Transition(
            "end", pgettext_lazy("agreement", "End"), _("Ended"),
            from_stages(Stage.SIGNED, Stage.SUSPENDED), Stage.ENDED, MANAGER,
            ("ending", "reason", "document", "successor"), ("ending", "reason", "document", "successor"),
            is_legal=True,
        ),
        Transition(
            "abandon", pgettext_lazy("agreement", "Give up"), _("Given up, not concluded"),
            from_stages(Stage.DRAFT, Stage.CLEARED), Stage.ENDED, DESK, ("reason",), ("reason",),
        ),
    )
}  # fmt: skip


def refusal(transition: Transition, agreement: Agreement, viewer: Viewer, facts: Facts | None = None) -> Refused | None:
    """Why the viewer may not do this now; None if nothing speaks against it.

    Without facts, what the person would still be asked for does not count against it.
    """
    if viewer.role not in transition.roles or viewer.read_only:
        return Refused(_("Your role does not do this."))
    if not viewer.works_at(agreement.desk_id) and viewer.role not in RESCUE:
        return Refused(_("This agreement belongs to another desk."))
    if agreement.archived_at:
        return Refused(_("This agreement is archived."))
    if agreement.stage not in transition.sources:
        return Refused(_("At stage “%(stage)s” this cannot be done.") % {"stage": agreement.get_stage_display()})
    if transition.four_eyes and viewer.user_id in (agreement.submitted_by_id, agreement.updated_by_id):
        return Refused(_("Someone else must approve what you wrote or submitted yourself."))
    for need in transition.needs:
        if facts is None and need in ASKED_FIRST:
            continue
        question, answer = NEEDS[need]
        if not question(agreement, facts or Facts(on=viewer.on)):
            return Refused(answer)
    return None


def open_to(agreement: Agreement, viewer: Viewer) -> list[Transition]:
    """The buttons: what the viewer may do now, the next thing first."""
    free = [t for t in TRANSITIONS.values() if not refusal(t, agreement, viewer)]
    has_signature = agreement.signed_on is not None
    # A paper that is signed already is registered; one that is not is cleared first. Either stays possible.
    return sorted(free, key=lambda t: (not t.is_next, (t.name == "clear") == has_signature))


def perform(name: str, agreement: Agreement, *, by: Viewer, facts: Facts) -> Step:
    """Do it: lock the row, check again, change the stage and write the Step, all or nothing.

    Raises Refused, with the reason, and changes nothing.
    """
    transition = TRANSITIONS.get(name)
    if transition is None:
        raise Refused(_("There is no act called “%(name)s”.") % {"name": name})
    facts = transition.heard(facts)
    with transaction.atomic():
        locked = Agreement.objects.locked().get(pk=agreement.pk)
        no = refusal(transition, locked, by, facts)
        if no:
            raise no
        shown = locked.content_hash()
        if transition.four_eyes and facts.seen != shown:
            raise Refused(_("The agreement has changed since you opened it. Read it again before you approve."))
        stage = locked.stage
        step = Step(
            agreement=locked, name=name, from_stage=stage, on=facts.on, reason=facts.reason.strip(),
            document=facts.document if "document" in transition.asks else None, content_hash=shown,
            before=_apply(transition, locked, by, facts), to_stage=transition.target,
        )  # fmt: skip
        sign_step(step, by).save()
    agreement.refresh_from_db()
    return step


def sign_step(step: Step, by: Viewer) -> Step:
    """Note who acts, and for whom where it is a deputy."""
    step.by_id, step.instead_of_id = by.user_id, by.instead_of(step.agreement.desk_id)
    return step


def _apply(transition: Transition, agreement: Agreement, by: Viewer, facts: Facts) -> dict[str, Any]:
    """Change the row; return the columns as they were, with the version that the row has now."""
    values: dict[str, Any] = {"stage": transition.target}
    if transition.name == "submit":
        values["submitted_by_id"] = by.user_id
    if transition.target == Stage.SIGNED and facts.signed and "signed" in transition.asks:
        values |= {"signed_on": facts.signed.first_day, "signed_precision": facts.signed.precision}
    if transition.target == Stage.ENDED:
        values["ending"] = facts.ending or Ending.NOT_CONCLUDED
        if facts.successor and facts.ending == Ending.SUPERSESSION:
            Agreement.objects.filter(pk=facts.successor.pk, supersedes=None).update(supersedes=agreement)
    return put(agreement, values)


def put(agreement: Agreement, values: Mapping[str, Any]) -> dict[str, Any]:
    """Save these columns with a new version; return what they held, fit for JSON, and the new version."""
    before = {name: _plain(getattr(agreement, name)) for name in values}
    for name, value in values.items():
        setattr(agreement, name, value)
    agreement.version += 1
    agreement.save(update_fields={*values, "version", "updated_at"})
    return {**before, "version": agreement.version}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def blocked(agreement: Agreement, viewer: Viewer) -> list[tuple[Transition, str]]:
    """The next acts that the viewer would do, but for a condition; each with its reason."""
    return [
        (transition, no.reason)
        for transition in TRANSITIONS.values()
        if transition.is_next
        and agreement.stage in transition.sources
        and viewer.role in transition.roles
        and viewer.works_at(agreement.desk_id)
        and (no := refusal(transition, agreement, viewer))
    ]


def whose_turn(agreement: Agreement, on: date) -> Words:
    """Who must act next on that day, for the first line of the page; empty where nothing waits."""
    if agreement.stage == Stage.SIGNED and agreement.standing(on) == Standing.EXPIRED:
        return _("A manager of the desk: say how it ended, or record its renewal.")
    return {
        Stage.DRAFT: _("The officer who keeps it: finish and submit it."),
        Stage.IN_REVIEW: _("A manager of the desk: review it."),
        Stage.CLEARED: _("The desk: record the signing once it has happened."),
        Stage.SUSPENDED: _("A manager of the desk: resume it or end it."),
    }.get(Stage(agreement.stage), "")
