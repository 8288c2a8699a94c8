"""No answer stays in a cache: every address, every role, every way to sign in, refusals and errors too."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from partners.models import ApiToken
from tests.conftest import ROLES, Cast
from tests.trust.conftest import Figure
from tests.walks.test_urls import TABLE, address, entries, furnish

FEW, POSTING = ("anonymous", "linh", "sara", "operator"), ("sara",)
SENT = [name for name in TABLE if not name.startswith("api")]


def is_storable(answer: Any) -> bool:
    return "no-store" not in answer.headers.get("Cache-Control", "")


def test_no_answer_is_storable(cast: Cast, figure: Figure, settings: Any, deep: bool) -> None:
    furnish(cast)
    settings.SECURE_SSL_REDIRECT = False
    paths = {name: address(name, cast) for name in TABLE}
    paths |= {name: reverse(name) for name in entries() if name.endswith("_changelist") or name == "admin:index"}
    paths |= {path: path for path in ("/accounts/login/", "/accounts/2fa/", "/nowhere/", "/static/nowhere.css")}
    answers: list[tuple[str, Any]] = []
    for role in ROLES if deep else FEW:
        client = cast.client(role)
        client.raise_request_exception = False
        answers += [(f"{role} {name}", client.get(path)) for name, path in paths.items()]
        if role in POSTING or deep:
            answers += [(f"{role} POST {name}", client.post(path)) for name, path in paths.items() if name in SENT]
    for name in ("linh", "sara"):
        _token, key = ApiToken.issue(cast.people[name], name="x", read_only=True, expires_on=date(2100, 1, 1))
        for given in (f"Bearer {key}", "Bearer wrong", ""):
            headers = {"Authorization": given} if given else {}
            found = [one for one in paths if one.startswith("api")]
            answers += [(f"{given[:9]} {one}", Client().get(paths[one], headers=headers)) for one in found]
    answers += [
        ("NUL", Client().get("/agreements/?q=%00")),
        ("CSRF", Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})),
        ("host", Client(headers={"host": "elsewhere.example"}).get("/")),
    ]
    settings.SECURE_SSL_REDIRECT = True
    answers.append(("to TLS", Client().get("/")))
    storable = [name for name, answer in answers if is_storable(answer)]
    assert storable[:10] == []
    figure("D6", len(storable), 0, cases=len(answers), floor=700)


def test_static_files_are_storable(db: None) -> None:
    assert finders.find("tracker/app.css")
    answer = Client().get("/static/tracker/app.css")
    assert (answer.status_code, is_storable(answer)) == (200, True)
