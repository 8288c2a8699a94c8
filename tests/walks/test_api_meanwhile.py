"""What others did while a request of the API waited for the row: nothing is lost, and nothing breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from agreements.models import Agreement, Commitment, Milestone, Participant
from partners.records import RecordQuerySet
from tests.conftest import Cast
from tests.factories import make_organisation
from tests.walks.test_api_contract import plain

DRAFT, PROMISE = "US-2026-01", "US-2023-01-1"
Meanwhile = Callable[[type, Callable[[], object]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Let something happen between the first reading of a row of a kind and the moment that it is locked."""

    def plan(kind: type, act: Callable[[], object]) -> None:
        lock, waiting = RecordQuerySet.locked, [act]

        def locked(rows: Any, **options: Any) -> Any:
            if rows.model is kind and waiting:
                waiting.pop()()
            return lock(rows, **options)

        monkeypatch.setattr(RecordQuerySet, "locked", locked)

    return plan


def archive(kind: Any, **which: Any) -> Callable[[], object]:
    return lambda: kind.objects.filter(**which).update(archived_at=timezone.now())


def restrict(desk: Any) -> Callable[[], object]:
    """It goes to another desk, and is for that desk only."""
    return lambda: Agreement.objects.filter(ref=DRAFT).update(desk=desk, restricted=True)


def test_what_left_the_gate_meanwhile_is_not_found(cast: Cast, today: object, meanwhile: Meanwhile) -> None:
    api = cast.api("linh")
    begin = {"commitment": PROMISE, "title_en": "Begin", "due": "2027"}
    for act in ("patch", "remove"):
        step = api.post("/api/v1/milestones/", begin, format="json").json()["id"]
        where = f"/api/v1/milestones/{step}/"
        meanwhile(Milestone, archive(Milestone, pk=step))
        answer = api.patch(where, {"title_en": "B"}, "json") if act == "patch" else api.post(f"{where}remove/")
        assert answer.status_code == 404, act
    meanwhile(Agreement, restrict(cast.other_desk))
    assert api.post(f"/api/v1/agreements/{DRAFT}/submit/", {}, format="json").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("agreements/{DRAFT}/", {"place": "Huế"}),
        ("participants/", {"agreement": DRAFT, "organisation": "mit"}),
        ("commitments/", {"agreement": DRAFT, "title_en": "A", "text_en": "B"}),
    ],
)
def test_so_is_what_went_to_another_desk(
    cast: Cast, today: object, meanwhile: Meanwhile, path: str, body: dict[str, Any]
) -> None:
    make_organisation(code="mit", country="US")
    meanwhile(Agreement, restrict(cast.other_desk))
    send = cast.api("linh").patch if "DRAFT" in path else cast.api("linh").post
    assert send(f"/api/v1/{path.format(DRAFT=DRAFT)}", body, format="json").status_code == 404


def test_acts_on_a_promise_that_is_gone(cast: Cast, today: object, meanwhile: Meanwhile) -> None:
    meanwhile(Commitment, archive(Commitment, ref=PROMISE))
    said = {"what": "Visas", "side": "ours", "removed_by": "desk"}
    api = plain(cast, "linh")
    assert api.post(f"/api/v1/commitments/{PROMISE}/block/", said, "json", HTTP_IF_MATCH="*").status_code == 404


def test_a_party_is_taken_out_once_and_as_it_is_now(cast: Cast, today: object, meanwhile: Meanwhile) -> None:
    """Neither is lost what a colleague wrote meanwhile, nor is it overwritten by who read an older version."""
    make_organisation(code="mit", country="US")
    api, body = plain(cast, "linh"), {"agreement": DRAFT, "organisation": "mit"}
    row = api.post("/api/v1/participants/", body, format="json").json()
    where, own = f"/api/v1/participants/{row['id']}/", Participant.objects.filter(pk=row["id"])
    tag = api.get(where).headers["ETag"]
    meanwhile(Agreement, lambda: own.update(signatory="Ann", version=row["version"] + 1))
    assert api.post(f"{where}remove/", {}, format="json", HTTP_IF_MATCH=tag).status_code == 412
    meanwhile(Agreement, lambda: own.update(signatory="Bob"))
    assert api.post(f"{where}remove/", {}, format="json").status_code == 204
    assert own.get().signatory == "Bob"
    own.update(archived_at=None)
    meanwhile(Agreement, archive(Participant, pk=row["id"]))
    assert api.post(f"{where}remove/", {}, format="json").status_code == 404, "another was faster"
