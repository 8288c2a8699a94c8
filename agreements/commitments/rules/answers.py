"""The partner's answer to the text of a commitment: confirmed, disputed, or other words proposed.

An answer binds to the words that were on screen, by their hash. The database lets it lapse when they change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.acts import Act
from agreements.commitments.models import Answer, Commitment, Link
from agreements.commitments.rules import health
from agreements.commitments.rules.acts import lock
from agreements.register.rules import steps
from agreements.vocabulary import CONCLUDED_OR_SUSPENDED, READABLE, AnswerState, Confirmation, Stage, Verdict
from partners.models import Organisation
from partners.refusals import NotYours, Refused
from partners.viewers import Viewer

UNSETTLED = (AnswerState.OPEN, AnswerState.WAITING)
ANSWERABLE = (Stage.CLEARED, *CONCLUDED_OR_SUSPENDED)
ACTS = {Verdict.CONFIRMED: Act.CONFIRM, Verdict.DISPUTED: Act.DISPUTE}
TEXT_HAS_CHANGED = _("The text has changed since you opened it. Read it again before you answer.")


@dataclass(frozen=True)
class Said:
    """What a partner says, and the hash of the words it is said of."""

    organisation: Organisation
    verdict: str
    seen: str
    remark: str = ""
    proposed_vi: str = ""
    proposed_en: str = ""

    @property
    def is_bare(self) -> bool:
        return not (self.remark.strip() or self.proposed_vi.strip() or self.proposed_en.strip())


def may_answer(commitment: Commitment, viewer: Viewer) -> bool:
    """A partner who is shown the wording."""
    shows_words = getattr(commitment, "wording_is_open", True)
    return viewer.is_partner and not viewer.read_only and commitment.agreement.stage in ANSWERABLE and shows_words


def answer(commitment: Commitment, said: Said, *, by: Viewer, link: Link | None = None) -> Answer:
    """Take a partner's answer. Raises Refused where the words have changed, or nothing new is said."""
    if not may_answer(commitment, by):
        raise Refused(_("A partner who sees the text answers, while the agreement stands."))
    if said.organisation.pk not in by.organisation_ids:
        raise Refused(_("Say for which of your organisations you answer."))
    return _take(commitment, said, by, link=link)


def may_accept_on_behalf(commitment: Commitment, viewer: Viewer) -> bool:
    agreement = commitment.agreement
    return viewer.works_at(agreement.desk_id) and not viewer.read_only and agreement.stage in ANSWERABLE


def accept_on_behalf(commitment: Commitment, said: Said, *, document: Any, by: Viewer) -> Answer:
    """Note what a partner has said elsewhere, with the paper in which it stands."""
    if not may_accept_on_behalf(commitment, by):
        raise Refused(_("Only its desk notes what a partner has said elsewhere."))
    if document is None or document.agreement_id != commitment.agreement_id:
        raise Refused(_("Choose the paper in which the partner said so; add it under Papers first."))
    if document.state not in READABLE:
        raise Refused(_("This paper cannot be read: choose one that can be opened."))
    return _take(commitment, said, by, on_behalf=True, document=document)


def _take(
    commitment: Commitment, said: Said, by: Viewer, *, link: Link | None = None, on_behalf: bool = False,
    document: Any = None,
) -> Answer:  # fmt: skip
    if said.verdict not in Verdict.values:
        raise Refused(_("Say whether it is confirmed or disputed."))
    if said.verdict == Verdict.DISPUTED and said.is_bare:
        raise Refused(_("Say what is wrong, or propose other words."))
    with transaction.atomic():
        locked = lock(commitment)
        if said.seen != locked.wording_hash:
            raise Refused(TEXT_HAS_CHANGED)
        last = locked.answers.filter(organisation=said.organisation).first()
        same = last and (last.verdict, last.wording_hash) == (said.verdict, said.seen)
        if last and same and said.is_bare:
            raise Refused(_("This has been answered so already."))
        answer = Answer(
            commitment=locked, organisation=said.organisation, verdict=said.verdict, wording_hash=said.seen,
            remark=said.remark.strip(), proposed_vi=said.proposed_vi.strip(), proposed_en=said.proposed_en.strip(),
            on=by.on, on_behalf=on_behalf, document=document, link=link,
        )  # fmt: skip
        answer.stamp(by).save()
        _put_confirmation(locked, locked.wording_hash)
        locked.save(update_fields=["confirmation", "confirmed_hash"])
        health.settle([locked.pk], by.on)
        act = Act.CONFIRM_BEHALF if on_behalf else ACTS[Verdict(said.verdict)]
        _write_step(act, locked, answer, by, answer.remark)
    return answer


def _put_confirmation(commitment: Commitment, wording_hash: str) -> None:
    """Disputed while one organisation disputes these words, or else confirmed."""
    last: dict[int, str] = {}
    for answer in commitment.answers.live().filter(wording_hash=wording_hash).order_by("pk"):
        last[answer.organisation_id] = answer.verdict
    commitment.confirmation = Confirmation.DISPUTED if Verdict.DISPUTED in last.values() else Confirmation.CONFIRMED
    commitment.confirmed_hash = wording_hash


def may_settle(answer: Answer, viewer: Viewer) -> bool:
    """Whether the viewer adopts or declines the words that a partner has proposed."""
    agreement = answer.commitment.agreement
    is_open = answer.state in UNSETTLED and answer.verdict == Verdict.DISPUTED
    return is_open and visibility.may_edit_commitments(viewer, desk_id=agreement.desk_id, stage=agreement.stage)


def may_adopt(answer: Answer, viewer: Viewer) -> bool:
    """Whoever asked that the words be adopted does not approve it."""
    return may_settle(answer, viewer) and not _asked(answer, viewer)


def _asked(answer: Answer, viewer: Viewer) -> bool:
    return answer.state == AnswerState.WAITING and answer.answered_by_id == viewer.user_id


def _refuses(answer: Answer, by: Viewer, *, adopt: bool) -> Refused | None:
    agreement = answer.commitment.agreement
    if answer.state not in UNSETTLED:
        return Refused(_("This answer is settled already."))
    if by.read_only or not by.works_at(agreement.desk_id):
        return NotYours(_("This agreement belongs to another desk."))
    if not may_settle(answer, by):
        return Refused(_("There is nothing here to settle."))
    if adopt and _asked(answer, by):
        return Refused(_("You asked for it: somebody else of the desk adopts the words."))
    return None


def settle(answer: Answer, *, adopt: bool, by: Viewer, reply: str = "") -> None:
    """Decline the proposed words with a reply, or adopt them: one person asks for it, and another adopts.

    Adopted words count as confirmed by who proposed them.
    """
    with transaction.atomic():
        commitment = lock(answer.commitment)
        fresh = Answer.objects.locked().select_related("commitment__agreement")
        locked = fresh.get(pk=answer.pk)
        if no := _refuses(locked, by, adopt=adopt):
            raise no
        if adopt:
            _check_proposal(commitment, locked)
        elif not reply.strip():
            raise Refused(_("Say why the words stay."))
        act, locked.state = _next(locked, adopt=adopt)
        if act == Act.ADOPT_WORDING:
            _adopt(commitment, locked, by)
        locked.reply, locked.answered_by_id, locked.answered_at = reply.strip(), by.user_id, timezone.now()
        locked.stamp(None).save()
        health.settle([commitment.pk], by.on)
        _write_step(act, commitment, locked, by, locked.reply)


def _next(answer: Answer, *, adopt: bool) -> tuple[Act, AnswerState]:
    if not adopt:
        return Act.DECLINE_WORDING, AnswerState.DECLINED
    if answer.state == AnswerState.OPEN:
        return Act.ASK_WORDING, AnswerState.WAITING
    return Act.ADOPT_WORDING, AnswerState.ADOPTED


def _write_step(act: Act, commitment: Commitment, answer: Answer, by: Viewer, reason: str) -> None:
    steps.write(act, commitment.agreement, by, commitment=commitment, about=answer, reason=reason)


def _check_proposal(commitment: Commitment, answer: Answer) -> None:
    if not (answer.proposed_vi or answer.proposed_en):
        raise Refused(_("No words were proposed: edit the text, and it can be confirmed again."))
    if answer.wording_hash != commitment.wording_hash:
        raise Refused(_("The text has changed since the words were proposed: compare and edit it by hand."))


def _adopt(commitment: Commitment, answer: Answer, by: Viewer) -> None:
    commitment.text_vi = answer.proposed_vi or commitment.text_vi
    commitment.text_en = answer.proposed_en or commitment.text_en
    commitment.stamp(by).save()
    commitment.refresh_from_db(fields=["wording_hash"])
    # Who proposes words has agreed to them; the others are asked again.
    Answer.objects.create(
        commitment=commitment, organisation=answer.organisation, verdict=Verdict.CONFIRMED, on=by.on,
        wording_hash=commitment.wording_hash, state=AnswerState.ADOPTED, created_by_id=answer.created_by_id,
        link_id=answer.link_id,
    )  # fmt: skip
    _put_confirmation(commitment, commitment.wording_hash)
    commitment.save(update_fields=["confirmation", "confirmed_hash"])
