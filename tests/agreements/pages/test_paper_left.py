"""A paper whose form was left, or was handed in already: whose it is, how long it stays, and where it comes back."""

from __future__ import annotations

import socket
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from agreements.jobs import outages
from agreements.models import Agreement, HeldPaper
from agreements.sources import holding
from partners.models import Draft
from tests.agreements.pages.test_log_form import filled
from tests.agreements.pages.test_paper_at_hand import NEW, TYPED, page_of, put
from tests.agreements.sources.stated_papers import MOU_EN
from tests.conftest import Cast
from tests.papers import odt, pdf


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture(scope="module")
def memorandum() -> bytes:
    return pdf(MOU_EN)


def test_nobody_waits_for_a_scanner_that_is_known_to_be_away(
    cast: Cast, today: object, settings: Any, monkeypatch: pytest.MonkeyPatch, memorandum: bytes
) -> None:
    settings.CLAMD = "tcp://127.0.0.1:1"
    outages.note(outages.SCANNER, "away", at=timezone.now())
    monkeypatch.setattr(holding, "virus_in", lambda *_given: pytest.fail("it is asked"))
    assert "scanner does not answer" in page_of(put(cast, memorandum))
    assert HeldPaper.objects.get().state == "waiting"


def test_a_silent_scanner_is_waited_for_a_moment_only(
    cast: Cast, today: object, settings: Any, monkeypatch: pytest.MonkeyPatch, memorandum: bytes
) -> None:
    assert holding.SCAN_SECONDS <= 5
    monkeypatch.setattr(holding, "SCAN_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CLAMD = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        begun = time.monotonic()
        put(cast, memorandum)
    assert time.monotonic() - begun < 5
    assert HeldPaper.objects.get().state == "waiting"


def test_it_can_be_taken_up_again_where_its_form_was_left(cast: Cast, today: object, memorandum: bytes) -> None:
    """As after a session that ended, in a browser without scripts."""
    put(cast, memorandum)
    held, client = HeldPaper.objects.get(), cast.client("linh")
    assert f'value="take_up:{held.key}"' in page_of(client.get(NEW))
    assert f'src="/papers/{held.key}/#' in page_of(client.get(f"{NEW}?paper={held.key}"))
    Draft.objects.create(user=cast.linh, form=NEW, window="w", data=[["title_vi", "x"], ["paper", held.key]])
    assert f"take_up:{held.key}" not in page_of(client.get(NEW)), "it comes back with the text that names it"
    assert f"take_up:{held.key}" not in page_of(cast.client("minh").get(NEW))


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_taking_it_up_keeps_what_was_typed_and_what_it_follows(
    cast: Cast, today: object, memorandum: bytes, headers: dict[str, str]
) -> None:
    put(cast, memorandum)
    held, client = HeldPaper.objects.get(), cast.client("linh")
    address = f"{NEW}?supersedes={cast.agreement.ref}"
    form = filled(cast, paper="", paper_act=f"take_up:{held.key}")
    page = page_of(client.post(address, form, headers=headers))
    assert f'src="/papers/{held.key}/#' in page
    assert f'name="paper" value="{held.key}"' in " ".join(page.split())
    if not headers:
        assert TYPED in page
        assert 'method="post"' in page
        assert " action=" not in page.partition("data-page-form")[2].partition(">")[0], "sent to this very address"
    foreign = cast.client("minh").post(NEW, form, headers=headers)
    assert held.filename not in page_of(foreign)


def test_another_form_with_the_same_paper_is_not_thrown_away(cast: Cast, today: object, memorandum: bytes) -> None:
    put(cast, memorandum)
    held, client = HeldPaper.objects.get(), cast.client("linh")
    form = filled(cast, paper=held.key, paper_kind="signed_text", paper_audience="")
    assert client.post(NEW, form).status_code == 302
    ref = Agreement.objects.get(title_vi=TYPED).ref
    other = client.post(NEW, {**form, "title_vi": "Thỏa thuận khác"})
    page = page_of(other)
    assert other.status_code == 422
    assert f"This paper is already in {ref}" in page
    assert f'href="/agreements/{ref}/"' in page
    assert "Thỏa thuận khác" in page
    assert f'value="{held.key}"' not in page, "the next time it goes without"
    assert Agreement.objects.filter(title_vi="Thỏa thuận khác").count() == 0
    opened = page_of(client.get(f"{NEW}?paper={held.key}"))
    assert f"This paper is already in {ref}" in opened
    assert f'href="/agreements/{ref}/"' in opened
    assert f'src="/papers/{held.key}/' not in opened


def test_a_job_takes_away_what_nobody_came_back_to(
    cast: Cast, today: object, memorandum: bytes, own_media: Any, django_capture_on_commit_callbacks: Any
) -> None:
    put(cast, memorandum)
    held, now = HeldPaper.objects.get(), timezone.now()
    assert holding.forget_old(at=now) == 0
    Draft.objects.create(user=cast.linh, form=NEW, window="w", data=[["paper", held.key]])
    assert holding.forget_old(at=now + timedelta(days=4)) == 0, "what was typed beside it is still kept"
    with django_capture_on_commit_callbacks(execute=True):
        assert holding.forget_old(at=now + timedelta(days=31)) == 1
    assert not [one for one in own_media.rglob("*") if one.is_file()]
    answer = cast.client("linh").post(NEW, filled(cast, paper=held.key))
    assert answer.status_code == 422
    assert "no longer kept here" in page_of(answer)
    assert TYPED in page_of(answer)
    assert f'value="{held.key}"' not in page_of(answer), "the next time it goes without"


def test_the_same_file_again_is_the_same_paper(cast: Cast, today: object, memorandum: bytes) -> None:
    put(cast, memorandum)
    first = HeldPaper.objects.get()
    put(cast, memorandum, "again.pdf")
    again = HeldPaper.objects.get()
    assert (again.pk, again.key, again.filename) == (first.pk, first.key, "again.pdf")
    put(cast, memorandum, who="minh")
    assert HeldPaper.objects.count() == 2, "another person's is another"


def test_of_too_many_papers_none_goes_that_kept_text_names(
    cast: Cast, today: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "MOST_HELD", 3)
    for number in range(3):
        put(cast, odt(f"Văn bản {number}"), f"{number}.odt")
    oldest = HeldPaper.objects.get(filename="0.odt")
    Draft.objects.create(user=cast.linh, form=NEW, window="w", data=[["paper", oldest.key]])
    put(cast, odt("Văn bản 3"), "3.odt")
    assert set(HeldPaper.objects.values_list("filename", flat=True)) == {"0.odt", "2.odt", "3.odt"}
    for number, held in enumerate(HeldPaper.objects.exclude(pk=oldest.pk)):
        Draft.objects.create(user=cast.linh, form=NEW, window=f"w{number}", data=[["paper", held.key]])
    answer = put(cast, odt("Văn bản 4"), "4.odt")
    assert answer.status_code == 422
    assert "Too many papers wait" in page_of(answer)
    assert TYPED in page_of(answer)
    assert set(HeldPaper.objects.values_list("filename", flat=True)) == {"0.odt", "2.odt", "3.odt"}


def test_cancel_in_one_window_leaves_the_paper_to_another(cast: Cast, today: object, memorandum: bytes) -> None:
    put(cast, memorandum)
    held, client = HeldPaper.objects.get(), cast.client("linh")
    for window in ("one", "two"):
        Draft.objects.create(user=cast.linh, form=NEW, window=window, data=[["paper", held.key]])
    assert client.delete(f"/papers/{held.key}/?window=one").status_code == 204
    assert HeldPaper.objects.get().is_shown, "the text of the other window names it"
    client.post(NEW, filled(cast, paper=held.key, paper_act="remove", draft_window="one"))
    assert HeldPaper.objects.get().is_shown
    Draft.objects.filter(window="one").delete()
    assert client.delete(f"/papers/{held.key}/?window=two").status_code == 204
    assert not HeldPaper.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_cancel_waits_for_a_save_that_has_begun(cast: Cast, memorandum: bytes) -> None:
    """As from another window: what was saved keeps its paper."""
    put(cast, memorandum)
    held, client = HeldPaper.objects.get(), cast.client("linh")
    said = {"kind": "signed_text", "language": "", "audience": ""}

    def cancelled() -> None:
        client.delete(f"/papers/{held.key}/")
        connection.close()

    cancelling = threading.Thread(target=cancelled)
    with transaction.atomic():
        claimed = holding.claim(held, "x", by=cast.viewer("linh"))
        cancelling.start()
        cancelling.join(0.7)
        paper = holding.hand_in(claimed, cast.agreement, said, by=cast.viewer("linh"))
    cancelling.join(20)
    assert holding.handed_in_to(HeldPaper.objects.get(), by=cast.viewer("linh")) == cast.agreement
    with paper.file.open("rb") as content:
        assert content.read() == memorandum
