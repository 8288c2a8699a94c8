"""A handover: one page of what somebody keeps, and one act that gives it on, whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from agreements.models import ActionItem, Reminder, Step
from agreements.pages import handover
from agreements.reminders import notices
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import make_agreement, make_commitment, make_desk, make_user


def page(cast: Cast, name: str, **query: Any) -> Any:
    return cast.client(name).get("/handover/", query)


def test_the_page_shows_what_is_alive_and_only_to_whom_it_concerns(cast: Cast, mai: Any, today: object) -> None:
    make_agreement(desk=cast.desk, owner=cast.linh, stage="ended", title="Over")
    action = ActionItem.objects.create(desk=cast.desk, title="Call them", owner=cast.linh)
    shown = page(cast, "linh").content.decode()
    assert cast.agreement.title_en in shown
    assert cast.commitment.title_en in shown
    assert action.title in shown
    assert "Over" not in shown.replace("Overdue", "").replace("Handover", "").replace("Hand over", "")
    assert "Hand it over" not in shown
    assert "Hand it over" in page(cast, "minh", person=cast.linh.pk).content.decode()
    assert page(cast, "huy", person=cast.linh.pk).status_code == 404
    assert page(cast, "linh", person=cast.minh.pk).status_code == 404
    assert page(cast, "minh", person="x").status_code == 404
    assert page(cast, "minh", person=cast.huy.pk).status_code == 404


def test_one_act_gives_it_all_on_and_tells_the_new_keeper(cast: Cast, mai: Any, today: object) -> None:
    elsewhere = make_agreement(desk=cast.other_desk, owner=cast.linh)
    duty = make_commitment(agreement=make_agreement(desk=cast.desk, owner=cast.minh), owner=cast.linh)
    action = ActionItem.objects.create(desk=cast.desk, title="Call them", owner=cast.linh)
    answer = cast.client("minh").post("/handover/", {"person": cast.linh.pk, "to": mai.pk}, follow=True)
    assert "5 records handed over to Mai." in answer.content.decode()
    for record in (cast.agreement, cast.hidden, cast.commitment, duty, action, elsewhere):
        record.refresh_from_db()
    assert {cast.agreement.owner, cast.hidden.owner, cast.commitment.owner, duty.owner, action.owner} == {mai}
    assert elsewhere.owner == cast.linh, "at a desk where neither Minh nor Mai works"
    assert cast.agreement.version == 2
    steps = Step.objects.filter(name="hand_over")
    assert {step.agreement for step in steps} == {cast.agreement, cast.hidden, duty.agreement}
    notices.put_steps_into_ledger()
    assert Reminder.objects.filter(step__name="hand_over", recipient=mai).count() == 3
    timeline = cast.client("minh").get(f"/history/agreements/{cast.agreement.ref}/").content.decode()
    assert "Handed over" in timeline
    again = cast.client("minh").post("/handover/", {"person": cast.linh.pk, "to": mai.pk}, follow=True)
    assert "0 records" in again.content.decode()


def test_who_may_not_changes_nothing(cast: Cast, mai: Any) -> None:
    stranger = make_user(role="officer", name="Far", desks=[make_desk(code="africa")])
    for by, to in (("linh", mai), ("huy", mai), ("minh", stranger), ("minh", cast.sara), ("minh", cast.linh)):
        with pytest.raises(Refused):
            handover.hand_over(cast.linh, to, by=cast.viewer(by))
    mai.is_active = False
    with pytest.raises(Refused):
        handover.hand_over(cast.linh, mai, by=cast.viewer("minh"))
    assert cast.client("minh").post("/handover/", {"person": cast.linh.pk, "to": "x"}).status_code == 302
    cast.agreement.refresh_from_db()
    assert cast.agreement.owner == cast.linh
    assert not Step.objects.exists()
