"""Main pages as papers that can be laid on a table: what Chromium makes of them on A4, read back."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from tests.browsing import Person
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]
A4 = (595, 842)  # points
PAPERS = {
    "officer": ("/", "/agreements/?country=US&stage=signed", "/commitments/?view=board", "/handover/", "/inbox/"),
    "manager": ("/", "/oversight/", "/commitments/?due=overdue", "/countries/US/", "/agreements/US-2023-03/",
                "/commitments/US-2023-03-2/", "/partners/map/", "/agreements/?view=timeline", "/review/"),
    "partner": ("/", "/agreements/US-2023-03/", "/commitments/"),
}  # fmt: skip
HEADS = "[...document.querySelectorAll('main h2, main thead')].map((one) => one.innerText)"
TITLES = "[...document.querySelectorAll('main th[scope=row] a:first-child')].map((one) => one.textContent)"
FILTERS = "[...document.querySelectorAll('.marks .pill')].map((one) => one.firstChild.textContent)"


def plain(text: str) -> str:
    """Letters alone: how lines are broken is no matter."""
    return re.sub(r"\W+", "", text)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", PAPERS)
def test_main_pages_are_papers(browser: Any, site: Running, name: str, language: str) -> None:
    """Page numbers, who printed it and when, the filters; no heading without what it heads, no cut title."""
    person = Person(browser, site, name, language=language)
    who = person.page.inner_text(".account > summary")
    faults = []
    for path in PAPERS[name]:
        person.page.goto(path)
        heads, titles, filters = (person.page.evaluate(script) for script in (HEADS, TITLES, FILTERS))
        sheets = PdfReader(io.BytesIO(person.page.pdf(prefer_css_page_size=True))).pages
        texts = [sheet.extract_text() for sheet in sheets]
        whole, first = plain("".join(texts)), plain(texts[0])
        for number, (sheet, text) in enumerate(zip(sheets, texts, strict=True), 1):
            if (round(sheet.mediabox.width), round(sheet.mediabox.height)) != A4:
                faults.append(f"{path}: {sheet.mediabox} is no A4")
            rest, found, _after = text.rpartition(f"{number} / {len(sheets)}")
            if not found:
                faults.append(f"{path}: sheet {number} has no number")
            orphans = [head for head in heads if plain(head) and plain(rest).endswith(plain(head))]
            faults += [f"{path}: sheet {number} ends with {head!r}" for head in orphans]
        said = (who, path.partition("?")[0], *filters)
        faults += [f"{path}: the first sheet does not say {one!r}" for one in said if plain(one) not in first]
        faults += [f"{path}: no day and hour"] * (not re.search(r"\d\d:\d\d, \d\d/\d\d/\d{4}", texts[0]))
        faults += [f"{path}: {title!r} is cut" for title in titles if plain(title) not in whole]
    person.context.close()
    assert faults == [], "\n".join(faults)
