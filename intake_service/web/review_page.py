"""Everything ``review.html`` shows, gathered: fields, pages, register, materials, files, history, addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from extractors.form.layout import default_layout
from intake_service import intake, letters, pages, queue, review
from intake_service.pages import PageRef
from intake_service.parts import Role
from intake_service.review import Review
from intake_service.store.states import DECISIONS, State
from intake_service.store.submissions import Submission
from intake_service.web import words
from intake_service.web.door import actor, parts, shown_name
from intake_service.web.frontend_build import missing_files
from intake_service.web.materials import material_lines
from intake_service.web.review_view import (
    Content,
    decision_reasons,
    history_lines,
    is_editable,
    review_content,
)

MAX_TWINS = 20
UNREAD = {State.RECEIVED, State.READING, State.FAILED, State.QUARANTINED}


def build(opened: Review) -> dict[str, Any]:
    """The template's ``view``."""
    submission, who = opened.submission, actor()
    refs = pages.list_pages(parts(), submission.id)
    content = review_content(opened, refs)
    editable = is_editable(opened, who.name, may_review=who.may(Role.REVIEWER))
    materials = material_lines(opened)
    holder = submission.claimant() or ""
    listed = _page_list(opened, refs, content)
    failed = any(document.error_code for document in opened.documents)
    return {
        "id": submission.id,
        "version": opened.current.version,
        "title": submission.org_name or submission.receipt_number,
        "receipt_number": submission.receipt_number,
        "channel": intake.CHANNELS.get(submission.channel, submission.channel),
        "received_at": submission.received_at,
        "state": words.SUBMISSION_LOOKS[submission.status],
        "rounds": max((document.round for document in opened.documents), default=0),
        "claimed_by": holder,
        "claimed_by_me": holder == who.name,
        "editable": editable,
        "may_decide": editable and not opened.hidden,
        "doubts": len(opened.current.doubts) if submission.status is State.IN_REVIEW else 0,
        "failed_checks": content.failed,
        "checks": content.checks,
        "sections": content.sections if opened.reading or submission.status not in UNREAD else (),
        "matched": None
        if opened.reading is None and submission.status in UNREAD
        else opened.reading is not None,
        "deviations": (opened.reading or {}).get("form", {}).get("deviations", ()),
        "pages": listed,
        "first_picture": _first_picture(listed, content),
        "vendor_missing": bool(missing_files()),
        "reading_say": "文件没有读成，原件可以下载。" if failed else "正在识读，读完后会显示在这里。",
        "in_review": submission.status is State.IN_REVIEW,
        "awaits_second": submission.awaits_second if submission.status is State.IN_REVIEW else 0,
        "failed_say": _failed_say(submission),
        "legend": words.LEGEND,
        "drafts": {
            "return": letters.draft(opened, "supplement", ()),
            "reject": letters.draft(opened, "refusal", ()),
        },
        "unreadable": failed and not refs,
        "register": _register(submission),
        "twins": _twins(submission.id),
        "materials": materials,
        "may_tick": submission.status not in DECISIONS.values(),
        "files": _files(opened),
        "warnings": [words.PAGE_WARNINGS.get(w, w) for w in (opened.reading or {}).get("warnings", ())],
        "history": history_lines(review.history_as(parts(), opened), content.labels),
        "decision_reasons": decision_reasons(opened, content.labels),
        "urls": _urls(submission, editable=editable),
        "can_reopen": submission.status in DECISIONS.values() and who.may(Role.ADMIN),
        "decided_say": _decided_say(submission),
        "locked_say": _locked_say(submission, holder, may_review=who.may(Role.REVIEWER)),
    }


def _urls(submission: Submission, *, editable: bool) -> dict[str, str]:
    def to(endpoint: str, **more: Any) -> str:
        return url_for(f"web.{endpoint}", submission_id=submission.id, **more)

    failed = submission.status in {State.FAILED, State.QUARANTINED} and actor().may(Role.REVIEWER)
    files = queue.get_submission(parts(), submission.id)[1]
    form = submission.form_document_id or files[0].id
    return {
        "save": to("review_save"),
        "state": to("review_state"),
        "rows": to("review_rows"),
        "reread": to("review_reread"),
        "undo": to("review_undo"),
        "decide": to("review_decide"),
        "reopen": to("review_reopen"),
        "retry": to("review_retry") if failed else "",
        "type_in": to("review_type_in") if failed else "",
        "materials": to("materials"),
        "register": to("register"),
        "rules": to("rules"),
        "receipt": to("receipt"),
        "letter": to("letter") if submission.status in letters.DECISION_LETTERS else "",
        "claim": to("claim") if editable else "",
        "original": to("original", document_id=form),
        "searchable": to("searchable"),
        "next": url_for("web.review_next", after=submission.id),
    }


def _page_list(opened: Review, refs: Sequence[PageRef], content: Content) -> list[dict[str, Any]]:
    read = {page["number"]: page for page in (opened.reading or {}).get("pages", ())}
    rounds = {document.id: document.round for document in opened.documents}
    files = [ref.document_id for ref in refs]
    doubtful = {place.page for item in content.items() if item.open for place in item.parts}
    listed = []
    for place, ref in enumerate(refs):
        told = (
            read.get(ref.document_page, {}) if ref.document_id == opened.submission.form_document_id else {}
        )
        listed.append(
            {
                "number": ref.number,
                "url": url_for(
                    "web.page_picture",
                    submission_id=opened.submission.id,
                    document_id=ref.document_id,
                    number=ref.document_page,
                ),
                "cover": url_for(
                    "web.page_cover",
                    submission_id=opened.submission.id,
                    document_id=ref.document_id,
                    number=ref.document_page,
                )
                if ref.covered
                else "",
                "role": words.PAGE_ROLES.get(told.get("role", "other"), "其他")
                + _round_say(rounds[ref.document_id], "，"),
                "begins_file": place > 0 and ref.document_id != files[place - 1],
                "warnings": [words.PAGE_WARNINGS.get(w, w) for w in told.get("warnings", ())],
                "doubts": ref.number in doubtful,
            }
        )
    return listed


def _round_say(number: int, before: str = "") -> str:
    """That a file came with a supplement, and which one it was; empty for what came first."""
    return f"{before}第 {number} 次补正" if number else ""


def _first_picture(listed: Sequence[Mapping[str, Any]], content: Content) -> str:
    """The address of the picture that is looked at first: the page of the first doubt, or the first."""
    open_items = (item for item in content.items() if item.open)
    first = next((place.page for item in open_items for place in item.parts[:1]), 1)
    return next((page["url"] for page in listed if page["number"] == first), "")


def _register(submission: Submission) -> list[tuple[str, str]]:
    return [
        ("收件编号", submission.receipt_number),
        ("来件方式", intake.CHANNELS.get(submission.channel, submission.channel)),
        ("邮件单号", submission.tracking_number),
        ("邮戳日期", submission.postmark_date or ""),
        ("收到时间", words.exact(submission.received_at)),
        ("寄件人", submission.sender),
        ("份数", str(submission.copies)),
        ("信封状况", intake.ENVELOPES.get(submission.envelope, "")),
        ("备注", submission.note),
        ("登记人", shown_name(submission.created_by)),
        (
            "征集批次",
            default_layout().call.document
            if submission.call == default_layout().call.id
            else submission.call,
        ),
    ]


def _twins(submission_id: str) -> list[dict[str, Any]]:
    same_bytes, same_code = queue.duplicates(parts(), submission_id)
    found = {s.id: (s, "文件完全相同") for s in same_bytes}
    found |= {s.id: (s, "统一社会信用代码相同") for s in same_code[:MAX_TWINS] if s.id not in found}
    shown = {
        each.id: each for each in review.list_as(parts(), actor(), [other for other, _ in found.values()])
    }
    return [
        {
            "url": url_for("web.review", submission_id=other.id),
            "title": shown[other.id].org_name or other.receipt_number,
            "receipt_number": other.receipt_number,
            "state": words.SUBMISSION_LOOKS[other.status],
            "why": why,
        }
        for other, why in found.values()
    ]


def _files(opened: Review) -> list[dict[str, str]]:
    return [
        {
            "name": document.name,
            "size": words.size_words(document.size),
            "url": url_for("web.original", submission_id=opened.submission.id, document_id=document.id),
            "say": (f"{document.pages_total} 页" if document.pages_total else "")
            + _round_say(document.round, "，" if document.pages_total else ""),
        }
        for document in opened.documents
    ]


def _decided_say(submission: Submission) -> str:
    if submission.decided_at is None:
        return ""
    return f"{shown_name(submission.decided_by or '')} 于 {words.near(submission.decided_at)} 决定"


def _failed_say(submission: Submission) -> str:
    """What went wrong with the reading, empty unless it is that what keeps the submission."""
    if submission.status not in {State.FAILED, State.QUARANTINED}:
        return ""
    return submission.error_message or words.error_advice(submission.error_code) or "读取没有完成。"


def _locked_say(submission: Submission, holder: str, *, may_review: bool) -> str:
    if submission.status in {State.RECEIVED, State.READING}:
        return "还在识读，读完后可以审核。"
    if submission.status in {State.FAILED, State.QUARANTINED}:
        return "" if may_review else "由审核人员决定重新识读或人工录入。"
    if submission.status is not State.IN_REVIEW:
        return _decided_say(submission)
    if not may_review:
        return "收发岗位只能查看，不能审核。"
    return f"这份件正由 {shown_name(holder)} 审核，您可以查看，不能修改。"
