"""Four eyes beside the approval of a text: reports, days and action items, through deputies and links; and no change
after the second pair of eyes has looked, by an undo or by a form that was open meanwhile.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.utils import timezone

from agreements.commitments.rules import action_items, bulk, due_requests, editing, links, reports
from agreements.commitments.views import parts
from agreements.dates import PartialDate
from agreements.models import (
    ActionItem,
    Agreement,
    Commitment,
    DueRequest,
    Funding,
    Indicator,
    Measurement,
    Milestone,
    Report,
)
from agreements.register.models.content import kinds
from agreements.register.rules import undoing
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from partners.models import Absence
from partners.refusals import Refused
from partners.requests import signed_in
from tests.agreements.pages.test_log_form import edited
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_user


@pytest.fixture
def vu(cast: Cast, today: object) -> str:
    """A manager of another desk, who stands in for Minh."""
    cast.people["vu"] = make_user(role="manager", name="Vu", desks=[cast.other_desk])
    cast.people["third"] = make_user(role="manager", name="Third", desks=[cast.desk])
    Absence.objects.create(user=cast.minh, deputy=cast.people["vu"], from_on=TODAY, to_on=TODAY + timedelta(days=5))
    return "vu"


def reported(cast: Cast, who: str) -> Report:
    return reports.hand_in(Report(commitment=cast.commitment, text="x"), by=cast.viewer(who))


def asked(cast: Cast, who: str) -> DueRequest:
    dated = make_commitment(agreement=cast.agreement, due_on=TODAY + timedelta(days=5))
    day = PartialDate(TODAY + timedelta(days=50))
    return due_requests.ask(dated, day, reason="x", by=cast.viewer(who))


def done(cast: Cast, who: str) -> ActionItem:
    item = ActionItem.objects.create(desk=cast.desk, title="x", owner=cast.people[who])
    action_items.finish(item, result="x", by=cast.viewer(who))
    return ActionItem.objects.get(pk=item.pk)


WORKS: dict[str, tuple[Any, Any]] = {
    "report": (reported, lambda row, by: reports.decide(row, accept=True, by=by)),
    "day": (asked, lambda row, by: due_requests.decide(row, approve=True, by=by)),
    "action": (done, lambda row, by: action_items.verify(row, holds=True, by=by)),
}


@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize(("author", "decider"), [("minh", "vu"), ("vu", "minh"), ("minh", "minh"), ("vu", "vu")])
def test_a_deputy_and_the_absent_are_one_pair_of_eyes(
    cast: Cast, vu: str, work: str, author: str, decider: str
) -> None:
    make, decide = WORKS[work]
    row = make(cast, author)
    with pytest.raises(Refused):
        decide(row, cast.viewer(decider))
    decide(row, cast.viewer("third"))


def test_the_queue_holds_nothing_that_its_reader_would_be_refused(cast: Cast, vu: str) -> None:
    ref = asked(cast, "minh").commitment.ref
    reported(cast, "minh")
    for who, sees in (("vu", False), ("third", True)):
        page = cast.client(who).get("/review/").content.decode().split("<main")[1]
        assert (f"/commitments/{ref}/#days" in page) == sees, who
        assert (f"/commitments/{cast.commitment.ref}/" in page) == sees, who


def test_who_makes_a_link_does_not_accept_what_comes_by_it(cast: Cast, today: object) -> None:
    """Its maker has seen the secret: the report may be the maker's own."""
    _link, secret = links.make(
        cast.commitment, cast.us, "report", recipient="Ann", days=5, by=cast.viewer("linh")
    )  # fmt: skip
    facts = {"text": "All done", "delivery": "under_way", "health": "on_track", "organisation": cast.us.pk}
    assert "has arrived" in cast.client("anonymous").post(f"/l/{secret}/", facts).content.decode()
    report = Report.objects.get()
    with pytest.raises(Refused):
        reports.decide(report, accept=True, by=cast.viewer("linh"))
    reports.decide(report, accept=True, by=cast.viewer("minh"))


@pytest.fixture
def draft(cast: Cast, today: object) -> Agreement:
    agreement = make_agreement(desk=cast.desk, stage="draft", owner=cast.linh, parties=[cast.home, cast.us])
    make_commitment(agreement=agreement, due_on=TODAY + timedelta(days=9))
    return agreement


def clear(agreement: Agreement, cast: Cast) -> None:
    perform("submit", Agreement.objects.get(pk=agreement.pk), by=cast.viewer("linh"), facts=Facts(on=TODAY))
    fresh = Agreement.objects.get(pk=agreement.pk)
    perform("clear", fresh, by=cast.viewer("minh"), facts=Facts(on=TODAY, seen=fresh.content_hash()))


@pytest.mark.parametrize("stage", ["in_review", "cleared", "signed"])
def test_no_undo_reaches_behind_a_clearing(cast: Cast, draft: Agreement, stage: str) -> None:
    commitment = draft.commitments.get()
    wish = bulk.Wish("due", PartialDate(TODAY + timedelta(days=90)))
    changed = bulk.apply([commitment.ref], wish, by=cast.viewer("linh"))
    clear(draft, cast)
    Agreement.objects.filter(pk=draft.pk).update(stage=stage)
    assert bulk.undo(changed, by=cast.viewer("linh"), at=timezone.now()) == (0, 1)
    assert Commitment.objects.get(pk=commitment.pk).due_on == TODAY + timedelta(days=90)


def test_who_has_left_the_desk_undoes_nothing_there(cast: Cast, draft: Agreement) -> None:
    step = perform("submit", draft, by=cast.viewer("linh"), facts=Facts(on=TODAY))
    cast.linh.desks.set([cast.other_desk])
    with pytest.raises(Refused):
        undoing.undo(step, by=cast.viewer("linh"), at=timezone.now())


def forms(cast: Cast, draft: Agreement) -> dict[str, tuple[str, dict[str, Any]]]:
    commitment = draft.commitments.get()
    indicator = Indicator.objects.create(commitment=commitment, title_en="x", target=5)
    of_it = f"/commitments/{commitment.ref}"
    promise = {"title_en": "Other", "kind": "other", "direction": "ours", "delivery": "planned"}
    return {
        "commitment": (f"{of_it}/edit/", {**promise, "due": "1/12/2027", "seen_version": commitment.version}),
        "new commitment": (f"/agreements/{draft.ref}/commitments/new/", {**promise, "seen_version": 1}),
        "milestone": (f"{of_it}/milestones/new/", {"title_en": "Other", "status": "scheduled"}),
        "money": (f"{of_it}/money/new/", {"kind": "pledged", "amount": "5", "currency": "USD", "qualifier": "exact"}),
        "measurement": (f"/indicators/{indicator.pk}/measure/", {"value": "4", "date": "23/11/2026", "source": "x"}),
    }


def rows_of(draft: Agreement) -> list[Any]:
    kinds: tuple[Any, ...] = (Milestone, Funding, Measurement)
    return [list(draft.commitments.order_by("pk").values("pk", "title_en")), *(kind.objects.count() for kind in kinds)]


@pytest.mark.parametrize("name", ["commitment", "new commitment", "milestone", "money", "measurement"])
@pytest.mark.parametrize("cleared", [False, True])
def test_a_form_that_meets_a_clearing_half_way_changes_nothing(
    cast: Cast, draft: Agreement, name: str, cleared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the question whether it may be edited and the lock, the text is submitted and cleared."""
    address, facts = forms(cast, draft)[name]
    before, ask = rows_of(draft), editing.may_edit

    def ask_then_clear(*args: Any) -> bool:
        may = bool(ask(*args))
        monkeypatch.undo()
        if cleared:
            clear(draft, cast)
        return may

    monkeypatch.setattr(editing, "may_edit", ask_then_clear)
    monkeypatch.setattr(parts, "may_edit", ask_then_clear)
    answer = cast.client("linh").post(address, facts)
    assert (answer.status_code, rows_of(draft) == before) == ((422, True) if cleared else (302, False))


@pytest.mark.parametrize("cleared", [False, True])
def test_the_form_of_the_agreement_asks_for_the_stage_under_its_lock(
    cast: Cast, draft: Agreement, cleared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever knows the next version beforehand gains nothing by it."""
    data = edited(cast, draft, title_en="Other")
    locked = Agreement.objects.locked

    def clear_then_lock(_manager: Any) -> Any:
        monkeypatch.undo()
        clear(draft, cast)
        Agreement.objects.filter(pk=draft.pk).update(version=draft.version)  # as whoever guessed it would have it
        return locked()

    if cleared:
        monkeypatch.setattr(type(Agreement.objects), "locked", clear_then_lock)
    assert cast.client("linh").post(f"/agreements/{draft.ref}/edit/", data).status_code == (422 if cleared else 302)
    assert (Agreement.objects.get(pk=draft.pk).title_en == "Other") != cleared


CONTENT = [kind.model for kind in kinds(Agreement) if kind.model in admin.site._registry]


@pytest.mark.parametrize("stage", ["draft", "in_review", "cleared", "signed"])
def test_in_the_administration_a_text_rests_until_it_is_returned(
    whole: Agreement, people: Cast, rf: RequestFactory, stage: str
) -> None:
    """What every page refuses there is no operator's to write either; who keeps it still is."""
    Agreement.objects.filter(pk=whole.pk).update(stage=stage)
    request = signed_in(rf.get("/admin/"))
    request.user, request.viewer = people.operator, people.viewer("operator")
    written = {}
    for model in CONTENT:
        page, kind = admin.site._registry[model], next(kind for kind in kinds(Agreement) if kind.model is model)
        row = model.objects.filter(kind.of(whole)).first()
        if row and page.has_change_permission(request, row):
            written[model.__name__] = set(page.get_form(request, row, change=True).base_fields) - {"owner"}
    rests = stage in ("in_review", "cleared")
    assert len(written) > 7
    assert all(bool(fields - {"archived_because"}) != rests for fields in written.values()), written
    assert (written["Milestone"] == set()) == rests


@pytest.mark.parametrize("stage", ["draft", "cleared"])
def test_the_administration_adds_nothing_to_a_cleared_text(whole: Agreement, people: Cast, stage: str) -> None:
    Agreement.objects.filter(pk=whole.pk).update(stage=stage)
    commitment = whole.commitments.get()
    facts = {"commitment": commitment.pk, "title_en": "Slipped in", "title_vi": "", "status": "scheduled"}
    answer = people.client("operator").post("/admin/agreements/milestone/add/", facts)
    slipped = Milestone.objects.filter(title_en="Slipped in").exists()
    assert (answer.status_code, slipped) == ((302, True) if stage == "draft" else (422, False))
