"""Every page in both themes, both languages and two widths: accessible, unbroken, light."""

from __future__ import annotations

import gzip
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_htmx
import pytest
from django.urls import resolve

from tests.browsing import UNFOLD, Person, axe, inaccessible
from tests.running import ROOT, Running
from tests.test_query_counts import grow
from tests.walks.test_urls import OK, TABLE

PAGES = {
    "": [
        "/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/inactive/",
        "/accounts/password/reset/key/1-wrong/", "/accounts/password/reset/key/done/",
    ],
    "officer": [
        "/", "/agreements/", "/agreements/?q=zzz", "/agreements/US-2023-03/", "/agreements/US-2023-04/",
        "/agreements/new/", "/agreements/US-2023-04/edit/", "/agreements/US-2023-04/papers/", "/commitments/",
        "/commitments/US-2023-03-1/", "/commitments/US-2023-03-1/edit/", "/partners/", "/organisations/new/",
        "/countries/US/", "/organisations/kfia/", "/search/?q=ban+dan", "/profile/", "/accounts/2fa/",
        "/history/agreements/US-2023-03/", "/accounts/password/change/", "/agreements/US-2023-03/procedure/",
        "/agreements/US-2023-03/sharing/", "/agreements/US-2023-03/amendments/new/",
        "/agreements/US-2023-03/as-partner/?organisation=kfia&withheld=money",
        "/history/agreements/US-2023-03/as-of/", "/agreements/new/?supersedes=US-2023-03",
        "/commitments/?view=board", "/commitments/?view=timeline", "/commitments/?owed=true&desk=mine&partner=none",
        "/commitments/US-2023-03-2/", "/commitments/US-2023-03-2/quick/", "/commitments/US-2023-03-2/milestones/new/",
        "/commitments/US-2023-03-2/money/new/", "/commitments/US-2023-03-2/indicators/new/", "/actions/",
        "/actions/new/?serves=US-2023-03-2", "/partners/map/", "/handover/",
        "/following/", "/calendars/", "/changes/?since=2020-01-01", "/agreements/?view=timeline", "/design/",
        "/exports/", "/exports/taken/", "/agreements/take/?stage=signed", "/commitments/take/", "/partners/take/",
        "/actions/take/", "/changes/take/", "/imports/", "/imports/new/", "/briefings/",
        "/briefings/agreement/?ref=US-2023-03", "/agreements/US-2023-03/letters/",
        "/agreements/US-2023-03/letters/new/", "/commitments/US-2023-03-2/letters/new/",
        "/commitments/US-2023-03-2/similar/", "/help/",
        "/accounts/logout/", "/accounts/2fa/webauthn/", "/accounts/reauthenticate/", "/api/",
    ],
    "manager": [
        "/", "/waiting/", "/review/", "/agreements/US-2023-03/", "/organisations/kfia/merge/?into=gov-us",
        "/countries/US/share/",
        "/profile/", "/oversight/", "/commitments/US-2023-03-2/", "/reminders/", "/inbox/",
        "/agreements/US-2023-03/reminders/", "/people/1/merge/", "/periods/", "/quality/", "/briefings/",
        "/briefings/review_pack/", "/meetings/", "/meetings/take/", "/periods/take/",
    ],
    "partner": [
        "/", "/agreements/", "/agreements/US-2023-03/", "/commitments/", "/commitments/?view=board",
        "/commitments/US-2023-03-2/", "/help/",
    ],
    "operator": [
        "/", "/pulse/", "/help/", "/admin/", "/admin/agreements/agreement/", "/admin/partners/organisation/add/",
        "/admin/agreements/agreement/1/change/", "/admin/partners/user/", "/admin/partners/user/1/change/",
        "/admin/agreements/procedure/add/", "/admin/agreements/reminderrule/", "/admin/agreements/commitment/",
    ],
}  # fmt: skip
pytestmark = pytest.mark.xdist_group("stories")  # one running site for all that look at one
# Each time, every theme, width and language once; the others with --nightly.
EACH_TIME = {("light", 360, "vi"), ("dark", 1280, "en")}
EVERY_LOOK = list(product(("light", "dark"), (360, 1280), ("vi", "en")))
LOOKS = [look if look in EACH_TIME else pytest.param(*look, marks=pytest.mark.nightly) for look in EVERY_LOOK]
DRAFT, PROMISE = "US-2023-04", "US-2023-03-2"
ROLES = ("officer", "manager", "partner", "auditor", "operator")
# Files, fragments and answers to machines.
NO_PAGES = {
    "date_in_words", "drafts", "export_actions", "export_agreements", "export_changes", "export_commitments",
    "export_meetings", "export_partners", "export_periods", "healthz", "held_file", "import_faults", "letter_file",
    "organisation_suggestions", "palette", "readyz", "similar_agreements",
}  # fmt: skip
# Buttons and fields of which an edge lies outside the window or beyond what can be scrolled to.
CUT_OFF = """() => [...document.querySelectorAll("main button, main input:not([type=hidden]), main select, main a.btn")]
  .filter((one) => one.checkVisibility()
    && !one.closest(".table-wrap, .wide, .board, .chart, .visually-hidden, .inline-group, .results"))
  .filter((one) => { const box = one.getBoundingClientRect(); return box.right > innerWidth + 1 || box.left < -1; })
  .map((one) => one.outerHTML.slice(0, 90))"""
ADMIN = "/admin/"
DRAWN_LATER = {"/api/": ".opblock"}  # by scripts, once the page is there


@pytest.fixture(scope="module")
def pages(browser: Any, site: Running) -> dict[str, list[str]]:
    """PAGES, and those of records that the bundled data has none of: made here, as people make them."""
    officer = Person(browser, site, "officer", language="en")
    page, made = officer.page, [f"/agreements/{DRAFT}/commitments/new/"]

    def make(path: str, **typed: str) -> None:
        page.goto(path)
        for name, value in typed.items():
            page.fill(f"[name={name}]", value)
        page.click("main form.careful .primary")
        page.wait_for_url(lambda now: not now.endswith(path))

    def linked(link: str) -> list[str]:
        return [str(page.get_attribute(f"main a[href*='{link}']:not([href$='/new/'])", "href")).partition("#")[0]]

    make("/actions/new/", title="Call the ministry")
    made += [page.url.removeprefix(officer.base), *linked("/edit/")]
    make("/agreements/US-2023-03/amendments/new/", text_en="One year more.", **{"terms-title_en": "Longer"})
    made += [page.url.removeprefix(officer.base), *linked("/edit/")]
    make(f"/commitments/{PROMISE}/milestones/new/", title_en="A first course")
    made += linked("/milestones/")
    make(f"/commitments/{PROMISE}/indicators/new/", title_en="Engineers trained", target="50")
    made += linked("/measure/")
    page.goto("/agreements/US-2023-03/procedure/")
    page.select_option("main select[name=procedure]", index=1)
    page.fill("main [name=reason]", "The minister signs.")
    page.click("main form[action$='/open/'] button")
    made += linked("/procedure/")
    page.goto("/countries/US/")
    made += linked("/documents/")
    page.goto("/agreements/US-2023-03/letters/new/")
    page.select_option("main select[name=template]", index=1)
    page.click("main form .primary")
    for name in ("addressee", "subject", "text"):
        page.fill(f"main [name={name}]", "The note of the desk.")
    page.click("main form .primary")
    page.wait_for_url("**/letters/*/")
    made.append(page.url.removeprefix(officer.base))
    made += an_import(page, officer.base)
    officer.leave()
    return PAGES | {"officer": PAGES["officer"] + made, "manager": PAGES["manager"] + closed_periods(browser, site)}


def an_import(page: Any, base: str) -> list[str]:
    """A sheet with a fault and new partners, checked: its columns, its rows, its partners."""
    rows = ["Title,Partner,Country,Signed on,Status"]
    rows += [f"Memorandum on rails {n},Institute {n},Japan,0{n}/03/2024,Active" for n in range(1, 6)]
    sheet = "\n".join([*rows, "Memorandum,Institute,Atlantis,31/02/2024,purple"]).encode()
    page.goto("/imports/new/")
    page.set_input_files("main [name=upload]", {"name": "list.csv", "mimeType": "text/csv", "buffer": sheet})
    page.click("main form .primary")
    page.wait_for_url("**/columns/")
    columns = page.url.removeprefix(base)
    page.click("main form .primary")
    page.wait_for_url(lambda now: not now.endswith("columns/"))
    return [columns, columns.removesuffix("columns/"), columns.replace("columns", "partners")]


def closed_periods(browser: Any, site: Running) -> list[str]:
    """Two years that are closed here, and the second against the first; a meeting, and its first item."""
    manager, made = Person(browser, site, "manager", language="en"), []
    for year in ("2024", "2025"):
        manager.page.goto("/periods/")
        manager.page.fill("[name=period]", year)
        manager.page.click("main form .primary")
        manager.page.wait_for_url("**/periods/*/")
        made.append(manager.page.url.removeprefix(manager.base))
    manager.page.goto("/meetings/?period=2026")
    manager.page.click("main form .primary")
    manager.page.wait_for_url("**/meetings/*/")
    met = manager.page.url.removeprefix(manager.base)
    manager.page.click("main .head .primary")
    manager.page.wait_for_url("**/items/*/")
    meeting = [met, manager.page.url.removeprefix(manager.base)]
    manager.leave()
    return [*made, *meeting, f"{made[1]}against/{made[0].strip('/').rpartition('/')[2]}/"]


def faults_of(person: Person, path: str, *, known_to_exist: bool = True) -> list[str]:
    """What is wrong with one page, in words. Without `known_to_exist`, a page that says 404 is as good."""
    status = person.status(path)
    wrong = [] if status == 200 or (status == 404 and not known_to_exist) else [f"{path}: {status}"]
    if status == 200 and path in DRAWN_LATER and urlsplit(person.page.url).path == path:
        person.page.wait_for_selector(DRAWN_LATER[path])
    person.page.evaluate(UNFOLD)
    sideways = person.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if sideways > 0:
        wrong.append(f"{path}: {sideways} px too wide")
    return wrong + inaccessible(person.page)


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("theme", "width", "language"), LOOKS)
def test_pages_look_right(
    browser: Any, site: Running, pages: dict[str, list[str]], name: str, language: str, width: int, theme: str
) -> None:
    person = Person(browser, site, name, language=language, width=width, color_scheme=theme)
    problems = [fault for path in pages[name] for fault in faults_of(person, path)] + person.faults
    person.context.close()
    assert problems == [], "\n".join(problems)


@pytest.mark.browser
@pytest.mark.nightly
@pytest.mark.parametrize("look", EVERY_LOOK, ids=str)
@pytest.mark.parametrize("name", ["", *ROLES])
def test_every_page_as_every_role(
    browser: Any, site: Running, pages: dict[str, list[str]], name: str, look: tuple[str, int, str]
) -> None:
    """Whoever follows a link that a colleague sent finds the page or a page that says that it is not there."""
    theme, width, language = look
    person = Person(browser, site, name, language=language, width=width, color_scheme=theme)
    every = sorted({path for paths in pages.values() for path in paths})
    problems = [fault for path in every for fault in faults_of(person, path, known_to_exist=False)]
    person.context.close()
    assert len(every) >= 60
    assert problems == [], "\n".join(problems)


@pytest.mark.browser
@pytest.mark.nightly
@pytest.mark.parametrize(("theme", "width", "language"), EVERY_LOOK)
def test_the_administration_looks_right(browser: Any, site: Running, language: str, width: int, theme: str) -> None:
    """Each of its lists, its forms for a new record, and the first record of each list."""
    problems = []
    person = Person(browser, site, "operator", language=language, width=width, color_scheme=theme)
    page = person.page
    page.goto(ADMIN)
    paths = [str(link.get_attribute("href")) for link in page.locator("#content-main a").all()]
    for path in [*paths]:
        page.goto(path)
        if page.locator("#result_list th a").count():
            paths.append(str(page.locator("#result_list th a").first.get_attribute("href")))
    assert len(paths) >= 90
    for path in dict.fromkeys(paths):
        problems += faults_of(person, path)
    problems += person.faults
    person.context.close()
    assert problems == [], "\n".join(problems)


@pytest.mark.browser
def test_pages_can_be_read_at_twice_the_size(browser: Any, site: Running, pages: dict[str, list[str]]) -> None:
    """A window of 1280 by 900 zoomed to 200 % has 640 by 450 px of its own."""
    problems = []
    for name, paths in pages.items():
        person = Person(browser, site, name, width=640, device_scale_factor=2)
        person.page.set_viewport_size({"width": 640, "height": 450})
        for path in paths:
            person.page.goto(path)
            sideways = person.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            hidden = person.page.evaluate(CUT_OFF)
            problems += [f"{path}: {sideways} px too wide"] * (sideways > 0) + [
                f"{path}: cut off: {one}" for one in hidden
            ]
        person.context.close()
    assert problems == [], "\n".join(problems)


PRINTED = {
    "officer": ("/agreements/?view=timeline", "/commitments/?view=timeline", "/countries/US/", "/partners/map/",
                "/handover/", "/agreements/US-2023-03/", "/commitments/US-2023-03-2/"),
    "manager": ("/oversight/",),
}  # fmt: skip


@pytest.mark.browser
def test_pages_and_pictures_print(browser: Any, site: Running) -> None:
    """Dark ink on white also for who reads in the dark theme, within the sheet, and nothing to press."""
    problems = []
    for name, paths in PRINTED.items():
        person = Person(browser, site, name, language="en", width=760, color_scheme="dark")  # A4, 96 px to the inch
        for path in paths:
            person.page.goto(path)
            person.page.emulate_media(media="print")
            seen = axe().run(person.page, options={"runOnly": ["color-contrast"]}).response["violations"]
            problems += [f"{path}: {node['html'][:120]}" for fault in seen for node in fault["nodes"][:2]]
            sideways = person.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            problems += [f"{path}: {sideways} px too wide"] * (sideways > 0)
            ground = person.page.evaluate("getComputedStyle(document.body).backgroundColor")
            problems += [f"{path}: printed on {ground}"] * (ground != "rgb(255, 255, 255)")
            shown = person.page.locator("main button:visible, main input:visible, header:visible").count()
            problems += [f"{path}: {shown} things to press"] * bool(shown)
            person.page.emulate_media(media="screen")
        person.context.close()
    assert problems == [], "\n".join(problems)


def test_every_page_is_looked_at(browser: Any, pages: dict[str, list[str]]) -> None:
    looked_at = {resolve(urlsplit(path).path).view_name for paths in pages.values() for path in paths}
    shown = {name for name, answers in TABLE.items() if OK in answers and not name.startswith("api")}
    assert shown - looked_at == NO_PAGES


def gz(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_the_shell_weighs_little() -> None:
    """CSS and scripts of every page together, compressed: 60 kB is the bar."""
    static = ROOT / "tracker/static/tracker"
    htmx = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
    weights = {path.name: gz(path) for path in (static / "app.css", static / "app.js", htmx)}
    print(f"page shell, gzip: {weights}, {sum(weights.values())} bytes")  # noqa: T201
    assert sum(weights.values()) <= 60_000


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", "/agreements/", "/commitments/?view=timeline", "/agreements/US-2023-03/"])
def test_a_page_asks_for_little(browser: Any, site: Running, path: str) -> None:
    """Eight requests at most, and nothing from elsewhere."""
    person = Person(browser, site, "officer")
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.page.goto(path, wait_until="networkidle")
    assert 3 <= len(asked) <= 8, asked
    person.leave()


def test_a_full_list_page_weighs_little(cast: Any) -> None:
    grow(cast, 60)
    page = cast.client("linh").get("/agreements/").content
    print(f"list of 50 agreements: {len(page)} bytes, gzip {len(gzip.compress(page))}")  # noqa: T201
    assert page.count(b'<th scope="row">') == 50
    assert len(gzip.compress(page)) <= 25_000
