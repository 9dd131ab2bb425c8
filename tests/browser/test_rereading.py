"""Drawing a box and reading again, in a real browser with a scripted reader behind the fence's near side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from extractors.errors import ProcessingCrashedError
from intake_service import review
from intake_service.parts import Parts
from intake_service.web import words
from tests.browser import serving
from tests.browser.conftest import SETTLED, Desk
from tests.intake_service.builders import AnsweringDispatch, ScriptedReader, answering

pytestmark = pytest.mark.browser
READER = ScriptedReader()
CORNER = """() => { const box = document.querySelector('.overlay.current').getBoundingClientRect();
  return [box.right, box.bottom]; }"""


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    return answering(serving.desk_parts(tmp_path_factory.mktemp("desk")), READER)


@pytest.fixture(scope="module")
def desk(browser: Browser, parts: Parts) -> Iterator[Desk]:
    with serving.serving(parts) as address:
        yield Desk(address, parts)


@pytest.fixture
def opened(page: Page, opened: str) -> str:
    page.wait_for_selector(".overlay.current")
    READER.regions.clear()
    return opened


def test_a_box_drawn_by_keys_offers_what_it_holds_and_the_history_says_so(
    page: Page, desk: Desk, opened: str
) -> None:
    before = review.open_review(desk.parts, opened).current.fields["uscc"]
    page.keyboard.press("Alt+d")
    expect(page.locator(".draft")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    offered = page.locator(".field.here .reread [data-candidate]")
    expect(offered).to_have_text(["1框内的字80%"])
    expect(page.locator('[name="fields.uscc"]')).to_have_value(before.text)  # nothing is taken by itself
    assert review.open_review(desk.parts, opened).current.version == 0
    (region,) = READER.regions
    x0, y0, x1, y1 = before.machine["box"]
    assert region["kind"] == "uscc"
    assert region["skew_deg"] == 0.4
    assert region["box"] == pytest.approx((x0 - 0.004, y0, x1 - 0.004, y1 + 0.004), abs=1e-4)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_selector(SETTLED)
    review_now = review.open_review(desk.parts, opened)
    assert review_now.current.fields["uscc"].text == "框内的字"
    assert review_now.corrections[-1].reason == words.DRAWN_REASON.format(page=1)
    page.reload()
    page.wait_for_selector(f"{SETTLED} .here")
    places = page.locator('[data-field="fields.uscc"]').get_attribute("data-places") or ""
    kept = [float(each) for each in places.removeprefix("1:").split(",")]
    assert kept == pytest.approx(region["box"])


def test_dragging_an_edge_of_the_focused_box_reads_it_again(page: Page, opened: str) -> None:
    right, bottom = page.evaluate(CORNER)
    page.mouse.move(right - 1, bottom - 1)
    page.mouse.down()
    page.mouse.move(right - 60, bottom + 30, steps=3)
    page.mouse.up()
    expect(page.locator(".field.here .reread [data-candidate]")).to_have_count(1)
    assert len(READER.regions) == 1
    expect(page.locator(".draft")).to_be_hidden()


def test_esc_forgets_a_box_that_was_read_but_not_saved(page: Page, opened: str) -> None:
    field = page.locator('[data-field="fields.uscc"]')
    before = field.get_attribute("data-places")
    page.keyboard.press("Alt+d")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".reread")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".reread")).to_have_count(0)
    expect(field).to_have_attribute("data-places", before or "")
    expect(field).not_to_have_attribute("data-drawn", "")


def test_esc_and_typing_give_the_box_up(page: Page, opened: str) -> None:
    page.keyboard.press("Alt+d")
    page.keyboard.press("Escape")
    expect(page.locator(".draft")).to_be_hidden()
    page.keyboard.press("Alt+d")
    page.keyboard.type("x")
    expect(page.locator(".draft")).to_be_hidden()
    expect(page.locator('[name="fields.uscc"]')).to_have_value("x")
    assert READER.regions == []


def test_a_cell_of_the_table_is_read_again_too(page: Page, opened: str) -> None:
    page.focus('[name="occupations.r2.code"]')
    page.keyboard.press("Alt+d")
    page.keyboard.press("Enter")
    expect(page.locator(".cell-desk .reread [data-candidate]")).to_have_count(1)
    page.focus('[name="occupations.r3.code"]')
    page.focus('[name="occupations.r2.code"]')
    expect(page.locator(".cell-desk .reread [data-candidate]")).to_have_count(1)
    page.keyboard.press("1")
    expect(page.locator('[name="occupations.r2.code"]')).to_have_value("框内的字")


def test_while_the_reader_is_busy_people_type_on(page: Page, parts: Parts, opened: str) -> None:
    assert isinstance(parts.dispatch, AnsweringDispatch)
    parts.dispatch.busy.append("with something else")
    page.keyboard.press("Alt+d")
    page.keyboard.press("Enter")
    page.keyboard.type("52")
    expect(page.locator(".toast[data-state=fail]")).to_contain_text("正忙")
    expect(page.locator('[name="fields.uscc"]')).to_have_value("52")
    parts.dispatch.busy.clear()


def test_where_no_reader_is_people_are_told_to_type(
    page: Page, opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: object) -> None:
        raise ProcessingCrashedError

    monkeypatch.setattr(READER, "reread", gone)
    page.keyboard.press("Alt+d")
    page.keyboard.press("Enter")
    expect(page.locator(".toast[data-state=fail]")).to_contain_text("请照着图直接输入")
