"""What is kept of that which waits for a desk, against what the sources find as it is."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from agreements.examples.generating import generate
from agreements.models import (
    Agreement,
    Amendment,
    Answer,
    Awaited,
    Commitment,
    DueRequest,
    ReminderRule,
    Report,
    Stale,
)
from agreements.overview import awaited, tallies, waiting
from agreements.overview.sources import SOURCES
from agreements.overview.waiting import WaitingList
from agreements.vocabulary import Wait
from partners.models import Absence, User
from partners.viewers import Viewer
from tests.agreements.examples.conftest import register  # noqa: F401  (a fixture)
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_user
from tests.roles import analyze

pytestmark = pytest.mark.django_db


def live(viewer: Viewer) -> dict[Wait, list[int]]:
    """What the sources find, in the order in which it is shown."""
    found = {kind: [row.pk for row in waiting.rows(viewer, kind)] for kind in Wait}
    return {kind: keys for kind, keys in found.items() if keys}


def shown(viewer: Viewer) -> dict[Wait, list[int]]:
    found: dict[Wait, list[int]] = {}
    for item in WaitingList(viewer).items():
        found.setdefault(item.kind, []).append(item.record.pk)
    return found


def assert_same(viewer: Viewer) -> None:
    waits, now = WaitingList(viewer), live(viewer)
    assert {kind: one.count for kind, one in waits.standing.items()} == {kind: len(keys) for kind, keys in now.items()}
    assert shown(viewer) == now
    for most in (0, 2, waits.count(), 99):
        assert min(waiting.count(viewer, most=most), most + 1) == min(waits.count(), most + 1)
    # In parts it is the same list, wherever it is cut.
    whole = waits.items()
    for first in range(0, len(whole) + 3, 7):
        assert waits[first : first + 7] == whole[first : first + 7]


def test_in_a_generated_life_everybody_has_what_the_sources_find(register: Any) -> None:  # noqa: F811
    generate(200, seed=7, on=TODAY)
    analyze()  # or the planner guesses
    tallies.count_stale()
    assert not Stale.objects.exists()
    assert set(Awaited.objects.values_list("kind", flat=True)) == {kind.value for kind in awaited.KEPT}
    people = User.objects.filter(is_active=True)
    assert sum(WaitingList(one.viewer()).count() for one in people if one.role == "manager") > 50
    for one in people:
        for days in (0, 30, 400):
            assert_same(one.viewer(on=TODAY + timedelta(days=days)))


def report(commitment: Commitment, **more: Any) -> Report:
    return Report.objects.create(commitment=commitment, on=TODAY, text="Done.", status="submitted", **more)


def shake(rng: random.Random, cast: Cast, agreement: Agreement) -> None:  # noqa: C901  (one case for each change)
    """One change of something that waits, or of what says for whom."""
    one = Commitment.objects.filter(agreement=agreement).order_by("?").first() or make_commitment(agreement=agreement)
    rows = Commitment.objects.filter(pk=one.pk)
    day, who = TODAY - timedelta(days=rng.randint(0, 700)), rng.choice([cast.linh, cast.minh, cast.huy])
    match rng.randrange(11):
        case 0:
            report(one, created_by=who)
        case 1:
            Report.objects.filter(commitment=one).update(status=rng.choice(["accepted", "returned", "submitted"]))
        case 2:
            DueRequest.objects.filter(commitment=one).update(state="refused")
            kind = rng.choice(["day", "drop"])
            asked = {"to_on": TODAY + timedelta(days=90)} if kind == "day" else {}
            DueRequest.objects.create(commitment=one, kind=kind, reason="Rain", created_by=who, **asked)
        case 3:
            one.refresh_from_db()
            given = {"wording_hash": one.wording_hash, "remark": "Not so.", "on": day, "verdict": "disputed"}
            Answer.objects.update_or_create(commitment=one, organisation=cast.us, state="open", defaults=given)
            rows.update(confirmation="disputed", confirmed_hash=one.wording_hash)
        case 4:
            Answer.objects.filter(commitment=one).update(state="waiting", answered_by=who)
        case 5:
            number = (Amendment.objects.filter(agreement=agreement).count() or 0) + 1
            Amendment.objects.filter(agreement=agreement).update(archived_at=f"{TODAY}T00:00:00Z", archived_because="x")
            Amendment.objects.create(
                agreement=agreement, number=number, stage="in_review", submitted_by=who, updated_by=who, created_by=who
            )
        case 6:
            rows.update(due_on=day, heard_on=rng.choice([None, day]), title_en=f"Words {rng.random()}")
        case 7:
            desk = rng.choice([cast.desk, cast.other_desk])
            Agreement.objects.filter(pk=agreement.pk).update(desk=desk, restricted=rng.random() < 0.3)
        case 8:
            rows.update(archived_at=rng.choice([None, f"{TODAY}T00:00:00Z"]), archived_because="x")
        case 9:
            ReminderRule.objects.update_or_create(
                code="due", defaults={"watched": "commitment_due", "told": "owner", "offsets": [0, rng.randrange(90)]}
            )
        case _:
            rows.update(delivery=rng.choice(["planned", "under_way", "delivered"]), delivered_on=TODAY)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_changes_each_manager_has_what_waits(cast: Cast, today: object, seed: int) -> None:
    rng = random.Random(seed)
    papers = [cast.agreement, make_agreement(desk=cast.other_desk, parties=[cast.home, cast.kr])]
    other = make_user(role="manager", desks=[cast.other_desk])
    deputy = make_user(role="manager", desks=[cast.other_desk])
    Absence.objects.create(user=cast.minh, deputy=deputy, from_on=TODAY, to_on=TODAY + timedelta(days=9))
    for change in range(60):
        shake(rng, cast, rng.choice(papers))
        if change % 7 == 0 and seed % 2:
            tallies.count_stale()
        if change % 10 == 9:
            for person in (cast.minh, other, deputy, cast.linh):
                assert_same(person.viewer())
    assert not tallies.tidy()


def test_what_the_manager_wrote_waits_for_another(cast: Cast, today: object) -> None:
    lan = make_user(role="manager", desks=[cast.desk])
    mine = report(cast.commitment, created_by=cast.minh)
    tallies.count_stale()
    assert [item.record.pk for item in waiting.items(lan.viewer()) if item.kind == Wait.REPORT] == [mine.pk]
    assert [item.record.pk for item in waiting.items(cast.viewer("minh")) if item.kind == Wait.REPORT] == []


def test_who_is_told_of_a_rule_later_decides_later(cast: Cast, today: object) -> None:
    rule = ReminderRule.objects.create(code="due", watched="commitment_due", told="owner", offsets=[0, 14])
    Commitment.objects.update(due_on=TODAY - timedelta(days=20), heard_on=TODAY)
    tallies.count_stale()
    assert [item.kind for item in waiting.items(cast.viewer("minh"))] == [Wait.STUCK]
    ReminderRule.objects.filter(pk=rule.pk).update(offsets=[0, 60])
    assert waiting.count(cast.viewer("minh")) == 0
    tallies.count_stale()
    assert waiting.count(cast.viewer("minh")) == 0


def test_nobody_else_has_what_waits_for_a_desk(cast: Cast, today: object) -> None:
    report(cast.commitment, created_by=cast.linh)
    tallies.count_stale()
    for name in ("huy", "sara", "omar", "auditor"):
        assert not Awaited.objects.visible_to(cast.viewer(name)).exists()
        assert Wait.REPORT not in WaitingList(cast.viewer(name)).standing
    assert Awaited.objects.visible_to(cast.viewer("minh")).exists()


def test_a_row_that_is_kept_wrongly_is_noticed_and_mended(cast: Cast, today: object) -> None:
    report(cast.commitment, created_by=cast.linh)
    tallies.count_stale()
    assert not tallies.tidy()
    Awaited.objects.filter(kind="report").update(since_on=F("since_on") - timedelta(days=1))
    assert tallies.tidy()
    assert not tallies.tidy()
    Awaited.objects.all().delete()
    assert tallies.tidy()
    assert Awaited.objects.filter(kind="report").exists()


def test_every_kind_with_rows_at_a_desk_is_kept() -> None:
    assert {kind for kind, source in SOURCES.items() if source.at_desk} == awaited.KEPT
