"""Types of instruments of a ministry's own: rows that an operator keeps, each counting as one of the kinds."""

from __future__ import annotations

import pytest
from django.urls import reverse

from agreements.models import Agreement, InstrumentType
from tests.agreements.pages.test_log_form import edited
from tests.conftest import Cast


@pytest.fixture
def minute(cast: Cast) -> InstrumentType:
    facts = {"code": "minute", "name_vi": "Biên bản hợp tác cấp tỉnh", "name_en": "Provincial minute", "kind": "mou"}
    assert cast.client("operator").post(reverse("admin:agreements_instrumenttype_add"), facts).status_code == 302
    return InstrumentType.objects.get()


def test_an_operator_adds_one_and_a_desk_uses_it(cast: Cast, minute: InstrumentType) -> None:
    url = "/agreements/US-2026-01/edit/"
    assert "Provincial minute" in cast.client("linh").get(url).content.decode()
    form = edited(cast, cast.hidden, kind="treaty", instrument_type=minute.pk)
    assert cast.client("linh").post(url, form).status_code == 302
    cast.hidden.refresh_from_db()
    assert (cast.hidden.instrument_type, cast.hidden.kind) == (minute, "mou"), "the kind follows the type"
    assert "Provincial minute" in cast.client("linh").get("/agreements/US-2026-01/").content.decode()
    found = cast.client("linh").get("/agreements/?kind=mou").context["page"].rows
    assert cast.hidden in found


def test_the_form_stays_short_where_there_are_none(cast: Cast) -> None:
    assert "id_instrument_type" not in cast.client("linh").get("/agreements/new/").content.decode()


def test_by_code_in_the_api_and_seen_by_the_partner(cast: Cast, minute: InstrumentType) -> None:
    api = cast.api("linh")
    answer = api.patch("/api/v1/agreements/US-2026-01/", {"instrument_type": "minute"}, format="json")
    assert (answer.status_code, answer.json()["kind"]) == (200, "mou")
    assert api.patch("/api/v1/agreements/US-2026-01/", {"kind": "treaty"}, format="json").json()["kind"] == "mou"
    assert api.patch("/api/v1/agreements/US-2026-01/", {"instrument_type": "x"}, format="json").status_code == 400
    Agreement.objects.filter(pk=cast.agreement.pk).update(instrument_type=minute)
    assert cast.api("sara").get("/api/v1/agreements/US-2023-01/").json()["instrument_type"] == "minute"
    assert "Provincial minute" in cast.client("sara").get("/agreements/US-2023-01/").content.decode()


def test_approval_covers_it(cast: Cast, minute: InstrumentType) -> None:
    before = cast.agreement.content_hash()
    cast.agreement.instrument_type = minute
    assert cast.agreement.content_hash() != before


@pytest.mark.parametrize("who", ["linh", "minh", "auditor", "sara"])
def test_only_the_operator_keeps_them(cast: Cast, who: str) -> None:
    facts = {"code": "x", "name_vi": "x", "name_en": "x", "kind": "mou"}
    cast.client(who).post(reverse("admin:agreements_instrumenttype_add"), facts)
    assert not InstrumentType.objects.exists()
