"""A partner sees a record once it is shared, not before, and not a moment longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from agreements.register.rules import shares
from partners.models import Membership
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_organisation, make_share


def visible_to(cast: Cast, name: str, ref: str) -> set[int]:
    pages = (f"/agreements/{ref}/", f"/api/v1/agreements/{ref}/")
    return {cast.client(name).get(page).status_code for page in pages}


def test_sharing_and_revoking_work_on_the_next_request(cast: Cast, today: object) -> None:
    agreement = make_agreement(desk=cast.desk, ref="US-2023-77", parties=[cast.home, cast.kr])
    assert visible_to(cast, "omar", "US-2023-77") == {404}
    given = shares.share(agreement, shares.Terms(cast.kr), by=cast.viewer("linh"))
    assert visible_to(cast, "omar", "US-2023-77") == {200}
    assert visible_to(cast, "sara", "US-2023-77") == {404}
    shares.revoke(given, by=cast.viewer("linh"))
    assert visible_to(cast, "omar", "US-2023-77") == {404}
    with pytest.raises(Refused, match="already"):
        shares.revoke(given, by=cast.viewer("linh"))
    assert [step.name for step in agreement.steps.order_by("pk")] == ["share", "unshare"]


def test_a_share_ends_with_its_day(cast: Cast) -> None:
    share = cast.agreement.shares.get()
    share.until_on = TODAY
    share.save()
    with time_machine.travel(f"{TODAY}T15:00:00Z"):
        assert visible_to(cast, "sara", "US-2023-01") == {200}
    with time_machine.travel(f"{TODAY + timedelta(days=1)}T02:00:00Z"):
        assert visible_to(cast, "sara", "US-2023-01") == {404}


@pytest.mark.parametrize("stage", ["draft", "in_review"])
def test_unfinished_papers_are_not_shared(cast: Cast, today: object, stage: str) -> None:
    agreement = make_agreement(desk=cast.desk, stage=stage, parties=[cast.home, cast.kr])
    with pytest.raises(Refused, match="from clearance on"):
        shares.share(agreement, shares.Terms(cast.kr), by=cast.viewer("linh"))


def test_a_share_of_a_paper_that_goes_back_to_draft_hides_it(cast: Cast) -> None:
    cast.agreement.stage = "draft"
    cast.agreement.save()
    assert visible_to(cast, "sara", "US-2023-01") == {404}


def test_leaving_the_organisation_ends_access(cast: Cast) -> None:
    cast.sara.memberships.update(to_on=TODAY - timedelta(days=400))
    assert visible_to(cast, "sara", "US-2023-01") == {404}


def test_a_switched_off_account_is_a_stranger(cast: Cast) -> None:
    client = cast.client("sara")
    cast.sara.is_active = False
    cast.sara.save()
    assert client.get("/agreements/US-2023-01/").status_code == 302


def test_desk_only_agreements_stay_at_the_desk(cast: Cast) -> None:
    cast.agreement.restricted = True
    cast.agreement.save()
    seen = {name: visible_to(cast, name, "US-2023-01") for name in ("linh", "minh", "huy", "auditor", "operator")}
    assert seen == {"linh": {200}, "minh": {200}, "huy": {404}, "auditor": {200}, "operator": {200}}


def test_speaking_for_two_organisations_of_a_country_shows_each_row_once(cast: Cast) -> None:
    other = make_organisation(country="US")
    Membership.objects.create(user=cast.sara, organisation=other, from_on=TODAY - timedelta(days=400))
    make_share(agreement=cast.agreement, organisation=other)
    client = cast.client("sara")
    assert client.get("/countries/US/").status_code == 200
    assert [row.ref for row in client.get("/agreements/").context["page"].rows] == ["US-2023-01"]
    assert len(client.get("/commitments/").context["page"].rows) == 1
    assert len(cast.api("sara").get("/api/v1/countries/").json()["results"]) == 1
