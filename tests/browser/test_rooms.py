"""Queue and intake in a real browser: claiming by keyboard, the register of one envelope after the other."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, Page, expect

from intake_service import queue
from intake_service.store.submissions import Filter, Submission
from tests.browser import serving
from tests.browser.conftest import Desk
from tests.browser.serving import Prepared
from tests.waiting import until

pytestmark = pytest.mark.browser


def pdf(name: str) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a letter"}


def test_c_claims_and_gives_back_where_the_focus_is(page: Page, desk: Desk, prepared: Prepared) -> None:
    serving.add_read(desk.parts, prepared, org_name="第一家")
    second = serving.add_read(desk.parts, prepared, org_name="第二家")
    page.goto(f"{desk.address}/queue")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.here a")).to_have_text("第二家")
    page.keyboard.press("c")
    expect(page.locator("tr.here [data-holder]")).to_contain_text("我")
    assert queue.get_submission(desk.parts, second)[0].claimant() == "lin"
    page.keyboard.press("c")
    expect(page.locator("tr.here [data-holder]")).to_have_text("—")
    assert queue.get_submission(desk.parts, second)[0].claimant() is None
    expect(page.locator("tr.here a")).to_be_focused()


def test_the_next_envelope_does_not_inherit_the_number_of_the_last(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/intake")
    page.fill("#tracking_number", "EE471108152CN")
    expect(page.locator("[data-hint]")).to_contain_text("校验位不符")
    page.fill("#tracking_number", "EE471108151CN")
    page.fill("#sender", "岳麓支局")
    page.select_option("#channel", "counter")
    page.set_input_files("#files", [pdf("信一.pdf")])
    expect(page.locator("#tracking_number")).to_have_value("")
    expect(page.locator("#sender")).to_have_value("")
    expect(page.locator("#channel")).to_have_value("counter")
    expect(page.locator(".toast")).to_contain_text("登记栏已清空")
    page.set_input_files("#files", [pdf("信二.pdf")])
    until(lambda: len(handed_in(desk)) == 2)
    assert [(s.tracking_number, s.sender) for s in handed_in(desk)] == [
        ("", ""),
        ("EE471108151CN", "岳麓支局"),
    ]
    expect(page.locator(".file").first).to_contain_text("请留意是否重复")


def handed_in(desk: Desk) -> list[Submission]:
    return list(queue.list_submissions(desk.parts, Filter(channel="counter")).items)
