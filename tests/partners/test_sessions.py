"""Sessions: their two ends, what is listed of them, who ends them; and who may have keys."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings as configured
from django.test import Client

from partners.models import ApiToken, Session, User, UserDesk
from tests.conftest import Cast
from tests.factories import TODAY
from tracker.factors import Factor
from tracker.tasks import forget_sessions

NINE = datetime(2026, 11, 23, 2, tzinfo=UTC)
FORM = {"name": "x", "days": "30"}


def at(minutes: float) -> Any:
    return time_machine.travel(NINE + timedelta(minutes=minutes), tick=False)


def test_idling_ends_it_and_use_puts_that_off(cast: Cast) -> None:
    with at(0):
        client = cast.client("linh")
        assert client.get("/drafts/").status_code == 200
    for minutes in (50, 100, 150):
        with at(minutes):
            assert client.get("/drafts/").status_code == 200, minutes
    with at(211):
        assert client.get("/drafts/").headers["Location"].startswith("/accounts/login/")


def test_no_use_puts_off_the_end_of_the_day(cast: Cast) -> None:
    with at(0):
        client = cast.client("linh")
    last = configured.SESSION_COOKIE_AGE // 60
    for minutes in range(30, last + 60, 30):
        with at(minutes):
            assert client.get("/drafts/").status_code == (200 if minutes < last else 302), minutes


def test_what_was_typed_when_it_ended_is_given_back(cast: Cast) -> None:
    with at(0):
        client = cast.client("linh")
    with at(61):
        answer = client.post("/agreements/US-2023-01/notes/", {"text": "half a day's work"})
    assert (answer.status_code, "half a day" in answer.content.decode()) == (403, True)


def test_one_is_led_back_to_the_page_of_the_form(cast: Cast) -> None:
    for referer, page in (
        ("http://testserver/agreements/US-2023-01/?x=1", "/agreements/US-2023-01/%3Fx%3D1"),
        ("http://elsewhere.example/steal", "/"),
    ):
        answer = Client().post("/agreements/US-2023-01/notes/", {"text": "x"}, headers={"referer": referer})
        assert answer.headers["Location"] == f"/accounts/login/?next={page}"


def test_the_database_holds_no_session_that_a_browser_could_use(cast: Cast) -> None:
    client = cast.client("linh")
    client.get("/profile/")
    cookie = client.cookies[configured.SESSION_COOKIE_NAME].value
    row = Session.objects.get(user=cast.linh)
    assert row.pk != cookie
    assert cookie not in client.get("/profile/").content.decode()
    assert client.get("/drafts/").status_code == 200
    thief = Client()
    thief.cookies[configured.SESSION_COOKIE_NAME] = row.pk
    assert thief.get("/drafts/").status_code == 302


def test_its_owner_ends_one_and_nobody_elses(cast: Cast) -> None:
    here, there, huy = cast.client("linh"), cast.client("linh"), cast.client("huy")
    there.get("/drafts/")
    other = there.session.digest()  # type: ignore[attr-defined]  # a session of this project
    assert other in here.get("/profile/").content.decode()
    assert huy.post(f"/profile/sessions/{other}/end/").status_code == 404
    assert there.get("/drafts/").status_code == 200
    assert here.post(f"/profile/sessions/{other}/end/").status_code == 302
    assert (here.get("/drafts/").status_code, there.get("/drafts/").status_code) == (200, 302)


def test_all_others_end_at_once_and_keys_go_on(cast: Cast, today: object) -> None:
    here, there = cast.client("linh"), cast.client("linh")
    _token, key = ApiToken.issue(cast.linh, name="x", read_only=True, expires_on=TODAY)
    api = {"Authorization": f"Bearer {key}"}
    here.post("/profile/sessions/others/end/", {"what": "sessions"})
    assert (here.get("/drafts/").status_code, there.get("/drafts/").status_code) == (200, 302)
    assert Client().get("/api/v1/countries/", headers=api).status_code == 200
    here.post("/profile/sessions/others/end/", {"what": "all"})
    assert here.get("/drafts/").status_code == 200
    assert Client().get("/api/v1/countries/", headers=api).status_code == 401


def test_the_operator_ends_them(cast: Cast) -> None:
    client = cast.client("linh")
    facts = {"action": "end_sessions", "_selected_action": [cast.linh.pk]}
    assert cast.client("operator").post("/admin/partners/user/", facts).status_code == 302
    assert client.get("/drafts/").status_code == 302


def test_over_ones_are_forgotten(cast: Cast) -> None:
    with at(0):
        cast.client("linh")
    with at(61):
        cast.client("huy")
        forget_sessions()
    assert list(Session.objects.values_list("user__name", flat=True)) == ["Huy"]


def test_the_history_tells_of_sessions_keys_desks_and_factors(cast: Cast, today: object) -> None:
    client = cast.client("linh")
    client.post("/profile/", FORM)
    client.post(f"/profile/keys/{ApiToken.objects.get().pk}/withdraw/")
    client.post("/accounts/logout/")
    factor = Authenticator.objects.create(user=cast.linh, type="totp", data={"secret": "CNRY"})
    factor.delete()
    cast.linh.desks.set([cast.other_desk])

    def labels(tracked: Any, **of: Any) -> list[str]:
        rows = tracked.pgh_event_model.objects.filter(user=cast.linh.pk, **of).order_by("pgh_id")
        return list(rows.values_list("pgh_label", flat=True))

    assert labels(ApiToken) == ["insert", "withdraw"]
    assert labels(Session) == ["start", "end"]
    assert labels(Factor) == ["add", "remove"]
    assert labels(UserDesk) == ["add", "remove", "add"]


def test_a_refused_key_is_noted(cast: Cast, today: object) -> None:
    token, key = ApiToken.issue(cast.linh, name="x", read_only=True, expires_on=TODAY)
    User.objects.filter(pk=cast.linh.pk).update(role="manager")
    assert Client().get("/api/v1/countries/", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    token.refresh_from_db()
    assert token.refused_at
    assert token.used_at is None


@pytest.mark.parametrize("role", ["officer", "manager", "auditor", "partner", "operator"])
def test_keys_are_for_whom_policy_allows(cast: Cast, settings: Any, today: object, role: str) -> None:
    name = {"officer": "linh", "manager": "minh", "partner": "sara"}.get(role, role)
    user = cast.people[name]
    made = cast.client(name).post("/profile/", FORM).status_code
    assert (made, user.tokens.count()) == ((422, 0) if role == "operator" else (200, 1))
    _token, key = ApiToken.issue(user, name="x", read_only=True, expires_on=TODAY)
    api = {"Authorization": f"Bearer {key}"}
    settings.API_KEY_ROLES = ["operator"]
    assert Client().get("/api/v1/countries/", headers=api).status_code == (200 if role == "operator" else 401)


def test_staff_keys_need_a_second_factor_and_a_session_opened_with_it(cast: Cast, settings: Any, today: object) -> None:
    settings.STAFF_NEED_SECOND_FACTOR = True
    _token, old = ApiToken.issue(cast.linh, name="x", read_only=True, expires_on=TODAY)
    assert Client().get("/api/v1/countries/", headers={"Authorization": f"Bearer {old}"}).status_code == 401
    Authenticator.objects.create(user=cast.linh, type="totp", data={"secret": "x"})
    client = cast.client("linh")
    page = client.post("/profile/", FORM)
    assert (page.status_code, cast.linh.tokens.count()) == (422, 1)
    assert "Confirm with your second factor" in page.content.decode()
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session["account_authentication_methods_user"] = str(cast.linh.pk)
    session.save()
    assert client.post("/profile/", FORM).status_code == 200
    assert cast.client("sara").post("/profile/", FORM).status_code == 200, "a partner needs none"


def test_over_tls_cookies_are_the_hosts_alone() -> None:
    """Browsers take a `__Host-` cookie with Secure, with path / and without a domain, or not at all."""
    ask = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        "s.SESSION_COOKIE_PATH, s.CSRF_COOKIE_PATH, s.SESSION_COOKIE_DOMAIN, s.CSRF_COOKIE_DOMAIN)"
    )
    env = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "tracker.settings", "MAIL_FROM": "r@register.example", "DEMO": "off",
        "STAFF_NEED_SECOND_FACTOR": "on", "DEBUG": "off",
    }  # fmt: skip
    said = {}
    for base in ("https://register.example", "http://localhost:8000"):
        done = subprocess.run(
            [sys.executable, "-c", ask], env={**env, "BASE_URL": base}, capture_output=True, text=True, check=True
        )
        said[base[:5]] = done.stdout.split()
    assert said["https"] == ["__Host-sessionid", "__Host-csrftoken", "True", "True", "/", "/", "None", "None"]
    assert said["http:"][:2] == ["sessionid", "csrftoken"]
