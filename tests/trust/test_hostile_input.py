"""Whatever is sent, wherever, nothing breaks: no answer says 5xx, and none takes long."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction

from agreements.commitments.api.commitments import CommitmentSerializer
from agreements.register.api.agreements import ActSerializer, AgreementSerializer
from partners.api import CountrySerializer, OrganisationSerializer
from tests import hostile
from tests.conftest import Cast
from tests.hostile import Probe
from tests.trust.conftest import Figure
from tests.walks.test_urls import address, furnish, own_names
from tracker.handler import Application

log = logging.getLogger(__name__)
SLOW = 5.0  # seconds
WHO = ("linh", "minh", "sara", "operator", "anonymous")
OF_EACH = {False: 210, True: 1400}
ADMIN = ("agreements/agreement", "partners/user", "partners/desk", "agreements/reminderrule")
# What else a body or a question names, so that it is not refused before it comes to what is hostile.
KNOWN = {
    "agreement": "US-2023-01", "commitment": "US-2023-01-1", "organisation": "gov-us", "country": "US", "kind": "other",
    "desk": "americas", "on": "2026-11-23", "due": "2027", "reason": "x", "title_en": "x", "text_en": "x", "text": "x",
}  # fmt: skip
STAFF = ("linh", "minh")
SILENT = ("/pulsez", "/readyz")  # 503 is what they say where no worker runs
HEADED = ("/", "/agreements/", "/api/v1/agreements/", "/accounts/login/", "/drafts/")
SIGN_IN = ("/accounts/login/", "/accounts/password/reset/", "/accounts/2fa/authenticate/", "/accounts/2fa/")


@pytest.fixture
def whole(cast: Cast, today: object) -> Cast:
    """The cast, with something behind every address."""
    furnish(cast)
    return cast


def probes(cast: Cast, *, deep: bool) -> list[Probe]:
    paths = [address(name, cast) for name in sorted(own_names() - {"api-root"})]
    admin = [f"/admin/{label}/{end}" for label in ADMIN for end in ("", "add/", "1/change/", "²/change/")]
    forms = [form for who in (WHO if deep else ("linh", "anonymous")) for form in _forms(cast, who, [*paths, *admin])]
    asked = dict.fromkeys(hostile.asked_by("POST"), "1")
    forms += [("linh", "POST", path, asked) for path in paths]
    number = OF_EACH[deep]
    calls, questions = hostile.of_description([path for path in paths if path.startswith("/api/")], KNOWN)
    assert len(calls) > 50, "the description names fewer bodies than there are"
    return [
        *hostile.at_addresses(number, WHO, [*paths, *admin]), *hostile.in_forms(number * 2, forms),
        *hostile.as_a_whole(number // 2, forms), *hostile.in_bodies(number, WHO, _calls(cast)),
        *hostile.in_bodies(number * 2, STAFF, calls), *hostile.in_queries(number, STAFF, questions),
        *hostile.in_headers(number // 2, WHO, HEADED),
    ]  # fmt: skip


def _forms(cast: Cast, who: str, paths: list[str]) -> Iterator[hostile.Form]:
    """The forms that stand on the pages of this person, each once."""
    client = cast.client(who)
    client.raise_request_exception = False
    seen = set()
    for path in [*paths, *SIGN_IN]:
        answer = client.get(path)
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        for method, action, fields in hostile.forms_of(answer.content.decode()):
            target = (action or path).split("?")[0]
            fields.pop("csrfmiddlewaretoken", None)
            known = (method, target, *sorted(fields))
            if target.startswith("/") and fields and known not in seen:
                seen.add(known)
                yield who, method, target, fields


def _calls(cast: Cast) -> list[hostile.Call]:
    participant = {"organisation": "gov-us", "role": "principal"}
    agreement = {"title_en": "x", "kind": "mou", "desk": "americas", "participants": [participant]}
    commitment = {"agreement": "US-2023-01", "title_en": "x", "kind": "action", "direction": "ours", "due": "2027"}
    return [
        ("POST", "/api/v1/agreements/", AgreementSerializer.Meta.fields, agreement),
        ("PATCH", "/api/v1/agreements/US-2023-01/", AgreementSerializer.Meta.fields, {"because": "x"}),
        ("PATCH", "/api/v1/agreements/US-2026-01/", AgreementSerializer.Meta.fields, {}),
        ("POST", "/api/v1/agreements/US-2023-01/suspend/", tuple(ActSerializer().fields), {"reason": "x"}),
        ("POST", "/api/v1/agreements/US-2023-01/end/", tuple(ActSerializer().fields), {"ending": "expiry"}),
        ("POST", "/api/v1/commitments/", CommitmentSerializer.Meta.fields, commitment),
        ("PATCH", f"/api/v1/commitments/{cast.commitment.ref}/", CommitmentSerializer.Meta.fields, {}),
        ("PATCH", "/api/v1/countries/US/", CountrySerializer.Meta.fields, {}),
        ("POST", "/api/v1/organisations/", OrganisationSerializer.Meta.fields, {"name_en": "x", "kind": "ministry"}),
        ("PATCH", "/api/v1/organisations/gov-us/", OrganisationSerializer.Meta.fields, {}),
        ("POST", "/drafts/", ("form", "window"), {}),
    ]


class SentFromOurPage(WSGIRequest):
    """Past the guard against forgery: what stands behind it is asked."""

    _dont_enforce_csrf_checks = True


class Handler(Application):
    request_class = SentFromOurPage


def send(handler: Application, environ: dict[str, Any]) -> tuple[int, bytes]:
    said: list[str] = []
    answer = handler(environ, lambda status, _headers: said.append(status))
    body = b"".join(answer)
    answer.close()
    return int(said[0].split()[0]), body


def test_nothing_breaks_and_nothing_takes_long(whole: Cast, deep: bool, figure: Figure) -> None:
    tried = probes(whole, deep=deep)
    cookies = {
        who: "; ".join(f"{name}={morsel.value}" for name, morsel in whole.client(who).cookies.items()) for who in WHO
    }
    handler = Handler()
    broken, slow = [], []
    for signal in (request_started, request_finished):  # no request closes the connection of the test
        signal.disconnect(close_old_connections)
    for probe in tried:
        cache.clear()
        environ = hostile.environ_of(probe, cookies[probe.who])
        begun = time.monotonic()
        with transaction.atomic():
            status, _body = send(handler, environ)
            transaction.set_rollback(True)
        if status >= 500 and not probe.path.startswith(SILENT):
            broken.append(f"{status} {probe}")
        if time.monotonic() - begun > SLOW:
            slow.append(str(probe))
    for line in [*broken[:60], *slow[:20]]:
        log.warning("hostile: %s", line)
    floor = 5000 if deep else 1000
    figure("FZ3c", len(slow), 0, cases=len(tried), floor=floor)
    figure("FZ3", len(broken), 0, cases=len(tried), floor=floor)
