"""Delivery in Chromium, from both sides: the ITSI Fund, DELTA and the O-RAN lab, logged, shared, answered, reported."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.browsing import Person
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]
ITSI, DELTA, ORAN = "US-2023-03-2", "US-2023-03-3", "US-2023-01-2"
LETTER = "Thư trao đổi về Quỹ ITSI hỗ trợ hệ sinh thái bán dẫn"


def day(ahead: int) -> str:
    return f"{timezone.localdate() + timedelta(days=ahead):%d/%m/%Y}"


def counts(manager: Person) -> dict[str, Any]:
    """The figures at the top of the overview, and the row of the United States in the matrix."""
    page = manager.page
    page.goto("/oversight/")
    head = {name: page.locator(f".counts a[href*='{name}'] b").inner_text() for name in ("open=true", "slipped=true")}
    cells = page.locator("table.matrix >> nth=0").locator("tr", has_text="Chính phủ Hoa Kỳ").locator("td")
    names = ("on_track", "at_risk", "delayed", "blocked", "disputed", "no_report", "in_all", "delivered")
    row = dict(zip(names, [int(text or 0) for text in cells.all_inner_texts()], strict=True))
    return {"open": int(head["open=true"]), "slipped": int(head["slipped=true"]), **row}


def test_the_story_of_delivery(browser: Any, site: Running, tmp_path: Path) -> None:
    manager = Person(browser, site, "manager")
    before = counts(manager)

    # The officer logs a letter that promises the fund once more, and is told that it was promised before.
    officer = Person(browser, site, "officer")
    page = officer.page
    page.goto("/agreements/new/")
    page.fill("#id_title_vi", LETTER)
    page.fill("#id_signed", day(-3))
    page.fill("#id_participants-0-organisation", "gov-vn")
    page.fill("#id_participants-1-organisation", "gov-us")
    page.fill("#id_commitments-0-title_vi", "Hoa Kỳ sử dụng Quỹ ITSI hỗ trợ hệ sinh thái bán dẫn của Việt Nam")
    page.fill("#id_commitments-0-partner_owner", "gov-us")
    page.click("button:text-is('Lưu')")
    page.wait_for_selector(f"h1:has-text('{LETTER}')")
    letter = page.url.removeprefix(officer.base)
    page.goto(f"/commitments/{letter.split('/')[2]}-1/")
    page.wait_for_selector(f"a[href='/commitments/{ITSI}/']")
    page.goto(letter)
    page.click("text=Trình xem xét")
    page.wait_for_selector("text=Chờ lãnh đạo đơn vị xem xét")
    # The fund has no day yet: the first one is simply set.
    page.goto(f"/commitments/{ITSI}/edit/")
    page.fill("#id_due", day(40))
    page.click("button:text-is('Lưu')")
    page.wait_for_selector("h1:has-text('ITSI')")

    # The manager clears the letter, and shares the laboratory alone; the other two are shared already.
    boss = manager.page
    boss.goto(letter)
    boss.click("summary:has-text('Vào sổ văn bản đã ký')")
    boss.click("button:text-is('Vào sổ văn bản đã ký')")
    boss.wait_for_selector("text=Đã vào sổ văn bản đã ký")
    partner = Person(browser, site, "partner", language="en", width=360)
    phone = partner.page
    assert partner.status(f"/commitments/{ORAN}/") == 404
    partner.faults.clear()  # the browser notes the 404 that was asked for
    boss.goto(f"/commitments/{ORAN}/")
    boss.click("summary:has-text('Chỉ chia sẻ cam kết này')")
    boss.fill("#id_organisation", "gov-us")
    boss.click("form[action$='/share/'] button:text-is('Chia sẻ')")
    boss.wait_for_selector("text=Đã chia sẻ với")

    # On a phone the partner confirms the fund, disputes DELTA and reports that the laboratory stands.
    phone.goto("/")
    phone.click(f"#waiting a[href$='/{ITSI}/#answer']")
    phone.click("button:text-is('Confirm')")
    phone.wait_for_selector("text=Your answer to this text: Confirmed")
    phone.goto(f"/commitments/{DELTA}/")
    phone.click("summary:has-text('It is not: dispute it')")
    phone.fill("#id_answer_remark", "The network is joined by universities, not by ministries.")
    phone.fill("#id_answer_proposed_en", "Open the DELTA network to universities of Viet Nam.")
    phone.click("button:text-is('Dispute')")
    phone.wait_for_selector("text=Your answer to this text: Disputed")
    phone.goto(f"/commitments/{ORAN}/")
    phone.fill("#id_text", "The laboratory has opened in Hanoi.")
    phone.select_option("#id_delivery", "delivered")
    phone.click("button:text-is('Hand in')")
    phone.wait_for_selector("text=needs evidence")
    assert phone.input_value("#id_text") == "The laboratory has opened in Hanoi."
    paper = tmp_path / "opening.txt"
    paper.write_text("Minutes of the opening of the laboratory.", encoding="utf-8")
    phone.set_input_files("#id_evidence_file", str(paper))
    phone.click("button:text-is('Hand in')")
    phone.wait_for_selector("text=The report is handed in")
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    partner.faults.clear()  # and the 422 of the report without evidence

    # The manager reads the file and returns the report; the partner writes it again; the manager accepts it.
    boss.goto(f"/commitments/{ORAN}/")
    boss.click("#reports a:has-text('opening')")
    boss.wait_for_selector("h1")
    boss.goto(f"/commitments/{ORAN}/")
    boss.fill("#reports textarea[name=comment]", "Xin nêu ngày khai trương.")
    boss.click("button:text-is('Trả lại kèm ý kiến')")
    boss.wait_for_selector("text=Đã trả lại báo cáo")
    phone.goto("/")
    phone.click(f"a[href*='{ORAN}'] >> nth=0")
    assert "Xin nêu ngày khai trương." in partner.text()
    phone.click("text=Write it again")
    phone.fill("#id_text", "The laboratory has opened in Hanoi on 3 November.")
    phone.click("button:text-is('Hand in')")
    phone.wait_for_selector("text=The report is handed in")
    boss.goto(f"/commitments/{ORAN}/")
    boss.click("button:text-is('Chấp nhận')")
    boss.wait_for_selector("text=Đã chấp nhận báo cáo")
    assert boss.locator("aside .pill:has-text('Đã hoàn thành')").count() == 1

    # The partner asks for a later day; it moves once the manager has approved, and the first day stays.
    phone.goto(f"/commitments/{ITSI}/")
    phone.click("summary:has-text('Ask for a new day')")
    phone.fill("#id_day_to", day(100))
    phone.fill("#id_day_reason", "The budget was passed late.")
    phone.click("#days button:text-is('Ask')")
    phone.wait_for_selector("#days .pill")
    boss.goto("/review/")
    boss.click(f"a[href='/commitments/{ITSI}/#days']")
    assert "quá hạn 60 ngày" not in boss.inner_text("aside")
    boss.click("#days button:text-is('Phê duyệt')")
    boss.wait_for_selector(f"aside :text('{day(40)}')")
    # Both views of DELTA stand side by side until the partner's words are adopted.
    boss.goto("/oversight/")
    page.goto(f"/commitments/{DELTA}/")  # one person asks for them, another adopts them
    page.click("button[value=adopt]")
    boss.goto(f"/commitments/{DELTA}/")
    assert "Open the DELTA network to universities" in boss.inner_text(".views, main")
    boss.click("button:text-is('Tiếp thu câu chữ này')")
    boss.wait_for_selector("text=Open the DELTA network to universities of Viet Nam.")

    after = counts(manager)
    assert after["open"] == before["open"]  # the letter's commitment came, the laboratory is done
    assert after["delivered"] == before["delivered"] + 1
    assert after["slipped"] == before["slipped"] + 1
    boss.click("table.matrix >> nth=0 >> tr:has-text('Chính phủ Hoa Kỳ') >> td >> nth=7")
    boss.wait_for_selector(f"#list a[href='/commitments/{ORAN}/']")
    for person in (officer, manager, partner):
        person.leave()


def test_a_row_of_the_list_is_changed_by_keyboard_alone(browser: Any, site: Running) -> None:
    officer = Person(browser, site, "officer", language="en")
    page = officer.page
    page.goto("/commitments/?q=submarine+cable")
    page.focus("a:text-is('change')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".open-row select:focus")
    page.keyboard.type("Under")
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=US-2023-02-2 is saved")
    assert page.url.endswith("/commitments/?q=submarine+cable")
    assert page.locator("tr", has_text="US-2023-02-2").locator(".pill >> nth=0").inner_text() == "Under way"
    officer.leave()
