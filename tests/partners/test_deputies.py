"""Someone is away: a colleague of the same role holds their desks, and every act says for whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from agreements.commitments.rules import reports
from agreements.models import Agreement, Report, Step
from agreements.procedures import proceeding
from agreements.register.rules import comments, shares, undoing
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from partners.models import Absence, User
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_procedure, make_user


@pytest.fixture
def lan(cast: Cast, today: object) -> User:
    """A manager of the other desk."""
    cast.people["lan"] = make_user(role="manager", name="Lan", desks=[cast.other_desk])
    return cast.people["lan"]


def away(cast: Cast, deputy: object, **more: object) -> Absence:
    facts = {"from_on": TODAY, "to_on": TODAY + timedelta(days=5), **more}
    return Absence.objects.create(user=cast.minh, deputy=deputy, **facts)  # type: ignore[misc]


def test_a_deputy_acts_and_it_is_logged(cast: Cast, lan: User, in_review: Agreement) -> None:
    facts = Facts(on=TODAY, seen=in_review.content_hash())
    with pytest.raises(Refused, match="another desk"):
        perform("register", in_review, by=cast.viewer("lan"), facts=facts)
    away(cast, lan)
    step = perform("register", in_review, by=cast.viewer("lan"), facts=facts)
    assert (step.by, step.instead_of) == (lan, cast.minh)
    page = cast.client("linh").get(in_review.get_absolute_url()).content.decode()
    assert "for Minh" in page


def test_every_kind_of_act_says_for_whom(cast: Cast, lan: User) -> None:
    away(cast, lan)
    viewer = cast.viewer("lan")
    shares.share(cast.agreement, shares.Terms(cast.kr), by=viewer)
    comments.say(cast.agreement, "x", by=viewer)
    proceeding.open_for(cast.agreement, make_procedure(), by=viewer)
    report = Report.objects.create(commitment=cast.commitment, on=TODAY, text="x", created_by=cast.linh)
    reports.decide(report, accept=True, by=viewer)
    undoing.archive(cast.agreement, by=viewer, reason="x")
    steps = Step.objects.filter(agreement=cast.agreement)
    assert steps.count() == 5
    assert set(steps.values_list("by", "instead_of")) == {(lan.pk, cast.minh.pk)}


def test_own_desks_are_held_in_ones_own_name(cast: Cast, lan: User) -> None:
    away(cast, lan)
    viewer = cast.viewer("lan")
    assert viewer.instead_of(cast.other_desk.pk) is None
    assert viewer.instead_of(cast.desk.pk) == cast.minh.pk
    assert viewer.desk_ids == {cast.desk.pk, cast.other_desk.pk}


@pytest.mark.parametrize(("day", "holds"), [(-1, False), (0, True), (5, True), (6, False)])
def test_it_holds_from_the_first_day_to_the_last(cast: Cast, lan: User, day: int, holds: bool) -> None:
    away(cast, lan)
    viewer = lan.viewer(on=TODAY + timedelta(days=day))
    assert (cast.desk.pk in viewer.desk_ids) is holds


def test_a_deputy_gains_no_role_and_passes_nothing_on(cast: Cast, lan: User) -> None:
    """An officer who stands in for a manager stays an officer; deputies' deputies hold nothing."""
    third = make_user(role="manager", name="Third")
    Absence.objects.create(user=lan, deputy=third, from_on=TODAY, to_on=TODAY)
    Absence.objects.create(user=cast.minh, deputy=cast.huy, from_on=TODAY, to_on=TODAY)
    away(cast, lan)
    assert third.viewer().desk_ids == {cast.other_desk.pk}
    assert cast.viewer("huy").desk_ids == {cast.other_desk.pk}


def test_four_eyes_hold_for_deputies(cast: Cast, lan: User) -> None:
    away(cast, lan)
    agreement = make_agreement(desk=cast.desk, stage="draft", parties=[cast.home, cast.us])
    perform("submit", agreement, by=cast.viewer("lan"), facts=Facts(on=TODAY))
    with pytest.raises(Refused, match="Someone else"):
        perform("clear", agreement, by=cast.viewer("lan"), facts=Facts(on=TODAY, seen=agreement.content_hash()))


def test_set_and_ended_on_the_profile_page(cast: Cast, lan: User) -> None:
    client = cast.client("minh")
    facts = {"deputy": lan.pk, "from_on": "23/11/2026", "to_on": "25/11/2026"}
    assert "Lan stands in for you" in client.post("/profile/absences/", facts, follow=True).content.decode()
    assert cast.desk.pk in cast.viewer("lan").desk_ids
    absence = Absence.objects.get()
    assert cast.client("linh").post(f"/profile/absences/{absence.pk}/end/").status_code == 404
    client.post(f"/profile/absences/{absence.pk}/end/")
    assert cast.desk.pk not in cast.viewer("lan").desk_ids, "with the next request"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"to_on": "22/11/2026", "from_on": "20/11/2026"}, "This day has passed"),
        ({"from_on": "26/11/2026"}, "The end lies before the start"),
        ({"from_on": "2026/26/11"}, "valid date"),
    ],
)
def test_bad_dates_are_refused(cast: Cast, lan: User, change: dict[str, str], reason: str) -> None:
    facts = {"deputy": lan.pk, "from_on": "23/11/2026", "to_on": "25/11/2026", **change}
    assert reason in cast.client("minh").post("/profile/absences/", facts, follow=True).content.decode()
    assert not Absence.objects.exists()


def test_an_officer_is_no_choice_for_a_manager(cast: Cast, lan: User) -> None:
    facts = {"deputy": cast.linh.pk, "from_on": "23/11/2026", "to_on": "25/11/2026"}
    cast.client("minh").post("/profile/absences/", facts)
    assert not Absence.objects.exists()


def test_steps_without_a_deputy_say_nobody(cast: Cast, in_review: Agreement) -> None:
    assert set(Step.objects.values_list("instead_of", flat=True)) == {None}
    with time_machine.travel(date(2026, 11, 24)):
        assert cast.viewer("linh").stands_in == ()
