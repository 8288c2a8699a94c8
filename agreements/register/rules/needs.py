"""What the acts of an agreement need: each condition's question, and what is answered where it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from agreements.dates import Precision
from agreements.register.models import Agreement
from agreements.register.models.stated_terms import Ending
from agreements.register.rules.workflow import Facts, Words
from agreements.vocabulary import CONCLUDED, DueBefore, Fate, Stage, ways_of

Question = Callable[[Agreement, Facts], bool]


def _has_title(agreement: Agreement, facts: Facts) -> bool:
    return bool(agreement.title_vi or agreement.title_en)


def _has_both_sides(agreement: Agreement, facts: Facts) -> bool:
    codes = agreement.participants.live().values_list("organisation__country__code", flat=True)
    ours = [code == settings.HOME_COUNTRY for code in codes]
    return any(ours) and not all(ours)


def _partners_are_named(agreement: Agreement, facts: Facts) -> bool:
    return not _unnamed(agreement).exists()


def _unnamed(agreement: Agreement) -> Any:
    """What the partner's side owes, where several could and none is named."""
    return agreement.commitments.live().unnamed().open()


def _who_is_unnamed(agreement: Agreement) -> Words:
    refs = ", ".join(_unnamed(agreement).order_by("number").values_list("ref", flat=True))
    return _("Several partners could owe these commitments: name the partner in charge of %(refs)s.") % {"refs": refs}


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


def _expires_once_signed(agreement: Agreement, facts: Facts) -> bool:
    signed = facts.signed or agreement.signed
    return signed is None or agreement.expires_on is None or agreement.expires_on >= signed.first_day


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
    if facts.successor is None or facts.successor.pk == agreement.pk:
        return False
    return not Agreement(pk=facts.successor.pk, supersedes=agreement).leads_back("supersedes")


def _has_effect(agreement: Agreement, facts: Facts) -> bool:
    return facts.day is not None


def _effect_is_past(agreement: Agreement, facts: Facts) -> bool:
    return facts.day is None or facts.day.first_day <= facts.on


def _effect_is_exact(agreement: Agreement, facts: Facts) -> bool:
    return facts.day is None or facts.day.precision == Precision.DAY


def _has_paper(agreement: Agreement, facts: Facts) -> bool:
    return facts.document is not None and facts.document.agreement_id == agreement.pk


def _has_participant(agreement: Agreement, facts: Facts) -> bool:
    return facts.participant is not None and facts.participant.agreement_id == agreement.pk


def _has_no_effect_yet(agreement: Agreement, facts: Facts) -> bool:
    return agreement.effective_on is None


def _has_no_notice(agreement: Agreement, facts: Facts) -> bool:
    # One whose day has come, and whose commitments nobody has settled, is ended by hand.
    return agreement.leaves_on is None or agreement.leaves_on <= facts.on


def _is_concluded(agreement: Agreement, facts: Facts) -> bool:
    successor = facts.successor
    return successor is None or (successor.stage in CONCLUDED and successor.archived_at is None)


def _has_fitting_day(agreement: Agreement, facts: Facts) -> bool:
    """Not before it was concluded."""
    day = facts.day
    return day is None or (agreement.signed_on or day.last_day) <= day.last_day


def _procedure_allows(*acts: DueBefore) -> Question:
    """The steps of the open procedure that come before these acts are done, or noted as not applying."""

    def question(agreement: Agreement, facts: Facts) -> bool:
        waiting = agreement.proceedings.live().filter(
            closed_on=None, steps__step__due_before__in=acts, steps__step__is_optional=False,
            steps__done_on=None, steps__skipped_because="",
        )  # fmt: skip
        return not waiting.exists()

    return question


NEEDS: Mapping[str, tuple[Question, Words | Callable[[Agreement], Words]]] = {
    "expires_once_signed": (_expires_once_signed, _("The agreement expires before it was signed.")),
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
    "partners_named": (_partners_are_named, _who_is_unnamed),
    "reason": (_has_reason, _("Give a reason.")),
    "ending": (_has_ending, _("Say how it ended.")),
    "document": (_has_document, _("Choose the paper that says so; add it under Papers first.")),
    "successor": (_has_successor, _("Say which agreement takes its place.")),
    "effect": (_has_effect, _("Give the day from which it has effect.")),
    "past_effect": (_effect_is_past, _("This day is still to come.")),
    "exact_effect": (_effect_is_exact, _("Give the day, for example 25/09/2023.")),
    "document_given": (_has_paper, _("Choose the paper that says so; add it under Papers first.")),
    "participant": (_has_participant, _("Say which participant.")),
    "not_in_force": (
        _has_no_effect_yet,
        _("Its entry into force is recorded; where that is wrong, correct the record."),
    ),
    "no_notice": (_has_no_notice, _("A notice was given already; where that is wrong, correct that entry.")),
    "concluded_successor": (_is_concluded, _("Its successor is not concluded yet.")),
    "day": (_has_fitting_day, _("It cannot have effect before it was concluded.")),
    "procedure_before_clearance": (
        _procedure_allows(DueBefore.CLEAR), _("Steps of its procedure that come before clearance are still open."),
    ),
    "procedure_before_signing": (
        _procedure_allows(DueBefore.CLEAR, DueBefore.SIGN),
        _("Steps of its procedure that come before signing are still open."),
    ),
}  # fmt: skip
