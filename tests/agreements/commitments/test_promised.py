"""What is promised moves, and is given up, only by a request or a correction: the same refusal on every face."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from agreements.commitments.rules import bulk, due_requests, health, reports
from agreements.dates import PartialDate, Precision
from agreements.exchange.files import BadFile
from agreements.exchange.loading import load
from agreements.models import Agreement, Commitment, DueRequest, Report, Step
from agreements.register.rules import editing
from partners.refusals import Refused
from tests.conftest import Cast, wrong
from tests.factories import TODAY, make_agreement, make_commitment

DAY = timedelta(days=1)


def counted_row(cast: Cast, **more: Any) -> Commitment:
    facts = {"due_after": 15, "due_unit": "days", "due_from": "signing", "due_on": date(2023, 9, 25), **more}
    return make_commitment(agreement=cast.agreement, **facts)


def on_page(cast: Cast, name: str, row: Commitment, **sent: Any) -> bool:
    """Whether the commitment's own page takes it."""
    typed = {
        "title_vi": row.title_vi, "title_en": row.title_en, "kind": row.kind, "direction": row.direction,
        "start": row.start or "", "due": row.due or "", "due_after": row.due_after or "", "due_unit": row.due_unit,
        "due_from": row.due_from, "delivery": row.delivery, "seen_version": row.version, **sent,
    }  # fmt: skip
    return cast.client(name).post(f"/commitments/{row.ref}/edit/", typed).status_code == 302


def by_key(cast: Cast, name: str, row: Commitment, **sent: Any) -> bool:
    answer = cast.api(name).patch(f"/api/v1/commitments/{row.ref}/", sent, format="json")
    assert answer.status_code in (200, 400), answer.content
    return answer.status_code == 200


def by_file(cast: Cast, tmp_path: Path, row: Commitment, **said: Any) -> bool:
    folder = tmp_path / "agreements"
    folder.mkdir(exist_ok=True)
    Commitment.objects.update(updated_by=None)
    Agreement.objects.update(updated_by=None)
    inner = {"number": row.number, "title_en": row.title_en, **said}
    (folder / "one.yaml").write_text(yaml.safe_dump([{"ref": row.agreement.ref, "commitments": [inner]}]))
    try:
        load(tmp_path, on=TODAY)
    except BadFile:
        return False
    return True


MOVES: dict[str, dict[str, Any]] = {
    "the count": {"due_after": 900},
    "the unit": {"due_unit": "months"},
    "the event": {"due_from": "effect"},
}


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("face", [on_page, by_key])
def test_a_counted_day_is_a_promised_day(cast: Cast, today: object, face: Callable[..., bool], name: str) -> None:
    row = counted_row(cast)
    assert not face(cast, "linh", row, **MOVES[name])
    assert not face(cast, "minh", row, **MOVES[name]), "a manager says why"
    assert not face(cast, "linh", row, because="a slip", **MOVES[name]), "an officer asks"
    row.refresh_from_db()
    assert (row.due_on, row.due_after) == (date(2023, 9, 25), 15)


@pytest.mark.parametrize("face", [on_page, by_key])
def test_a_manager_corrects_it_with_a_reason_and_the_first_day_stays(
    cast: Cast, today: object, face: Callable[..., bool]
) -> None:
    row = counted_row(cast)
    assert face(cast, "minh", row, due_after=30, because="the paper says thirty")
    row.refresh_from_db()
    assert (row.due_on, row.baseline_due_on) == (date(2023, 10, 10), date(2023, 9, 25))
    step = Step.objects.get(name="correct", commitment=row)
    assert (step.reason, step.by) == ("the paper says thirty", cast.minh)


def test_neither_a_data_file_nor_the_administration_moves_it(cast: Cast, today: object, tmp_path: Path) -> None:
    row = counted_row(cast)
    assert not by_file(cast, tmp_path, row, due_after=900)
    assert not by_file(cast, tmp_path, row, due="2030")
    assert not by_file(cast, tmp_path, row, delivery="dropped")
    assert by_file(cast, tmp_path, row, title_vi="Khác")
    page = cast.client("operator").get(f"/admin/agreements/commitment/{row.pk}/change/").content.decode()
    assert 'name="title_vi"' in page
    held = ("due_after", "due_from", "start_on", "due_on", "delivery")
    assert not [name for name in held if f'name="{name}"' in page]


def test_the_administration_settles_what_it_saves(cast: Cast, today: object) -> None:
    row = make_commitment(agreement=cast.agreement)
    url, client = "/admin/agreements/funding/add/", cast.client("operator")
    facts = {"commitment": row.pk, "kind": "spent", "amount": "5", "currency": "USD", "qualifier": "exact"}
    answer = client.post(url, {**facts, "on": "01/10/2026", "remark": "", "archived_because": ""})
    assert answer.status_code == 302, answer.content.decode()
    row.refresh_from_db()
    assert row.heard_on == date(2026, 10, 1)


def test_its_own_start_is_promised_where_the_day_is_counted_from_it(cast: Cast, today: object) -> None:
    row = counted_row(cast, due_from="start", start_on=date(2023, 9, 10))
    assert not on_page(cast, "linh", row, start="10/10/2023")
    other = make_commitment(agreement=cast.agreement, due_on=TODAY, start_on=date(2023, 9, 10))
    assert on_page(cast, "linh", other, start="10/10/2023"), "here no day follows from it"


def test_in_a_draft_nothing_is_promised_yet(cast: Cast, today: object) -> None:
    draft = make_agreement(desk=cast.desk, stage="draft", owner=cast.linh, parties=[cast.home, cast.us])
    row = make_commitment(agreement=draft, due_after=15, due_unit="days", due_from="signing")
    assert on_page(cast, "linh", row, due_after=900)


@pytest.mark.parametrize("face", [on_page, by_key])
def test_a_typed_day_beside_a_rule_is_asked_back(cast: Cast, today: object, face: Callable[..., bool]) -> None:
    row = make_commitment(agreement=cast.agreement)
    rule = {"due_after": 15, "due_unit": "days", "due_from": "signing"}
    assert not face(cast, "linh", row, due="2027-01-01", **rule)
    answer = cast.api("linh").patch(f"/api/v1/commitments/{row.ref}/", {"due": "2027-01-01", **rule}, format="json")
    assert wrong(answer)["due"] == [
        "The rule gives 25/09/2023, and another day is typed: keep one of them, and empty the other."
    ]
    assert face(cast, "linh", row, due="2023-09-25", **rule), "the two are the same"


def test_a_corrected_signing_day_counts_again_at_once(cast: Cast, today: object) -> None:
    row = counted_row(cast)
    agreement = Agreement.objects.get(pk=cast.agreement.pk)
    agreement.signed_on = date(2023, 9, 20)
    editing.correct(agreement, by=cast.viewer("minh"), because="the paper says the 20th")
    row.refresh_from_db()
    assert (row.due_on, row.baseline_due_on) == (date(2023, 10, 5), date(2023, 9, 25))
    step = Step.objects.get(name="count_day", commitment=row)
    assert (step.reason, step.by) == ("25/09/2023 → 05/10/2023", None)


# --- Giving up -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("face", [on_page, by_key])
@pytest.mark.parametrize("name", ["linh", "minh"])
def test_nobody_drops_a_promise_alone(cast: Cast, today: object, face: Callable[..., bool], name: str) -> None:
    assert not face(cast, name, cast.commitment, delivery="dropped")
    cast.commitment.refresh_from_db()
    assert cast.commitment.delivery != "dropped"


def test_it_is_dropped_once_another_person_agrees(cast: Cast, today: object) -> None:
    health.settle([cast.commitment.pk], TODAY)
    url = f"/commitments/{cast.commitment.ref}/drop/"
    assert cast.client("minh").post(url, {"reason": " "}).status_code == 422
    assert cast.client("minh").post(url, {"reason": "both sides let go"}).status_code == 302
    asked = DueRequest.objects.get()
    with pytest.raises(Refused):
        due_requests.decide(asked, approve=True, by=cast.viewer("minh"))
    cast.client("linh").post(f"/days/{asked.pk}/decide/", {"decision": "approve"})
    cast.commitment.refresh_from_db()
    assert cast.commitment.delivery != "dropped", "a manager decides"
    other = due_requests.may_decide(asked, cast.viewer("linh"))
    assert not other
    due_requests.withdraw(asked, by=cast.viewer("minh"))
    asked = due_requests.ask_to_drop(cast.commitment, reason="both sides let go", by=cast.viewer("linh"))
    due_requests.decide(asked, approve=True, by=cast.viewer("minh"))
    cast.commitment.refresh_from_db()
    assert (cast.commitment.delivery, cast.commitment.health) == ("dropped", "")
    assert [step.name for step in Step.objects.order_by("pk")][-2:] == ["ask_drop", "drop"]


def test_a_refused_request_leaves_the_promise(cast: Cast, today: object) -> None:
    asked = due_requests.ask_to_drop(cast.commitment, reason="too dear", by=cast.viewer("linh"))
    with pytest.raises(Refused):
        due_requests.ask_to_drop(cast.commitment, reason="again", by=cast.viewer("linh"))
    with pytest.raises(Refused):
        due_requests.decide(asked, approve=False, by=cast.viewer("minh"))
    due_requests.decide(asked, approve=False, by=cast.viewer("minh"), comment="we go on")
    cast.commitment.refresh_from_db()
    assert cast.commitment.is_open


def test_many_are_asked_for_and_none_is_dropped(cast: Cast, today: object) -> None:
    with pytest.raises(Refused):
        bulk.apply([cast.commitment.ref], bulk.Wish("delivery", "dropped"), by=cast.viewer("linh"))
    bulk.apply([cast.commitment.ref], bulk.Wish("delivery", "dropped", "let go"), by=cast.viewer("linh"))
    cast.commitment.refresh_from_db()
    assert (cast.commitment.is_open, DueRequest.objects.get().kind) == (True, "drop")


def test_a_report_that_says_dropped_has_its_second_person(cast: Cast, today: object) -> None:
    report = Report(commitment=cast.commitment, text="we let go", delivery="dropped", health="on_track")
    reports.hand_in(report, by=cast.viewer("linh"))
    cast.commitment.refresh_from_db()
    assert cast.commitment.is_open
    reports.decide(report, accept=True, by=cast.viewer("minh"))
    cast.commitment.refresh_from_db()
    assert (cast.commitment.delivery, cast.commitment.health) == ("dropped", "")


# --- Said, late, silent --------------------------------------------------------------------------------------------
def test_what_is_said_stands_beside_the_health_and_in_the_api(cast: Cast, today: object) -> None:
    report = Report(commitment=cast.commitment, text="x", health="at_risk")
    reports.hand_in(report, by=cast.viewer("linh"))
    said = f"Said by {cast.linh} on 23/11/2026: at risk; not accepted yet"
    pages = (f"/commitments/{cast.commitment.ref}/", "/commitments/", "/commitments/?view=board")
    for page in pages:
        assert said in cast.client("minh").get(page).content.decode(), page
    assert cast.api("minh").get(f"/api/v1/commitments/{cast.commitment.ref}/").json()["said"] == said
    assert "waits=report" in cast.client("minh").get("/countries/US/").content.decode()
    reports.decide(report, accept=False, by=cast.viewer("minh"), comment="of what?")
    assert "returned, not accepted" in cast.client("minh").get(pages[0]).content.decode()
    cast.commitment.refresh_from_db()
    assert cast.commitment.health == "no_report"


def test_lateness_is_said_as_exactly_as_the_day(cast: Cast, today: object) -> None:
    row = make_commitment(agreement=cast.agreement, due_on=date(2024, 12, 31), due_precision=Precision.YEAR)
    url = f"/commitments/{row.ref}/"
    assert "late since the end of 2024" in cast.client("linh").get(url).content.decode()
    theirs = cast.client("sara").get(url).content.decode()
    assert "was promised for 2024" in theirs
    assert "days late" not in theirs


def test_what_has_no_date_is_silent_since_its_entry(cast: Cast, today: object) -> None:
    undated = make_agreement(desk=cast.desk, signed_on=None, parties=[cast.home, cast.us])
    row = make_commitment(agreement=undated)
    silent = Commitment.objects.quiet(90, TODAY)
    assert row not in silent
    assert row in Commitment.objects.quiet(90, TODAY + 91 * DAY)
    Commitment.objects.filter(pk=row.pk).update(created_at="2026-08-01T00:00:00Z")
    assert row in Commitment.objects.quiet(90, TODAY)


def test_a_day_typed_as_a_period_is_its_last_day(cast: Cast, today: object) -> None:
    row = make_commitment(agreement=cast.agreement)
    assert by_key(cast, "linh", row, due="2027-02")
    row.refresh_from_db()
    assert (row.due_on, row.due_precision) == (date(2027, 2, 28), "month")
    asked = due_requests.ask(row, PartialDate(date(2028, 1, 1), Precision.YEAR), reason="later", by=cast.viewer("linh"))
    assert asked.to_on == date(2028, 12, 31)
