"""Papers: what is taken, what is refused, and who gets the bytes."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agreements.models import Document
from agreements.sources.papers import safe_name
from agreements.sources.reading import read_waiting
from tests.conftest import Cast

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 20
EXE = b"MZ\x90\x00" + b"\x00" * 60 + b"PE\x00\x00" + b"\x00" * 200


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(cast: Cast, name: str, content: bytes, who: str = "linh", **more: str) -> Any:
    facts = {"kind": "signed_text", "title_en": "Kept title", "audience": "partner", "language": "", **more}
    facts["upload"] = SimpleUploadedFile(name, content)  # type: ignore[assignment]
    return cast.client(who).post("/agreements/US-2023-01/papers/", facts)


def test_takes_a_paper_and_gives_it_back_to_whom_it_is_shared_with(cast: Cast) -> None:
    assert upload(cast, "Bản ghi nhớ.pdf", PDF).status_code == 302
    document = Document.objects.get()
    assert (document.size, len(document.checksum), document.created_by) == (len(PDF), 64, cast.linh)
    assert "nh" not in str(document.file.name)
    url = f"/documents/{document.pk}/file/"
    assert cast.client("sara").get(url).status_code == 404, "partners wait until it is checked"
    assert cast.client("linh").get(url).status_code == 200
    assert read_waiting(at=timezone.now()) == 1
    document.refresh_from_db()
    answer: Any = cast.client("sara").get(url)
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert cast.client("omar").get(url).status_code == 404
    document.audience = "internal"
    document.save()
    assert cast.client("sara").get(url).status_code == 404
    assert cast.client("auditor").get(url).status_code == 200


REFUSED = {
    "program.exe": (EXE, "not taken"),
    "paper.pdf": (EXE, "not what its name says"),
    "picture.png": (PDF, "not what its name says"),
    "page.html": (b"<script>alert(1)</script>", "not taken"),
    "drawing.svg": (b"<svg/>", "not taken"),
    "empty.pdf": (b"", "empty"),
    "noextension": (PDF, "not taken"),
    "note.txt": (b"\xff\xfe\x00a", "not what its name says"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_with_a_reason_and_keeps_the_form(cast: Cast, name: str) -> None:
    content, reason = REFUSED[name]
    answer = upload(cast, name, content)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert reason in page
    assert "Kept title" in page
    assert not Document.objects.exists()


def test_refuses_what_is_too_large(cast: Cast, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1024**2
    answer = upload(cast, "big.pdf", PDF + b"x" * 1024**2)
    assert "larger than 1 MB" in answer.content.decode()


@pytest.mark.parametrize("who", ["huy", "sara", "auditor", "operator"])
def test_only_the_desk_adds(cast: Cast, who: str) -> None:
    assert upload(cast, "a.pdf", PDF, who=who).status_code == 404
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\x\\y.pdf", "y.pdf"), ('a"b\r\n.pdf', "ab.pdf"), ("..pdf", "pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)  # fmt: skip
def test_names_are_made_harmless(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_pictures_are_taken(cast: Cast) -> None:
    assert upload(cast, "stamp.png", PNG).status_code == 302
