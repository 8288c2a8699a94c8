"""The operator's admin is no second door: same gate, and nothing writable there that the rules protect."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override

from agreements.importing.models import ImportMapping, ImportPartner, ImportRow
from agreements.jobs.models import JobRun, Outage, SetAside
from agreements.models import (
    Agreement,
    Amendment,
    Awaited,
    Cell,
    Counted,
    CountedNow,
    Covered,
    DayDone,
    HeldPaper,
    Placed,
    ProceedingStep,
    Stale,
    Tally,
    Touched,
)
from partners.models import ApiToken, Attempt, Draft, Entry, KeptAnswer, User
from partners.requests import Request, signed_in
from partners.viewers import Role, Viewer
from tests.conftest import Cast
from tests.walks.test_fields import own_models

# What one person has typed or put in; what is only worked out from other tables; what stands on the page of
# the heartbeat; and counters of tries, which end by themselves.
NOT_THERE = {
    Draft, Entry, Awaited, Cell, Counted, CountedNow, Stale, Tally, Covered, Touched, DayDone, JobRun, SetAside, Outage,
    Attempt, KeptAnswer, Placed, ImportRow, ImportPartner, ImportMapping, HeldPaper,
}  # fmt: skip
PAGES = sorted(admin.site._registry, key=lambda model: model.__name__)


def test_every_table_has_its_page() -> None:
    assert set(own_models()) - set(PAGES) == NOT_THERE


@pytest.fixture
def request_of_an_operator(rf: RequestFactory) -> Request:
    """What these pages let somebody do hangs on the role alone: no account has to be kept for that."""
    request = signed_in(rf.get("/admin/"))
    request.user, request.viewer = User(role=Role.OPERATOR), Viewer(role=Role.OPERATOR)
    return request


@pytest.mark.parametrize("model", [m for m in PAGES if m not in (ApiToken, User)], ids=lambda m: m.__name__)
def test_no_field_is_writable_that_the_rules_protect(model: Any, request_of_an_operator: Request) -> None:
    request = request_of_an_operator
    page = admin.site._registry[model]
    if not page.has_change_permission(request):
        return
    form = page.get_form(request, model(), change=True)
    locked = set(model.FIELDS.locked.split()) - {"archived_because"}
    assert set(form.base_fields) & locked == set()
    for inline in page.get_inline_instances(request, model()):
        inner = inline.model
        fields = set(inline.get_formset(request, model()).form.base_fields)
        assert fields & (set(inner.FIELDS.locked.split()) - {"id"}) <= {"agreement"}


@pytest.mark.parametrize("model", PAGES, ids=lambda m: m.__name__)
def test_nothing_is_deleted_there(model: Any, request_of_an_operator: Request) -> None:
    page = admin.site._registry[model]
    assert model is ApiToken or not page.has_delete_permission(request_of_an_operator)


# Words that are the same in Vietnamese.
SAME_IN_BOTH = {"Email", "Message-ID", "SHA-256"}


@pytest.mark.parametrize("model", PAGES, ids=lambda m: m.__name__)
def test_what_it_shows_is_named_in_vietnamese(model: Any, request_of_an_operator: Request) -> None:
    request = request_of_an_operator
    page = admin.site._registry[model]
    shown: list[tuple[Any, Any, Any]] = [
        (model, page, name)
        for name in (*page.get_list_display(request), *page.get_fields(request, model()))
        if name not in getattr(page.form, "declared_fields", {})
    ]
    for inline in page.get_inline_instances(request, model()):
        shown += [(inline.model, inline, name) for name in inline.get_fields(request, model())]
    names = {}
    for language in ("en", "vi"):
        with override(language):
            names[language] = [str(label_for_field(name, of, by)) for of, by, name in shown]
    same = [en for en, vi in zip(names["en"], names["vi"], strict=True) if en.lower() == vi.lower()]
    assert names["en"]
    assert set(same) <= SAME_IN_BOTH


def test_a_forged_post_changes_no_protected_field(cast: Cast) -> None:
    client = cast.client("operator")
    url = reverse("admin:agreements_agreement_change", args=[cast.agreement.pk])
    before = Agreement.objects.filter(pk=cast.agreement.pk).values("stage", "ending", "ref", "submitted_by_id").get()
    facts = {
        "title_vi": "x", "title_en": "y", "kind": "mou", "legal_regime": "other", "desk": cast.desk.pk,
        "renewal": "none", "stage": "ended", "ending": "expiry", "ref": "FAKE", "submitted_by": cast.linh.pk,
        "version": 99, "because": "A slip of the pen", "signed_on": f"{cast.agreement.signed_on:%d/%m/%Y}",
        "participants-TOTAL_FORMS": 0, "participants-INITIAL_FORMS": 0,
    }  # fmt: skip
    answer = client.post(url, facts)
    assert answer.status_code == 302, answer.context["errors"]
    assert Agreement.objects.filter(pk=cast.agreement.pk).values(*before).get() == before


@pytest.mark.parametrize("model", [Amendment, ProceedingStep])
def test_what_two_people_decide_is_only_read(model: Any, cast: Cast) -> None:
    client = cast.client("operator")
    name = model._meta.model_name
    assert client.get(reverse(f"admin:agreements_{name}_add")).status_code == 403
    row = Amendment.objects.create(agreement=cast.agreement, number=1, text_en="x", stage="in_review")
    if model is Amendment:
        client.post(reverse("admin:agreements_amendment_change", args=[row.pk]), {"stage": "approved", "text_en": "z"})
        row.refresh_from_db()
        assert (row.stage, row.text_en) == ("in_review", "x")


def test_the_operator_moves_a_stuck_record_by_the_same_table(cast: Cast) -> None:
    stuck = cast.hidden
    Agreement.objects.filter(pk=stuck.pk).update(stage="in_review")
    url = reverse("admin:agreements_agreement_act", args=[stuck.pk, "return"])
    client = cast.client("operator")
    client.post(url, {})
    stuck.refresh_from_db()
    assert stuck.stage == "in_review", "without a reason the table refuses"
    client.post(url, {"reason": "its manager has left"})
    client.post(reverse("admin:agreements_agreement_act", args=[stuck.pk, "submit"]), {})
    stuck.refresh_from_db()
    assert (stuck.stage, stuck.steps.get().by) == ("draft", cast.operator)
