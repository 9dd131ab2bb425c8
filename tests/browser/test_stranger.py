"""Where somebody who had never seen the desk hesitated (see WALK.md), by keyboard in a real browser."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from intake_service import letters, queue, review
from intake_service.store import Move, State
from tests.browser import serving
from tests.browser.conftest import Desk, show
from tests.browser.serving import Prepared
from tests.waiting import until

pytestmark = pytest.mark.browser
# How often files would have been chosen; the browser's own window stays shut.
COUNT_ASKED = """() => { globalThis.asked = 0;
  document.getElementById('files').addEventListener('click', (event) => { event.preventDefault(); asked += 1; }); }"""


def test_the_mail_room_comes_and_goes_without_a_mouse(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/intake")
    page.evaluate(COUNT_ASKED)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#main")).to_be_focused()  # so that Tab goes on from there
    page.keyboard.press("d")
    expect(page.locator("#channel")).to_be_focused()
    page.focus("#tracking_number")
    page.keyboard.type("EE471108151CNu")
    expect(page.locator("[data-hint]")).to_contain_text("不像完整的单号")
    page.keyboard.press("Alt+u")
    assert page.evaluate("asked") == 1
    page.fill("#tracking_number", "1234567890123")
    expect(page.locator("[data-hint]")).to_contain_text("国际格式单号")
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    assert page.evaluate("asked") == 2
    expect(page.locator("#tracking_number")).to_have_value("1234567890123")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/account")


def test_a_return_without_a_reason_is_refused_where_one_looks_and_its_letter_stays_at_hand(
    page: Page, desk: Desk, opened: str, prepared: Prepared
) -> None:
    following = serving.add_read(desk.parts, prepared, org_name="下一家")
    page.keyboard.press("Alt+t")
    dialog = page.locator("#return")
    expect(dialog).to_be_visible()
    for box in dialog.locator("[name=reason]").all():
        box.set_checked(False)
    page.keyboard.press("Control+Enter")
    expect(dialog.locator("[data-refused]")).to_contain_text("请写明原因")
    dialog.locator("[name=note]").fill("请补交原件")
    expect(dialog.locator("[data-refused]")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/review/{following}")
    assert queue.get_submission(desk.parts, opened)[0].status is State.RETURNED
    page.wait_for_selector('#review[data-saving="0"] .here')
    with page.context.expect_page() as letter:
        page.keyboard.press("Alt+g")  # heard though a field has the focus
    expect(letter.value.locator("main, body").first).to_contain_text("请补交原件")
    letter.value.close()
    page.goto(f"{desk.address}/queue?status=returned")
    page.keyboard.press("j")
    with page.context.expect_page() as letter:
        page.keyboard.press("l")
    expect(letter.value.locator("main, body").first).to_contain_text("请补交原件")


def test_figures_choose_the_type_and_the_caret_stands_at_the_doubt(
    page: Page, desk: Desk, prepared: Prepared
) -> None:
    text = prepared.form.values["statement"]
    told = {"confidence": 0.6, "status": "review"}
    doubts = {
        "fields.org_type": {**told, "reasons": ["ambiguous_ticks"]},
        "fields.statement": {**told, "reasons": ["low_confidence"], "doubts": [3, 4, 90]},
    }
    form = replace(prepared.form, doubts=doubts)
    made = serving.add_read(desk.parts, replace(prepared, form=form), org_name="有疑处的学校")
    show(page, desk, made)
    expect(page.locator('[name="fields.org_type"]')).to_be_focused()
    page.keyboard.press("4")
    page.keyboard.press("3")  # each figure is one choice, however quick
    expect(page.locator('[name="fields.org_type"]')).to_have_value("行业协会")
    page.keyboard.press("Enter")
    statement = page.locator('[name="fields.statement"]')
    expect(statement).to_be_focused()
    assert statement.evaluate("(at) => [at.selectionStart, at.selectionEnd]") == [3, 5]
    page.keyboard.press("F3")
    assert statement.evaluate("(at) => [at.selectionStart, at.selectionEnd]") == [90, 91]
    page.keyboard.type("号")
    page.keyboard.press("Enter")
    until(lambda: "号" in review.open_review(desk.parts, made).current.fields["statement"].text)
    now = review.open_review(desk.parts, made).current
    assert now.fields["statement"].text == f"{text[:90]}号{text[91:]}"
    assert now.fields["org_type"].value == "industry_association"


def test_results_are_walked_as_the_queue_and_an_export_says_its_name(
    page: Page, desk: Desk, prepared: Prepared
) -> None:
    done = [serving.add_read(desk.parts, prepared, org_name=f"通过的{name}校") for name in "甲乙"]
    for each in done:
        serving.accept(desk.parts, each)
    page.goto(f"{desk.address}/results")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.here")).to_have_count(1)
    with page.expect_download() as saved:
        page.keyboard.press("x")
    expect(page.locator(".toast")).to_contain_text(saved.value.suggested_filename)
    second = page.locator("tbody tr").nth(1).locator("a").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{second}")


def test_marks_of_doubt_go_once_a_person_has_looked(page: Page, desk: Desk, prepared: Prepared) -> None:
    doubts = {
        "fields.statement": {
            "confidence": 0.6, "status": "review", "reasons": ["low_confidence"], "doubts": [3, 4, 90],
        },
        "fields.authority_opinion": {
            "confidence": 0.6, "status": "review", "reasons": ["low_confidence"], "doubts": [1],
        },
    }  # fmt: skip
    made = serving.add_read(
        desk.parts, replace(prepared, form=replace(prepared.form, doubts=doubts)), org_name="看过的学校"
    )
    show(page, desk, made)
    mark = page.locator('[data-field="fields.statement"] [data-doubtful-characters] mark').first
    seen = "(at) => getComputedStyle(at).backgroundColor"
    assert mark.evaluate(seen) != "rgba(0, 0, 0, 0)"
    page.keyboard.press("Alt+t")
    say = page.locator("[data-return-say]")
    expect(say).to_contain_text("还有 2 处没有核对")
    page.keyboard.press("Escape")
    statement = page.locator('[name="fields.statement"]')
    before = statement.input_value()
    page.focus('[name="fields.authority_opinion"]')
    page.keyboard.press("Shift+Enter")
    expect(statement).to_be_focused()
    page.keyboard.press("Shift+Enter")  # its first doubt is selected: going back must not write over it
    expect(statement).not_to_be_focused()
    expect(statement).to_have_value(before)
    statement.focus()
    page.keyboard.press("F2")
    page.keyboard.press("Shift+Enter")
    expect(statement).to_have_value(before + "\n")
    page.keyboard.press("Escape")
    expect(statement).to_have_value(before)
    page.keyboard.press("Enter")
    until(lambda: mark.evaluate(seen) == "rgba(0, 0, 0, 0)")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+t")
    expect(page.locator("#return")).to_be_visible()
    expect(say).to_be_hidden()


def test_what_was_handed_in_is_walked_to_its_register_receipt_and_back(
    page: Page, desk: Desk, prepared: Prepared
) -> None:
    _, second = (serving.add_read(desk.parts, prepared, org_name=f"刚收的{name}校") for name in "甲乙")
    page.goto(f"{desk.address}/intake")
    page.keyboard.press("j")
    expect(page.locator(".file a:focus")).to_have_text("刚收的乙校")
    page.keyboard.press("j")
    expect(page.locator(".file a:focus")).to_have_text("刚收的甲校")
    page.keyboard.press("k")
    page.keyboard.press("h")
    page.wait_for_url(f"**/submissions/{second}/register")
    page.keyboard.press("p")
    page.wait_for_url("**/receipt")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/submissions/{second}/register")


def test_a_supplement_is_known_as_one(page: Page, desk: Desk, prepared: Prepared) -> None:
    made = serving.add_read(desk.parts, prepared, org_name="补正的学校")
    opened = review.open_review(desk.parts, made)
    who = serving.REVIEWER
    review.decide(desk.parts, who, made, opened.current.version, Move.RETURN, reasons=("请补交",))
    letters.issue(desk.parts, who, made, "supplement")
    number = queue.get_submission(desk.parts, made)[0].receipt_number
    assert serving.hand_in(desk.parts, prepared.pictures[1], "补.png", supplements=number) == made
    serving.read_last(desk.parts, made, prepared)
    show(page, desk, made)
    expect(page.locator(".review-head .meta")).to_contain_text("已补正 1 次")
    titles = page.locator("[data-page]").evaluate_all("(all) => all.map((each) => each.title)")
    assert ["第 1 次补正" in title for title in titles] == [False, False, True, True]
    expect(page.locator("[data-page].begins-file")).to_have_text(
        "第 3 页，基本情况表，第 1 次补正，有待核对项"
    )
    page.keyboard.press("Alt+4")
    expect(page.locator("[data-history]")).to_contain_text("出具补正告知书")
