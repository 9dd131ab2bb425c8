"""收件: files in, the register beside them, what the scanner's folder brought; progress by polling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from extractors.form.layout import default_layout
from intake_service import intake, presence, queue, review
from intake_service.parts import WATCHED_FOLDER
from intake_service.store import State
from intake_service.store.documents import Document
from intake_service.store.submissions import Filter, Submission
from intake_service.web import words
from intake_service.web.door import actor, parts, wants_json
from intake_service.web.words import Look

REGISTER = (
    "channel",
    "tracking_number",
    "postmark_date",
    "received_at",
    "sender",
    "copies",
    "envelope",
    "note",
)
UNSETTLED = {State.RECEIVED, State.READING}
RECENT = 12
LONG_QUEUE = 30
"""Waiting files from which on the page says so: about a minute's reading for one process."""
MOST_NAMED = 3
"""How many likely duplicates a line names."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One submission's line: its look, a sentence, how far (0..1), whether that is final."""

    id: str
    title: str
    receipt_number: str
    url: str
    poll: str
    register: str
    state: Look
    say: str
    share: float
    settled: bool
    source: str
    notice: str = ""

    def to_json(self) -> dict[str, Any]:
        """For the page's script."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return told | {"state": self.state.to_json()}


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/intake", "intake", show)
    web.add_url_rule("/intake/upload", "upload", upload, methods=["POST"])
    web.add_url_rule("/intake/news", "news", news)
    web.add_url_rule("/submissions/<submission_id>/progress", "progress", progress)


def show() -> ResponseReturnValue:
    """The drop zone, the register, the scanner's folder and the newest submissions."""
    g.active = "inbox"
    settings = parts().settings
    return render_template(
        "intake.html",
        channels=list(intake.CHANNELS.items()),
        envelopes=intake.ENVELOPES,
        max_file_mb=settings.max_file_mb,
        max_files=settings.max_files,
        most_bytes=current_app.config["MAX_CONTENT_LENGTH"],
        now_local=now_local(),
        call_title=default_layout().call.document,
        recent=_recent(),
        **_meanwhile(),
    )


def now_local() -> str:
    """The minute it is on the office's clock, as a field for a time wants it."""
    return words.local(datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M")


def news() -> ResponseReturnValue:
    """What came since the page was made: lines of submissions later than ``after``, and what goes on meanwhile."""
    lines = [line.to_json() for line in _recent(request.args.get("after", ""))]
    return jsonify(lines=lines, meanwhile=render_template("meanwhile.html", **_meanwhile()).strip())


def upload() -> ResponseReturnValue:
    """Take one parcel of files with its register entry."""
    meta = intake.parse_meta(
        {name: value for name in (*REGISTER, "supplements") if (value := request.form.get(name, "").strip())}
    )
    chosen = [
        intake.UntrustedFile(f.filename or "", f.stream) for f in request.files.getlist("file") if f.filename
    ]
    # The page repeats an upload whose answer it did not hear, under the same key: it is taken once.
    key = request.headers.get("Idempotency-Key", "")
    accepted = intake.accept_upload(parts(), actor(), chosen, meta, key)
    if not wants_json():
        return redirect(url_for("web.intake"), code=303)
    line = to_progress(*queue.get_submission(parts(), accepted.submission.id))
    return jsonify(replace(line, notice=_same_file(accepted.same_bytes)).to_json()), 202


def progress(submission_id: str) -> ResponseReturnValue:
    """How far one submission is, for the page's polling."""
    submission, files = queue.get_submission(parts(), submission_id)
    settled = submission.status not in UNSETTLED
    alike = settled and submission_id in queue.beside(parts(), [submission_id]).alike
    return jsonify(to_progress(submission, files, alike=alike).to_json())


def _meanwhile() -> dict[str, Any]:
    """How the reading and the scanner's folder are, for ``meanwhile.html``."""
    return {"held_up": _held_up(presence.backlog(parts())), "watchers": presence.watchers(parts())}


def _held_up(backlog: presence.Backlog) -> str:
    """Why what is handed in now will not be read at once; empty when it will."""
    if not backlog.workers:
        waiting = f"，已有 {backlog.waiting} 个文件在等" if backlog.waiting else ""
        return f"识读程序没有在运行{waiting}。请照常收件，收下的不会丢，程序一恢复就接着读。请告诉管理员。"
    if backlog.waiting >= LONG_QUEUE:
        return f"前面有 {backlog.waiting} 个文件在等识读，要多等一会儿。请照常收件，不必守着这一页。"
    return ""


def _recent(after: str = "") -> list[Progress]:
    """The newest submissions of the last hours, newest first; only those later than the id ``after``."""
    since = datetime.now(UTC) - timedelta(hours=12)
    page = queue.list_submissions(parts(), Filter(), limit=RECENT)
    fresh = [each.id for each in page.items if each.created_at > since and each.id > after]
    alike = queue.beside(parts(), fresh).alike
    return [to_progress(*queue.get_submission(parts(), each), alike=each in alike) for each in fresh]


def to_progress(submission: Submission, files: list[Document], *, alike: bool = False) -> Progress:
    """A submission and its files as one line."""
    (submission,) = review.list_as(parts(), actor(), [submission])
    settled = submission.status not in UNSETTLED
    done = queue.progress(files)
    share = (
        done.pages_done / done.pages_total if done.pages_total else done.files_done / max(1, done.files_total)
    )
    return Progress(
        id=submission.id,
        title=submission.org_name or (files[0].name if files else submission.receipt_number),
        receipt_number=submission.receipt_number,
        url=url_for("web.review", submission_id=submission.id),
        poll="" if settled else url_for("web.progress", submission_id=submission.id),
        register=url_for("web.register", submission_id=submission.id),
        state=words.SUBMISSION_LOOKS[submission.status],
        say=_sentence(submission, files, done),
        share=round(share, 3),
        settled=settled,
        source=WATCHED_FOLDER.display_name if submission.created_by == WATCHED_FOLDER.name else "",
        notice=_alike(submission.id) if alike else "",
    )


def _alike(submission_id: str) -> str:
    """Which others it may repeat, by number."""
    same_files, same_code = queue.duplicates(parts(), submission_id)
    return _same_file([each.receipt_number for each in same_files]) + _named(
        "信用代码与{}相同，可能重复申报。", [each.receipt_number for each in same_code]
    )


def _same_file(numbers: Sequence[str]) -> str:
    return _named("文件与已收的{}相同，请留意是否重复。", numbers)


def _named(sentence: str, numbers: Sequence[str]) -> str:
    more = f" 等 {len(numbers)} 件" if len(numbers) > MOST_NAMED else ""
    return sentence.format(f" {'、'.join(numbers[:MOST_NAMED])}{more} ") if numbers else ""


def _sentence(submission: Submission, files: list[Document], done: queue.Progress) -> str:
    if submission.status is State.RECEIVED:
        return "已收妥，排队等待识读。"
    if submission.status is State.READING:
        pages = (
            f"第 {done.pages_done} / {done.pages_total} 页"
            if done.pages_total
            else f"已读 {done.pages_done} 页"
        )
        return f"正在识读：{pages}" + (
            f"，文件 {done.files_done} / {done.files_total}" if len(files) > 1 else ""
        )
    if submission.status in {State.FAILED, State.QUARANTINED}:
        return submission.error_message or words.error_advice(submission.error_code) or "读取没有完成。"
    if submission.status is State.IN_REVIEW:
        if submission.form_document_id is None:
            return f"共 {done.pages_done} 页，没有找到基本情况表，请人工查看。"
        return f"读完 {done.pages_done} 页，" + (
            f"{submission.doubts} 处待核对。" if submission.doubts else "没有疑点。"
        )
    return ""
