"""The queue: list, search, claim, retry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from intake_service import indexing
from intake_service.errors import ConflictError, InvalidRequestError
from intake_service.parts import Actor, Parts, Role
from intake_service.store import Move, State, audit, corrections, documents, lookups, submissions
from intake_service.store.corrections import Correction
from intake_service.store.documents import Document
from intake_service.store.settling import settle
from intake_service.store.submissions import ORDERS, Filter, Page, Submission

MAX_PAGE = 200
HANDED_OVER_FOR = timedelta(hours=24)
"""How long a claim lasts that somebody was given, and may not have seen yet."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading is: files and pages done of those known. ``pages_total`` is None until all are counted."""

    files_done: int
    files_total: int
    pages_done: int
    pages_total: int | None


def list_submissions(parts: Parts, chosen: Filter, cursor: str | None = None, limit: int = 50) -> Page:
    """A part of the list. Raises InvalidRequestError for an unknown status or limit."""
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidRequestError(f"limit 应为 1 到 {MAX_PAGE}。")
    if unknown := set(chosen.status) - set(State):
        raise InvalidRequestError(f"不认识的状态：{'、'.join(sorted(unknown))[:100]}。")
    if chosen.order not in ORDERS:
        raise InvalidRequestError(f"不认识的排序，应为 {'、'.join(ORDERS)}。")
    with parts.store.read() as tx:
        return submissions.list_page(tx, chosen, cursor, limit)


def count_by_status(parts: Parts, chosen: Filter | None = None) -> dict[str, int]:
    """How many stand in each state."""
    with parts.store.read() as tx:
        return submissions.count_by_status(tx, chosen)


def get_submission(parts: Parts, submission_id: str) -> tuple[Submission, list[Document]]:
    """One submission and its files. Raises NotFoundError."""
    with parts.store.read() as tx:
        return submissions.get(tx, submission_id), documents.of_submission(tx, submission_id)


def duplicates(parts: Parts, submission_id: str) -> tuple[list[Submission], list[Submission]]:
    """Other submissions with one of the same files, and others of the same call with the same credit code."""
    with parts.store.read() as tx:
        submission = submissions.get(tx, submission_id)
        same_bytes: dict[str, Submission] = {}
        for document in documents.of_submission(tx, submission_id):
            for other in documents.with_same_bytes(tx, document.file_hash, besides=submission_id):
                same_bytes[other.submission_id] = submissions.get(tx, other.submission_id)
        return list(same_bytes.values()), submissions.same_applicant(tx, submission)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a list shows beside its submissions: which have a likely duplicate, and each one's first file name."""

    alike: frozenset[str]
    file_names: dict[str, str]


def beside(parts: Parts, ids: Collection[str]) -> Beside:
    """Look up what a list shows beside the submissions ``ids``."""
    with parts.store.read() as tx:
        return Beside(frozenset(lookups.alike(tx, ids)), lookups.first_file_names(tx, ids))


def people(parts: Parts) -> dict[str, str]:
    """User → display name, for everybody who may log in."""
    with parts.store.read() as tx:
        return lookups.display_names(tx)


def progress(files: list[Document]) -> Progress:
    """How far the reading of a submission is."""
    totals = [document.pages_total for document in files]
    known = [total for total in totals if total is not None]
    return Progress(
        files_done=sum(document.status not in documents.WAITING for document in files),
        files_total=len(files),
        pages_done=sum(document.pages_done for document in files),
        pages_total=sum(known) if len(known) == len(totals) else None,
    )


def claim(parts: Parts, actor: Actor, submission_id: str) -> Submission:
    """Reserve a submission, or prolong one's claim. Raises ConflictError naming who has it."""
    actor.require(Role.REVIEWER)
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        if not submissions.claim(tx, submission_id, actor.name, parts.settings.claim_minutes):
            raise ConflictError(f"这份件正由 {lookups.shown(tx, submission.claimed_by)} 处理。")
        if submission.status is not State.IN_REVIEW:
            raise ConflictError("这份件现在不在审核中，不用领取。")
        return submissions.get(tx, submission_id)


def release(parts: Parts, actor: Actor, submission_id: str) -> bool:
    """Give a claim back; False when it was not one's own."""
    with parts.store.write() as tx:
        return submissions.release(tx, submission_id, actor.name)


def hand_over(parts: Parts, actor: Actor, submission_id: str, to: str, note: str = "") -> Submission:
    """Give the work on a submission to the reviewer ``to``, or take it back for everybody when that is empty.

    Administrators only; the note is kept in the history. Raises InvalidRequestError for somebody who cannot review,
    ConflictError when the submission is not in review or nobody has it.
    """
    actor.require(Role.ADMIN)
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        if submission.status is not State.IN_REVIEW:
            raise ConflictError("这份件现在不在审核中，不能交办。")
        holder = submission.claimant() or ""
        if to == holder:
            raise ConflictError("这份件本来就由其办理。" if to else "这份件没有人在办。")
        if to and to not in lookups.reviewers(tx):
            raise InvalidRequestError("只能交给在用的审核或管理人员。")
        now = datetime.now(UTC)
        change = Correction(
            submission.version + 1, "holder", "holder", {"text": holder}, {"text": to}, actor.name, now,
            note.strip()[:500],
        )  # fmt: skip
        corrections.append(tx, submission_id, submission.version, change)
        until = now + HANDED_OVER_FOR if to else None
        submissions.update(tx, submission_id, claimed_by=to or None, claim_expires_at=until)
        audit.append(tx, actor.name, "submission.hand_over", submission_id, {"from": holder, "to": to})
        return submissions.get(tx, submission_id)


def holders(parts: Parts) -> dict[str, int]:
    """Who works on something right now, and on how many submissions."""
    with parts.store.read() as tx:
        return submissions.holders(tx)


def calls(parts: Parts) -> list[str]:
    """Every call that something was handed in for."""
    with parts.store.read() as tx:
        return lookups.calls(tx)


def reviewers(parts: Parts) -> list[str]:
    """Whom a submission can be handed to."""
    with parts.store.read() as tx:
        return lookups.reviewers(tx)


def claim_next(parts: Parts, actor: Actor, after: str | None = None) -> Submission | None:
    """Claim what is due first of those in review that nobody works on (due later than ``after``); None when there is none.

    What only waits for a second person's entry is left to the queue: whoever entered it first could do nothing there.
    """
    actor.require(Role.REVIEWER)
    chosen = Filter(status=(State.IN_REVIEW,), order="deadline")
    with parts.store.write() as tx:
        cursor = submissions.cursor_behind(tx, after, chosen.order) if after else None
        while True:
            page = submissions.list_page(tx, chosen, cursor, MAX_PAGE)
            for submission in page.items:
                if submission.awaits_second and not submission.doubts:
                    continue
                if submissions.claim(tx, submission.id, actor.name, parts.settings.claim_minutes):
                    return submissions.get(tx, submission.id)
            if page.cursor is None:
                return None
            cursor = page.cursor


def retry(parts: Parts, actor: Actor, submission_id: str) -> Submission:
    """Read the failed or quarantined files of a submission again. Raises ConflictError when there are none."""
    actor.require(Role.REVIEWER)
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        files = documents.of_submission(tx, submission_id)
        again = [document.id for document in files if documents.retry(tx, document.id)]
        if not again:
            raise ConflictError("这份件没有读取失败的文件。")
        submissions.move(tx, submission, Move.RETRY, error_code=None, error_message=None)
        settle(tx, submission_id)
        audit.append(tx, actor.name, "submission.retry", submission_id, {"files": len(again)})
    for document_id in again:
        parts.dispatch.wake(document_id)
    with parts.store.read() as tx:
        return submissions.get(tx, submission_id)


def type_in(parts: Parts, actor: Actor, submission_id: str) -> Submission:
    """Send a submission whose file cannot be read to review, to be typed in by hand. Raises ConflictError."""
    actor.require(Role.REVIEWER)
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        matched = documents.matched(tx, submission_id)
        submissions.move(tx, submission, Move.TYPE_IN, form_document_id=matched[0].id if matched else None)
        indexing.refresh(tx, submission_id)
        audit.append(tx, actor.name, "submission.type_in", submission_id, {"code": submission.error_code})
        return submissions.get(tx, submission_id)
