"""Files beside a report: read by whoever reads the report, and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements.models import Document, Report
from agreements.register.rules import shares
from agreements.register.rules.shares import Terms
from tests.conftest import Cast
from tests.factories import make_share

URL = "/commitments/US-2023-01-1/report/"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def report(cast: Cast, **more: Any) -> Any:
    facts = {"text": "Opened", "delivery": "delivered", "health": "on_track", "organisation": cast.us.pk, **more}
    return cast.client("sara").post(URL, facts)


def test_a_file_is_evidence_and_the_desk_reads_it(cast: Cast, today: object) -> None:
    assert report(cast, evidence_file=SimpleUploadedFile("opening.txt", b"Opened")).status_code == 302
    paper = Document.objects.get()
    assert (Report.objects.get().status, paper.filename, paper.audience) == ("submitted", "opening.txt", "partner")
    assert cast.client("linh").get(f"/documents/{paper.pk}/").status_code == 200
    assert cast.client("sara").get(f"/documents/{paper.pk}/").status_code == 200
    assert cast.client("omar").get(f"/documents/{paper.pk}/").status_code == 404
    assert "opening.txt" in cast.client("linh").get("/commitments/US-2023-01-1/").content.decode()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [("a.exe", b"MZ", "not taken"), ("a.pdf", b"no pdf", "not what its name says"), ("TỐI MẬT.txt", b"x", "secret")],
)
def test_a_bad_file_is_refused_and_the_text_stays(
    cast: Cast, today: object, name: str, content: bytes, reason: str
) -> None:
    answer = report(cast, evidence_file=SimpleUploadedFile(name, content))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert reason in page
    assert "Opened" in page
    assert not Report.objects.exists()


def test_evidence_of_a_draft_is_its_authors_alone(cast: Cast, today: object) -> None:
    report(cast, evidence_file=SimpleUploadedFile("draft.txt", b"Not yet"), keep="draft")
    paper = Document.objects.get()
    assert cast.client("sara").get(f"/documents/{paper.pk}/").status_code == 200
    assert cast.client("linh").get(f"/documents/{paper.pk}/").status_code == 404
    assert "draft.txt" not in cast.client("linh").get("/agreements/US-2023-01/").content.decode()


def test_another_partner_of_the_agreement_reads_it_only_with_the_reports(cast: Cast, today: object) -> None:
    report(cast, evidence_file=SimpleUploadedFile("opening.txt", b"Opened"))
    paper = Document.objects.get()
    Document.objects.update(state="clean")
    make_share(agreement=cast.agreement, organisation=cast.kr)
    assert cast.client("omar").get(f"/documents/{paper.pk}/").status_code == 200
    shares.share(cast.agreement, Terms(cast.kr, withheld=["reports"]), by=cast.viewer("linh"))
    assert cast.client("omar").get(f"/documents/{paper.pk}/").status_code == 404
    assert "opening.txt" not in cast.client("omar").get("/agreements/US-2023-01/").content.decode()
    shares.share(cast.agreement, Terms(cast.us, withheld=["reports", "papers"]), by=cast.viewer("linh"))
    assert cast.client("sara").get(f"/documents/{paper.pk}/").status_code == 200, "one's own stays"
