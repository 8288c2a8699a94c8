"""Many at once: the preview tells what would happen and why not, the change does just that, one undo takes it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agreements.commitments.rules import bulk
from agreements.models import BulkChange, Commitment, DueRequest
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment

URL = "/commitments/bulk/"


def rows(cast: Cast) -> list[Commitment]:
    foreign = make_agreement(desk=cast.other_desk)
    made = [make_commitment(agreement=cast.agreement) for _ in range(3)]
    return [*made, make_commitment(agreement=cast.agreement, delivery="under_way"), make_commitment(agreement=foreign)]


def test_the_preview_and_the_change_say_the_same(cast: Cast, today: object) -> None:
    made = rows(cast)
    facts: dict[str, Any] = {"ref": [row.ref for row in made], "delivery": "under_way", "query": "open=true"}
    page = cast.client("linh").post(URL, facts).content.decode()
    assert "3 change" in page
    assert "1 is refused" in page
    assert "not your desk" in page
    assert not BulkChange.objects.exists(), "looking changes nothing"
    answer = cast.client("linh").post(URL, {**facts, "confirmed": "1"})
    assert answer.headers["Location"] == "/commitments/?open=true"
    states = list(
        Commitment.objects.filter(pk__in=[r.pk for r in made]).order_by("pk").values_list("delivery", flat=True)
    )
    assert states == ["under_way"] * 4 + ["planned"]


def test_one_undo_brings_back_all_but_what_has_gone_on(cast: Cast, today: object) -> None:
    made = rows(cast)
    done = bulk.apply([row.ref for row in made], bulk.Wish("delivery", "under_way"), by=cast.viewer("linh"))
    gone_on = Commitment.objects.get(pk=made[0].pk)
    gone_on.version += 1
    gone_on.save()
    assert bulk.undo(done, by=cast.viewer("linh"), at=timezone.now()) == (2, 1)
    states = Commitment.objects.filter(pk__in=[row.pk for row in made[:3]]).order_by("pk")
    assert [row.delivery for row in states] == ["under_way", "planned", "planned"]
    with pytest.raises(Refused, match="undone already"):
        bulk.undo(done, by=cast.viewer("linh"), at=timezone.now())


def test_the_undo_is_its_authors_and_for_ten_minutes(cast: Cast, today: object) -> None:
    done = bulk.apply([cast.commitment.ref], bulk.Wish("delivery", "under_way"), by=cast.viewer("linh"))
    with pytest.raises(Refused):
        bulk.undo(done, by=cast.viewer("minh"), at=timezone.now())
    with pytest.raises(Refused):
        bulk.undo(done, by=cast.viewer("linh"), at=timezone.now() + timedelta(minutes=11))
    assert cast.client("minh").post(f"{URL}{done.pk}/undo/").status_code == 404


def test_all_that_match_the_filters(cast: Cast, today: object) -> None:
    rows(cast)
    facts = {"all": "1", "query": "delivery=planned", "owner": cast.minh.pk, "confirmed": "1"}
    cast.client("linh").post(URL, facts)
    assert Commitment.objects.filter(owner=cast.minh).count() == 4
    assert Commitment.objects.filter(delivery="under_way", owner=cast.minh).count() == 0


def test_an_owner_of_another_desk_is_refused(cast: Cast, today: object) -> None:
    lines = bulk.plan(
        Commitment.objects.filter(pk=cast.commitment.pk), bulk.Wish("owner", cast.huy), cast.viewer("linh")
    )
    assert [line.refused for line in lines] == ["that person is not at its desk"]


def test_a_promised_day_is_asked_for_and_the_undo_withdraws_it(cast: Cast, today: object) -> None:
    dated = make_commitment(agreement=cast.agreement, due_on=TODAY + timedelta(days=5))
    facts = {"ref": [dated.ref, cast.commitment.ref], "due": "31/3/2027", "query": "", "confirmed": "1"}
    assert "needs its reason" in cast.client("linh").post(URL, facts, follow=True).content.decode()
    cast.client("linh").post(URL, {**facts, "reason": "One programme, one end"})
    dated.refresh_from_db()
    cast.commitment.refresh_from_db()
    assert dated.due_on == TODAY + timedelta(days=5)
    assert DueRequest.objects.get().state == "waiting"
    assert f"{cast.commitment.due_on:%d/%m/%Y}" == "31/03/2027", "the first day is simply set"
    bulk.undo(BulkChange.objects.get(), by=cast.viewer("linh"), at=timezone.now())
    assert DueRequest.objects.get().state == "withdrawn"
    cast.commitment.refresh_from_db()
    assert (cast.commitment.due_on, cast.commitment.baseline_due_on) == (None, None)


def test_one_thing_at_a_time(cast: Cast, today: object) -> None:
    facts = {"ref": [cast.commitment.ref], "delivery": "under_way", "owner": cast.minh.pk}
    assert "one thing at a time" in cast.client("linh").post(URL, facts, follow=True).content.decode()
    assert "Choose some" in cast.client("linh").post(URL, {"delivery": "under_way"}, follow=True).content.decode()


def test_a_row_and_a_card_are_changed_by_the_same_rules(cast: Cast, today: object) -> None:
    url = "/commitments/US-2023-01-1/quick/"
    refused = cast.client("linh").post(url, {"delivery": "delivered", "query": "view=board"})
    assert (refused.status_code, "needs evidence" in refused.content.decode()) == (422, True)
    moved = cast.client("linh").post(url, {"delivery": "under_way", "query": "view=board"})
    assert moved.headers["Location"] == "/commitments/?view=board"
    cast.commitment.refresh_from_db()
    assert cast.commitment.delivery == "under_way"
    assert cast.client("huy").get(url).status_code == 404


@pytest.mark.parametrize("view", ["list", "board", "timeline"])
def test_the_views_hold_the_same_rows(cast: Cast, today: object, view: str) -> None:
    due = make_commitment(agreement=cast.agreement, due_on=TODAY, title="CNRYdue", health="at_risk")
    make_commitment(agreement=cast.agreement, due_on=TODAY, title="CNRYother")
    for name in ("linh", "sara"):
        page = cast.client(name).get(f"/commitments/?health=at_risk&view={view}").content.decode()
        assert due.title in page
        assert "CNRYother" not in page
