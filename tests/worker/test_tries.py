"""What counts against a document, whose turn it is, and who notices that a reader is gone."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa

from intake_service import dispatch, queue, records
from intake_service.errors import NotFoundError, StorageFullError
from intake_service.files import FileStore
from intake_service.parts import Parts
from intake_service.store import State, calls, documents
from intake_service.store.documents import Document
from tests.intake_service.builders import PDF, make_parts, make_worker, upload
from worker import owners, sweeper
from worker.ending import LOST_READERS
from worker.jobs import read_document
from worker.main import _next_document, work
from worker.parts import WorkerParts


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    made = make_parts(tmp_path, lease_s=30)
    yield made
    made.store.close()


def only_document(parts: Parts, submission_id: str) -> Document:
    return queue.get_submission(parts, submission_id)[1][0]


def leave(parts: Parts, document_id: str, owner: str = "elsewhere:1:1", *, run_out: bool = True) -> None:
    """A reader takes the document and is never heard of again."""
    with parts.store.write() as tx:
        assert documents.take_lease(tx, document_id, owner, 30)
        if run_out:
            past = datetime.now(UTC) - timedelta(seconds=1)
            tx.execute(records.documents.update().values(lease_expires_at=past))


def let_its_time_come(parts: Parts) -> None:
    with parts.store.write() as tx:
        tx.execute(records.outbox.update().values(due_at=datetime.now(UTC)))


def test_a_worker_that_dies_is_not_held_against_the_document(parts: Parts) -> None:
    """Two power cuts and one crash of the child are one crash, not three."""
    document_id = only_document(parts, upload(parts).id).id
    for _ in range(4):
        leave(parts, document_id)
        assert sweeper.take_over(parts) == 1
    read_document(make_worker(parts, "processing_crashed"), document_id)
    with parts.store.read() as tx:
        document = documents.get(tx, document_id)
    assert (document.status, document.attempts, document.crashes) == (State.RECEIVED, 5, 1)


def test_a_document_that_no_reader_survives_is_set_aside_in_the_end(parts: Parts) -> None:
    document_id = only_document(parts, upload(parts).id).id
    for _ in range(parts.settings.max_attempts * LOST_READERS):
        leave(parts, document_id)
        sweeper.take_over(parts)
    with parts.store.read() as tx:
        document = documents.get(tx, document_id)
    assert (document.status, document.error_code) == (State.QUARANTINED, "processing_crashed")


def test_a_reader_that_ended_on_this_machine_is_not_waited_for(parts: Parts) -> None:
    document_id = only_document(parts, upload(parts).id).id
    code = "from worker import owners; print(owners.mine(), flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    leave(parts, document_id, other.stdout.readline().strip(), run_out=False)
    assert sweeper.take_over(parts) == 0
    other.kill()
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # dead, not yet buried
    assert sweeper.take_over(parts) == 1
    other.wait()


@pytest.mark.parametrize("owner", ["", "elsewhere:1:1", "{here}:1", "{here}:x:1"])
def test_of_other_machines_and_odd_names_nothing_is_known(owner: str) -> None:
    assert not owners.is_gone(owner.format(here=owners.machine()))
    assert not owners.is_gone(owners.mine())
    assert len(owners.mine()) <= 64


def test_a_number_that_was_given_again_is_not_the_old_process() -> None:
    machine, pid, started = owners.mine().split(":")
    assert owners.is_gone(f"{machine}:{pid}:{int(started) - 1}")


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (StorageFullError(), "storage_full"),
        (OSError(errno.ENOSPC, "no space"), "storage_full"),
        (OSError(errno.EIO, "i/o"), "unavailable"),
        (NotFoundError(), "not_found"),
    ],
)
def test_the_machines_trouble_is_not_held_against_the_document(
    parts: Parts, trouble: Exception, code: str
) -> None:
    submission = upload(parts)
    document_id = only_document(parts, submission.id).id

    def strike() -> None:
        raise trouble

    for _ in range(5):
        with pytest.raises(type(trouble)):
            read_document(make_worker(parts, strike), document_id)
        with parts.store.read() as tx:
            assert not calls.waiting(tx)
        let_its_time_come(parts)
    found, (document,) = queue.get_submission(parts, submission.id)
    assert (found.status, found.error_code) == (State.RECEIVED, code)
    assert (document.attempts, document.crashes) == (0, 0)
    assert read_document(make_worker(parts), document_id)
    assert queue.get_submission(parts, submission.id)[0].error_code is None


def test_a_child_that_dies_on_a_full_disk_is_no_crash(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    document_id = only_document(parts, upload(parts).id).id
    monkeypatch.setattr(FileStore, "free_bytes", lambda _self: 0)
    for _ in range(4):
        assert read_document(make_worker(parts, "processing_crashed"), document_id)
    with parts.store.read() as tx:
        document = documents.get(tx, document_id)
    assert (document.status, document.crashes, document.error_code) == (State.RECEIVED, 0, "storage_full")


def test_reading_waits_while_the_disk_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = make_parts(tmp_path, min_free_mb=1)
    submission = upload(parts)
    worker = make_worker(parts)
    rooms = [0, 10**9]

    def free_bytes(_store: FileStore) -> int:
        if len(rooms) == 1:
            worker.stopping.set()
        return rooms.pop(0) if len(rooms) > 1 else rooms[0]

    monkeypatch.setattr(FileStore, "free_bytes", free_bytes)
    monkeypatch.setattr("worker.main.FULL_WAIT_S", 0)
    monkeypatch.setattr("worker.main.WAIT_S", 0)
    looked: list[State] = []
    monkeypatch.setattr(
        worker.stopping,
        "wait",
        lambda _s: looked.append(queue.get_submission(parts, submission.id)[0].status),
    )
    work(worker)
    assert looked == [State.RECEIVED]
    assert queue.get_submission(parts, submission.id)[0].status is State.IN_REVIEW


def order(parts: Parts) -> list[str]:
    with parts.store.read() as tx:
        return [documents.get(tx, one).submission_id for one in calls.waiting(tx, limit=500)]


def test_a_huge_submission_does_not_keep_a_small_one_waiting(parts: Parts) -> None:
    huge = upload(parts, *(PDF + bytes([n]) for n in range(50)))
    small = [upload(parts, PDF + b"small" + bytes([n])) for n in range(3)]
    assert order(parts)[0] == huge.id
    assert order(parts)[1:4] == [each.id for each in small]


def test_a_large_file_lets_small_ones_go_first_but_not_for_ever(parts: Parts) -> None:
    large = upload(parts, PDF + b"x" * 8 * 1024**2)
    small = upload(parts)
    assert order(parts) == [small.id, large.id]
    with parts.store.write() as tx:
        long_ago = datetime.now(UTC) - timedelta(seconds=10)
        theirs = sa_documents_of(tx, large.id)
        tx.execute(
            records.outbox.update().where(records.outbox.c.document_id == theirs).values(turn_at=long_ago)
        )
    assert order(parts) == [large.id, small.id]


def sa_documents_of(tx: sa.Connection, submission_id: str) -> str:
    return documents.of_submission(tx, submission_id)[0].id


def test_who_was_taken_over_keeps_his_turn(parts: Parts) -> None:
    first, second = upload(parts), upload(parts, PDF + b"2")
    leave(parts, only_document(parts, first.id).id)
    sweeper.take_over(parts)
    assert order(parts) == [first.id, second.id]


class Mute(dispatch.Dispatch):
    """A queue that loses every call."""

    def next_call(self, timeout_s: int) -> None:
        return None


class Down(dispatch.Dispatch):
    def next_call(self, timeout_s: int) -> None:
        raise redis.ConnectionError


@pytest.mark.parametrize("kind", [Mute, Down])
def test_work_is_found_without_any_call(
    parts: Parts, kind: type[dispatch.Dispatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.main.WAIT_S", 0)
    document_id = only_document(parts, upload(parts).id).id
    worker = make_worker(parts)
    deaf = WorkerParts(replace(parts, dispatch=kind(parts.settings)), worker.reader)
    assert _next_document(deaf) == document_id


def test_a_sweeper_survives_what_nobody_foresaw(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    stopping = threading.Event()
    rounds: list[int] = []

    def sweep(_parts: Parts) -> int:
        rounds.append(1)
        if len(rounds) == 1:
            raise ZeroDivisionError
        stopping.set()
        return 0

    monkeypatch.setattr(sweeper, "sweep", sweep)
    sweeper.sweep_until(parts, stopping, every_s=0.0)
    assert len(rounds) == 2


def test_what_killed_readers_and_uploads_left_is_removed(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    old, young, foreign = (
        temporary / name for name in ("intake-pages-a", "intake-reading-b", "somebody-elses")
    )
    upload_left = parts.settings.data / "files" / "incoming" / "half"
    for folder in (old, young, foreign, upload_left.parent):
        folder.mkdir(parents=True)
    (old / "0001.png").write_bytes(b"a page")
    upload_left.write_bytes(b"half")
    (temporary / "intake-pages-link").symlink_to(foreign)
    for path in (old, foreign, upload_left):
        os.utime(path, (0, 0))
    sweeper.clean_up(parts)
    assert sorted(path.name for path in temporary.iterdir()) == [
        "intake-pages-link", "intake-reading-b", "somebody-elses",
    ]  # fmt: skip
    assert not upload_left.exists()
