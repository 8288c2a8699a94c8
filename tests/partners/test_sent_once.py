"""A form that is sent twice from one page is carried out once; another page, another content, another person is not."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from agreements.commitments.models import ActionItem
from agreements.register.models import Agreement
from agreements.sources.models import Document
from partners.models import KeptAnswer
from tests.agreements.pages.test_log_form import filled
from tests.conftest import Cast

NEW = "/agreements/new/"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def form(cast: Cast, token: str, **more: Any) -> dict[str, Any]:
    return filled(cast, csrfmiddlewaretoken=token, **more)


def test_a_second_click_leads_to_the_first_record(cast: Cast, today: object) -> None:
    client, before = cast.client("linh"), Agreement.objects.count()
    first = client.post(NEW, form(cast, "page one"))
    again = client.post(NEW, form(cast, "page one", draft_window="elsewhere"))
    assert (first.status_code, again.status_code) == (302, 302)
    assert first.headers["Location"] == again.headers["Location"]
    assert Agreement.objects.count() == before + 1


def test_what_differs_is_another_request(cast: Cast, today: object) -> None:
    client, before = cast.client("linh"), ActionItem.objects.count()
    title = {"title": "Call the ministry", "owner": cast.linh.pk, "seen_version": "1"}
    for sent in (
        {"csrfmiddlewaretoken": "page one", **title},
        {"csrfmiddlewaretoken": "page two", **title},
        {"csrfmiddlewaretoken": "page one", **title, "title": "Call them again"},
        title,
        title,
    ):
        assert client.post("/actions/new/", sent).status_code == 302
    assert ActionItem.objects.count() == before + 5
    assert cast.client("minh").post("/actions/new/", {"csrfmiddlewaretoken": "page one", **title}).status_code == 302
    assert ActionItem.objects.count() == before + 6


def test_what_was_refused_may_be_sent_again(cast: Cast, today: object) -> None:
    client, before = cast.client("linh"), KeptAnswer.objects.count()
    assert client.post(NEW, form(cast, "page one", kind="no such kind")).status_code == 422
    assert KeptAnswer.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_made(cast: Cast, today: object) -> None:
    before, answers = Agreement.objects.count(), []
    clients = [cast.client("linh") for _ in range(4)]

    def send(client: Any) -> None:
        answers.append(client.post(NEW, form(cast, "page one")))
        connection.close()

    senders = [threading.Thread(target=send, args=(client,)) for client in clients]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.url for answer in answers}) == 1
    assert Agreement.objects.count() == before + 1


def test_files_are_part_of_what_is_sent(cast: Cast, today: object) -> None:
    client, before = cast.client("linh"), Document.objects.count()
    for content in (b"% 1", b"% 1", b"% 2"):
        facts = {"kind": "other", "title_en": "A note", "audience": "internal", "language": ""}
        sent = {"csrfmiddlewaretoken": "page one", **facts, "upload": SimpleUploadedFile("note.pdf", PDF + content)}
        assert client.post("/agreements/US-2023-01/papers/", sent).status_code == 302
    assert Document.objects.count() == before + 2


def test_a_refusal_said_on_the_page_is_said_again(cast: Cast, today: object) -> None:
    client = cast.client("linh")
    for _turn in range(2):
        answer = client.post("/agreements/US-2023-01/act/approve/", {"csrfmiddlewaretoken": "page one"}, follow=True)
        assert [message.level_tag for message in answer.context["messages"]] == ["error"]
