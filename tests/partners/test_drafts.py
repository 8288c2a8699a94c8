"""What was typed and not handed in: kept for its author alone, dropped once the form was taken."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from partners.models import Draft
from partners.viewers import Viewer
from tests.conftest import ROLES, Cast

FORM = "/agreements/new/#0"
TYPED = [["title_vi", "Bản ghi nhớ"], ["sectors", "1"], ["sectors", "2"]]


def keep(client: Any, *, form: str = FORM, window: str = "w1", data: Any = TYPED) -> Any:
    url = f"/drafts/?form={form.replace('#', '%23')}&window={window}"
    return client.post(url, data if isinstance(data, str) else json.dumps(data), content_type="application/json")


def found(client: Any, form: str = FORM) -> Any:
    return client.get("/drafts/", {"form": form}).json()["drafts"]


def test_given_back_as_typed_newest_first(cast: Cast) -> None:
    client = cast.client("linh")
    assert keep(client).status_code == 204
    assert keep(client, window="w2", data=[["title_vi", "Second window"]]).status_code == 204
    assert keep(client, data=[*TYPED, ["title_en", "Memorandum"]]).status_code == 204
    assert [d["window"] for d in found(client)] == ["w1", "w2"]
    assert found(client)[0]["data"] == [*TYPED, ["title_en", "Memorandum"]]
    assert found(client, "/agreements/new/#1") == []


def test_nobody_else_reads_them_not_even_the_operator(cast: Cast) -> None:
    keep(cast.client("linh"))
    for role in ROLES[2:]:
        assert found(cast.client(role)) == [], role
        assert not Draft.objects.visible_to(cast.viewer(role)).exists()
    assert not Draft.objects.visible_to(Viewer()).exists()
    assert cast.client("anonymous").get("/drafts/").status_code == 302
    cast.client("huy").delete(f"/drafts/?form={FORM.replace('#', '%23')}&window=w1")
    assert Draft.objects.count() == 1


def test_dropped_by_hand_or_once_the_form_was_taken(cast: Cast) -> None:
    client = cast.client("linh")
    keep(client, window="taken")
    keep(client, window="other")
    note = "/agreements/US-2023-01/notes/"
    client.post(note, {"text": "kept", "draft_window": "taken"})
    assert [d["window"] for d in found(client)] == ["other"]
    refused = client.post("/agreements/new/", {"title_vi": "", "draft_window": "other"})
    assert refused.status_code == 422
    assert [d["window"] for d in found(client)] == ["other"], "a refused form keeps its draft"
    client.delete(f"/drafts/?form={FORM.replace('#', '%23')}&window=other")
    assert found(client) == []


def test_an_expired_session_drops_nothing(cast: Cast) -> None:
    keep(cast.client("linh"), window="mine")
    answer = cast.client("anonymous").post("/agreements/US-2023-01/notes/", {"text": "x", "draft_window": "mine"})
    assert answer.status_code == 302
    assert Draft.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ("nonsense", 400), ('{"a": 1}', 400), ("[1]", 400), ('[["a"]]', 400), ('[["a", 1]]', 400), ("[" * 50_000, 400),
        (json.dumps([["a", "x" * 600_000]]), 413), ("[]", 204),
    ],
)  # fmt: skip
def test_bad_input_is_refused(cast: Cast, data: str, status: int) -> None:
    assert keep(cast.client("linh"), data=data).status_code == status


def test_secrets_and_nul_are_not_kept(cast: Cast) -> None:
    keep(cast.client("linh"), data=[["csrfmiddlewaretoken", "t"], ["password", "p"], ["text", "a\x00b"]])
    assert Draft.objects.get().data == [["text", "ab"]]


def test_one_person_keeps_forty_windows_at_most(cast: Cast) -> None:
    client = cast.client("linh")
    for number in range(43):
        keep(client, form=f"/f{number}", window=f"w{number}")
    assert Draft.objects.count() == 40
    assert not Draft.objects.filter(window__in=["w0", "w1", "w2"]).exists()


def test_a_form_and_a_window_are_needed(cast: Cast) -> None:
    assert cast.client("linh").post("/drafts/", "[]", content_type="application/json").status_code == 400


def test_all_forms_of_a_page_are_asked_for_at_once(cast: Cast) -> None:
    client = cast.client("linh")
    for form in ("/a/#0", "/a/#1", "/b/#0"):
        client.post(f"/drafts/?form={quote(form)}&window=w", [["x", form]], content_type="application/json")
    found = client.get("/drafts/", {"form": ["/a/#0", "/a/#1"]}).json()["drafts"]
    assert {draft["form"]: draft["data"] for draft in found} == {"/a/#0": [["x", "/a/#0"]], "/a/#1": [["x", "/a/#1"]]}
    assert client.get("/drafts/").json() == {"drafts": []}
