"""Pictures of every screen in both themes: ``python -m tests.browser.screenshots FOLDER``.

Shows made-up submissions drawn by the browser itself, so that it needs neither a reader nor a queue.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from intake_service import review as reviewing
from intake_service.parts import Parts
from intake_service.store import Move, State
from tests.browser import serving
from tests.browser.serving import PASSWORD

OF_ONE = {
    "review-failed": "/review/{failed}",
    "review-reading": "/review/{reading}",
    "review-returned": "/review/{returned}",
    "register": "/submissions/{review}/register",
    "receipt": "/submissions/{review}/receipt",
    "letter": "/submissions/{returned}/letter",
}
"""Screens of one submission, by the names ``populate`` gives them."""
SIZE: ViewportSize = {"width": 1366, "height": 768}
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
    "queue": "/queue",
    "queue-failed": "/queue?status=failed",
    "queue-empty": "/queue?q=没有",
    "wall": "/wall",
    "results": "/results",
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
    for number, name in enumerate(ORGANISATIONS[:organisations]):
        code = f"5243020{number}MJJ91{number}6018"
        serving.add_read(parts, prepared, f"{name[:6]}.png", org_name=name, uscc=code)
    for number, name in enumerate(("岳阳市君山区新兴职业培训学校", "郴州市汽车维修行业协会")):
        code = f"5143060{number}MJJ72{number}4013"
        done = serving.add_read(parts, prepared, f"{name[:5]}.png", org_name=name, uscc=code)
        serving.accept(parts, done)
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
    }


def log_in(page: Page, address: str, name: str = "lin") -> None:
    """Through the door, as a person."""
    page.goto(f"{address}/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def take(browser: Browser, address: str, ids: dict[str, str], folder: Path) -> None:
    """Every screen, light and dark, and a few states."""
    for theme in ("light", "dark"):
        context = browser.new_context(viewport=SIZE, color_scheme=theme, locale="zh-CN")
        page = context.new_page()
        page.goto(f"{address}/login")
        shot(page, folder, "login", theme)
        log_in(page, address, "admin")
        for name, path in SCREENS.items():
            page.goto(f"{address}{path}")
            shot(page, folder, name, theme)
        for name, path in OF_ONE.items():
            page.goto(f"{address}{path.format(**ids)}")
            shot(page, folder, name, theme)
        review(page, address, ids["review"], folder, theme)
        context.close()


def review(page: Page, address: str, submission_id: str, folder: Path, theme: str) -> None:
    """The review page in its states."""
    page.goto(f"{address}/review/{submission_id}")
    page.wait_for_selector(".field.here")
    shot(page, folder, "review", theme)
    page.focus('[name="occupations.r3.code"]')
    shot(page, folder, "review-table", theme)
    page.focus('[data-field="marks.authority_seal"] button')
    shot(page, folder, "review-marks", theme)
    page.keyboard.press("Alt+2")
    shot(page, folder, "review-checks", theme)
    page.keyboard.press("Alt+t")
    shot(page, folder, "review-return", theme)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    shot(page, folder, "help", theme)


def shot(page: Page, folder: Path, name: str, theme: str) -> None:
    """One picture, after pictures and movement have come to rest."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(350)
    page.screenshot(path=folder / f"{name}-{theme}.png")


def main() -> int:
    """Write the pictures."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "out/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    path = serving.chromium()
    if path is None:
        sys.stderr.write("screenshots need chromium (Debian: apt-get install chromium)\n")
        return 1
    with tempfile.TemporaryDirectory() as data, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(serving.LAUNCH))
        parts = serving.desk_parts(Path(data))
        ids = populate(parts, browser)
        with serving.serving(parts) as address:
            take(browser, address, ids, folder)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
