"""Bytes go with their row: none stay of what was rolled back, and none go of what was kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction

from agreements.models import Document, HeldPaper
from partners import files
from partners.files import KeptFileField
from tests.agreements.pages.test_log_form import filled
from tests.conftest import Cast
from tests.papers import PNG

NEW = "/agreements/new/"


def test_each_file_of_ours_is_a_kept_one() -> None:
    found = [
        field
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, models.FileField) and not hasattr(model, "pgh_obj_id")  # an event holds no bytes
    ]
    assert len(found) >= 4
    assert [field for field in found if not isinstance(field, KeptFileField)] == []


def bytes_in(folder: Any) -> int:
    return len([one for one in folder.rglob("*") if one.is_file()])


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_bytes(
    cast: Cast, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT, client = tmp_path, cast.client("linh")
    client.raise_request_exception = False

    def put() -> Any:
        return client.post(NEW, filled(cast, paper_file=SimpleUploadedFile("a.png", PNG), paper_act="put"))

    with monkeypatch.context() as broken:
        broken.setattr(HeldPaper, "save", lambda *_given: 1 / 0)
        assert put().status_code == 500
    assert bytes_in(tmp_path) == 0
    assert put().status_code == 200
    assert bytes_in(tmp_path) == 1
    said = {"kind": "draft_text", "title_en": "x", "title_vi": "", "audience": "internal", "language": "en"}
    with monkeypatch.context() as broken:
        broken.setattr(Document, "save", lambda *_given: 1 / 0)
        client.post(f"/agreements/{cast.agreement.ref}/papers/", said | {"upload": SimpleUploadedFile("a.txt", b"x")})
    assert bytes_in(tmp_path) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_keeps_its_bytes(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    with transaction.atomic():
        paper = Document(agreement=cast.agreement, title_en="x")
        paper.file.save("a.txt", SimpleUploadedFile("a.txt", b"x"))
        assert files.settle() == 0, "it is not decided yet"
    assert files.settle() == 0
    assert bytes_in(tmp_path) == 1
