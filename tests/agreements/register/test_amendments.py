"""Amendments: a copy, a difference, four eyes, a day, and nothing lost when the agreement has moved on."""

from __future__ import annotations

import itertools
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from agreements.commitments.rules import amending
from agreements.models import Agreement, Amendment, Step
from agreements.register.rules import amendments
from agreements.register.rules.amendments import TRANSITIONS
from agreements.register.rules.workflow import Facts
from agreements.vocabulary import AmendmentStage
from partners.refusals import Refused
from partners.viewers import Viewer
from tests.conftest import ROLES, Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_document, make_user


def propose(cast: Cast, agreement: Agreement | None = None, *, who: str = "linh", **wanted: Any) -> Amendment:
    agreement = agreement or cast.agreement
    copy = Agreement.objects.get(pk=agreement.pk)
    own = {name: wanted.pop(name) for name in ("effective_on", "text_en", "kind") if name in wanted}
    for name, value in (wanted or {"expires_on": date(2031, 12, 31)}).items():
        setattr(copy, name, value)
    amendment = Amendment(agreement=agreement, document=make_document(agreement=agreement), **own)
    return amendments.save(amendment, copy, by=cast.viewer(who))


def act(name: str, amendment: Amendment, *, by: Viewer, **said: str) -> Amendment:
    amendments.perform(name, amendment, by=by, facts=Facts(on=by.on, **said))  # type: ignore[arg-type]
    return amendment


def decide(cast: Cast, amendment: Amendment, who: str = "minh") -> Amendment:
    act("submit", amendment, by=cast.viewer("linh"))
    seen = Amendment.objects.get(pk=amendment.pk).content_hash()
    return act("approve", amendment, by=cast.viewer(who), seen=seen)


def test_it_is_edited_on_a_copy_and_numbered(cast: Cast, today: object) -> None:
    first = propose(cast, expires_on=date(2031, 12, 31), title_en="New title")
    cast.agreement.refresh_from_db()
    assert (cast.agreement.expires_on, cast.agreement.title_en == "New title") == (None, False)
    assert set(first.changes) == {"expires_on", "title_en"}
    act("withdraw", first, by=cast.viewer("linh"), reason="no need")
    assert propose(cast).number == 2


def test_applied_at_once_when_its_day_has_come(cast: Cast, today: object) -> None:
    decided = decide(cast, propose(cast, expires_on=date(2031, 12, 31), summary_vi="Mới"))
    cast.agreement.refresh_from_db()
    assert (cast.agreement.expires_on, cast.agreement.summary_vi) == (date(2031, 12, 31), "Mới")
    assert (decided.stage, decided.decided_by) == ("applied", cast.minh)
    names = list(cast.agreement.steps.order_by("pk").values_list("name", flat=True))
    assert names == ["amendment_submit", "amendment_approve", "amendment_apply"]


def test_waits_for_its_day_and_is_applied_once(cast: Cast, today: object) -> None:
    day = TODAY + timedelta(days=10)
    decided = decide(cast, propose(cast, effective_on=day))
    cast.agreement.refresh_from_db()
    assert (decided.stage, cast.agreement.expires_on) == ("approved", None)
    assert amendments.apply_due(day - timedelta(days=1)) == 0
    assert amendments.apply_due(day + timedelta(days=30)) == 1, "a missed run loses nothing"
    assert amendments.apply_due(day + timedelta(days=30)) == 0
    cast.agreement.refresh_from_db()
    assert cast.agreement.expires_on == date(2031, 12, 31)


def test_what_no_longer_fits_is_said_and_loses_nothing(cast: Cast, today: object) -> None:
    """The field that the amendment changes was corrected meanwhile; other fields do not matter."""
    day = TODAY + timedelta(days=1)
    fits = decide(cast, propose(cast, effective_on=day))
    other = make_agreement(desk=cast.desk, parties=[cast.home, cast.us])
    stuck = decide(cast, propose(cast, other, title_en="Amended", effective_on=day))
    Agreement.objects.filter(pk=cast.agreement.pk).update(title_en="Corrected")
    Agreement.objects.filter(pk=other.pk).update(title_en="Corrected")
    assert amendments.apply_due(day) == 1
    fits.refresh_from_db()
    stuck.refresh_from_db()
    other.refresh_from_db()
    assert (fits.stage, stuck.stage, other.title_en) == ("applied", "approved", "Corrected")
    assert "has changed since the amendment was written" in stuck.comment


def test_nobody_approves_what_they_wrote_or_were_not_shown(cast: Cast, today: object) -> None:
    amendment = propose(cast, who="minh")
    act("submit", amendment, by=cast.viewer("linh"))
    amendment.refresh_from_db()
    with pytest.raises(Refused, match="Someone else"):
        act("approve", amendment, by=cast.viewer("minh"), seen=amendment.content_hash())
    cast.people["second"] = make_user(role="manager", desks=[cast.desk])
    with pytest.raises(Refused, match="Read it again"):
        act("approve", amendment, by=cast.viewer("second"), seen="what was shown before")
    act("approve", amendment, by=cast.viewer("second"), seen=amendment.content_hash())


def test_the_manager_finds_it_under_review(cast: Cast, today: object) -> None:
    amendment = propose(cast)
    assert "Amendment no. 1" not in cast.client("minh").get("/review/").content.decode()
    act("submit", amendment, by=cast.viewer("linh"))
    assert "Amendment no. 1" in cast.client("minh").get("/review/").content.decode()
    Amendment.objects.update(updated_by=cast.minh)
    assert "Amendment no. 1" not in cast.client("minh").get("/review/").content.decode(), "never one's own"


def test_one_open_amendment_at_a_time(cast: Cast, today: object) -> None:
    propose(cast)
    with pytest.raises(Exception, match="still open"):
        propose(cast, title_en="x")


def test_empty_or_paperless_ones_go_nowhere(cast: Cast, today: object) -> None:
    empty = propose(cast, title_en=cast.agreement.title_en)
    with pytest.raises(Refused, match="changes nothing"):
        act("submit", empty, by=cast.viewer("linh"))
    empty.text_en = "A new annex"
    empty.document = None
    empty.save()
    with pytest.raises(Refused, match="Choose the paper"):
        act("submit", empty, by=cast.viewer("linh"))


ALLOWED = {
    ("submit", "draft"): {"linh", "minh"},
    ("approve", "in_review"): {"minh"},
    ("return", "in_review"): {"minh"},
    ("withdraw", "draft"): {"linh", "minh"},
    ("withdraw", "in_review"): {"linh", "minh"},
    ("withdraw", "approved"): {"linh", "minh"},
}


@pytest.mark.parametrize(("name", "stage"), list(itertools.product(TRANSITIONS, AmendmentStage.values)))
def test_act_x_role_x_stage(name: str, stage: str, cast: Cast, today: object) -> None:
    for role in ROLES:
        agreement = make_agreement(desk=cast.desk, parties=[cast.home, cast.us])
        amendment = Amendment.objects.create(
            agreement=agreement, number=1, stage=stage, text_en="x", document=make_document(agreement=agreement)
        )
        try:
            seen = amendment.content_hash()
            act(name, amendment, by=cast.viewer(role), reason="why", seen=seen)
        except Refused as no:
            assert role not in ALLOWED.get((name, stage), set()), f"{role}: {no}"
            amendment.refresh_from_db()
            assert amendment.stage == stage
            assert not Step.objects.filter(agreement=agreement).exists()
        else:
            assert role in ALLOWED.get((name, stage), set()), role


@pytest.mark.parametrize("stage", ["draft", "in_review", "cleared", "ended"])
def test_only_signed_agreements_are_amended(cast: Cast, today: object, stage: str) -> None:
    agreement = make_agreement(desk=cast.desk, stage=stage, parties=[cast.home, cast.us])
    with pytest.raises(Refused, match="Signed agreements"):
        propose(cast, agreement)


def test_the_page_shows_the_difference_in_both_languages(cast: Cast, today: object) -> None:
    client = cast.client("linh")
    paper = make_document(agreement=cast.agreement)
    facts = {
        "kind": "extension", "text_vi": "Kéo dài thêm", "text_en": "Extended", "document": paper.pk,
        "terms-title_vi": cast.agreement.title_vi, "terms-title_en": "Sequel", "terms-expires": "12/2031",
        "terms-renewal": "none",
    }  # fmt: skip
    wrong = client.post("/agreements/US-2023-01/amendments/new/", {**facts, "terms-expires": "13/2031"})
    assert wrong.status_code == 422
    assert "Kéo dài thêm" in wrong.content.decode()
    assert client.post("/agreements/US-2023-01/amendments/new/", facts).status_code == 302
    page = client.get("/agreements/US-2023-01/amendments/1/").content.decode()
    for shown in ("Kéo dài thêm", "Extended", "Sequel", "<ins>12/2031</ins>", cast.agreement.title_en):
        assert shown in page
    amendment = Amendment.objects.get()
    assert set(amendment.changes) == {"title_en", "expires_on", "expires_precision"}
    stale = client.post("/agreements/US-2023-01/amendments/1/edit/", {**facts, "seen_version": 0})
    assert "Someone has changed this amendment" in stale.content.decode()
    assert cast.client("sara").get("/agreements/US-2023-01/amendments/1/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_managers_approve_at_once_and_one_does(cast: Cast, today: object) -> None:
    amendment = propose(cast)
    act("submit", amendment, by=cast.viewer("linh"))
    seen = Amendment.objects.get().content_hash()
    for name in "abcd":
        cast.people[name] = make_user(role="manager", desks=[cast.desk])
    viewers = [cast.viewer(name) for name in "abcd"]
    start, outcomes = threading.Barrier(4), []

    def approve(viewer: Any) -> None:
        start.wait()
        try:
            act("approve", amendment, by=viewer, seen=seen)
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=(viewer,)) for viewer in viewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused", "refused", "refused"]
    assert Step.objects.filter(name="amendment_apply").count() == 1


def test_a_day_is_shown_as_exactly_as_it_is_known(cast: Cast, today: object) -> None:
    """Also where nothing but that changes; a commitment's day as well, whether its exactness changes or not."""
    agreement = make_agreement(
        desk=cast.desk, parties=[cast.home, cast.us], expires_on=date(2030, 12, 31), expires_precision="year",
        effective_on=date(2024, 1, 1), effective_precision="month",
    )  # fmt: skip
    duty = make_commitment(agreement=agreement, due_on=date(2028, 12, 31), due_precision="year")
    amendment = Amendment.objects.create(
        agreement=agreement, number=1, kind="amendment", text_en="x",
        changes={
            "expires_on": {"before": "2030-12-31", "after": "2032-12-31"},
            "effective_precision": {"before": "month", "after": "day"},
        },
        promises=[
            {"do": "change", "commitment": duty.pk, "values": {"due_on": "2029-12-31"},
             "before": {"due_on": "2028-12-31"}},
        ],
    )  # fmt: skip
    shown = {one.column: (str(one.before), str(one.after)) for one in amendments.differences(amendment)}
    assert shown == {"expires_on": ("2030", "2032"), "effective_on": ("01/2024", "01/01/2024")}
    (said,) = amending.in_words(amendment)
    assert said.endswith("2028 → 2029") and "31/12" not in said
    page = cast.client("linh").get(f"{agreement.get_absolute_url()}amendments/1/").content.decode()
    assert "<ins>2032</ins>" in page and "<ins>01/01/2024</ins>" in page
