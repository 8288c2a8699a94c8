"""Every page in both themes, both languages and two widths: accessible, unbroken, light."""

from __future__ import annotations

import gzip
from itertools import product
from pathlib import Path
from typing import Any

import django_htmx
import pytest

from tests.browsing import Person
from tests.running import ROOT, Running
from tests.test_query_counts import grow

PAGES = {
    "": ["/accounts/login/"],
    "officer": [
        "/", "/agreements/", "/agreements/?q=zzz", "/agreements/US-2023-03/", "/agreements/US-2023-04/",
        "/agreements/new/", "/agreements/US-2023-04/edit/", "/agreements/US-2023-04/papers/", "/commitments/",
        "/commitments/US-2023-03-1/", "/commitments/US-2023-03-1/edit/", "/partners/", "/organisations/new/",
        "/countries/US/", "/organisations/kfia/", "/search/?q=ban+dan", "/profile/", "/accounts/2fa/",
        "/history/agreements/US-2023-03/", "/accounts/password/change/", "/agreements/US-2023-03/procedure/",
        "/agreements/US-2023-03/sharing/", "/agreements/US-2023-03/amendments/new/",
        "/agreements/US-2023-03/as-partner/?organisation=kfia&withheld=money",
        "/history/agreements/US-2023-03/as-of/", "/agreements/new/?supersedes=US-2023-03",
        "/commitments/?view=board", "/commitments/?view=timeline", "/commitments/?binding=true&desk=mine&partner=none",
        "/commitments/US-2023-03-2/", "/commitments/US-2023-03-2/quick/", "/commitments/US-2023-03-2/milestones/new/",
        "/commitments/US-2023-03-2/money/new/", "/commitments/US-2023-03-2/indicators/new/", "/actions/",
        "/actions/new/?serves=US-2023-03-2", "/partners/map/", "/handover/",
        "/following/", "/calendars/", "/changes/?since=2020-01-01",
    ],
    "manager": [
        "/", "/review/", "/agreements/US-2023-03/", "/organisations/kfia/merge/?into=gov-us", "/countries/US/share/",
        "/profile/", "/oversight/", "/commitments/US-2023-03-2/", "/reminders/", "/inbox/",
        "/agreements/US-2023-03/reminders/",
    ],
    "partner": [
        "/", "/agreements/", "/agreements/US-2023-03/", "/commitments/", "/commitments/?view=board",
        "/commitments/US-2023-03-2/",
    ],
    "operator": ["/", "/pulse/", "/admin/", "/admin/agreements/agreement/", "/admin/partners/organisation/add/"],
}  # fmt: skip
# Each time, every pair of two of them; the others with --nightly.
EACH_TIME = {("light", 360, "vi"), ("light", 1280, "en"), ("dark", 360, "en"), ("dark", 1280, "vi")}
LOOKS = [
    look if look in EACH_TIME else pytest.param(*look, marks=pytest.mark.nightly)
    for look in product(("light", "dark"), (360, 1280), ("vi", "en"))
]
# Django's own admin pages are not ours to restyle; its axe faults are Django's.
AXE_SKIPS = "/admin/"


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "width", "language"), LOOKS)
def test_pages_look_right(browser: Any, site: Running, language: str, width: int, theme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    problems = []
    for name, paths in PAGES.items():
        person = Person(browser, site, name, language=language, width=width, color_scheme=theme)
        for path in paths:
            status = person.status(path)
            if status != 200:
                problems.append(f"{path}: {status}")
            if path.startswith(AXE_SKIPS):
                continue
            sideways = person.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if sideways > 0:
                problems.append(f"{path}: {sideways} px too wide")
            found = axe.run(person.page, options={"resultTypes": ["violations"]})
            problems += [
                f"{path}: {fault['id']}: {fault['nodes'][0]['html'][:120]}"
                for fault in found.response["violations"]
                if fault["impact"] in ("serious", "critical")
            ]
        problems += [f"{name}: {fault}" for fault in person.faults]
        person.context.close()
    assert problems == [], "\n".join(problems)


def gz(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_the_shell_weighs_little() -> None:
    """CSS and scripts of every page together, compressed: 60 kB is the bar."""
    static = ROOT / "tracker/static/tracker"
    htmx = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
    weights = {path.name: gz(path) for path in (static / "app.css", static / "app.js", htmx)}
    print(f"page shell, gzip: {weights}, {sum(weights.values())} bytes")  # noqa: T201
    assert sum(weights.values()) <= 60_000


def test_a_full_list_page_weighs_little(cast: Any) -> None:
    grow(cast, 60)
    page = cast.client("linh").get("/agreements/").content
    print(f"list of 50 agreements: {len(page)} bytes, gzip {len(gzip.compress(page))}")  # noqa: T201
    assert page.count(b'<th scope="row">') == 50
    assert len(gzip.compress(page)) <= 25_000
