"""One page of help for each role: what one comes for, what the words mean, and whom to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from agreements.register.models import Agreement
from agreements.vocabulary import Health
from partners.models import Desk, User
from partners.requests import Request
from partners.viewers import Role, Viewer
from tracker.search.places import shortcuts_for


@dataclass(frozen=True)
class Topic:
    """A question as it is asked, its answer, and the page that it leads to."""

    question: Any
    answer: Any
    page: Any = ""
    name: str = ""  # of the address
    query: str = ""

    @property
    def url(self) -> str:
        return reverse(self.name) + self.query if self.name else ""


FIND = Topic(
    _("Where do I find something?"),
    _("Press Ctrl+K on any page, or type into the box at the top: half a name is enough, accents do not matter, and "
      "numbers of papers are found as well. Each list can be filtered, kept under a name, and taken away as a file."),
    _("Search"), "search",
)  # fmt: skip
AWAY = Topic(
    _("I shall be away, or leave the desk"),
    _("Say on your profile who stands in for you and for how long: that colleague sees what waits for you. What you "
      "keep for good is handed over on one page."),
    _("Handover"), "handover",
)  # fmt: skip
REMINDED = Topic(
    _("What am I told, and when?"),
    _("What happens on records that you keep or follow comes into your inbox, and by mail as your profile says. Days "
      "can be read in your own calendar."),
    _("Calendars"), "calendars",
)  # fmt: skip
NUMBERS = Topic(
    _("What does a number count?"),
    _("Press it: the list that opens holds exactly the records that were counted. Numbers count what you may see, and "
      "on the overview what your desks keep."),
    _("Overview"), "oversight",
)  # fmt: skip
PAST = Topic(
    _("Who changed what, and how did it stand before?"),
    _("Each agreement has a history with every act and every change, and can be shown as it stood on a day. The record "
      "of changes is sealed: a change made behind its back is found."),
    _("Agreements"), "agreements",
)  # fmt: skip
TOPICS: Mapping[Role, tuple[Topic, ...]] = {
    Role.OFFICER: (
        Topic(
            _("I have a signed paper in hand"),
            _("Put the file into the form: it is read, stands beside the form, and what it says plainly is proposed "
              "for each field. Then submit it; a manager who has not worked on it registers it."),
            _("Log an agreement"), "agreement_new",
        ),
        Topic(
            _("Something on a signed paper is recorded wrongly"),
            _("What was signed is corrected by a manager, with a reason. Ask in a comment on its page, with @ and the "
              "name. What the parties change themselves is an amendment."),
        ),
        Topic(
            _("A promised day cannot be kept"),
            _("Ask for another day on the page of the commitment, with the reason. Another person decides; the day "
              "that was promised first stays on record. To drop a promise works the same way."),
            _("Commitments kept by me"), "commitments", "?mine=true",
        ),
        Topic(
            _("Something stands in the way"),
            _("Note the blocker on the commitment, and who can remove it: it goes up to them, and stands in the review "
              "until it is removed."),
        ),
        Topic(
            _("A partner is to see it"),
            _("Share the agreement or one commitment on its page, say until when and what is withheld, and look at it "
              "through the partner's eyes first. Notes and comments are never shared."),
        ),
        Topic(
            _("I have a whole list"),
            _("A sheet as you keep it is read, checked row by row and shown before anything is written, and can be "
              "taken back as a whole."),
            _("Bring in a list"), "imports",
        ),
        Topic(
            _("I did something by mistake"),
            _("Most acts can be taken back for some minutes: the way back stands at the top of the page. What was "
              "typed and not saved is offered again when you open the form."),
        ),
        FIND, REMINDED, AWAY,
    ),
    Role.MANAGER: (
        Topic(
            _("What do I have to decide?"),
            _("Agreements to register, amendments, reports, requests for another day and disputes stand in one queue. "
              "Nobody decides on their own work: what you have written yourself waits for another manager."),
            _("Review"), "review",
        ),
        Topic(
            _("Something on a signed paper is recorded wrongly"),
            _("Edit it and give the reason: the correction stands in the history, and whoever confirmed the old words "
              "is asked again. What the parties change themselves is an amendment."),
        ),
        Topic(
            _("I need something for the review"),
            _("The review pack of a quarter, country briefs and letters are made as DOCX or PDF from what is on record "
              "now. In the meeting decisions are noted item by item and become minutes."),
            _("Papers to take along"), "briefings",
        ),
        NUMBERS, PAST, FIND, REMINDED, AWAY,
    ),
    Role.PARTNER: (
        Topic(
            _("What do we see here?"),
            _("What the ministry shares with your organisation, and nothing of anybody else's. What is withheld is not "
              "shown and not counted."),
            _("Agreements"), "agreements",
        ),
        Topic(
            _("Is this what was agreed?"),
            _("Open a commitment and confirm its words, dispute them, or write how they should read. Your answer is "
              "bound to the words that you were shown; if they change, you are asked again."),
            _("Commitments"), "commitments",
        ),
        Topic(
            _("How do we report?"),
            _("Write a few words on the commitment, attach what shows it, and hand it in. Until then it is a draft "
              "that only your organisation sees. The ministry accepts it, or says what is missing."),
            _("Reports to give"), "home", "#to-report",
        ),
        FIND, REMINDED,
    ),
    Role.AUDITOR: (PAST, NUMBERS, FIND, REMINDED),
    Role.OPERATOR: (
        Topic(
            _("Who may do what?"),
            _("Accounts, roles and desks are kept in the administration. A role says what one may do, a desk where."),
            _("Administration"), "admin:index",
        ),
        Topic(
            _("Does everything run?"),
            _("The status page says which work is behind, which mails are in doubt and when the history was last "
              "verified, and what to do."),
            _("System status"), "pulse",
        ),
        Topic(
            _("Who is told what?"),
            _("Rules of reminders are kept in the administration. The plan shows whom they will tell within 30 days."),
            _("Reminders"), "reminders",
        ),
        NUMBERS, PAST, FIND, REMINDED,
    ),
}  # fmt: skip
MEANT: Mapping[Health, Any] = {
    Health.ON_TRACK: _("an accepted report says so, or a milestone or measurement within six months shows it"),
    Health.AT_RISK: _("a milestone is overdue, or the last accepted report says so"),
    Health.DELAYED: _("the last day that was promised has passed, or the last accepted report says so"),
    Health.BLOCKED: _("something stands in the way that somebody has to remove"),
    Health.DISPUTED: _("the partner says that the words are not what was agreed"),
    Health.NO_REPORT: _("nothing that anybody has accepted says how it stands"),
}


def desks_of(viewer: Viewer) -> Any:
    """Whom a partner asks: the desks that keep what is shared with it."""
    seen = Agreement.objects.visible_to(viewer).order_by().values("desk")
    return Desk.objects.filter(pk__in=seen)


@require_GET
def help_page(request: Request) -> HttpResponse:
    viewer = request.viewer
    assert viewer.role
    context = {
        "topics": TOPICS[viewer.role],
        "meant": list(MEANT.items()),
        "keys": shortcuts_for(viewer),
        "desks": desks_of(viewer) if viewer.is_partner else (),
        "operators": () if viewer.is_partner else User.objects.filter(role=Role.OPERATOR, is_active=True),
    }
    return render(request, "tracker/help.html", context)
