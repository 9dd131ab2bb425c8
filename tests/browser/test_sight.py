"""How the page is seen: without what is printed on it."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from intake_service.records import page_results
from intake_service.store import documents
from tests.browser import serving
from tests.browser.conftest import Desk
from tests.browser.serving import Prepared
from tests.waiting import until

pytestmark = pytest.mark.browser
CROP_INK = """() => {
  const crop = document.querySelector('.field.here [data-crop] canvas');
  const { data } = crop.getContext('2d').getImageData(0, 0, crop.width, crop.height);
  return data.reduce((sum, value) => sum + value, 0) / data.length;
}"""
PAPER = 250


def show(page: Page, desk: Desk, submission_id: str) -> None:
    page.goto(f"{desk.address}/review/{submission_id}")
    page.wait_for_selector('#review[data-saving="0"] .here [data-crop] canvas')


def cover_first_page(desk: Desk, submission_id: str) -> None:
    """As if all of the page were print."""
    out = io.BytesIO()
    Image.new("RGBA", (100, 141), (PAPER, PAPER, PAPER, 255)).save(out, "PNG")
    kept = desk.parts.files.put(io.BytesIO(out.getvalue()), 1_000_000)
    with desk.parts.store.write() as tx:
        document = documents.of_submission(tx, submission_id)[0]
        first = (page_results.c.document_id == document.id) & (page_results.c.number == 1)
        tx.execute(page_results.update().where(first).values(cover_hash=kept.hash))


def test_the_printed_form_is_hidden_from_page_and_crops(page: Page, desk: Desk, prepared: Prepared) -> None:
    submission_id = serving.add_read(desk.parts, prepared)
    cover_first_page(desk, submission_id)
    show(page, desk, submission_id)
    written = page.evaluate(CROP_INK)
    page.keyboard.press("Alt+b")
    expect(page.locator("[data-view=print]")).to_have_attribute("aria-pressed", "true")
    until(lambda: page.evaluate(CROP_INK) > written + 1)
    assert page.evaluate(CROP_INK) == pytest.approx((3 * PAPER + 255) / 4, abs=1)
    page.keyboard.press("Alt+b")
    until(lambda: page.evaluate(CROP_INK) == written)


def test_a_paper_whose_print_is_not_known_says_so(page: Page, desk: Desk, prepared: Prepared) -> None:
    show(page, desk, serving.add_read(desk.parts, prepared))
    page.keyboard.press("Alt+b")
    expect(page.locator(".toast")).to_contain_text("没有可隐去的表格底稿")
    expect(page.locator("[data-view=print]")).to_have_attribute("aria-pressed", "false")


def test_many_pages_push_nothing_out_of_sight(page: Page, desk: Desk, prepared: Prepared) -> None:
    show(page, desk, serving.add_read(desk.parts, prepared))
    page.evaluate("""() => { const list = document.querySelector('.page-list');
      for (let n = 0; n < 60; n += 1) list.append(list.lastElementChild.cloneNode(true)); }""")
    past = "document.querySelector('.viewer-bar').lastElementChild.getBoundingClientRect().right"
    assert page.evaluate(past) <= page.evaluate(
        "document.querySelector('.desk-side').getBoundingClientRect().left"
    )
