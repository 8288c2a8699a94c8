"""The one table of transitions, and `perform`, the only way a stage changes.

Buttons, API, admin, refusals, the diagram in the docs and the tests read this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.dates import PartialDate
from agreements.register.models import Agreement, Step
from agreements.vocabulary import Ending, Stage
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


NEEDS: Mapping[str, tuple[Question, Words]] = {
    "title": (_has_title, _("It has no title.")),
    "both_sides": (_has_both_sides, _("It needs at least one participant from our side and one from the partner's.")),
    "signing_date": (_has_signing_date, _("Give the date of signing.")),
    "past_signing": (_signing_is_past, _("The date of signing lies in the future.")),
    "reason": (_has_reason, _("Give a reason.")),
    "ending": (_has_ending, _("Say how it ended.")),
}


@dataclass(frozen=True)
class Transition:
    """One act: from which stages, to which, by whom, with what; and what it asks the person for."""

    name: str
    label: Words
    past: Words  # how the timeline tells it
    sources: frozenset[Stage]
    target: Stage
    roles: frozenset[Role]
    needs: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    four_eyes: bool = False
    is_next: bool = False  # the thing to do next, drawn first


def _from(*stages: Stage) -> frozenset[Stage]:
    return frozenset(stages)


DESK = frozenset({Role.OFFICER, Role.MANAGER})
MANAGER = frozenset({Role.MANAGER})
RESCUE = frozenset({Role.OPERATOR})  # gets a record moving again when its desk cannot

TRANSITIONS: Mapping[str, Transition] = {
    transition.name: transition
    for transition in (
        Transition(
            "submit", _("Submit for review"), _("Submitted for review"),
            _from(Stage.DRAFT), Stage.IN_REVIEW, DESK, ("title", "both_sides"), is_next=True,
        ),
        Transition(
            "register", _("Register as signed"), _("Registered as signed"),
            _from(Stage.IN_REVIEW), Stage.SIGNED, MANAGER, ("both_sides", "signing_date", "past_signing"),
            ("signed",), four_eyes=True, is_next=True,
        ),
        Transition(
            "clear", _("Clear for signing"), _("Cleared for signing"),
            _from(Stage.IN_REVIEW), Stage.CLEARED, MANAGER, ("both_sides",), four_eyes=True, is_next=True,
        ),
        Transition(
            "return", _("Return with comment"), _("Returned with comment"),
            _from(Stage.IN_REVIEW, Stage.CLEARED), Stage.DRAFT, MANAGER | RESCUE, ("reason",), ("reason",),
        ),
        Transition(
            "sign", _("Record the signing"), _("Signed"),
            _from(Stage.CLEARED), Stage.SIGNED, DESK, ("both_sides", "signing_date", "past_signing"), ("signed",),
            is_next=True,
        ),
        Transition(
            "suspend", _("Suspend"), _("Suspended"),
            _from(Stage.SIGNED), Stage.SUSPENDED, MANAGER, ("reason",), ("reason",),
        ),
        Transition(
            "resume", pgettext_lazy("agreement", "Resume"), _("Resumed"),
            _from(Stage.SUSPENDED), Stage.SIGNED, MANAGER, ("reason",), ("reason",),
        ),
        Transition(
            "end", pgettext_lazy("agreement", "End"), _("Ended"),
            _from(Stage.SIGNED, Stage.SUSPENDED), Stage.ENDED, MANAGER, ("ending", "reason"), ("ending", "reason"),
        ),
        Transition(
            "abandon", pgettext_lazy("agreement", "Give up"), _("Given up, not concluded"),
            _from(Stage.DRAFT, Stage.CLEARED), Stage.ENDED, DESK, ("reason",), ("reason",),
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
        if facts is None and need in ("signing_date", "past_signing", "reason", "ending"):
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
    with transaction.atomic():
        locked = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        no = refusal(transition, locked, by, facts)
        if no:
            raise no
        shown = locked.content_hash()
        if transition.four_eyes and facts.seen != shown:
            raise Refused(_("The agreement has changed since you opened it. Read it again before you approve."))
        before = locked.stage
        _apply(transition, locked, by, facts)
        step = Step.objects.create(
            agreement=locked, name=name, from_stage=before, to_stage=locked.stage, by_id=by.user_id,
            on=facts.on, reason=facts.reason.strip(), content_hash=shown,
        )  # fmt: skip
    agreement.refresh_from_db()
    return step


def _apply(transition: Transition, agreement: Agreement, by: Viewer, facts: Facts) -> None:
    agreement.stage = transition.target
    agreement.version += 1
    changed = {"stage", "version", "updated_at"}
    if transition.name == "submit":
        agreement.submitted_by_id = by.user_id
        changed |= {"submitted_by"}
    if transition.target == Stage.SIGNED and facts.signed and "signed" in transition.asks:
        agreement.signed_on, agreement.signed_precision = facts.signed.first_day, facts.signed.precision
        changed |= {"signed_on", "signed_precision"}
    if transition.target == Stage.ENDED:
        agreement.ending = facts.ending or Ending.NOT_CONCLUDED
        changed |= {"ending"}
    agreement.save(update_fields=changed)


def whose_turn(agreement: Agreement) -> Words:
    """Who must act next, for the first line of the page."""
    return {
        Stage.DRAFT: _("The officer who keeps it: finish and submit it."),
        Stage.IN_REVIEW: _("A manager of the desk: review it."),
        Stage.CLEARED: _("The desk: record the signing once it has happened."),
    }.get(Stage(agreement.stage), "")
