"""The surfaces of the register, asked one after the other: who meets which mark where."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.core import mail
from django.urls import reverse
from django.utils import timezone

from agreements.calendars.models import Feed
from agreements.models import Follow
from agreements.reminders import ledger, notices, sending
from tests.factories import TODAY
from tests.trust.canaries import READERS, World, marks_in
from tracker.urls import RESOURCES

# The lists of the API that are asked for one agreement, whichever there are, and what else has to be asked.
ASKED_BY_AGREEMENT = [
    name
    for name, viewset in RESOURCES.items()
    if "agreement" in {*getattr(viewset, "parameters", {}).get("list", ()), *getattr(viewset, "by_record", ())}
]
BESIDE = {"as-of": "&on=2100-01-01"}
OF_AN_AGREEMENT = (
    "/agreements/{}/", "/agreements/{}/edit/", "/agreements/{}/sharing/", "/agreements/{}/amendments/1/",
    "/agreements/{}/amendments/new/", "/agreements/{}/procedure/", "/agreements/{}/reminders/",
    "/agreements/{}/commitments/new/", "/agreements/{}/as-partner/?organisation=gov-us", "/history/agreements/{}/",
    "/history/agreements/{}/?kind=change", "/history/agreements/{}/?kind=step&kind=paper",
    "/history/agreements/{}/as-of/", "/history/agreements/{}/as-of/?on=23/11/2026", "/api/v1/agreements/{}/",
    "/api/v1/agreements/{}/acts/", "/api/v1/agreements/{}/?expand=commitments", "/agreements/{}/letters/",
    "/agreements/{}/letters/new/",
    "/briefings/agreement/?language=en&form=docx&ref={}", "/briefings/agreement/?language=vi&form=xlsx&ref={}",
    *(f"/api/v1/{name}/?agreement={{}}{BESIDE.get(name, '')}" for name in ASKED_BY_AGREEMENT),
)  # fmt: skip
OF_A_COMMITMENT = (
    "/commitments/{}/", "/commitments/{}/edit/", "/commitments/{}/quick/", "/commitments/{}/report/",
    "/commitments/{}/link/", "/commitments/{}/milestones/new/", "/api/v1/commitments/{}/",
    "/api/v1/commitments/{}/wording/",
    "/commitments/{}/letters/new/", "/briefings/commitment/?language=en&form=docx&ref={}",
)  # fmt: skip
BY_KEY = {
    "Document": (
        "/documents/{}/",
        "/documents/{}/file/",
        "/api/v1/documents/{}/",
        "/api/v1/documents/{}/file/",
        "/api/v1/citations/?document={}",
    ),
    "Report": ("/reports/{}/", "/api/v1/reports/{}/", "/api/v1/documents/?report={}"),
    "Proceeding": ("/api/v1/proceedings/{}/", "/api/v1/proceedings/{}/clocks/"),
    "ProceedingStep": ("/api/v1/proceeding-steps/{}/",),
    "ActionItem": ("/actions/{}/", "/actions/{}/edit/"),
    "Person": ("/people/{}/merge/",),
}
COLUMNS = "&".join(
    f"columns={name}"
    for name in [
        "title_vi",
        "title_en",
        "kind",
        "stage",
        "partner",
        "partners",
        "signed",
        "effective",
        "expires",
        "summary",
        "sectors",
        "owner",
        "desk",
        "countries",
        "agreement",
        "lead",
        "due",
        "first_due",
        "slippage",
        "late",
        "delivery",
        "health",
        "confirmation",
        "heard",
        "blocked",
    ]
)
LISTS = (
    "/", "/agreements/", f"/agreements/?{COLUMNS}", "/agreements/?view=timeline", "/agreements/?sort=expires",
    "/agreements/?country=US", "/agreements/?country=KR", "/agreements/?organisation=gov-us",
    "/agreements/?stage=draft",
    "/agreements/?show=expiring", "/agreements/?show=untranslated", "/agreements/similar/?title_en=Memorandum",
    "/commitments/", f"/commitments/?{COLUMNS}", "/commitments/?view=board", "/commitments/?view=timeline",
    "/commitments/?due=overdue", "/commitments/?quiet=90", "/commitments/?owed=true", "/commitments/?country=KR",
    "/commitments/?blocked=desk", "/partners/", "/partners/map/", "/organisations/gov-us/", "/organisations/kfia/",
    "/countries/US/", "/countries/KR/", "/countries/US/share/", "/organisations/suggest/?x=gov", "/profile/", "/inbox/",
    "/following/", "/calendars/", "/exports/", "/briefings/",
    "/actions/", "/oversight/", "/reminders/", "/changes/", "/review/",
    "/handover/", "/drafts/?form=x", "/search/?q=memorandum", "/search/palette/?q=memorandum", "/design/", "/pulse/",
    "/agreements/export.csv", "/agreements/export.xlsx", "/commitments/export.csv", "/commitments/export.xlsx",
    f"/agreements/export.csv?{COLUMNS}", f"/commitments/export.xlsx?{COLUMNS}",
    *(f"/api/v1/{name}/" for name in RESOURCES),
    "/api/v1/agreements/?country=KR", "/api/v1/agreements/?count=exact",
    "/api/v1/agreements/similar/?title_en=Memorandum",
    "/api/v1/commitments/?country=KR", "/organisations/gov-us/merge/", "/api/schema/",
)  # fmt: skip
SEARCHES = (
    "/search/?q={}", "/search/palette/?q={}", "/agreements/?q={}", "/commitments/?q={}", "/partners/?q={}",
    "/organisations/suggest/?x={}", "/api/v1/agreements/?q={}", "/api/v1/commitments/?q={}",
    "/api/v1/organisations/?q={}", "/agreements/similar/?title_en={}", "/agreements/export.csv?q={}",
    "/commitments/export.xlsx?q={}",
)  # fmt: skip


HISTORY, API, EXPORT = "/history/", "/api/", "/export."


def places(world: World) -> dict[str, list[str]]:
    """Addresses by kind of surface: of lists, history, data, files, and of each record."""
    every = [*LISTS]
    every += [form.format(one.ref) for one, form in itertools.product(world.agreements, OF_AN_AGREEMENT)]
    every += [form.format(one.ref) for one, form in itertools.product(world.commitments, OF_A_COMMITMENT)]
    for kind, forms in BY_KEY.items():
        every += [form.format(key) for key, form in itertools.product(dict.fromkeys(world.rows[kind]), forms)]
    found: dict[str, list[str]] = defaultdict(list)
    for place in every:
        kind = next((name for name in (HISTORY, API, EXPORT) if name in place), "page")
        found[kind.strip("/.")].append(place)
    return found


def searches(world: World, who: str, *, everything: bool) -> list[str]:
    """Each word on each surface; or each word that is foreign to a reader on one of them, and all in turn."""
    if everything:
        return [form.format(word) for word, form in itertools.product(world.words.values(), SEARCHES)]
    foreign = [word for mark, word in world.words.items() if who not in world.readers[mark]]
    return [form.format(word) for word, form in zip(foreign, itertools.cycle(SEARCHES), strict=False)]


def send_what_is_due() -> None:
    """Every act and every rule, to everybody: the mails lie in `mail.outbox`."""
    notices.put_steps_into_ledger()
    ledger.queue(TODAY)
    sending.send_all(at=timezone.now() + timedelta(days=1))


class Leak(Exception):
    """Somebody met what they may not read."""


@dataclass
class Walk:
    """Which marks each person met where, and what did not fit."""

    world: World
    met: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    leaks: set[str] = field(default_factory=set)
    requests: int = 0
    stops: bool = False  # at the first leak

    def ask(self, who: str, asked: Iterable[str]) -> None:
        client = self.world.cast.client(who)
        client.raise_request_exception = False
        for place in asked:
            answer = client.get(place)
            assert answer.status_code < 500, f"{place} answers {answer.status_code}"
            body = b"".join(answer) if answer.streaming else answer.content
            self.note(who, place, body, answer.headers.get("Content-Type", ""))

    def note(self, who: str, place: str, body: bytes, kind: str = "") -> None:
        self.requests += 1
        for mark in marks_in(body, kind):
            self.met[mark].add(who)
            if who not in self.world.readers[mark]:
                self.leaks.add(f"{who} reads {self.world.made_of[mark]} ({mark}) at {place}")
        if self.stops and self.leaks:
            raise Leak(*self.leaks)

    def subscribe(self, who: str) -> None:
        """The calendar of all that a person sees."""
        _, secret = Feed.issue(self.world.cast.people[who])
        self.ask(who, [reverse("calendar", args=[secret])])

    def read_mails(self) -> None:
        """What everybody is told who follows everything, by each act and each rule."""
        people = self.world.cast.people
        for who, agreement in itertools.product(READERS, self.world.agreements):
            Follow.objects.get_or_create(user=people[who], agreement=agreement)
        for who, commitment in itertools.product(READERS, self.world.commitments):
            Follow.objects.get_or_create(user=people[who], commitment=commitment)
        send_what_is_due()
        by_address = {people[who].email: who for who in READERS}
        for letter in mail.outbox:
            parts = [letter.subject, letter.body, *(part[0] for part in getattr(letter, "alternatives", ()))]
            self.note(by_address[letter.to[0]], "a mail", "\n".join(map(str, parts)).encode())

    def unmet(self) -> list[str]:
        """Marks that nobody met who may read them."""
        made_of, readers = self.world.made_of, self.world.readers
        return [f"{made_of[mark]} ({mark})" for mark in self.world.shown if readers[mark] and not self.met[mark]]
