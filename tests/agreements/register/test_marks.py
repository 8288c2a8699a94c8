"""What narrows a list is said in words above it, each to be taken away."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from django.http import QueryDict

from agreements.commitments.lists.filters import CommitmentFilter
from agreements.commitments.models import Commitment
from agreements.register.lists.filters import AgreementFilter
from agreements.register.models import Agreement
from partners.filtering import ReadableFilters
from partners.records import Record
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
FILTERS: dict[type[Record], type[ReadableFilters]] = {Agreement: AgreementFilter, Commitment: CommitmentFilter}


def marks(cast: Cast, name: str, model: type[Record], query: str) -> dict[str, str]:
    viewer = cast.viewer(name)
    chosen = FILTERS[model](QueryDict(query), model.objects.visible_to(viewer), viewer=viewer)
    return {mark.words: mark.without for mark in chosen.marks}


def test_values_stand_by_their_names_and_leave_one_by_one(cast: Cast) -> None:
    found = marks(cast, "linh", Agreement, "country=us&stage=signed&stage=ended&q=chip&after=7&sort=ref")
    country = cast.us.country
    assert set(found) == {"Search: chip", "Stage: Signed", "Stage: Ended", f"Country or territory: {country}"}
    left = parse_qs(found["Stage: Signed"])
    assert left == {"country": ["us"], "stage": ["ended"], "q": ["chip"], "sort": ["ref"]}, "all but it and the place"


def test_a_flag_is_its_name_and_nobody_is_said(cast: Cast) -> None:
    found = marks(cast, "linh", Commitment, "owed=true&partner=none&desk=mine&mine=true")
    assert set(found) == {
        "Owed only", "Responsible partner: nobody named", "Desk: those I work for", "Kept by me",
    }  # fmt: skip


def test_what_cannot_be_read_or_asked_is_no_mark(cast: Cast) -> None:
    assert marks(cast, "linh", Agreement, "signed_from=soon&stage=dreamt&colour=red&q=") == {}
    assert marks(cast, "sara", Agreement, "desk=americas&mine=true") == {}


def test_a_code_of_what_is_hidden_gets_no_name(cast: Cast) -> None:
    """Neither does one of what does not exist: the two read alike."""
    assert set(marks(cast, "sara", Commitment, "organisation=nobody&country=zz")) == {
        "Organisation: nobody", "Country or territory: zz",
    }  # fmt: skip
