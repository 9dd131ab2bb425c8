"""What has been kept long enough goes, wholly, with a certificate; nothing else does."""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import pytest
import sqlalchemy as sa

from intake_service import queue, records, retention, review
from intake_service.errors import ForbiddenError, NotFoundError
from intake_service.files import FileStore, StoredFile
from intake_service.parts import SYSTEM, Parts
from intake_service.store import Move, audit, documents, page_files, whole
from intake_service.store.submissions import Submission
from tests.intake_service.builders import (
    PDF,
    REVIEWER,
    make_parts,
    make_reading,
    read_all,
    upload,
)
from worker import sweeper

SECRET = "湘江保密学校"


def decided(parts: Parts, content: bytes = PDF, days_ago: int = 100) -> Submission:
    submission = upload(parts, content, key=f"key {len(content)}{content[-1]}")
    read_all(parts, make_reading(org_name=SECRET))
    version = review.open_review(parts, submission.id).current.version
    review.decide(parts, REVIEWER, submission.id, version, Move.ACCEPT)
    with parts.store.write() as tx:
        then = datetime.now(UTC) - timedelta(days=days_ago)
        table = records.submissions
        tx.execute(table.update().where(table.c.id == submission.id).values(decided_at=then))
    return submission


def make_old(parts: Parts) -> None:
    """Every file was handed in long ago."""
    long_ago = time.time() - 10**6
    for path in (parts.settings.data / "files").rglob("*"):
        if path.is_file():
            os.utime(path, (long_ago, long_ago))


def database_bytes(parts: Parts) -> bytes:
    with parts.store.read() as tx:
        return b"".join(line for name in whole.table_names() for line in whole.lines(tx, name))


def test_an_old_decided_submission_is_removed_without_a_trace_of_its_contents(parts: Parts) -> None:
    old, young = decided(parts), decided(parts, PDF + b"2", days_ago=10)
    waiting = upload(parts, PDF + b"3")
    make_old(parts)
    with parts.store.read() as tx:
        originals = [documents.of_submission(tx, old.id)[0].file_hash]
    (certificate,) = retention.purge(parts, SYSTEM, 90)
    with pytest.raises(NotFoundError):
        queue.get_submission(parts, old.id)
    with pytest.raises(NotFoundError):
        parts.files.path(originals[0])
    told = json.loads(certificate.text)
    assert told["submissions"][0]["receipt_number"] == old.receipt_number
    assert told["submissions"][0]["originals"] == [{"sha256": originals[0], "bytes": len(PDF)}]
    assert SECRET not in certificate.text
    assert certificate.hash == hashlib.sha256(certificate.text.encode()).hexdigest()
    assert SECRET.encode() in database_bytes(parts)  # the young one's
    assert queue.get_submission(parts, young.id)
    retention.purge(parts, SYSTEM, 5)
    assert SECRET.encode() not in database_bytes(parts)
    for path in parts.settings.data.glob("intake.db*"):  # nor between the rows, nor in the log
        assert SECRET.encode() not in path.read_bytes()
    assert queue.get_submission(parts, waiting.id)
    with parts.store.read() as tx:
        assert audit.first_broken(tx) is None
        sealed = audit.of_subject(tx, str(told["number"]))
    assert [entry.detail["sha256"] for entry in sealed] == [certificate.hash]
    assert upload(parts, PDF + b"4").receipt_number.endswith("-000004")


def test_what_hides_the_form_on_a_page_goes_with_it(parts: Parts) -> None:
    decided(parts)
    cover = parts.files.put(io.BytesIO(b"cover"), 100).hash
    with parts.store.write() as tx:
        tx.execute(records.page_results.update().values(cover_hash=cover))
    make_old(parts)
    retention.purge(parts, SYSTEM, 90)
    with pytest.raises(NotFoundError):
        parts.files.path(cover)


def test_pictures_that_others_share_stay(parts: Parts) -> None:
    """Page 1 of both looks the same: stored once, needed by the second."""
    decided(parts)
    young = decided(parts, PDF + b"2", days_ago=1)
    make_old(parts)
    (certificate,) = retention.purge(parts, SYSTEM, 90)
    assert len(json.loads(certificate.text)["kept_for_others"]) == 2
    with parts.store.read() as tx:
        (document,) = documents.of_submission(tx, young.id)
        assert all(parts.files.path(one) for one in page_files.pictures(tx, document.id).values())


def test_undecided_submissions_are_never_removed(parts: Parts) -> None:
    submission = decided(parts)
    review.reopen(parts, SYSTEM, submission.id, "看错了")
    failed = upload(parts, PDF + b"2")
    read_all(parts, "encrypted_pdf")
    assert retention.purge(parts, SYSTEM, 1) == []
    assert queue.get_submission(parts, submission.id)
    assert queue.get_submission(parts, failed.id)


def test_only_an_administrator_purges(parts: Parts) -> None:
    with pytest.raises(ForbiddenError):
        retention.purge(parts, REVIEWER, 90)


def test_a_purge_that_was_broken_off_is_finished_by_the_next(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = decided(parts)
    with parts.store.read() as tx:
        file_hash = documents.of_submission(tx, submission.id)[0].file_hash
    make_old(parts)

    def die(_store: FileStore, _hash: str) -> bool:
        raise SystemExit

    forget = FileStore.forget
    monkeypatch.setattr(FileStore, "forget", die)
    with pytest.raises(SystemExit):
        retention.purge(parts, SYSTEM, 90)
    monkeypatch.setattr(FileStore, "forget", forget)
    assert parts.files.path(file_hash)
    (certificate,) = retention.purge(parts, SYSTEM, 90)
    assert certificate.hash
    with pytest.raises(NotFoundError):
        parts.files.path(file_hash)


def test_bytes_that_are_handed_in_again_just_now_are_spared(parts: Parts) -> None:
    decided(parts)
    make_old(parts)
    again = parts.files.put(io.BytesIO(PDF), 10**6)  # an upload on its way to be registered
    assert retention.purge(parts, SYSTEM, 90) == []
    assert parts.files.path(again.hash).read_bytes() == PDF
    second = upload(parts)
    make_old(parts)
    (certificate,) = retention.purge(parts, SYSTEM, 90)
    assert again.hash in json.loads(certificate.text)["kept_for_others"]
    assert parts.files.path(again.hash)
    assert queue.get_submission(parts, second.id)


def test_an_upload_whose_bytes_vanished_is_not_accepted(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = FileStore.put

    def vanish(store: FileStore, stream: IO[bytes], limit: int) -> StoredFile:
        stored = put(store, stream, limit)
        store.path(stored.hash).unlink()
        return stored

    monkeypatch.setattr(FileStore, "put", vanish)
    with pytest.raises(NotFoundError):
        upload(parts)
    with parts.store.read() as tx:
        assert tx.execute(sa.select(records.submissions)).first() is None


def test_the_sweeper_purges_where_the_settings_say_so(tmp_path: Path) -> None:
    parts = make_parts(tmp_path)
    decided(parts)
    make_old(parts)
    assert sweeper.purge_expired(parts) == 0
    kept = replace(parts, settings=replace(parts.settings, retention_days=30))
    assert sweeper.purge_expired(kept) == 1
