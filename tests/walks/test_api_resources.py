"""Each resource of the API does what its page does: by the same rule, for the same people."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements.models import Agreement, Comment, DueRequest, Follow, Measurement, Milestone, Participant, Report, Share
from partners.models import Membership, Organisation
from tests.conftest import Cast, wrong
from tests.factories import TODAY, make_document, make_organisation

PROMISE, PAPER, DRAFT = "US-2023-01-1", "US-2023-01", "US-2026-01"


def made(answer: Any) -> Any:
    assert answer.status_code == 201, answer.content
    return answer.json()


def done(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_participants_come_and_go(cast: Cast, today: object) -> None:
    api, mit = cast.api("linh"), make_organisation(code="mit", country="US")
    row = made(
        api.post("/api/v1/participants/", {"agreement": DRAFT, "organisation": "mit", "role": "funding"}, "json")
    )
    assert (row["organisation"], row["role"]) == ("mit", "funding")
    where = f"/api/v1/participants/{row['id']}/"
    assert done(api.patch(where, {"signatory": "Ann", "signed": "2023-09"}, format="json"))["signed"] == "2023-09"
    kept = Participant.objects.get(pk=row["id"])
    assert (kept.organisation, kept.role, kept.signatory) == (mit, "funding", "Ann"), "what is not sent stays"
    again = api.post("/api/v1/participants/", {"agreement": DRAFT, "organisation": "mit", "role": "funding"}, "json")
    assert again.status_code == 400
    unknown = api.post("/api/v1/participants/", {"agreement": DRAFT, "organisation": "Nobody Inc"}, "json")
    assert list(wrong(unknown)) == ["organisation"]
    version = Agreement.objects.get(ref=DRAFT).version
    assert api.post(f"{where}remove/", {}, format="json").status_code == 204
    assert Agreement.objects.get(ref=DRAFT).version == version + 1, "who takes part is part of it"
    assert api.get(where).status_code == 404


def test_parties_of_a_signed_paper_are_corrected_by_a_manager(cast: Cast, today: object) -> None:
    make_organisation(code="mit", country="US")
    body = {"agreement": PAPER, "organisation": "mit"}
    assert cast.api("huy").post("/api/v1/participants/", body, format="json").status_code == 403
    assert cast.api("linh").post("/api/v1/participants/", body, format="json").status_code == 400
    assert list(wrong(cast.api("minh").post("/api/v1/participants/", body, format="json"))) == ["because"]
    made(cast.api("minh").post("/api/v1/participants/", {**body, "because": "left out"}, format="json"))
    assert cast.agreement.steps.filter(name="correct", reason="left out").exists()


def test_papers_are_added_followed_and_fetched(cast: Cast, today: object, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT, api = str(tmp_path), cast.api("linh")

    def send(**more: Any) -> Any:
        file = SimpleUploadedFile("paper.txt", b"Article 1")
        return api.post("/api/v1/documents/", {"agreement": PAPER, "upload": file, "title_en": "The text", **more})

    first = made(send(audience="partner"))
    assert (first["filename"], first["edition"], first["agreement"]) == ("paper.txt", 1, PAPER)
    fetched: Any = api.get(f"/api/v1/documents/{first['id']}/file/", HTTP_ACCEPT="text/plain")
    assert b"".join(fetched.streaming_content) == b"Article 1"
    assert "attachment" in fetched.headers["Content-Disposition"]
    second = made(send(replaces=first["id"]))
    assert (second["edition"], second["replaces"]) == (2, first["id"])
    assert send(replaces=first["id"]).status_code == 409
    assert list(wrong(send(secrecy="MẬT"))) == ["secrecy"]
    assert api.post("/api/v1/documents/", {"agreement": PAPER}, format="json").status_code == 415
    assert cast.api("huy").post("/api/v1/documents/", {"agreement": PAPER}).status_code in (400, 403)
    listed = cast.api("sara").get(f"/api/v1/documents/?agreement={PAPER}").json()["results"]
    assert listed == [], "what nobody has looked at is not given away"


def test_reports_go_their_way(cast: Cast, today: object, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT, sara = str(tmp_path), cast.api("sara")
    body = {"commitment": PROMISE, "organisation": "gov-us", "text": "Begun", "hand_in": False}
    draft = made(sara.post("/api/v1/reports/", body, format="json"))
    where = f"/api/v1/reports/{draft['id']}/"
    assert draft["status"] == "draft"
    assert cast.api("linh").get(where).status_code == 404, "a draft is its side's paper"
    changed = done(sara.patch(where, {"delivery": "delivered"}, format="json"))
    assert (changed["text"], changed["delivery"]) == ("Begun", "delivered")
    assert sara.post(f"{where}submit/").status_code == 409, "it needs evidence"
    done(sara.post(f"{where}evidence/", {"file": SimpleUploadedFile("photo.txt", b"here it is")}))
    assert done(sara.post(f"{where}submit/"))["status"] == "submitted"
    late = sara.patch(where, {"text": "More"}, format="json")
    assert (late.status_code, late.json()["code"]) == (409, "refused"), "hers, but no longer in her hands"
    assert sara.post(f"{where}accept/", {}, format="json").status_code == 403
    linh = cast.api("linh")
    assert linh.post(f"{where}return/", {}, format="json").status_code == 409
    assert done(linh.post(f"{where}return/", {"comment": "Where?"}, format="json"))["status"] == "returned"
    done(sara.patch(where, {"text": "In Huế", "hand_in": True}, format="json"))
    assert done(linh.post(f"{where}accept/", {}, format="json"))["status"] == "accepted"
    cast.commitment.refresh_from_db()
    assert cast.commitment.delivery == "delivered"
    own = linh.post("/api/v1/reports/", {"commitment": PROMISE, "text": "x", "delivery": "delivered"}, format="json")
    assert (own.status_code, Report.objects.count()) == (409, 1), "what is refused leaves no draft"


def test_what_is_shared_is_changed_by_name_alone(cast: Cast, today: object) -> None:
    """A second POST would open what the first holds back."""
    linh, body = cast.api("linh"), {"agreement": PAPER, "organisation": "kfia", "withheld": ["papers"], "until": "2030"}
    share = made(linh.post("/api/v1/shares/", body, format="json"))
    where = f"/api/v1/shares/{share['id']}/"
    again = linh.post("/api/v1/shares/", {"agreement": PAPER, "organisation": "kfia"}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "double")
    assert [one.endswith(where) for one in again.json()["similar"]] == [True]
    held = done(linh.get(where))
    assert (held["withheld"], held["until_on"]) == (["papers"], "2030-12-31"), "as it was"
    changed = done(linh.patch(where, {"withheld": ["papers", "reports"]}, format="json"))
    assert (changed["withheld"], changed["until_on"]) == (["papers", "reports"], "2030-12-31")
    assert done(linh.patch(where, {"until": None}, format="json"))["until_on"] is None
    assert linh.patch(where, {"until": "2020"}, format="json").status_code == 409
    assert linh.patch(where, {"withheld": []}, format="json", HTTP_IF_MATCH='"1"').status_code == 412
    assert list(wrong(linh.patch(where, {"organisation": "gov-us"}, format="json"))) == ["organisation"]
    assert cast.api("huy").patch(where, {"withheld": []}, format="json").status_code == 403
    done(linh.post(f"{where}revoke/", {}, format="json"))
    assert linh.patch(where, {"withheld": []}, format="json").status_code == 409
    assert made(linh.post("/api/v1/shares/", body, format="json"))["id"] != share["id"]


def test_a_share_of_a_country_is_changed_by_its_manager(cast: Cast, today: object) -> None:
    minh, body = cast.api("minh"), {"country": "US", "desk": "americas", "organisation": "kfia"}
    share = made(minh.post("/api/v1/shares/", body, format="json"))
    where = f"/api/v1/shares/{share['id']}/"
    assert minh.post("/api/v1/shares/", body, format="json").status_code == 409
    assert done(minh.patch(where, {"withheld": ["reports"]}, format="json"))["withheld"] == ["reports"]
    assert cast.api("linh").patch(where, {"withheld": []}, format="json").status_code in (403, 409)
    assert cast.api("sara").patch(where, {"withheld": []}, format="json").status_code == 403
    assert done(minh.get(where))["withheld"] == ["reports"]


def test_a_report_stays_in_the_name_in_which_it_stands(cast: Cast, today: object) -> None:
    """Whichever of the partner's organisations comes first: on the page as by the API."""
    Membership.objects.create(user=cast.sara, organisation=cast.kr)
    sara = cast.api("sara")
    for name in ("gov-us", "kfia"):
        body = {"commitment": PROMISE, "organisation": name, "text": "Begun", "hand_in": False}
        draft = made(sara.post("/api/v1/reports/", body, format="json"))
        changed = done(sara.patch(f"/api/v1/reports/{draft['id']}/", {"text": "Half"}, format="json"))
        assert (changed["organisation"], changed["text"]) == (name, "Half")
        shown = cast.client("sara").get(f"/reports/{draft['id']}/").context["form"]["organisation"].value()
        assert str(shown) == str(Organisation.objects.get(code=name).pk), "the page offers it first"
        moved = done(sara.patch(f"/api/v1/reports/{draft['id']}/", {"organisation": "kfia"}, format="json"))
        assert moved["organisation"] == "kfia", "where it is said"


def test_parts_of_a_promise(cast: Cast, today: object) -> None:
    api = cast.api("linh")
    step = made(api.post("/api/v1/milestones/", {"commitment": PROMISE, "title_en": "Begin", "due": "2027"}, "json"))
    where = f"/api/v1/milestones/{step['id']}/"
    assert (step["due"], step["status"]) == ("2027", "scheduled")
    assert list(wrong(api.patch(where, {"status": "met"}, format="json"))) == [""]
    shown = {"status": "met", "met_on": TODAY.isoformat(), "evidence_url": "https://example.org/a"}
    met = done(api.patch(where, shown, format="json"))
    assert (met["title_en"], met["met_on"], met["due"]) == ("Begin", TODAY.isoformat(), "2027")
    sum_ = {"commitment": PROMISE, "kind": "pledged", "amount": "1.5 billion", "currency": "usd", "date": "2025-01"}
    money = made(api.post("/api/v1/money/", sum_, format="json"))
    assert (money["amount"], money["currency"], money["date"]) == ("1500000000.0000", "USD", "2025-01")
    count = {"commitment": PROMISE, "title_en": "Engineers", "baseline": 0, "target": 300, "due": "2027"}
    indicator = made(api.post("/api/v1/indicators/", count, format="json"))
    figure = {"indicator": indicator["id"], "value": 120, "date": "2026-06"}
    assert made(api.post("/api/v1/measurements/", figure, format="json"))["indicator"] == indicator["id"]
    assert Measurement.objects.get().value == 120
    assert api.post(f"{where}remove/").status_code == 204
    assert Milestone.objects.get().archived_at
    for kind in ("milestones", "money", "indicators"):
        assert cast.api("huy").post(f"/api/v1/{kind}/", {**sum_, **count}, format="json").status_code in (400, 403)
    assert cast.api("huy").patch(f"/api/v1/money/{money['id']}/", {"amount": "2"}, format="json").status_code == 403
    assert "remark" not in cast.api("sara").get("/api/v1/money/").json()["results"][0]


def test_blockers_and_days(cast: Cast, today: object) -> None:
    linh, sara, minh = cast.api("linh"), cast.api("sara"), cast.api("minh")
    where = f"/api/v1/commitments/{PROMISE}/"
    blocked = done(linh.post(f"{where}block/", {"what": "Visas", "side": "ours", "removed_by": "desk"}, format="json"))
    assert (blocked["blocker"], blocked["blocked_by"]) == ("Visas", "desk")
    assert linh.post(f"{where}escalate/", {"to": "ministry", "reason": "x"}, format="json").status_code == 409
    assert done(minh.post(f"{where}escalate/", {"to": "ministry", "reason": "x"}, format="json"))["blocked_by"]
    assert done(linh.post(f"{where}unblock/", {"how": "Issued"}, format="json"))["blocker"] == ""
    type(cast.commitment).objects.update(due_on=TODAY, baseline_due_on=TODAY)
    done(sara.post(f"{where}ask-day/", {"to": "2027-03", "reason": "Late"}, format="json"))
    asked = DueRequest.objects.get()
    assert sara.post(f"/api/v1/due-requests/{asked.pk}/approve/", {}, format="json").status_code == 403
    moved = done(minh.post(f"/api/v1/due-requests/{asked.pk}/approve/", {}, format="json"))
    assert (moved["state"], moved["to"], moved["commitment"]) == ("approved", "2027-03", PROMISE)
    assert linh.get(where).json()["due"] == "2027-03"


def test_words_are_answered(cast: Cast, today: object) -> None:
    sara, where = cast.api("sara"), f"/api/v1/commitments/{PROMISE}/"
    seen = done(sara.get(f"{where}wording/"))["seen"]
    said = {"verdict": "disputed", "seen": seen, "organisation": "gov-us", "proposed_en": "Other words"}
    assert sara.post(f"{where}answer/", {**said, "seen": "x"}, format="json").status_code == 409
    assert done(sara.post(f"{where}answer/", said, format="json"))["confirmation"] == "disputed"
    (answer,) = cast.api("linh").get(f"/api/v1/answers/?commitment={PROMISE}").json()["results"]
    kept = done(cast.api("linh").post(f"/api/v1/answers/{answer['id']}/decline/", {"comment": "No"}, format="json"))
    assert (kept["state"], kept["reply"]) == ("declined", "No")
    paper = make_document(agreement=cast.agreement, state="clean")
    behalf = {"organisation": "gov-us", "document": paper.pk, "seen": seen}
    assert done(cast.api("linh").post(f"{where}on-behalf/", behalf, format="json"))["confirmation"] == "confirmed"


def test_amendments_are_proposed_and_decided(cast: Cast, today: object) -> None:
    linh, minh = cast.api("linh"), cast.api("minh")
    body = {"agreement": PAPER, "kind": "extension", "text_en": "Five more years", "expires": "2031-09-10"}
    paper = make_document(agreement=cast.agreement, state="clean")
    row = made(linh.post("/api/v1/amendments/", {**body, "document": str(paper.pk)}, format="json"))
    assert list(row["changes"]) == ["expires_on"]
    assert linh.post("/api/v1/amendments/", body, format="json").status_code == 409, "one at a time"
    where = f"/api/v1/amendments/{row['id']}/"
    assert done(linh.patch(where, {"text_vi": "Năm năm"}, format="json"))["changes"] == row["changes"]
    assert done(linh.post(f"{where}submit/", {}, format="json"))["stage"] == "in_review"
    assert {act["name"] for act in done(minh.get(f"{where}acts/"))["acts"]} >= {"return"}
    assert linh.post(f"{where}teleport/", {}, format="json").status_code == 404
    assert cast.api("sara").get(where).status_code == 403


def test_colleagues_comment_and_note(cast: Cast) -> None:
    linh, minh = cast.api("linh"), cast.api("minh")
    first = made(linh.post("/api/v1/comments/", {"agreement": PAPER, "text": "Why?"}, format="json"))
    reply = {"agreement": PAPER, "text": "So.", "answers": first["id"]}
    assert made(minh.post("/api/v1/comments/", reply, format="json"))["thread"] == first["id"]
    assert done(minh.post(f"/api/v1/comments/{first['id']}/resolve/"))["resolved_at"]
    assert done(minh.post(f"/api/v1/comments/{first['id']}/reopen/"))["resolved_at"] is None
    made(linh.post("/api/v1/notes/", {"agreement": PAPER, "text": "Mind the date"}, format="json"))
    assert Comment.objects.count() == 2
    for kind in ("comments", "notes"):
        assert len(linh.get(f"/api/v1/{kind}/?agreement={PAPER}").json()["results"]) >= 1
        assert cast.api("sara").get(f"/api/v1/{kind}/").json()["results"] == []


@pytest.mark.parametrize("who", ["linh", "sara"])
def test_one_follows_and_no_longer(cast: Cast, who: str) -> None:
    api = cast.api(who)
    row = made(api.post("/api/v1/follows/", {"agreement": PAPER}, format="json"))
    assert row["agreement"] == PAPER
    assert api.post("/api/v1/follows/", {}, format="json").status_code == 400
    assert api.post("/api/v1/follows/", {"agreement": "XX-1"}, format="json").status_code == 400
    assert cast.api("huy").post(f"/api/v1/follows/{row['id']}/remove/").status_code == 404
    assert api.post(f"/api/v1/follows/{row['id']}/remove/").status_code == 204
    assert not Follow.objects.exists()
    view = made(
        api.post("/api/v1/saved-views/", {"name": "Late", "page": "commitments", "query": "due=overdue"}, "json")
    )
    assert [one["name"] for one in done(api.get("/api/v1/saved-views/"))["results"]] == ["Late"]
    made(api.post("/api/v1/follows/", {"view": view["id"]}, format="json"))
    assert cast.api("omar").post(f"/api/v1/saved-views/{view['id']}/remove/").status_code == 404
    assert api.post(f"/api/v1/saved-views/{view['id']}/remove/").status_code == 204
    assert done(api.get("/api/v1/follows/"))["results"] == []
    assert done(api.get("/api/v1/inbox/?unread=true"))["results"] == []


def test_numbers_that_no_row_has_are_not_found(cast: Cast) -> None:
    for number in ("0", "999999999999999999"):
        for kind in ("documents", "reports", "shares", "milestones", "participants"):
            assert cast.api("linh").get(f"/api/v1/{kind}/{number}/").status_code == 404, (kind, number)


def test_everything_is_searched(cast: Cast) -> None:
    found = done(cast.api("linh").get("/api/v1/search/?q=Memorandum"))
    assert {hit["ref"] for hit in found["results"]} >= {PAPER, DRAFT}
    assert DRAFT not in {hit["ref"] for hit in done(cast.api("sara").get("/api/v1/search/?q=Memorandum"))["results"]}
    assert cast.api("linh").get("/api/v1/search/").status_code == 400
    like = done(cast.api("linh").get("/api/v1/agreements/similar/?organisation=gov-us&signed=2023-09-11"))
    assert [one["ref"] for one in like] == [PAPER]


def test_whose_it_is_and_what_a_rule_refuses_are_told_apart(cast: Cast, today: object) -> None:
    linh, huy, minh = cast.api("linh"), cast.api("huy"), cast.api("minh")

    def told(answer: Any) -> tuple[int, str]:
        return answer.status_code, answer.json()["code"]

    body = {"commitment": PROMISE, "organisation": "gov-us", "text": "Begun"}
    theirs = f"/api/v1/reports/{made(cast.api('sara').post('/api/v1/reports/', body, format='json'))['id']}/"
    assert told(huy.post(f"{theirs}accept/", {}, format="json")) == (403, "not_yours")
    done(linh.post(f"{theirs}accept/", {}, format="json"))
    assert told(linh.post(f"{theirs}accept/", {}, format="json")) == (409, "refused"), "decided already"
    share = Share.objects.get(organisation=cast.us)
    assert told(huy.post(f"/api/v1/shares/{share.pk}/revoke/")) == (403, "not_yours")
    to_korea = {"agreement": PAPER, "organisation": "kfia"}
    assert told(huy.post("/api/v1/shares/", to_korea, format="json")) == (403, "not_yours")
    assert told(linh.post("/api/v1/shares/", {**to_korea, "agreement": DRAFT}, format="json")) == (409, "refused")
    country = {"country": "US", "desk": "americas", "organisation": "kfia"}
    assert told(linh.post("/api/v1/shares/", country, format="json")) == (403, "not_yours"), "its manager's"
    change = {"agreement": PAPER, "kind": "extension", "text_en": "Longer", "expires": "2031-09-10"}
    assert told(linh.post("/api/v1/amendments/", {**change, "agreement": DRAFT}, format="json")) == (409, "refused")
    assert told(huy.post("/api/v1/amendments/", change, format="json")) == (403, "permission_denied")
    paper = make_document(agreement=cast.agreement, state="clean")
    row = made(linh.post("/api/v1/amendments/", {**change, "document": str(paper.pk)}, format="json"))
    done(linh.post(f"/api/v1/amendments/{row['id']}/submit/", {}, format="json"))
    late = linh.patch(f"/api/v1/amendments/{row['id']}/", {"text_en": "X"}, format="json")
    assert told(late) == (409, "refused"), "no draft any more"
    Agreement.objects.filter(ref=PAPER).update(stage="in_review")
    step = {"commitment": PROMISE, "title_en": "Begin"}
    assert told(minh.post("/api/v1/milestones/", step, format="json")) == (409, "refused")
    assert told(huy.post("/api/v1/milestones/", step, format="json")) == (403, "permission_denied")
