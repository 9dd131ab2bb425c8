"""收件: files in, the register beside them, progress by polling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from extractors.form.layout import default_layout
from intake_service import intake, queue
from intake_service.store import State
from intake_service.store.documents import Document
from intake_service.store.submissions import Filter, Submission
from intake_service.web import words
from intake_service.web.door import actor, parts, wants_json
from intake_service.web.words import Look

REGISTER = ("channel", "tracking_number", "postmark_date", "received_at", "sender", "copies", "note")
UNSETTLED = {State.RECEIVED, State.READING}
RECENT = 12
ALIKE = "可能与别的收件重复（文件相同，或同一批次里信用代码相同）。"


@dataclass(frozen=True, slots=True)
class Progress:
    """One submission's line: its look, a sentence, how far (0..1), whether that is final."""

    title: str
    receipt_number: str
    url: str
    poll: str
    register: str
    state: Look
    say: str
    share: float
    settled: bool
    notice: str = ""


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/intake", "intake", show)
    web.add_url_rule("/intake/upload", "upload", upload, methods=["POST"])
    web.add_url_rule("/submissions/<submission_id>/progress", "progress", progress)


def show() -> ResponseReturnValue:
    """The drop zone, the register and the newest submissions."""
    g.active = "inbox"
    settings = parts().settings
    since = datetime.now(UTC) - timedelta(hours=12)
    page = queue.list_submissions(parts(), Filter(), limit=RECENT)
    fresh = [submission.id for submission in page.items if submission.created_at > since]
    alike = queue.beside(parts(), fresh).alike
    recent = [to_progress(*queue.get_submission(parts(), each), alike=each in alike) for each in fresh]
    return render_template(
        "intake.html",
        channels=list(intake.CHANNELS.items()),
        max_file_mb=settings.max_file_mb,
        max_files=settings.max_files,
        now_local=words.local(datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M"),
        call_title=default_layout().call.document,
        recent=recent,
    )


def upload() -> ResponseReturnValue:
    """Take one parcel of files with its register entry."""
    meta = intake.parse_meta(
        {name: value for name in REGISTER if (value := request.form.get(name, "").strip())}
    )
    chosen = [
        intake.UntrustedFile(f.filename or "", f.stream) for f in request.files.getlist("file") if f.filename
    ]
    accepted = intake.accept_upload(parts(), actor(), chosen, meta)
    if not wants_json():
        return redirect(url_for("web.intake"), code=303)
    line = to_progress(*queue.get_submission(parts(), accepted.submission.id))
    notice = (
        f"与已收件 {'、'.join(accepted.same_bytes)} 的文件相同，请留意是否重复。"
        if accepted.same_bytes
        else ""
    )
    return jsonify(
        receipt_number=line.receipt_number,
        url=line.url,
        poll=line.poll,
        notice=notice,
        register=line.register,
    ), 202


def progress(submission_id: str) -> ResponseReturnValue:
    """How far one submission is, for the page's polling."""
    submission, files = queue.get_submission(parts(), submission_id)
    settled = submission.status not in UNSETTLED
    alike = settled and submission_id in queue.beside(parts(), [submission_id]).alike
    line = to_progress(submission, files, alike=alike)
    return jsonify(
        state=line.state.to_json(), say=line.say, share=line.share, settled=line.settled, title=line.title,
        notice=line.notice,
    )  # fmt: skip


def to_progress(submission: Submission, files: list[Document], *, alike: bool = False) -> Progress:
    """A submission and its files as one line."""
    settled = submission.status not in UNSETTLED
    done = queue.progress(files)
    share = (
        done.pages_done / done.pages_total if done.pages_total else done.files_done / max(1, done.files_total)
    )
    return Progress(
        title=submission.org_name or (files[0].name if files else submission.receipt_number),
        receipt_number=submission.receipt_number,
        url=url_for("web.review", submission_id=submission.id),
        poll="" if settled else url_for("web.progress", submission_id=submission.id),
        register=url_for("web.register", submission_id=submission.id),
        state=words.SUBMISSION_LOOKS[submission.status],
        say=_sentence(submission, files, done),
        share=round(share, 3),
        settled=settled,
        notice=ALIKE if alike else "",
    )


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
