"""A paper beside the logging form: nothing typed is lost over it, and only its owner sees it."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from pypdf import PdfReader, PdfWriter

from agreements.models import Agreement, Document, HeldPaper
from agreements.sources import holding, reading
from tests.agreements.pages.test_log_form import filled
from tests.agreements.sources.stated_papers import MOU_EN, MOU_VI
from tests.conftest import ROLES, Cast
from tests.factories import make_share
from tests.papers import PNG, odt, pdf

NEW = "/agreements/new/"
TYPED = "Bản ghi nhớ về đào tạo"


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture(scope="module")
def memorandum() -> bytes:
    return pdf(MOU_EN.partition("Article 5")[0], "Article 5" + MOU_EN.partition("Article 5")[2])


def file_of(content: bytes, name: str = "MoU.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def put(cast: Cast, content: bytes, name: str = "MoU.pdf", *, who: str = "linh", **more: Any) -> Any:
    """The step of the form that puts a paper beside it, as browsers without scripts send it."""
    return cast.client(who).post(NEW, filled(cast, paper_file=file_of(content, name), paper_act="put", **more))


def page_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_it_stands_beside_the_form_with_all_that_was_typed(cast: Cast, today: object, memorandum: bytes) -> None:
    answer = put(cast, memorandum, signed="")
    page, held = page_of(answer), HeldPaper.objects.get()
    assert answer.status_code == 200
    assert (held.user, held.pages, held.state, held.document) == (cast.linh, 2, "clean", None)
    for kept in (TYPED, "Government of the United States", "Q4 2027", "Đào tạo 100 kỹ sư"):
        assert kept in page
    assert f'name="paper" value="{held.key}"' in " ".join(page.split())
    assert f'src="/papers/{held.key}/#' in page
    assert "problems" not in page
    assert 'data-take="id_signed"' in page
    assert 'data-value="12/03/2025"' in page
    assert f"/papers/{held.key}/#page=2&amp;" in page
    assert "Done at Hanoi on 12 March 2025" in page
    assert 'data-take="id_participants-0-organisation"' not in page, "these rows are filled in"
    assert not Agreement.objects.filter(title_vi=TYPED).exists()
    assert '<input type="text" name="signed" value' not in page, "nothing is filled in silently"


def test_what_it_says_is_taken_one_by_one_or_all_at_once(cast: Cast, today: object, memorandum: bytes) -> None:
    put(cast, memorandum)
    key, client = HeldPaper.objects.get().key, cast.client("linh")
    bare = {"title_vi": "", "signed": "", "participants-0-organisation": "", "participants-1-organisation": ""}
    one = page_of(client.post(NEW, filled(cast, **bare, paper=key, paper_kind="signed_text", paper_act="take:signed")))
    assert 'value="12/03/2025"' in one
    assert 'data-take="id_signed"' not in one
    assert 'data-take="id_title_en"' in one
    every = page_of(client.post(NEW, filled(cast, **bare, paper=key, paper_kind="signed_text", paper_act="take")))
    for value in ("12/03/2025", "MEMORANDUM OF UNDERSTANDING BETWEEN", "Hanoi", cast.home.label, cast.us.label):
        assert f'value="{value}' in every
    assert "data-take=" not in every


def test_taking_all_leaves_what_was_typed(cast: Cast, today: object, memorandum: bytes) -> None:
    put(cast, memorandum)
    typed = {"signed": "11/03/2025", "title_en": "", "place": "Ha Long", "kind": "agreement"}
    form = filled(cast, **typed, paper=HeldPaper.objects.get().key, paper_kind="signed_text", paper_act="take")
    page = page_of(cast.client("linh").post(NEW, form))
    assert 'value="11/03/2025"' in page
    assert 'value="Ha Long"' in page
    assert 'value="MEMORANDUM OF UNDERSTANDING BETWEEN' in page
    assert 'data-take="id_signed"' in page, "it stays to be taken by hand"
    assert 'data-take="id_kind"' in page
    assert 'data-take="id_renewal"' not in page, "nobody had chosen that it does not renew"


def test_handing_in_the_form_adds_it_as_the_signed_copy(cast: Cast, today: object, memorandum: bytes) -> None:
    put(cast, memorandum)
    held = HeldPaper.objects.get()
    said = {"paper": held.key, "paper_kind": "signed_text", "paper_language": "en", "paper_audience": ""}
    answer = cast.client("linh").post(NEW, filled(cast, title_en="Memorandum", signed="12/03/2025", **said))
    assert answer.status_code == 302
    document = Document.objects.get()
    assert document.agreement == Agreement.objects.get(title_vi=TYPED)
    assert (document.kind, document.language, document.is_signed_copy) == ("signed_text", "en", True)
    assert (document.title_vi, document.title_en, str(document.published)) == (TYPED, "Memorandum", "12/03/2025")
    assert (document.audience, document.state, document.created_by) == ("partner", "waiting", cast.linh)
    assert document.file.open().read() == memorandum
    held.refresh_from_db()
    assert (held.document, held.content, bool(held.file)) == (document, "", False)
    assert cast.client("sara").get(f"/documents/{document.pk}/file/").status_code == 404
    make_share(agreement=Agreement.objects.get(title_vi=TYPED), organisation=cast.us)
    Agreement.objects.filter(title_vi=TYPED).update(stage="signed")
    assert cast.client("sara").get(f"/documents/{document.pk}/file/").status_code == 404, "not before it is checked"
    reading.read_waiting(at=timezone.now())
    assert cast.client("sara").get(f"/documents/{document.pk}/file/").status_code == 200
    assert cast.client("omar").get(f"/documents/{document.pk}/file/").status_code == 404


@pytest.mark.parametrize(
    ("kind", "audience", "seen"),
    [("draft_text", "", "internal"), ("signed_text", "internal", "internal"), ("annex", "partner", "partner")],
)
def test_only_a_signed_text_is_shared_unless_somebody_says_so(
    cast: Cast, today: object, memorandum: bytes, kind: str, audience: str, seen: str
) -> None:
    put(cast, memorandum)
    said = {"paper": HeldPaper.objects.get().key, "paper_kind": kind, "paper_audience": audience}
    assert cast.client("linh").post(NEW, filled(cast, **said)).status_code == 302
    document = Document.objects.get()
    assert (document.audience, document.is_signed_copy) == (seen, kind == "signed_text")


@pytest.mark.parametrize("more", [{}, {"paper_kind": "signed_text", "paper_audience": "partner"}])
def test_a_file_chosen_with_the_form_itself_is_not_lost(
    cast: Cast, today: object, memorandum: bytes, more: dict[str, str]
) -> None:
    """Without scripts one may choose a file and save at once: nobody was asked, so nobody calls it signed."""
    answer = cast.client("linh").post(NEW, filled(cast, paper_file=file_of(memorandum), **more))
    assert answer.status_code == 302
    document = Document.objects.get()
    assert (document.kind, document.is_signed_copy, document.audience) == ("draft_text", False, "internal")
    assert document.published is None


@pytest.mark.parametrize("audience", ["", "partner"])
def test_a_text_signed_on_no_day_is_a_draft(cast: Cast, today: object, memorandum: bytes, audience: str) -> None:
    put(cast, memorandum)
    said = {"paper": HeldPaper.objects.get().key, "paper_kind": "signed_text", "paper_audience": audience}
    assert cast.client("linh").post(NEW, filled(cast, signed="", **said)).status_code == 302
    document = Document.objects.get()
    assert (document.kind, document.is_signed_copy, document.audience) == ("draft_text", False, "internal")


def test_it_survives_a_form_that_is_refused(cast: Cast, today: object, memorandum: bytes) -> None:
    answer = cast.client("linh").post(NEW, filled(cast, paper_file=file_of(memorandum), signed="32/13/2023"))
    held = HeldPaper.objects.get()
    assert answer.status_code == 422
    assert f'value="{held.key}"' in page_of(answer)
    assert cast.client("linh").post(NEW, filled(cast, paper=held.key)).status_code == 302
    assert Document.objects.count() == 1


def test_a_second_click_makes_no_second_agreement(cast: Cast, today: object, memorandum: bytes) -> None:
    put(cast, memorandum)
    form = filled(cast, paper=HeldPaper.objects.get().key, paper_kind="signed_text")
    first = cast.client("linh").post(NEW, form)
    again = cast.client("linh").post(NEW, form)
    assert (first.status_code, again.status_code) == (302, 302)
    assert first.headers["Location"] == again.headers["Location"]
    assert (Agreement.objects.filter(title_vi=TYPED).count(), Document.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_agreement(cast: Cast, memorandum: bytes) -> None:
    put(cast, memorandum)
    form = filled(cast, paper=HeldPaper.objects.get().key, paper_kind="signed_text")
    clients, together, places = [cast.client("linh") for _click in range(3)], threading.Barrier(3), []

    def click(client: Any) -> None:
        together.wait()
        try:
            places.append(client.post(NEW, form).headers.get("Location"))
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(places) == 3
    assert len(set(places)) == 1
    assert (Agreement.objects.filter(title_vi=TYPED).count(), Document.objects.count()) == (1, 1)


def locked(content: bytes) -> bytes:
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(content))), io.BytesIO()
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


HARD = {
    "a scan": (PNG, "scan.png", "no text in it"),
    "a broken file": (b"%PDF-1.7\nbroken", "broken.pdf", "could not be read"),
    "a text that says nothing plain": (odt("Xin chào"), "a.odt", "plain enough"),
}


@pytest.mark.parametrize("name", HARD)
def test_what_cannot_be_read_is_kept_and_said(cast: Cast, today: object, name: str) -> None:
    content, filename, reason = HARD[name]
    answer = put(cast, content, filename)
    assert answer.status_code == 200
    assert reason in page_of(answer)
    assert TYPED in page_of(answer)
    held = HeldPaper.objects.get()
    assert cast.client("linh").post(NEW, filled(cast, paper=held.key)).status_code == 302
    assert Document.objects.get().filename == filename


def test_a_locked_paper_says_what_to_do(cast: Cast, today: object, memorandum: bytes) -> None:
    answer = put(cast, locked(memorandum))
    assert "locked by a password" in page_of(answer)
    assert HeldPaper.objects.get().state == "locked"


REFUSED = {
    "empty": (b"", "a.pdf", "The file is empty"),
    "of another kind": (b"MZ", "a.exe", "Files of this kind are not taken"),
    "not what its name says": (PNG, "a.pdf", "not what its name says"),
    "secret by its name": (PNG, "Báo cáo (MẬT).png", "bears the mark"),
    "secret by its text": (odt("MẬT", "Điều 1"), "a.odt", "bears the mark"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_taken_says_why_and_nothing_typed_is_lost(cast: Cast, today: object, name: str) -> None:
    content, filename, reason = REFUSED[name]
    for act in ({"paper_act": "put"}, {}):  # put in by itself, or sent with the form
        answer = cast.client("linh").post(NEW, filled(cast, paper_file=file_of(content, filename), **act))
        assert answer.status_code == 422, act
        assert reason in page_of(answer)
        for kept in (TYPED, "05/09/2023", "Q4 2027", "Đào tạo 100 kỹ sư"):
            assert kept in page_of(answer)
    assert not HeldPaper.objects.exists()
    assert not Agreement.objects.filter(title_vi=TYPED).exists()


def test_a_paper_that_is_too_large_or_one_of_two_is_refused(cast: Cast, settings: Any, memorandum: bytes) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    assert "larger than" in page_of(put(cast, memorandum))
    settings.UPLOAD_MAX_BYTES = 1_000_000
    two = [file_of(memorandum), file_of(memorandum, "b.pdf")]
    answer = cast.client("linh").post(NEW, filled(cast, paper_file=two, paper_act="put"))
    assert "One paper at a time" in page_of(answer)
    assert TYPED in page_of(answer)
    put(cast, memorandum)
    held = HeldPaper.objects.get()
    assert "One paper at a time" in page_of(put(cast, memorandum, paper=held.key))
    assert HeldPaper.objects.get() == held


def test_a_virus_is_refused_and_a_silent_scanner_shows_nothing(
    cast: Cast, settings: Any, memorandum: bytes, monkeypatch: pytest.MonkeyPatch, own_media: Any
) -> None:
    settings.CLAMD = "tcp://127.0.0.1:1"
    answer = put(cast, memorandum)
    held = HeldPaper.objects.get()
    assert "scanner does not answer" in page_of(answer)
    assert (held.state, held.content) == ("waiting", "")
    assert cast.client("linh").get(f"/papers/{held.key}/").status_code == 404
    monkeypatch.setattr(holding, "virus_in", lambda *_given: "Eicar")
    assert "Eicar" in page_of(put(cast, memorandum))
    assert HeldPaper.objects.count() == 1


def test_only_its_owner_sees_it(cast: Cast, today: object, memorandum: bytes) -> None:
    put(cast, memorandum)
    held = HeldPaper.objects.get()
    for role in ROLES:
        if role != "linh":
            assert cast.client(role).get(f"/papers/{held.key}/").status_code in (302, 404), role
            assert cast.client(role).delete(f"/papers/{held.key}/").status_code in (302, 404), role
    assert not HeldPaper.objects.visible_to(cast.viewer("operator")).exists()
    foreign = cast.client("huy").post(NEW, filled(cast, paper=held.key, desk=cast.other_desk.pk))
    assert foreign.status_code == 422
    assert "no longer kept here" in page_of(foreign)
    assert held.filename not in page_of(foreign)


def test_it_is_served_to_a_frame_of_ours_and_may_do_nothing(cast: Cast, today: object, memorandum: bytes) -> None:
    put(cast, memorandum)
    answer: Any = cast.client("linh").get(f"/papers/{HeldPaper.objects.get().key}/")
    assert b"".join(answer.streaming_content) == memorandum
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in answer.headers["Cache-Control"]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    put(cast, PNG, "a.png")
    picture = cast.client("linh").get(f"/papers/{HeldPaper.objects.exclude(filename='MoU.pdf').get().key}/")
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    put(cast, odt(MOU_VI), "a.odt")
    text = HeldPaper.objects.get(filename="a.odt")
    assert cast.client("linh").get(f"/papers/{text.key}/").status_code == 404, "no browser draws it: its text is shown"


def test_it_is_taken_away_by_hand(cast: Cast, today: object, memorandum: bytes, own_media: Any,
                                  django_capture_on_commit_callbacks: Any) -> None:  # fmt: skip
    put(cast, memorandum)
    key = HeldPaper.objects.get().key
    with django_capture_on_commit_callbacks(execute=True):
        answer = cast.client("linh").post(NEW, filled(cast, paper=key, paper_act="remove"))
    assert TYPED in page_of(answer)
    assert not HeldPaper.objects.exists()
    assert not [one for one in own_media.rglob("*") if one.is_file()]
    put(cast, memorandum)
    assert cast.client("linh").delete(f"/papers/{HeldPaper.objects.get().key}/").status_code == 204
    assert not HeldPaper.objects.exists()


def test_a_script_gets_only_what_changes(cast: Cast, today: object, memorandum: bytes) -> None:
    form = filled(cast, paper_file=file_of(memorandum), paper_act="put")
    answer = cast.client("linh").post(NEW, form, headers={"HX-Request": "true"})
    page = page_of(answer)
    assert answer.status_code == 200
    assert page.lstrip().startswith('<div\n  id="paper"')
    assert page.count('hx-swap-oob="true"') >= 12
    assert "<form" not in page
    refused = cast.client("linh").post(
        NEW, filled(cast, paper_file=file_of(b"MZ", "a.exe"), paper_act="put"), headers={"HX-Request": "true"}
    )
    assert refused.status_code == 200, "else a script would not show why"
    assert "are not taken" in page_of(refused)


def test_the_participants_are_offered_as_partner_without_scripts_too(cast: Cast, today: object) -> None:
    page = page_of(cast.client("linh").post(NEW, filled(cast, more="commitments")))
    offered = page.partition('<datalist id="taking-part">')[2].partition("</datalist>")[0]
    assert offered.count("<option") == 2
    assert "Government of the United States" in offered
    assert page.count('list="taking-part"') >= 2


def test_a_signed_paper_has_no_box(cast: Cast, today: object) -> None:
    assert 'id="paper"' not in page_of(cast.client("minh").get("/agreements/US-2023-01/edit/"))
