"""The main job in Chromium, against the whole of `dev.py up`: log, submit, register, share, remind."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.browsing import PASSWORD, Person
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]


def test_the_story(browser: Any, site: Running) -> None:
    """An officer logs, a manager registers, a partner sees it once shared and not before, mails leave by themselves."""
    officer = Person(browser, site, "officer")
    page = officer.page
    page.click("text=Ghi nhận thỏa thuận")
    page.fill("#id_title_vi", "Bản ghi nhớ về đào tạo kỹ sư bán dẫn")
    page.fill("#id_signed", "5/9/2026")
    page.wait_for_selector("text=ngày 5 tháng 9 năm 2026")
    page.fill("#id_participants-0-organisation", "bo ngoai giao")
    page.fill("#id_participants-1-organisation", "kfia")
    page.fill("#id_commitments-0-title_vi", "Đào tạo 100 kỹ sư")
    page.fill("#id_commitments-0-due", "1/11/2026")
    page.fill("#id_commitments-0-partner_owner", "KFIA")
    page.click("button:text-is('Lưu')")
    page.wait_for_selector("h1:has-text('Bản ghi nhớ về đào tạo')")
    address = page.url.removeprefix(officer.base)
    ref = address.split("/")[2]
    assert ref.startswith("KR-2026-")
    page.click("text=Trình xem xét")
    page.wait_for_selector("text=Chờ lãnh đạo đơn vị xem xét")

    partner = Person(browser, site, "partner2", language="en")
    assert partner.status(address) == 404
    partner.faults.clear()  # the browser notes the 404 that was asked for

    manager = Person(browser, site, "manager")
    manager.page.goto("/review/")
    manager.page.click(f"a[href='{address}']")
    manager.page.click("summary:has-text('Vào sổ văn bản đã ký')")
    manager.page.click("button:text-is('Vào sổ văn bản đã ký')")
    manager.page.wait_for_selector("text=Đã vào sổ văn bản đã ký")
    assert partner.status(address) == 404
    partner.faults.clear()

    page.reload()
    page.click("text=Chia sẻ với đối tác")
    page.fill("#id_organisation", "kfia")
    page.click("button:text-is('Chia sẻ')")
    page.wait_for_selector("text=Đã chia sẻ với KFIA")
    assert partner.status(address) == 200
    assert "Đào tạo 100 kỹ sư" in partner.text()

    partner.page.click("text=Đào tạo 100 kỹ sư")
    partner.page.fill("#id_text", "Twenty engineers have finished the first course.")
    partner.page.click("button:text-is('Hand in')")
    partner.page.wait_for_selector("text=The report is handed in")
    page.goto(f"/commitments/{ref}-1/")
    page.click("button:text-is('Chấp nhận')")
    page.wait_for_selector("text=Đã chấp nhận báo cáo")

    wanted = {
        "manager@tracker.example": ref,  # it was submitted
        "officer@tracker.example": f"{ref}-1",  # the commitment is overdue
        "partner2@tracker.example": ref,  # it was shared
    }
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        page.goto("/mails/")
        letters = [letter.inner_text() for letter in page.query_selector_all("article")]
        missing = {to for to, what in wanted.items() if not any(to in letter and what in letter for letter in letters)}
        if not missing:
            break
        time.sleep(1)
    assert not missing
    for person in (officer, manager, partner):
        person.leave()


def test_logging_takes_a_first_time_user_few_pointer_actions(browser: Any, site: Running) -> None:
    """Counted, not guessed: from the first page to a saved agreement, with as few clicks as promised."""
    officer = Person(browser, site, "officer")
    page = officer.page
    page.evaluate("sessionStorage.clicks = 0")
    page.add_init_script(
        "addEventListener('pointerdown', () => { sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1 })"
    )
    page.goto("/")
    for step in ("a:has-text('Ghi nhận thỏa thuận')", "#id_title_vi"):
        page.click(step)
    page.keyboard.type("Bản ghi nhớ bằng bàn phím")
    page.click("#id_signed")
    page.keyboard.type("09/2026")
    for number, name in enumerate(("mofa", "nipa")):
        page.click(f"#id_participants-{number}-organisation")
        page.keyboard.type(name)
    page.click("button:text-is('Lưu')")
    page.wait_for_selector("h1:has-text('bằng bàn phím')")
    assert int(page.evaluate("sessionStorage.clicks")) <= 8
    officer.leave()


def test_everything_works_without_scripts(browser: Any, site: Running) -> None:
    officer = Person(browser, site, "officer", language="en", java_script_enabled=False)
    page = officer.page
    page.goto("/agreements/")
    page.fill("#id_q", "ban dan")
    page.click("button:text-is('Apply')")
    assert "q=ban+dan" in page.url
    assert "KR-ND-01" in officer.text()
    page.goto("/agreements/new/")
    page.fill("#id_title_en", "Without scripts")
    page.click("button[name=more][value=participants]")
    assert page.input_value("#id_title_en") == "Without scripts"
    page.fill("#id_participants-0-organisation", "gov-vn")
    page.fill("#id_participants-2-organisation", "gov-us")
    page.click("button:text-is('Save')")
    assert "Without scripts" in page.inner_text("h1")
    page.click("button:text-is('Submit for review')")
    assert "A manager of the desk" in officer.text()
    officer.context.close()


def test_rows_are_added_with_scripts(browser: Any, site: Running) -> None:
    officer = Person(browser, site, "officer", language="en")
    page = officer.page
    page.goto("/agreements/new/")
    page.click("button[value=commitments]")
    page.fill("#id_commitments-2-title_en", "A third row")
    assert page.input_value("[name=commitments-TOTAL_FORMS]") == "3"
    page.fill("#id_participants-0-organisation", "fab")
    page.wait_for_selector("#id_participants-0-organisation-list [role=option]", state="attached")
    officer.page.once("dialog", lambda dialog: dialog.accept())
    officer.leave()


def test_the_api_page_draws_itself_and_asks_nobody_outside(
    browser: Any, site: Running, request: pytest.FixtureRequest
) -> None:
    deep = request.config.getoption("--nightly")
    officer = Person(browser, site, "officer")
    officer.page.goto("/api/")
    officer.page.wait_for_selector("text=/api/v1/agreements/{ref}/{name}/")
    # Each operation that is open makes every further step slower: one of each method, and all of them with --nightly.
    page, methods = officer.page, ("get", "post", "patch", "put", "delete")
    shown = {one for one in methods if page.locator(f".opblock-{one}").count()}
    assert {"get", "post", "patch"} <= shown
    for one in shown:
        for block in page.locator(f".opblock-{one}").all()[: None if deep else 1]:
            block.locator(".opblock-summary-control").click()
            block.locator("button:text-is('Try it out')").click()
    officer.page.wait_for_selector(".body-param__text")
    page.mouse.move(0, 0)  # under it a button grows
    officer.leave()


def test_one_sign_in_leads_to_the_admin(browser: Any, site: Running) -> None:
    operator = Person(browser, site, "", language="en")
    page = operator.page
    page.goto("/admin/partners/desk/")
    page.fill("#id_login", "operator@tracker.example")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/admin/partners/desk/")
    operator.leave()


def test_the_admin_works_under_the_strict_policy(browser: Any, site: Running) -> None:
    """Autocomplete, filters and a transition button, without one refused script or style."""
    operator = Person(browser, site, "operator", language="en")
    page = operator.page
    page.goto("/admin/agreements/agreement/?q=cuc+an+toan")
    page.click("#result_list th a")
    page.goto("/admin/partners/membership/add/")
    page.click("#id_organisation + .select2 [role=combobox]")
    page.fill("input.select2-search__field", "hiep hoi cong nghiep thiet ke")
    page.wait_for_selector(".select2-results__option:has-text('KFIA')")
    operator.leave()


def test_a_passkey_signs_in(browser: Any, site: Running) -> None:
    """Chromium's own virtual authenticator makes a passkey and then signs in with nothing else."""
    auditor = Person(browser, site, "auditor", language="en")
    page = auditor.page
    session = auditor.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "isUserVerified": True}})
    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.fill("[name=name]", "My key")
    page.check("[name=passwordless]")
    page.click("main form button")
    page.wait_for_selector("text=Security key added")
    auditor.context.clear_cookies()
    page.goto("/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(f"{auditor.base}/")
    assert "Võ Thu Hà" in auditor.text()
    auditor.leave()
