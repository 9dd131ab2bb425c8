"""Two people on one submission: the later one sees both versions, and nothing is chosen for them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from intake_service import review
from tests.browser.conftest import Desk
from tests.browser.test_review import LIN, saved, values

pytestmark = pytest.mark.browser


def type_while_another_saves(page: Page, desk: Desk, submission_id: str) -> None:
    """Enter a name that somebody else enters otherwise before it is saved."""
    page.focus('[name="fields.contact_person"]')
    page.keyboard.press("Control+a")
    page.keyboard.type("何小芸")
    review.correct(desk.parts, LIN, submission_id, 0, "fields.contact_person", "何晓云")
    page.keyboard.press("Enter")


def test_the_later_saver_sees_both_versions(page: Page, desk: Desk, opened: str) -> None:
    type_while_another_saves(page, desk, opened)
    box = page.locator(".conflict")
    expect(box).to_contain_text("何晓云")
    expect(box).to_contain_text("何小芸")
    expect(box.locator("mark")).to_have_text(["晓云", "小芸"])
    assert values(desk, opened).fields["contact_person"].text == "何晓云"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(box).to_have_count(0)
    page.keyboard.press("Enter")
    saved(page)
    assert values(desk, opened).fields["contact_person"].text == "何小芸"


def test_leaving_the_page_does_not_choose_between_two_versions(page: Page, desk: Desk, opened: str) -> None:
    type_while_another_saves(page, desk, opened)
    page.wait_for_selector(".conflict")
    saved(page)
    page.goto(f"{desk.address}/queue")
    assert values(desk, opened).fields["contact_person"].text == "何晓云"


def test_two_versions_of_a_cell_are_shown_though_the_eye_is_elsewhere(
    page: Page, desk: Desk, opened: str
) -> None:
    page.focus('[name="occupations.r4.name"]')
    page.keyboard.press("Control+a")
    page.keyboard.type("西式面点师")
    review.correct(desk.parts, LIN, opened, 0, "occupations.r4.name", "中式面点师")
    page.focus('[name="fields.email"]')
    expect(page.locator(".conflict")).to_contain_text("中式面点师")
    saved(page)
    assert values(desk, opened).rows[3].cells["name"].text == "中式面点师"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    saved(page)
    assert values(desk, opened).rows[3].cells["name"].text == "西式面点师"


def test_a_change_elsewhere_does_not_stop_mine(page: Page, desk: Desk, opened: str) -> None:
    review.correct(desk.parts, LIN, opened, 0, "fields.email", "other@example.cn")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    saved(page)
    now = values(desk, opened)
    assert (now.fields["uscc"].text, now.fields["email"].text) == ("52430100MJJ5238127", "other@example.cn")
    expect(page.locator('[name="fields.email"]')).to_have_value("other@example.cn")
