"""An organisation is chosen by half remembered words: with the keyboard, with a pointer, and without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browsing import Person, inaccessible
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]
BOX = "#id_participants-0-organisation"
LIST = f"{BOX}-list"
MEANT = "Bộ Khoa học và Công nghệ"


def test_a_chooser_offers_what_the_server_finds(browser: Any, site: Running) -> None:
    person = Person(browser, site, "officer")
    page = person.page
    page.goto("/agreements/new/")
    page.focus(BOX)
    page.keyboard.type("bo khoa hoc")
    page.wait_for_selector(f"{LIST} [role=option]:has-text('{MEANT}')")
    assert page.get_attribute(BOX, "aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    active = page.get_attribute(BOX, "aria-activedescendant")
    assert page.get_attribute(f"#{active}", "aria-selected") == "true"
    assert inaccessible(page) == []
    page.keyboard.press("Enter")
    assert page.input_value(BOX) == MEANT
    assert (page.is_visible(LIST), page.get_attribute(BOX, "aria-expanded")) == (False, "false")
    page.fill(BOX, "")
    page.keyboard.type("kfai")  # a slip
    page.wait_for_selector(f"{LIST} [role=option]:has-text('KFIA')")
    page.keyboard.press("Escape")
    assert not page.is_visible(LIST)
    page.keyboard.press("ArrowDown")
    page.click(f"{LIST} [role=option]:has-text('KFIA')")
    assert page.input_value(BOX) == "KFIA"
    assert person.faults == []
    person.leave()


def test_a_late_answer_leaves_no_choice_that_is_not_there(browser: Any, site: Running) -> None:
    person = Person(browser, site, "officer")
    page = person.page
    late: list[Any] = []

    def hold(route: Any) -> None:
        late.append(route)

    page.route("**/*q=bo%20khoa%20h", hold)
    page.goto("/agreements/new/")
    page.focus(BOX)
    page.keyboard.type("bo khoa")
    page.wait_for_selector(f"{LIST} [role=option]:has-text('{MEANT}')")
    with page.expect_request("**/*q=bo%20khoa%20h"):
        page.keyboard.type(" h")
    page.keyboard.press("ArrowDown")
    first = page.get_attribute(BOX, "aria-activedescendant")
    page.evaluate("id => document.getElementById(id).classList.add('first-answer')", first)
    late[0].continue_()
    page.wait_for_selector(f"{LIST} .first-answer", state="detached")
    active = page.get_attribute(BOX, "aria-activedescendant")
    assert active is None or page.get_attribute(f"#{active}", "aria-selected") == "true"
    assert inaccessible(page) == []
    person.leave()


def test_without_scripts_the_form_says_what_may_be_meant(browser: Any, site: Running) -> None:
    person = Person(browser, site, "officer", java_script_enabled=False)
    page = person.page
    page.goto("/agreements/new/")
    page.fill("#id_title_vi", "Bản ghi nhớ không có kịch bản")
    page.fill(BOX, "bo khoa hoc")
    page.click("button:text-is('Lưu')")
    assert MEANT in page.inner_text("main")
    person.context.close()  # what looks for faults is a script
