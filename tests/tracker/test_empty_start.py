"""Production begins with reference lists alone, and every page is there for whoever comes first."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from agreements.exchange.loading import REFERENCE, load
from agreements.models import Agreement, Procedure, ReminderRule
from partners.models import Country, Sector
from tests.factories import make_desk, make_user
from tracker.management.commands.prepare import SEEDS

LISTS = {
    "Country", "Sector", "ReminderRule", "SignatoryLevel", "Procedure", "ProcedureStep", "InstrumentType",
    "Word", "Counted", "Cell", "Stale",
}  # fmt: skip
PAGES = (
    "/", "/agreements/", "/commitments/", "/partners/", "/partners/map/", "/search/?q=x", "/inbox/", "/oversight/",
    "/actions/", "/calendars/", "/exports/", "/changes/", "/review/", "/handover/", "/reminders/", "/profile/",
    "/agreements/?view=timeline", "/commitments/?view=board", "/api/v1/agreements/", "/agreements/export.csv",
)  # fmt: skip


@pytest.fixture
def empty(db: None) -> None:
    load(SEEDS / REFERENCE, on=timezone.localdate())


def test_nothing_that_anybody_did_is_loaded(empty: None) -> None:
    assert Country.objects.count() > 190
    assert Sector.objects.exists()
    assert ReminderRule.objects.exists()
    assert Procedure.objects.exists()
    own: list[Any] = [model for app in ("partners", "agreements") for model in apps.get_app_config(app).get_models()]
    facts = [model for model in own if not hasattr(model, "pgh_tracked_model") and model.__name__ not in LISTS]
    assert len(facts) > 40
    assert [model.__name__ for model in facts if model._default_manager.exists()] == []


def test_what_an_operator_has_changed_outlives_an_upgrade(empty: None) -> None:
    """The lists are loaded again with each version."""
    rule, desk, gone = ReminderRule.objects.all()[0], make_desk(), Sector.objects.all()[0]
    operator = make_user(role="operator").viewer()
    rule.offsets, desk.name_en = [-5], "Our own name"
    gone.archived_at, gone.archived_because = timezone.now(), "not used here"
    for row in (rule, desk, gone):
        row.stamp(operator).save()
    before = {type(row): type(row).objects.count() for row in (rule, desk, gone)}
    load(SEEDS / REFERENCE, on=timezone.localdate())
    for row in (rule, desk, gone):
        row.refresh_from_db()
    assert (rule.offsets, desk.name_en, bool(gone.archived_at)) == ([-5], "Our own name", True)
    assert {model: model.objects.count() for model in before} == before


@pytest.mark.parametrize("role", ["officer", "manager", "partner", "auditor", "operator"])
def test_each_page_is_there_for_who_comes_first(empty: None, role: str) -> None:
    desks = [make_desk()] if role in ("officer", "manager") else []
    client = Client(raise_request_exception=False)
    client.force_login(make_user(role=role, desks=desks), backend="allauth.account.auth_backends.AuthenticationBackend")
    answers = {page: client.get(page).status_code for page in PAGES}
    assert {page: answer for page, answer in answers.items() if answer not in (200, 404)} == {}
    assert [answers[page] for page in ("/", "/agreements/", "/commitments/", "/partners/")] == [200] * 4
    assert not Agreement.objects.exists()
