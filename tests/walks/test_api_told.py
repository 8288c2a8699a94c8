"""What pages tell of the past, of what is to come and of where things stand, the API tells alike, of the same rows."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from agreements.commitments.models import Commitment
from agreements.register.models import Agreement, Comment
from agreements.reminders.models import Reminder, ReminderRule
from tests.conftest import Cast, wrong
from tests.factories import make_agreement, make_commitment
from tests.walks.test_api_resources import done

PAPER, HIDDEN = "US-2023-01", "US-2026-01"


def test_the_timeline_tells_what_its_page_tells(cast: Cast, today: object) -> None:
    Comment.objects.create(agreement=cast.agreement, text="The annex is missing", created_by=cast.linh)
    cast.client("minh").post(f"/agreements/{PAPER}/act/suspend/", {"reason": "No funds", "on": "20/11/2026"})
    for who in ("linh", "minh", "auditor"):
        told = done(cast.api(who).get(f"/api/v1/timeline/?agreement={PAPER}"))["results"]
        shown = cast.client(who).get(f"/history/agreements/{PAPER}/").context["entries"]
        assert [row["kind"] for row in told] == [entry.kind for entry in shown]
        assert {row["text"] for row in told} >= {"The annex is missing"}
        only = done(cast.api(who).get(f"/api/v1/timeline/?agreement={PAPER}&kind=comment"))["results"]
        assert [(row["kind"], row["text"], row["by"]) for row in only] == [
            ("comment", "The annex is missing", str(cast.linh))
        ]


def test_the_timeline_is_paged_by_moment(cast: Cast, today: object) -> None:
    for number in range(70):
        Comment.objects.create(agreement=cast.agreement, text=f"Comment {number}", created_by=cast.linh)
    found, address = [], f"/api/v1/timeline/?{urlencode({'agreement': PAPER, 'kind': 'comment'})}"
    first = done(cast.api("linh").get(address))
    found += [row["text"] for row in first["results"]]
    if first["before"]:
        older = done(cast.api("linh").get(f"{address}&{urlencode({'before': first['before']})}"))
        found += [row["text"] for row in older["results"]]
    assert len(found) == len(set(found)) == 70


def test_as_of_is_the_register_of_that_day(cast: Cast, today: object) -> None:
    now = done(cast.api("linh").get(f"/api/v1/as-of/?agreement={PAPER}&on=2027-01-01"))
    assert [row["ref"] for row in now["commitments"]] == [cast.commitment.ref]
    assert (now["title_en"], now["stage"]) == (cast.agreement.title_en, cast.agreement.stage)
    assert cast.api("linh").get(f"/api/v1/as-of/?agreement={PAPER}&on=1999-01-01").status_code == 404
    assert list(wrong(cast.api("linh").get(f"/api/v1/as-of/?agreement={PAPER}&on=soon"))) == ["on"]
    assert list(wrong(cast.api("linh").get("/api/v1/as-of/?on=2027-01-01"))) == ["agreement"]
    for beyond in ("9999-12-31", "0001-01-01", "2201-01-01"):
        assert list(wrong(cast.api("linh").get(f"/api/v1/as-of/?agreement={PAPER}&on={beyond}"))) == ["on"]


@pytest.mark.parametrize(
    "address", ["timeline/?agreement=", "as-of/?on=2027-01-01&agreement=", "reminder-plan/?agreement="]
)
def test_of_what_is_hidden_there_is_no_past(cast: Cast, address: str, today: object) -> None:
    assert cast.api("linh").get(f"/api/v1/{address}{HIDDEN}").status_code == 200
    hidden, none = (cast.api("huy").get(f"/api/v1/{address}{ref}") for ref in (HIDDEN, "US-1999-77"))
    assert (hidden.status_code, hidden.json()) == (404, none.json())


def test_each_number_of_the_overview_is_its_list(cast: Cast, today: object) -> None:
    make_commitment(
        agreement=make_agreement(desk=cast.other_desk, parties=[cast.home, cast.us]), due_on=date(2025, 6, 1)
    )
    compared = 0
    for who in ("minh", "auditor"):
        api, told = cast.api(who), done(cast.api(who).get("/api/v1/overview/"))
        cells = [cell for name in ("by_partner", "by_lead") for row in told[name]["rows"] for cell in row["cells"]]
        for cell in [*cells, *told["blocked"]]:
            rows = done(api.get(f"/api/v1/commitments/?{cell['query']}&count=exact"))
            assert rows["count"] == cell["count"], cell
            compared += 1
        for line in told["quarters"]:
            for side in ("this", "before"):
                rows = done(api.get(f"/api/v1/{line['page']}/?{line[side]['query']}&count=exact"))
                assert rows["count"] == line[side]["count"], line
                compared += 1
        assert told["figures"]["open"] == Commitment.objects.visible_to(cast.viewer(who)).owed().filter(
            agreement__desk__in=cast.viewer(who).desk_ids or [cast.desk.pk, cast.other_desk.pk]
        ).count()  # fmt: skip
    assert compared >= 20


def test_places_count_what_their_reader_sees(cast: Cast, today: object) -> None:
    for who in ("linh", "huy", "sara", "omar"):
        rows = done(cast.api(who).get("/api/v1/places/"))["results"]
        shown = cast.client(who).get("/partners/map/").context["places"]
        assert [(row["country"], row["agreements"], row["commitments"], row["overdue"]) for row in rows] == [
            (one.country.code, one.agreements, one.commitments, one.overdue) for one in shown
        ]
    assert done(cast.api("omar").get("/api/v1/places/"))["results"] == []


def test_the_ledger_shows_what_was_told_of_what_one_sees(cast: Cast, today: object) -> None:
    rule = ReminderRule.objects.create(code="late", watched="commitment_due", told="owner", offsets=[0])
    for agreement, person in ((cast.agreement, cast.linh), (cast.hidden, cast.linh), (cast.hidden, cast.huy)):
        Reminder.objects.create(
            rule=rule, recipient=person, agreement=agreement, state="sent", sent_at=timezone.now(), due_on="2026-12-01"
        )
    rows = done(cast.api("linh").get("/api/v1/reminders/"))["results"]
    assert sorted(row["agreement"] for row in rows) == [PAPER, HIDDEN, HIDDEN]
    assert [
        row["agreement"] for row in done(cast.api("linh").get(f"/api/v1/reminders/?agreement={PAPER}"))["results"]
    ] == [PAPER]
    assert done(cast.api("huy").get("/api/v1/reminders/"))["results"] == [], "told once of what is hidden now"


def test_the_plan_is_that_of_its_page(cast: Cast, today: object) -> None:
    Agreement.objects.filter(pk=cast.agreement.pk).update(lead_days=[30, 7])
    for who, address, page in (
        ("minh", "/api/v1/reminder-plan/", "/reminders/"),
        ("linh", f"/api/v1/reminder-plan/?agreement={PAPER}", f"/agreements/{PAPER}/reminders/"),
    ):
        told, shown = done(cast.api(who).get(address)), cast.client(who).get(page).context
        assert told["count"] == shown["count"]
        assert [(row["on"], row["person"], row["ref"]) for row in told["results"]] == [
            (str(line.on), line.person.pk, line.record.ref) for line in shown["lines"]
        ]
