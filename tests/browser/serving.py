"""A desk on a free port of this machine with people and submissions in it, served from a thread."""

from __future__ import annotations

import hashlib
import io
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from werkzeug.serving import WSGIRequestHandler, make_server

from intake_service import accounts, indexing, intake, review
from intake_service.app import create_app
from intake_service.parts import SYSTEM, Actor, Parts, Role, open_parts
from intake_service.settings import load_settings
from intake_service.store import State, documents, page_files
from intake_service.store.settling import settle
from tests.browser.paper import SAMPLE, Drawn, draw, reading_of

PASSWORD = "a-long-password"
REVIEWER = Actor("lin", Role.REVIEWER, "林")
LAUNCH = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-sync")  # fmt: skip


def chromium() -> str | None:
    """Where the system's browser is, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def desk_parts(folder: Path) -> Parts:
    """Parts on an empty folder, with one user of each role."""
    parts = open_parts(load_settings({"INTAKE_DATA": str(folder)}))
    parts.store.migrate()
    for name, role, shown in (
        ("shou", "clerk", "收发小李"),
        ("lin", "reviewer", "林审核"),
        ("admin", "admin", "管理员"),
    ):
        accounts.add_user(parts, SYSTEM, name, role, PASSWORD, shown)
    return parts


@dataclass(frozen=True)
class Prepared:
    """Pictures and places of one drawn form, drawn once and used often."""

    form: Drawn
    pictures: list[bytes]
    places: dict[str, tuple[int, list[float]]]


def prepare(browser: Browser, form: Drawn = SAMPLE) -> Prepared:
    """Draw a form."""
    return Prepared(form, *draw(browser, form))


def hand_in(parts: Parts, content: bytes, name: str, **meta: Any) -> str:
    """Upload one file; returns the submission's id."""
    upload = intake.UntrustedFile(name, io.BytesIO(content))
    return intake.accept_upload(parts, SYSTEM, [upload], intake.Meta(**meta)).submission.id


def add_read(parts: Parts, prepared: Prepared, name: str = "扫描件.png", **values: str) -> str:
    """A submission that was read: as a worker would have left it."""
    form = replace(prepared.form, values={**prepared.form.values, **values}) if values else prepared.form
    content = prepared.pictures[0] + hashlib.sha256(repr(form.values).encode()).digest()
    submission_id = hand_in(
        parts, content, name, channel="mail", tracking_number="EE471108151CN", sender="长沙岳麓邮政支局"
    )
    read_last(parts, submission_id, replace(prepared, form=form))
    return submission_id


def read_last(parts: Parts, submission_id: str, prepared: Prepared) -> None:
    """Its latest file as a worker would have read it."""
    with parts.store.write() as tx:
        document = documents.of_submission(tx, submission_id)[-1]
        leased = documents.take_lease(tx, document.id, "test", 60)
        assert leased is not None
        settle(tx, submission_id)
        for number, picture in enumerate(prepared.pictures, start=1):
            kept = parts.files.put(io.BytesIO(picture), 50_000_000)
            page_files.keep(tx, leased.id, number, kept.hash)
        reading = reading_of(prepared.form, prepared.places, document.name, document.file_hash)
        documents.finish(tx, leased, reading, len(prepared.pictures))
        assert settle(tx, submission_id) is State.IN_REVIEW
        indexing.refresh(tx, submission_id)


def add_failed(parts: Parts, name: str, code: str, message: str, state: State = State.FAILED) -> str:
    """A submission whose file could not be read."""
    submission_id = hand_in(parts, b"%PDF-1.7 " + name.encode(), name, channel="online")
    with parts.store.write() as tx:
        leased = documents.take_lease(tx, documents.of_submission(tx, submission_id)[0].id, "test", 60)
        assert leased is not None
        settle(tx, submission_id)
        documents.fail(tx, leased, state, code, message)
        settle(tx, submission_id)
    return submission_id


def start_reading(parts: Parts, name: str, done: int, total: int) -> str:
    """A submission that is being read right now."""
    submission_id = hand_in(parts, b"%PDF-1.7 " + name.encode(), name, channel="counter")
    with parts.store.write() as tx:
        leased = documents.take_lease(tx, documents.of_submission(tx, submission_id)[0].id, "test", 600)
        assert leased is not None
        documents.note_progress(tx, leased, done, total)
        settle(tx, submission_id)
    return submission_id


def accept(parts: Parts, submission_id: str, who: Actor = REVIEWER) -> None:
    """Decide 通过."""
    from intake_service.store import Move

    version = review.open_review(parts, submission_id).current.version
    review.decide(parts, who, submission_id, version, Move.ACCEPT)


class KeptAlive(WSGIRequestHandler):
    """Connections stay open between requests, as with the server of the product; nothing is logged."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def serving(parts: Parts) -> Iterator[str]:
    """The address of the desk while the block runs."""
    app = create_app(parts.settings, parts)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=KeptAlive)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
        parts.store.close()
