"""What two send at once is done once; what is hidden or over is no way round a rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements.models import Agreement, Document, Share
from agreements.register.rules import references
from tests.conftest import Cast
from tests.factories import TODAY, make_document
from tests.walks.test_api_contract import NEW, plain


def test_doubles_are_looked_for_in_turn(cast: Cast, today: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a colleague logs while one waits for the turn is found."""
    api: Any = plain(cast, "linh")
    turn = references.one_by_one
    waiting = [lambda: plain(cast, "minh").post("/api/v1/agreements/", NEW, format="json")]

    def one_by_one(agreement: Agreement) -> None:
        turn(agreement)
        if waiting:
            assert waiting.pop()().status_code == 201

    monkeypatch.setattr(references, "one_by_one", one_by_one)
    answer = api.post("/api/v1/agreements/", NEW, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "double")


def test_an_edition_is_replaced_once(cast: Cast, today: object) -> None:
    old = make_document(agreement=cast.agreement)
    sent = {"agreement": cast.agreement.ref, "kind": "draft_text", "title_en": "Second", "replaces": old.pk}
    codes = [
        plain(cast, "linh").post(
            "/api/v1/documents/", {**sent, "upload": SimpleUploadedFile("a.txt", b"Words")}, format="multipart"
        ).status_code
        for _ in range(2)
    ]  # fmt: skip
    assert codes == [201, 409]
    assert Document.objects.filter(replaces=old).count() == 1


def test_a_share_that_is_over_is_not_given_anew(cast: Cast, today: object) -> None:
    over = Share.objects.get(organisation=cast.us, agreement=cast.agreement)
    Share.objects.filter(pk=over.pk).update(until_on=TODAY - timedelta(days=3))
    said = {"agreement": cast.agreement.ref, "organisation": "gov-us"}
    assert plain(cast, "linh").post("/api/v1/shares/", said, format="json").status_code == 409
    over.refresh_from_db()
    assert over.until_on == TODAY - timedelta(days=3)


def test_a_part_has_the_tag_of_its_whole(cast: Cast, today: object) -> None:
    """A partner, who reads no versions, may write over what they read in part."""
    sara: Any = plain(cast, "sara")
    said = {"commitment": "US-2023-01-1", "organisation": "gov-us", "text": "Begun", "hand_in": False}
    where = f"/api/v1/reports/{sara.post('/api/v1/reports/', said, format='json').json()['id']}/"
    tag = sara.get(f"{where}?fields=id,text").headers["ETag"]
    answer = sara.patch(where, {"text": "Going on"}, format="json", HTTP_IF_MATCH=tag)
    assert answer.status_code == 200, answer.content
    assert sara.patch(where, {"text": "Else"}, format="json", HTTP_IF_MATCH=tag).status_code == 412
