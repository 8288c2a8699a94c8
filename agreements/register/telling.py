"""How the timeline names each act."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from agreements.register.amending import ACTS as AMENDMENT_ACTS
from agreements.register.lifecycle import TRANSITIONS

OTHER_ACTS: dict[str, Any] = {
    "log": _("Logged"),
    "correct": _("Record corrected"),
    "undo": _("Undone"),
    "rectify": _("Entry corrected"),
    "archive": _("Archived"),
    "comment": _("Comment"),
    "amendment_apply": _("Amendment applied"),
    "paper_refused": _("Paper refused"),
    "procedure_open": _("Procedure opened"),
    "procedure_step": _("Step of the procedure noted"),
    "procedure_close": _("Procedure closed"),
    "dossier_returned": _("Dossier returned"),
    "dossier_back": _("Dossier back, complete"),
    "share": _("Shared"),
    "unshare": _("No longer shared"),
    "report": _("Report handed in"),
    "accept_report": _("Report accepted"),
    "return_report": _("Report returned"),
    "confirm": _("Text confirmed by the partner"),
    "confirm_behalf": _("Accepted on behalf of the partner"),
    "dispute": _("Text disputed by the partner"),
    "adopt_wording": _("Proposed wording adopted"),
    "decline_wording": _("Proposed wording declined"),
    "ask_day": _("New day asked for"),
    "move_day": _("Day moved"),
    "keep_day": _("New day refused"),
    "block": _("Blocker noted"),
    "escalate": _("Blocker raised"),
    "unblock": _("Blocker removed"),
    "nudge": _("Asked for a report"),
    "send_link": _("Link without an account made"),
    "revoke_link": _("Link taken back"),
    "action_done": _("Action item done"),
    "action_verify": _("Action item verified"),
    "action_reopen": _("Action item opened again"),
    "bulk": _("Changed together with others"),
    "bulk_undo": _("Bulk change undone"),
    "hand_over": _("Handed over"),
    "import": _("Loaded from a data file"),
    "take_effect": _("Came into effect"),
    "near_end": _("Nears its end"),
    "expire": _("Expired"),
}


def in_the_past(name: str) -> Any:
    """`sign` -> `Signed`."""
    if name in TRANSITIONS:
        return TRANSITIONS[name].past
    amendment = AMENDMENT_ACTS.get(name.removeprefix("amendment_"))
    return amendment.past if amendment and name.startswith("amendment_") else OTHER_ACTS.get(name, name)
