"""Each list costs the same number of queries for 10 rows and for 1,000."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.models import (
    ActionItem,
    Agreement,
    Answer,
    Commitment,
    DueRequest,
    Funding,
    Milestone,
    Participant,
    Reminder,
    ReminderRule,
    Report,
    Share,
)
from partners.models import Organisation
from tests.conftest import Cast
from tests.roles import analyze

# These numbers may fall and must not rise; what the queries read is asked in tests/measure/test_plans.py.
LIMIT = 13
LISTS = {
    "/agreements/": ("linh", "sara"), "/agreements/?q=memo&stage=signed&country=US": ("linh", "sara"),
    "/commitments/": ("linh", "sara"), "/commitments/?due=overdue": ("linh", "sara"), "/partners/": ("linh",),
    "/search/?q=memo": ("linh", "sara"), "/": ("linh", "minh", "sara", "auditor"), "/review/": ("minh",),
    "/oversight/": ("minh", "auditor"), "/actions/": ("linh",),
    "/commitments/?view=board": ("linh", "sara"),
    "/commitments/?view=timeline&confirmation=unconfirmed": ("linh", "sara"),
    "/agreements/US-2023-01/": ("linh", "sara"), "/commitments/US-2023-01-1/": ("linh", "sara"),
    "/countries/US/": ("linh", "sara"), "/organisations/gov-us/": ("linh", "sara"),
    "/api/v1/agreements/": ("linh", "sara"), "/api/v1/commitments/": ("linh", "sara"),
    "/agreements/US-2023-01/sharing/": ("linh",), "/agreements/US-2023-01/procedure/": ("linh",),
    "/agreements/similar/?title_en=Memorandum": ("linh",), "/countries/US/share/": ("minh",),
    "/search/palette/?q=memo": ("linh", "sara"),
    "/agreements/?view=timeline": ("linh", "sara"), "/exports/": ("linh",), "/imports/": ("linh", "minh"),
    "/api/v1/imports/": ("linh",), "/design/": ("linh",),
    "/agreements/export.csv": ("linh", "sara"), "/commitments/export.csv": ("linh", "sara"),
    "/agreements/?columns=desk&columns=participants": ("linh", "sara"),
    "/changes/?since=2020-01-01": ("linh",), "/?of=house": ("linh",),
    "/handover/": ("linh",), "/partners/map/": ("linh", "sara"),
    "/following/": ("linh", "sara"), "/calendars/": ("linh", "sara"),
    "/inbox/": ("linh", "sara"), "/reminders/": ("minh",), "/agreements/US-2023-01/reminders/": ("linh",),
    "/history/agreements/US-2023-01/": ("linh",), "/history/agreements/US-2023-01/as-of/": ("linh",),
    "/quality/": ("minh",), "/periods/": ("minh",), "/meetings/": ("minh",),
    **{
        f"/api/v1/{name}/": ("linh",)
        for name in (
            "absences", "action-items", "assessments", "bulk-changes", "figures", "focal-points", "people", "relations",
        )
    },
    "/api/v1/organisations/": ("linh",), "/api/v1/countries/": ("linh",),
}  # fmt: skip
# Pages that gather many lists have a limit of their own.
LIMITS = {
    # With what waits for the reader, one query for each kind of record that can wait.
    "/": 25, "/?of=house": 19, "/review/": 22, "/oversight/": 26,
    "/agreements/US-2023-01/": 38, "/history/agreements/US-2023-01/": 55, "/commitments/US-2023-01-1/": 29,
    "/commitments/?view=board": 14, "/organisations/gov-us/": 15, "/reminders/": 19, "/countries/US/": 28,
    "/quality/": 25,  # one for each thing that a record may lack
    "/search/?q=memo": 20, "/search/palette/?q=memo": 18, "/agreements/US-2023-01/reminders/": 15,
}  # fmt: skip
# One query for each kind of record among its newest lines: as many as there are kinds, at any length.
BY_KIND = "/history/agreements/US-2023-01/"
# Search asks further only while it has found too little; choices are counted for short lists only.
UNEVEN = (
    BY_KIND,
    "/agreements/?view=timeline",
    "/search/?q=memo",
    "/search/palette/?q=memo",
    "/agreements/",
    "/agreements/?columns=desk&columns=participants",
)


def grow(cast: Cast, rows: int) -> None:
    """Add agreements with participants and shares, commitments and reports, in bulk."""
    start = Agreement.objects.count()
    agreements = Agreement.objects.bulk_create(
        Agreement(
            ref=f"GR-2020-{start + n:05}", desk=cast.desk, owner=cast.linh, title_vi=f"Memo {n}", title_en=f"Memo {n}",
            stage="in_review" if n % 5 == 0 else "signed", signed_on=date(2020, 1, 1) + timedelta(days=n % 900),
            submitted_by=cast.linh, parent=cast.agreement,
        )
        for n in range(rows)
    )  # fmt: skip
    Organisation.objects.bulk_create(
        Organisation(code=f"grow-{start + n}", name_vi=f"Memo {n}", country=cast.us.country, parent=cast.us)
        for n in range(rows)
    )
    sides = (cast.home, cast.us)
    Participant.objects.bulk_create(Participant(agreement=a, organisation=o) for a in agreements for o in sides)
    Share.objects.bulk_create(Share(agreement=a, organisation=cast.us) for a in agreements)
    Commitment.objects.bulk_create(
        Commitment(
            agreement=a, number=1, ref=f"{a.ref}-1", title_en="Memo", partner_owner=cast.us, lead=cast.home,
            owner=cast.linh, due_on=date(2024, 1, 1) + timedelta(days=n),
        )
        for n, a in enumerate(agreements)
    )  # fmt: skip
    Report.objects.bulk_create(
        Report(commitment=cast.commitment, on=date(2026, 1, 1), text="x", created_by=cast.linh, organisation=cast.us)
        for _ in range(min(rows, 100))
    )
    some = min(rows, 100)
    Commitment.objects.bulk_create(
        Commitment(
            agreement=cast.agreement, number=start + n, ref=f"{cast.agreement.ref}-{start + n}", title_en="Memo",
            partner_owner=cast.us, lead=cast.home, owner=cast.linh, due_on=date(2024, 1, 1) + timedelta(days=n),
        )
        for n in range(some)
    )  # fmt: skip
    own = {"commitment": cast.commitment}
    answer = {"organisation": cast.us, "verdict": "confirmed", "wording_hash": "x", "on": date(2026, 1, 1)}
    Answer.objects.bulk_create(Answer(**own, **answer) for _ in range(some))
    Milestone.objects.bulk_create(Milestone(**own, title_en="x") for _ in range(some))
    Funding.objects.bulk_create(Funding(**own, kind="pledged", amount=5, currency="EUR") for _ in range(some))
    moved = {"to_on": date(2027, 1, 1), "reason": "x", "state": "withdrawn", "organisation": cast.us}
    DueRequest.objects.bulk_create(DueRequest(**own, **moved, created_by=cast.linh) for _ in range(some))
    actions = ActionItem.objects.bulk_create(
        ActionItem(desk=cast.desk, title="x", owner=cast.linh) for _ in range(some)
    )
    rule, _made = ReminderRule.objects.get_or_create(code="grow", watched="commitment_due", told="owner", offsets=[0])
    Reminder.objects.bulk_create(
        Reminder(
            rule=rule, recipient=person, agreement=agreement, state="sent", due_on=date(2026, 1, 1), offset=0,
        )
        for agreement in agreements
        for person in (cast.linh, cast.sara)
    )  # fmt: skip
    for action in actions:
        action.commitments.add(cast.commitment)
    analyze()


def count(cast: Cast, path: str, name: str) -> int:
    client = cast.client(name)
    client.get(path)  # content types and the like are read once per process
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
        assert answer.status_code == 200
        b"".join(answer)  # what is streamed is asked for only now
    return len(queries)


def test_lists_cost_the_same_for_10_and_1000_rows(cast: Cast, today: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agreements.register.lists.filters.CHOICES_SECONDS", None)  # or they run out in between
    grow(cast, 10)
    cells = [(path, name) for path, names in LISTS.items() for name in names]
    few = {cell: count(cast, *cell) for cell in cells}
    grow(cast, 990)
    many = {cell: count(cast, *cell) for cell in cells}
    alike = [cell for cell in cells if cell[0] not in UNEVEN]
    # What is noted once a minute, such as a session's use, may fall into one of the two.
    many |= {cell: min(many[cell], count(cast, *cell)) for cell in alike if many[cell] > few[cell]}
    assert {cell: (few[cell], many[cell]) for cell in alike if many[cell] > few[cell]} == {}
    over = {cell: number for cell, number in many.items() if number > LIMITS.get(cell[0], LIMIT)}
    assert not over, "; ".join(f"{place} {who}: {number}" for (place, who), number in sorted(over.items()))
    print("queries:", {f"{path} ({name})": number for (path, name), number in many.items()})  # noqa: T201
