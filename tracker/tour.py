"""The first visit: three steps for each role, shown one at a time above the first page until they are done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from partners import reading
from partners.models import User
from partners.requests import Request
from partners.viewers import Role, Viewer


@dataclass(frozen=True)
class TourStop:
    """What one can do here, and the page that shows it."""

    title: Any
    text: Any
    shows: Any
    name: str  # of the address
    query: str = ""

    @property
    def url(self) -> str:
        return reverse(self.name) + self.query


FIND = TourStop(
    _("Search the register"),
    _("Press Ctrl+K anywhere, or type into the box above: half a name without accents is enough."),
    _("Search"), "search",
)  # fmt: skip
TOUR: Mapping[Role, tuple[TourStop, TourStop, TourStop]] = {
    Role.OFFICER: (
        TourStop(
            _("Log what was signed"),
            _("A title in one language, the day and the other side are enough; the rest can follow."),
            _("Log an agreement"), "agreement_new",
        ),
        FIND,
        TourStop(
            _("Keep what was promised up to date"),
            _("Each number on this page opens exactly the records that it counts, beginning with yours."),
            _("Commitments kept by me"), "commitments", "?mine=true",
        ),
    ),
    Role.MANAGER: (
        TourStop(
            _("Decide what waits for you"),
            _("Agreements to clear, amendments to approve and reports to accept stand in one queue."),
            _("Review"), "review",
        ),
        TourStop(
            _("See who is late"),
            _("The overview counts by partner and by agency, and each count opens its list."),
            _("Overview"), "oversight",
        ),
        FIND,
    ),
    Role.PARTNER: (
        TourStop(
            _("Read what is shared with you"),
            _("You see what the ministry shares with your organisation, and nothing of anybody else's."),
            _("Agreements"), "agreements",
        ),
        TourStop(
            _("Confirm or dispute what was promised"),
            _("Open a commitment and answer: your answer is bound to the words that you were shown."),
            _("Commitments"), "commitments",
        ),
        TourStop(
            _("Report how it goes"),
            _("Write a few words, attach what shows it, and hand it in; a draft stays yours until then."),
            _("My work"), "home", "#to-report",
        ),
    ),
    Role.AUDITOR: (
        TourStop(
            _("Read everything on record"),
            _("You see all desks, and what is archived; nothing here changes by your hand."),
            _("Agreements"), "agreements",
        ),
        FIND,
        TourStop(
            _("See how it came about"),
            _("Each agreement has its timeline and can be shown as it was on a day; the history is sealed."),
            _("System status"), "pulse",
        ),
    ),
    Role.OPERATOR: (
        TourStop(
            _("Keep the lists in order"),
            _("Accounts, desks, reminder rules and the lists of choices are kept in the administration."),
            _("Administration"), "admin:index",
        ),
        TourStop(
            _("Watch the system status"),
            _("It shows which queue is silent and which mails are in doubt, before anybody misses one."),
            _("System status"), "pulse",
        ),
        FIND,
    ),
}  # fmt: skip
LENGTH = 3


def stop_for(user: User, viewer: Viewer) -> dict[str, Any]:
    """The step that the person is at, for the page; nothing once the tour is over."""
    if viewer.role is None or user.toured >= LENGTH:
        return {}
    return {"tour": TOUR[viewer.role][user.toured], "tour_at": user.toured + 1, "tour_length": LENGTH}


@require_POST
def tour(request: Request) -> HttpResponse:
    """Go to a step; beyond the last the tour is over, and from the profile it begins again."""
    to = reading.whole(request.POST.get("to", ""), most=LENGTH)
    at = LENGTH if to is None else min(to, LENGTH)
    User.objects.filter(pk=request.user.pk).update(toured=at)
    return redirect("home")
