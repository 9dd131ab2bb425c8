"""Every rule with its paper, and the way from it to judging it; a telephone note; by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from intake_service import queue, review
from intake_service.store.submissions import Filter
from tests.browser import serving
from tests.browser.conftest import SETTLED, Desk
from tests.browser.serving import Prepared

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def submission(desk: Desk, prepared: Prepared) -> str:
    return serving.add_read(desk.parts, prepared)


def test_a_rule_is_seen_with_its_paper_and_settled_from_there(
    page: Page, desk: Desk, submission: str
) -> None:
    page.goto(f"{desk.address}/review/{submission}")
    page.wait_for_selector(f"{SETTLED} .here")
    page.keyboard.press("Alt+2")
    page.keyboard.press("Alt+w")
    expect(page.locator(".rule").first).to_be_visible()
    numbers = [int(each) for each in page.locator(".tabs .n").all_text_contents()]
    assert numbers[0] == sum(numbers[1:]) == page.locator(".rule").count()
    page.keyboard.press("j")
    line = page.locator(".finding.here")
    expect(line).to_contain_text("第 18 位校验不符")
    expect(line.locator("dd canvas")).to_have_count(1)
    expect(line.locator("dd")).to_contain_text("52430100MJJ523812Z")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-checks")).to_be_visible()
    comment = page.locator('[data-finding="findings.uscc.check_digit@fields.uscc"] [data-comment]')
    expect(comment).to_be_focused()
    page.keyboard.type("证照原件如此")
    page.keyboard.press("Enter")
    expect(page.locator("[data-history]")).to_contain_text("认定可以：统一社会信用代码的第 18 位校验不符")
    page.goto(f"{desk.address}/review/{submission}/rules?outcome=failed")
    first = page.locator(".finding").first
    expect(first).to_contain_text("证照原件如此")
    expect(first).to_contain_text("人工认定")


def test_a_material_that_somebody_ticks_changes_its_finding_at_once(
    page: Page, desk: Desk, prepared: Prepared
) -> None:
    made = serving.add_read(desk.parts, prepared, "另一份.png")
    page.goto(f"{desk.address}/review/{made}")
    page.wait_for_selector(f"{SETTLED} .here")
    before = int(page.locator("[data-failed]").text_content() or "")
    page.keyboard.press("Alt+3")
    page.locator('[data-material="6"][data-present="no"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-failed]")).to_have_text(str(before + 1))
    page.keyboard.press("Alt+2")
    expect(page.locator("[data-checks]")).to_contain_text("已由人核对，缺材料 6")


def test_a_clerk_may_look_at_the_rules_but_judges_nothing(page: Page, desk: Desk, submission: str) -> None:
    context = page.context.browser.new_context() if page.context.browser else page.context
    theirs = context.new_page()
    theirs.goto(f"{desk.address}/login")
    theirs.fill("#name", "shou")
    theirs.fill("#password", serving.PASSWORD)
    theirs.keyboard.press("Enter")
    theirs.wait_for_url(lambda url: "/login" not in url)
    theirs.goto(f"{desk.address}/review/{submission}/rules")
    expect(theirs.locator(".rule").first).to_be_visible()
    expect(theirs.locator(".rules")).not_to_contain_text("认定或批注")
    context.close()


@pytest.mark.needs("fonts")
def test_a_telephone_note_is_taken_by_keyboard(page: Page, desk: Desk, submission: str) -> None:
    page.goto(f"{desk.address}/intake")
    page.locator("h1").click()
    page.keyboard.press("n")
    expect(page.locator("#sender")).to_be_focused()
    page.keyboard.type("某学校 王某")
    page.keyboard.press("Alt+t")
    page.keyboard.type("来电询问全国范围申报，已告知到国家平台。")
    page.fill("#supplements", "2020-999999")
    page.keyboard.press("Alt+i")
    expect(page.locator("#problem")).to_contain_text("没有收件编号或文书编号")
    expect(page.locator("#text")).to_have_value("来电询问全国范围申报，已告知到国家平台。")
    page.fill("#supplements", "")
    page.keyboard.press("Alt+i")
    said = page.locator("[role=status].note")
    expect(said).to_contain_text("电话记录已收下")
    number = said.locator(".code").text_content() or ""
    (told,) = (
        each for each in queue.list_submissions(desk.parts, Filter()).items if each.receipt_number == number
    )
    assert (told.channel, told.sender) == ("phone", "某学校 王某")
    assert review.open_review(desk.parts, told.id).documents[0].media_type == "application/pdf"
