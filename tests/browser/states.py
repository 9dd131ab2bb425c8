"""States that a screen is seen in on some days only, each brought about as it comes about in earnest.

A state is a function that leaves its picture on the page of a ``Scene``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from unittest.mock import patch

from playwright.sync_api import FilePayload, Page

from extractors.form.second_entry import SecondEntry
from intake_service import queue, review, seconding
from intake_service.parts import Actor, Parts, Role
from intake_service.store import processes
from tests.browser import serving
from tests.browser.serving import Prepared

COLLEAGUE = Actor("wang", Role.REVIEWER, "王复核")
WORKER, WATCHER = "there:1:1", "there:2:2"
LONG = "湖南省长沙市岳麓区社会组织联合职业技能等级认定与培训评价中心（原省属企业职工教育培训基地）"
MARKUP = "<b>培训</b>学校 \u202egnp.exe"
"""What a hostile form or file may be called: markup, and a mark that turns the reading direction."""
READY = '#review[data-saving="0"] .here'


@dataclass(frozen=True)
class Scene:
    """A page of somebody logged in, the desk behind it, and the ids of ``screenshots.populate``."""

    page: Page
    address: str
    parts: Parts
    ids: dict[str, str]
    prepared: Prepared

    def go(self, path: str, wait_for: str = "h1") -> None:
        """Open a page."""
        self.page.goto(f"{self.address}{path.format(**self.ids)}")
        self.page.wait_for_selector(wait_for)


def someone_reads(parts: Parts) -> None:
    """As a worker says of itself every few seconds."""
    with parts.store.write() as tx:
        processes.beat(tx, WORKER, "worker", {"engine": "rapidocr"})


def scan(name: str, content: bytes) -> FilePayload:
    """A file as the file chooser hands it over."""
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def many_rows(scene: Scene) -> str:
    """A submission whose names are as long as they can be, with 20 occupations."""
    form = scene.prepared.form
    rows = [{**form.rows[at % 4], "seq": str(at + 1)} for at in range(20)]
    rows[5]["name"] = "职业技能等级认定高级考评员" * 4
    form = replace(form, rows=rows)
    return serving.add_read(
        scene.parts, replace(scene.prepared, form=form), f"{MARKUP}.png",
        org_name=LONG * 10, legal_representative=MARKUP, email=f"{'x' * 480}@example.cn",
    )  # fmt: skip


def login_wrong(scene: Scene) -> None:
    scene.page.context.clear_cookies()
    scene.page.goto(f"{scene.address}/login")
    scene.page.fill("#name", "lin")
    scene.page.fill("#password", "not-the-password")
    scene.page.keyboard.press("Enter")
    scene.page.wait_for_selector(".note")


def login_busy(scene: Scene) -> None:
    with locked(scene.parts):
        login_wrong(scene)


@contextmanager
def locked(parts: Parts) -> Iterator[None]:
    """Somebody else holds the database while the block runs."""
    with parts.store.write():
        yield


def intake_refused(scene: Scene) -> None:
    scene.go("/intake", "#drop")
    scene.page.set_input_files("#files", [scan("申报表.docx", b"PK"), scan("空白.pdf", b"")])
    scene.page.set_input_files("#files", [scan("传真 0412.pdf", b"\x89PNG\r\n\x1a\n")])
    scene.page.wait_for_selector(".file:nth-child(1) .status")


def intake_cut(scene: Scene) -> None:
    scene.go("/intake", "#drop")
    scene.page.route("**/intake/upload", lambda route: route.abort("connectionreset"))
    scene.page.set_input_files("#files", [scan("株洲芦淞申报表.pdf", b"%PDF-1.7 cut")])
    scene.page.wait_for_selector(".file .again:not([hidden])")
    scene.page.unroute("**/intake/upload")


def intake_logged_out(scene: Scene) -> None:
    scene.go("/intake", "#drop")
    scene.page.context.clear_cookies()
    scene.page.set_input_files("#files", [scan("衡阳申报表.pdf", b"%PDF-1.7 late")])
    scene.page.wait_for_selector("[data-log-in]:not([hidden])")


def intake_nobody_reads(scene: Scene) -> None:
    with scene.parts.store.write() as tx:
        processes.leave(tx, WORKER)
    scene.go("/intake", "#meanwhile .note")


def intake_watched(scene: Scene) -> None:
    report = {
        "folder": "/mnt/扫描仪/三楼收发室", "trouble": "", "waiting": [["湘潭华新 第3页.pdf", "正在写入，写完就收。"]],
        "refused": [["附件.docx", "不是 PDF 或图片。"], [MARKUP + ".pdf", "PDF 设有打开密码，请去掉密码后再放进来。"]],
        "refused_count": 2,
    }  # fmt: skip
    with scene.parts.store.write() as tx:
        processes.beat(tx, WATCHER, "watch", report)
    scene.go("/intake", ".watched")
    with scene.parts.store.write() as tx:
        processes.leave(tx, WATCHER)


def queue_chosen(scene: Scene) -> None:
    scene.go("/queue?status=all", "[data-rows] tr")
    for key in ("j", "x", "j", "x", "j", "x", "s"):
        scene.page.keyboard.press(key)
    scene.page.wait_for_selector("#sure[open]")


def review_long(scene: Scene) -> None:
    scene.go(f"/review/{scene.ids['long']}", READY)
    scene.page.focus('[name="fields.org_name"]')


def review_rows(scene: Scene) -> None:
    scene.go(f"/review/{scene.ids['long']}", READY)
    scene.page.focus('[name="occupations.r6.name"]')


def review_conflict(scene: Scene) -> None:
    scene.go("/review/{review}", READY)
    scene.page.focus('[name="fields.contact_person"]')
    scene.page.keyboard.press("Control+a")
    scene.page.keyboard.type("何晓云")
    now = review.open_review(scene.parts, scene.ids["review"]).current
    theirs = "何晓芳" if now.fields["contact_person"].text != "何晓芳" else "何小芸"
    who = Actor(
        queue.get_submission(scene.parts, scene.ids["review"])[0].claimant() or "", Role.REVIEWER
    )  # in another window
    review.correct(scene.parts, who, scene.ids["review"], now.version, "fields.contact_person", theirs)
    scene.page.keyboard.press("Enter")
    scene.page.wait_for_selector(".conflict")


def review_logged_out(scene: Scene) -> None:
    scene.go("/review/{review}", READY)
    scene.page.focus('[name="fields.email"]')
    scene.page.keyboard.type("xjpx2020@example.cn")
    scene.page.context.clear_cookies()
    scene.page.keyboard.press("Enter")
    scene.page.wait_for_selector(".toast[data-state=fail]")


def review_somebody_elses(scene: Scene) -> None:
    queue.claim(scene.parts, COLLEAGUE, scene.ids["held"])
    scene.go("/review/{held}", "#review")


def review_typed_in(scene: Scene) -> None:
    scene.go("/review/{typed}", READY)


def review_tab(key: str) -> Callable[[Scene], None]:
    def state(scene: Scene) -> None:
        scene.go("/review/{review}", READY)
        scene.page.keyboard.press(f"Alt+{key}")

    return state


def review_dialog(key: str) -> Callable[[Scene], None]:
    def state(scene: Scene) -> None:
        scene.go("/review/{review}", READY)
        scene.page.keyboard.press(key)
        scene.page.wait_for_selector("dialog[open]")

    return state


def review_drawing(scene: Scene) -> None:
    scene.go("/review/{review}", READY)
    scene.page.wait_for_selector(".overlay.current")
    scene.page.keyboard.press("Alt+d")
    scene.page.wait_for_selector(".draft")


def second_blind(scene: Scene) -> None:
    with patch.object(seconding, "rule", lambda: SecondEntry(("org_name", "uscc"))):
        scene.go("/review/{once}/second", ".second-item")


def second_compared(scene: Scene) -> None:
    with patch.object(seconding, "rule", lambda: SecondEntry(("org_name", "uscc"))):
        found = review.open_review(scene.parts, scene.ids["twice"]).current
        if found.version < 4:
            for number, (path, text) in enumerate(
                (("org_name", "张家界市永定区旅游职业培训学校"), ("uscc", "52430800MJJ6318172"))
            ):
                place = (scene.parts, COLLEAGUE, scene.ids["twice"], found.version + number)
                review.enter_second(*place, f"fields.{path}", text)
        scene.go("/review/{twice}/second", ".versus")


def receipt_printed(scene: Scene) -> None:
    printed(scene, "/submissions/{review}/receipt")


def letter_printed(scene: Scene) -> None:
    printed(scene, "/submissions/{returned}/letter")


def printed(scene: Scene, path: str) -> None:
    scene.go(path)
    scene.page.emulate_media(media="print")


def enlarged(path: str, wait_for: str = "h1") -> Callable[[Scene], None]:
    """At 200 %, which gives a page half the width."""

    def state(scene: Scene) -> None:
        scene.page.set_viewport_size({"width": 683, "height": 384})
        scene.go(path, wait_for)

    return state


def forced_colours(scene: Scene) -> None:
    scene.page.emulate_media(forced_colors="active")
    scene.go("/review/{review}", READY)


STATES: dict[str, Callable[[Scene], None]] = {
    "intake-refused": intake_refused,
    "intake-cut": intake_cut,
    "intake-nobody-reads": intake_nobody_reads,
    "intake-watched": intake_watched,
    "queue-chosen": queue_chosen,
    "review-long": review_long,
    "review-rows": review_rows,
    "review-conflict": review_conflict,
    "review-somebody-elses": review_somebody_elses,
    "review-typed-in": review_typed_in,
    "review-register": review_tab("3"),
    "review-history": review_tab("4"),
    "review-accept": review_dialog("Control+Enter"),
    "review-reject": review_dialog("Alt+j"),
    "review-drawing": review_drawing,
    "second-blind": second_blind,
    "second-compared": second_compared,
    "receipt-printed": receipt_printed,
    "letter-printed": letter_printed,
    "intake-enlarged": enlarged("/intake", "#drop"),
    "queue-enlarged": enlarged("/queue", "[data-rows] tr"),
    "review-enlarged": enlarged("/review/{review}", READY),
    "review-forced-colours": forced_colours,
    "intake-logged-out": intake_logged_out,
    "review-logged-out": review_logged_out,
    "login-wrong": login_wrong,
    "login-busy": login_busy,
}
EMPTY = {
    "intake-empty": "/intake",
    "queue-nothing": "/queue",
    "all-done": "/review/next",
    "wall-empty": "/wall",
    "results-empty": "/results",
    "overview-empty": "/overview",
}
"""Screens of a desk on its first day."""


def add_submissions(scene: Scene) -> None:
    """What the states above are about; the ids are added to the scene's."""
    parts, prepared = scene.parts, scene.prepared
    scene.ids["long"] = many_rows(scene)
    scene.ids["held"] = serving.add_read(
        parts, prepared, "益阳.png", org_name="益阳市资阳区安化黑茶职业培训学校"
    )
    scene.ids["typed"] = serving.add_failed(parts, "怀化.pdf", "corrupt_file", "文件已损坏，无法打开。")
    queue.type_in(parts, COLLEAGUE, scene.ids["typed"])
    scene.ids["once"] = entered_once(scene, "慈利.png", "慈利县家政服务行业协会")
    scene.ids["twice"] = entered_once(scene, "张家界.png", "张家界市永定区旅游职业培训学校")


def entered_once(scene: Scene, file: str, org_name: str) -> str:
    """A submission whose two fields wait for their second entry."""
    with patch.object(seconding, "rule", lambda: SecondEntry(("org_name", "uscc"))):
        made = serving.add_read(scene.parts, scene.prepared, file, org_name=org_name)
        review.correct(scene.parts, serving.REVIEWER, made, 0, "fields.org_name", org_name)
        review.correct(scene.parts, serving.REVIEWER, made, 1, "fields.uscc", "52430800MJJ6318127")
    return made
