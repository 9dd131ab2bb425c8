"""The queue's many lines at once, and the second person's entry, in a real browser by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from extractors.form.second_entry import SecondEntry
from intake_service import queue, review, seconding
from intake_service.parts import Actor, Role
from intake_service.seconding import Standing
from intake_service.store.submissions import Filter
from tests.browser import serving
from tests.browser.conftest import Desk
from tests.browser.serving import Prepared
from tests.waiting import until

pytestmark = pytest.mark.browser

OTHER = Actor("admin", Role.ADMIN)


def test_chosen_lines_are_claimed_at_once_and_the_others_are_named(
    page: Page, desk: Desk, prepared: Prepared
) -> None:
    ids = [serving.add_read(desk.parts, prepared, org_name=f"成批{name}校") for name in "甲乙丙"]
    queue.claim(desk.parts, OTHER, ids[1])
    page.goto(f"{desk.address}/queue?q=成批&sort=oldest")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[data-chosen]")).to_contain_text("已选 3 件")
    page.keyboard.press("c")
    expect(page.locator("#sure")).to_contain_text("领取 2 件？")
    expect(page.locator("#sure")).to_contain_text("另外 1 件不动")
    expect(page.locator("#sure li")).to_contain_text("成批乙校")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("已领取 2 件")
    assert queue.holders(desk.parts) == {"lin": 2, "admin": 1}
    # Somebody is faster between the look and the deed: said line by line.
    page.keyboard.press("a")
    expect(page.locator("[data-chosen]")).to_contain_text("已选 3 件")
    queue.hand_over(desk.parts, OTHER, ids[0], "admin")
    page.keyboard.press("u")
    expect(page.locator("#sure")).to_contain_text("放回 2 件？")
    page.keyboard.press("Enter")
    expect(page.locator("#sure h2")).to_contain_text("放回 1 件")
    expect(page.locator("#sure li")).to_contain_text("成批甲校——这份件不是您领取的")
    page.keyboard.press("Enter")
    expect(page.locator("[data-chosen]")).to_be_hidden()


def test_the_address_holds_the_filters_and_another_tab_says_where_the_search_hits(
    page: Page, desk: Desk, prepared: Prepared
) -> None:
    for name in ("已经通过的学校", "另一所通过的学校"):
        serving.accept(desk.parts, serving.add_read(desk.parts, prepared, org_name=name))
    page.goto(f"{desk.address}/queue")
    page.keyboard.press("/")
    page.keyboard.type("已经通过")
    page.keyboard.press("Enter")
    expect(page.locator(".empty")).to_contain_text("已通过 1 件")
    assert page.url.endswith("/queue?q=%E5%B7%B2%E7%BB%8F%E9%80%9A%E8%BF%87&sort=deadline")
    page.locator(".empty a").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.keyboard.press("x")
    page.keyboard.press("a")
    with page.expect_download() as download:
        page.keyboard.press("e")
    table = Path(download.value.path()).read_text(encoding="utf-8")
    assert "已经通过的学校" in table
    assert "另一所" not in table


def test_a_second_person_enters_blind_and_a_difference_is_compared(
    page: Page, desk: Desk, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seconding, "rule", lambda: SecondEntry(("org_name", "uscc")))
    form = serving.add_read(desk.parts, prepared, org_name="录入两次学校")
    review.correct(desk.parts, OTHER, form, 0, "fields.org_name", "录入两次学校")
    review.correct(desk.parts, OTHER, form, 1, "fields.uscc", "52430100MJJ5238127")
    page.goto(f"{desk.address}/review/{form}")  # which would show what the colleague entered
    page.wait_for_url(f"**/review/{form}/second")
    expect(page.locator("#f-fields-org_name")).to_be_focused()
    assert "录入两次学校" not in page.content()
    page.keyboard.type("录入两次学校")
    page.keyboard.press("Enter")
    expect(page.locator("#f-fields-uscc")).to_be_focused()
    page.keyboard.type("52430100MJJ5238121")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("对照")
    expect(page.locator(".versus mark").first).to_have_text("7")
    expect(page.locator("[data-take=second]")).to_be_disabled()
    page.keyboard.press("1")
    expect(page.locator(".empty")).to_contain_text("两次录入都一致")
    places = review.second_places(review.open_review(desk.parts, form))
    assert {place.standing for place in places} == {Standing.SETTLED}
    until(lambda: not queue.list_submissions(desk.parts, Filter(second=True)).items)
