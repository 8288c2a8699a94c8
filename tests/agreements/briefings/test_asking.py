"""Asking for a paper: at once or from a worker, through the gate, for whoever asked, and for an hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from agreements.briefings import asking, drawing
from agreements.briefings.kinds import MAKERS
from agreements.exchange import writing
from agreements.models import Agreement, Export
from agreements.vocabulary import PaperKind
from tests.agreements.briefings.papers import FORMS, text_of
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_share

WHERE = "/briefings/agreement/?ref=US-2023-01&language=en&form="
TYPES = {"docx": "wordprocessingml", "pdf": "application/pdf", "xlsx": "spreadsheetml"}


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def asked(cast: Cast, form: str = "docx", name: str = "linh") -> Export:
    answer = cast.client(name).get(WHERE + form)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/exports/")
    export: Export = Export.objects.latest("pk")
    return export


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_one_agreement_is_a_file_in_each_form_and_language(cast: Cast, form: str, language: str) -> None:
    answer = cast.client("linh").get(f"/briefings/agreement/?ref=us-2023-01&language={language}&form={form}")
    assert answer.status_code == 200
    assert TYPES[form] in answer.headers["Content-Type"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert f'.{form}"' in answer.headers["Content-Disposition"]
    text = text_of(answer.content, form)
    assert "US-2023-01" in text
    assert ("Hồ sơ thỏa thuận" if language == "vi" else "Record of an agreement").casefold() in text.casefold()


@pytest.mark.parametrize("form", FORMS)
def test_one_commitment_is_a_file_too(cast: Cast, form: str) -> None:
    ref = cast.commitment.ref
    answer = cast.client("linh").get(f"/briefings/commitment/?ref={ref}&language=en&form={form}")
    assert ref in text_of(answer.content, form)


def test_hidden_and_absent_are_refused_alike(cast: Cast) -> None:
    """Sara's organisation does not see the other agreement; to her it is as one that does not exist."""
    client = cast.client("sara")
    pages = [
        client.get(f"/briefings/agreement/?ref={ref}&language=en&form=docx") for ref in (cast.hidden.ref, "XX-2000-01")
    ]
    assert [page.status_code for page in pages] == [422, 422]
    texts = [page.content.decode().replace(cast.hidden.ref, "REF").replace("XX-2000-01", "REF") for page in pages]
    tokens = [text.split("csrf")[0] for text in texts]
    assert tokens[0] == tokens[1]
    assert "There is no record with this reference." in texts[0]


@pytest.mark.parametrize(
    "query", ["form=exe&language=en", "form=docx&language=xx", "form=docx", "form=docx&language=en"]
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_made(cast: Cast, query: str) -> None:
    answer = cast.client("linh").get(f"/briefings/agreement/?{query}")
    assert answer.status_code == 422
    assert "Please correct" in answer.content.decode()


def test_an_unknown_kind_and_one_for_others_are_not_there(cast: Cast) -> None:
    assert cast.client("linh").get("/briefings/poem/").status_code == 404
    staff_only = [maker.kind for maker in MAKERS.values() if cast.sara.role not in maker.roles]
    assert [kind for kind in staff_only if cast.client("sara").get(f"/briefings/{kind}/").status_code != 404] == []


def test_a_partners_paper_is_an_extract_without_our_head(cast: Cast) -> None:
    maker = MAKERS[PaperKind.AGREEMENT]
    for user, is_issued in ((cast.linh, True), (cast.sara, False)):
        form = maker.form({"ref": "US-2023-01"}, viewer=user.viewer())
        assert form.is_valid()
        made = asking.made(maker, form, language="vi")
        assert (made.head is not None) == is_issued
        assert made.reader == user.viewer().name


@pytest.mark.parametrize("form", FORMS)
def test_a_long_one_is_written_by_a_worker_and_fetched_by_who_asked(cast: Cast, long_kind: None, form: str) -> None:
    export, client = asked(cast, form), cast.client("linh")
    assert asked(cast, form) == export, "asked for twice, written once"
    assert client.get(f"/exports/{export.pk}/").status_code == 404, "not there yet"
    assert writing.write_waiting(at=timezone.now(), paper=asking.write) == 1
    answer = client.get(f"/exports/{export.pk}/")
    assert (answer.status_code, TYPES[form] in answer.headers["Content-Type"]) == (200, True)
    assert "US-2023-01" in text_of(body(answer), form)
    assert "agreement-" in answer.headers["Content-Disposition"]
    assert 'form="' not in client.get("/exports/").content.decode()


def test_progress_is_told(cast: Cast, long_kind: None, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    told = writing._note

    def note(export: Export, done: int) -> None:
        told(export, done)
        seen.append(Export.objects.get().percent)

    monkeypatch.setattr(writing, "_note", note)
    asked(cast)
    writing.write_waiting(at=timezone.now(), paper=asking.write)
    assert seen == [33, 67]


@pytest.mark.parametrize("name", ["huy", "minh", "sara", "omar", "auditor", "operator"])
def test_nobody_else_fetches_it(cast: Cast, long_kind: None, name: str) -> None:
    export = asked(cast)
    writing.write_waiting(at=timezone.now(), paper=asking.write)
    assert cast.client(name).get(f"/exports/{export.pk}/").status_code == 404


def test_it_dies_with_the_rights_it_was_asked_with(cast: Cast, long_kind: None) -> None:
    export = asked(cast)
    writing.write_waiting(at=timezone.now(), paper=asking.write)
    cast.linh.desks.set([cast.other_desk])
    assert cast.client("linh").get(f"/exports/{export.pk}/").status_code == 404


def test_a_record_that_is_hidden_meanwhile_shuts_it(cast: Cast, long_kind: None) -> None:
    """Huy's desk does not keep it: once it is for its desk alone, his copy is shut, and Linh's is not."""
    hers, his = asked(cast), asked(cast, name="huy")
    writing.write_waiting(at=timezone.now(), paper=asking.write)
    fetch = {name: cast.client(name) for name in ("linh", "huy")}
    assert fetch["huy"].get(f"/exports/{his.pk}/").status_code == 200
    Agreement.objects.filter(ref="US-2023-01").update(restricted=True)
    assert fetch["huy"].get(f"/exports/{his.pk}/").status_code == 404
    page = fetch["huy"].get("/exports/").content.decode()
    assert "Make it again" in page
    assert f"/exports/{his.pk}/" not in page
    assert fetch["linh"].get(f"/exports/{hers.pk}/").status_code == 200


@pytest.mark.parametrize(
    "more", [{"expires_on": TODAY + timedelta(days=30)}, {"expires_on": TODAY - timedelta(days=30)},
             {"stage": "in_review", "signed_on": None}],
)  # fmt: skip
def test_a_pack_tells_of_agreements_without_commitments_too(
    cast: Cast, today: date, settings: Any, tmp_path: Any, more: dict[str, Any]
) -> None:
    """Of what ends, has ended, and waits."""
    settings.MEDIA_ROOT = str(tmp_path)
    paper = make_agreement(desk=cast.desk, parties=[cast.home, cast.us], title="Alone", **more)
    cast.client("huy").get("/briefings/review_pack/?period=Q3+2026&language=en&form=docx")
    writing.write_waiting(at=timezone.now(), paper=asking.write)
    export = Export.objects.get()
    huy = cast.client("huy")
    assert "Alone" in text_of(body(huy.get(f"/exports/{export.pk}/")), "docx")
    Agreement.objects.filter(pk=paper.pk).update(restricted=True)
    assert huy.get(f"/exports/{export.pk}/").status_code == 404


def test_a_record_that_is_hidden_before_it_is_written_is_told_to_nobody(cast: Cast, long_kind: None) -> None:
    export = asked(cast, name="huy")
    Agreement.objects.filter(ref="US-2023-01").update(restricted=True)
    writing.write_waiting(at=timezone.now(), paper=asking.write)
    export.refresh_from_db()
    assert (export.state, export.file.name) == ("failed", "")
    assert "no longer yours to see" in export.error


def test_a_record_that_is_hidden_while_it_is_written_is_told_to_nobody(
    cast: Cast, long_kind: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(paper: Any, form: str) -> bytes:
        Agreement.objects.filter(ref="US-2023-01").update(restricted=True)
        return drawing.draw(paper, form)

    monkeypatch.setattr(asking, "draw", meanwhile)
    export = asked(cast, name="huy")
    writing.write_waiting(at=timezone.now(), paper=asking.write)
    export.refresh_from_db()
    assert (export.state, export.file.name) == ("failed", "")


def test_what_a_dead_worker_left_is_written_anew(cast: Cast, long_kind: None) -> None:
    export, now = asked(cast), timezone.now()
    Export.objects.update(state="running", heard_at=now, done=1)
    assert writing.write_waiting(at=now, paper=asking.write) == 0, "someone is at it"
    Export.objects.update(heard_at=now - timedelta(minutes=3))
    assert cast.client("linh").get(f"/exports/{export.pk}/").status_code == 404, "nothing half-made"
    assert writing.write_waiting(at=now, paper=asking.write) == 1
    assert cast.client("linh").get(f"/exports/{export.pk}/").status_code == 200


def test_the_log_says_what_left(cast: Cast, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr("agreements.briefings.views.log.info", lambda event, **said: told.append((event, said)))
    cast.client("linh").get(WHERE + "pdf")
    (first, asked_with), (second, sent_with) = told
    assert (first, second) == ("paper_asked", "paper_sent")
    assert asked_with["kind"] == "agreement"
    assert asked_with["parameters"] == {"ref": str(cast.agreement.pk)}
    assert (sent_with["form"], sent_with["language"]) == ("pdf", "en")
    assert sent_with["rows"] > 0


def test_only_what_is_chosen_is_logged_and_not_what_is_typed(cast: Cast) -> None:
    maker = MAKERS[PaperKind.AGREEMENT]
    form = maker.form({"ref": "US-2023-01"}, viewer=cast.linh.viewer())
    assert form.is_valid()
    form.cleaned_data["ref"] = "typed freely"
    assert asking.told(form) == {"ref": "…"}


def test_the_pages_of_records_lead_to_their_papers(cast: Cast) -> None:
    for name in ("linh", "sara"):
        page = cast.client(name).get("/agreements/US-2023-01/").content.decode()
        assert "/briefings/agreement/?ref=US-2023-01&amp;language=en&amp;form=docx" in page
        page = cast.client(name).get(f"/commitments/{cast.commitment.ref}/").content.decode()
        assert f"/briefings/commitment/?ref={cast.commitment.ref}&amp;language=en&amp;form=pdf" in page


def test_what_is_long_is_never_kept_for_a_partner() -> None:
    """A share may change within the hour that a file is kept."""
    assert [maker.kind for maker in MAKERS.values() if maker.is_long and "partner" in maker.roles] == []


def test_a_share_taken_back_shuts_the_paper_at_once(cast: Cast) -> None:
    agreement = make_agreement(desk=cast.desk, ref="US-2024-09", parties=[cast.home, cast.us])
    share = make_share(agreement=agreement, organisation=cast.us)
    where = "/briefings/agreement/?ref=US-2024-09&language=en&form=pdf"
    assert cast.client("sara").get(where).status_code == 200
    share.revoked_at = timezone.now()
    share.save()
    assert cast.client("sara").get(where).status_code == 422


def test_a_kind_that_is_gone_fails_with_a_word(cast: Cast, long_kind: None, monkeypatch: pytest.MonkeyPatch) -> None:
    export = asked(cast)
    monkeypatch.setattr(
        asking, "MAKERS", {PaperKind.AGREEMENT: replace(MAKERS[PaperKind.AGREEMENT], roles=frozenset())}
    )
    writing.write_waiting(at=timezone.now(), paper=asking.write)
    export.refresh_from_db()
    assert (export.state, export.error) == ("failed", "You can no longer ask for this.")
