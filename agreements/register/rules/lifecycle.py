"""The table of transitions of an agreement.

Buttons, API, admin, refusals, the diagram in the docs and the tests read this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from django.db.models import Case, Q, QuerySet, TextChoices, TextField, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.acts import Act
from agreements.dates import PartialDate
from agreements.register.models import Agreement, Authorship, Step, content
from agreements.register.models.participant import Consent
from agreements.register.models.standing import Calendar
from agreements.register.models.stated_terms import SUSPENSION, Ending
from agreements.register.rules import steps
from agreements.register.rules.needs import NEEDS
from agreements.register.rules.workflow import DESK, MANAGER, RESCUE, Facts, Transition, Words, Workflow, from_stages
from agreements.vocabulary import CONCLUDED, CONCLUDED_OR_SUSPENDED, Stage, Standing, ways_of
from partners.viewers import Viewer

# What every act that concludes needs, beside what it asks for itself.
CONCLUDING = ("past_day", "expires_once_signed", "procedure_before_signing")

TRANSITIONS: Mapping[str, Transition] = {
    transition.name: transition
    for transition in (
        Transition(
            "submit", Act.SUBMIT, _("Submit for review"),
            from_stages(Stage.DRAFT), Stage.IN_REVIEW, DESK, ("title", "both_sides", "partners_named"), is_next=True,
        ),
        Transition(
            "register", Act.REGISTER, _("Register as signed"),
            from_stages(Stage.IN_REVIEW), Stage.SIGNED, MANAGER,
            ("can_be_signed", "both_sides", "signing_date", *CONCLUDING),
            ("signed",), four_eyes=True, is_next=True, is_legal=True,
        ),
        Transition(
            "adopt", Act.ADOPT, _("Register as adopted"),
            from_stages(Stage.IN_REVIEW), Stage.ADOPTED, MANAGER,
            ("can_be_adopted", "both_sides", "adoption_date", *CONCLUDING),
            ("signed",), four_eyes=True, is_next=True, is_legal=True,
        ),
        Transition(
            "agree", Act.AGREE, _("Record as agreed without a paper"),
            from_stages(Stage.IN_REVIEW), Stage.AGREED, MANAGER,
            ("can_be_agreed", "both_sides", *CONCLUDING),
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
            ("can_be_signed", "both_sides", "signing_date", *CONCLUDING), ("signed",),
            is_next=True, is_legal=True,
        ),
        Transition(
            "issue", Act.ISSUE, _("Record the adoption"),
            from_stages(Stage.CLEARED), Stage.ADOPTED, DESK,
            ("can_be_adopted", "both_sides", "adoption_date", *CONCLUDING), ("signed",),
            is_next=True, is_legal=True,
        ),
        Transition(
            "ratify", Act.RATIFY, _("Record a ratification"),
            from_stages(Stage.SIGNED), Stage.SIGNED, DESK,
            ("participant", "effect", "past_effect", "day", "document_given"),
            ("participant", "consent", "day", "document"), is_legal=True,
        ),
        Transition(
            "enter_force", Act.ENTER_FORCE, _("Record the entry into force"),
            from_stages(Stage.SIGNED), Stage.SIGNED, DESK,
            ("not_in_force", "effect", "day", "document_given"), ("day", "document"), is_legal=True,
        ),
        Transition(
            "suspend", Act.SUSPEND, _("Suspend"),
            from_stages(*CONCLUDED), Stage.SUSPENDED, MANAGER,
            ("no_notice", "reason", "document", "exact_effect", "day"), ("day", "document", "reason"), is_legal=True,
        ),
        Transition(
            "resume", Act.RESUME, pgettext_lazy("agreement", "Resume"),
            from_stages(Stage.SUSPENDED), "", MANAGER, ("reason", "day"), ("day", "reason"),
            is_legal=True,
        ),
        Transition(
            "end", Act.END, pgettext_lazy("agreement", "End"),
            from_stages(*CONCLUDED_OR_SUSPENDED), Stage.ENDED, MANAGER,
            ("no_notice", "ending", "reason", "document", "successor", "concluded_successor", "exact_effect", "day"),
            ("ending", "day", "document", "successor", "fates", "reason"), is_legal=True,
        ),
        Transition(
            "abandon", Act.ABANDON, pgettext_lazy("agreement", "Give up"),
            from_stages(Stage.DRAFT, Stage.CLEARED), Stage.ENDED, DESK, ("reason",), ("reason",),
        ),
    )
}  # fmt: skip

ACTORS = frozenset().union(*(transition.roles for transition in TRANSITIONS.values()))  # whoever may do any of them


class AtTheEnd(Protocol):
    """What a room above does with its own when an agreement ends; it adds itself to `AT_THE_END`."""

    def check(self, agreement: Agreement, by: Viewer | None, facts: Facts) -> Any:
        """Raise Refused where what was said with the ending, or its notice, cannot be done."""

    def settle(self, agreement: Agreement, by: Viewer | None, facts: Facts) -> None:
        """Do it, before the stage changes and in the same transaction."""


AT_THE_END: list[AtTheEnd] = []


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
        for room in AT_THE_END:
            (room.check if _is_notice(transition, facts) else room.settle)(agreement, by, facts)
    before = _apply(transition, agreement, by, facts)
    return steps.write(
        Act.NOTICE if _is_notice(transition, facts) else transition.act, agreement, by,
        on=facts.on if _is_notice(transition, facts) or transition.name in KEEPS else facts.takes_effect,
        reason=_said(transition, facts), document=facts.document, content_hash=shown, before=before,
        from_stage=stage, to_stage=agreement.stage, about=facts.participant if transition.name == "ratify" else None,
    )  # fmt: skip


KEEPS = ("ratify", "enter_force")  # acts within a stage: they are done on their own day and name another


def _is_notice(transition: Transition, facts: Facts) -> bool:
    """Whether the act only begins to have effect on a day to come: until then the agreement is in force."""
    return transition.name in ("end", "suspend") and facts.day is not None and facts.day.on > facts.on


def _said(transition: Transition, facts: Facts) -> str:
    """The reason as it was given, and beside it the day of effect, in words without language."""
    parts = [facts.reason.strip(), facts.day.plain if facts.day else ""]
    return " · ".join(part for part in parts if part)


def _apply(transition: Transition, agreement: Agreement, by: Viewer, facts: Facts) -> dict[str, Any]:
    """Change the row; return the columns as they were, with the version that the row has now."""
    if transition.name == "ratify":
        return _ratify(agreement, by, facts)
    if transition.name == "enter_force" and facts.day:
        day = facts.day
        return put(agreement, {"effective_on": day.first_day, "effective_precision": day.precision})
    if _is_notice(transition, facts) and facts.day:
        leads_to = facts.ending if transition.name == "end" else SUSPENSION
        _succeed(agreement, facts)
        return put(agreement, {"leaves_on": facts.day.on, "leaves_as": leads_to, "leaves_with": _kept(facts)})
    values: dict[str, Any] = {"stage": target_of(transition, agreement)}
    if transition.name == "submit":
        values["submitted_by_id"] = by.user_id
    if facts.signed:
        values |= {"signed_on": facts.signed.first_day, "signed_precision": facts.signed.precision}
    if transition.target == Stage.ENDED:
        values["ending"] = facts.ending or Ending.NOT_CONCLUDED
        _succeed(agreement, facts)
    if transition.name == "end":
        values |= {"leaves_on": facts.day.on if facts.day else facts.on, "leaves_as": values["ending"]}
    return put(agreement, values)


def _kept(facts: Facts) -> dict[str, Any]:
    """What is said with a notice, fit for JSON."""
    successor = facts.successor.pk if facts.successor else None
    return {"fates": dict(facts.fates), "successor": successor, "reason": facts.reason.strip()}


def _said_with_notice(agreement: Agreement) -> Facts:
    """The facts of an ending whose day has come."""
    kept, day = agreement.leaves_with, agreement.leaves_on
    assert day
    return Facts(
        on=day, day=PartialDate(day), ending=agreement.leaves_as, reason=kept.get("reason", ""),
        fates=kept.get("fates", {}), successor=Agreement.objects.filter(pk=kept.get("successor")).first(),
    )  # fmt: skip


def _succeed(agreement: Agreement, facts: Facts) -> None:
    if facts.successor and facts.ending == Ending.SUPERSESSION:
        Agreement.objects.filter(pk=facts.successor.pk, supersedes=None).update(supersedes=agreement)


def _ratify(agreement: Agreement, by: Viewer, facts: Facts) -> dict[str, Any]:
    """Note one participant's consent; the entry into force follows from it where the paper says so."""
    assert facts.day
    row = facts.participant
    columns = ("consent_by", "consented_on", "consented_precision")
    was = {name: _plain(getattr(row, name)) for name in columns}
    row.consent_by = facts.consent or row.consent_by or Consent.RATIFICATION
    row.consented_on, row.consented_precision = facts.day.first_day, facts.day.precision
    row.stamp(by).full_clean()
    row.save()
    agreement.refresh_from_db()
    return {"participant": row.pk, "was": was, "version": agreement.version}


def carry_out_notice(agreement: Agreement) -> Step:
    """End or suspend an agreement whose notice has come into effect; its row is locked.

    Raises Refused where what was said of its commitments no longer fits: then a manager ends it by hand.
    """
    as_suspended = agreement.leaves_as == SUSPENSION
    if not as_suspended:
        for room in AT_THE_END:
            room.settle(agreement, None, _said_with_notice(agreement))
    stage = Stage.SUSPENDED if as_suspended else Stage.ENDED
    values: dict[str, Any] = {"stage": stage, "ending": "" if as_suspended else agreement.leaves_as}
    if as_suspended:
        values |= {"leaves_on": None, "leaves_as": "", "leaves_with": {}}
    day, was = agreement.leaves_on, agreement.stage
    act = Act.SUSPEND if as_suspended else Act.END
    return steps.write(act, agreement, None, on=day, from_stage=was, to_stage=stage, before=put(agreement, values))


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
    locked: Agreement = Agreement.objects.locked().get(pk=agreement.pk)
    return locked


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


class Turn(TextChoices):
    """Who must act next, and what is to be done."""

    SUBMIT = "submit", _("The officer who keeps it: finish and submit it.")
    REVIEW = "review", _("A manager of the desk: review it.")
    CONCLUDE = "conclude", _("The desk: record the signing or adoption once it has happened.")
    RESUME = "resume", _("A manager of the desk: resume it or end it.")
    SETTLE = "settle", _("A manager of the desk: say how it ended, and what becomes of each open commitment.")
    RENEW = "renew", _("A manager of the desk: say how it ended, or record its renewal.")


TURNS: Mapping[Stage, Turn] = {
    Stage.DRAFT: Turn.SUBMIT, Stage.IN_REVIEW: Turn.REVIEW, Stage.CLEARED: Turn.CONCLUDE, Stage.SUSPENDED: Turn.RESUME,
}  # fmt: skip


def turn_of(agreement: Agreement, on: date) -> Turn | None:
    """What is to be done next on that day; None where nothing waits."""
    if agreement.stage in CONCLUDED and agreement.leaves_on and agreement.leaves_on <= on:
        return Turn.SETTLE
    if agreement.stage in CONCLUDED and agreement.standing(on) == Standing.EXPIRED:
        return Turn.RENEW
    return TURNS.get(Stage(agreement.stage))


def whose_turn(agreement: Agreement, on: date) -> Words:
    """The same in words, for the first line of the page; empty where nothing waits."""
    found = turn_of(agreement, on)
    return found.label if found else ""


def turn(on: date, *, in_words: bool = True) -> Case:
    """The same as an expression, in the reader's language or as a value."""
    calendar = Calendar(on)

    def said(turn: Turn) -> Value:
        return Value(str(turn.label) if in_words else turn.value)

    stages = (When(stage=stage, then=said(turn)) for stage, turn in TURNS.items())
    return Case(
        When(calendar.has_left, then=said(Turn.SETTLE)), When(calendar.is_over, then=said(Turn.RENEW)), *stages,
        default=Value(""), output_field=TextField(),
    )  # fmt: skip


def waits(on: date) -> Q:
    """Where it is somebody's turn."""
    calendar = Calendar(on)
    return Q(calendar.has_left) | Q(calendar.is_over) | Q(stage__in=TURNS)
