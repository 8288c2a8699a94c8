"""Which places are offered, by what name and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from agreements.exchange.loading import load
from partners.forms import OrganisationForm
from partners.models import Country, Organisation
from tests.conftest import Cast
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
NO_PARTNERS = ("AQ", "BV", "DG", "HM", "TF", "UM")


@pytest.fixture
def places(cast: Cast) -> Cast:
    load(Path(settings.BASE_DIR) / "seeds" / "reference", on=TODAY)
    return cast


def test_places_that_are_no_partner_are_known_and_not_offered(places: Cast) -> None:
    offered = set(Country.offered(places.viewer("linh")).values_list("code", flat=True))
    assert len(offered) > 200
    assert not offered & set(NO_PARTNERS)
    assert Country.objects.filter(code__in=NO_PARTNERS).count() == len(NO_PARTNERS)


def test_what_an_organisation_has_already_stays_in_its_choice(places: Cast) -> None:
    station = Organisation.objects.create(
        code="station", name_en="Station", kind="other", country=Country.objects.get(code="AQ")
    )
    offered = OrganisationForm(instance=station, viewer=places.viewer("linh")).fields["country"].queryset  # type: ignore[attr-defined]
    assert "AQ" in offered.values_list("code", flat=True)


@pytest.mark.parametrize(
    ("language", "first", "second", "third"),
    [("en", "AF", "AX", "AL"), ("vi", "AF", "EG", "AX"), ("en", "BW", "BR", "PT")],
)
def test_they_stand_in_the_alphabet_of_the_reader(
    places: Cast, language: str, first: str, second: str, third: str
) -> None:
    with override(language):
        codes = list(Country.offered(places.viewer("linh")).values_list("code", flat=True))
    found = [codes.index(code) for code in (first, second, third)]
    assert found == sorted(found)


def test_they_have_the_names_that_the_ministry_uses(places: Cast) -> None:
    names = dict(Country.objects.values_list("code", "name_vi"))
    assert (names["US"], names["KR"], names["RU"], names["LA"]) == ("Hoa Kỳ", "Hàn Quốc", "Liên bang Nga", "Lào")
    assert (names["KP"], names["TW"], names["CN"]) == ("CHDCND Triều Tiên", "Đài Loan", "Trung Quốc")


@pytest.mark.parametrize("paper", ["country_brief", "review_pack"])
def test_no_paper_is_offered_about_a_place_that_is_no_partner(places: Cast, paper: str) -> None:
    page = places.client("minh").get(f"/briefings/{paper}/").content.decode()
    assert 'value="US"' in page
    assert not [code for code in NO_PARTNERS if f'value="{code}"' in page]
