"""A new target day: by request with a reason, approved by someone else; the baseline stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from agreements.commitments.rules import due_requests
from agreements.dates import PartialDate, Precision
from agreements.models import DueRequest, Step
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY

LATER = PartialDate(date(2027, 3, 31))


def promised(cast: Cast) -> None:
    cast.commitment.due_on = cast.commitment.baseline_due_on = date(2026, 12, 31)
    cast.commitment.save()


def ask(cast: Cast, name: str = "linh", **more: object) -> DueRequest:
    facts = {"reason": "The site is flooded", "organisation": cast.us if name == "sara" else None, **more}
    return due_requests.ask(cast.commitment, facts.pop("to", LATER), by=cast.viewer(name), **facts)  # type: ignore[arg-type]


def test_the_day_moves_only_once_another_has_approved(cast: Cast, today: object) -> None:
    promised(cast)
    asked = ask(cast)
    cast.commitment.refresh_from_db()
    assert cast.commitment.due_on == date(2026, 12, 31)
    with pytest.raises(Refused, match="Someone else must decide"):
        due_requests.decide(asked, approve=True, by=cast.viewer("linh"))
    due_requests.decide(asked, approve=True, by=cast.viewer("minh"))
    cast.commitment.refresh_from_db()
    assert (cast.commitment.due_on, cast.commitment.baseline_due_on) == (date(2027, 3, 31), date(2026, 12, 31))
    assert cast.commitment.slippage == 90
    assert "90 days later" in cast.client("sara").get("/commitments/US-2023-01-1/").content.decode()
    assert [step.name for step in Step.objects.order_by("pk")] == ["ask_day", "move_day"]


def test_a_manager_does_not_approve_their_own_request(cast: Cast, today: object) -> None:
    promised(cast)
    asked = ask(cast, "minh")
    with pytest.raises(Refused, match="Someone else must decide"):
        due_requests.decide(asked, approve=True, by=cast.viewer("minh"))


def test_the_partner_asks_too_and_is_told_no_with_a_reason(cast: Cast, today: object) -> None:
    promised(cast)
    facts = {"to": "31/3/2027", "reason": "Customs"}
    assert cast.client("sara").post("/commitments/US-2023-01-1/day/", facts).status_code == 302
    asked = DueRequest.objects.get()
    assert (asked.organisation, asked.reason) == (cast.us, "Customs")
    minh = cast.client("minh")
    minh.post(f"/days/{asked.pk}/decide/", {"decision": "refuse"})
    asked.refresh_from_db()
    assert asked.state == "waiting", "a refusal says why"
    minh.post(f"/days/{asked.pk}/decide/", {"decision": "refuse", "comment": "The opening is announced"})
    assert "The opening is announced" in cast.client("sara").get("/commitments/US-2023-01-1/").content.decode()
    cast.commitment.refresh_from_db()
    assert cast.commitment.due_on == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"reason": " "}, "Give a reason"), ({"to": PartialDate(date(2020, 1, 1))}, "passed already"),
        ({"to": PartialDate(date(2026, 12, 31))}, "holds now"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(cast: Cast, today: object, change: dict[str, Any], reason: str) -> None:
    promised(cast)
    with pytest.raises(Refused, match=reason):
        ask(cast, **change)
    assert not DueRequest.objects.exists()


def test_one_request_at_a_time_and_only_its_author_withdraws_it(cast: Cast, today: object) -> None:
    promised(cast)
    asked = ask(cast)
    with pytest.raises(Refused, match="waits already"):
        ask(cast, "sara")
    with pytest.raises(Refused):
        due_requests.withdraw(asked, by=cast.viewer("minh"))
    due_requests.withdraw(asked, by=cast.viewer("linh"))
    ask(cast, "sara")


def test_a_request_for_a_day_that_has_moved_is_not_applied(cast: Cast, today: object) -> None:
    promised(cast)
    asked = ask(cast)
    cast.commitment.due_on = date(2027, 1, 15)
    cast.commitment.save()
    with pytest.raises(Refused, match="has moved since"):
        due_requests.decide(asked, approve=True, by=cast.viewer("minh"))


@pytest.mark.parametrize("name", ["huy", "auditor", "operator"])
def test_others_do_not_ask(cast: Cast, today: object, name: str) -> None:
    promised(cast)
    with pytest.raises(Refused):
        ask(cast, name)


def test_a_month_is_asked_for_as_a_month(cast: Cast, today: object) -> None:
    promised(cast)
    due_requests.decide(
        ask(cast, to=PartialDate(date(2027, 6, 1), Precision.MONTH)), approve=True, by=cast.viewer("minh")
    )
    cast.commitment.refresh_from_db()
    assert (str(cast.commitment.due), cast.commitment.due_on) == ("06/2027", date(2027, 6, 30))
    assert cast.commitment.due_on and cast.commitment.due_on > TODAY
