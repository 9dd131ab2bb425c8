"""How quick the desk is: ``python -m tests.browser.bench``, printed as a table against what we promise ourselves.

A submission of 30 pages and a store of 10,000 submissions, both made up here; a real Chromium, everything on this
machine. Nothing else should run beside it.
"""

from __future__ import annotations

import hashlib
import io
import statistics
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from intake_service import indexing
from intake_service.parts import Parts
from intake_service.store import State, documents, new_id, page_files, submissions
from intake_service.store.settling import settle
from tests.browser import serving
from tests.browser.conftest import log_in
from tests.browser.paper import reading_of
from tests.browser.serving import Prepared

PAGES, STORE, TIMES = 30, 10_000, 7
READY = '#review[data-saving="0"] .here'
# Since the click, on the clock both pages share: until a field has the focus and its paper is drawn above it.
USABLE = """() => new Promise((done) => {
  const drawn = () => setTimeout(() => done(performance.timeOrigin + performance.now()));
  const look = () => requestAnimationFrame(
    document.querySelector('#review[data-saving="0"] .here [data-crop] canvas') ? drawn : look);
  look();
})"""
# From the click (which is when the browser's own clock of a page starts) to its first text on screen.
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
# From a key going down to the frame that shows what it did.
KEYSTROKES = """() => {
  globalThis.strokes = [];
  addEventListener('keydown', (event) => requestAnimationFrame(() => setTimeout(
    () => strokes.push(performance.now() - event.timeStamp))), true);
}"""
# From the focus moving to the frame in which the field's box stands still in the middle of the stage.
CENTRED = """(name) => new Promise((done) => {
  const field = document.querySelector(`[name="${name}"]`) ?? document.querySelector(`[data-field="${name}"] button`);
  const stage = document.getElementById('stage').getBoundingClientRect();
  const start = performance.now();
  field.focus();
  const look = () => {
    const box = document.querySelector('.overlay.current')?.getBoundingClientRect();
    const off = box ? Math.abs((box.top + box.bottom - stage.top - stage.bottom) / 2) : 999;
    if (off < 30 || performance.now() - start > 5000) done(performance.now() - start); else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


def add_thick(parts: Parts, prepared: Prepared) -> str:
    """A submission of 30 pages that was read: the form on two, then materials."""
    submission_id = serving.hand_in(parts, prepared.pictures[0] + b" thick", "厚.png", channel="mail")
    with parts.store.write() as tx:
        document = documents.of_submission(tx, submission_id)[0]
        leased = documents.take_lease(tx, document.id, "bench", 600)
        assert leased is not None
        settle(tx, submission_id)
        for number in range(1, PAGES + 1):
            picture = prepared.pictures[number - 1] if number <= 2 else numbered(prepared.pictures[1], number)
            page_files.keep(tx, leased.id, number, parts.files.put(io.BytesIO(picture), 50_000_000).hash)
        reading = reading_of(prepared.form, prepared.places, "厚.png", document.file_hash)
        reading["file"]["pages"] = PAGES
        reading["pages"] += [
            {**reading["pages"][1], "number": number, "role": "material", "material": 2 + number % 5}
            for number in range(3, PAGES + 1)
        ]
        documents.finish(tx, leased, reading, PAGES)
        settle(tx, submission_id)
        indexing.refresh(tx, submission_id)
    return submission_id


def numbered(picture: bytes, number: int) -> bytes:
    """The same page with another number on it, so that each page is a file of its own."""
    image = Image.open(io.BytesIO(picture)).convert("L")
    ImageDraw.Draw(image).text((60, 40), f"{number} / {PAGES}", fill=0)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def fill_store(parts: Parts, count: int) -> None:
    """Submissions as they would lie there after some weeks: most of them in review."""
    start = datetime.now(UTC) - timedelta(days=30)
    with parts.store.write() as tx:
        for number in range(count):
            submission_id = new_id()
            submissions.insert(
                tx, id=submission_id, receipt_number=f"2019-{number:06d}", channel="mail", tracking_number="",
                postmark_date=None, received_at=start + timedelta(minutes=4 * number), sender="邮政支局",
                copies=1, call=parts.settings.call, note="", created_by="shou",
            )  # fmt: skip
            decided = {7: State.ACCEPTED, 8: State.RETURNED, 9: State.REJECTED}
            name = hashlib.sha256(str(number).encode()).hexdigest()
            submissions.update(
                tx, submission_id, status=decided.get(number % 10, State.IN_REVIEW), doubts=number % 12,
                failed_checks=number % 4,
                decided_at=start + timedelta(minutes=4 * number) if number % 10 in decided else None,
                org_name=f"某市第{number}职业培训学校", uscc=f"52430{number - (number % 50 == 1):013d}"[:18],
                contact_phone=f"138{number:08d}",
            )  # fmt: skip
            documents.insert(
                tx, id=new_id(), submission_id=submission_id, position=0, name=f"{name[:8]}.pdf",
                file_hash=name, size=1, media_type="application/pdf",
            )  # fmt: skip


def opening(browser: Browser, address: str, thick: str, *, fresh: bool) -> list[float]:
    """Milliseconds from Enter on the queue's line to a usable review page; ``fresh`` with an empty cache."""
    took = []
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    log_in(context.new_page(), address, "lin")
    state = context.storage_state()
    for _ in range(TIMES):
        if fresh:
            context.close()
            context = browser.new_context(viewport={"width": 1366, "height": 768}, storage_state=state)
        page = context.new_page()
        page.goto(f"{address}/queue")
        page.wait_for_load_state("networkidle")  # a person looks at the queue before opening anything
        page.locator(f'a[href$="{thick}"]').focus()
        page.evaluate(
            "document.activeElement.addEventListener('click', () => sessionStorage.setItem('t', Date.now()))"
        )
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/review/{thick}", wait_until="commit")
        end = page.evaluate(USABLE)
        took.append(end - page.evaluate("Number(sessionStorage.getItem('t'))"))
        page.close()
    context.close()
    return took[0 if fresh else 1 :]


def typing(page: Page) -> tuple[list[float], list[float]]:
    """Milliseconds of forty keystrokes in a field, and of twenty going to the next field."""
    page.evaluate(KEYSTROKES)
    page.focus('[name="fields.address"]')
    page.keyboard.press("End")
    for letter in "湖南省长沙市岳麓区麓山路".encode().hex()[:40]:
        page.keyboard.press(letter)
        page.wait_for_timeout(120)  # as fast as people type: what is measured is not the keys before
    typed = list(page.evaluate("strokes.splice(0)"))
    for _ in range(20):
        page.keyboard.press("Tab")
        page.wait_for_timeout(250)
    return typed, list(page.evaluate("strokes"))


def centring(page: Page) -> tuple[list[float], list[float]]:
    """Milliseconds until the box stands in the middle: on the same page, and on the other page."""
    near = [
        page.evaluate(CENTRED, f"fields.{name}")
        for name in ("email", "org_name", "contact_phone", "uscc", "address")
        for _ in range(2)
    ]
    far = [
        page.evaluate(CENTRED, name) for _ in range(4) for name in ("marks.authority_seal", "fields.org_name")
    ]
    return near, far


def listing(browser: Browser, address: str) -> dict[str, list[float]]:
    """Milliseconds until the queue of a full store stands on screen: plain, searched, at the last page."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    log_in(page, address, "lin")
    took: dict[str, list[float]] = {}
    for what, path in (
        ("queue of 10,000", "/queue"),
        ("  searched for a name", "/queue?q=第4711职业"),
        ("  newest first, all states", "/queue?status=all"),
        ("  most doubts first", "/queue?sort=doubtful"),
        ("  page by page from the middle", "/queue?sort=clear&cursor=6_0"),
        ("  broken rules, nobody on it", "/queue?failing=1&holder=-"),
        ("  likely duplicates", "/queue?alike=1&status=all"),
    ):
        for _ in range(TIMES):
            page.goto(f"{address}{path}")
            page.wait_for_selector("[data-rows] tr")
            took.setdefault(what, []).append(page.evaluate(PAINTED))
    context.close()
    return took


def line(what: str, took: Sequence[float], goal: int) -> str:
    """Median and worst, as the table shows them; a goal is met by the median, with what the worst did beside it."""
    median, worst = statistics.median(took), max(took)
    met = "met" if worst <= goal else "met, not by the worst" if median <= goal else "MISSED"
    return f"{what:34} {median:7.0f} {worst:7.0f} {goal:6}   {met}"


def main() -> int:
    """Print the table."""
    path = serving.chromium()
    if path is None:
        sys.stderr.write("the bench needs chromium (Debian: apt-get install chromium)\n")
        return 1
    with tempfile.TemporaryDirectory() as data, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(serving.LAUNCH))
        parts = serving.desk_parts(Path(data))
        thick = add_thick(parts, serving.prepare(browser))
        with serving.serving(parts) as address:
            lines = [
                line("open 30 pages, empty cache", opening(browser, address, thick, fresh=True), 1000),
                line("open 30 pages", opening(browser, address, thick, fresh=False), 1000),
            ]
            context = browser.new_context(viewport={"width": 1366, "height": 768})
            page = context.new_page()
            log_in(page, address, "lin")
            page.goto(f"{address}/review/{thick}")
            page.wait_for_selector(READY)
            page.wait_for_load_state("networkidle")
            near, far = centring(page)
            lines += [line("focus to centred", near, 150), line("  on another page", far, 150)]
            typed, tabbed = typing(page)
            lines += [
                line("a keystroke's answer", typed, 50),
                line("  on to the next field", tabbed, 50),
            ]
            context.close()
            fill_store(parts, STORE)
            lines += [line(what, took, 300) for what, took in listing(browser, address).items()]
        browser.close()
    sys.stdout.write(
        f"{'milliseconds':34} {'median':>7} {'worst':>7} {'goal':>6}\n" + "\n".join(lines) + "\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
