"""Papers as OpenDocument: every part that holds words is read, and nothing outside of the file."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agreements.models import Document
from agreements.sources import reading
from agreements.sources.extractor import read
from agreements.sources.papers import accept
from partners.refusals import Refused
from tests.conftest import Cast
from tests.papers import ODT, PNG, odt

HEADER = "<style:header><text:p>Đầu trang</text:p></style:header>"
BODY = """
<text:tracked-changes><text:changed-region><text:deletion><text:p>đã xóa</text:p></text:deletion></text:changed-region>
</text:tracked-changes>
<text:h>Điều<text:s text:c="2"/>1<text:line-break/>Mục đích</text:h>
<draw:frame draw:name="Khung"><draw:text-box><text:p>Trong khung</text:p></draw:text-box></draw:frame>
<text:p>Hợp tác <text:span>đào tạo</text:span> kỹ sư</text:p>
"""
MANIFEST = (
    b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry m:full-path="content.xml">'
    b"<m:encryption-data/></m:file-entry></m:manifest>"
)


def test_words_of_all_parts_are_read_and_deleted_ones_are_not() -> None:
    found = read(ODT, odt("Cuối", body=BODY, styles=HEADER))
    assert found.text.split("\n") == [
        "Điều  1", "Mục đích", "Trong khung", "Hợp tác đào tạo kỹ sư", "Cuối", "Đầu trang",
    ]  # fmt: skip
    assert "Khung" in found.beside
    assert (found.is_partial, found.is_locked) == (False, False)


def test_a_password_and_an_object_of_another_program_are_noticed() -> None:
    assert read(ODT, odt("x", more={"META-INF/manifest.xml": MANIFEST})).is_locked
    assert read(ODT, odt("x", more={"Object 1/content.xml": b"<x/>"})).is_partial


@pytest.mark.parametrize(
    "name", ["Object 1/content.xml", "Notes.html", "Pictures/a.svg", "Pictures/a.docx", "extra.xml", "a.pdf", "media/x"]
)
def test_a_part_that_is_not_known_is_not_read_and_said(name: str) -> None:
    assert read(ODT, odt("x", more={name: b"<x/>"})).is_partial
    known = {"Pictures/a.png": PNG, "Thumbnails/thumbnail.png": PNG, "settings.xml": b"<x/>", "Configurations2/": b""}
    assert not read(ODT, odt("x", more=known)).is_partial


@pytest.mark.parametrize("where", ["content", "meta", "manifest"])
def test_a_doctype_makes_it_unreadable(tmp_path: Any, where: str) -> None:
    """What an entity says is shown by office programs and read by nobody here: a mark may hide in it."""
    secret = tmp_path / "secret"
    secret.write_text("outside")
    doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}"> <!ENTITY b "MẬT">]>'
    more = {} if where == "content" else {
        {"meta": "meta.xml", "manifest": "META-INF/manifest.xml"}[where]: f"{doctype}<x>&b;</x>".encode()
    }  # fmt: skip
    content = odt(body="<text:p>before</text:p>", doctype=doctype if where == "content" else "", more=more)
    with pytest.raises(reading.Unreadable, match="DOCTYPE"):
        reading.extract_from(ODT, content)


def test_a_mark_in_any_part_refuses_it(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    paper = accept(SimpleUploadedFile("a.odt", odt("Điều 1", styles=HEADER.replace("Đầu trang", "MẬT"))), Document())
    assert paper.media_type == ODT
    paper.agreement, paper.title_en = cast.agreement, "x"
    paper.save()
    reading.read_waiting(at=timezone.now())
    paper.refresh_from_db()
    assert paper.state == "refused"


def test_a_bomb_meets_the_limits(cast: Cast) -> None:
    huge = "<text:p>" + "a" * 1_000_000 + "</text:p>"
    with pytest.raises(reading.Unreadable):
        reading.extract_from(ODT, odt(body=huge * 400))


@pytest.mark.parametrize("content", [PNG, b"MZ\x90\x00" + b"\x00" * 300])
def test_what_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match=r"[Nn]ot what its name says|không"):
        accept(SimpleUploadedFile("a.odt", content), Document())
