"""The design page shows every token, and every pair of ink and ground can be read in both themes."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Cast
from tracker.design import PAIRS, STYLE_SHEET, tokens


def luminance(colour: str) -> float:
    """Relative luminance of sRGB, as WCAG 2.2 defines it."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("pair", PAIRS, ids=" on ".join)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(theme: str, pair: tuple[str, str]) -> None:
    colours = tokens()[theme == "dark"]
    assert contrast(colours[pair[0]], colours[pair[1]]) >= 4.5


def test_the_measure_itself() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_the_page_shows_every_colour_there_is(cast: Cast) -> None:
    page = cast.client("linh").get("/design/").content.decode()
    light, dark = tokens()
    assert len(light) > 15
    assert set(light) == set(dark)
    assert all(f'fill="var(--{name})"' in page for name in light)
    inks = {name for pair in PAIRS for name in pair}
    assert set(light) - inks == {"line", "strong-line"}, "a colour that no pair says what it is for"


def test_no_page_uses_a_colour_of_its_own() -> None:
    """Colours stand in the tokens alone; print has its own black on white."""
    style = STYLE_SHEET.read_text(encoding="utf-8").partition("/* --- ground --- */")[2]
    screen = re.sub(r"@media print \{.*?\n\}", "", style, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-f]{3,6}\b(?=[;,) ])", screen) == []
