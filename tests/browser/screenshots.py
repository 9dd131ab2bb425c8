"""Pictures of every screen and state in both themes: ``python -m tests.browser.screenshots FOLDER [NAME…]``.

``walk`` goes through all of them for whoever wants to look: ``axe`` does too.

Shows made-up submissions drawn by the browser itself, so that it needs neither a reader nor a queue. With names, only
the screens and states whose name begins with one of them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypedDict

from playwright.sync_api import Browser, Page, StorageState, ViewportSize, sync_playwright

from intake_service import accounts, filing
from intake_service import review as reviewing
from intake_service.parts import SYSTEM, Parts
from intake_service.store import Move, State
from tests.browser import serving, states
from tests.browser.serving import PASSWORD
from tests.browser.states import Scene

OF_ONE = {
    "review-failed": "/review/{failed}",
    "review-reading": "/review/{reading}",
    "review-returned": "/review/{returned}",
    "register": "/submissions/{review}/register",
    "receipt": "/submissions/{review}/receipt",
    "letter": "/submissions/{returned}/letter",
    "filing": "/results/{accepted}/filing",
    "rules": "/review/{review}/rules",
    "rules-failed": "/review/{review}/rules?outcome=failed",
}
"""Screens of one submission, by the names ``populate`` gives them."""
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")


Look = Callable[[Page, str, Theme], None]
"""What is done with each screen and state, once it stands there: page, name, theme."""


class Window(TypedDict):
    """How every screen is opened."""

    viewport: ViewportSize
    locale: str


WINDOW: Window = {"viewport": {"width": 1366, "height": 768}, "locale": "zh-CN"}
ORGANISATIONS = (
    "株洲市芦淞区服饰职业培训学校",
    "湖南省家庭服务业协会",
    "衡阳技师学院",
    "湘潭华新电工职业技能培训有限公司",
    "常德市武陵区阳光养老服务中心（民办非企业单位）附属职业技能等级认定与培训评价中心",
    "永州市烹饪餐饮行业协会",
)
SCREENS = {
    "intake": "/intake",
    "note": "/intake/note",
    "queue": "/queue",
    "queue-failed": "/queue?status=failed",
    "queue-empty": "/queue?q=没有",
    "wall": "/wall",
    "results": "/results",
    "results-uncoded": "/results?uncoded=1",
    "lists": "/results/lists",
    "publication": "/results/publication",
    "overview": "/overview",
    "admin": "/admin",
    "admin-users": "/admin/users",
    "admin-access": "/admin/access",
    "admin-keeping": "/admin/keeping",
    "account": "/account",
    "trail": "/admin/trail?verify=1",
    "error": "/review/none",
}


def populate(parts: Parts, browser: Browser, organisations: int = len(ORGANISATIONS)) -> dict[str, str]:
    """A day's work; returns the ids that have a name."""
    prepared = serving.prepare(browser)
    colleague = states.COLLEAGUE
    accounts.add_user(parts, SYSTEM, colleague.name, "reviewer", PASSWORD, colleague.display_name)
    for number, name in enumerate(ORGANISATIONS[:organisations]):
        code = f"5243020{number}MJJ91{number}6018"
        serving.add_read(parts, prepared, f"{name[:6]}.png", org_name=name, uscc=code)
    for number, name in enumerate(("岳阳市君山区新兴职业培训学校", "郴州市汽车维修行业协会")):
        code = f"5143060{number}MJJ72{number}4013"
        done = serving.add_read(parts, prepared, f"{name[:5]}.png", org_name=name, uscc=code)
        look_through(parts, done)
        serving.accept(parts, done)
    file_two_sites(parts, done)
    failed = serving.add_failed(
        parts, "扫描0412.pdf", "encrypted_pdf", "PDF 设有打开密码。请去掉密码后再提交。"
    )
    serving.add_failed(
        parts,
        "传真.pdf",
        "processing_crashed",
        "读取程序三次意外退出，已隔离。可重新识读或人工录入。",
        State.QUARANTINED,
    )
    reading = serving.start_reading(parts, "湘西州申报材料.pdf", 12, 34)
    returned = serving.add_read(
        parts, prepared, "娄底.png", org_name="娄底市娄星区家政服务职业培训学校", uscc="52431300MJJ6120159"
    )
    reviewing.decide(
        parts, serving.REVIEWER, returned, 0, Move.RETURN, ["缺少材料：信用报告或诚信承诺书"], "请寄原件。"
    )
    return {
        "review": serving.add_read(parts, prepared, "长沙湘江.png"),
        "failed": failed,
        "reading": reading,
        "returned": returned,
        "accepted": done,
    }


def file_two_sites(parts: Parts, submission_id: str) -> None:
    """Code, period and sites, as the office gave them."""
    typed = {"code": "S000043010001", "valid_from": "2020-06-01", "valid_to": "2023-05-31"}
    sites = [("总部考点", "郴州市苏仙区青年大道 12 号"), ("资兴考点", "郴州市资兴市东江湾路 5 号")]
    version = reviewing.open_review(parts, submission_id).current.version
    filing.record_filing(parts, serving.REVIEWER, submission_id, version, filing.parse_filing(typed, sites))


def look_through(parts: Parts, submission_id: str) -> None:
    """Correct one doubt and confirm the others, as a reviewer does."""
    now = reviewing.correct(
        parts, serving.REVIEWER, submission_id, 0, "fields.legal_representative", "周明远"
    )
    for path in now.doubts:
        if not path.startswith("marks."):
            version = reviewing.open_review(parts, submission_id).current.version
            reviewing.confirm(parts, serving.REVIEWER, submission_id, version, path)


def log_in(page: Page, address: str, name: str = "lin") -> None:
    """Through the door, as a person."""
    page.goto(f"{address}/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def walk_at_work(browser: Browser, desk: Scene, look: Look, wanted: Sequence[str]) -> None:
    """Every screen and state of a desk at work, light and dark."""
    for theme in THEMES:
        context = browser.new_context(**WINDOW, color_scheme=theme)
        scene = replace(desk, page=context.new_page())
        scene.page.goto(f"{desk.address}/login")
        look(scene.page, "login", theme)
        log_in(scene.page, desk.address, "admin")
        cookies = context.storage_state()
        for name, path in (SCREENS | OF_ONE).items():
            if is_wanted(name, wanted):
                states.someone_reads(desk.parts)
                scene.page.goto(f"{desk.address}{path.format(**desk.ids)}")
                look(scene.page, name, theme)
        if is_wanted("review", wanted):
            walk_review(scene.page, f"{desk.address}/review/{desk.ids['review']}", look, theme)
        context.close()
        for name, bring_about in states.STATES.items():
            if is_wanted(name, wanted):
                states.someone_reads(desk.parts)
                show_state(browser, desk, bring_about, cookies, look, (name, theme))


def show_state(
    browser: Browser, desk: Scene, bring_about: Callable[[Scene], None], cookies: StorageState, look: Look,
    called: tuple[str, Theme],
) -> None:  # fmt: skip
    """One state in a window of its own, so that it leaves nothing behind."""
    context = browser.new_context(**WINDOW, color_scheme=called[1], storage_state=cookies)
    scene = replace(desk, page=context.new_page())
    bring_about(scene)
    look(scene.page, *called)
    context.close()


def walk_first_day(browser: Browser, address: str, look: Look) -> None:
    """The screens of a desk on its first day."""
    for theme in THEMES:
        context = browser.new_context(**WINDOW, color_scheme=theme)
        page = context.new_page()
        log_in(page, address, "lin")
        for name, path in states.EMPTY.items():
            page.goto(f"{address}{path}")
            look(page, name, theme)
        context.close()


def is_wanted(name: str, wanted: Sequence[str]) -> bool:
    """Whether a picture of this name was asked for."""
    return not wanted or name.startswith(tuple(wanted))


def walk_review(page: Page, address: str, look: Look, theme: Theme) -> None:
    """The review page, from field to field."""
    page.goto(address)
    page.wait_for_selector(".field.here")
    look(page, "review", theme)
    page.focus('[name="occupations.r3.code"]')
    look(page, "review-table", theme)
    page.focus('[data-field="marks.authority_seal"] button')
    look(page, "review-marks", theme)
    page.keyboard.press("Alt+2")
    look(page, "review-checks", theme)
    page.keyboard.press("Alt+t")
    look(page, "review-return", theme)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    look(page, "help", theme)


def walk(look: Look, wanted: Sequence[str] = ()) -> None:
    """Show every screen and state, or those whose name begins with one of ``wanted``, to ``look``.

    Raises FileNotFoundError without a browser.
    """
    path = serving.chromium()
    if path is None:
        raise FileNotFoundError("chromium (Debian: apt-get install chromium)")
    with (
        tempfile.TemporaryDirectory() as data,
        tempfile.TemporaryDirectory() as nothing,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=path, args=[*serving.LAUNCH, "--lang=zh-CN"])
        parts = serving.desk_parts(Path(data))
        ids = populate(parts, browser)
        with serving.serving(parts) as address:
            desk = Scene(browser.new_page(), address, parts, ids, serving.prepare(browser))
            states.add_submissions(desk)
            walk_at_work(browser, desk, look, wanted)
        parts = serving.desk_parts(Path(nothing))
        with serving.serving(parts) as address:
            states.someone_reads(parts)
            if not wanted or "empty" in wanted:
                walk_first_day(browser, address, look)
        browser.close()


def main() -> int:
    """Write the pictures."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "out/screenshots")
    folder.mkdir(parents=True, exist_ok=True)

    def shot(page: Page, name: str, theme: Theme) -> None:
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(350)  # pictures and movement have come to rest
        page.screenshot(path=folder / f"{name}-{theme}.png")

    walk(shot, sys.argv[2:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
