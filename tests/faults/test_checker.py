"""The checker sees what it is there to see: without this, a count of 0 would prove nothing."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from intake_service import records
from intake_service.intake import Meta, UntrustedFile, accept_upload
from intake_service.parts import Parts
from intake_service.store import documents
from tests.faults.checker import Report, check, unknown_errors
from tests.faults.sender import Upload
from tests.faults.standin import make_document
from tests.intake_service.builders import CLERK, make_parts, make_reading, make_worker
from worker.jobs import read_document


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    made = make_parts(tmp_path)
    yield made
    made.store.close()


def settled(parts: Parts) -> list[Upload]:
    """Three uploads, accepted and read."""
    uploads = []
    for number in range(3):
        upload = Upload((make_document(number),), f"k{number}")
        files = [UntrustedFile("a.pdf", io.BytesIO(upload.files[0]))]
        upload.accepted = accept_upload(parts, CLERK, files, Meta(), upload.key).submission.id
        with parts.store.read() as tx:
            (document,) = documents.of_submission(tx, upload.accepted)
        reading = make_reading(pages=2)
        reading["file"]["sha256"] = hashlib.sha256(upload.files[0]).hexdigest()
        assert read_document(make_worker(parts, reading), document.id)
        uploads.append(upload)
    return uploads


def judge(parts: Parts, uploads: list[Upload]) -> tuple[int, int, int]:
    report = check(parts, uploads, Report(), settle_s=0.1)
    return len(report.lost), len(report.doubled), len(report.stuck)


def test_a_sound_store_has_nothing_lost_doubled_or_stuck(parts: Parts) -> None:
    assert judge(parts, settled(parts)) == (0, 0, 0)


def change(parts: Parts, statement: Any) -> None:
    with parts.store.write() as tx:
        tx.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        tx.execute(statement)


def first(table: sa.Table, uploads: list[Upload]) -> Any:
    one = sa.select(records.documents.c.id).where(records.documents.c.submission_id == uploads[0].accepted)
    return table.c.document_id == one.scalar_subquery()


TAMPERING: dict[str, tuple[Callable[[Parts, list[Upload]], object], int]] = {
    "reading gone": (lambda p, u: change(p, records.readings.delete().where(first(records.readings, u))), 2),
    "page gone": (
        lambda p, u: change(
            p, records.page_results.delete().where(first(records.page_results, u), records.page_results.c.number == 1)
        ),
        0,
    ),
    "another's reading": (lambda p, _u: change(p, records.readings.update().values(json=_mixed(p))), 0),
    "file cut": (lambda p, u: p.files.path(u[0].hashes[0]).write_bytes(b"%PDF"), 0),
    "file gone": (lambda p, u: p.files.path(u[0].hashes[0]).unlink(), 0),
    "never stored": (lambda _p, u: u.append(Upload((b"x",), "k", accepted="no such submission")), 0),
    "waits for ever": (lambda p, _u: change(p, records.documents.update().values(status="received")), 2),
    "quarantined": (lambda p, _u: change(p, records.documents.update().values(status="quarantined")), 2),
    "two of one key": (lambda p, u: _again(p, u[0]), 1),
    "audit changed": (lambda p, _u: change(p, records.audit.update().values(actor="x")), 0),
}  # fmt: skip


def _mixed(parts: Parts) -> str:
    with parts.store.read() as tx:
        return str(tx.execute(sa.select(records.readings.c.json).limit(1)).scalar_one())


def _again(parts: Parts, upload: Upload) -> None:
    files = [UntrustedFile("a.pdf", io.BytesIO(upload.files[0]))]
    made = accept_upload(parts, CLERK, files, Meta(), "").submission.id
    with parts.store.read() as tx:
        (document,) = documents.of_submission(tx, made)
    reading = make_reading(pages=2)
    reading["file"]["sha256"] = upload.hashes[0]
    assert read_document(make_worker(parts, reading), document.id)


@pytest.mark.parametrize("kind", TAMPERING)
def test_it_sees(parts: Parts, kind: str) -> None:
    uploads = settled(parts)
    tamper, column = TAMPERING[kind]
    tamper(parts, uploads)
    assert judge(parts, uploads)[column]


def test_it_reads_the_logs(tmp_path: Path) -> None:
    log = tmp_path / "roles.log"
    log.write_text("a\nTraceback (most recent call last):\n  File x\n    y\nValueError: what\nb\n")
    assert unknown_errors(log) == ["ValueError: what"]


def test_a_refused_uploads_file_that_cannot_be_flushed_is_no_unknown_error(tmp_path: Path) -> None:
    trace = 'Traceback (most recent call last):\n  File "x.py", line 1, in close\n'
    log = tmp_path / "roles.log"
    ignored = "Exception ignored in: <function SpooledTemporaryFile.__del__ at 0x1>\n"
    log.write_text(f"{ignored}{trace}OSError: full\nall is well\n{trace}OSError: other\n", encoding="utf-8")
    assert unknown_errors(log) == ["OSError: other"]
