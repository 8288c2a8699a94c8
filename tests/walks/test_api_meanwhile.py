"""What others did while a request of the API waited for the row: nothing is lost, and nothing breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agreements.models import (
    Agreement,
    Answer,
    Comment,
    Commitment,
    Document,
    DueRequest,
    Milestone,
    Participant,
    Proceeding,
    ProceedingStep,
    Share,
    Step,
)  # fmt: skip
from partners.records import RecordQuerySet
from tests.conftest import Cast
from tests.factories import TODAY, make_document, make_organisation, make_procedure
from tests.walks.test_api_contract import plain

DRAFT, PAPER, PROMISE = "US-2026-01", "US-2023-01", "US-2023-01-1"
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


def asked_for_another_day(cast: Cast) -> str:
    Commitment.objects.filter(pk=cast.commitment.pk).update(due_on=TODAY, baseline_due_on=TODAY)
    said = {"to": "2027-03", "reason": "Late"}
    assert cast.api("sara").post(f"/api/v1/commitments/{PROMISE}/ask-day/", said, "json").status_code == 200
    return f"due-requests/{DueRequest.objects.get().pk}"


def disputed(cast: Cast) -> str:
    said = {"verdict": "disputed", "seen": cast.commitment.wording_hash, "organisation": "gov-us", "proposed_en": "B"}
    assert cast.api("sara").post(f"/api/v1/commitments/{PROMISE}/answer/", said, "json").status_code == 200
    return f"answers/{Answer.objects.get().pk}"


def posted(cast: Cast, who: str, name: str, /, **body: Any) -> str:
    answer = cast.api(who).post(f"/api/v1/{name}/", body, format="json")
    assert answer.status_code == 201, answer.content
    return f"{name}/{answer.json()['id']}"


def reported(cast: Cast, *, hand_in: bool = True) -> str:
    return posted(cast, "sara", "reports", commitment=PROMISE, organisation="gov-us", text="Begun", hand_in=hand_in)


def commented(cast: Cast) -> str:
    return posted(cast, "linh", "comments", agreement=PAPER, text="Why?")


def amended(cast: Cast) -> str:
    body = {"agreement": PAPER, "kind": "extension", "text_en": "Longer", "expires": "2031-09-10"}
    return posted(cast, "linh", "amendments", **body, document=str(make_document(agreement=cast.agreement).pk))


# Who does what to which row, by which act, with what said.
ACTS: list[tuple[Callable[[Cast], str], str, str, dict[str, str]]] = [
    (asked_for_another_day, "minh", "approve", {}),
    (asked_for_another_day, "minh", "refuse", {"comment": "No"}),
    (asked_for_another_day, "sara", "withdraw", {}),
    (disputed, "linh", "adopt", {}),
    (disputed, "linh", "decline", {"comment": "No"}),
    (reported, "linh", "accept", {}),
    (reported, "linh", "return", {"comment": "Where?"}),
    (lambda cast: reported(cast, hand_in=False), "sara", "submit", {}),
    (commented, "minh", "resolve", {}),
    (commented, "minh", "reopen", {}),
    (amended, "linh", "submit", {}),
    (lambda cast: f"shares/{Share.objects.get(organisation=cast.us).pk}", "linh", "revoke", {}),
]


@pytest.mark.parametrize(("make", "who", "act", "said"), ACTS, ids=[f"{one[2]}-{at}" for at, one in enumerate(ACTS)])
def test_acts_are_done_on_what_was_read(
    cast: Cast, today: object, make: Callable[[Cast], str], who: str, act: str, said: dict[str, str]
) -> None:
    where, api = f"/api/v1/{make(cast)}/", plain(cast, who)
    tag = api.get(where).headers["ETag"]
    stale = api.post(f"{where}{act}/", said, format="json", HTTP_IF_MATCH='"999.0"')
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert api.get(where).headers["ETag"] == tag, "nothing was done"
    done = api.post(f"{where}{act}/", said, format="json", HTTP_IF_MATCH=tag)
    assert done.status_code == 200, done.content


def test_evidence_is_put_beside_what_was_read(cast: Cast, today: object, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT, api = str(tmp_path), plain(cast, "sara")
    where = f"/api/v1/{reported(cast, hand_in=False)}/"
    for tag, code in (('"999"', 412), (api.get(where).headers["ETag"], 200)):
        file = SimpleUploadedFile("photo.txt", b"here it is")
        assert api.post(f"{where}evidence/", {"file": file}, HTTP_IF_MATCH=tag).status_code == code


def test_a_thread_is_closed_as_it_is_now(cast: Cast, today: object, meanwhile: Meanwhile) -> None:
    """An answer of the thread is named; who began it wrote on meanwhile."""
    first = commented(cast).split("/")[1]
    reply = posted(cast, "linh", "comments", agreement=PAPER, text="So.", answers=int(first))
    meanwhile(Comment, lambda: Comment.objects.filter(pk=first).update(text="Why not?"))
    assert cast.api("minh").post(f"/api/v1/{reply}/resolve/", {}, format="json").status_code == 200
    begun = Comment.objects.get(pk=first)
    assert (begun.text, begun.resolved_at is None) == ("Why not?", False)


def lost(cast: Cast) -> Callable[[], object]:
    """It is given to another desk, which all staff see."""
    return lambda: Agreement.objects.filter(ref=PAPER).update(desk=cast.other_desk)


@pytest.mark.parametrize("face", ["page", "api"])
def test_no_paper_comes_in_once_another_desk_keeps_it(
    cast: Cast, today: object, meanwhile: Meanwhile, settings: Any, tmp_path: Any, face: str
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    said = {"kind": "draft_text", "title_en": "Second", "title_vi": "", "audience": "internal", "language": "en"}
    file = SimpleUploadedFile("a.txt", b"text")
    meanwhile(Agreement, lost(cast))
    if face == "api":
        answer = plain(cast, "linh").post("/api/v1/documents/", said | {"agreement": PAPER, "upload": file})
        assert answer.status_code == 403, answer.content
    else:
        page = cast.client("linh").post(f"/agreements/{PAPER}/papers/", said | {"upload": file}).content
        assert "Only its desk adds papers" in page.decode()
    assert not Document.objects.filter(title_en="Second").exists()


@pytest.mark.parametrize("face", ["page", "api"])
@pytest.mark.parametrize("act", ["open", "close", "send_back"])
def test_no_step_of_a_procedure_either(cast: Cast, today: object, meanwhile: Meanwhile, face: str, act: str) -> None:
    Agreement.objects.filter(ref=PAPER).update(legal_regime="international_agreement")
    procedure, place = make_procedure(), f"/agreements/{PAPER}/procedure/"
    if act != "open":
        going = Proceeding.objects.create(agreement=cast.agreement, procedure=procedure, opened_on=TODAY)
        step = ProceedingStep.objects.create(proceeding=going, step=procedure.steps.get(), started_on=TODAY)
        ways = {"close": f"proceedings/{going.pk}/close/", "send_back": f"proceeding-steps/{step.pk}/send-back/"}
    meanwhile(Agreement, lost(cast))
    said = {"agreement": PAPER, "procedure": procedure.code} if act == "open" else {"reason": "Incomplete"}
    if face == "api":
        path = "proceedings/" if act == "open" else ways[act]
        assert plain(cast, "linh").post(f"/api/v1/{path}", said, format="json").status_code == 403
    else:
        form = {"procedure": procedure.pk, "reason": ""} if act == "open" else said
        path = reverse("dossier_return", args=[PAPER, step.pk]) if act == "send_back" else f"{place}{act}/"
        cast.client("linh").post(path, form)
    assert not Step.objects.filter(name__in=("procedure_open", "procedure_close", "dossier_returned")).exists()
    assert Proceeding.objects.filter(closed_on=None).count() == (act != "open")
