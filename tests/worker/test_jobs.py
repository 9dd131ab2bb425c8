"""Reading under a lease: what is stored, what is tried again, what an orphan may still do (nothing)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake_service import dispatch, pages, queue, records, review
from intake_service.errors import DatabaseBusyError, NotFoundError
from intake_service.parts import Parts
from intake_service.store import State, audit, calls, documents, page_files, whole
from tests.intake_service.builders import (
    JPEG,
    PDF,
    REVIEWER,
    ScriptedReader,
    make_parts,
    make_reading,
    make_worker,
    read_all,
    tiny_png,
    upload,
)
from worker import sweeper
from worker.jobs import read_document
from worker.parts import WorkerParts


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    made = make_parts(tmp_path, lease_s=30)
    yield made
    made.store.close()


def first_document(parts: Parts, submission_id: str) -> documents.Document:
    return queue.get_submission(parts, submission_id)[1][0]


def let_the_lease_run_out(parts: Parts, document_id: str) -> None:
    with parts.store.write() as tx:
        past = datetime.now(UTC) - timedelta(seconds=1)
        tx.execute(
            records.documents.update()
            .where(records.documents.c.id == document_id)
            .values(lease_expires_at=past)
        )


def test_a_document_is_read_once_and_comes_to_review(parts: Parts) -> None:
    submission = upload(parts)
    document = first_document(parts, submission.id)
    worker = make_worker(parts, make_reading(org_name="湘江学校", uscc="review", pages=3))
    assert read_document(worker, document.id)
    assert not read_document(worker, document.id)
    found, files = queue.get_submission(parts, submission.id)
    assert (found.status, found.org_name, found.doubts) == (State.IN_REVIEW, "湘江学校", 2)
    assert (found.form_document_id, files[0].pages_done, files[0].pages_total) == (document.id, 3, 3)
    with parts.store.read() as tx:
        assert not calls.called(tx)
        assert audit.first_broken(tx) is None
    assert pages.page_picture(parts, submission.id, 3).path.read_bytes() == tiny_png(3)
    assert [page.number for page in pages.list_pages(parts, submission.id)] == [1, 2, 3]


def test_what_hides_the_printed_form_is_kept_beside_the_page(parts: Parts) -> None:
    submission = upload(parts)
    reader = ScriptedReader([make_reading(pages=2)], covered=[1])
    read_document(WorkerParts(parts, reader), first_document(parts, submission.id).id)
    assert pages.page_cover(parts, submission.id, 1).path.read_bytes() == tiny_png(101)
    with pytest.raises(NotFoundError):
        pages.page_cover(parts, submission.id, 2)
    with parts.store.read() as tx:
        assert len(whole.file_hashes(tx)) == 4, "the original, two pictures, the cover"


def test_the_file_with_the_form_is_the_submissions_reading(parts: Parts) -> None:
    submission = upload(parts, PDF, JPEG)
    read_all(parts, make_reading(matched=False), make_reading(org_name="湘江学校"))
    found, files = queue.get_submission(parts, submission.id)
    assert (found.form_document_id, found.org_name) == (files[1].id, "湘江学校")
    assert review.reading(parts, submission.id)["form"]["matched"]
    assert not review.reading(parts, submission.id, files[0].id)["form"]["matched"]


def test_paper_without_the_form_goes_to_review_empty(parts: Parts) -> None:
    submission = upload(parts)
    read_all(parts, make_reading(matched=False))
    shown = review.open_review(parts, submission.id)
    assert shown.submission.status is State.IN_REVIEW
    assert shown.reading is None
    assert not shown.current.rows


def test_a_refused_file_fails_at_once_with_its_code_and_can_be_retried_or_typed_in(parts: Parts) -> None:
    submission = upload(parts)
    read_all(parts, "encrypted_pdf")
    found = queue.get_submission(parts, submission.id)[0]
    assert (found.status, found.error_code) == (State.FAILED, "encrypted_pdf")
    assert found.error_message
    queue.retry(parts, REVIEWER, submission.id)
    read_all(parts, "encrypted_pdf")
    typed = queue.type_in(parts, REVIEWER, submission.id)
    assert typed.status is State.IN_REVIEW
    current = review.correct(parts, REVIEWER, submission.id, 0, "fields.org_name", "手工录入学校")
    assert current.fields["org_name"].text == "手工录入学校"


@pytest.mark.parametrize("code", ["processing_crashed", "timeout", "resource_limit"])
def test_three_crashes_quarantine_with_the_code(parts: Parts, code: str) -> None:
    submission = upload(parts)
    document_id = first_document(parts, submission.id).id
    worker = make_worker(parts, code)
    for expected in (State.RECEIVED, State.RECEIVED, State.QUARANTINED):
        read_document(worker, document_id)
        found = queue.get_submission(parts, submission.id)[0]
        assert (found.status, found.error_code) == (expected, code)
    assert not read_document(worker, document_id)
    queue.retry(parts, REVIEWER, submission.id)
    assert read_document(make_worker(parts), document_id)
    found = queue.get_submission(parts, submission.id)[0]
    assert (found.status, found.error_code) == (State.IN_REVIEW, None)


def test_a_crash_asks_for_another_try_only_after_a_while(parts: Parts) -> None:
    submission = upload(parts)
    read_document(make_worker(parts, "timeout"), first_document(parts, submission.id).id)
    with parts.store.read() as tx:
        assert calls.called(tx)
        assert not calls.due_calls(tx)


def test_a_reading_that_was_cut_off_goes_on_behind_the_pages_that_are_done(parts: Parts) -> None:
    submission = upload(parts)
    document_id = first_document(parts, submission.id).id

    def stop() -> None:
        raise SystemExit

    first, second = ScriptedReader([stop]), ScriptedReader()
    with pytest.raises(SystemExit):
        read_document(WorkerParts(parts, first), document_id)
    assert read_document(WorkerParts(parts, second), document_id)
    assert (first.kept, second.kept) == ([[]], [[{"number": 1}]])


def test_a_retry_that_somebody_asked_for_begins_at_the_first_page(parts: Parts) -> None:
    submission = upload(parts)
    document = first_document(parts, submission.id)
    with parts.store.write() as tx:
        page_files.keep(tx, document.id, 1, "0" * 64, kept={"number": 1})
    read_all(parts, "encrypted_pdf")
    queue.retry(parts, REVIEWER, submission.id)
    reader = ScriptedReader()
    read_document(WorkerParts(parts, reader), document.id)
    assert reader.kept == [[]]


def test_an_orphans_late_result_changes_nothing(parts: Parts) -> None:
    """The first reader stalls, its lease runs out, a second one reads to the end; then the first wakes up."""
    submission = upload(parts)
    document_id = first_document(parts, submission.id).id

    def overtaken() -> None:
        let_the_lease_run_out(parts, document_id)
        assert sweeper.take_over(parts) == 1
        assert read_document(make_worker(parts, make_reading(org_name="第二个读者")), document_id)

    orphan = make_worker(parts, overtaken)
    assert not read_document(orphan, document_id)
    found = queue.get_submission(parts, submission.id)[0]
    assert (found.status, found.org_name) == (State.IN_REVIEW, "第二个读者")
    assert first_document(parts, submission.id).lease == 2
    assert review.reading(parts, submission.id)["fields"]["org_name"]["text"] == "第二个读者"


def test_an_orphans_late_error_changes_nothing(parts: Parts) -> None:
    submission = upload(parts)
    document_id = first_document(parts, submission.id).id
    with parts.store.write() as tx:
        stale = documents.take_lease(tx, document_id, "orphan", 30)
    assert stale is not None
    let_the_lease_run_out(parts, document_id)
    sweeper.take_over(parts)
    read_document(make_worker(parts), document_id)
    with parts.store.write() as tx:
        assert not documents.fail(tx, stale, State.FAILED, "corrupt_file", "")
        assert not documents.put_off(tx, stale, "timeout", "", 1)
        assert not documents.prolong_lease(tx, stale, 30)
        assert not documents.release_lease(tx, stale)
        assert not documents.finish(tx, stale, make_reading(), 2)
    assert queue.get_submission(parts, submission.id)[0].status is State.IN_REVIEW


def test_an_orphan_cannot_write_while_its_successor_reads(parts: Parts) -> None:
    """Both believe to be reading; only the number tells them apart."""
    document_id = first_document(parts, upload(parts).id).id
    with parts.store.write() as tx:
        stale = documents.take_lease(tx, document_id, "orphan", 30)
    let_the_lease_run_out(parts, document_id)
    sweeper.take_over(parts)
    with parts.store.write() as tx:
        fresh = documents.take_lease(tx, document_id, "successor", 30)
        assert stale is not None
        assert fresh is not None
        assert not documents.note_progress(tx, stale, 1, 2)
        assert not documents.finish(tx, stale, make_reading(), 2)
        assert not documents.fail(tx, stale, State.FAILED, "corrupt_file", "")
        assert not documents.put_off(tx, stale, "timeout", "", 1)
        assert not documents.release_lease(tx, stale)
        assert documents.finish(tx, fresh, make_reading(), 2)


def test_a_running_lease_is_kept_and_not_taken_over(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, lease_s=1)
    submission = upload(parts)
    document_id = first_document(parts, submission.id).id
    taken: list[int] = []
    reader = ScriptedReader([lambda: taken.append(sweeper.take_over(parts))], page_s=1.2)
    assert read_document(WorkerParts(parts, reader), document_id)
    assert taken == [0]
    assert first_document(parts, submission.id).attempts == 1


def test_a_database_that_is_busy_for_long_ends_no_reading_and_is_no_surprise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    parts = make_parts(tmp_path, lease_s=1)
    document_id = first_document(parts, upload(parts).id).id

    def busy(*_: object) -> bool:
        raise DatabaseBusyError

    monkeypatch.setattr(documents, "prolong_lease", busy)
    assert read_document(WorkerParts(parts, ScriptedReader([make_reading()], page_s=0.5)), document_id)
    told = [record for record in caplog.records if "prolong" in record.message]
    assert told
    assert not any(record.exc_info for record in told)


def test_a_worker_asked_to_stop_gives_its_document_back_uncounted(parts: Parts) -> None:
    submission = upload(parts)
    document_id = first_document(parts, submission.id).id

    def stop() -> None:
        raise SystemExit(0)

    with pytest.raises(SystemExit):
        read_document(make_worker(parts, stop), document_id)
    document = first_document(parts, submission.id)
    assert (document.status, document.attempts) == (State.RECEIVED, 0)
    with parts.store.read() as tx:
        assert calls.due_calls(tx) == [document_id]


@dataclass(frozen=True)
class Deaf(dispatch.Dispatch):
    """A queue that answers only while ``up`` holds something."""

    up: list[bool] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def wake(self, document_id: str) -> bool:
        if self.up:
            self.calls.append(document_id)
        return bool(self.up)


def test_the_sweeper_sends_what_the_queue_missed_and_repeats_it(parts: Parts) -> None:
    deaf = Deaf(parts.settings)
    parts = replace(parts, dispatch=deaf)
    document_id = first_document(parts, upload(parts).id).id
    assert sweeper.sweep(parts) == 0
    deaf.up.append(True)
    assert sweeper.sweep(parts) == 1
    assert sweeper.sweep(parts) == 0
    with parts.store.write() as tx:
        calls.note_called(tx, [document_id], -1.0)
    assert sweeper.sweep(parts) == 1
    assert deaf.calls == [document_id, document_id]
    read_all(parts)
    assert sweeper.sweep(parts) == 0
