"""Like with like in a real browser, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from intake_service import review
from tests.browser import serving
from tests.browser.conftest import Desk
from tests.browser.serving import Prepared

pytestmark = pytest.mark.browser


def test_one_glance_confirms_all_but_what_is_marked(page: Page, desk: Desk, prepared: Prepared) -> None:
    ids = [serving.add_read(desk.parts, prepared, org_name=f"第{number}家") for number in range(3)]
    page.goto(f"{desk.address}/queue")
    page.keyboard.press("w")
    page.wait_for_url("**/wall")
    page.goto(f"{desk.address}/wall?kind=fields.legal_representative")
    expect(page.locator("[data-number]")).to_have_text("3")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator("[data-number]")).to_have_text("2")
    page.keyboard.press("Enter")
    expect(page.locator(".wall-tile")).to_have_count(3)  # Enter alone confirms nothing
    marked = page.locator(".wall-tile[aria-pressed=true]").get_attribute("data-id")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".wall-tile")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("已确认 2 处")
    expect(page.locator(".wall-tile[aria-pressed=true]")).to_have_attribute("data-id", str(marked))
    # What was found wrong is not one key from being confirmed.
    expect(page.locator("[data-confirm-all]")).to_be_disabled()
    doubtful = [
        each
        for each in ids
        if review.open_review(desk.parts, each).current.fields["legal_representative"].doubtful
    ]
    assert doubtful == [marked]
