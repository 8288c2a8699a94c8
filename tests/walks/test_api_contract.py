"""What HTTP promises of the API: one shape of refusals, conditions, repetitions, pages, parameters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from agreements.models import Agreement, Commitment, Reminder, ReminderRule, Share
from partners.models import ApiToken, KeptAnswer
from tests.conftest import Cast, wrong
from tests.factories import TODAY, make_agreement, make_organisation
from tests.roles import owner
from tracker.history.sealing import seal

HIDDEN, SHARED = "/api/v1/agreements/US-2026-01/", "/api/v1/agreements/US-2023-01/"
NEW = {
    "title_en": "Cooperation on tidal power", "kind": "mou", "desk": "americas", "signed": "2023-09-05",
    "participants": [{"organisation": "gov-vn"}, {"organisation": "gov-us"}],
}  # fmt: skip


def by_key(cast: Cast, name: str, **headers: str) -> APIClient:
    _token, key = ApiToken.issue(
        cast.people[name], name="x", read_only=False, expires_on=timezone.localdate() + timedelta(days=9)
    )
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}", **headers)
    return client


def plain(cast: Cast, name: str) -> APIClient:
    client = APIClient(headers={"accept-language": "en"})
    client.force_authenticate(cast.people[name])
    return client


# --- refusals --------------------------------------------------------------------------------------------------------
def refusals(cast: Cast) -> dict[str, tuple[Any, int, str]]:
    linh, sara, nobody = plain(cast, "linh"), plain(cast, "sara"), APIClient(headers={"accept-language": "en"})
    return {
        "field": (linh.post("/api/v1/agreements/", {**NEW, "colour": 1}, format="json"), 400, "invalid"),
        "parameter": (linh.get("/api/v1/agreements/?colour=red"), 400, "invalid"),
        "body": (linh.post("/api/v1/agreements/", b"{", content_type="application/json"), 400, "parse_error"),
        "stranger": (nobody.get("/api/v1/agreements/"), 401, "not_authenticated"),
        "role": (sara.post("/api/v1/agreements/", NEW, format="json"), 403, "permission_denied"),
        "act of another": (linh.post(f"{SHARED}suspend/", {"reason": "x"}, format="json"), 403, "not_yours"),
        "hidden": (sara.get(HIDDEN), 404, "not_found"),
        "address": (linh.get("/api/v1/nothing/"), 404, "not_found"),
        "act": (linh.post(f"{SHARED}teleport/", {}, format="json"), 404, "unknown_act"),
        "method": (linh.delete(HIDDEN), 405, "method_not_allowed"),
        "kind of answer": (linh.get(HIDDEN, HTTP_ACCEPT="text/html"), 406, "not_acceptable"),
        "rule": (linh.post(f"{SHARED}submit/", {}, format="json"), 409, "refused"),
        "stale": (linh.patch(HIDDEN, {"place": "Huế"}, format="json", HTTP_IF_MATCH='"99"'), 412, "stale"),
        "kind of body": (linh.post(HIDDEN, "x", content_type="text/plain"), 405, "method_not_allowed"),
        "text": (
            linh.post("/api/v1/agreements/", "x", content_type="text/plain"), 415, "unsupported_media_type",
        ),
        "unconditional": (linh.patch(HIDDEN, {"place": "Huế"}, format="json"), 428, "precondition_required"),
    }  # fmt: skip


def test_every_refusal_has_one_shape(cast: Cast, today: object) -> None:
    for name, (answer, status, code) in refusals(cast).items():
        assert answer.status_code == status, (name, answer.content)
        assert answer.headers["Content-Type"] == "application/problem+json", name
        said = answer.json()
        assert {"type", "title", "status", "detail", "code"} <= set(said), name
        assert (said["status"], said["code"]) == (status, code), (name, said)
        assert said["detail"]
        assert ("errors" in said) is (code == "invalid"), name


@pytest.mark.parametrize("language", ["vi", "en"])
def test_reasons_are_in_the_readers_language(cast: Cast, today: object, language: str) -> None:
    """By Accept-Language; without it, in that of the key's owner."""
    words = {"vi": "Yêu cầu bị từ chối", "en": "The request is refused"}
    asked = by_key(cast, "linh", HTTP_ACCEPT_LANGUAGE=language).get("/api/v1/agreements/?colour=red")
    assert asked.json()["title"] == words[language]
    cast.linh.language = language
    cast.linh.save()
    own = by_key(cast, "linh").get("/api/v1/agreements/?colour=red")
    assert own.json()["title"] == words[language]


def test_places_in_a_body_are_named(cast: Cast) -> None:
    rows = [{"organisation": "gov-vn"}, {"organisation": "nobody"}]
    answer = plain(cast, "linh").post("/api/v1/agreements/", {**NEW, "participants": rows}, format="json")
    assert list(wrong(answer)) == ["participants.1.organisation"]


# --- parameters and pages --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", ["0", "201", "-1", "abc", "", "1e3"])
def test_sizes_of_pages_that_are_none_are_refused(cast: Cast, size: str) -> None:
    answer = plain(cast, "linh").get(f"/api/v1/agreements/?page_size={size}")
    assert (answer.status_code, list(wrong(answer))) == (400, ["page_size"])


def test_rows_are_counted_where_that_is_asked(cast: Cast) -> None:
    for _ in range(4):
        make_agreement(desk=cast.desk)
    api = plain(cast, "linh")
    assert "count" not in api.get("/api/v1/agreements/").json()
    said = api.get("/api/v1/agreements/?count=exact&page_size=2&stage=signed").json()
    assert (said["count"], said["count_is_capped"], len(said["results"])) == (5, False, 2)
    assert api.get("/api/v1/agreements/?count=capped").json()["count"] == 6
    assert plain(cast, "sara").get("/api/v1/agreements/?count=exact").json()["count"] == 1
    assert api.get("/api/v1/agreements/?count=all").status_code == 400


def test_a_filter_that_is_not_for_the_reader_is_unknown(cast: Cast) -> None:
    assert plain(cast, "linh").get("/api/v1/agreements/?desk=americas").status_code == 200
    answer = plain(cast, "sara").get("/api/v1/agreements/?desk=americas")
    assert (answer.status_code, list(wrong(answer))) == (400, ["desk"])


def test_what_changed_since_is_listed(cast: Cast) -> None:
    """Of an agreement also its participants; of a commitment also its health, which nobody types."""
    api = plain(cast, "linh")
    before = timezone.now()

    def refs(kind: str, moment: Any) -> list[str]:
        said = api.get(f"/api/v1/{kind}/", {"updated_since": moment.isoformat()})
        assert said.status_code == 200, said.content
        return [row["ref"] for row in said.json()["results"]]

    assert len(refs("agreements", before - timedelta(days=9))) == 2
    assert refs("agreements", before + timedelta(hours=1)) == []
    assert api.get("/api/v1/agreements/?updated_since=yesterday").status_code == 400
    assert plain(cast, "sara").get("/api/v1/agreements/?updated_since=2020-01-01").status_code == 400
    assert api.get(HIDDEN).json()["updated_at"].endswith("Z")
    assert "updated_at" not in plain(cast, "sara").get(SHARED).json()


# --- conditions ------------------------------------------------------------------------------------------------------
def test_a_new_record_says_where_it_stands_and_what_it_is(cast: Cast, today: object) -> None:
    api = plain(cast, "linh")
    made = api.post("/api/v1/agreements/", NEW, format="json")
    assert made.status_code == 201, made.content
    read = api.get(made.headers["Location"])
    assert (read.status_code, read.headers["ETag"]) == (200, made.headers["ETag"])
    assert read.json() == made.json()


@pytest.mark.parametrize("who", ["linh", "sara"])
def test_what_one_has_is_not_sent_again(cast: Cast, who: str) -> None:
    api = plain(cast, who)
    for path in (SHARED, "/api/v1/agreements/", "/api/v1/commitments/US-2023-01-1/"):
        tag = api.get(path).headers["ETag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            answer = api.get(path, HTTP_IF_NONE_MATCH=known)
            assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag), known
        assert api.get(path, HTTP_IF_NONE_MATCH='"other"').status_code == 200
    tag = api.get(SHARED).headers["ETag"]
    Agreement.objects.filter(pk=cast.agreement.pk).update(title_en="Another")
    assert api.get(SHARED, HTTP_IF_NONE_MATCH=tag).status_code == 200


def test_a_change_needs_the_version_that_was_read(cast: Cast) -> None:
    api: Any = plain(cast, "linh")
    tag = api.get(HIDDEN).headers["ETag"]

    def change(**headers: str) -> Any:
        return api.patch(HIDDEN, {"place": timezone.now().isoformat()}, format="json", **headers)

    assert change().status_code == 428
    assert change(HTTP_IF_MATCH=f"W/{tag}").status_code == 412, "weak tags never match (RFC 9110, 13.1.1)"
    done = change(HTTP_IF_MATCH=f'"x", {tag}')
    assert done.status_code == 200
    assert change(HTTP_IF_MATCH=tag).status_code == 412
    assert change(HTTP_IF_MATCH=done.headers["ETag"]).status_code == 200
    version = api.get(HIDDEN).json()["version"]
    assert change(HTTP_IF_MATCH=f'"{version}"').status_code == 200, "the version alone, as the record shows it"
    assert change(HTTP_IF_MATCH="*").status_code == 200


def test_an_act_minds_the_version_where_it_is_given(cast: Cast, today: object) -> None:
    api = plain(cast, "linh")
    old = api.get(HIDDEN).headers["ETag"]
    assert api.patch(HIDDEN, {"place": "Huế"}, format="json", HTTP_IF_MATCH=old).status_code == 200
    assert api.post(f"{HIDDEN}submit/", {}, format="json", HTTP_IF_MATCH=old).status_code == 412
    assert api.post(f"{HIDDEN}submit/", {}, format="json").json()["stage"] == "in_review"


# --- repetitions -----------------------------------------------------------------------------------------------------
def test_a_request_that_is_sent_twice_is_carried_out_once(cast: Cast, today: object) -> None:
    api: Any = plain(cast, "linh")
    key = {"HTTP_IDEMPOTENCY_KEY": "one"}
    first = api.post("/api/v1/agreements/", NEW, format="json", **key)
    again = api.post("/api/v1/agreements/", dict(reversed(NEW.items())), format="json", **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (again.headers["Location"], again.headers["Idempotent-Replayed"]) == (first.headers["Location"], "true")
    assert Agreement.objects.filter(title_en=NEW["title_en"]).count() == 1
    other = api.post("/api/v1/agreements/", {**NEW, "title_en": "Another"}, format="json", **key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert api.post("/api/v1/agreements/", NEW, format="json", HTTP_IDEMPOTENCY_KEY="").status_code == 400
    minh: Any = plain(cast, "minh")
    colleague = minh.post("/api/v1/agreements/", {**NEW, "allow_similar": True}, format="json", **key)
    assert colleague.json()["ref"] != first.json()["ref"], "keys are each account's own"


def test_what_answered_nothing_is_repeated_as_nothing(cast: Cast, today: object) -> None:
    """The row is gone, or stands in the inbox no longer: a repetition is no 404, and no 204 has a body."""
    api: Any = plain(cast, "linh")
    new: tuple[tuple[str, dict[str, Any]], ...] = (
        ("milestones", {"commitment": "US-2023-01-1", "title_en": "Begin"}),
        ("follows", {"agreement": "US-2023-01"}),
        ("saved-views", {"name": "Late", "page": "commitments", "query": "due=overdue"}),
    )
    asked: list[tuple[str, dict[str, Any]]] = []
    for kind, body in new:
        made = api.post(f"/api/v1/{kind}/", body, format="json")
        asked.append((f"/api/v1/{kind}/{made.json()['id']}/remove/", {}))
    rule = ReminderRule.objects.create(code="due", watched="commitment_due", told="owner", offsets=[0])
    for act, said in (("put-away", {}), ("answer", {"answer": "snooze"}), ("answer", {"answer": "mute"})):
        told = Reminder.objects.create(
            rule=rule, recipient=cast.linh, agreement=cast.agreement, commitment=cast.commitment, due_on=TODAY,
            offset=len(asked), state="sent",
        )  # fmt: skip
        asked.append((f"/api/v1/inbox/{told.pk}/{act}/", said))
    for number, (where, said) in enumerate(asked):
        key = {"HTTP_IDEMPOTENCY_KEY": f"key {number}"}
        first, again = (api.post(where, said, format="json", **key) for _ in range(2))
        assert (first.status_code, again.status_code, again.content) == (204, 204, b""), (where, again.content)
        assert (again.headers["Idempotent-Replayed"], "Idempotent-Replayed" in first.headers) == ("true", False)


def test_what_was_refused_may_be_sent_again(cast: Cast, today: object) -> None:
    api: Any = plain(cast, "linh")
    key = {"HTTP_IDEMPOTENCY_KEY": "one"}
    assert api.post("/api/v1/agreements/", {**NEW, "kind": "x"}, format="json", **key).status_code == 400
    assert not KeptAnswer.objects.exists()
    assert api.post("/api/v1/agreements/", NEW, format="json", **key).status_code == 201


def test_a_repetition_shows_no_more_than_one_may_see(cast: Cast, today: object) -> None:
    api: Any = plain(cast, "linh")
    key = {"HTTP_IDEMPOTENCY_KEY": "one"}
    api.post(f"{HIDDEN}submit/", {}, format="json", **key)
    Agreement.objects.filter(pk=cast.hidden.pk).update(archived_at=timezone.now(), archived_because="x")
    assert api.post(f"{HIDDEN}submit/", {}, format="json", **key).status_code == 404


def test_kept_answers_are_forgotten(cast: Cast, today: object) -> None:
    api: Any = plain(cast, "linh")
    key = {"HTTP_IDEMPOTENCY_KEY": "one"}
    api.post("/api/v1/agreements/", NEW, format="json", **key)
    KeptAnswer.forget(at=timezone.now())
    assert KeptAnswer.objects.count() == 1
    KeptAnswer.forget(at=timezone.now() + timedelta(hours=25))
    assert not KeptAnswer.objects.exists()


def test_doubles_are_answered_with_a_link(cast: Cast, today: object) -> None:
    api = plain(cast, "linh")
    first = api.post("/api/v1/agreements/", NEW, format="json")
    again = api.post("/api/v1/agreements/", NEW, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "double")
    assert again.json()["similar"] == [first.headers["Location"]]
    meant = api.post("/api/v1/agreements/", {**NEW, "allow_similar": True}, format="json")
    assert meant.status_code == 201
    later = api.post("/api/v1/agreements/", {**NEW, "signed": "2024-09-05"}, format="json")
    assert later.status_code == 201, "another day, another paper"


def test_whose_turn_it_is_is_said_to_programs_too(cast: Cast) -> None:
    said = plain(cast, "linh").get(HIDDEN).json()["whose_turn"]
    assert said == {"value": "submit", "label": "The officer who keeps it: finish and submit it."}
    assert plain(cast, "linh").get(SHARED).json()["whose_turn"] is None
    assert plain(cast, "sara").get(SHARED).json()["whose_turn"] is None


# --- lists of codes --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["desks", "sectors", "instrument-types"])
def test_codes_can_be_learnt(cast: Cast, kind: str) -> None:
    said = plain(cast, "linh").get(f"/api/v1/{kind}/")
    assert said.status_code == 200, said.content
    for row in said.json()["results"]:
        assert plain(cast, "linh").get(f"/api/v1/{kind}/{row['code']}/").json() == row
    if kind == "desks":
        assert {row["code"] for row in said.json()["results"]} == {"americas", "asia"}
        assert plain(cast, "sara").get(f"/api/v1/{kind}/").json()["results"] == []


def test_the_description_is_public_where_a_ministry_says_so(cast: Cast) -> None:
    assert APIClient().get("/api/schema/").status_code in (401, 403)
    assert plain(cast, "sara").get("/api/schema/").status_code == 200


def test_shares_open_and_close(cast: Cast, today: object) -> None:
    api = plain(cast, "linh")
    other = make_organisation(code="mit", country="US")
    body = {"agreement": "US-2023-01", "organisation": "mit", "until": "2027-12-31", "withheld": ["papers"]}
    made = api.post("/api/v1/shares/", body, format="json")
    assert made.status_code == 201, made.content
    assert (made.json()["until_on"], made.json()["withheld"]) == ("2027-12-31", ["papers"])
    assert Share.objects.get(organisation=other).until_on == TODAY.replace(year=2027, month=12, day=31)
    gone = api.post(f"{made.headers['Location']}revoke/", {}, format="json")
    assert gone.json()["revoked_at"]
    assert api.post("/api/v1/shares/", {"organisation": "mit"}, format="json").status_code == 400
    assert plain(cast, "huy").post("/api/v1/shares/", body, format="json").status_code == 403
    (own,) = plain(cast, "sara").get("/api/v1/shares/").json()["results"]
    assert own["organisation"] == "gov-us"
    assert not {"withheld", "desk", "revoked_at", "version"} & set(own), "what is held back is not told"


# --- changes by key --------------------------------------------------------------------------------------------------
def test_changes_are_fed_by_key(cast: Cast) -> None:
    """Only what is sealed: up to there nothing can be written any more by who began earlier."""
    api = plain(cast, "linh")
    with owner():
        seal(at=timezone.now())
    start = api.get("/api/v1/changes/").json()
    assert (start["results"], start["has_more"]) == ([], False)
    path = "/api/v1/changes/?after="
    assert api.get(path + start["key"]).json() == start
    Commitment.objects.filter(pk=cast.commitment.pk).update(health="delayed")
    Agreement.objects.filter(pk=cast.hidden.pk).update(place="Huế")
    Agreement.objects.filter(pk=cast.hidden.pk).update(place="Vinh")
    assert api.get(path + start["key"]).json()["results"] == [], "not sealed yet"
    with owner():
        seal(at=timezone.now())
    told = api.get(path + start["key"]).json()
    assert [(one["kind"], one["code"]) for one in told["results"]] == [
        ("agreements", "US-2026-01"),
        ("commitments", "US-2023-01-1"),
    ]
    assert api.get(told["results"][0]["url"]).json()["place"] == "Vinh"
    assert api.get(path + told["key"]).json()["results"] == []
    small = api.get(f"{path}{start['key']}&page_size=1").json()
    assert small["has_more"]
    assert plain(cast, "huy").get(path + start["key"]).json()["results"] == [told["results"][1]], "another desk's draft"
    assert plain(cast, "sara").get("/api/v1/changes/").status_code == 403
    for bad in ("x", "a1;", "z9", "a" + "9" * 30, ""):
        assert api.get(path + bad).status_code == 400, bad


def test_the_feed_tells_nothing_of_what_is_hidden(cast: Cast) -> None:
    """Neither by how full a page is, nor by `has_more`, nor by the key."""
    Agreement.objects.filter(pk=cast.hidden.pk).update(restricted=True)
    huy, path = plain(cast, "huy"), "/api/v1/changes/?page_size=1&after="
    assert huy.get(HIDDEN).status_code == 404

    def sealed_key() -> str:
        with owner():
            seal(at=timezone.now())
        return str(huy.get("/api/v1/changes/").json()["key"])

    start = sealed_key()
    for place in ("Huế", "Vinh", "Đà Nẵng"):
        Agreement.objects.filter(pk=cast.hidden.pk).update(place=place)
    quiet = sealed_key()
    assert huy.get(path + start).json() == {"key": quiet, "has_more": False, "results": []}
    for place in ("Huế", "Vinh"):
        Agreement.objects.filter(pk=cast.agreement.pk).update(place=place)
        Agreement.objects.filter(pk=cast.hidden.pk).update(place=place)
    end = sealed_key()
    first = huy.get(path + start).json()
    assert ([one["code"] for one in first["results"]], first["has_more"]) == (["US-2023-01"], True)
    second = huy.get(path + first["key"]).json()
    assert ([one["code"] for one in second["results"]], second["has_more"]) == (["US-2023-01"], False)
    assert second["key"] == end
