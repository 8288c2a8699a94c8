"""The numbers of the first page and the overview against a live recount: by rule, at random, and under threads."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from hypothesis import given
from hypothesis import strategies as st

from agreements.commitments.models.queries import OPEN, is_overdue, is_silent
from agreements.models import Agreement, Cell, Commitment, Funding, Milestone, Report, Stale, Tally
from agreements.overview import figures, tallies
from agreements.overview.models import TallyFamily
from agreements.overview.tallies import (
    Duties,
    Key,
    at_own_desks,
    duties,
    everywhere,
    kept_by_viewer,
    median,
    tidy,
    total,
)
from partners.viewers import Viewer
from tests.agreements.register.test_races import all_at_once
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_desk, make_organisation, make_user

# Each with a kind that can have it.
STAGES = [
    ("draft", "mou"), ("signed", "mou"), ("adopted", "joint_statement"), ("agreed", "programme"), ("suspended", "mou"),
]  # fmt: skip


def live(viewer: Viewer, where: Q, *, of: str = "") -> Any:
    """The same numbers counted from the commitments themselves, as the lists filter them."""
    owed = Commitment.objects.visible_to(viewer).owed()
    rows = owed.annotate(keeper=Coalesce("owner", "agreement__owner")).filter(where)
    on = viewer.on

    def count(rule: Q) -> Count:
        return Count("pk", filter=rule)

    asked = {
        "open": Count("pk"), "overdue": count(is_overdue(on)), "blocked": count(~Q(blocked_by="")),
        "soon": count(Q(due_on__range=(on, on + timedelta(days=30)))), "silent": count(is_silent(90, on)),
    }  # fmt: skip
    if not of:
        return Duties(**{name: number or 0 for name, number in rows.order_by().aggregate(**asked).items()})
    return {row.pop(of): Duties(**row) for row in rows.order_by().values(of).annotate(**asked)}


def is_exact() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(tallies.CHECK)
        return bool(cursor.fetchone()[2] == 0)


def shake(rng: random.Random, cast: Cast, agreements: list[Agreement]) -> None:
    """One change such as people make: of a commitment, what belongs to it, or its agreement."""
    agreement = rng.choice(agreements)
    rows = Commitment.objects.filter(agreement__in=agreements)
    one = rows.order_by("?").first()
    assert one
    day = TODAY + timedelta(days=rng.randint(-400, 400))
    match rng.randrange(9):
        case 0:
            make_commitment(agreement=agreement, due_on=day, lead=rng.choice([cast.home, None]), owner=cast.linh)
        case 1:
            values = {"delivery": "delivered", "delivered_on": day, "baseline_due_on": TODAY}
            rows.filter(pk=one.pk).update(**values)
        case 2:
            rows.filter(pk=one.pk).update(due_on=day, baseline_due_on=TODAY, start_on=None)
        case 3:
            health = rng.choice(["on_track", "blocked", "delayed", "no_report"])
            rows.update(health=health, heard_on=rng.choice([None, day]))
        case 4:
            blocked = {"blocker": "no money", "blocked_side": "ours", "blocked_by": "ministry", "blocked_since_on": day}
            rows.filter(pk=one.pk).update(**blocked)
        case 5:
            Report.objects.create(commitment=one, on=day, text="x", status=rng.choice(["draft", "accepted"]))
        case 6:
            Funding.objects.create(commitment=one, on=day, kind="spent", amount=1, currency="USD")
            Milestone.objects.create(commitment=one, title_en="x", met_on=day, status="met")
        case 7:
            stage, kind = rng.choice(STAGES)
            changed = {"stage": stage, "kind": kind, "desk": rng.choice([cast.desk, cast.other_desk])}
            Agreement.objects.filter(pk=agreement.pk).update(
                **changed,
                restricted=rng.random() < 0.3,
                signed_on=rng.choice([day, TODAY, None]),
                signed_precision=rng.choice(["day", "month", "quarter", "year"]),
            )
        case _:
            rows.filter(pk=one.pk).update(owner=rng.choice([cast.linh, cast.huy, None]), partner_owner=cast.us)
            Agreement.objects.filter(pk=agreement.pk).update(owner=rng.choice([cast.linh, cast.huy]))


@pytest.mark.parametrize("seed", range(6))
def test_tallies_are_what_a_recount_gives(cast: Cast, seed: int) -> None:
    rng = random.Random(seed)
    agreements = [cast.agreement, make_agreement(desk=cast.other_desk, parties=[cast.home, cast.kr])]
    for change in range(40):
        shake(rng, cast, agreements)
        if change % 9 == 0 and seed % 2:
            tallies.count_stale()
    assert is_exact()
    for name in ("linh", "huy", "minh", "auditor"):
        viewer = cast.viewer(name)
        own = Q(keeper=viewer.user_id)
        assert total(duties(viewer, everywhere).values()) == live(viewer, Q()), name
        assert total(duties(viewer, kept_by_viewer).values()) == live(viewer, own), name
        assert total(duties(viewer, at_own_desks).values()) == live(viewer, Q(agreement__desk__in=viewer.desk_ids)), (
            name
        )
        by_lead = {key: row for key, row in duties(viewer, everywhere, by=Key.LEAD).items() if row.open}
        counted = live(viewer, Q(), of="lead")
        assert {key: (row.open, row.overdue, row.soon, row.blocked) for key, row in by_lead.items()} == {
            key: (row.open, row.overdue, row.soon, row.blocked) for key, row in counted.items()
        }, name
    rows = Commitment.objects.visible_to(cast.viewer("auditor")).concluded()
    slips = rows.filter(delivery__in=OPEN, due_on__gt=F("baseline_due_on"))
    assert figures.figures(cast.viewer("auditor")).slipped == slips.count()


def test_neither_counting_nor_folding_changes_a_number(cast: Cast) -> None:
    rng, auditor = random.Random(9), cast.viewer("auditor")
    for _change in range(60):
        shake(rng, cast, [cast.agreement])
        tallies.count_stale()
    assert not Stale.objects.exists()
    lines, before = Cell.objects.count(), total(duties(auditor, everywhere).values())
    with connection.cursor() as cursor:
        cursor.execute("SELECT fold_cells()")
    assert Cell.objects.count() < lines
    assert is_exact()
    assert total(duties(auditor, everywhere).values()) == before == live(auditor, Q())


def test_a_cell_is_one_row_however_often_it_is_counted(cast: Cast) -> None:
    tallies.count_stale()
    before = Cell.objects.count()
    for health in ("on_track", "delayed") * 10:
        Commitment.objects.update(health=health)
        tallies.count_stale()
    assert Cell.objects.count() <= before + 2  # a state of the partner's that has come to nothing stays
    with connection.cursor() as cursor:
        cursor.execute("SELECT fold_cells()")
    assert not Cell.objects.filter(n=0).exists()
    assert is_exact()


def test_who_asks_for_one_family_pays_for_no_other(cast: Cast) -> None:
    Commitment.objects.update(health="blocked")
    for family in TallyFamily.values:
        plan = Tally.objects.filter(family=family).explain(verbose=True)
        assert re.findall(r"lines_of_marked\('(\w+)'", plan) == [family], plan


def test_what_does_not_count_marks_nothing(cast: Cast) -> None:
    tallies.count_stale()
    Commitment.objects.update(kind="training", version=F("version") + 1)
    Agreement.objects.update(title_en="Other words")
    assert not Stale.objects.exists()
    Commitment.objects.update(health="blocked")
    assert Stale.objects.exists()


def test_a_wrong_tally_is_noticed_and_mended(cast: Cast) -> None:
    tallies.count_stale()
    assert not tidy()
    Cell.objects.filter(family="lead").update(n=F("n") + 1)
    assert total(duties(cast.viewer("minh"), everywhere, by=Key.LEAD).values()).open == 2
    assert tidy()
    assert total(duties(cast.viewer("minh"), everywhere, by=Key.LEAD).values()).open == 1
    assert not tidy()


def test_partners_and_strangers_have_nothing_counted(cast: Cast) -> None:
    for name in ("sara", "omar", "anonymous"):
        assert duties(cast.viewer(name), everywhere) == {}


def test_what_is_restricted_is_counted_for_its_desk_alone(cast: Cast) -> None:
    Agreement.objects.filter(pk=cast.agreement.pk).update(restricted=True)
    assert total(duties(cast.viewer("linh"), everywhere).values()).open == 1
    assert total(duties(cast.viewer("huy"), everywhere).values()).open == 0
    assert total(duties(cast.viewer("auditor"), everywhere).values()).open == 1


@pytest.mark.parametrize(
    ("histogram", "middle"),
    [([], None), ([(5, 1)], 5), ([(1, 1), (4, 1)], 2.5), ([(9, 1), (1, 5)], 1), ([(2, 2), (8, 2)], 5)],
)
def test_median(histogram: list[tuple[int, int]], middle: float | None) -> None:
    assert median(histogram) == middle


@given(st.lists(st.integers(0, 50), min_size=1))
def test_median_is_that_of_the_values_themselves(values: list[int]) -> None:
    ranked = sorted(values)
    half = len(ranked) // 2
    expected = ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2
    assert median([(value, ranked.count(value)) for value in set(ranked)]) == expected


@pytest.mark.django_db(transaction=True)
def test_tallies_stay_right_under_concurrent_change() -> None:
    """Six threads change commitments, their agreements and what belongs to them, while readers compare."""
    desk, other = make_desk(), make_desk(code="asia")
    home, us = make_organisation(code="gov-vn", country="VN"), make_organisation(code="gov-us", country="US")
    keeper, manager = make_user(role="officer", desks=[desk]), make_user(role="manager", desks=[desk])
    agreements = [make_agreement(desk=desk, parties=[home, us]) for _number in range(2)]
    pks = [make_commitment(agreement=one, owner=keeper).pk for one in agreements for _number in range(3)]
    auditor = make_user(role="auditor").viewer(on=TODAY)

    def work(number: int) -> int:
        rng, wrong = random.Random(number), 0
        for turn in range(25):
            with transaction.atomic():
                if number == 0:
                    # One who reads both in one snapshot finds them equal at every moment.
                    with connection.cursor() as cursor:
                        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                    wrong += total(duties(auditor, everywhere).values()) != live(auditor, Q())
                    wrong += not is_exact()
                elif number == 1 and turn % 5 == 0:
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT fold_cells()" if turn % 10 else "SELECT recount()")
                elif number == 1:
                    tallies.count_stale()
                elif number == 2:
                    changed = {"desk": rng.choice([desk, other]), "restricted": rng.random() < 0.5}
                    Agreement.objects.filter(pk=rng.choice(agreements).pk).update(
                        **changed, signed_on=TODAY - timedelta(days=rng.randint(1, 300))
                    )
                elif number == 3 and turn % 4 == 0:
                    make_commitment(agreement=rng.choice(agreements), owner=manager, due_on=date(2026, 12, turn + 1))
                else:
                    one = Commitment.objects.filter(pk=rng.choice(pks))
                    one.update(health=rng.choice(["blocked", "on_track"]), due_on=date(2026, 11, rng.randint(1, 30)))
                    if rng.random() < 0.3:
                        Report.objects.create(commitment_id=rng.choice(pks), on=TODAY, text="x", status="accepted")
        return wrong

    results = all_at_once(work)
    assert results == [0] * len(results)
    assert is_exact()
    assert total(duties(auditor, everywhere).values()) == live(auditor, Q())
    assert not tidy()
