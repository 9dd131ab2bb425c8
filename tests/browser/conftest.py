"""One browser and one drawn form a test process; a desk of its own for each test file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, StorageState, expect, sync_playwright

from intake_service.parts import Parts
from intake_service.web import frontend_build
from tests.browser import serving
from tests.browser.serving import PASSWORD, Prepared
from tests.waiting import PATIENCE_S

SETTLED = '#review[data-saving="0"]'
"""The review page listens, and no answer of the server is outstanding."""

expect.set_options(timeout=PATIENCE_S * 1000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a network of its own."""
    path = serving.chromium()
    if path is None:
        pytest.skip("needs chromium: apt-get install chromium")
    if frontend_build.missing_files():
        pytest.skip("needs the browser packages: python -m intake_service.web.frontend_build")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=list(serving.LAUNCH))
        yield running
        running.close()


@pytest.fixture(scope="session")
def prepared(browser: Browser) -> Prepared:
    return serving.prepare(browser)


@dataclass(frozen=True)
class Desk:
    """A served desk. ``troubles`` collects console errors and requests to other hosts of all its pages."""

    address: str
    parts: Parts
    troubles: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Note whatever no page of ours may do."""

        def asked(request: Request) -> None:
            if not request.url.startswith((self.address, "data:", "blob:")):
                self.troubles.append(f"request to {request.url}")

        context.on("request", asked)
        context.on("console", lambda message: self._note(message.type, message.text))
        context.on("weberror", lambda error: self.troubles.append(f"exception {error.error}"))

    def _note(self, kind: str, text: str) -> None:
        # A refused save or page is told by its status too; the browser repeats it as an error of its own.
        if kind == "error" and "the server responded with a status of" not in text:
            self.troubles.append(f"console {text}")


@pytest.fixture(scope="module")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    parts = serving.desk_parts(tmp_path_factory.mktemp("desk"))
    with serving.serving(parts) as address:
        yield Desk(address, parts)


@pytest.fixture(scope="module")
def session(browser: Browser, desk: Desk) -> StorageState:
    """The cookies of the reviewer ``lin``, who logs in once a file."""
    context = browser.new_context()
    log_in(context.new_page(), desk.address, "lin")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(browser: Browser, desk: Desk, session: StorageState) -> Iterator[Page]:
    """A page of the reviewer ``lin``; afterwards it must have been quiet."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768},
        locale="zh-CN",
        reduced_motion="reduce",
        storage_state=session,
    )
    desk.watch(context)
    desk.troubles.clear()
    yield context.new_page()
    context.close()
    assert desk.troubles == []


@pytest.fixture
def opened(page: Page, desk: Desk, prepared: Prepared) -> str:
    """A fresh submission on screen, its first doubt focused."""
    submission_id = serving.add_read(desk.parts, prepared)
    show(page, desk, submission_id)
    return submission_id


def show(page: Page, desk: Desk, submission_id: str) -> None:
    """Open a submission's review page and wait until its first doubt is focused."""
    page.goto(f"{desk.address}/review/{submission_id}")
    page.wait_for_selector(f"{SETTLED} .here")


def log_in(page: Page, address: str, name: str) -> None:
    """By keyboard, as a person."""
    page.goto(f"{address}/login")
    page.wait_for_selector("#name:focus")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
