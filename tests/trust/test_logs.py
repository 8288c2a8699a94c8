"""What is written down: who did what, without secrets, and without lines that somebody else has made."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from django.test import Client
from django.urls import path
from pghistory.models import Context

from agreements.calendars.models import Feed
from agreements.commitments.rules import links
from agreements.models import Commitment
from partners.access import Eyes, open_to_all
from partners.masking import masked
from partners.models import ApiToken
from tests.conftest import Cast
from tests.trust.conftest import Figure
from tracker import urls
from tracker.accounts import ResetTokens
from tracker.logs import formatter

pytestmark = pytest.mark.django_db
CLEAR = "canary-4f7Xq9Lm"
BREAKS = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x1b[2K", "\x85", "\u2028", "\u2029", "\u202e")
PATHS = ("/l/{}/", "/r/{}/", "/calendar/{}.ics", "/accounts/password/reset/key/1-{}/", "/l/{}", "/r/{}/?answer=mute")


class Lines:
    """All that the log was given, as lines."""

    def __init__(self, stream: io.StringIO) -> None:
        self.stream = stream

    def text(self) -> str:
        return self.stream.getvalue()

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().split("\n") if line]

    def named(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.all() if line["message"] == name]


@pytest.fixture
def lines() -> Iterator[Lines]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter())
    root, old = logging.getLogger(), logging.getLogger().level
    requests = logging.getLogger("django.request")
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    requests.setLevel(logging.DEBUG)
    yield Lines(stream)
    root.removeHandler(handler)
    root.setLevel(old)
    requests.setLevel(logging.ERROR)


def _one(client: Client, number: int) -> Any:
    """One probe: a secret where one may stand, or a value that would begin a line of its own."""
    secret = f"{CLEAR}{number}"
    forged = f'x{BREAKS[number % len(BREAKS)]}{{"message": "forged-{number}"}}'
    where = PATHS[number % len(PATHS)].format(secret)
    match number % 7:
        case 0:
            return client.post(where, {"verdict": "confirmed"})
        case 1:
            return client.get(where)
        case 2:
            return client.get("/agreements/nothing/", {"token": secret, "q": forged})
        case 3:
            return client.post("/accounts/login/", {"login": forged, "password": secret})
        case 4:
            return client.get("/api/v1/agreements/", headers={"authorization": f"Bearer ptk_{secret}"})
        case 5:
            headers = {"x-request-id": forged, "user-agent": forged, "x-forwarded-for": forged}
            return client.post("/nowhere/" + forged, {"secret": secret}, headers=headers)
        case _:
            return client.post("/accounts/password/reset/", {"email": f"{number}@{forged}", "next": where})


def test_no_secret_and_no_forged_line(figure: Figure, deep: bool, lines: Lines, settings: Any) -> None:
    settings.PROXY_COUNT = 1
    many = 2100 if deep else 308
    client = Client(raise_request_exception=False)
    for number in range(many):
        _one(client, number)
        logging.getLogger("library").warning("Not found: %s%s", PATHS[number % 6].format(f"{CLEAR}{number}"), BREAKS[0])
    text, found = lines.text(), 0
    found += text.count(CLEAR)
    found += sum(line["message"].startswith("forged") for line in lines.all())
    found += sum(len(line.splitlines()) != 1 for line in text.rstrip("\n").split("\n"))
    found += sum(CLEAR in json.dumps(context.metadata) for context in Context.objects.all())
    assert len(lines.all()) >= many
    figure("AU5", found, 0, cases=many, floor=2000 if deep else 300)


def test_each_address_with_a_secret_keeps_it_in_a_write_and_in_a_failure(
    figure: Figure, cast: Cast, lines: Lines, monkeypatch: pytest.MonkeyPatch, today: object
) -> None:
    """Real secrets, written with and failed at: neither the history's context nor any line of the log has one."""
    commitment = Commitment.objects.get(pk=cast.commitment.pk)
    _link, link = links.make(commitment, cast.us, "confirm", recipient="Ann", days=9, by=cast.viewer("linh"))
    _feed, feed = Feed.issue(cast.linh, kind="mine", country=None, view=None)
    key = ResetTokens().make_token(cast.linh)
    reset = f"/accounts/password/reset/key/{user_pk_to_url_str(cast.linh)}-{key}/"
    secrets = {f"/l/{link}/": link.split(":")[0], f"/calendar/{feed}.ics": feed, reset: key}
    for where in secrets:
        client = cast.client("sara")
        answer = client.get(where)
        assert answer.headers["Referrer-Policy"] == "no-referrer", where
        client.post(where, {"verdict": "confirmed", "seen": commitment.wording_hash, "organisation": cast.us.pk})

    def fails(*args: Any, **options: Any) -> Any:
        raise RuntimeError(f"with {args} {options}")

    monkeypatch.setattr("agreements.commitments.rules.links.find", fails)
    monkeypatch.setattr("agreements.calendars.models.Feed.redeem", fails)
    monkeypatch.setattr("tracker.accounts.ResetTokens.check_token", fails)
    for where in secrets:
        assert Client(raise_request_exception=False).get(where).status_code == 500, where
    assert "RuntimeError" in lines.text()
    found = [secret for secret in secrets.values() if secret in lines.text()]
    stored = json.dumps([context.metadata for context in Context.objects.all()])
    found += [secret for secret in secrets.values() if secret in stored]
    assert "/l/***" in stored, "the answer was written"
    figure("D8", len(found), 0, cases=3 * len(secrets), floor=9)


def test_a_new_address_with_a_secret_is_masked_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.urls import clear_url_caches  # noqa: PLC0415

    from partners.masking import secret_paths  # noqa: PLC0415

    new = path("some/<int:pk>/where/<str:token>/", open_to_all(lambda request: None, Eyes.NOBODY), name="x")  # type: ignore[arg-type,return-value]
    monkeypatch.setattr(urls, "urlpatterns", [new, *urls.urlpatterns])
    clear_url_caches()
    secret_paths.cache_clear()
    try:
        assert masked("GET /some/3/where/abcdef/ 404") == "GET /some/*** 404"
    finally:
        monkeypatch.undo()
        clear_url_caches()
        secret_paths.cache_clear()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("/l/abc:def/", "/l/***"),
        ("see https://a.example/r/abc:def:ghi/?answer=mute now", "see https://a.example/r/***?answer=mute now"),
        ("/accounts/login/?next=%2Fl%2Fabc", "/accounts/login/?next=%2Fl%2F***"),
        ("/x/?token=abc&q=1", "/x/?token=***&q=1"),
        ("Authorization: Bearer abc", "Authorization: Bearer ***"),
        ("/agreements/VN-US-2023-01/", "/agreements/VN-US-2023-01/"),
        ("/organisations/moit/", "/organisations/moit/"),
    ],
)  # fmt: skip
def test_what_is_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


def test_acts_are_written_down_with_who_and_which_request(cast: Cast, lines: Lines, settings: Any) -> None:
    settings.PROXY_COUNT = 1
    client = Client(headers={"x-forwarded-for": "198.51.100.7"})
    for _ in range(6):
        client.post("/accounts/login/", {"login": cast.linh.email, "password": "wrong"})
    assert [line["account"] for line in lines.named("sign_in_failed")] == [cast.linh.pk] * 5
    assert lines.named("sign_in_slowed")[0]["address"] == "198.51.100.7"
    sara, linh, operator = cast.client("sara"), cast.client("linh"), cast.client("operator")
    sara.get(f"/agreements/{cast.agreement.ref}/")
    answer = sara.get(f"/agreements/{cast.hidden.ref}/", headers={"x-request-id": "proxy-1234567"})
    linh.get("/agreements/export.csv")
    linh.post("/profile/", {"name": "x", "read_only": "on", "days": "30"})
    linh.post(f"/profile/keys/{ApiToken.objects.get().pk}/withdraw/")
    linh.post("/calendars/", {"of": "mine"})
    operator.post("/admin/partners/sector/add/", {"code": "sea", "name_vi": "Biển", "name_en": "Sea"})
    linh.post("/accounts/logout/")
    for name in ("opened", "export_asked", "key_made", "key_withdrawn", "feed_made", "signed_out", "administered"):
        assert len(lines.named(name)) == 1, name
        assert lines.named(name)[0]["user"], name
    denied = lines.named("denied")[0]
    assert (denied["user"], denied["status"], denied["request"]) == (cast.sara.pk, 404, "proxy-1234567")
    assert answer.headers["X-Request-ID"] == "proxy-1234567"
    assert {"time", "level", "logger", "message", "request", "user", "address"} <= denied.keys()


def test_a_name_of_a_request_is_believed_of_our_proxy_alone(db: None, settings: Any) -> None:
    settings.PROXY_COUNT = 0
    answer = Client().get("/healthz", headers={"x-request-id": "proxy-1234567"})
    assert answer.headers["X-Request-ID"] != "proxy-1234567"
    settings.PROXY_COUNT = 1
    for given in ("short", "x" * 65, "with space 12", "a\tb123456"):
        assert Client().get("/healthz", headers={"x-request-id": given}).headers["X-Request-ID"] != given


@pytest.mark.parametrize(
    "name", ["password", "password1", "oldpassword", "code", "key", "api_key", "token", "secret", "credential", "login"]
)
def test_a_refused_form_gives_back_what_is_on_the_list(cast: Cast, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    sent = {"title_en": "An hour of work", "milestones-0-title_en": "A row", "reason": "Because"}
    sent |= {name: CLEAR, "x": CLEAR}
    page = client.post("/agreements/new/", sent).text
    assert all(text in page for text in ("An hour of work", "A row", "Because"))
    assert CLEAR not in page
    assert CLEAR not in client.post("/accounts/2fa/authenticate/", {"text": CLEAR, name: CLEAR}).text


def test_readable_lines_cannot_be_forged_either() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "a%sforged", (BREAKS[7],), None)
    assert len(formatter(readable=True).format(record).splitlines()) == 1
