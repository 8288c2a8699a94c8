"""Ten stories of everyday work in Chromium, with every keystroke and pointer action counted.

The seconds are those of the keystroke-level model (Card, Moran and Newell 1983): 0.28 s for a key of an average typist,
1.1 s to point, 0.1 s to press, 0.4 s to change between keyboard and pointer, 1.35 s to make up one's mind before a
pointer action or a command. `python3 dev.py test --all tests/test_ten_stories.py -s` prints docs/stories.md.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.browsing import Person
from tests.papers import pdf
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]
KEY, POINT, PRESS, HOME, MIND = 0.28, 1.1, 0.1, 0.4, 1.35
DROP = """([where, name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], name, {type: "application/pdf"}));
  for (const kind of ["dragover", "drop"]) {
    const event = new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: data});
    document.querySelector(where).dispatchEvent(event);
  }
}"""
TITLES = ("Đào tạo 100 kỹ sư", "Mở phòng thí nghiệm", "Cử 20 chuyên gia", "Họp hằng năm")
MEMORANDUM = (
    """BẢN GHI NHỚ
VỀ HỢP TÁC ĐÀO TẠO KỸ SƯ BÁN DẪN
GIỮA
BỘ NGOẠI GIAO
VÀ
HIỆP HỘI CÔNG NGHIỆP THIẾT KẾ CHIP HÀN QUỐC
Hai bên hợp tác đào tạo các kỹ sư.""",
    """Bản ghi nhớ này có hiệu lực trong thời hạn 05 năm kể từ ngày ký.
Ký tại Hà Nội, ngày 05 tháng 9 năm 2026, thành hai bản, mỗi bản bằng tiếng Việt và tiếng Anh.""",
)


@dataclass
class Hands:
    """Works a page and counts: keys pressed, pointer actions, changes between the two, and decisions."""

    page: Any
    keys: int = 0
    pointer: int = 0
    moves: int = 0
    minds: int = 0
    _at: str = field(default="keyboard")

    def _go(self, where: str) -> None:
        self.moves += self._at != where
        self._at = where

    def click(self, what: str) -> None:
        self._go("pointer")
        self.pointer += 1
        self.minds += 1
        self.page.click(what)

    def choose(self, what: str, value: str) -> None:
        """From a drop-down: one action to open it, one to take the value."""
        self.click(what)
        self.pointer += 1
        self.page.select_option(what, value)

    def drop(self, where: str, name: str, content: bytes) -> None:
        """A file, dragged from its folder onto the page: to point at it, and to point at where it goes."""
        self._go("pointer")
        self.pointer += 2
        self.minds += 1
        self.page.evaluate(DROP, [where, name, base64.b64encode(content).decode()])

    def type(self, text: str) -> None:
        self._go("keyboard")
        self.keys += len(text)
        self.page.keyboard.type(text)

    def press(self, key: str, times: int = 1) -> None:
        self._go("keyboard")
        self.keys += times * len(key.split("+"))
        self.minds += 1
        for _again in range(times):
            self.page.keyboard.press(key)

    @property
    def seconds(self) -> float:
        return self.keys * KEY + self.pointer * (POINT + PRESS) + self.moves * HOME + self.minds * MIND

    def told(self, story: str) -> None:
        print(f"\n| {story} | {self.keys} | {self.pointer} | {self.seconds:.0f} |")  # noqa: T201


def at(browser: Any, site: Running, name: str, path: str = "/", **more: Any) -> tuple[Person, Hands]:
    person = Person(browser, site, name, **more)
    person.page.goto(path)
    return person, Hands(person.page)


def test_1_a_newcomer_logs_a_memorandum_with_the_pointer(browser: Any, site: Running) -> None:
    person, hands = at(browser, site, "officer")
    hands.click("main a:has-text('Ghi nhận thỏa thuận')")
    hands.click("#id_title_vi")
    hands.type("Bản ghi nhớ về phòng thí nghiệm mở")
    hands.click("#id_signed")
    hands.type("5/9/2026")
    for number, name in enumerate(("mofa", "nipa")):
        hands.click(f"#id_participants-{number}-organisation")
        hands.type(name)
    hands.click("button:text-is('Lưu')")
    person.page.wait_for_selector("h1:has-text('phòng thí nghiệm mở')")
    hands.told("log a memorandum, with the pointer")
    assert hands.pointer <= 8
    assert hands.seconds <= 60
    person.leave()


def test_2_a_trained_officer_logs_one_by_keyboard(browser: Any, site: Running) -> None:
    person, hands = at(browser, site, "officer")
    hands.press("c")
    person.page.wait_for_selector("#id_title_vi")
    person.page.focus("#id_title_vi") if not _focused(person, "id_title_vi") else None
    hands.type("Bản ghi nhớ bằng phím")
    _tab_to(person, hands, "id_signed")
    hands.type("5/9/2026")
    for number, name in enumerate(("mofa", "nipa")):
        _tab_to(person, hands, f"id_participants-{number}-organisation")
        hands.type(name)
    hands.press("Enter")
    person.page.wait_for_selector("h1:has-text('bằng phím')")
    hands.told("log a memorandum, by keyboard alone")
    assert hands.pointer == 0
    person.leave()


def _focused(person: Person, name: str) -> bool:
    return bool(person.page.evaluate("document.activeElement.id") == name)


def _tab_to(person: Person, hands: Hands, name: str) -> None:
    for _step in range(12):
        if _focused(person, name):
            return
        hands.press("Tab")
        hands.minds -= 1  # passing by needs no thought
    raise AssertionError(name)


def test_3_half_remembered_it_is_found(browser: Any, site: Running) -> None:
    person, hands = at(browser, site, "officer")
    hands.press("Control+k")
    before = hands.keys
    hands.type("ban dan kfia")
    person.page.wait_for_selector("#palette [role=option][aria-selected=true] mark")
    person.page.wait_for_function("document.querySelector('#palette [role=listbox]').dataset.for === 'ban dan kfia'")
    typed = hands.keys - before
    hands.press("Enter")
    person.page.wait_for_selector("h1:has-text('bán dẫn giữa KFIA')")
    assert hands.keys - before - typed <= 2
    hands.told("find by a half-remembered name without accents")
    person.leave()


def test_4_what_is_overdue_in_one_click(browser: Any, site: Running) -> None:
    person, hands = at(browser, site, "manager")
    hands.click(".counts a:has-text('cam kết quá hạn')")
    person.page.wait_for_selector("h1:has-text('Cam kết')")
    hands.told("from the first page to all that is overdue")
    assert hands.pointer == 1
    person.leave()


def test_5_a_state_is_changed_in_its_row(browser: Any, site: Running) -> None:
    person, hands = at(browser, site, "officer", "/commitments/?q=US-2023-02-1")
    person.page.focus("a[hx-get*='US-2023-02-1/quick']")
    hands.press("Enter")
    person.page.wait_for_selector(".open-row select:focus")
    hands.type("Đ")
    hands.press("Enter")
    hands.told("change the state of a commitment in the list")
    assert hands.pointer == 0
    person.context.close()


def test_6_a_country_is_followed_and_its_dates_subscribed_to(browser: Any, site: Running) -> None:
    person, hands = at(browser, site, "officer", "/countries/KR/")
    hands.click("button:text-is('Theo dõi')")
    hands.click("a:text-is('Lịch')")
    hands.click("button:has-text('Tạo địa chỉ')")
    person.page.wait_for_selector(".secret")
    hands.told("follow a country and subscribe to its dates")
    assert hands.pointer <= 3
    person.leave()


def test_7_a_list_is_kept_under_a_name(browser: Any, site: Running) -> None:
    person, hands = at(browser, site, "officer", "/commitments/?due=overdue")
    hands.click("details.saved > summary")
    hands.click("#id_view_name")
    hands.type("Quá hạn")
    hands.press("Enter")
    person.page.wait_for_selector("text=Đã lưu “Quá hạn”")
    hands.told("keep a filtered list under a name")
    assert hands.pointer <= 2
    person.leave()


def test_8_a_list_is_taken_away_as_a_spreadsheet(browser: Any, site: Running) -> None:
    person, hands = at(browser, site, "manager", "/commitments/?due=overdue")
    with person.page.expect_download() as download:
        hands.click("a:text-is('XLSX')")
    assert download.value.suggested_filename.endswith(".xlsx")
    hands.told("take a list away as a spreadsheet")
    assert hands.pointer == 1
    person.leave()


def test_9_a_partner_answers_to_a_text(browser: Any, site: Running) -> None:
    person, hands = at(browser, site, "partner", language="en", width=360)
    hands.click("#waiting a[href$='#answer'] >> nth=0")
    hands.click("button:text-is('Confirm')")
    person.page.wait_for_selector("text=Your answer to this text: Confirmed")
    hands.told("a partner confirms what was agreed, on a phone")
    assert hands.pointer == 2
    person.leave()


def test_10_a_manager_walks_into_the_review(browser: Any, site: Running) -> None:
    person, hands = at(browser, site, "manager")
    hands.click("nav.main-nav a:has-text('Tổng quan')")
    hands.click("table.matrix td a >> nth=0")
    person.page.wait_for_selector("h1:has-text('Cam kết')")
    hands.told("from the first page to one cell of the matrix")
    assert hands.pointer == 2
    person.leave()


def test_11_from_a_paper_to_a_submitted_record(browser: Any, site: Running) -> None:
    """A two-page memorandum with four commitments, from the file to the manager's queue."""
    person, hands = at(browser, site, "officer")
    page = person.page
    hands.click("main a:has-text('Ghi nhận thỏa thuận')")
    hands.drop("main", "Bản ghi nhớ.pdf", pdf(*MEMORANDUM))
    page.wait_for_selector("[data-take-all]")
    hands.click("[data-take-all]")
    assert page.input_value("#id_signed") == "05/09/2026"
    hands.click("#id_commitments-0-title_vi")
    for number, title in enumerate(TITLES):
        if number >= 2:
            hands.click("button[value=commitments]")
        elif number:
            _tab_to(person, hands, f"id_commitments-{number}-title_vi")
        hands.type(title)
    hands.click("button:text-is('Lưu')")
    page.wait_for_selector("h1:has-text('bán dẫn'), h1:has-text('BÁN DẪN')")
    assert page.locator("text=bản có chữ ký").count() == 1
    hands.click("button:has-text('Trình'), summary:has-text('Trình')")
    page.wait_for_selector("main .pill:has-text('Đang xem xét')")
    assert [page.locator(f"main a:has-text('{title}')").count() > 0 for title in TITLES] == [True] * 4
    hands.told("from a two-page paper to a submitted record with four commitments")
    assert hands.pointer <= 12
    assert hands.seconds <= 90
    person.leave()
