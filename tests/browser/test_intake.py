"""The intake page when the network, the session or the file is not as it should be; and what the scanner's folder brings."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, Route, expect
from pypdfium2 import PdfDocument

from intake_service import intake, queue
from intake_service.parts import WATCHED_FOLDER
from intake_service.store import people, processes, submissions
from intake_service.store.submissions import Filter
from intake_service.web import intake_room
from tests.browser import serving
from tests.browser.conftest import Desk, log_in
from tests.browser.serving import Prepared

pytestmark = pytest.mark.browser
UPLOAD = "**/intake/upload"
# Where each character of a line's last text stands.
FROM_LEFT = """(line) => [...line.lastChild.data.trimEnd()].map((_, at) => {
  const range = document.createRange();
  range.setStart(line.lastChild, at);
  range.setEnd(line.lastChild, at + 1);
  return range.getBoundingClientRect().left;
})"""


@pytest.fixture
def room(page: Page, desk: Desk) -> Page:
    page.goto(f"{desk.address}/intake")
    page.wait_for_selector("#drop")
    return page


def scan(name: str, content: bytes = b"%PDF-1.7 scan") -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": content and content + name.encode()}


def choose(page: Page, *names: str) -> Locator:
    page.set_input_files("#files", [scan(name) for name in names])
    return page.locator(".file").first


def count(desk: Desk) -> int:
    return len(queue.list_submissions(desk.parts, Filter(), limit=200).items)


def quiet(desk: Desk) -> None:
    """What the browser says of a request that a test cut off is no trouble of ours."""
    desk.troubles[:] = [each for each in desk.troubles if "ERR_FAILED" not in each and "net::" not in each]


def test_a_cut_upload_is_sent_again_by_itself(room: Page, desk: Desk) -> None:
    before = count(desk)
    cut: list[Route] = []

    def once(route: Route) -> None:
        cut.append(route)
        if len(cut) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    room.route(UPLOAD, once)
    row = choose(room, "断.pdf")
    expect(row.locator(".status")).to_have_text("没有送到")
    assert count(desk) == before  # nothing half-visible
    expect(row.locator(".say")).to_contain_text("2 秒后自动重试")
    expect(row.locator(".code")).to_contain_text("-0")
    assert count(desk) == before + 1
    quiet(desk)


def test_an_answer_that_was_not_heard_makes_no_second_submission(room: Page, desk: Desk) -> None:
    before = count(desk)
    heard: list[bool] = []

    def deaf(route: Route) -> None:
        if heard:
            route.continue_()
            return
        heard.append(False)
        route.fetch()  # it reaches the server
        route.abort("connectionreset")

    room.route(UPLOAD, deaf)
    row = choose(room, "聋.pdf")
    expect(row.locator(".status")).to_have_text("没有送到")
    assert count(desk) == before + 1
    row.locator("[data-again]").focus()
    room.keyboard.press("Escape")
    room.keyboard.press("r")
    expect(row.locator(".code")).to_contain_text("-0")
    assert count(desk) == before + 1
    expect(room.locator(".file b", has_text="聋.pdf")).to_have_count(1)
    quiet(desk)


def test_a_session_that_ends_meanwhile_loses_no_file(browser: Browser, desk: Desk) -> None:
    context = browser.new_context()
    page = context.new_page()
    log_in(page, desk.address, "shou")
    page.goto(f"{desk.address}/intake")
    page.wait_for_selector("#drop")
    with desk.parts.store.write() as tx:
        people.end_sessions_of(tx, "shou")
    before = count(desk)
    row = choose(page, "过期.pdf")
    expect(row.locator(".say")).to_contain_text("登录已过期")
    with context.expect_page() as opened:
        row.locator("[data-log-in]").press("Enter")
    log_in(opened.value, desk.address, "shou")
    opened.value.close()
    row.locator("[data-again]").press("Enter")
    expect(row.locator(".code")).to_contain_text("-0")
    assert count(desk) == before + 1
    context.close()


def test_somebody_else_who_logs_in_there_hands_in_nothing_for_the_first(browser: Browser, desk: Desk) -> None:
    context = browser.new_context()
    page = context.new_page()
    log_in(page, desk.address, "shou")
    page.goto(f"{desk.address}/intake")
    page.wait_for_selector("#drop")
    context.clear_cookies()
    other = context.new_page()
    log_in(other, desk.address, "admin")
    before = count(desk)
    row = choose(page, "换人.pdf")
    expect(row.locator(".say")).to_contain_text("登录已过期")
    assert count(desk) == before
    context.close()


def test_what_cannot_be_taken_is_told_before_it_is_sent(room: Page, desk: Desk) -> None:
    before = count(desk)
    room.evaluate("document.getElementById('intake-form').dataset.files = 1")
    room.set_input_files("#files", [scan("表.docx"), scan("空.pdf", b"")])
    expect(room.locator(".file .say", has_text="不支持的文件类型")).to_be_visible()
    expect(room.locator(".file .say", has_text="0 字节")).to_be_visible()
    room.locator('[name="together"][value="yes"]').check()
    row = choose(room, "甲.pdf", "乙.pdf")
    expect(row.locator(".say")).to_contain_text("最多 1 个文件")
    assert count(desk) == before


def test_paste_and_folder_hand_in(room: Page, desk: Desk, tmp_path: Path) -> None:
    room.evaluate(
        """() => {
      const data = new DataTransfer();
      data.items.add(new File(["%PDF-1.7 pasted"], "贴.pdf", { type: "application/pdf" }));
      document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, cancelable: true }));
    }"""
    )
    expect(room.locator(".file b", has_text="贴.pdf")).to_be_visible()
    expect(room.locator(".file .code").first).to_contain_text("-0")
    for number in ("1", "2"):
        (tmp_path / f"第{number}页.pdf").write_bytes(b"%PDF-1.7 " + number.encode())
    room.locator('[name="together"][value="yes"]').check()
    room.set_input_files("#folder", tmp_path)
    expect(room.locator(".file b", has_text="等 2 个文件")).to_be_visible()


def test_the_scanners_folder_shows_what_it_brings_and_what_is_wrong(room: Page, desk: Desk) -> None:
    report = {
        "folder": "/扫描", "trouble": "", "waiting": [["写着.pdf", "正在写入。"]],
        "refused": [["表.docx", "不是 PDF。"], ["\u202egnp.exe", "设有密码。"]], "refused_count": 2,
    }  # fmt: skip
    with desk.parts.store.write() as tx:
        processes.beat(tx, "there:1:1", "watch", report)
    files = [intake.UntrustedFile("扫来的.pdf", io.BytesIO(b"%PDF-1.7 scanned"))]
    accepted = intake.accept_upload(desk.parts, WATCHED_FOLDER, files, intake.Meta(channel="mail"))
    panel = room.locator(".watched")
    expect(panel).to_contain_text("写着.pdf")
    expect(panel).to_contain_text("不是 PDF。")
    reason = panel.locator("p", has_text="gnp").evaluate(FROM_LEFT)
    assert reason == sorted(reason)  # a name that turns the direction of reading turns only itself
    row = room.locator(f'[data-id="{accepted.submission.id}"]')
    expect(row).to_contain_text("扫描文件夹")
    with desk.parts.store.write() as tx:
        processes.beat(tx, "there:1:1", "watch", report | {"trouble": "找不到这个文件夹。"})
    expect(panel.locator(".note")).to_contain_text("找不到这个文件夹")


def test_it_says_when_nobody_reads_and_when_many_wait(
    room: Page, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = room.locator("#meanwhile .note").first
    expect(said).to_contain_text("识读程序没有在运行")
    with desk.parts.store.write() as tx:
        processes.beat(tx, "there:2:2", "worker", {"engine": "rapidocr"})
    room.reload()
    expect(room.locator("#meanwhile")).not_to_contain_text("没有在运行")
    monkeypatch.setattr(intake_room, "LONG_QUEUE", 1)
    serving.hand_in(desk.parts, b"%PDF-1.7 waits", "等.pdf")
    room.reload()
    expect(said).to_contain_text("个文件在等识读")


def test_a_hint_that_was_read_stays_away(room: Page, desk: Desk) -> None:
    tip = room.locator('[data-tip="intake"]')
    expect(tip).to_be_visible()
    tip.locator("button").press("Enter")
    expect(tip).to_be_hidden()
    room.reload()
    room.wait_for_selector("#drop")
    expect(tip).to_be_hidden()


def test_a_receipt_fits_one_sheet(room: Page, desk: Desk, prepared: Prepared) -> None:
    name = "常德市武陵区阳光养老服务中心（民办非企业单位）附属职业技能等级认定与培训评价中心"
    submission_id = serving.add_read(desk.parts, prepared, "长.png", org_name=name)
    with desk.parts.store.write() as tx:
        submissions.update(tx, submission_id, note="信封右上角破损，内有原件两份，已与寄件人电话核对。" * 4)
    room.goto(f"{desk.address}/submissions/{submission_id}/receipt")
    assert len(PdfDocument(room.pdf(prefer_css_page_size=True))) == 1


def test_likely_duplicates_are_named(room: Page, desk: Desk, prepared: Prepared) -> None:
    code = "52430100MJJ0000000"
    first, second = (
        serving.add_read(desk.parts, prepared, f"{n}.png", org_name=f"重{n}", uscc=code) for n in "12"
    )
    numbers = {each.id: each.receipt_number for each in queue.list_submissions(desk.parts, Filter()).items}
    room.goto(f"{desk.address}/intake")
    line = room.locator(f'[data-id="{second}"] .say')
    expect(line).to_contain_text(f"信用代码与 {numbers[first]} 相同")
