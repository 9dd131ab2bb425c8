"""What the service's tests are built from: parts on a fresh folder, a reading, a reader that follows a script."""

from __future__ import annotations

import io
import os
import struct
import tempfile
import time
import uuid
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from extractors.errors import ERRORS_BY_CODE
from extractors.form.reading import FIELD_IDS
from intake_service.dispatch import Dispatch
from intake_service.errors import UnavailableError
from intake_service.intake import Meta, UntrustedFile, accept_upload
from intake_service.parts import Actor, Parts, Role, open_parts
from intake_service.settings import Settings, load_settings
from intake_service.store import Store, calls
from intake_service.store.submissions import Submission
from worker.answering import answer
from worker.jobs import read_document
from worker.parts import WorkerParts
from worker.sandbox import OnPage

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "")
"""Set it (``postgresql://user:password@host/postgres``) to run these tests on PostgreSQL instead of SQLite."""

CLERK = Actor("clerk", Role.CLERK)
REVIEWER = Actor("reviewer", Role.REVIEWER)
OTHER_REVIEWER = Actor("other", Role.REVIEWER)
ADMIN = Actor("boss", Role.ADMIN)

PDF = b"%PDF-1.7 an envelope's worth of paper"
JPEG = b"\xff\xd8\xff\xe0 a photograph"
PNG = b"\x89PNG\r\n\x1a\n a picture"
TIFF = b"II*\x00 a fax"


def make_settings(folder: Path, **values: Any) -> Settings:
    """Settings on ``folder``, with a disk that is never too full for a test."""
    return replace(load_settings({"INTAKE_DATA": str(folder), "INTAKE_MIN_FREE_MB": "0"}), **values)


def make_parts(folder: Path, **values: Any) -> Parts:
    """Parts with tables; no queue server answers."""
    if POSTGRES_URL:
        return open_parts(make_settings(folder, database_url=_fresh_postgres(), **values))
    return make_sqlite_parts(folder, **values)


def make_sqlite_parts(folder: Path, **values: Any) -> Parts:
    """The same on SQLite, whatever other tests run on."""
    settings = make_settings(folder, **values)
    (settings.data / "intake.db").write_bytes(_migrated_database())
    return open_parts(settings)


def _fresh_postgres() -> str:
    """A new database beside the one ``POSTGRES_URL`` names."""
    name = f"intake_test_{uuid.uuid4().hex}"
    engine = sa.create_engine(sa.make_url(POSTGRES_URL).set(drivername="postgresql+psycopg"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    url = sa.make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
    Store(url).migrate()
    return url


@cache
def _migrated_database() -> bytes:
    """An empty database with tables; migrating anew for each test would take most of the time."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/intake.db")
        store.migrate()
        with store.read() as tx:
            tx.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store.close()
        return (Path(folder) / "intake.db").read_bytes()


def upload(parts: Parts, *contents: bytes, key: str = "", meta: Meta | None = None) -> Submission:
    """Hand in one submission, by default of one PDF."""
    files = [UntrustedFile(f"scan{n}{_ending(c)}", io.BytesIO(c)) for n, c in enumerate(contents or (PDF,))]
    return accept_upload(parts, CLERK, files, meta or Meta(), key).submission


def _ending(content: bytes) -> str:
    known = {JPEG[:4]: ".jpg", PNG[:4]: ".png", TIFF[:4]: ".tif"}
    return known.get(content[:4], ".pdf")


def make_cell(text: str, value: Any = None, status: str = "auto") -> dict[str, Any]:
    return {
        "text": text, "value": text if value is None else value, "confidence": 0.9, "status": status,
        "reasons": [], "page": 1, "box": [0.1, 0.1, 0.5, 0.2], "candidates": [],
    }  # fmt: skip


def make_row(number: int, name: str = "养老护理员", code: str = "4-10-01-05") -> dict[str, Any]:
    return {
        "seq": make_cell(str(number), number),
        "name": make_cell(name),
        "code": make_cell(code),
        "is_new": make_cell("否", value=False),
        "start_date": make_cell("2015.3", "2015-03"),
        "trained_count": make_cell("12000", 12000),
        "levels": make_cell("五级至三级", [5, 4, 3]),
    }


def make_reading(
    *,
    org_name: str = "湘江职业培训学校",
    rows: int = 2,
    matched: bool = True,
    pages: int = 2,
    **statuses: str,
) -> dict[str, Any]:
    """A reading of a filled form; ``statuses`` maps field to status."""
    texts = {name: f"{name} 的内容" for name in FIELD_IDS} | {
        "org_name": org_name,
        "uscc": "52430000MJJ0000000",
    }
    no_mark = {
        "present": False,
        "kind": "none",
        "status": "review",
        "reasons": ["absent"],
        "page": None,
        "box": None,
    }
    seal = {"present": True, "text": org_name, "number": "", "matches": True, "status": "auto", "reasons": []}
    return {
        "schema": "intake.reading/1",
        "file": {"name": "scan.pdf", "sha256": "0" * 64, "pages": pages},
        "form": {"id": "basic-info", "version": "hunan-2020-40", "matched": matched, "score": 0.9, "deviations": []},
        "fields": {n: make_cell(t, status=statuses.get(n, "auto")) for n, t in texts.items()} if matched else {},
        "occupations": [make_row(n + 1) for n in range(rows)] if matched else [],
        "marks": {"legal_rep_signature": no_mark, "org_seal": seal, "edge_seals": []} if matched else {},
        "checks": [],
        "pages": [{"number": n + 1, "role": "form"} for n in range(pages)],
        "materials": [], "warnings": [], "engine": {"name": "scripted"}, "timing_s": {"total": 0.1},
    }  # fmt: skip


def tiny_png(shade: int = 0) -> bytes:
    """A picture of one grey pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes([0, shade])))
        + chunk(b"IEND", b"")
    )


@dataclass
class ScriptedReader:
    """Gives what its script says, in turn: a reading, an error's code, or something to call in the middle."""

    script: Sequence[Mapping[str, Any] | str | Callable[[], None]] = ()
    page_s: float = 0.0
    covered: Sequence[int] = ()
    reads: list[str] = field(default_factory=list)
    kept: list[list[Mapping[str, Any]]] = field(default_factory=list)
    regions: list[Mapping[str, Any]] = field(default_factory=list)
    papers: list[Mapping[str, Any]] = field(default_factory=list)
    closed: bool = False

    def reread(self, path: Path, name: str, region: Mapping[str, Any]) -> dict[str, Any]:
        assert path.is_file()
        self.reads.append(name)
        self.regions.append(region)
        return {**make_cell("框内的字", status="review"), "confidence": 0.8}

    def make_searchable(self, papers: Sequence[Mapping[str, Any]], into: Path) -> Path:
        self.papers = list(papers)
        (into / "made.pdf").write_bytes(b"%PDF-made")
        return into / "made.pdf"

    def read(
        self,
        path: Path,
        name: str,
        *,
        pictures_dir: Path | None = None,
        on_page: OnPage | None = None,
        kept: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        step = self.script[min(len(self.reads), len(self.script) - 1)] if self.script else make_reading()
        self.reads.append(name)
        self.kept.append(list(kept))
        if isinstance(step, str):
            raise ERRORS_BY_CODE[step]
        reading = dict(step) if isinstance(step, Mapping) else make_reading()
        pages = int(reading["file"]["pages"])
        for number in range(1, pages + 1):
            time.sleep(self.page_s)
            if pictures_dir is not None:
                (pictures_dir / f"{number:04d}.png").write_bytes(tiny_png(number))
                if number in self.covered:
                    (pictures_dir / f"{number:04d}.cover").write_bytes(tiny_png(100 + number))
            if on_page is not None:
                on_page(number, pages, {"number": number})
            if callable(step) and number == 1:
                step()
        return reading

    def close(self) -> None:
        self.closed = True

    def kill(self) -> None:
        self.close()


@dataclass(frozen=True)
class AnsweringDispatch(Dispatch):
    """A queue behind which one worker does every errand at once; nobody takes any while ``busy`` holds something."""

    parts: Parts | None = None
    reader: ScriptedReader = field(default_factory=ScriptedReader)
    busy: list[str] = field(default_factory=list)

    def ask(self, errand: str, wait_s: float, answer_s: float) -> str | None:
        assert self.parts is not None
        if self.busy:
            return None
        if found := answer(self.parts, self.reader, errand):
            return found
        raise UnavailableError


def answering(parts: Parts, reader: ScriptedReader) -> Parts:
    """The same parts with a worker at the other end of the queue that does what is asked at once."""
    return replace(parts, dispatch=AnsweringDispatch(parts.settings, parts=parts, reader=reader))


def make_worker(parts: Parts, *script: Mapping[str, Any] | str | Callable[[], None]) -> WorkerParts:
    return WorkerParts(parts, ScriptedReader(script))


def read_all(parts: Parts, *script: Mapping[str, Any] | str | Callable[[], None]) -> None:
    """Let a worker read everything that waits."""
    worker = make_worker(parts, *script)
    with parts.store.read() as tx:
        waiting = calls.due_calls(tx)
    for document_id in waiting:
        read_document(worker, document_id)


def in_review(parts: Parts, reading: Mapping[str, Any] | None = None) -> Submission:
    """A submission that was read and waits for the reviewer."""
    submission = upload(parts)
    read_all(parts, reading or make_reading())
    return submission
