"""The table of transitions of an agreement.

Buttons, API, admin, refusals, the diagram in the docs and the tests read this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.acts import Act
from agreements.register.models import Agreement, Authorship, Step, content
from agreements.register.models.agreement import Ending
from agreements.register.rules import steps
from agreements.register.rules.workflow import DESK, MANAGER, RESCUE, Facts, Transition, Words, Workflow, from_stages
from agreements.vocabulary import CONCLUDED, CONCLUDED_OR_SUSPENDED, DueBefore, Fate, Stage, Standing, ways_of
from partners.viewers import Viewer

Question = Callable[[Agreement, Facts], bool]


def _has_title(agreement: Agreement, facts: Facts) -> bool:
    return bool(agreement.title_vi or agreement.title_en)


def _has_both_sides(agreement: Agreement, facts: Facts) -> bool:
    codes = agreement.participants.live().values_list("organisation__country__code", flat=True)
    ours = [code == settings.HOME_COUNTRY for code in codes]
    return any(ours) and not all(ours)


def _way(*stages: Stage) -> Question:
    """Whether its kind and legal regime let it be concluded in one of these ways."""

    def question(agreement: Agreement, facts: Facts) -> bool:
        return not set(stages).isdisjoint(ways_of(agreement.kind, agreement.legal_regime))

    return question


def _has_day(agreement: Agreement, facts: Facts) -> bool:
    return bool(facts.signed or agreement.signed_on)


def _day_is_past(agreement: Agreement, facts: Facts) -> bool:
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
    if facts.ending != Ending.SUPERSESSION and Fate.CARRIED not in facts.fates.values():
        return True
    return facts.successor is not None and facts.successor.pk != agreement.pk


def _is_concluded(agreement: Agreement, facts: Facts) -> bool:
    successor = facts.successor
    return successor is None or (successor.stage in CONCLUDED and successor.archived_at is None)


def _has_fitting_day(agreement: Agreement, facts: Facts) -> bool:
    """Not to come, and not before it was concluded."""
    day = facts.day
    return day is None or (day.first_day <= facts.on and (agreement.signed_on or day.last_day) <= day.last_day)


def _procedure_allows(*acts: DueBefore) -> Question:
    """The steps of the open procedure that come before these acts are done, or noted as not applying."""

    def question(agreement: Agreement, facts: Facts) -> bool:
        waiting = agreement.proceedings.live().filter(
            closed_on=None, steps__step__due_before__in=acts, steps__step__is_optional=False,
            steps__done_on=None, steps__skipped_because="",
        )  # fmt: skip
        return not waiting.exists()

    return question


NEEDS: Mapping[str, tuple[Question, Words]] = {
    "title": (_has_title, _("It has no title.")),
    "both_sides": (_has_both_sides, _("It needs at least one participant from our side and one from the partner's.")),
    "paper": (_way(Stage.SIGNED, Stage.ADOPTED), _("Cooperation without a paper is not cleared for signing.")),
    "can_be_signed": (
        _way(Stage.SIGNED), _("Cooperation without a paper is not signed: record it as agreed without a paper."),
    ),
    "can_be_adopted": (
        _way(Stage.ADOPTED), _("Statements, plans and other papers that are no treaty are adopted; this one is not."),
    ),
    "can_be_agreed": (_way(Stage.AGREED), _("Only cooperation without a paper is agreed without one.")),
    "signing_date": (_has_day, _("Give the date of signing.")),
    "adoption_date": (_has_day, _("Give the date of adoption.")),
    "past_day": (_day_is_past, _("That day lies in the future.")),
    "reason": (_has_reason, _("Give a reason.")),
    "ending": (_has_ending, _("Say how it ended.")),
    "document": (_has_document, _("Choose the paper that says so; add it under Papers first.")),
    "successor": (_has_successor, _("Say which agreement takes its place.")),
    "concluded_successor": (_is_concluded, _("Its successor is not concluded yet.")),
    "day": (_has_fitting_day, _("The day of effect lies in the future, or before it was concluded.")),
    "procedure_before_clearance": (
        _procedure_allows(DueBefore.CLEAR), _("Steps of its procedure that come before clearance are still open."),
    ),
    "procedure_before_signing": (
        _procedure_allows(DueBefore.CLEAR, DueBefore.SIGN),
        _("Steps of its procedure that come before signing are still open."),
    ),
}  # fmt: skip

TRANSITIONS: Mapping[str, Transition] = {
    transition.name: transition
    for transition in (
        Transition(
            "submit", Act.SUBMIT, _("Submit for review"),
            from_stages(Stage.DRAFT), Stage.IN_REVIEW, DESK, ("title", "both_sides"), is_next=True,
        ),
        Transition(
            "register", Act.REGISTER, _("Register as signed"),
            from_stages(Stage.IN_REVIEW), Stage.SIGNED, MANAGER,
            ("can_be_signed", "both_sides", "signing_date", "past_day", "procedure_before_signing"),
            ("signed",), four_eyes=True, is_next=True, is_legal=True,
        ),
        Transition(
            "adopt", Act.ADOPT, _("Register as adopted"),
            from_stages(Stage.IN_REVIEW), Stage.ADOPTED, MANAGER,
            ("can_be_adopted", "both_sides", "adoption_date", "past_day", "procedure_before_signing"),
            ("signed",), four_eyes=True, is_next=True, is_legal=True,
        ),
        Transition(
            "agree", Act.AGREE, _("Record as agreed without a paper"),
            from_stages(Stage.IN_REVIEW), Stage.AGREED, MANAGER,
            ("can_be_agreed", "both_sides", "past_day", "procedure_before_signing"),
            ("signed",), four_eyes=True, is_next=True, is_legal=True,
        ),
        Transition(
            "clear", Act.CLEAR, _("Clear for signing"),
            from_stages(Stage.IN_REVIEW), Stage.CLEARED, MANAGER,
            ("paper", "both_sides", "procedure_before_clearance"), four_eyes=True, is_next=True,
        ),
        Transition(
            "return", Act.RETURN, _("Return with comment"),
            from_stages(Stage.IN_REVIEW, Stage.CLEARED), Stage.DRAFT, MANAGER | RESCUE, ("reason",), ("reason",),
        ),
        Transition(
            "sign", Act.SIGN, _("Record the signing"),
            from_stages(Stage.CLEARED), Stage.SIGNED, DESK,
            ("can_be_signed", "both_sides", "signing_date", "past_day", "procedure_before_signing"), ("signed",),
            is_next=True, is_legal=True,
        ),
        Transition(
            "issue", Act.ISSUE, _("Record the adoption"),
            from_stages(Stage.CLEARED), Stage.ADOPTED, DESK,
            ("can_be_adopted", "both_sides", "adoption_date", "past_day", "procedure_before_signing"), ("signed",),
            is_next=True, is_legal=True,
        ),
        Transition(
            "suspend", Act.SUSPEND, _("Suspend"),
            from_stages(*CONCLUDED), Stage.SUSPENDED, MANAGER,
            ("reason", "document", "day"), ("day", "document", "reason"), is_legal=True,
        ),
        Transition(
            "resume", Act.RESUME, pgettext_lazy("agreement", "Resume"),
            from_stages(Stage.SUSPENDED), "", MANAGER, ("reason", "day"), ("day", "reason"),
            is_legal=True,
        ),
        Transition(
            "end", Act.END, pgettext_lazy("agreement", "End"),
            from_stages(*CONCLUDED_OR_SUSPENDED), Stage.ENDED, MANAGER,
            ("ending", "reason", "document", "successor", "concluded_successor", "day"),
            ("ending", "day", "document", "successor", "fates", "reason"), is_legal=True,
        ),
        Transition(
            "abandon", Act.ABANDON, pgettext_lazy("agreement", "Give up"),
            from_stages(Stage.DRAFT, Stage.CLEARED), Stage.ENDED, DESK, ("reason",), ("reason",),
        ),
    )
}  # fmt: skip


# What the rooms above do with their own when an agreement ends, before its stage changes and in the same transaction.
AT_THE_END: list[Callable[[Agreement, Viewer, Facts], None]] = []


def target_of(transition: Transition, agreement: Agreement) -> Stage:
    """Where an act leads this agreement: resuming leads back to where it was suspended."""
    if transition.target:
        return Stage(transition.target)
    suspended = Step.objects.filter(agreement=agreement, name=Act.SUSPEND, undone_by=None).order_by("-pk").first()
    # One that a data file brought suspended has no such step: it can only be what its kind allows first.
    return Stage(suspended.from_stage) if suspended else ways_of(agreement.kind, agreement.legal_regime)[0]


def _carry_out(transition: Transition, agreement: Agreement, by: Viewer, facts: Facts) -> Step:
    shown, stage = agreement.content_hash(), agreement.stage
    if transition.act == Act.END:
        for settle in AT_THE_END:
            settle(agreement, by, facts)
    before = _apply(transition, agreement, by, facts)
    return steps.write(
        transition.act, agreement, by, on=facts.takes_effect, reason=facts.reason.strip(), document=facts.document,
        content_hash=shown, before=before, from_stage=stage, to_stage=agreement.stage,
    )  # fmt: skip


def _apply(transition: Transition, agreement: Agreement, by: Viewer, facts: Facts) -> dict[str, Any]:
    """Change the row; return the columns as they were, with the version that the row has now."""
    values: dict[str, Any] = {"stage": target_of(transition, agreement)}
    if transition.name == "submit":
        values["submitted_by_id"] = by.user_id
    if facts.signed:
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
    agreement.stamp(None).save(update_fields={*values, "version", "updated_at"})
    return {**before, "version": agreement.version}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _locked(agreement: Agreement) -> Agreement:
    return Agreement.objects.locked().get(pk=agreement.pk)


def _is_own(agreement: Agreement, viewer: Viewer) -> bool:
    if agreement.submitted_by_id in {viewer.user_id, viewer.instead_of(agreement.desk_id)} - {None}:
        return True
    written: QuerySet[Authorship] = Authorship.objects.of_viewer(viewer).of_text().filter(agreement=agreement)
    return written.exists()


LIFECYCLE = Workflow[Agreement](
    TRANSITIONS, NEEDS, agreement_of=lambda agreement: agreement, lock=_locked, carry_out=_carry_out,
    is_own=_is_own,
    has_changed=_("The agreement has changed since you opened it. Read it again before you approve."),
)  # fmt: skip
perform, refusal = LIFECYCLE.perform, LIFECYCLE.refusal


WAYS = frozenset({"paper", "can_be_signed", "can_be_adopted", "can_be_agreed"})


def open_to(agreement: Agreement, viewer: Viewer) -> list[Transition]:
    """The buttons: what the viewer may do now, the next thing first."""
    has_signature = agreement.signed_on is not None
    # A paper that is signed already is registered; one that is not is cleared first. Either stays possible.
    return sorted(
        LIFECYCLE.open_to(agreement, viewer), key=lambda t: (not t.is_next, (t.name == "clear") == has_signature)
    )


def blocked(agreement: Agreement, viewer: Viewer) -> list[tuple[Transition, str]]:
    """The next acts that the viewer would do, but for a condition; each with its reason.

    What its kind can never be is no next act of it.
    """
    return [
        (transition, no.reason)
        for transition in TRANSITIONS.values()
        if transition.is_next
        and all(NEEDS[need][0](agreement, Facts(on=viewer.on)) for need in WAYS.intersection(transition.needs))
        and agreement.stage in transition.sources
        and viewer.role in transition.roles
        and viewer.works_at(agreement.desk_id)
        and (no := refusal(transition, agreement, viewer))
    ]


def changed_in_review(agreement: Agreement, shown: str) -> list[str] | None:
    """Which rows, in words, were written since the submission, where the digest now is another; None if it is not."""
    submitted = Step.objects.filter(agreement=agreement, name=Act.SUBMIT, undone_by=None).order_by("-pk").first()
    if submitted is None or submitted.content_hash == shown:
        return None
    return content.changed_since(agreement, submitted.at)


def whose_turn(agreement: Agreement, on: date) -> Words:
    """Who must act next on that day, for the first line of the page; empty where nothing waits."""
    if agreement.stage in CONCLUDED and agreement.standing(on) == Standing.EXPIRED:
        return _("A manager of the desk: say how it ended, or record its renewal.")
    return {
        Stage.DRAFT: _("The officer who keeps it: finish and submit it."),
        Stage.IN_REVIEW: _("A manager of the desk: review it."),
        Stage.CLEARED: _("The desk: record the signing or adoption once it has happened."),
        Stage.SUSPENDED: _("A manager of the desk: resume it or end it."),
    }.get(Stage(agreement.stage), "")
