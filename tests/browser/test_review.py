"""The review page in a real browser: keys, saving, conflicts, and paper that tries to be clever."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from intake_service import queue, review
from intake_service.parts import Actor, Role
from intake_service.rechecks import finding_path
from intake_service.store import State
from tests.browser import serving
from tests.browser.conftest import SETTLED, Desk, show
from tests.browser.serving import Prepared
from tests.waiting import until

pytestmark = pytest.mark.browser
LIN = Actor("lin", Role.REVIEWER, "林审核")
HERE = "document.querySelector('.here')?.dataset.field"
# Both at once: how long the second takes must not depend on how busy the machine is.
TWO_DIGITS = """() => { for (const key of ['1', '2']) document.activeElement.dispatchEvent(
  new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})); }"""
OFF_CENTRE = """() => {
  const box = document.querySelector('.overlay.current').getBoundingClientRect();
  const stage = document.getElementById('stage').getBoundingClientRect();
  return Math.abs((box.top + box.bottom - stage.top - stage.bottom) / 2);
}"""
COMPOSING_ENTER = """() => document.activeElement.dispatchEvent(
  new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"""


def values(desk: Desk, submission_id: str) -> Any:
    return review.open_review(desk.parts, submission_id).current


def saved(page: Page) -> None:
    """Wait until the server has answered every change and the page shows it.

    A key's change counts as outstanding before the key press returns, so that this never looks too early.
    """
    page.wait_for_selector(SETTLED)
    expect(page.locator(".toast[data-state=fail]")).to_have_count(0)


def test_enter_confirms_and_visits_only_the_doubtful(page: Page, desk: Desk, opened: str) -> None:
    visited = []
    for _ in range(4):
        visited.append(page.evaluate(HERE))
        page.keyboard.press("Enter")
    assert visited == [
        "fields.uscc", "fields.legal_representative", "occupations.r3.code", "occupations.r4.start_date",
    ]  # fmt: skip
    assert page.evaluate(HERE) == "marks.authority_seal"
    page.keyboard.press("1")
    expect(page.locator("[data-open=accept]")).to_be_focused()
    saved(page)
    now = values(desk, opened)
    assert now.doubts == ()
    assert now.marks["authority_seal"].verdict["matches"] is True
    assert now.fields["uscc"].by == "person"


def test_shift_enter_goes_back_without_confirming(page: Page, desk: Desk, opened: str) -> None:
    page.keyboard.press("Enter")
    saved(page)
    page.keyboard.press("Shift+Enter")
    assert page.evaluate(HERE) == "fields.uscc"  # settled just now, to look once more
    page.keyboard.press("Shift+Enter")
    assert page.evaluate(HERE) == "marks.authority_seal"  # before the first comes the last
    assert len(values(desk, opened).doubts) == 4


def test_from_the_decision_shift_enter_leads_back(page: Page, desk: Desk, opened: str) -> None:
    for key in ("Enter", "Enter", "Enter", "Enter", "1"):
        page.keyboard.press(key)
    expect(page.locator("[data-open=accept]")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    assert page.evaluate(HERE) == "marks.authority_seal"
    page.keyboard.press("Shift+Enter")
    assert page.evaluate(HERE) == "occupations.r4.start_date"
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.reload()
    page.wait_for_selector(SETTLED)
    page.focus("[data-open=accept]")
    page.keyboard.press("Shift+Enter")
    assert page.evaluate(HERE) == "marks.authority_seal"  # known from the server as well


def test_escape_restores_then_leaves_and_single_keys_are_heard(page: Page, desk: Desk, opened: str) -> None:
    uscc = page.locator('[name="fields.uscc"]')
    before = uscc.input_value()
    page.keyboard.type("g2")  # somebody who forgot that a field has the focus
    expect(uscc).to_have_value("g2")
    page.keyboard.press("Escape")
    expect(uscc).to_have_value(before)
    expect(uscc).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Enter")
    expect(uscc).to_be_focused()  # and nothing is confirmed by coming back
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("2")
    page.wait_for_url("**/queue")
    assert values(desk, opened).version == 0
    show(page, desk, opened)
    page.keyboard.press("Alt+q")
    page.wait_for_url("**/queue")


def test_a_digit_picks_a_candidate_and_enter_saves_it(page: Page, desk: Desk, opened: str) -> None:
    page.keyboard.press("1")
    expect(page.locator('[name="fields.uscc"]')).to_have_value("52430100MJJ5238127")
    page.keyboard.press("Enter")
    saved(page)
    assert values(desk, opened).fields["uscc"].text == "52430100MJJ5238127"


def test_two_quick_digits_are_typing(page: Page, opened: str) -> None:
    page.evaluate(TWO_DIGITS)
    expect(page.locator('[name="fields.uscc"]')).to_have_value("12")
    page.keyboard.press("Escape")
    expect(page.locator('[name="fields.uscc"]')).to_have_value("52430100MJJ523812Z")


def test_a_figure_too_many_does_not_type_over_a_long_text(page: Page, opened: str) -> None:
    statement = page.locator('[name="fields.statement"]')
    before = statement.input_value()
    statement.focus()
    page.keyboard.press("1")
    expect(statement).to_have_value(before)
    page.keyboard.press("F2")
    page.keyboard.press("1")
    expect(statement).to_have_value(before + "1")


def test_digits_type_after_f2(page: Page, opened: str) -> None:
    page.keyboard.press("F2")
    page.keyboard.press("Backspace")
    page.keyboard.press("1")
    expect(page.locator('[name="fields.uscc"]')).to_have_value("52430100MJJ5238121")


def test_enter_that_ends_a_composition_accepts_nothing(page: Page, desk: Desk, opened: str) -> None:
    page.evaluate(COMPOSING_ENTER)
    saved(page)
    assert page.evaluate(HERE) == "fields.uscc"
    assert values(desk, opened).version == 0


def test_tab_visits_every_field_and_keeps_what_was_typed(page: Page, desk: Desk, opened: str) -> None:
    page.focus('[name="fields.address"]')
    page.keyboard.press("End")
    page.keyboard.type("东楼")
    page.keyboard.press("Tab")
    assert page.evaluate(HERE) == "fields.registration_authority"
    saved(page)
    assert values(desk, opened).fields["address"].text.endswith("6 楼东楼")


def test_what_was_typed_survives_a_closed_page(page: Page, desk: Desk, opened: str) -> None:
    page.focus('[name="fields.email"]')
    page.keyboard.press("End")
    page.keyboard.type("x")
    page.goto("about:blank")
    show(page, desk, opened)
    expect(page.locator('[name="fields.email"]')).to_have_value("xjpx2012@example.cnx")


def test_an_enter_too_many_accepts_no_doubts(page: Page, desk: Desk, opened: str) -> None:
    page.keyboard.press("Control+Enter")
    expect(page.locator("#accept [data-close]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#accept")).to_be_hidden()
    assert queue.get_submission(desk.parts, opened)[0].status is State.IN_REVIEW


def test_a_change_is_sent_once(page: Page, desk: Desk, opened: str) -> None:
    page.focus('[name="fields.email"]')
    page.keyboard.type("x")
    page.keyboard.press("Enter")
    saved(page)
    assert values(desk, opened).version == 1


def test_illegible_and_blank_say_so(page: Page, desk: Desk, opened: str) -> None:
    page.keyboard.press("Alt+x")
    page.keyboard.press("Alt+k")
    saved(page)
    show(page, desk, opened)
    expect(page.locator('[data-field="fields.uscc"] .status')).to_have_text("无法辨认")
    expect(page.locator('[data-field="fields.legal_representative"] .status')).to_have_text("纸面空白")


def test_rows_come_go_and_come_back(page: Page, desk: Desk, opened: str) -> None:
    page.focus('[name="occupations.r4.name"]')
    page.keyboard.press("Alt+Enter")
    saved(page)
    expect(page.locator("tr[data-row]")).to_have_count(5)
    assert page.evaluate("document.activeElement.name").endswith(".name")
    page.keyboard.type("西式面点师")
    page.keyboard.press("Tab")
    saved(page)
    page.keyboard.press("Alt+Delete")
    saved(page)
    expect(page.locator("tr[data-row]")).to_have_count(4)
    page.keyboard.press("Alt+z")
    saved(page)
    expect(page.locator("tr[data-row]")).to_have_count(5)
    assert values(desk, opened).rows[4].cells["name"].text == "西式面点师"


def test_the_page_follows_the_focused_field(page: Page, opened: str) -> None:
    page.focus('[data-field="marks.authority_seal"] button')
    expect(page.locator("[data-page='2']")).to_have_attribute("aria-current", "page")
    page.wait_for_selector(".overlay.current")
    until(lambda: page.evaluate(OFF_CENTRE) < 60)


def test_accepting_goes_on_to_the_next(page: Page, desk: Desk, prepared: Prepared, opened: str) -> None:
    serving.add_read(desk.parts, prepared, org_name="下一家培训学校")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#accept")).to_contain_text("还有 5 处没有核对")
    # Doubts are left, so Enter alone looks again.
    expect(page.locator("#accept .primary kbd")).to_have_text("Ctrl Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: opened not in url, wait_until="commit")
    expect(page.locator(".toast")).to_contain_text("已通过")  # first, for it leaves after seconds
    expect(page.locator(".review-head h1")).not_to_be_empty()
    assert review.open_review(desk.parts, opened).submission.status is State.ACCEPTED


def test_returning_names_everything_at_once(page: Page, desk: Desk, opened: str) -> None:
    """What the rules find against the paper, doubts and materials not seen are ticked; the reviewer takes one back."""
    page.keyboard.press("Alt+t")
    expect(page.locator("#return [data-letter-list] li")).to_have_count(11)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#return [data-letter-list] li")).to_have_count(10)
    page.locator("#return form").evaluate("form => form.requestSubmit()")
    page.wait_for_url(lambda url: opened not in url)
    decided = review.open_review(desk.parts, opened).submission
    assert decided.status is State.RETURNED
    assert decided.decision is not None
    assert len(decided.decision["reasons"]) == 10


def test_paper_that_is_markup_stays_text(page: Page, desk: Desk, prepared: Prepared) -> None:
    evil = "<img src=x onerror=document.title='owned'>\"'{{7*7}}"
    submission_id = serving.add_read(desk.parts, prepared, org_name=evil)
    show(page, desk, submission_id)
    expect(page.locator("h1")).to_have_text(evil)
    page.focus('[name="fields.org_name"]')
    page.keyboard.press("End")
    page.keyboard.type("<b>")
    page.keyboard.press("Enter")
    saved(page)
    page.keyboard.press("Alt+4")
    expect(page.locator("[data-history]")).to_contain_text("<b>")
    page.goto(f"{desk.address}/queue?q=onerror")
    expect(page.locator("[data-rows] a").first).to_contain_text("<img")
    assert page.locator("img").count() == 0
    assert "owned" not in page.title()


def test_somebody_elses_submission_is_shown_but_not_changed(
    page: Page, desk: Desk, prepared: Prepared
) -> None:
    from intake_service import queue

    submission_id = serving.add_read(desk.parts, prepared)
    queue.claim(desk.parts, Actor("admin", Role.ADMIN, "管理员"), submission_id)
    page.goto(f"{desk.address}/review/{submission_id}")
    expect(page.locator(".review-foot")).to_contain_text("正由 管理员 审核")
    expect(page.locator('[name="fields.uscc"]')).not_to_be_editable()


@pytest.mark.parametrize("width", [1366, 1100])
def test_a_long_name_pushes_nothing_out_of_sight(
    page: Page, desk: Desk, prepared: Prepared, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    show(
        page,
        desk,
        serving.add_read(desk.parts, prepared, org_name="湘西土家族苗族自治州职业技能等级认定" * 6),
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator('[data-open="accept"]')).to_be_in_viewport(ratio=1)


def test_a_finding_is_settled_by_keys_with_a_reason_and_stays_in_sight(
    page: Page, desk: Desk, opened: str
) -> None:
    page.locator("#tab-checks").focus()
    page.keyboard.press("Enter")
    path = "findings.uscc.check_digit@fields.uscc"
    line = page.locator(f'[data-finding="{path}"]')
    failed = int(page.locator("[data-failed]").inner_text())
    line.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".toast[data-state=fail]")).to_contain_text("请写明理由")
    page.keyboard.type("执照原件如此")
    page.keyboard.press("Enter")
    expect(line.locator(".status")).to_have_text("人工认定")
    expect(line).to_contain_text("执照原件如此")
    assert int(page.locator("[data-failed]").inner_text()) == failed - 1
    found = next(c for c in review.open_review(desk.parts, opened).checks if finding_path(c) == path)
    assert found["judged"]["comment"] == "执照原件如此"
    expect(page.locator("[data-history]")).to_contain_text("认定可以")
