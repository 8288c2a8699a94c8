"""The cast: Linh (officer) and Minh (manager) at the Americas desk, Huy at another desk, Sara and Omar as partners."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from agreements.models import Agreement, Commitment
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from partners.models import Desk, Organisation, User
from partners.viewers import Viewer
from tests import factories, roles
from tests.browsing import CHROMIUM, QUIET
from tests.factories import TODAY
from tests.running import Running

EVERYTHING = bool(os.environ.get("TEST_ALL"))
MOST_SHOWN = 2000  # characters of a page
FIGURE = "figure"  # the property under which a test notes one


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="also the long suites")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("nightly") and not config.getoption("--nightly"):
            item.add_marker(pytest.mark.skip(reason="long: runs with --nightly"))
        if config.getoption("--nightly"):
            item.add_marker(pytest.mark.timeout(0))
        if item.get_closest_marker("kills") and not (EVERYTHING or config.getoption("--nightly")):
            item.add_marker(pytest.mark.skip(reason="kills processes for minutes: runs with --all or --nightly"))
        if item.get_closest_marker("services") and not EVERYTHING:
            item.add_marker(pytest.mark.skip(reason="needs this machine's services: runs with --all"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Where a test at a browser fails, say what its pages show: a missing word is seldom the whole story."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and browser:
        for page in (page for context in browser.contexts for page in context.pages):
            report.sections.append((f"what {page.url} shows", page.inner_text("body")[:MOST_SHOWN]))
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    lines = [
        line
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, line in getattr(report, "user_properties", ())
        if name == FIGURE and report.when == "call"
    ]
    if lines:
        terminalreporter.section("figures: ID value limit")
        for line in sorted(lines):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The owner makes the database of the tests."""
    roles.begin_as_owner()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """All else is done in the application's role, so that what it lacks shows: see `tests.roles.owner`."""
    with django_db_blocker.unblock():
        roles.make_application()
    yield
    roles.end_as_owner()


@pytest.fixture(autouse=True)
def calm_settings(settings: Any, request: pytest.FixtureRequest) -> None:
    """Fast passwords, no second factor unless a test asks, no shared cache."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STAFF_NEED_SECOND_FACTOR = False
    settings.CHECK_STATEMENTS = 1 if request.config.getoption("--nightly") else 10
    settings.ANCHOR_FILE = ""  # what a test sealed is gone with it
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()  # attempts to sign in are counted there
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.BASE_URL = "http://testserver"
    translation.activate("en")


@pytest.fixture
def today() -> Any:
    """The day stands still: 23 November 2026, 09:00 in Hanoi."""
    with time_machine.travel(f"{TODAY}T02:00:00Z", tick=True):
        yield TODAY


def need_chromium() -> None:
    if not CHROMIUM and not EVERYTHING:
        pytest.skip("no Chromium on this machine")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    need_chromium()
    playwright = (
        pytest.importorskip("playwright.sync_api") if not EVERYTHING else __import__("playwright.sync_api").sync_api
    )
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


# So that no test depends on when it runs.
NO_QUIET_HOURS = "from partners.models import User; User.objects.update(quiet_from=None, quiet_until=None)"


@pytest.fixture(scope="session")
def site() -> Iterator[Running]:
    """One whole `dev.py up` for every test that uses the product in a browser: the bundled data, and what they add."""
    need_chromium()
    running = Running()
    child = running.start()
    running.manage("shell", "-v0", "-c", NO_QUIET_HOURS)
    yield running
    child.terminate()
    child.wait(60)
    running.remove()


class Overwriting(APIClient):
    """Changes a record whatever its version, where a test says nothing of it."""

    def patch(self, *args: Any, **options: Any) -> Any:
        return super().patch(*args, **{"HTTP_IF_MATCH": "*", **options})


def wrong(answer: Any) -> dict[str, list[str]]:
    """The reasons of a refusal by the API, by field."""
    said = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json", said
    found: dict[str, list[str]] = {}
    for fault in said.get("errors", ()):
        found.setdefault(fault["field"], []).append(fault["detail"])
    return found


@dataclass
class Cast:
    """People, organisations and two agreements: one shared with Sara's organisation, one with nobody."""

    desk: Desk
    other_desk: Desk
    home: Organisation
    us: Organisation
    kr: Organisation
    people: dict[str, User] = field(default_factory=dict)
    agreement: Agreement = None  # type: ignore[assignment]
    commitment: Commitment = None  # type: ignore[assignment]
    hidden: Agreement = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> User:
        try:
            person: User = self.__dict__["people"][name]
            return person
        except KeyError:
            raise AttributeError(name) from None

    def viewer(self, name: str) -> Viewer:
        return self.people[name].viewer() if name != "anonymous" else Viewer()

    def client(self, name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        if name != "anonymous":
            client.force_login(self.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def api(self, name: str) -> APIClient:
        client = Overwriting(headers={"accept-language": "en"})
        if name != "anonymous":
            client.force_authenticate(self.people[name])
        return client


ROLES = ("anonymous", "linh", "huy", "minh", "sara", "omar", "auditor", "operator")


@pytest.fixture
def cast(db: None) -> Cast:
    desk, other = factories.make_desk(), factories.make_desk(code="asia")
    home = factories.make_organisation(code="gov-vn", country="VN", name="Government of Viet Nam")
    us = factories.make_organisation(code="gov-us", country="US", name="Government of the United States")
    kr = factories.make_organisation(code="kfia", country="KR", name="Korea Fabless Industry Association")
    cast = Cast(desk, other, home, us, kr)
    make = factories.make_user
    cast.people |= {
        "linh": make(role="officer", name="Linh", desks=[desk]),
        "huy": make(role="officer", name="Huy", desks=[other]),
        "minh": make(role="manager", name="Minh", desks=[desk]),
        "sara": make(role="partner", name="Sara", organisations=[us]),
        "omar": make(role="partner", name="Omar", organisations=[kr]),
        "auditor": make(role="auditor", name="Ha"),
        "operator": make(role="operator", name="Nam"),
    }
    cast.agreement = factories.make_agreement(desk=desk, ref="US-2023-01", owner=cast.linh, parties=[home, us])
    cast.commitment = factories.make_commitment(agreement=cast.agreement, partner_owner=us, owner=cast.linh)
    cast.hidden = factories.make_agreement(
        desk=desk, ref="US-2026-01", stage="draft", owner=cast.linh, parties=[home, us], signed_on=None
    )
    factories.make_share(agreement=cast.agreement, organisation=us)
    return cast


@pytest.fixture
def mai(cast: Cast) -> User:
    """A colleague of Linh's, to whom records are handed over."""
    return factories.make_user(role="officer", name="Mai", desks=[cast.desk])


@pytest.fixture
def in_review(cast: Cast, today: object) -> Agreement:
    """An agreement that Linh has submitted and nobody has decided on."""
    agreement = factories.make_agreement(desk=cast.desk, stage="draft", owner=cast.linh, parties=[cast.home, cast.us])
    perform("submit", agreement, by=cast.viewer("linh"), facts=Facts(on=TODAY))
    return agreement
