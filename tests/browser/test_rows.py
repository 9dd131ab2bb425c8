"""The table of occupations by keyboard: rows come, go, move, join and part; focus and typing are never lost."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from intake_service import review
from tests.browser.conftest import SETTLED, Desk

pytestmark = pytest.mark.browser
FOCUSED = "document.activeElement.name ?? document.activeElement.tagName"
HELD_ENTER = """() => document.activeElement.dispatchEvent(
  new KeyboardEvent('keydown', {key: 'Enter', repeat: true, bubbles: true, cancelable: true}))"""

PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  document.activeElement.dispatchEvent(
    new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


PAPERS = "() => document.querySelector('td.here').dataset.places.split(';')"


def names(desk: Desk, submission_id: str) -> list[Any]:
    return [row.cells["name"].text for row in review.open_review(desk.parts, submission_id).current.rows]


def press(page: Page, key: str) -> None:
    page.keyboard.press(key)
    page.wait_for_selector(SETTLED)
    expect(page.locator(".toast[data-state=fail]")).to_have_count(0)


def test_a_row_moves_and_the_cell_keeps_the_focus(page: Page, desk: Desk, opened: str) -> None:
    before = names(desk, opened)
    page.focus('[name="occupations.r2.code"]')
    press(page, "Alt+ArrowUp")
    assert names(desk, opened) == [before[1], before[0], *before[2:]]
    assert page.evaluate(FOCUSED) == "occupations.r2.code"
    press(page, "Alt+ArrowUp")  # it is the first already
    press(page, "Alt+ArrowDown")
    assert names(desk, opened) == before


def test_the_rest_of_a_row_cut_by_a_page_break_joins_it(page: Page, desk: Desk, opened: str) -> None:
    before = names(desk, opened)
    page.focus('[name="occupations.r3.name"]')
    press(page, "Alt+m")
    assert names(desk, opened) == [before[0], before[1] + before[2], *before[3:]]
    assert page.evaluate(FOCUSED) == "occupations.r2.name"
    press(page, "Alt+z")
    assert names(desk, opened) == before
    press(page, "Alt+y")
    assert len(names(desk, opened)) == len(before) - 1


def test_a_row_joined_or_parted_shows_all_the_paper_it_came_from(page: Page, opened: str) -> None:
    page.focus('[name="occupations.r1.name"]')
    first = page.evaluate(PAPERS)
    page.focus('[name="occupations.r2.name"]')
    second = page.evaluate(PAPERS)
    press(page, "Alt+m")
    assert page.evaluate(PAPERS) == [*first, *second]
    crop = page.locator(".cell-desk [data-crop] canvas")
    expect(crop).to_have_count(2)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    press(page, "Alt+c")
    assert page.evaluate(PAPERS) == [*first, *second]
    expect(crop).to_have_count(2)


def test_two_rows_read_as_one_are_parted_at_the_caret(page: Page, desk: Desk, opened: str) -> None:
    page.focus('[name="occupations.r1.name"]')
    whole = names(desk, opened)[0]
    press(page, "Alt+c")  # everything is marked: there is no caret to part at
    expect(page.locator(".toast")).to_contain_text("光标")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    press(page, "Alt+c")
    assert names(desk, opened)[:2] == [whole[:1], whole[1:]]
    kept = review.open_review(desk.parts, opened).current.rows[0].cells["code"].text
    assert kept
    expect(page.locator("tr[data-row]").nth(1).locator("[data-field$='.name'] textarea")).to_be_focused()


def test_what_was_typed_is_kept_when_a_row_comes_under_it(page: Page, desk: Desk, opened: str) -> None:
    page.focus('[name="occupations.r4.name"]')
    page.keyboard.press("End")
    page.keyboard.type("师傅")
    press(page, "Alt+Enter")
    assert names(desk, opened)[3].endswith("师傅")
    assert len(names(desk, opened)) == 5


def test_focus_stays_where_something_was_taken_back(page: Page, desk: Desk, opened: str) -> None:
    page.focus('[name="occupations.r2.code"]')
    press(page, "Alt+Delete")
    assert page.evaluate(FOCUSED) == "occupations.r3.code"
    press(page, "Alt+z")
    assert page.evaluate(FOCUSED) == "occupations.r2.name"  # the row that came back
    page.focus('[name="fields.address"]')
    page.keyboard.type("x")
    press(page, "Enter")
    page.focus('[name="fields.email"]')
    press(page, "Alt+z")
    assert page.evaluate(FOCUSED) == "fields.address"


def test_tab_never_lands_on_a_button_that_deletes(page: Page, opened: str) -> None:
    page.focus('[name="occupations.r2.levels"]')
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "occupations.r3.seq"


def test_rows_pasted_from_a_spreadsheet(page: Page, desk: Desk, opened: str) -> None:
    page.focus('[name="occupations.r4.name"]')
    page.evaluate(PASTE, "西式面点师\t4-03-02-04\n茶艺师\t4-03-02-07\n")
    page.wait_for_selector(SETTLED)
    expect(page.locator("tr[data-row]")).to_have_count(6)
    assert names(desk, opened)[4:] == ["西式面点师", "茶艺师"]
    codes = [row.cells["code"].text for row in review.open_review(desk.parts, opened).current.rows]
    assert codes[4:] == ["4-03-02-04", "4-03-02-07"]


def test_a_long_cell_is_seen_whole(page: Page, opened: str) -> None:
    page.focus('[name="occupations.r1.name"]')
    page.keyboard.press("End")
    page.keyboard.type("（含计算机程序设计方向与网络信息安全方向）")
    hidden = "(() => { const e = document.activeElement; return e.scrollHeight - e.clientHeight; })()"
    assert page.evaluate(hidden) <= 1


def test_a_held_enter_decides_nothing(page: Page, desk: Desk, opened: str) -> None:
    for _ in range(20):
        page.evaluate(HELD_ENTER)
    page.wait_for_selector(SETTLED)
    assert review.open_review(desk.parts, opened).current.version == 0


def test_the_page_itself_never_scrolls(page: Page, opened: str) -> None:
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
