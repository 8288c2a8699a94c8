"""Merging: everything moves, names and history are kept, what is there twice is archived, nobody is surprised."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from agreements.models import Participant, Report, Share
from partners.merging import merge, preview, who_sees_more
from partners.models import FocalPoint, Membership, Organisation, Person
from partners.picking import called
from partners.refusals import Refused
from partners.viewers import Role, Viewer
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_organisation, make_share


@pytest.fixture
def twice(cast: Cast) -> Any:
    """KFIA a second time, with rows that collide and rows that do not."""
    second = make_organisation(code="kfia-2", country="KR", name="Hiệp hội Fabless", short_name="KFA")
    second.aliases = "Fabless"
    second.save()
    both = make_agreement(desk=cast.desk, parties=[cast.home, cast.kr, second])
    alone = make_agreement(desk=cast.desk, parties=[cast.home, second])
    make_share(agreement=both, organisation=cast.kr)
    make_share(agreement=both, organisation=second)
    make_share(agreement=alone, organisation=second)
    commitment = make_commitment(agreement=alone, partner_owner=second)
    commitment.co_leads.add(second)
    Report.objects.create(commitment=commitment, on=TODAY, text="x", organisation=second, created_by=cast.omar)
    person = Person.objects.create(name="Kim", organisation=second)
    FocalPoint.objects.create(person=person, organisation=second)
    make_organisation(code="branch", country="KR", parent=second)
    return second


def links(organisation: Organisation) -> dict[str, int]:
    return {move.kind: move.count for move in preview(organisation, make_organisation(), by=Viewer(role=Role.OPERATOR))}


def test_the_preview_counts_and_changes_nothing(cast: Cast, twice: Any) -> None:
    moves = {move.kind: move.count for move in preview(twice, cast.kr, by=cast.viewer("operator"))}
    assert moves == {
        "participants": 2, "shares": 2, "commitments": 2, "reports": 1, "people": 1, "focal points": 1,
        "organisations": 1,
    } or sum(moves.values()) == 10  # fmt: skip
    twice.refresh_from_db()
    assert twice.archived_at is None


def test_everything_moves_and_doubles_are_archived(cast: Cast, twice: Any) -> None:
    merge(twice, cast.kr, by=cast.viewer("minh"))
    twice.refresh_from_db()
    cast.kr.refresh_from_db()
    assert (twice.merged_into, bool(twice.archived_at)) == (cast.kr, True)
    assert {"Hiệp hội Fabless", "KFA", "Fabless"} <= {name.strip() for name in cast.kr.aliases.split(",")}
    live = Participant.objects.filter(archived_at=None)
    assert not live.filter(organisation=twice).exists()
    assert live.filter(organisation=cast.kr).count() == 2
    assert Share.objects.filter(archived_at=None, organisation=cast.kr).count() == 2
    assert Share.objects.get(organisation=twice).archived_at, "the double stays where it was, archived"
    assert cast.kr.owned_commitments.count() == cast.kr.co_led_commitments.count() == 1
    assert Organisation.objects.get(code="branch").parent == cast.kr
    assert Person.objects.get().organisation == cast.kr


def test_old_names_and_addresses_lead_to_the_one_that_stays(cast: Cast, twice: Any) -> None:
    merge(twice, cast.kr, by=cast.viewer("minh"))
    for name in ("kfa", "hiep hoi fabless", "FABLESS"):
        assert called(name, cast.viewer("linh")) == cast.kr
    answer = cast.client("linh").get("/organisations/kfia-2/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/organisations/kfia/")
    assert cast.client("sara").get("/organisations/kfia-2/").status_code == 404, "a stranger learns nothing"


def test_the_history_keeps_both(cast: Cast, twice: Any) -> None:
    merge(twice, cast.kr, by=cast.viewer("minh"))
    events = type(twice).events.rel.related_model.objects
    assert events.filter(pgh_obj=twice).count() == 3
    moved = Participant.objects.filter(organisation=cast.kr).latest("pk")
    assert moved.events.order_by("pgh_id").first().organisation_id == twice.pk  # type: ignore[attr-defined]


def test_access_widens_and_the_preview_says_so(cast: Cast, twice: Any) -> None:
    Membership.objects.create(user=cast.sara, organisation=twice, from_on=date(2026, 1, 1))
    assert who_sees_more(twice, cast.kr) == 2
    page = cast.client("minh").get("/organisations/kfia-2/merge/?into=kfia").content.decode()
    assert "2 partner accounts will see" in page
    assert cast.client("minh").post("/organisations/kfia-2/merge/", {"into": "kfia"}).status_code == 302
    assert cast.sara.organisation_ids_on(TODAY) == [cast.us.pk, cast.kr.pk]


def test_what_cannot_be_merged(cast: Cast, twice: Any) -> None:
    with pytest.raises(Refused, match="two different"):
        merge(cast.kr, cast.kr, by=cast.viewer("minh"))
    cast.kr.aliases = "x" * 495
    cast.kr.save()
    with pytest.raises(Refused, match="longer than"):
        merge(twice, cast.kr, by=cast.viewer("minh"))
    twice.refresh_from_db()
    assert twice.archived_at is None, "nothing moved"
    cast.kr.aliases = ""
    cast.kr.save()
    merge(twice, cast.kr, by=cast.viewer("minh"))
    with pytest.raises(Refused, match="archived"):
        merge(twice, cast.us, by=cast.viewer("minh"))


def test_a_parent_is_not_left_as_its_own(cast: Cast, twice: Any) -> None:
    cast.kr.parent, cast.kr.successor = twice, twice
    cast.kr.save()
    merge(twice, cast.kr, by=cast.viewer("minh"))
    cast.kr.refresh_from_db()
    assert (cast.kr.parent, cast.kr.successor) == (None, None)


def test_people_are_merged_too(cast: Cast, twice: Any) -> None:
    one, two = (Person.objects.create(name=name, organisation=cast.kr) for name in ("Kim Min-jun", "Kim Minjun"))
    FocalPoint.objects.create(person=two, organisation=cast.kr)
    url = f"/people/{two.pk}/merge/"
    assert "focal point" in cast.client("minh").get(url, {"into": one.pk}).content.decode().lower()
    assert cast.client("minh").post(url, {"into": one.pk}).status_code == 302
    one.refresh_from_db()
    assert (one.aliases, one.duties.count()) == ("Kim Minjun", 1)
    assert not Person.objects.visible_to(cast.viewer("linh")).filter(pk=two.pk).exists()


@pytest.mark.parametrize("who", ["linh", "sara", "auditor"])
def test_only_managers_and_operators_merge(cast: Cast, twice: Any, who: str) -> None:
    assert cast.client(who).post("/organisations/kfia-2/merge/", {"into": "kfia"}).status_code == 404
    twice.refresh_from_db()
    assert twice.archived_at is None
