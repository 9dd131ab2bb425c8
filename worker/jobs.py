"""The one job: read a document and store what was read.

Every step may be repeated and every write is fenced by the lease's number, so a job that is called twice, or
whose first reader turns out to be alive, changes nothing twice.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from extractors.errors import ExtractionError
from intake_service import counted, indexing
from intake_service.errors import ServiceError, StorageFullError, UnavailableError
from intake_service.faultpoints import reach
from intake_service.files import FULL
from intake_service.logs import about
from intake_service.store import State, audit, documents, page_files, totals
from intake_service.store.documents import Document
from intake_service.store.settling import settle
from worker import parts as worker_parts
from worker.ending import CRASHES, end_in_error
from worker.leftovers import PAGES
from worker.parts import WorkerParts

MAX_PICTURE_BYTES = 100 * 1024 * 1024
GIVEN_BACK_S = 5.0
"""How long a document rests that could not be read for the machine's sake: a full disk, a busy database."""

log = logging.getLogger(__name__)


class LeaseLostError(Exception):
    """Another reader has the document now; whatever this one still does must not be stored."""


def read_submission(document_id: str) -> None:
    """The job as the queue names it: read the document with this id, if it still waits."""
    read_document(worker_parts.current(), document_id)


def read_document(parts: WorkerParts, document_id: str) -> bool:
    """Take the lease, read, store; False when there was nothing to do or the lease was lost on the way."""
    settings = parts.service.settings
    with parts.service.store.write() as tx:
        document = documents.take_lease(tx, document_id, parts.owner, settings.lease_s)
        if document is None:
            return False
        settle(tx, document.submission_id)
    with about(submission=document.submission_id, document=document.id):
        return _read_leased(parts, document)


def _read_leased(parts: WorkerParts, document: Document) -> bool:
    reach("job.leased")
    log.info("reading, try %d", document.attempts)
    try:
        with _kept_lease(parts, document):
            _read_and_store(parts, document)
    except LeaseLostError:
        log.warning("lost the lease")
        return False
    except ExtractionError as error:
        log.warning("not read: %s", error.code)
        if isinstance(error, CRASHES) and parts.service.files.is_full():
            _give_back(parts, document, StorageFullError())  # a child without room for its files dies, too
            return True
        with parts.service.store.write() as tx:
            end_in_error(tx, document, error, parts.service.settings.max_attempts)
    except (ServiceError, OSError) as error:
        _give_back(parts, document, told(error))
        raise
    except SystemExit:
        _give_back(parts, document)
        raise
    return True


def told(error: ServiceError | OSError) -> ServiceError:
    """What the machine's trouble is called; none of it is the document's fault."""
    if isinstance(error, ServiceError):
        return error
    return StorageFullError() if error.errno in FULL else UnavailableError()


def _give_back(parts: WorkerParts, document: Document, why: ServiceError | None = None) -> None:
    """Let another try follow without counting this one, after a while if the machine is in trouble."""
    code, message = (why.code, why.message) if why else (None, None)
    with parts.service.store.write() as tx:
        if documents.release_lease(tx, document, code, message, GIVEN_BACK_S if why else 0.0):
            settle(tx, document.submission_id)


def _read_and_store(parts: WorkerParts, document: Document) -> None:
    store, files = parts.service.store, parts.service.files
    with tempfile.TemporaryDirectory(prefix=PAGES) as folder:
        pictures = Path(folder)
        stored: set[int] = set()

        def on_page(done: int, total: int, kept: dict[str, Any] | None) -> None:
            reach("page.done")
            found = _keep_pictures(parts, pictures, stored)
            with store.write() as tx:
                if not documents.note_progress(tx, document, done, total):
                    raise LeaseLostError
                for number, hashes in found.items():
                    page_files.keep(tx, document.id, number, *hashes, kept=kept if number == done else None)
                reach("page.keeping")
            reach("page.kept")

        with store.read() as tx:
            kept_pages = page_files.kept_of(tx, document.id)
        reading = parts.reader.read(
            files.path(document.file_hash),
            document.name,
            pictures_dir=pictures,
            on_page=on_page,
            kept=kept_pages,
        )
        reach("job.read")
        found = _keep_pictures(parts, pictures, stored)
    indexing.warm_up()
    with store.write() as tx:
        if not documents.finish(tx, document, reading, int(reading["file"]["pages"])):
            raise LeaseLostError
        for number, hashes in found.items():
            page_files.keep(tx, document.id, number, *hashes)
        _bring_to_review(tx, document, reading)
        waited_s = (datetime.now(UTC) - document.created_at).total_seconds()
        totals.add(tx, counted.of_reading(reading, waited_s))
        reach("job.finishing")
    reach("job.finished")


def _bring_to_review(tx: sa.Connection, document: Document, reading: dict[str, Any]) -> None:
    state = settle(tx, document.submission_id)
    if state is State.IN_REVIEW:
        indexing.refresh(tx, document.submission_id)
    detail = {
        "document": document.id,
        "pages": reading["file"]["pages"],
        "matched": reading["form"]["matched"],
    }
    audit.append(tx, "system", "document.read", document.submission_id, detail)


def _keep_pictures(parts: WorkerParts, folder: Path, stored: set[int]) -> dict[int, list[str]]:
    """Move finished pictures (``0001.png``, perhaps ``0001.cover``) into the file store; page number to their hashes."""
    found: dict[int, list[str]] = {}
    for path in sorted(folder.glob("[0-9][0-9][0-9][0-9].png")):
        number = int(path.stem)
        if number not in stored:
            pictures = [path, *folder.glob(f"{path.stem}.cover")]
            found[number] = [parts.service.files.put_file(each, MAX_PICTURE_BYTES).hash for each in pictures]
            for each in pictures:
                each.unlink()
            stored.add(number)
    return found


@contextmanager
def _kept_lease(parts: WorkerParts, document: Document) -> Iterator[None]:
    """Prolong the lease from a thread while the block runs; a database that does not answer lets it run out."""
    done = threading.Event()
    seconds = parts.service.settings.lease_s

    def beat() -> None:
        while not done.wait(seconds / 3):
            try:
                with parts.service.store.write() as tx:
                    if not documents.prolong_lease(tx, document, seconds):
                        return
            except ServiceError as error:
                # A database that is busy for long: a lease that runs out is taken over.
                log.warning("could not prolong a lease: %s", type(error).__name__)
            except Exception:  # the thread's last door
                log.exception("could not prolong a lease")

    thread = threading.Thread(target=beat, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
