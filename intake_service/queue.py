"""The queue: list, search, claim, retry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from intake_service.current import index_columns, stored_values
from intake_service.errors import ConflictError, InvalidRequestError
from intake_service.parts import Actor, Parts, Role
from intake_service.store import Move, State, audit, documents, lookups, submissions
from intake_service.store.documents import Document
from intake_service.store.settling import settle
from intake_service.store.submissions import Filter, Page, Submission

MAX_PAGE = 200


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
            holder = submission.claimed_by or ""
            raise ConflictError(f"这份件正由 {lookups.display_names(tx).get(holder, holder)} 处理。")
        return submissions.get(tx, submission_id)


def release(parts: Parts, actor: Actor, submission_id: str) -> None:
    """Give a claim back."""
    with parts.store.write() as tx:
        submissions.release(tx, submission_id, actor.name)


def claim_next(parts: Parts, actor: Actor, after: str | None = None) -> Submission | None:
    """Claim the oldest submission in review that nobody works on (later than ``after``); None when there is none."""
    actor.require(Role.REVIEWER)
    chosen = Filter(status=(State.IN_REVIEW,), oldest_first=True)
    cursor = after
    with parts.store.write() as tx:
        while True:
            page = submissions.list_page(tx, chosen, cursor, MAX_PAGE)
            for submission in page.items:
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
        matched = documents.matched_documents(tx, submission_id)
        submissions.move(
            tx, submission, Move.TYPE_IN, form_document_id=matched[0] if matched else None,
            **index_columns(stored_values(tx, submission_id, matched[0] if matched else None)),
        )  # fmt: skip
        audit.append(tx, actor.name, "submission.type_in", submission_id, {"code": submission.error_code})
        return submissions.get(tx, submission_id)
