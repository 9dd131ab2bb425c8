"""Taking in: an upload of one or more files becomes a submission once it is safe on disk and in the database."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from extractors.errors import EmptyFileError
from extractors.form import workdays
from extractors.sniff import check_kind
from intake_service.errors import IdempotencyMismatchError, InvalidRequestError, QueueFullError
from intake_service.faultpoints import reach
from intake_service.files import StoredFile
from intake_service.parts import Actor, Parts
from intake_service.store import audit, counting, documents, new_id, people, submissions, supplements
from intake_service.store.submissions import Submission

CHANNELS = {"mail": "邮寄办", "counter": "窗口", "online": "网上办", "phone": "电话办"}
ENVELOPES = {"intact": "完好", "damaged": "破损", "opened": "到件时已拆", "none": "没有信封"}
MOST_TOLD = 20
"""How many earlier submissions with the same bytes are named, a file."""
LOCAL_UTC_OFFSET = workdays.LOCAL_UTC_OFFSET
"""The receipt number's year is that of the office's clock."""


@dataclass(frozen=True, slots=True)
class UntrustedFile:
    """One file of an upload as it arrives."""

    name: str
    stream: IO[bytes]


@dataclass(frozen=True, slots=True)
class Meta:
    """What the mail room writes down about an envelope."""

    channel: str = "online"
    tracking_number: str = ""
    postmark_date: date | None = None
    received_at: datetime | None = None
    sender: str = ""
    copies: int = 1
    envelope: str = ""
    """A key of ``ENVELOPES``; empty when nobody looked."""
    call: str = ""
    note: str = ""
    supplements: str = ""
    """The receipt number of the submission these papers supplement, or the number of a letter about it."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer to an upload. ``repeated`` when the same request had been accepted before."""

    submission: Submission
    repeated: bool = False
    same_bytes: tuple[str, ...] = field(default=())
    """Receipt numbers of earlier submissions that hold one of these files."""


def parse_meta(untrusted: Mapping[str, Any]) -> Meta:
    """The register's fields from JSON or a form. Raises InvalidRequestError naming the field."""
    unknown = set(untrusted) - set(Meta.__slots__)
    if unknown:
        raise InvalidRequestError(f"不认识的登记项：{'、'.join(sorted(map(str, unknown)))[:200]}。")
    channel = str(untrusted.get("channel") or "online")
    if channel not in CHANNELS:
        raise InvalidRequestError("渠道 channel 应为 mail、counter、online 或 phone。")
    envelope = str(untrusted.get("envelope") or "")
    if envelope and envelope not in ENVELOPES:
        raise InvalidRequestError(f"信封状况 envelope 应为 {'、'.join(ENVELOPES)}。")
    try:
        postmark = untrusted.get("postmark_date") or None
        received = untrusted.get("received_at") or None
        return Meta(
            channel=channel,
            tracking_number=_word(untrusted, "tracking_number", 64).replace(" ", "").upper(),
            postmark_date=None if postmark is None else date.fromisoformat(str(postmark)),
            received_at=None if received is None else _moment(str(received)),
            sender=_word(untrusted, "sender", 200),
            copies=_copies(untrusted.get("copies")),
            envelope=envelope,
            call=_word(untrusted, "call", 64),
            note=_word(untrusted, "note", 2000),
            supplements=_word(untrusted, "supplements", 40),
        )
    except ValueError as error:
        raise InvalidRequestError("日期应写作 2020-04-20，时间应写作 2020-04-20T09:30:00+08:00。") from error


def _word(untrusted: Mapping[str, Any], name: str, limit: int) -> str:
    text = str(untrusted.get(name) or "").strip()
    if len(text) > limit:
        raise InvalidRequestError(f"登记项 {name} 过长（最多 {limit} 字）。")
    return "".join(character for character in text if character.isprintable() or character == "\n")


def _copies(value: object) -> int:
    if value in (None, ""):
        return 1
    text = str(value)
    if not re.fullmatch(r"[0-9]{1,3}", text) or isinstance(value, bool):
        raise InvalidRequestError("份数 copies 应为 0 到 999 的整数。")
    return int(text)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else (moment - LOCAL_UTC_OFFSET).replace(tzinfo=UTC)


def accept_upload(
    parts: Parts, actor: Actor, files: Sequence[UntrustedFile], meta: Meta, idempotency_key: str = ""
) -> Accepted:
    """Keep the files, then submission, documents, key and wake-up calls in one transaction; then wake a worker.

    Raises ExtractionError subclasses (empty, too large, wrong type), QueueFullError, StorageFullError,
    IdempotencyMismatchError, InvalidRequestError. Whether the queue is up does not matter.
    """
    settings = parts.settings
    if not files or len(files) > settings.max_files:
        raise InvalidRequestError(f"一次请提交 1 到 {settings.max_files} 个文件。")
    if len(idempotency_key) > 200:
        raise InvalidRequestError("Idempotency-Key 最多 200 个字符。")
    kept = [(clean_name(file.name), keep_file(parts, file)) for file in files]
    reach("intake.kept")
    request_hash = _request_hash(kept, meta)

    def registering(tx: sa.Connection) -> tuple[Accepted, list[str]]:
        return _register(tx, parts, actor, kept, meta, idempotency_key, request_hash)

    try:
        accepted, document_ids = parts.store.write_together(registering)
    except IntegrityError:
        # Another request with the same key was faster by a hair; on a second look it is found.
        accepted, document_ids = parts.store.write_together(registering)
    reach("intake.registered")
    for document_id in document_ids:
        if not parts.dispatch.wake(document_id):
            break  # the outbox has them all; the sweeper will call
    reach("intake.called")
    return accepted


def keep_file(parts: Parts, file: UntrustedFile, limit_mb: int | None = None) -> StoredFile:
    """Store one file after a look at its first bytes. Raises ExtractionError subclasses, StorageFullError."""
    limit = parts.settings.max_file_mb if limit_mb is None else limit_mb
    stored = parts.files.put(file.stream, limit * 1024 * 1024)
    name = clean_name(file.name)
    if stored.size == 0:
        raise EmptyFileError(f"文件“{name}”是空的（0 字节）。请检查扫描仪或重新选择文件。")
    check_kind(name, stored.head)
    return stored


def clean_name(untrusted: str) -> str:
    """The file's own name without folders and control characters, 150 characters at most."""
    last = re.split(r"[/\\]", untrusted)[-1]
    shown = "".join(character for character in last if character.isprintable()).strip() or "未命名"
    stem, dot, ending = shown.rpartition(".")
    return shown if len(shown) <= 150 else f"{stem[:140]}{dot}{ending[:9]}"


def _request_hash(kept: Sequence[tuple[str, StoredFile]], meta: Meta) -> str:
    words = [[name, stored.hash] for name, stored in kept]
    told = {name: str(getattr(meta, name)) for name in Meta.__slots__}
    return hashlib.sha256(json.dumps([words, told], sort_keys=True).encode()).hexdigest()


def _register(
    tx: sa.Connection,
    parts: Parts,
    actor: Actor,
    kept: Sequence[tuple[str, StoredFile]],
    meta: Meta,
    key: str,
    request_hash: str,
) -> tuple[Accepted, list[str]]:
    """The answer and the new documents' ids; none for a repeated request.

    The answer is made inside the transaction: once that is committed, nothing may turn the answer into a refusal.
    """
    now = datetime.now(UTC)
    if key and (known := people.find_key(tx, actor.name, key)):
        if known[0] != request_hash:
            raise IdempotencyMismatchError
        return _accepted(tx, known[1], kept, repeated=True), []
    waiting, limit = documents.count_waiting(tx), parts.settings.max_waiting
    if waiting + len(kept) > limit:
        raise QueueFullError
    # Looked at only when half is taken: nobody alone may take the rest.
    if waiting * 2 > limit and documents.count_waiting(tx, actor.name) * 2 > limit:
        raise QueueFullError("您提交的文件已占去等待队列的一半，请等一部分读完后再提交。")
    if meta.supplements:
        place = supplements.join(tx, meta.supplements, meta.received_at or now)
    else:
        place = supplements.Place(_new_submission(parts, actor, tx, meta, now))
    submission_id = place.submission_id
    document_ids = [new_id() for _ in kept]
    for position, (document_id, (name, stored)) in enumerate(zip(document_ids, kept, strict=True)):
        documents.insert(
            tx, id=document_id, submission_id=submission_id, position=place.position + position, name=name,
            file_hash=stored.hash, size=stored.size, round=place.round,
            base_version=place.base_version, media_type=check_kind(name, stored.head).media_type,
        )  # fmt: skip
    if key:
        people.add_key(tx, actor.name, key, request_hash, submission_id)
    action = "submission.supplement" if meta.supplements else "submission.accept_upload"
    audit.append(tx, actor.name, action, submission_id, {"files": len(kept)})
    for _name, stored in kept:  # the purge could have removed old bytes that were handed in again
        parts.files.require(stored.hash)
    accepted = _accepted(tx, submission_id, kept, repeated=False)
    reach("intake.registering")
    return accepted, document_ids


def _new_submission(parts: Parts, actor: Actor, tx: sa.Connection, meta: Meta, now: datetime) -> str:
    submission_id = new_id()
    submissions.insert(
        tx, id=submission_id,
        receipt_number=counting.next_receipt_number(tx, (now + LOCAL_UTC_OFFSET).date()),
        channel=meta.channel, tracking_number=meta.tracking_number,
        postmark_date=meta.postmark_date.isoformat() if meta.postmark_date else None,
        received_at=meta.received_at or now, sender=meta.sender, copies=meta.copies,
        envelope=meta.envelope,
        call=meta.call or parts.settings.call, note=meta.note, created_by=actor.name,
    )  # fmt: skip
    return submission_id


def _accepted(
    tx: sa.Connection, submission_id: str, kept: Sequence[tuple[str, StoredFile]], *, repeated: bool
) -> Accepted:
    earlier = {
        submissions.get(tx, other.submission_id).receipt_number
        for _name, stored in kept
        for other in documents.with_same_bytes(tx, stored.hash, besides=submission_id, limit=MOST_TOLD)
    }
    return Accepted(submissions.get(tx, submission_id), repeated=repeated, same_bytes=tuple(sorted(earlier)))
