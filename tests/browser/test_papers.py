"""The check-list, the receipt and the letters, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from intake_service import review
from intake_service.store import Move
from tests.browser import serving
from tests.browser.conftest import SETTLED, Desk
from tests.browser.serving import REVIEWER, Prepared

pytestmark = pytest.mark.browser
LETTER = "#return [data-letter]"
MISSING = "缺少材料：专家等专业技术人员技能水平证明"


@pytest.fixture
def submission(desk: Desk, prepared: Prepared) -> str:
    return serving.add_read(desk.parts, prepared)


def test_the_check_list_says_what_is_missing_in_the_letter(page: Page, desk: Desk, submission: str) -> None:
    """What nobody has seen is named, until somebody finds it in the envelope."""
    page.goto(f"{desk.address}/review/{submission}")
    page.wait_for_selector(f"{SETTLED} .here")
    expect(page.locator(LETTER)).to_contain_text(MISSING)
    page.keyboard.press("Alt+3")
    button = page.locator('[data-material="4"][data-present="yes"]')
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    page.keyboard.press("Alt+t")
    expect(page.locator(LETTER)).not_to_contain_text(MISSING)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    page.wait_for_selector(SETTLED)
    page.keyboard.press("Alt+t")
    expect(page.locator(LETTER)).to_contain_text(MISSING)
    assert review.open_review(desk.parts, submission).current.materials == {}


def test_a_corrected_field_leaves_the_letter(page: Page, desk: Desk, submission: str) -> None:
    page.goto(f"{desk.address}/review/{submission}")
    page.wait_for_selector(f"{SETTLED} .here")
    page.focus('[name="fields.email"]')
    page.keyboard.press("Control+a")
    page.keyboard.type("nowhere")
    page.keyboard.press("Enter")
    page.wait_for_selector(SETTLED)
    expect(page.locator(LETTER)).to_contain_text("nowhere")
    page.focus('[name="fields.email"]')
    page.keyboard.press("Control+a")
    page.keyboard.type("a@example.cn")
    page.keyboard.press("Enter")
    page.wait_for_selector(SETTLED)
    expect(page.locator(LETTER)).not_to_contain_text("nowhere")


def test_the_register_is_put_right_and_the_receipt_follows(page: Page, desk: Desk, submission: str) -> None:
    page.goto(f"{desk.address}/submissions/{submission}/register")
    page.fill("#sender", "株洲芦淞支局")
    page.keyboard.press("Enter")
    expect(page.locator("[role=status].note")).to_contain_text("已保存")
    page.locator("h1").click()
    page.keyboard.press("p")
    expect(page.locator(".a4")).to_contain_text("株洲芦淞支局")
    number = review.open_review(desk.parts, submission).submission.receipt_number
    expect(page.locator(".a4 .number")).to_have_text(number)
    assert page.locator(".qr svg path").count() >= 1
    expect(page.locator("[data-print]")).to_be_focused()
    page.emulate_media(media="print")
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.locator(".paper-bar")).to_be_hidden()
    assert page.pdf()[:5] == b"%PDF-"


def test_the_letter_says_what_was_decided(page: Page, desk: Desk, submission: str) -> None:
    assert page.goto(f"{desk.address}/submissions/{submission}/letter").status == 404
    desk.troubles.clear()
    review.decide(desk.parts, REVIEWER, submission, 0, Move.RETURN, ["缺少公章"], "请寄原件。")
    page.goto(f"{desk.address}/review/{submission}")
    page.get_by_role("link", name="打印通知书").press("Enter")
    paper = page.locator(".a4")
    expect(paper).to_contain_text("补正材料一次性告知书")
    expect(paper.locator("ol li")).to_have_text(["缺少公章", "请寄原件。"])
    page.locator("h1").click()
    page.keyboard.press("i")
    expect(page.locator(".letter-number")).to_contain_text("补〔")
    with page.expect_download() as saving:
        page.keyboard.press("w")
    assert saving.value.suggested_filename.endswith(".docx")
    page.goto(f"{desk.address}/submissions/{submission}/letter")
    expect(page.locator(".letter-number")).to_contain_text("补〔")
    page.goto(f"{desk.address}/submissions/{submission}/register")
    expect(page.locator(".letters a")).to_have_text(["补正材料一次性告知书"])


def test_the_publication_list_names_every_occupation(page: Page, desk: Desk, submission: str) -> None:
    serving.accept(desk.parts, submission)
    page.goto(f"{desk.address}/results")
    page.keyboard.press("p")
    rows = page.locator(".a4 tbody tr")
    current = review.open_review(desk.parts, submission).current
    expect(rows).to_have_count(len(current.rows))
    expect(rows.first).to_contain_text(current.fields["org_name"].text)
    expect(rows.last).to_contain_text(current.rows[-1].cells["name"].text)
