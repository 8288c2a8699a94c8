"""How a record moves from stage to stage: a table of transitions, and `perform`, the only way along it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.dates import PartialDate
from agreements.register.models import Agreement, Amendment, Step
from partners.refusals import NotYours, Refused, Unknown
from partners.viewers import Role, Viewer

Words = str | Promise
R = TypeVar("R", Agreement, Amendment)


@dataclass(frozen=True)
class Facts:
    """What the person says with the act."""

    on: date
    reason: str = ""
    signed: PartialDate | None = None  # or adopted, or agreed
    ending: str = ""
    document: Any = None  # the paper behind the act, of the same agreement
    successor: Agreement | None = None  # what takes its place
    day: PartialDate | None = None  # of effect, where it is not the day of the act
    fates: Mapping[str, str] = field(default_factory=dict)  # what becomes of each open commitment, by its reference
    participant: Any = None  # who ratified
    consent: str = ""  # how
    seen: str = ""  # the content hash that the approver was shown

    @property
    def takes_effect(self) -> date:
        return self.day.first_day if self.day else self.on


@dataclass(frozen=True)
class Transition:
    """One act: from which stages, to which, by whom, with what; and what it asks the person for."""

    name: str  # as addresses and the API call it
    act: Act  # as the history calls it
    label: Words
    sources: frozenset[str]
    target: str  # empty: the stage that it had before
    roles: frozenset[Role]
    needs: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    four_eyes: bool = False
    is_next: bool = False  # the thing to do next, drawn first
    is_legal: bool = False  # it has effect outside: never taken back, only corrected by a new entry

    @property
    def past(self) -> Words:
        """How the timeline tells it."""
        return self.act.label

    def heard(self, facts: Facts) -> Facts:
        """Of what a person says, only what this act asks for: the rest decides nothing."""
        unasked: dict[str, Any] = {
            "reason": "", "signed": None, "ending": "", "document": None, "successor": None, "day": None, "fates": {},
            "participant": None, "consent": "",
        }  # fmt: skip
        return replace(facts, **{name: empty for name, empty in unasked.items() if name not in self.asks})


def from_stages(*stages: str) -> frozenset[str]:
    return frozenset(stages)


DESK = frozenset({Role.OFFICER, Role.MANAGER})
MANAGER = frozenset({Role.MANAGER})
RESCUE = frozenset({Role.OPERATOR})  # gets a record moving again when its desk cannot

# What is only known once the person has been asked.
ASKED_FIRST = frozenset(
    {
        "signing_date",
        "adoption_date",
        "past_day",
        "expires_once_signed",
        "reason",
        "ending",
        "document",
        "successor",
        "concluded_successor",
        "day",
        "effect",
        "past_effect",
        "exact_effect",
        "document_given",
        "participant",
    }
)


@dataclass(frozen=True)
class Workflow(Generic[R]):
    """The stages of one kind of record.

    `needs` holds for each condition its question and what is answered where it fails. `lock` reads the record anew
    under its locks, the agreement's first. `carry_out` changes the locked record and writes its Step.
    """

    transitions: Mapping[str, Transition]
    needs: Mapping[str, tuple[Callable[[R, Facts], bool], Words | Callable[[R], Words]]]
    agreement_of: Callable[[R], Agreement]
    lock: Callable[[R], R]
    carry_out: Callable[[Transition, R, Viewer, Facts], Step]
    is_own: Callable[[R, Viewer], bool]  # whether the viewer wrote or submitted any of it
    has_changed: Words  # to whom approves something else than what was shown

    def refusal(self, transition: Transition, record: R, viewer: Viewer, facts: Facts | None = None) -> Refused | None:
        """Why the viewer may not do this now; None if nothing speaks against it.

        Without facts, what the person would still be asked for does not count against it.
        """
        if viewer.role not in transition.roles or viewer.read_only:
            return NotYours(_("Your role does not do this."))
        agreement = self.agreement_of(record)
        if not viewer.works_at(agreement.desk_id) and viewer.role not in RESCUE:
            return NotYours(_("This agreement belongs to another desk."))
        if agreement.archived_at:
            return Refused(_("This agreement is archived."))
        if record.stage not in transition.sources:
            return Refused(_("At stage “%(stage)s” this cannot be done.") % {"stage": record.get_stage_display()})
        if transition.four_eyes and self.is_own(record, viewer):
            return Refused(_("Someone else must approve what you wrote or submitted yourself."))
        return self._lacks(transition, record, facts, viewer.on)

    def _lacks(self, transition: Transition, record: R, facts: Facts | None, on: date) -> Refused | None:
        """The first condition that is not met."""
        for need in transition.needs:
            if facts is None and need in ASKED_FIRST:
                continue
            question, answer = self.needs[need]
            if not question(record, facts or Facts(on=on)):
                return Refused(answer(record) if callable(answer) else answer)
        return None

    def open_to(self, record: R, viewer: Viewer) -> list[Transition]:
        """The buttons: what the viewer may do now, the next thing first."""
        free = [t for t in self.transitions.values() if not self.refusal(t, record, viewer)]
        return sorted(free, key=lambda t: not t.is_next)

    def perform(self, name: str, record: R, *, by: Viewer, facts: Facts) -> Step:
        """Do it: lock the record, check again, change it and write the Step, all or nothing.

        Raises Refused, with the reason, and changes nothing.
        """
        transition = self.transitions.get(name)
        if transition is None:
            raise Unknown(_("There is no act called “%(name)s”.") % {"name": name})
        facts = transition.heard(facts)
        with transaction.atomic():
            locked = self.lock(record)
            if no := self.refusal(transition, locked, by, facts):
                raise no
            if transition.four_eyes and facts.seen != locked.content_hash():
                raise Refused(self.has_changed)
            step = self.carry_out(transition, locked, by, facts)
        record.refresh_from_db()
        return step
