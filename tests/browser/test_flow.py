"""The whole product by keyboard: a real server with a real reader, from log-in to export, no mouse."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import SETTLED, Desk
from tests.browser.serving import Prepared

pytestmark = pytest.mark.browser
UP_S, READ_MS = 120, 300_000


def go_to_room(page: Page, digit: str, address: str) -> None:
    """``g`` and a digit, as a person: again if the two came too far apart."""
    for _ in range(10):
        page.keyboard.press("g")
        page.keyboard.press(digit)
        try:
            page.wait_for_url(address, timeout=5_000)
        except PlaywrightTimeout:
            continue
        return
    pytest.fail(f"g {digit} leads nowhere")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address and administrator's password of ``intake serve`` on an empty folder."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("INTAKE_")}
    environment |= {"INTAKE_DATA": str(tmp_path_factory.mktemp("data")), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "intake_service.cli", "serve", "--port", "0", "--workers", "1"]
    running = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    killer = threading.Timer(UP_S, running.kill)
    killer.start()
    said = ""
    assert running.stdout is not None
    for line in running.stdout:
        said += line
        if "密码：" in line:
            break
    killer.cancel()
    address = re.search(r"http://127\.0\.0\.1:\d+", said)
    password = re.search(r"密码：(\S+)", said)
    assert address, said
    assert password, said
    yield address[0], password[1]
    running.send_signal(signal.SIGINT)
    try:
        running.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)


@pytest.fixture
def scan(prepared: Prepared, tmp_path: Path) -> Path:
    """The drawn form as a two-page PDF of pictures, as an office scanner makes them."""
    first, *rest = (Image.open(io.BytesIO(picture)).convert("RGB") for picture in prepared.pictures)
    path = tmp_path / "扫描件.pdf"
    first.save(path, save_all=True, append_images=rest, resolution=194)
    return path


@pytest.fixture
def walker(browser: Browser, served: tuple[str, str]) -> Iterator[Page]:
    """A page that must stay quiet and never hear of a mouse."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    desk = Desk(served[0], None)  # type: ignore[arg-type]
    desk.watch(context)
    page = context.new_page()
    page.on("filechooser", lambda _chooser: None)  # from now on choosers come to us, not to the system
    page.add_init_script(
        "addEventListener('pointerdown', (e) => console.error('pointer used', e.target.outerHTML), true)"
    )
    yield page
    context.close()
    assert desk.troubles == []


def test_from_log_in_to_export_by_keyboard(walker: Page, served: tuple[str, str], scan: Path) -> None:
    address, password = served
    press, type_ = walker.keyboard.press, walker.keyboard.type

    walker.goto(address)
    walker.wait_for_selector("#name:focus")
    type_("admin")
    press("Tab")
    type_(password)
    press("Enter")
    walker.wait_for_url("**/queue")

    go_to_room(walker, "1", "**/intake")
    walker.wait_for_selector("#drop")
    with walker.expect_file_chooser() as chooser:
        press("u")
    chooser.value.set_files(scan)
    expect(walker.locator(".file .code")).to_contain_text("-0")
    expect(walker.locator(".file .status")).to_have_text("待审核", timeout=READ_MS)

    go_to_room(walker, "3", "**/review/*")
    walker.wait_for_selector(f"{SETTLED} .here")

    # Correct a field: Tab would reach it too; the label's own field is found by its name.
    walker.focus('[name="fields.contact_position"]')
    press("Control+a")
    type_("副校长")
    press("Enter")
    walker.wait_for_selector(SETTLED)

    # Confirm a seal.
    walker.focus('[data-field="marks.authority_seal"] [data-verdict]')
    press("1")
    expect(walker.locator('[data-field="marks.authority_seal"] .status')).to_have_text("人工确认")

    # Whatever else is doubtful: Enter takes the reader's word, until nothing is left.
    for _ in range(80):
        walker.wait_for_selector(SETTLED)
        if walker.locator('[data-open="yes"]').count() == 0:
            break
        press("Enter")
    expect(walker.locator("[data-progress]")).to_contain_text("已无待核对项")

    press("Control+Enter")
    expect(walker.locator("#accept")).to_be_visible()
    if walker.locator(
        "#accept [data-close]:focus"
    ).count():  # rules are broken on purpose: the sample's code is wrong
        press("Tab")
    press("Enter")
    walker.wait_for_url("**/review/next", wait_until="commit")
    expect(walker.locator(".toast")).to_contain_text("已通过")

    go_to_room(walker, "4", "**/results")
    walker.wait_for_selector("table")
    with walker.expect_download() as download:
        walker.focus('a[href*="export.csv"]')
        press("Enter")
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert rows[0][0] == "收件编号"
    assert len(rows) == 5  # four occupations
    assert all("副校长" in row for row in rows[1:])
