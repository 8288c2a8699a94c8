"""D2: what is held back is not told in other words either: by a length, a place in a picture, a count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from agreements.models import Agreement, Commitment, Funding, Participant, Share
from agreements.overview import tiles
from partners import merging
from partners.models import Organisation
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_organisation, make_share, make_user

# What a page may show of a day of the agreement: the day, a bar that begins on it, months since then.
ALONE = (
    "/commitments/{0}/",
    "/commitments/?view=timeline",
    "/commitments/",
    "/api/v1/commitments/{0}/",
    "/",
    "/partners/map/",
)


@pytest.fixture
def alone(cast: Cast, today: object) -> Commitment:
    """Omar's organisation sees this commitment, and not its agreement."""
    agreement = make_agreement(
        desk=cast.desk, ref="KR-2020-07", parties=[cast.home, cast.us], effective_on=date(2019, 5, 5)
    )
    commitment = make_commitment(agreement=agreement, due_on=TODAY + timedelta(days=9), partner_owner=cast.kr)
    Funding.objects.create(commitment=commitment, kind="pledged", amount=5, currency="USD")
    Share.objects.create(commitment=commitment, organisation=cast.kr)
    return commitment


OTHERWISE = {
    "signed_on": date(2001, 1, 1),
    "effective_on": date(2001, 1, 1),
    "provisional_on": date(2000, 1, 1),
    "announced_on": date(2000, 1, 1),
    "title_en": "Something else",
    "legal_regime": "political",
    "kind": "treaty",
    "renewal": "none",
    "open_ended": True,
    "place": "Elsewhere",
}


@pytest.mark.parametrize("place", ALONE)
def test_a_commitment_shared_alone_tells_no_day_of_its_agreement(cast: Cast, alone: Commitment, place: str) -> None:
    client, address = cast.client("omar"), place.format(alone.ref)
    before = [line for line in client.get(address).content.decode().splitlines() if "csrf" not in line]
    assert any(alone.title in line for line in before) == (place != "/partners/map/")
    Agreement.objects.filter(pk=alone.agreement_id).update(**OTHERWISE)
    assert [line for line in client.get(address).content.decode().splitlines() if "csrf" not in line] == before


def test_the_outline_of_a_hidden_agreement_is_for_rules_alone(cast: Cast, alone: Commitment) -> None:
    seen = Commitment.objects.visible_to(cast.viewer("omar")).get(pk=alone.pk)
    assert (seen.agreement.pk, seen.agreement.stage) == (alone.agreement_id, "signed")
    assert (seen.agreement.signed_on, seen.agreement.title) == (None, "")
    with pytest.raises(RuntimeError, match="held back"):
        seen.agreement.save()


def test_the_map_counts_no_party_of_a_hidden_agreement(cast: Cast, alone: Commitment) -> None:
    shown = make_agreement(desk=cast.desk, parties=[cast.home, cast.kr])
    make_share(agreement=shown, organisation=cast.kr)

    def owed() -> list[tuple[int, int]]:
        return [(place.agreements, place.commitments) for place in tiles.places(cast.viewer("omar"))]

    assert owed() == [(1, 0)]
    Participant.objects.create(agreement=alone.agreement, organisation=cast.kr)
    assert owed() == [(1, 0)]


def test_the_page_of_a_country_counts_no_silence_for_partners(cast: Cast, today: object) -> None:
    """How long nothing was heard tells of the reports that a share holds back."""
    Share.objects.update(withheld=["reports"])
    page = cast.client("sara").get("/countries/US/").content.decode()
    Commitment.objects.update(heard_on=TODAY)
    assert "no update for over" not in page
    Commitment.objects.update(heard_on=None)
    assert "no update for over" in cast.client("linh").get("/countries/US/").content.decode()


def test_the_preview_of_a_merge_counts_what_its_reader_sees(cast: Cast) -> None:
    cast.people["vu"] = make_user(role="manager", name="Vu", desks=[cast.other_desk])

    def counted(who: str) -> int:
        found = merging.preview(cast.us, Organisation.objects.get(pk=cast.kr.pk), by=cast.viewer(who))
        return sum(move.count for move in found)

    before, all_before = counted("vu"), counted("operator")
    make_agreement(desk=cast.desk, restricted=True, parties=[cast.home, cast.us])
    make_commitment(agreement=cast.hidden, partner_owner=cast.us)
    assert counted("vu") == before
    assert counted("operator") == all_before + 2, "and all of it moves"


@pytest.mark.parametrize("who", ["huy", "linh", "minh"])
def test_nobody_opens_another_desks_paper_by_moving_a_partner(cast: Cast, who: str) -> None:
    """A share by country follows the country of the parties, which desk staff enter."""
    Share.objects.create(country=cast.kr.country, desk=cast.desk, organisation=cast.kr)
    party = make_organisation(code="mit", country="US", name="MIT")
    agreement = make_agreement(desk=cast.desk, parties=[cast.home, party])
    answer = cast.api(who).patch("/api/v1/organisations/mit/", {"country": "KR"}, format="json")
    assert answer.status_code == 400
    assert not Agreement.objects.visible_to(cast.viewer("omar")).filter(pk=agreement.pk).exists()
    kept = cast.api(who).patch("/api/v1/organisations/mit/", {"country": "US", "short_name": "MIT"}, format="json")
    assert kept.status_code == 200, "what stays the same is no change"
