"""A paper is dropped into the logging form, in every look: what it says is taken, and nothing typed is lost."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.browsing import UNFOLD, Person, inaccessible
from tests.papers import odt, pdf
from tests.running import Running
from tests.test_ten_stories import MEMORANDUM

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]
NEW = "/agreements/new/"
PICTURES = os.environ.get("PICTURES", "")  # a folder for pictures to look at


def at_the_form(browser: Any, site: Running, **more: Any) -> Person:
    person = Person(browser, site, "officer", **more)
    person.page.goto(NEW)
    return person


def choose(page: Any, content: bytes, name: str = "Bản ghi nhớ.pdf") -> None:
    page.set_input_files("#id_paper_file", {"name": name, "mimeType": "application/pdf", "buffer": content})


def seen(page: Any, name: str) -> None:
    if PICTURES:
        page.wait_for_timeout(2500)
        page.evaluate("document.querySelector('#paper').scrollIntoView()")
        page.screenshot(path=f"{PICTURES}/{name}.png")
        page.screenshot(path=f"{PICTURES}/{name}-whole.png", full_page=True)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_in_every_look(browser: Any, site: Running, language: str, width: int, theme: str) -> None:
    person = at_the_form(browser, site, language=language, width=width, color_scheme=theme)
    page = person.page
    seen(page, f"before-{language}-{width}-{theme}")
    assert inaccessible(page) == []
    choose(page, pdf(*MEMORANDUM))
    page.wait_for_selector("[data-take-all]")
    page.wait_for_load_state("networkidle")
    seen(page, f"beside-{language}-{width}-{theme}")
    assert page.is_visible("iframe") == (width == 1280), "on a phone it is folded"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(UNFOLD)
    assert inaccessible(page) == []
    page.click("[data-take-all]")
    seen(page, f"taken-{language}-{width}-{theme}")
    assert inaccessible(page) == []
    person.context.close()


def test_one_key_takes_what_is_proposed(browser: Any, site: Running) -> None:
    person = at_the_form(browser, site)
    page = person.page
    assert page.evaluate("document.activeElement.id") == "id_title_vi", "without a paper it is as quick as before"
    choose(page, pdf(*MEMORANDUM))
    page.wait_for_selector("[data-take]")
    assert page.input_value("#id_signed") == "", "nothing is filled in by itself"
    page.focus("#id_signed")
    page.keyboard.press("ArrowRight")
    assert page.input_value("#id_signed") == "05/09/2026"
    page.focus("#id_place") if page.is_visible("#id_place") else None
    page.focus("#id_title_vi")
    page.keyboard.type("x")
    page.keyboard.press("ArrowRight")
    assert page.input_value("#id_title_vi") == "x", "in a field with text the key moves on"
    page.click("[data-take=id_title_vi]")
    assert page.input_value("#id_title_vi").startswith("B")
    assert "Ký tại Hà Nội" in page.inner_text("#id_signed_said")
    person.context.close()


def test_who_types_meanwhile_goes_on_typing(browser: Any, site: Running) -> None:
    """The paper is read while somebody types: the text stays where it is typed, and all that is taken leaves it."""
    person = at_the_form(browser, site)
    page = person.page
    page.route("**/agreements/new/", lambda route: (page.wait_for_timeout(700), route.continue_()))
    choose(page, pdf(*MEMORANDUM))
    page.focus("#id_title_vi")
    page.keyboard.type("Tên ")
    page.wait_for_selector("[data-take-all]")
    page.wait_for_timeout(300)
    page.keyboard.type("gõ tay")
    assert page.input_value("#id_title_vi") == "Tên gõ tay"
    page.click("[data-take-all]")
    assert page.input_value("#id_title_vi") == "Tên gõ tay"
    assert page.input_value("#id_signed") == "05/09/2026"
    person.context.close()


def test_the_paper_comes_back_with_the_draft_and_goes_with_it(browser: Any, site: Running) -> None:
    person = at_the_form(browser, site)
    page = person.page
    choose(page, odt("Bản ghi nhớ", "Ký tại Hà Nội, ngày 05 tháng 9 năm 2026."), "a.odt")
    page.wait_for_selector(".paper-view")
    page.fill("#id_title_vi", "Bản ghi nhớ giữ lại")
    page.select_option("#id_paper_kind", "draft_text")
    with page.expect_response("**/drafts/?form=*"):
        page.fill("#id_summary_vi", "Tóm tắt")
    page.wait_for_timeout(1500)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(NEW)
    assert not page.is_visible(".paper-drop button[value^=take_up]"), "it is named by the draft"
    page.click(".restore button >> nth=0")
    page.wait_for_selector(".paper-view")
    assert page.input_value("#id_title_vi") == "Bản ghi nhớ giữ lại"
    assert page.input_value("#id_paper_kind") == "draft_text"
    assert "a.odt" in page.inner_text("#paper")
    key = page.input_value("[name=paper]")
    with page.expect_response(lambda answer: f"/papers/{key}/" in answer.url and answer.request.method == "DELETE"):
        page.click("[data-cancel]")
    page.goto(NEW)
    assert "giữ lại" not in page.inner_text("main")
    assert not page.is_visible(".paper-drop button[value^=take_up]")
    person.context.close()


def test_a_draft_without_a_paper_takes_none_away(browser: Any, site: Running) -> None:
    person = at_the_form(browser, site)
    page = person.page
    with page.expect_response("**/drafts/?form=*"):
        page.fill("#id_summary_vi", "Tóm tắt của bản nháp")
    page.wait_for_timeout(1500)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(NEW)
    choose(page, odt("Bản ghi nhớ"), "b.odt")
    page.wait_for_selector(".paper-view")
    key = page.input_value("[name=paper]")
    page.click(".restore button >> nth=0")
    page.wait_for_load_state("networkidle")
    assert page.input_value("#id_summary_vi") == "Tóm tắt của bản nháp"
    assert page.input_value("[name=paper]") == key != ""
    page.click("[data-cancel]")
    person.context.close()


def test_a_wrong_file_says_why_and_two_are_one_too_many(browser: Any, site: Running) -> None:
    person = at_the_form(browser, site, language="en")
    page = person.page
    page.fill("#id_title_en", "Typed before")
    choose(page, b"", "empty.pdf")
    page.wait_for_selector("#paper [role=alert]:has-text('The file is empty')")
    choose(page, b"MZ" + b"\0" * 100, "a.exe")
    page.wait_for_selector("#paper [role=alert]:has-text('not taken')")
    assert inaccessible(page) == []
    choose(page, b"\0" * (21 * 1024 * 1024), "huge.pdf")
    page.wait_for_selector("#paper [role=alert]:has-text('larger than 20')")
    page.evaluate("""() => {
      const data = new DataTransfer();
      for (const name of ["a.pdf", "b.pdf"]) data.items.add(new File(["x"], name));
      document.body.dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: data}));
    }""")
    page.wait_for_selector("#paper [role=alert]:has-text('One paper at a time')")
    assert page.input_value("#id_title_en") == "Typed before"
    person.context.close()


def test_a_session_that_is_over_loses_nothing(browser: Any, site: Running) -> None:
    person = at_the_form(browser, site, language="en")
    page = person.page
    page.fill("#id_title_en", "Typed before")
    person.context.clear_cookies(name="sessionid")
    choose(page, pdf(*MEMORANDUM))
    page.wait_for_selector("#paper [role=alert]:has-text('could not be sent')")
    assert page.input_value("#id_title_en") == "Typed before"
    assert page.is_visible("#id_paper_file")
    person.context.close()


def test_without_scripts_it_is_a_step_of_the_form(browser: Any, site: Running) -> None:
    person = at_the_form(browser, site, java_script_enabled=False)
    page = person.page
    page.fill("#id_summary_vi", "Tóm tắt đã gõ")
    choose(page, pdf(*MEMORANDUM))
    page.click("button[value=put]")
    assert page.input_value("#id_summary_vi") == "Tóm tắt đã gõ"
    assert page.input_value("#id_signed") == ""
    page.click("button[value='take:signed']")
    assert page.input_value("#id_signed") == "05/09/2026"
    page.click("button[value=take]")
    page.click("button:text-is('Lưu')")
    assert "bản có chữ ký" in page.content()
    person.context.close()


def test_the_participants_of_the_form_are_offered_first_as_partner(browser: Any, site: Running) -> None:
    person = at_the_form(browser, site)
    page, box = person.page, "#id_commitments-0-partner_owner"
    page.fill("#id_participants-0-organisation", "Bộ Ngoại giao")
    page.fill("#id_participants-1-organisation", "KFIA")
    page.focus(box)
    assert page.locator(f"{box}-list [role=option]").all_inner_texts() == ["Bộ Ngoại giao", "KFIA"]
    assert inaccessible(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.input_value(box) == "KFIA"
    page.fill(box, "")
    page.keyboard.type("ngoai")
    page.wait_for_selector(f"{box}-list [role=option]:has-text('Bộ Ngoại giao')")
    assert page.locator(f"{box}-list [role=option]").first.inner_text().startswith("Bộ Ngoại giao")
    person.context.close()
