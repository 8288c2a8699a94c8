"""What is typed survives: a killed browser, two windows, two people; in Chromium, against the whole of `dev.py up`."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.browsing import CHROMIUM, PASSWORD, QUIET, UNFOLD, Person
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]
MOST_LOST_SECONDS = 2


def test_a_killed_browser_loses_two_seconds_at_most(browser: Any, site: Running, tmp_path: Path) -> None:
    """Type a word every 200 ms, kill the browser with SIGKILL, start another: what is older than 2 s is there."""
    launch = browser.browser_type.launch_persistent_context
    profile = tmp_path / "profile"
    killed = launch(str(profile), executable_path=CHROMIUM, args=[*QUIET, "--user-agent=to-be-killed"])
    page = killed.pages[0]
    base = f"http://localhost:{site.port}"
    page.goto(f"{base}/accounts/login/")
    page.fill("#id_login", "officer2@tracker.example")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(f"{base}/")
    page.goto(f"{base}/agreements/new/")
    page.click("button[value=commitments]")
    page.fill("#id_commitments-2-title_vi", "Dòng thứ ba")
    page.check("input[name=sectors] >> nth=1")
    page.click("#id_summary_vi")
    typed: list[tuple[float, str]] = []
    for number in range(20):
        word = f"chữ{number:02} "
        page.keyboard.type(word)
        typed.append((time.monotonic(), word))
        time.sleep(0.2)
    died = time.monotonic()
    for process in psutil.process_iter(["cmdline"]):
        if str(profile) in " ".join(process.info["cmdline"] or []):
            process.kill()
    shutil.rmtree(profile, ignore_errors=True)

    again = Person(browser, site, "officer2")
    again.page.goto("/agreements/new/")
    again.page.click("text=Khôi phục")
    kept = again.page.input_value("#id_summary_vi")
    lost = [word for moment, word in typed if died - moment > MOST_LOST_SECONDS and word.strip() not in kept]
    assert lost == []
    assert kept.strip() == "".join(word for _moment, word in typed)[: len(kept.strip())], "in order, nothing twice"
    assert again.page.input_value("#id_commitments-2-title_vi") == "Dòng thứ ba", "rows that were added come back"
    assert again.page.is_checked("input[name=sectors] >> nth=1")
    print(f"typed {len(typed)} words, {len(kept.split())} kept after SIGKILL")  # noqa: T201
    again.leave()


def test_two_windows_of_one_person_lose_nothing(browser: Any, site: Running) -> None:
    one = Person(browser, site, "officer")
    other = one.context.new_page()
    address = "/agreements/US-2023-04/edit/"
    one.page.goto(address)
    other.goto(address)
    one.page.fill("#id_summary_vi", "Viết ở cửa sổ thứ nhất")
    other.fill("#id_summary_en", "Written in the second window")
    for page in (one.page, other):
        page.wait_for_selector("text=Đã giữ tạm, chưa lưu")
    third = one.context.new_page()
    third.goto(address)
    third.wait_for_selector(".restore")
    assert third.locator(".restore").count() == 2, "each window keeps its own"
    third.close()
    one.page.click("button:text-is('Lưu')")
    one.page.wait_for_url(f"**{address.removesuffix('edit/')}")
    other.click("button:text-is('Lưu')")
    other.wait_for_url(f"**{address.removesuffix('edit/')}")
    one.page.goto(address)
    assert one.page.input_value("#id_summary_vi") == "Viết ở cửa sổ thứ nhất"
    assert one.page.input_value("#id_summary_en") == "Written in the second window"
    assert one.page.locator(".restore").count() == 0, "what was saved is not offered again"
    one.leave()


def test_two_people_and_one_field(browser: Any, site: Running) -> None:
    officer, manager = Person(browser, site, "officer"), Person(browser, site, "manager", language="en")
    address = "/agreements/US-2023-04/edit/"
    officer.page.goto(address)
    manager.page.goto(address)
    officer.page.fill("#id_title_en", "As the officer has it")
    officer.page.click("button:text-is('Lưu')")
    officer.page.wait_for_url(f"**{address.removesuffix('edit/')}")
    manager.page.fill("#id_title_en", "As the manager has it")
    manager.page.evaluate(UNFOLD)
    manager.page.fill("#id_place", "Hà Nội")
    manager.page.click("button:text-is('Save')")
    manager.page.wait_for_selector("text=Changed by both of you")
    shown = manager.text()
    assert "As the officer has it" in shown
    assert "As the manager has it" in shown
    manager.page.check("input[name=choice-title_en][value=theirs]")
    manager.page.click("button:text-is('Save')")
    manager.page.wait_for_url(f"**{address.removesuffix('edit/')}")
    assert "As the officer has it" in manager.text()
    assert "Hà Nội" in manager.text()
    manager.faults = [fault for fault in manager.faults if "422" not in fault]
    officer.leave()
    manager.leave()


def test_the_same_paper_twice_is_noticed_while_typing(browser: Any, site: Running) -> None:
    officer = Person(browser, site, "officer", width=360)
    officer.page.goto("/agreements/new/")
    officer.page.click("#id_title_vi")
    officer.page.keyboard.type("ban ghi nho chuoi cung ung nhan luc", delay=10)
    officer.page.wait_for_selector("#similar >> text=US-2023-03")
    assert officer.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    officer.leave()


def test_an_act_is_undone_with_one_click(browser: Any, site: Running) -> None:
    officer = Person(browser, site, "officer", language="en")
    page = officer.page
    page.goto("/agreements/US-2023-04/")
    page.click("button:has-text('Submit for review')")
    page.wait_for_selector("text=Next to act: A manager of the desk")
    page.click("button:text-is('Undo')")
    page.wait_for_selector("text=is as it was before")
    assert "Submit for review" in officer.text()
    officer.leave()
