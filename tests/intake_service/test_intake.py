from __future__ import annotations

import errno
import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.errors import EmptyFileError, FileTooLargeError, TypeMismatchError, UnsupportedTypeError
from intake_service import queue
from intake_service.errors import (
    IdempotencyMismatchError,
    InvalidRequestError,
    QueueFullError,
    StorageFullError,
)
from intake_service.intake import Meta, UntrustedFile, accept_upload, clean_name, parse_meta
from intake_service.parts import Parts
from intake_service.store import calls, documents
from intake_service.store.submissions import Filter
from tests.intake_service.builders import CLERK, JPEG, PDF, PNG, REVIEWER, make_parts, upload


def test_an_upload_is_on_disk_and_in_the_database_though_no_queue_answers(parts: Parts) -> None:
    submission = upload(parts, PDF, JPEG)
    assert submission.status == "received"
    with parts.store.read() as tx:
        files = documents.of_submission(tx, submission.id)
        assert [parts.files.path(each.file_hash).read_bytes() for each in files] == [PDF, JPEG]
        assert sorted(calls.due_calls(tx)) == sorted(each.id for each in files)


def test_receipt_numbers_have_no_gap(parts: Parts) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda n: upload(parts, PDF + bytes([n])).receipt_number, range(12)))
    assert sorted(int(number.partition("-")[2]) for number in found) == list(range(1, 13))


def test_the_same_key_and_request_give_one_submission_even_at_once(parts: Parts) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: upload(parts, key="envelope 7").id, range(16)))
    assert len(ids) == 1
    assert len(queue.list_submissions(parts, Filter()).items) == 1


def test_the_same_key_with_other_bytes_is_refused(parts: Parts) -> None:
    upload(parts, key="k")
    with pytest.raises(IdempotencyMismatchError):
        upload(parts, PDF + b"!", key="k")
    with pytest.raises(IdempotencyMismatchError):
        upload(parts, key="k", meta=Meta(copies=2))


def test_same_bytes_are_kept_and_told(parts: Parts) -> None:
    first = upload(parts)
    again = accept_upload(parts, CLERK, [UntrustedFile("x.pdf", io.BytesIO(PDF))], Meta())
    assert again.same_bytes == (first.receipt_number,)
    assert again.submission.id != first.id


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.pdf", b"", EmptyFileError),
        ("a.pdf", b"MZ\x90\x00", UnsupportedTypeError),
        ("a.pdf", PNG, TypeMismatchError),
        ("a.docx", PDF, TypeMismatchError),
        ("a.pdf", PDF + b"x" * 1024 * 1024, FileTooLargeError),
    ],
)
def test_what_cannot_be_read_is_refused_at_the_door(
    tmp_path: Path, name: str, content: bytes, error: type[Exception]
) -> None:
    parts = make_parts(tmp_path, max_file_mb=1)
    with pytest.raises(error):
        accept_upload(parts, CLERK, [UntrustedFile(name, io.BytesIO(content))], Meta())
    assert not queue.list_submissions(parts, Filter()).items
    assert not list((tmp_path / "files" / "incoming").iterdir())


def test_a_full_disk_is_told_and_leaves_nothing(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFullError):
        upload(parts)
    monkeypatch.undo()
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert not queue.list_submissions(parts, Filter()).items
    assert upload(parts).receipt_number.endswith("-000001")


def test_too_many_waiting_files_are_told_to_come_again(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, max_waiting=2)
    upload(parts)
    with pytest.raises(QueueFullError) as refusal:
        upload(parts, PDF, JPEG)
    assert refusal.value.retry_after_s


def test_one_sender_alone_does_not_fill_the_queue(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, max_waiting=10)
    for number in range(6):
        upload(parts, PDF + bytes([number]))
    with pytest.raises(QueueFullError):
        upload(parts, PDF + b"one more")
    files = [UntrustedFile("a.pdf", io.BytesIO(PDF))]
    assert accept_upload(parts, REVIEWER, files, Meta()).submission.status == "received"


@given(st.text(max_size=300))
def test_a_cleaned_name_is_short_printable_and_no_path(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= 150
    assert cleaned.isprintable()
    assert not set("/\\") & set(cleaned)


@pytest.mark.parametrize(
    "meta",
    [
        {"channel": "pigeon"}, {"copies": -1}, {"copies": True}, {"postmark_date": "20. April"}, {"unknown": 1},
        {"sender": "长" * 201}, {"received_at": "soon"},
    ],
)  # fmt: skip
def test_meta_that_cannot_be_understood_is_refused(meta: dict[str, object]) -> None:
    with pytest.raises(InvalidRequestError):
        parse_meta(meta)


def test_meta_is_understood() -> None:
    meta = parse_meta({"channel": "mail", "tracking_number": " ra 123 ", "postmark_date": "2020-04-18",
                       "received_at": "2020-04-20T09:30", "copies": "3"})  # fmt: skip
    assert (meta.tracking_number, meta.copies, str(meta.postmark_date)) == ("RA123", 3, "2020-04-18")
    assert meta.received_at is not None
    assert meta.received_at.isoformat() == "2020-04-20T01:30:00+00:00"
