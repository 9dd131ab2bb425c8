"""A session that ends while somebody types: what was typed is saved once they are back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from intake_service import review
from intake_service.records import sessions
from tests.browser import serving
from tests.browser.conftest import SETTLED, Desk, log_in
from tests.browser.serving import Prepared
from tests.waiting import until

pytestmark = pytest.mark.browser
EMAIL = '[name="fields.email"]'


def test_what_was_typed_is_saved_after_logging_in_anew(page: Page, desk: Desk, prepared: Prepared) -> None:
    submission_id = serving.add_read(desk.parts, prepared)
    page.goto(f"{desk.address}/review/{submission_id}")
    page.wait_for_selector(f"{SETTLED} .here")
    page.focus(EMAIL)
    page.keyboard.press("End")
    page.keyboard.type("x")
    with desk.parts.store.write() as tx:
        tx.execute(sessions.delete())
    page.keyboard.press("Enter")
    page.wait_for_selector(SETTLED)
    expect(page.locator(".toast[data-state=fail]")).to_contain_text("登录已过期")
    expect(page.locator(EMAIL)).to_have_value("xjpx2012@example.cnx")
    assert review.open_review(desk.parts, submission_id).current.version == 0
    with page.context.expect_page() as opened:
        page.locator(".toast a").press("Enter")
    log_in(opened.value, desk.address, "lin")
    opened.value.close()
    page.evaluate("dispatchEvent(new Event('focus'))")  # windows without a screen get none of their own
    page.wait_for_selector(SETTLED)
    until(lambda: review.open_review(desk.parts, submission_id).current.version)
    assert review.open_review(desk.parts, submission_id).current.fields["email"].text.endswith("cnx")
