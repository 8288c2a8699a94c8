"""Checking papers: viruses, marks of secrecy, text; fail closed, within limits, once."""

from __future__ import annotations

import io
import socket
import struct
import threading
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from docx import Document as Docx

from agreements.models import Document, Reminder, Step
from agreements.reminders.notices import put_steps_into_ledger
from agreements.sources import reading
from agreements.sources.extractor import text_of
from agreements.sources.quoting import find
from agreements.sources.scanning import ScannerSilent, virus_in
from agreements.sources.secrecy import mark_in, mark_in_name
from tests.agreements.sources.test_papers import PDF, own_media, upload  # noqa: F401
from tests.conftest import Cast
from tests.factories import make_document

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def docx(*paragraphs: str) -> bytes:
    made, out = Docx(), io.BytesIO()
    for text in paragraphs:
        made.add_paragraph(text)
    made.add_table(1, 2).rows[0].cells[0].text = "Ô trong bảng"
    made.save(out)
    return out.getvalue()


def pdf(text: str) -> bytes:
    """A one-page PDF with a line of text, written by hand."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table, len(out),
    )  # fmt: skip


def kept(cast: Cast, content: bytes, media_type: str = "text/plain", **more: Any) -> Document:
    paper = make_document(agreement=cast.agreement, state="waiting", created_by=cast.linh, **more)
    paper.media_type = media_type
    paper.file.save("x", ContentFile(content))
    return paper


def read(paper: Document) -> Document:
    reading.read_waiting(at=timezone.now())
    paper.refresh_from_db()
    return paper


@pytest.mark.parametrize(
    ("content", "media_type", "words"),
    [
        ("Hợp tác bán dẫn".encode(), "text/plain", "Hợp tác bán dẫn"),
        (docx("Điều 1", "Hợp tác đào tạo"), WORD, "Hợp tác đào tạo"),
        (docx("x"), WORD, "Ô trong bảng"),
        (pdf("Cooperation in chips"), "application/pdf", "Cooperation in chips"),
    ],
)
def test_the_text_is_read_and_found(cast: Cast, content: bytes, media_type: str, words: str) -> None:
    paper = read(kept(cast, content, media_type, audience="partner"))
    assert (paper.state, words in paper.content) == ("clean", True)
    if words:
        for who in ("linh", "sara"):
            found = cast.client(who).get("/search/", {"q": words.lower().replace("ợ", "o")}).context["groups"]
            assert [hit.record for group in found for hit in group.hits] == [paper]
        assert cast.client("omar").get("/search/", {"q": words}).context["groups"] == []


def test_text_of_our_own_papers_is_for_staff_alone(cast: Cast) -> None:
    read(kept(cast, b"Confidential remarks on chips", audience="internal"))
    assert cast.client("linh").get("/search/?q=remarks").context["groups"]
    assert cast.client("sara").get("/search/?q=remarks").context["groups"] == []


def test_a_picture_is_kept_and_nobody_says_that_it_was_looked_at(cast: Cast) -> None:
    paper = read(kept(cast, b"\x89PNG", "image/png"))
    assert (paper.state, paper.content, bool(paper.file)) == ("empty", "", True)
    assert "nobody has looked for a mark" in cast.client("linh").get("/agreements/US-2023-01/").content.decode()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(b"%PDF-1.7 broken", "application/pdf"), (b"PK\x03\x04 broken", WORD), (b"\xff" * 100, "application/pdf")],
)
def test_what_cannot_be_read_is_kept_and_said(cast: Cast, content: bytes, media_type: str) -> None:
    paper = read(kept(cast, content, media_type))
    assert (paper.state, paper.content, bool(paper.file)) == ("unread", "", True)
    assert "could not be read" in cast.client("linh").get("/agreements/US-2023-01/").content.decode()


def test_a_bomb_meets_the_limit_of_memory(cast: Cast) -> None:
    """A document larger than the child's memory in a few MB of zip: the child dies, the worker does not."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx("x"))) as plain,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb,
    ):
        for name in plain.namelist():
            if name != "word/document.xml":
                bomb.writestr(name, plain.read(name))
        with bomb.open("word/document.xml", "w", force_zip64=True) as entry:
            chunk = b" " * (1 << 24)
            for _ in range(reading.MEMORY_BYTES // len(chunk) + 8):
                entry.write(chunk)
    paper = read(kept(cast, out.getvalue(), WORD))
    assert (paper.state, paper.content) == ("unread", "")


def test_a_slow_file_meets_the_limit_of_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WALL_SECONDS", 0.01)
    paper = read(kept(cast, b"text"))
    assert paper.state == "unread"


def test_the_extractor_cuts_what_is_too_long() -> None:
    text, pages = text_of("text/plain", b"a" * 50)
    assert (text, pages) == ("a" * 50, None)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("BỘ NGOẠI GIAO\nMẬT\nSố: 1/BC", "MẬT"), ("TỐI MẬT\n", "TỐI MẬT"), ("x\n  [ TUYỆT MẬT ]  \ny", "TUYỆT MẬT"),
        ("TOP SECRET", "TOP SECRET"), ("a\fCONFIDENTIAL\fb", "CONFIDENTIAL"), ("MA\u0323\u0302T", "MẬT"),
        ("Luật bảo vệ bí mật nhà nước", ""), ("Bảo mật thông tin", ""), ("the secret of success", ""), ("", ""),
        ("Thông tin MẬT trong câu", ""),
    ],
)  # fmt: skip
def test_marks_stand_alone_on_a_line(text: str, mark: str) -> None:
    assert mark_in(text) == mark


@pytest.mark.parametrize(
    ("name", "mark"),
    [("Báo cáo (MẬT).pdf", "MẬT"), ("TỐI_MẬT_2026.docx", "TỐI MẬT"), ("bảo mật.pdf", ""), ("MẬTMÃ.pdf", "")],
)
def test_marks_in_names(name: str, mark: str) -> None:
    assert mark_in_name(name) == mark


def test_a_secret_paper_is_refused_and_its_bytes_are_gone(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    paper = kept(cast, "BỘ X\nTỐI MẬT\nNội dung".encode(), audience="partner")
    storage, name = paper.file.storage, paper.file.name
    with django_capture_on_commit_callbacks(execute=True):
        read(paper)
    assert (paper.state, paper.audience, paper.content, bool(paper.file)) == ("refused", "internal", "", False)
    assert name and not storage.exists(name)
    assert "TỐI MẬT" in paper.refused_because
    assert "Nội dung" not in cast.client("linh").get(f"/documents/{paper.pk}/").content.decode()
    assert cast.client("linh").get(f"/documents/{paper.pk}/file/").status_code == 404
    assert Step.objects.get().name == "paper_refused"
    put_steps_into_ledger()
    assert [reminder.recipient for reminder in Reminder.objects.all()] == [cast.linh]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"secrecy": "MẬT"}, "not made for them"),
        ({"title_vi": "Báo cáo TỐI MẬT"}, "bears the mark"),
        ({"name": "Kế hoạch MẬT.pdf"}, "bears the mark"),
    ],
)
def test_a_declared_secret_is_refused_at_once(cast: Cast, change: dict[str, str], reason: str) -> None:
    change = dict(change)
    answer = upload(cast, change.pop("name", "a.pdf"), PDF, **change)
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert not Document.objects.exists()


@pytest.fixture
def clamd() -> Iterator[Any]:
    """A scanner that speaks clamd's protocol and knows one virus."""
    server = socket.create_server(("127.0.0.1", 0))
    said: dict[str, Any] = {"address": f"tcp://127.0.0.1:{server.getsockname()[1]}", "answer": None}

    def serve() -> None:
        while True:
            try:
                link, _address = server.accept()
            except OSError:
                return
            with link, link.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!I", stream.read(4))[0]:
                    content += stream.read(size)
                found = b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
                link.sendall(said["answer"] or found)

    threading.Thread(target=serve, daemon=True).start()
    yield said
    server.close()


def test_a_virus_is_refused(cast: Cast, clamd: Any, settings: Any) -> None:
    settings.CLAMD = clamd["address"]
    bad, good = kept(cast, b"x" * 100_000 + EICAR), kept(cast, b"harmless")
    read(bad)
    good.refresh_from_db()
    assert (bad.state, bool(bad.file), good.state) == ("refused", False, "clean")
    assert "Eicar-Signature" in bad.refused_because


@pytest.mark.parametrize("answer", [b"stream: INSTREAM size limit exceeded. ERROR\0", b"", b"nonsense\0"])
def test_an_unclear_answer_is_not_clean(clamd: Any, answer: bytes) -> None:
    clamd["answer"] = answer or b"\0"
    with pytest.raises(ScannerSilent):
        virus_in(io.BytesIO(b"x"), clamd["address"])


def test_a_silent_scanner_keeps_the_bytes_in(cast: Cast, settings: Any) -> None:
    """Fail closed: nobody, not even the desk, gets what could not be scanned."""
    settings.CLAMD = "tcp://127.0.0.1:9"
    paper = read(kept(cast, b"text", audience="partner"))
    assert paper.state == "waiting"
    for who in ("linh", "auditor", "sara"):
        assert cast.client(who).get(f"/documents/{paper.pk}/file/").status_code == 404
    settings.CLAMD = "unix:///nowhere.sock"
    assert read(paper).state == "waiting"


def test_each_paper_is_checked_once(cast: Cast) -> None:
    kept(cast, b"text")
    assert [reading.read_waiting(at=timezone.now()) for _ in range(2)] == [1, 0]


def test_a_new_edition_takes_the_place_and_the_old_one_stays(cast: Cast) -> None:
    old = read(kept(cast, b"first", title="Plan", audience="partner"))
    page = cast.client("linh").get(f"/agreements/US-2023-01/papers/?replaces={old.pk}").content.decode()
    assert "Edition 2" in page
    assert upload_edition(cast, old, b"second").status_code == 302
    new = Document.objects.get(replaces=old)
    assert (new.edition, new.agreement) == (2, cast.agreement)
    read(new)
    shown = cast.client("linh").get("/agreements/US-2023-01/").context["documents"]
    assert list(shown) == [new]
    old_page = cast.client("sara").get(f"/documents/{old.pk}/").content.decode()
    assert f"/documents/{new.pk}/" in old_page
    assert upload_edition(cast, old, b"third").status_code == 404, "only the latest is replaced"
    Document.objects.filter(pk=new.pk).update(audience="internal")
    assert list(cast.client("sara").get("/agreements/US-2023-01/").context["documents"]) == [old]


def upload_edition(cast: Cast, old: Document, content: bytes) -> Any:
    facts = {"kind": "signed_text", "title_en": "Plan", "audience": "partner", "language": ""}
    facts["upload"] = ContentFile(content, name="plan.txt")  # type: ignore[assignment]
    return cast.client("linh").post(f"/agreements/US-2023-01/papers/?replaces={old.pk}", facts)


def test_head_and_get_pass_the_same_gate(cast: Cast) -> None:
    paper = read(kept(cast, b"text", audience="partner"))
    url = f"/documents/{paper.pk}/file/"
    assert [cast.client(who).head(url).status_code for who in ("sara", "omar")] == [200, 404]
    assert cast.client("sara").get(url, headers={"range": "bytes=0-1"}).status_code in (200, 206)


def test_a_quote_must_stand_in_the_text(cast: Cast) -> None:
    assert find("hợp tác  bán dẫn", "Hai bên hợp tác\nbán dẫn.") == (8, 23)
    assert find("ho\u031b\u0323p tác", "hợp tác") == (0, 7)
    assert find("hop tac", "hợp tác") is None
    assert find("", "x") is None
