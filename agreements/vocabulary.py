"""Lists of choices that several rooms use, with what each word means here.

One that a single room uses stands there, above the table or the rule that it is for.
"""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.states import State, Tone


class Kind(TextChoices):
    """What the paper calls itself; it does not decide the legal force."""

    TREATY = "treaty", _("Treaty")
    AGREEMENT = "agreement", _("Agreement")
    MOU = "mou", _("Memorandum of understanding")
    JOINT_STATEMENT = "joint_statement", _("Joint statement")
    ACTION_PLAN = "action_plan", _("Action plan")
    LETTER_OF_INTENT = "letter_of_intent", _("Letter of intent")
    PROTOCOL = "protocol", _("Protocol")
    ANNEX = "annex", _("Annex")
    EXCHANGE_OF_NOTES = "exchange_of_notes", _("Exchange of notes")
    CONTRACT = "contract", _("Cooperation contract")
    PROGRAMME = "programme", _("Cooperation without a paper")
    OTHER = "other", _("Other paper")


class LegalRegime(TextChoices):
    TREATY = "treaty", _("Treaty")
    INTERNATIONAL_AGREEMENT = "international_agreement", _("International agreement")
    POLITICAL = "political", _("Political statement")
    OTHER = "other", _("Contract or other")


class Stage(State):
    """What people decide. What the calendar does is the standing."""

    DRAFT = "draft", Tone.MUTE, _("Draft")
    IN_REVIEW = "in_review", Tone.WARN, _("In review")
    CLEARED = "cleared", Tone.INFO, _("Cleared for signing")
    SIGNED = "signed", Tone.OK, _("Signed")
    ADOPTED = "adopted", Tone.OK, _("Adopted")
    AGREED = "agreed", Tone.OK, _("Agreed without a paper")
    SUSPENDED = "suspended", Tone.WARN, _("Suspended")
    ENDED = "ended", Tone.MUTE, _("Ended")


# Words of decision 29. What stands in a concluded agreement is owed. A suspended one releases its parties for the time;
# it is amended, answered and reported on all the same.
CONCLUDED = (Stage.SIGNED, Stage.ADOPTED, Stage.AGREED)
CONCLUDED_OR_SUSPENDED = (*CONCLUDED, Stage.SUSPENDED)
# What is concluded by signature alone; statements, plans and other papers may be adopted as well.
SIGNED_ONLY = (
    Kind.TREATY, Kind.AGREEMENT, Kind.MOU, Kind.LETTER_OF_INTENT, Kind.PROTOCOL, Kind.EXCHANGE_OF_NOTES, Kind.CONTRACT,
)  # fmt: skip


# What the day is called on which it was concluded.
CONCLUDED_ON = {Stage.SIGNED: _("Signed on"), Stage.ADOPTED: _("Adopted on"), Stage.AGREED: _("Agreed on")}
TO_CONCLUDE_ON = {Stage.SIGNED: _("Signing, not confirmed"), Stage.AGREED: _("Agreement, not confirmed")}


def day_label(stage: str, kind: str, regime: str, *, is_open: bool = False) -> Any:
    """What that day is called of an agreement; of one that is not at such a stage, by how it can be concluded."""
    ways = (Stage(stage),) if stage in CONCLUDED else ways_of(kind, regime)
    if len(ways) > 1:
        return _("Signing or adoption, not confirmed") if is_open else _("Signed or adopted on")
    return (TO_CONCLUDE_ON if is_open else CONCLUDED_ON)[ways[0]]


def ways_of(kind: str, regime: str) -> tuple[Stage, ...]:
    """How an agreement of this kind and legal regime can be concluded."""
    if kind == Kind.PROGRAMME:
        return (Stage.AGREED,)
    if kind in SIGNED_ONLY or regime == LegalRegime.TREATY:
        return (Stage.SIGNED,)
    return (Stage.SIGNED, Stage.ADOPTED)


class Standing(State):
    """Computed from the stage, the dates and a day."""

    DRAFT = "draft", Tone.MUTE, _("Draft")
    PLANNED = "planned", Tone.MUTE, _("Announced, not signed")
    IN_REVIEW = "in_review", Tone.WARN, _("In review")
    CLEARED = "cleared", Tone.INFO, _("Cleared for signing")
    ADOPTED = "adopted", Tone.INFO, _("Adopted")
    UNDER_WAY = "under_way", Tone.INFO, _("Under way, without a paper")
    SIGNED = "signed", Tone.OK, _("Signed, effect not recorded")
    PENDING = "pending", Tone.INFO, _("Signed, not yet in effect")
    IN_EFFECT = "in_effect", Tone.OK, _("In effect")
    PROVISIONAL = "provisional", Tone.INFO, _("Applied provisionally")
    EXPIRING = "expiring", Tone.WARN, _("Expiring soon")
    RENEWING = "renewing", Tone.WARN, _("Renews soon")
    EXPIRED = "expired", Tone.BAD, _("Expired")
    SUSPENDED = "suspended", Tone.WARN, _("Suspended")
    ENDED = "ended", Tone.MUTE, _("Ended")


class ParticipantRole(TextChoices):
    PRINCIPAL = "principal", _("Principal")
    IMPLEMENTING = "implementing", _("Implementing")
    FUNDING = "funding", _("Funding")
    DEPOSITARY = "depositary", _("Depositary")
    OBSERVER = "observer", _("Observer")


class CommitmentKind(TextChoices):
    FUNDING = "funding", _("Funding")
    TRAINING = "training", _("Training")
    LABORATORY = "laboratory", _("Laboratory")
    NETWORK = "network", _("Network")
    POLICY = "policy", _("Policy consultation")
    COMMITTEE = "committee", _("Joint committee")
    TECHNICAL_ASSISTANCE = "technical_assistance", _("Technical assistance")
    RESEARCH = "research", _("Research")
    INVESTMENT = "investment", _("Investment")
    REPORT = "report", _("Report")
    EXCHANGE = "exchange", _("Information exchange")
    OTHER = "other", _("Other")


class Direction(TextChoices):
    OURS = "ours", _("Our side")
    THEIRS = "theirs", _("The partner's side")
    MUTUAL = "mutual", _("Both sides")

    @property
    def across(self) -> Any:
        """The label as the partner across the table reads it, for whom "we" are the others."""
        return {"ours": _("The other side"), "theirs": _("Your side")}.get(self, self.label)


class Delivery(State):
    PLANNED = "planned", Tone.MUTE, pgettext_lazy("delivery", "Planned")
    UNDER_WAY = "under_way", Tone.INFO, _("Under way")
    DELIVERED = "delivered", Tone.OK, _("Delivered")
    DROPPED = "dropped", Tone.MUTE, _("Dropped")
    CARRIED = "carried", Tone.MUTE, _("Carried over")


# Only the ending of an agreement carries over.
SET_BY_HAND = [(value.value, value.label) for value in Delivery if value != Delivery.CARRIED]


class Fate(TextChoices):
    """What becomes of an open commitment when its agreement ends."""

    CARRIED = "carried", _("carried over to the successor")
    FULFILLED = "fulfilled", _("fulfilled, as its evidence shows")
    DROPPED = "dropped", _("dropped, for the reason of the ending")


class Health(State):
    ON_TRACK = "on_track", Tone.OK, _("On track")
    AT_RISK = "at_risk", Tone.WARN, _("At risk")
    DELAYED = "delayed", Tone.BAD, _("Delayed")
    BLOCKED = "blocked", Tone.BAD, _("Blocked")
    DISPUTED = "disputed", Tone.BAD, pgettext_lazy("health", "Disputed")
    NO_REPORT = "no_report", Tone.MUTE, _("No accepted report")


# What a person can say of it; the other two follow from what is there, or is not.
SAID = (Health.ON_TRACK, Health.AT_RISK, Health.DELAYED, Health.BLOCKED)


class Confirmation(State):
    UNCONFIRMED = "unconfirmed", Tone.MUTE, _("Not confirmed by the partner")
    CONFIRMED = "confirmed", Tone.OK, _("Confirmed by the partner")
    DISPUTED = "disputed", Tone.BAD, _("Disputed by the partner")
    LAPSED = "lapsed", Tone.WARN, _("Text changed since the partner answered")


UNANSWERED = (Confirmation.UNCONFIRMED, Confirmation.LAPSED)  # the words that stand now wait for the partner


class Verdict(State):
    """What a partner organisation says to the text of a commitment."""

    CONFIRMED = "confirmed", Tone.OK, _("Confirmed")
    DISPUTED = "disputed", Tone.BAD, _("Disputed")


class AnswerState(State):
    """What the desk made of an answer."""

    OPEN = "open", Tone.INFO, _("Stands")
    WAITING = "waiting", Tone.WARN, _("Adoption waits for a second person")
    ADOPTED = "adopted", Tone.OK, _("Proposed wording adopted")
    DECLINED = "declined", Tone.MUTE, _("Proposed wording declined")


class RequestState(State):
    WAITING = "waiting", Tone.WARN, _("Waits for approval")
    APPROVED = "approved", Tone.OK, _("Approved")
    REFUSED = "refused", Tone.BAD, pgettext_lazy("request", "Refused")
    WITHDRAWN = "withdrawn", Tone.MUTE, pgettext_lazy("request", "Withdrawn")


class RequestKind(TextChoices):
    """What is asked for of a promise; another person than the one who asks decides."""

    DAY = "day", _("Another day")
    DROP = "drop", _("To drop it")


class ActionItemState(State):
    OPEN = "open", Tone.MUTE, pgettext_lazy("action", "Open")
    DONE = "done", Tone.WARN, _("Done, not verified")
    VERIFIED = "verified", Tone.OK, _("Verified")


class LinkPurpose(TextChoices):
    """The one thing that a link without an account is good for."""

    CONFIRM = "confirm", _("Confirm or dispute the text")
    REPORT = "report", _("Report progress")


class BlockedBy(TextChoices):
    DESK = "desk", _("Desk")
    MINISTRY = "ministry", _("Ministry")
    GOVERNMENT = "government", _("Government")
    LEADERS = "leaders", _("Leaders")
    PARTNER = "partner", _("Partner")


class Wait(TextChoices):
    """Why something waits for a person; its label is the one act that is asked of them."""

    REVIEW = "review", _("Review the agreement")
    AMENDMENT = "amendment", _("Decide on the amendment")
    REPORT = "report", _("Accept the report, or return it")
    DAY = "day", _("Decide on the new day")
    DROP = "drop", _("Decide whether the commitment is dropped")
    DISPUTE = "dispute", _("Answer what the partner disputes")
    ACTION = "action", _("Verify the action item")
    EXPIRED = "expired", _("Say how it ended, or record its renewal")
    STUCK = "stuck", _("Long overdue or silent: decide what becomes of it")
    RETURNED = "returned", _("Correct it and submit it again")
    DRAFT = "draft", _("Complete it and submit it")
    CLEARED = "cleared", _("Record the signing or adoption once it has taken place")
    AMENDMENT_DRAFT = "amendment_draft", _("Complete the amendment and submit it")
    REPORT_RETURNED = "report_returned", _("Correct the report and hand it in again")
    LATE = "late", _("Report how it stands, or ask for another day")
    CONFIRM = "confirm", _("Confirm the text, or say what is to be changed")
    REPORT_DUE = "report_due", _("Report how it stands")


class MilestoneStatus(State):
    SCHEDULED = "scheduled", Tone.MUTE, _("Scheduled")
    MET = "met", Tone.OK, _("Met")
    PARTIALLY_MET = "partially_met", Tone.WARN, _("Partially met")
    NOT_MET = "not_met", Tone.BAD, _("Not met")


class ReportStatus(State):
    DRAFT = "draft", Tone.MUTE, pgettext_lazy("report", "Draft")
    SUBMITTED = "submitted", Tone.WARN, _("Submitted")
    RETURNED = "returned", Tone.BAD, _("Returned with comment")
    ACCEPTED = "accepted", Tone.OK, _("Accepted")


HANDED_IN = (ReportStatus.SUBMITTED, ReportStatus.RETURNED, ReportStatus.ACCEPTED)


class DocumentKind(TextChoices):
    SIGNED_TEXT = "signed_text", _("Signed text")
    DRAFT_TEXT = "draft_text", _("Draft text")
    TRANSLATION = "translation", _("Translation")
    PRESS = "press", _("Press article")
    REPORT = "report", _("Report")
    ANNEX = "annex", _("Annex")
    FULL_POWERS = "full_powers", _("Full powers or authorisation")
    OPINION = "opinion", _("Written opinion")
    NOTICE = "notice", _("Notice of ending or suspension")
    CORRESPONDENCE = "correspondence", _("Correspondence")
    LEGAL_ACT = "legal_act", _("Legal act")
    OTHER = "other", _("Other")


class PaperState(State):
    """What the checks made of a file, in words that claim no more than was looked at."""

    WAITING = "waiting", Tone.INFO, _("Being checked")
    CLEAN = "clean", Tone.OK, _("Its text bears no mark of secrecy")
    PARTLY = "partly", Tone.WARN, _("Part of it could not be read: nobody has looked there for a mark of secrecy")
    EMPTY = (
        "empty",
        Tone.WARN,
        _("No text in it: it cannot be found by words, and nobody has looked for a mark of secrecy"),
    )
    UNREAD = "unread", Tone.WARN, _("Its text could not be read: nobody has looked for a mark of secrecy")
    LOCKED = "locked", Tone.WARN, _("Locked by a password: a person must open it and add an edition without one")
    REFUSED = "refused", Tone.BAD, _("Refused, its bytes are not kept")


# Papers whose bytes are there and that a person can open.
READABLE = tuple(set(PaperState) - {PaperState.WAITING, PaperState.LOCKED, PaperState.REFUSED})


class AmendmentStage(State):
    """An amendment is decided first, and applied on its day."""

    DRAFT = "draft", Tone.MUTE, _("Draft")
    IN_REVIEW = "in_review", Tone.WARN, _("In review")
    APPROVED = "approved", Tone.INFO, _("Approved, waits for its day")
    APPLIED = "applied", Tone.OK, _("Applied")
    WITHDRAWN = "withdrawn", Tone.MUTE, _("Withdrawn")


class Part(TextChoices):
    """What may be held back when an agreement is shared."""

    SUMMARY = "summary", _("Summary")
    TERM = "term", _("Term and renewal")
    SIGNATORIES = "signatories", _("Who signed and consented")
    FAMILY = "family", _("Links to other agreements")
    PAPERS = "papers", _("Papers")
    COMMITMENTS = "commitments", _("Commitments")
    WORDING = "wording", _("Wording of the commitments")
    MILESTONES = "milestones", _("Milestones")
    MONEY = "money", _("Money")
    REPORTS = "reports", _("Reports")


class DueBefore(TextChoices):
    """Which act of the agreement waits for a step of its procedure."""

    NONE = "", _("at any time")
    CLEAR = "clear", _("before clearance")
    SIGN = "sign", _("before signing")


class Audience(TextChoices):
    INTERNAL = "internal", _("Our staff only")
    PARTNER = "partner", _("Also partners it is shared with")


class SendState(State):
    QUEUED = "queued", Tone.INFO, _("Waiting to be sent")
    CLAIMED = "claimed", Tone.INFO, _("Being prepared")
    HANDED = "handed", Tone.INFO, _("Being handed to the mail server")
    UNKNOWN = "unknown", Tone.WARN, _("Delivery unknown")
    SENT = "sent", Tone.OK, _("Sent")
    FAILED = "failed", Tone.BAD, _("Refused by the mail server")
    KEPT = "kept", Tone.MUTE, _("In the inbox, without a mail")
    DROPPED = "dropped", Tone.MUTE, _("No longer due or no longer visible")


class Wording(TextChoices):
    """What the words of a record lack."""

    MISSING = "missing", _("A language is missing")
    BEHIND = "behind", _("A language is behind")


class RecordList(TextChoices):
    """The list that a saved view, a written file or a bulk change is of."""

    AGREEMENTS = "agreements", _("Agreements")
    COMMITMENTS = "commitments", _("Commitments")


class PaperKind(TextChoices):
    """What can be put on paper and taken along."""

    REVIEW_PACK = "review_pack", _("Review pack")
    COUNTRY_BRIEF = "country_brief", _("Country brief")
    HANDOVER = "handover", _("Handover file")
    QUALITY = "quality", _("Quality report")
    QUARTER = "quarter", _("Closed quarter")
    MINUTES = "minutes", _("Minutes of a meeting")
    AGREEMENT = "agreement", _("Agreement on paper")
    COMMITMENT = "commitment", _("Record of a commitment")
    LETTER = "letter", _("Letter")


class FileForm(TextChoices):
    """In which form a list or a paper leaves."""

    DOCX = "docx", "DOCX"
    PDF = "pdf", "PDF"
    XLSX = "xlsx", "XLSX"


class ViewAudience(TextChoices):
    """To whom a saved view is offered."""

    PRIVATE = "private", pgettext_lazy("saved view", "Only me")
    DESK = "desk", pgettext_lazy("saved view", "My desk")
    EVERYONE = "everyone", pgettext_lazy("saved view", "All staff")
