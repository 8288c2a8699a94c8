"""People at a browser, for tests that use the product as they do."""

from __future__ import annotations

import shutil
from functools import cache
from typing import Any

import pytest

from tests.running import Running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PASSWORD = "demo-2026"
DROPPED = ("htmx:afterRequest", "htmx:sendAbort", "htmx:sendError")
BROWSERS_OWN = ("chrome://", "chrome-extension://")  # as its viewer for PDF: parts of the browser itself
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]  # WCAG 2.2 AA, of every impact
# To read style sheets that import others, as Django's do, axe writes one into the page, which the policy refuses.
WITHOUT_IMPORTS = {"preload": False}
UNFOLD = "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"


@cache
def axe() -> Any:
    return pytest.importorskip("axe_playwright_python.sync_playwright").Axe()


def inaccessible(page: Any) -> list[str]:
    """What axe finds on a page as it stands; folded parts should be unfolded before."""
    options = {"runOnly": TAGS, "resultTypes": ["violations"]} | (WITHOUT_IMPORTS if "/admin/" in page.url else {})
    found = axe().run(page, options=options).response["violations"]
    return [f"{page.url}: {fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in found]


class Person:
    """Someone at a browser of their own. Notes console errors and requests that leave the machine."""

    def __init__(
        self, browser: Any, site: Running, name: str, *, language: str = "vi", width: int = 1280, **more: Any
    ) -> None:
        self.base = f"http://localhost:{site.port}"
        self.context = browser.new_context(viewport={"width": width, "height": 900}, base_url=self.base, **more)
        self.context.add_cookies([{"name": "django_language", "value": language, "url": self.base}])
        self.page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("console", self.note)
        stays = (self.base, "data:", *BROWSERS_OWN)
        self.page.on("request", lambda r: None if r.url.startswith(stays) else self.faults.append(r.url))
        if name:
            self.page.goto("/accounts/login/")
            self.page.fill("#id_login", f"{name}@tracker.example")
            self.page.fill("#id_password", PASSWORD)
            self.page.press("#id_password", "Enter")
            self.page.wait_for_url(f"{self.base}/")

    def note(self, message: Any) -> None:
        """Console errors; but a suggestion still on its way when a form is sent is dropped with the page."""
        if message.type == "error" and not message.text.startswith(DROPPED):
            self.faults.append(message.text)

    def status(self, path: str) -> int:
        return int(self.page.goto(path).status)

    def text(self) -> str:
        return str(self.page.inner_text("body"))

    def leave(self) -> None:
        """Close the browser, once the page that one has come to is known to be accessible too."""
        faults = self.faults + inaccessible(self.page)
        assert faults == [], "\n".join(faults)
        self.context.close()
