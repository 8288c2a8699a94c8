"""Several that wait, decided together: each by its own rule, with one reason, and at a meeting where it was one."""

from __future__ import annotations

from typing import Any

import pytest

from agreements.briefings.meeting import Decision
from agreements.models import Commitment, DueRequest, Report, Share, Step
from agreements.overview import waiting
from agreements.overview.folding import folded
from agreements.vocabulary import Wait
from tests.agreements.briefings.test_meetings import held
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment

REASON = "The ministry of finance agrees."


def report(cast: Cast, commitment: Commitment, *, by: str = "sara") -> Report:
    return Report.objects.create(
        commitment=commitment, on=TODAY, text="Half of it is built.", status="submitted", health="on_track",
        delivery="under_way", organisation=cast.us if by == "sara" else None, created_by=cast.people[by],
    )  # fmt: skip


@pytest.fixture
def three(cast: Cast, today: object) -> list[Report]:
    """Two reports of one agreement and one of another, all for Linh and Minh to decide."""
    other = make_agreement(desk=cast.desk, owner=cast.linh, parties=[cast.home, cast.us])
    of_it = make_commitment(agreement=other, partner_owner=cast.us, owner=cast.linh)
    return [report(cast, one) for one in (cast.commitment, cast.commitment, of_it)]


def decide(cast: Cast, name: str, kind: str, picked: list[Any], **typed: Any) -> Any:
    keys = [getattr(one, "pk", one) for one in picked]
    return cast.client(name).post(f"/waiting/{kind}/decide/", {"pick": keys, **typed}, follow=True)


def states(rows: list[Report]) -> list[str]:
    return [Report.objects.get(pk=row.pk).status for row in rows]


@pytest.mark.parametrize("name", ["linh", "minh"])
def test_several_are_returned_with_one_reason(cast: Cast, three: list[Report], name: str) -> None:
    page = decide(cast, name, "report", three[:2], yes="no", comment=REASON).content.decode()
    assert states(three) == ["returned", "returned", "submitted"]
    assert list(Report.objects.filter(status="returned").values_list("comment", flat=True)) == [REASON] * 2
    assert "2 decided: Return the report." in page
    assert Step.objects.filter(name="return_report", reason=REASON).count() == 2


def test_one_that_is_refused_stops_no_other_and_is_said_by_name(cast: Cast, three: list[Report]) -> None:
    Report.objects.filter(pk=three[0].pk).update(status="accepted")
    own = report(cast, three[2].commitment, by="minh")
    page = decide(cast, "minh", "report", [*three, own], yes="yes").content.decode()
    assert states([*three, own]) == ["accepted", "accepted", "accepted", "submitted"]
    assert "2 decided: Accept the report." in page
    assert "This report is decided already." in page
    assert f"Not decided: {own.commitment.title}. Someone else must decide" in page


@pytest.mark.parametrize(
    ("typed", "says"),
    [({"yes": "no", "comment": " "}, "Give a reason."), ({"yes": "", "comment": REASON}, "This field is required.")],
)
def test_what_lacks_something_is_asked_again_and_loses_nothing(
    cast: Cast, three: list[Report], typed: dict[str, str], says: str
) -> None:
    answer = decide(cast, "minh", "report", three[:1], **typed)
    page = answer.content.decode()
    assert (answer.status_code, says in page) == (422, True)
    assert states(three) == ["submitted"] * 3
    assert answer.context["form"].picked == {three[0].pk}
    assert page.count("checked") == 1
    assert typed["comment"].strip() in page
    assert "Tick at least one." in decide(cast, "minh", "report", [], yes="yes").content.decode()


def test_nobody_decides_what_is_not_theirs(cast: Cast, three: list[Report]) -> None:
    for name in ("sara", "auditor", "operator"):
        assert decide(cast, name, "report", three, yes="yes").status_code == 404
    page = decide(cast, "huy", "report", three[:1], yes="yes").content.decode()
    assert "belongs to another desk" in page or "no longer here" in page
    assert states(three) == ["submitted"] * 3
    assert decide(cast, "minh", "review", [cast.hidden], yes="yes").status_code == 404, "it is read as a whole"
    assert "no longer here" in decide(cast, "minh", "report", [2**62], yes="yes").content.decode()


def test_a_request_of_another_kind_is_not_granted_by_the_words_of_this(cast: Cast, today: object) -> None:
    drop = DueRequest.objects.create(commitment=cast.commitment, kind="drop", reason="Rain", created_by=cast.linh)
    decide(cast, "minh", "day", [drop], yes="yes")
    drop.refresh_from_db()
    assert drop.state == "waiting"
    decide(cast, "minh", "drop", [drop], yes="yes")
    assert Commitment.objects.get(pk=cast.commitment.pk).delivery == "dropped"


def test_what_was_decided_at_a_meeting_stands_in_its_minutes(cast: Cast, three: list[Report]) -> None:
    meeting = held(cast)
    off_agenda = make_commitment(agreement=make_agreement(desk=cast.desk, parties=[cast.home, cast.us]))
    late = report(cast, off_agenda)
    page = decide(cast, "minh", "report", [three[0], late], yes="yes", meeting=meeting.pk).content.decode()
    assert states([three[0], late]) == ["accepted", "submitted"]
    assert "not on the agenda of that meeting" in page
    [decision] = Decision.objects.all()
    assert (decision.item.meeting_id, decision.item.commitment_id) == (meeting.pk, cast.commitment.pk)
    assert decision.step and decision.step.name == "accept_report"


def test_the_queue_offers_it_with_a_label_for_each(cast: Cast, three: list[Report]) -> None:
    for path in ("/review/", "/waiting/?kind=report"):
        page = cast.client("minh").get(path).content.decode()
        labels = [part.partition('"')[0] for part in page.split('aria-label="')[1:] if part[:1].isdigit()]
        assert len(labels) == len(set(labels)) == 3, path
        assert 'form="report"' in page
    assert 'name="pick"' not in cast.client("minh").get("/waiting/").content.decode(), "there are many kinds"


def test_what_waits_is_folded_by_agreement_the_longest_first(cast: Cast, three: list[Report]) -> None:
    Report.objects.filter(pk=three[2].pk).update(on="2026-01-05")
    items = waiting.items(cast.viewer("minh"), kinds=[Wait.REPORT])
    assert [item.record.pk for item in items] == [three[2].pk, three[0].pk, three[1].pk]
    folds = folded(items)
    assert [len(fold.items) for fold in folds] == [1, 2]
    assert folds[1].agreement == cast.agreement
    page = cast.client("minh").get("/waiting/").content.decode()
    assert page.count(f">{cast.agreement.ref}<") == 1, "its head alone says it"


def test_of_a_promise_shared_alone_the_agreement_is_not_named(cast: Cast, today: object) -> None:
    secret = make_agreement(desk=cast.desk, parties=[cast.home, cast.kr], title="Behind the door")
    shown = make_commitment(agreement=secret, partner_owner=cast.us)
    Share.objects.create(commitment=shown, organisation=cast.us)
    Report.objects.create(
        commitment=shown, on=TODAY, text="x", status="returned", comment="More.", organisation=cast.us,
        created_by=cast.sara,
    )  # fmt: skip
    for path in ("/", "/waiting/"):
        page = cast.client("sara").get(path).content.decode()
        assert shown.title in page
        assert "Behind the door" not in page
