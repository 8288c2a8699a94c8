"""Takes the pictures of docs/pages.md anew, of the bundled data.

python3 dev.py test --all --nightly tests/measure/test_pictures.py
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.browsing import Person
from tests.running import ROOT, Running

pytestmark = [pytest.mark.nightly, pytest.mark.browser]
FOLDER = ROOT / "docs" / "pages"
# name: who, in which language, how wide, and where
PICTURES = {
    "home": ("officer", "vi", 1280, "/?of=desk"),
    "agreements": ("officer", "vi", 1280, "/agreements/?country=US"),
    "agreement": ("officer", "en", 1280, "/agreements/US-2023-03/"),
    "log": ("officer", "vi", 1280, "/agreements/new/"),
    "commitments": ("officer", "en", 1280, "/commitments/?view=timeline"),
    "commitment": ("manager", "vi", 1280, "/commitments/US-2023-03-1/"),
    "country": ("officer", "vi", 1280, "/countries/US/"),
    "overview": ("manager", "vi", 1280, "/oversight/"),
    "palette": ("officer", "vi", 1280, "/"),
    "partner": ("partner", "en", 360, "/"),
}


def test_pictures(browser: Any, site: Running) -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, (who, language, width, path) in PICTURES.items():
        person = Person(browser, site, who, language=language, width=width)
        if person.page.locator(".tour .link").count():
            person.page.click(".tour .link")  # whoever works here has ended the first visit
        person.page.goto(path)
        if name == "palette":
            person.page.keyboard.press("Control+k")
            person.page.keyboard.type("ban dan")
            person.page.wait_for_selector("#palette mark")
        person.page.screenshot(path=str(FOLDER / f"{name}.jpg"), type="jpeg", quality=72)
        assert person.faults == []
        person.context.close()
