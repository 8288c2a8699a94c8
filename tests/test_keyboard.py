"""Everyday work by keyboard alone: nothing is clicked, and wherever one is can be seen.

`Keys.to` walks with Tab, as a person does, and refuses a stop that is invisible or shows no focus; whatever a journey
comes to is accessible. Only the start of a journey is given as an address.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.browsing import PASSWORD, Person, inaccessible
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]
MOST_STOPS = 150
# Where the focus is: whether it is what one looks for, whether one sees it, and whether it says so.
LOOK = """(wanted) => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const shows = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  return {is: at.matches(wanted), hidden: at !== document.body && (!at.checkVisibility() || box.width < 2),
          mute: at !== document.body && !shows, what: at.outerHTML.slice(0, 120)};
}"""


class Keys:
    def __init__(self, person: Person) -> None:
        self.page = person.page

    def press(self, *keys: str) -> Keys:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, text: str) -> Keys:
        self.page.keyboard.type(text)
        return self

    def back(self, wanted: str) -> Keys:
        return self.to(wanted, by="Shift+Tab")

    def to(self, wanted: str, *, by: str = "Tab") -> Keys:
        """Tab until the focus is on it."""
        for _stop in range(MOST_STOPS):
            at = self.page.evaluate(LOOK, wanted)
            assert not at["hidden"], f"focus on something invisible: {at['what']}"
            assert not at["mute"], f"focus that does not show: {at['what']}"
            if at["is"]:
                return self
            self.press(by)
        raise AssertionError(f"{wanted} is not reached by Tab")

    def enter(self, wanted: str) -> Keys:
        return self.to(wanted).press("Enter")

    def fill(self, wanted: str, text: str) -> Keys:
        return self.to(wanted).press("Control+a").type(text)

    def sees(self, what: str) -> Keys:
        self.page.wait_for_selector(what, timeout=15_000)
        assert inaccessible(self.page) == []
        return self


def begin(browser: Any, site: Running, name: str, path: str, **more: Any) -> tuple[Person, Keys]:
    person = Person(browser, site, name, **{"language": "en", **more})
    person.page.goto(path)
    return person, Keys(person)


def test_1_sign_in_and_out(browser: Any, site: Running) -> None:
    person, keys = begin(browser, site, "", "/accounts/login/")
    keys.fill("#id_login", "officer@tracker.example").fill("#id_password", PASSWORD).press("Enter")
    keys.sees("h1:has-text('Good day')").enter(".account > summary").enter(".account button")
    keys.sees("#id_login")
    person.leave()


def test_2_skip_to_the_content(browser: Any, site: Running) -> None:
    person, keys = begin(browser, site, "officer", "/agreements/")
    keys.press("Tab")
    assert person.page.evaluate("document.activeElement.className") == "skip"
    keys.press("Enter", "Tab")
    assert person.page.evaluate("document.querySelector('main').contains(document.activeElement)")
    person.leave()


def test_3_a_menu_opens_and_escape_closes_it(browser: Any, site: Running) -> None:
    person, keys = begin(browser, site, "officer", "/", width=360)
    keys.enter(".menu > summary").sees(".main-nav a:visible")
    keys.press("Escape")
    assert not person.page.is_visible(".main-nav")
    keys.press("Enter").enter(".main-nav a[href='/commitments/']").sees("h1:has-text('Commitments')")
    person.leave()


def test_4_the_other_language(browser: Any, site: Running) -> None:
    person, keys = begin(browser, site, "officer", "/agreements/")
    keys.enter(".top button[value=vi]").sees("h1:has-text('Thỏa thuận')")
    person.leave()


def test_5_search_and_open(browser: Any, site: Running) -> None:
    person, keys = begin(browser, site, "officer", "/")
    keys.press("/").type("kfia ban dan").press("Enter").sees("main mark")
    keys.enter("main li > a[href^='/agreements/KR-']").sees("h1:has-text('KFIA')")
    person.leave()


def test_6_the_palette_with_arrows(browser: Any, site: Running) -> None:
    person, keys = begin(browser, site, "officer", "/")
    keys.press("Control+k").type("kfia").sees("#palette mark").press("ArrowDown", "ArrowUp", "Escape")
    assert not person.page.is_visible("#palette")
    keys.press("Control+k").type("calendars").sees("#palette [role=option]:has-text('Calendars')")
    person.page.wait_for_function("document.querySelector('#palette [role=listbox]').dataset.for === 'calendars'")
    keys.press("Enter").sees("h1:has-text('Calendars')")
    person.leave()


def test_7_log_an_agreement_with_one_more_participant(browser: Any, site: Running) -> None:
    person, keys = begin(browser, site, "officer", "/")
    keys.press("c").sees("#id_title_en")
    keys.fill("#id_title_en", "Memorandum by keyboard").fill("#id_signed", "5/9/2026")
    keys.fill("#id_participants-0-organisation", "mofa").fill("#id_participants-1-organisation", "kfia")
    keys.enter("button[value=participants]").sees("#id_participants-2-organisation:focus")
    keys.type("nipa").press("Enter").sees("h1:has-text('Memorandum by keyboard')")
    keys.sees("main a[href='/organisations/nipa/']")
    person.leave()


def test_8_a_refused_form_leads_to_its_field(browser: Any, site: Running) -> None:
    person, keys = begin(browser, site, "officer", "/agreements/new/")
    keys.fill("#id_title_en", "A paper").fill("#id_signed", "31/2/2026").press("Enter").sees(".problems")
    keys.enter(".problems a[href='#id_signed']")
    assert person.page.evaluate("document.activeElement.value") == "31/2/2026"
    person.faults.clear()  # the browser notes the refusal
    person.leave()


def test_9_filter_a_list_and_come_back(browser: Any, site: Running) -> None:
    person, keys = begin(browser, site, "officer", "/agreements/")
    keys.to("#id_stage_draft").press("Space")
    person.page.wait_for_url("**stage=draft**")
    keys.enter("#list tbody th a")
    person.page.wait_for_url("**/agreements/*/")
    person.page.go_back()  # Alt and the left arrow belong to the browser, not to the page
    person.page.wait_for_url("**stage=draft**")
    assert person.page.is_checked("#id_stage_draft")
    person.leave()


def test_10_change_many_and_take_it_back(browser: Any, site: Running) -> None:
    person, keys = begin(browser, site, "officer", "/commitments/?q=US-2023")
    keys.enter("details.bulk > summary").to("#id_wish_delivery").type("U")
    keys.to("input[name=ref]").press("Space").back("button[form=bulk]").press("Enter").sees("h1:has-text('Under way')")
    keys.enter("main .actions .primary").sees(".undo button").enter(".undo button").sees("text=brought back")
    person.leave()


def test_11_say_something_and_close_the_thread(browser: Any, site: Running) -> None:
    person, keys = begin(browser, site, "officer", "/agreements/US-2023-03/")
    keys.fill("#comments textarea", "Who has the signed copy?").press("Tab").enter("#comments form .btn")
    keys.sees(".thread:has-text('signed copy')").enter(
        ".thread form[action*='/comments/'] input[name=resolved] + button"
    ).sees(".thread.is-resolved")
    person.leave()


def test_12_a_partner_answers(browser: Any, site: Running) -> None:
    person, keys = begin(browser, site, "partner", "/", width=360)
    keys.enter("#waiting a[href$='#answer']").sees("#answer")
    keys.enter("#answer button[value=confirmed]").sees("text=Your answer to this text: Confirmed")
    person.leave()


def test_13_a_manager_ends_what_waits(browser: Any, site: Running) -> None:
    officer, typed = begin(browser, site, "officer", "/agreements/US-2023-04/")
    typed.enter("form[action$='/act/submit/'] button").sees("text=review")
    officer.leave()
    manager, keys = begin(browser, site, "manager", "/review/")
    keys.enter("main a[href='/agreements/US-2023-04/']").sees("details.act")
    keys.enter("details.act:has([action$='/return/']) > summary").fill(
        "details[open] textarea", "The annex is missing."
    )
    keys.press("Tab").enter("details[open] button").sees("text=The annex is missing")
    manager.leave()


def test_14_shortcuts_can_be_read_and_switched_off(browser: Any, site: Running) -> None:
    person, keys = begin(browser, site, "officer", "/")
    keys.press("?").sees("#keys[open]").press("Escape")
    person.page.goto("/profile/")
    keys.to("#id_shortcuts").press("Space").press("Enter").sees("text=Saved.")
    keys.press("c")
    assert person.page.url.endswith("/profile/")
    keys.to("#id_shortcuts").press("Space").press("Enter").sees("text=Saved.")
    person.leave()


def test_15_letters_typed_on_a_form_are_letters(browser: Any, site: Running) -> None:
    """Whoever begins to type before they look has typed into the first field, and has gone nowhere."""
    person, keys = begin(browser, site, "officer", "/agreements/new/")
    keys.type("Bản ghi nhớ gh c")
    assert person.page.url.endswith("/agreements/new/")
    assert "Bản ghi nhớ gh c" in person.page.evaluate("document.activeElement.value")
    person.page.locator("h1").click()
    keys.press("g", "h")
    assert person.page.url.endswith("/agreements/new/")
    person.leave()
