"""How the page is seen: without what is printed on it."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw
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
CUT = """async ([box, letters, room]) => {
  const paper = await import(document.querySelector('script[src*="paper"]').src);
  const holder = document.createElement('div');
  holder.style.width = `${room + 2}px`;
  document.body.append(holder);
  paper.setPages([[9, '/drawn.png']]);
  await paper.showCrop(holder, [{ page: 9, box }], { letters });
  return [...holder.querySelectorAll('canvas')].map((strip) => strip.getBoundingClientRect().width);
}"""
"""The widths of the strips that a place on the drawn page is cut into."""


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


def drawn_page(boxes: list[tuple[int, int, int, int]]) -> bytes:
    """A page of the usual size with these strokes of ink (left, top, right, bottom)."""
    picture = Image.new("RGB", (1600, 2263), "white")
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        pen.rectangle(box, fill="black")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def cut(page: Page, strokes: list[tuple[int, int, int, int]], letters: int, room: int = 600) -> list[float]:
    """Cut what these strokes cover as the text of so many letters."""
    drawn = drawn_page(strokes)
    fresh = {"content-type": "image/png", "cache-control": "no-store"}
    page.route("**/drawn.png", lambda route: route.fulfill(body=drawn, headers=fresh))
    box = [
        min(stroke[0] for stroke in strokes) / 1600,
        min(stroke[1] for stroke in strokes) / 2263,
        (max(stroke[2] for stroke in strokes) + 1) / 1600,
        (max(stroke[3] for stroke in strokes) + 1) / 2263,
    ]
    return list(page.evaluate(CUT, [box, letters, room]))


def character(left: int, top: int, height: int = 36, apart: int = -4) -> list[tuple[int, int, int, int]]:
    """Two strokes, the second lower and further right; ``apart``: how much clear paper lies between them."""
    half = (height - apart) // 2
    return [(left, top, left + 14, top + half), (left + 10, top + half + apart, left + 24, top + height)]


def line_of(letters: int, top: int = 500) -> list[tuple[int, int, int, int]]:
    return [stroke for place in range(letters) for stroke in character(100 + 50 * place, top)]


def test_characters_of_two_halves_are_one_line(page: Page, opened: str) -> None:
    """As 吕 or a clearly written 俞: paper shows between the halves, yet nothing is cut there."""
    halves = [stroke for left in (300, 350) for stroke in character(left, 500, height=41, apart=5)]
    assert len(cut(page, halves, letters=2)) == 1


def test_lines_are_cut_apart(page: Page, opened: str) -> None:
    assert len(cut(page, line_of(8, 500) + line_of(8, 560), letters=16)) == 2


def test_a_line_a_little_too_long_shrinks_and_a_longer_one_is_cut_evenly(page: Page, opened: str) -> None:
    [width] = cut(page, line_of(15), letters=15)
    assert 590 <= width <= 600
    widths = cut(page, line_of(24), letters=24)
    assert len(widths) > 1
    assert min(widths) > max(widths) / 2, "no character stands alone in a strip"
