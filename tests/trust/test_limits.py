"""Limits under attack: exact however many try at once, from wherever they say they come; and nobody is locked out."""

from __future__ import annotations

import ast
import re
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone

from partners.addresses import client_address
from partners.attempts import DEVICE, GUESSES
from partners.models import ApiToken, User
from partners.models.attempts import Limit
from tests.factories import make_user
from tests.trust.conftest import Figure

pytestmark = pytest.mark.django_db
# For threads on connections of their own. Emptying every table afterwards takes seconds: only where it must be.
storming = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
MOST = 10
MANY, AT_ONCE = 200, 20
PATH = "/accounts/login/"


def wrong(number: int, user: User, *, forged: bool) -> Any:
    headers = {"x-forwarded-for": f"198.51.{number // 250}.{number % 250 + 1}"} if forged else {}
    form = {"login": user.email, "password": f"wrong {number}"}
    return Client(headers=headers).post(PATH, form).status_code


def storm(user: User, *, forged: bool, many: int = MANY) -> int:
    """How many passwords are looked at, of many sent at once by real threads on real connections."""
    looked: list[str] = []
    check = User.check_password

    def noted(self: User, raw: str | None) -> bool:
        looked.append(raw or "")
        return check(self, raw)

    numbers = iter(range(many))
    lock, barrier = threading.Lock(), threading.Barrier(AT_ONCE)

    def work() -> None:
        barrier.wait(20)
        try:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                wrong(number, user, forged=forged)
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(User, "check_password", noted)
        threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(100)
    return len(looked)


def known_device(user: User) -> Client:
    client = Client()
    assert client.post(PATH, {"login": user.email, "password": "correct horse"}).status_code == 302
    client.post("/accounts/logout/")
    return client


@storming
@pytest.mark.parametrize("proxies", [0, 1])
def test_no_more_than_ten_are_looked_at(figure: Figure, settings: Any, deep: bool, proxies: int) -> None:
    """With `forged`, each request comes with another header; behind a proxy that is another address each time."""
    settings.PROXY_COUNT = proxies
    ways = (False, True) if deep else (bool(proxies),)
    looked = [storm(make_user(role="officer"), forged=forged) for forged in ways]
    assert min(looked) > 0, "the first ones are looked at"
    over = sum(max(0, number - MOST) for number in looked)
    figure("ID3", over, 0, cases=len(ways) * MANY, floor=MANY)


@storming
def test_without_the_counter_all_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr("partners.models.attempts.SLOWING", "SELECT 1, now() WHERE %(key)s <> ''")
    assert storm(make_user(role="officer"), forged=False, many=60) == 60


def test_known_devices_pass_during_an_attack(figure: Figure, settings: Any) -> None:
    settings.PROXY_COUNT = 1
    users = [make_user(role="officer") for _ in range(2)]
    devices = [known_device(user) for user in users]
    refused = tried = 0
    for user, device in zip(users, devices, strict=True):
        for number in range(40):
            wrong(number, user, forged=True)
        for _ in range(10):
            tried += 1
            form = {"login": user.email, "password": "correct horse"}
            refused += device.post(PATH, form, headers={"x-forwarded-for": "198.51.0.1"}).status_code != 302
            device.post("/accounts/logout/")
    figure("ID3b", refused, 0, cases=tried, floor=20)


def test_a_stranger_slows_nobody_else(settings: Any) -> None:
    """Forty wrong passwords of one place with forged headers; then a new browser elsewhere, and a colleague here."""
    settings.PROXY_COUNT = 1
    owner, colleague = make_user(role="officer"), make_user(role="officer")
    for number in range(40):
        forwarded = {"x-forwarded-for": f"198.51.100.{number}, 203.0.113.9"}
        Client(headers=forwarded).post(PATH, {"login": owner.email, "password": "wrong"})
    for user, place in ((owner, "203.0.113.77"), (colleague, "203.0.113.9")):
        form = {"login": user.email, "password": "correct horse"}
        assert Client(headers={"x-forwarded-for": place}).post(PATH, form).status_code == 302


def test_the_right_password_works_after_the_pause(time_machine: Any) -> None:
    user, client = make_user(role="officer"), Client()
    form = {"login": user.email, "password": "correct horse"}
    for number in range(7):
        wrong(number, user, forged=False)
    answer = client.post(PATH, form)
    assert answer.status_code == 429
    time_machine.move_to(timezone.now() + timedelta(seconds=int(answer.headers["Retry-After"]) + 1))
    assert client.post(PATH, form).status_code == 302


@pytest.mark.parametrize("what", ["reset", "key", "reminder", "link", "calendar"])
def test_other_doors_are_slowed_too(what: str, settings: Any) -> None:
    """And a header does not help."""
    settings.PROXY_COUNT = 0
    user = make_user(role="officer")
    codes = []
    for number in range(62):
        client = Client(headers={"x-forwarded-for": f"198.51.100.{number}"})
        match what:
            case "reset":
                answer = client.post("/accounts/password/reset/", {"email": user.email})
            case "key":
                answer = client.get("/api/v1/agreements/", headers={"authorization": f"Bearer ptk_{number}"})
            case _:
                path = {"reminder": "/r/x:y:z/", "link": "/l/x:y/", "calendar": "/calendar/x.ics"}[what]
                answer = client.get(path)
        codes.append(answer.status_code)
    assert codes[-1] == 429
    assert codes.count(429) == 62 - (5 if what == "reset" else 60)


def test_a_key_has_a_quota_and_is_told(settings: Any) -> None:
    settings.API_PER_MINUTE = 3
    user = make_user(role="partner")
    keys = [ApiToken.issue(user, name="x", read_only=True, expires_on=timezone.localdate())[1] for _ in range(2)]
    ask = [Client().get("/api/v1/agreements/", headers={"authorization": f"Bearer {keys[0]}"}) for _ in range(4)]
    assert [answer.status_code for answer in ask] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit"].split(";")[1] for answer in ask] == ["r=2", "r=1", "r=0", "r=0"]
    assert 0 < int(ask[3].headers["Retry-After"]) <= 60
    other = Client().get("/api/v1/agreements/", headers={"authorization": f"Bearer {keys[1]}"})
    assert other.status_code == 200


@pytest.mark.parametrize("limit", [DEVICE, GUESSES])
def test_who_looked_at_the_clock_first_may_come_last(limit: Limit) -> None:
    """Of two at once: the row is locked by the later one, and free for the earlier all the same."""
    now = timezone.now()
    for earlier in range(3):
        assert not limit.take("both", at=now - timedelta(seconds=earlier)).wait
    limit.take_back("both", at=now)
    assert not limit.take("both", at=now - timedelta(seconds=4)).wait


# --- What tells known from unknown ---------------------------------------------------------------------------------
def _same(text: str, email: str) -> str:
    text = re.sub(r'(csrfmiddlewaretoken" value|csrf-token" content)="[^"]+"', "", text)
    return re.sub(r"[A-Za-z0-9]{64}", "", text.replace(email, "E"))


def test_answers_are_alike_for_known_and_unknown(figure: Figure, deep: bool) -> None:
    differing = cases = 0
    for number in range(60 if deep else 5):
        known, unknown = make_user(role="officer").email, f"nobody{number}@elsewhere.example"
        for path, name in ((PATH, "login"), ("/accounts/password/reset/", "email")):
            for _ in range(7):  # slowed alike as well
                seen = []
                for email in (known, unknown):
                    answer = Client().post(path, {name: email, "password": "wrong"}, REMOTE_ADDR=f"192.0.2.{number}")
                    seen.append((answer.status_code, answer.headers.get("Location"), _same(answer.text, email)))
                cases += 1
                differing += seen[0] != seen[1]
    assert mail.outbox, "the known got theirs"
    assert all("elsewhere" not in to for message in mail.outbox for to in message.to)
    figure("ID2", differing, 0, cases=cases, floor=840 if deep else 70)


def test_mails_name_base_url_alone(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "evil.example"]
    settings.BASE_URL = "https://register.example"
    settings.PROXY_COUNT = 1
    user = make_user(role="officer")
    forged = Client(headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
    forged.post("/accounts/password/reset/", {"email": user.email})
    assert "https://register.example/accounts/password/reset/key/" in mail.outbox[0].body
    link = re.search(r"https://register\.example(\S+)", str(mail.outbox[0].body))
    assert link
    page = forged.get(link[1], follow=True).redirect_chain[-1][0]
    settings.ACCOUNT_EMAIL_NOTIFICATIONS = True
    forged.post(page, {"password1": "new horse battery", "password2": "new horse battery"})
    assert len(mail.outbox) == 2, "it was changed, and the owner is told"
    for message in mail.outbox:
        assert "evil" not in message.message().as_string()


# --- Whose address ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "198.51.100.1", "203.0.113.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "9.9.9.9, 198.51.100.1", "198.51.100.1"),
        (2, "9.9.9.9, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (2, "198.51.100.1", "198.51.100.1"),
        (1, "9.9.9.9, nonsense", "203.0.113.1"),
        (1, "", "203.0.113.1"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "198.51.100.1:5000", "198.51.100.1"),
    ],
)
def test_the_address_is_what_our_outermost_proxy_saw(settings: Any, proxies: int, forwarded: str, found: str) -> None:
    settings.PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == found


def test_nothing_else_reads_addresses_or_makes_links_from_the_request() -> None:
    """One function for whom a request comes from; one setting for where links lead."""
    names = re.compile(r"REMOTE_ADDR|REMOTE_HOST|X.?FORWARDED.?FOR|X.REAL.IP|FORWARDED_HOST", re.IGNORECASE)
    found = []
    for path in (path for app in ("tracker", "agreements", "partners") for path in (ROOT / app).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = node.value if isinstance(node, ast.Constant) else ""
            if isinstance(text, str) and " " not in text and names.search(text):
                found.append(name)
            if isinstance(node, ast.Attribute) and node.attr in ("build_absolute_uri", "get_host", "get_ident"):
                found.append(f"{name}: {node.attr}")
    assert sorted(found) == ["partners/access.py: get_host", *["partners/addresses.py"] * 2]
