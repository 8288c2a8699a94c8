"""Every act that the history of an agreement can tell: one row each.

A row says how the timeline tells the act, which kind of record it is about, whom it concerns next, whether that is
urgent, and which followers hear of it. Everything that tells of an act reads this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agreements.vocabulary import Part


class About(StrEnum):
    """The model of the record that an act is about, where that is not the agreement or the commitment itself."""

    NOTHING_ELSE = ""
    ACTION_ITEM = "agreements.ActionItem"
    AMENDMENT = "agreements.Amendment"
    ANSWER = "agreements.Answer"
    COMMENT = "agreements.Comment"
    DOCUMENT = "agreements.Document"
    DUE_REQUEST = "agreements.DueRequest"
    LINK = "agreements.Link"
    PARTICIPANT = "agreements.Participant"
    PROCEEDING = "agreements.Proceeding"
    PROCEEDING_STEP = "agreements.ProceedingStep"
    REPORT = "agreements.Report"
    SHARE = "agreements.Share"
    USER = "partners.User"


class Tells(Enum):
    """Whom an act concerns: they are told, whether they follow the record or not."""

    NOBODY = auto()
    KEEPER = auto()  # who keeps the commitment, or else its agreement
    MANAGERS = auto()  # of its desk
    DESK = auto()  # its managers and its keeper
    AUTHOR = auto()  # who wrote the record that the act is about
    PERSON = auto()  # the person whom it is about
    THREAD = auto()  # who is mentioned or has spoken in the thread, and the keeper
    ORGANISATION = auto()  # people of the organisation that the share is with
    DEBTOR = auto()  # the side that owes the commitment


class Hears(Enum):
    """Which followers of the record hear of an act."""

    NOBODY = auto()
    STAFF = auto()
    ALL = auto()  # partners too


@dataclass(frozen=True)
class Row:
    """What is known of an act beside its name and its words."""

    about: About = About.NOTHING_ELSE
    tells: Tells = Tells.KEEPER
    urgent: bool = False  # whoever it concerns is to act, and is told at once
    hears: Hears = Hears.STAFF
    part: Part | None = None  # what a share may hold back, and this act would tell


QUIET = Row(tells=Tells.NOBODY)
UNHEARD = Row(tells=Tells.NOBODY, hears=Hears.NOBODY)
LEGAL = Row(hears=Hears.ALL)


class Act(TextChoices):
    """The name of an act, as the database and the API know it, with its row; its label is how the timeline tells it."""

    row: Row

    # The register
    LOG = "log", QUIET, _("Logged")
    IMPORT = "import", UNHEARD, _("Loaded from a data file")
    CORRECT = "correct", Row(), _("Record corrected")
    ARCHIVE = "archive", Row(), _("Archived")
    UNDO = "undo", UNHEARD, _("Undone")
    RECTIFY = "rectify", Row(), _("Entry corrected")
    HAND_OVER = "hand_over", Row(About.USER, Tells.PERSON), _("Handed over")
    COMMENT = "comment", Row(About.COMMENT, Tells.THREAD, urgent=True), _("Comment")
    SHARE = "share", Row(About.SHARE, Tells.ORGANISATION, urgent=True), _("Shared")
    UNSHARE = "unshare", Row(About.SHARE, Tells.NOBODY, hears=Hears.NOBODY), _("No longer shared")
    PAPER_REFUSED = "paper_refused", Row(About.DOCUMENT, Tells.AUTHOR, urgent=True), _("Paper refused")

    # The stages of an agreement
    SUBMIT = "submit", Row(tells=Tells.MANAGERS, urgent=True), _("Submitted for review")
    REGISTER = "register", Row(), _("Registered as signed")
    ADOPT = "adopt", Row(), _("Registered as adopted")
    AGREE = "agree", Row(), _("Recorded as agreed without a paper")
    CLEAR = "clear", Row(), _("Cleared for signing")
    RETURN = "return", Row(urgent=True), _("Returned with comment")
    SIGN = "sign", LEGAL, _("Signed")
    ISSUE = "issue", LEGAL, _("Adopted")
    SUSPEND = "suspend", LEGAL, _("Suspended")
    RESUME = "resume", LEGAL, _("Resumed")
    END = "end", LEGAL, _("Ended")
    NOTICE = "notice", LEGAL, _("Notice given, in effect on a later day")
    RATIFY = "ratify", Row(About.PARTICIPANT, hears=Hears.ALL, part=Part.SIGNATORIES), _("Consent to be bound recorded")
    ENTER_FORCE = "enter_force", LEGAL, _("Entry into force recorded")
    CARRY_OVER = "carry_over", Row(), _("Carried over")
    FULFIL = "fulfil", Row(), _("Fulfilled when the agreement ended")
    DROP_AT_END = "drop_at_end", Row(), _("Dropped when the agreement ended")
    ABANDON = "abandon", Row(), _("Given up, not concluded")

    # What the calendar does
    TAKE_EFFECT = "take_effect", Row(tells=Tells.NOBODY, hears=Hears.ALL), _("Came into effect")
    NEAR_END = "near_end", Row(tells=Tells.NOBODY, hears=Hears.ALL, part=Part.TERM), _("Nears its end")
    EXPIRE = "expire", Row(hears=Hears.ALL, part=Part.TERM), _("Expired")

    # Amendments
    AMENDMENT_SUBMIT = (
        "amendment_submit", Row(About.AMENDMENT, Tells.MANAGERS, urgent=True), _("Amendment submitted for review"),
    )  # fmt: skip
    AMENDMENT_APPROVE = "amendment_approve", Row(About.AMENDMENT), _("Amendment approved")
    AMENDMENT_RETURN = "amendment_return", Row(About.AMENDMENT, urgent=True), _("Amendment returned with comment")
    AMENDMENT_WITHDRAW = "amendment_withdraw", Row(About.AMENDMENT), _("Amendment withdrawn")
    AMENDMENT_STUCK = (
        "amendment_stuck", Row(About.AMENDMENT, Tells.DESK, urgent=True), _("Amendment could not be applied"),
    )  # fmt: skip
    AMENDMENT_APPLY = "amendment_apply", Row(About.AMENDMENT), _("Amendment applied")

    # Procedures
    PROCEDURE_OPEN = "procedure_open", Row(About.PROCEEDING), _("Procedure opened")
    PROCEDURE_STEP = "procedure_step", Row(About.PROCEEDING_STEP), _("Step of the procedure noted")
    PROCEDURE_CLOSE = "procedure_close", Row(About.PROCEEDING), _("Procedure closed")
    DOSSIER_RETURNED = "dossier_returned", Row(About.PROCEEDING_STEP), _("Dossier returned")
    DOSSIER_BACK = "dossier_back", Row(About.PROCEEDING_STEP), _("Dossier back, complete")

    # Commitments
    REPORT = "report", Row(About.REPORT, Tells.DESK, urgent=True), _("Report handed in")
    ACCEPT_REPORT = "accept_report", Row(About.REPORT, Tells.AUTHOR), _("Report accepted")
    RETURN_REPORT = "return_report", Row(About.REPORT, Tells.AUTHOR, urgent=True), _("Report returned")
    CONFIRM = "confirm", Row(About.ANSWER), _("Text confirmed by the partner")
    CONFIRM_BEHALF = "confirm_behalf", Row(About.ANSWER, Tells.NOBODY), _("Accepted on behalf of the partner")
    DISPUTE = "dispute", Row(About.ANSWER, Tells.DESK, urgent=True), _("Text disputed by the partner")
    ASK_WORDING = (
        "ask_wording",
        Row(About.ANSWER, Tells.MANAGERS, urgent=True),
        _("Adoption of proposed wording asked for"),
    )
    ADOPT_WORDING = "adopt_wording", Row(About.ANSWER, Tells.AUTHOR), _("Proposed wording adopted")
    DECLINE_WORDING = "decline_wording", Row(About.ANSWER, Tells.AUTHOR), _("Proposed wording declined")
    ASK_DAY = "ask_day", Row(About.DUE_REQUEST, Tells.DESK, urgent=True), _("New day asked for")
    MOVE_DAY = "move_day", Row(About.DUE_REQUEST, Tells.AUTHOR, hears=Hears.ALL), _("Day moved")
    KEEP_DAY = "keep_day", Row(About.DUE_REQUEST, Tells.AUTHOR), _("New day refused")
    COUNT_DAY = "count_day", Row(hears=Hears.ALL), _("Day counted anew from its event")
    ASK_DROP = "ask_drop", Row(About.DUE_REQUEST, Tells.DESK, urgent=True), _("Asked to drop it")
    DROP = "drop", Row(About.DUE_REQUEST, Tells.AUTHOR, hears=Hears.ALL), _("Dropped")
    KEEP_PROMISE = "keep_promise", Row(About.DUE_REQUEST, Tells.AUTHOR), _("Dropping refused")
    BLOCK = "block", Row(tells=Tells.DESK, urgent=True), _("Blocker noted")
    ESCALATE = "escalate", Row(urgent=True), _("Blocker raised")
    UNBLOCK = "unblock", Row(), _("Blocker removed")
    NUDGE = "nudge", Row(tells=Tells.DEBTOR, urgent=True), _("Asked for a report")
    SEND_LINK = "send_link", Row(About.LINK, Tells.NOBODY, hears=Hears.NOBODY), _("Link without an account made")
    REVOKE_LINK = "revoke_link", Row(About.LINK, Tells.NOBODY, hears=Hears.NOBODY), _("Link taken back")
    ACTION_DONE = "action_done", Row(About.ACTION_ITEM, Tells.DESK, urgent=True), _("Action item done")
    ACTION_VERIFY = "action_verify", Row(About.ACTION_ITEM), _("Action item verified")
    ACTION_REOPEN = "action_reopen", Row(About.ACTION_ITEM), _("Action item opened again")
    BULK = "bulk", QUIET, _("Changed together with others")
    BULK_UNDO = "bulk_undo", UNHEARD, _("Bulk change undone")

    def __new__(cls, value: str, row: Row = QUIET) -> Act:
        act = str.__new__(cls, value)
        act._value_ = value
        act.row = row
        return act


def choices() -> list[tuple[str, Any]]:
    """For the column of a step: a function, so that a new act needs no migration."""
    return Act.choices
