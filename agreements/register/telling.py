"""How the timeline names each act."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from agreements.register.lifecycle import TRANSITIONS

OTHER_ACTS: dict[str, Any] = {
    "log": _("Logged"),
    "share": _("Shared"),
    "unshare": _("No longer shared"),
    "report": _("Report handed in"),
    "accept_report": _("Report accepted"),
    "return_report": _("Report returned"),
    "import": _("Loaded from a data file"),
    "expire": _("Expired"),
}


def in_the_past(name: str) -> Any:
    """`sign` -> `Signed`."""
    return TRANSITIONS[name].past if name in TRANSITIONS else OTHER_ACTS.get(name, name)
