"""A link without an account: one commitment, one purpose, one answer; nothing beyond the gate."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from agreements.commitments.rules import links
from agreements.models import Answer, Commitment, Document, Link, LinkOpening, Report, Share
from agreements.register.rules import shares
from partners.refusals import Refused
from tests.conftest import Cast

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def reader() -> Client:
    """Whoever holds the address: no account, a browser set to English."""
    return Client(headers={"accept-language": "en"})


def make(cast: Cast, purpose: str = "confirm", **more: Any) -> tuple[Link, str]:
    facts = {"recipient": "Ann Lee, State Department", "days": 14, "by": cast.viewer("linh"), **more}
    link, secret = links.make(cast.commitment, facts.pop("organisation", cast.us), purpose, **facts)
    return link, f"/l/{secret}/"


def seen(cast: Cast) -> str:
    return str(Commitment.objects.get(pk=cast.commitment.pk).wording_hash)


def test_looking_changes_nothing_and_one_answer_spends_it(cast: Cast, today: object) -> None:
    link, url = make(cast)
    stranger = reader()
    for _ in range(3):  # as a mail scanner does
        assert stranger.get(url).status_code == 200
    assert (Answer.objects.count(), LinkOpening.objects.count()) == (0, 3)
    facts = {"seen": seen(cast), "organisation": cast.us.pk, "verdict": "confirmed"}
    assert "has arrived" in stranger.post(url, facts).content.decode()
    given = Answer.objects.get()
    assert (given.organisation, given.link, given.created_by, given.on_behalf) == (
        cast.us,
        link,
        None,
        False,
    )
    assert Commitment.objects.get(pk=cast.commitment.pk).agreed == "confirmed"
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, facts).status_code == 404
    assert Answer.objects.count() == 1
    assert "used" in cast.client("linh").get("/commitments/US-2023-01-1/").content.decode()


def test_a_refused_answer_does_not_spend_it(cast: Cast, today: object) -> None:
    link, url = make(cast)
    facts = {"seen": "0" * 64, "organisation": cast.us.pk, "verdict": "confirmed", "remark": "fine with us"}
    answer = reader().post(url, facts)
    assert (answer.status_code, "fine with us" in answer.content.decode()) == (422, True)
    link.refresh_from_db()
    assert link.used_at is None
    assert reader().post(url, {**facts, "seen": seen(cast)}).status_code == 200
    link.refresh_from_db()
    assert link.used_at


def test_a_report_by_link_with_a_file(cast: Cast, today: object, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    _link, url = make(cast, "report")
    facts: dict[str, Any] = {
        "text": "The lab is open",
        "delivery": "delivered",
        "health": "on_track",
        "organisation": cast.us.pk,
    }
    bare = reader().post(url, facts)
    assert (bare.status_code, "needs evidence" in bare.content.decode()) == (422, True)
    assert not Report.objects.exists(), "nothing is left behind, and the link is still good"
    facts["evidence_file"] = SimpleUploadedFile("opening.txt", b"Opened on 1 October")
    assert "has arrived" in reader().post(url, facts).content.decode()
    report = Report.objects.get()
    assert (report.status, report.organisation, report.created_by) == ("submitted", cast.us, None)
    assert Document.objects.get().report == report
    assert cast.client("minh").post(f"/reports/{report.pk}/decide/", {"decision": "accept"}).status_code == 302
    report.refresh_from_db()
    assert report.status == "accepted"


def test_it_opens_no_other_purpose_and_no_other_page(cast: Cast, today: object) -> None:
    _link, url = make(cast, "confirm")
    reader().post(url, {"text": "x", "delivery": "delivered", "health": "on_track", "organisation": cast.us.pk})
    assert not Report.objects.exists()
    stranger = reader()
    stranger.get(url)
    for path in ("/", "/commitments/US-2023-01-1/", "/agreements/US-2023-01/", "/api/v1/commitments/"):
        assert stranger.get(path).status_code in (302, 401)


@pytest.mark.parametrize("how", ["revoke", "expire", "unshare", "archive"])
def test_it_closes_at_once(cast: Cast, today: object, how: str) -> None:
    link, url = make(cast)
    assert reader().get(url).status_code == 200
    at = timezone.now()
    match how:
        case "revoke":
            assert cast.client("linh").post(f"/links/{link.pk}/revoke/").status_code == 302
        case "expire":
            at += timedelta(days=14, seconds=1)
        case "unshare":
            shares.revoke(Share.objects.get(), by=cast.viewer("linh"))
        case "archive":
            Commitment.objects.filter(pk=cast.commitment.pk).update(archived_at=at)
    with time_machine.travel(at):
        closed, forged = reader().get(url), reader().get("/l/forged:nonsense/")
    assert closed.status_code == forged.status_code == 404
    assert cast.commitment.title_en not in closed.content.decode()
    plain = [TOKEN.sub("", page.content.decode()) for page in (closed, forged)]
    assert plain[0] == plain[1].replace("/l/forged:nonsense/", url)


def test_the_secret_is_kept_nowhere(cast: Cast, today: object) -> None:
    answer = cast.client("linh").post(
        "/commitments/US-2023-01-1/link/",
        {"organisation": "gov-us", "purpose": "confirm", "recipient": "Ann", "days": "14"},
    )
    page = answer.content.decode()
    secret = page.split("/l/")[1].split("/")[0]
    assert reader().get(f"/l/{secret}/").status_code == 200
    link = Link.objects.get()
    bare = secret.split(":")[0]
    assert bare not in str(Link.objects.values().get())
    assert bare not in str(list(link.events.values()))  # type: ignore[attr-defined]
    assert bare not in cast.client("linh").get("/commitments/US-2023-01-1/").content.decode()


@pytest.mark.parametrize(
    ("more", "reason"),
    [({"days": 0}, "how many days"), ({"days": 61}, "60 at most"), ({"recipient": " "}, "for whom")],
)
def test_bad_links_are_not_made(cast: Cast, today: object, more: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        make(cast, **more)


def test_no_link_for_who_does_not_see_it(cast: Cast, today: object) -> None:
    with pytest.raises(Refused, match="share it first"):
        make(cast, organisation=cast.kr)
    for name in ("huy", "sara", "auditor", "operator"):
        with pytest.raises(Refused):
            make(cast, by=cast.viewer(name))


def test_guessing_is_slow(cast: Cast, today: object) -> None:
    stranger = reader()
    codes = [stranger.get("/l/forged:nonsense/").status_code for _ in range(62)]
    assert codes[59] == 404
    assert codes[61] == 429
