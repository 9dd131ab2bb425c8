"""The API on a free port of this machine as `intake web` serves it, with submissions in every state and a token."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import waitress

from extractors.form.geometry import Box
from extractors.form.reading import (
    COLUMN_IDS,
    FIELD_IDS,
    Candidate,
    DocumentReading,
    EngineInfo,
    FieldReading,
    FormMatch,
    Marks,
    Material,
    OccupationRow,
    PageSummary,
    Part,
    Role,
    SealReading,
    SignatureKind,
    SignatureReading,
    Status,
    reading_to_json,
)
from intake_service import review, tokens
from intake_service.app import create_app
from intake_service.normalise import normalise
from intake_service.parts import SYSTEM, Parts
from intake_service.store import Move
from tests.intake_service.builders import (
    PDF,
    REVIEWER,
    ScriptedReader,
    answering,
    make_parts,
    read_all,
    upload,
)

TEXTS = {
    "org_name": "湘江职业培训学校", "org_type": "民办非企业单位", "uscc": "52430100MJJ000004G",
    "registered_capital": "50万元", "contact_phone": "0731-24900000", "authority_opinion_date": "2020年5月1日",
}  # fmt: skip
ROW = ("1", "养老护理员", "4-10-01-05", "否", "2015.3", "12000", "五级至三级")
THREADS = 8


@dataclass(frozen=True)
class Served:
    """A running service and how to talk to it; ``submission_id`` is in review."""

    parts: Parts
    url: str
    token: str
    submission_id: str


def whole_reading() -> dict[str, Any]:
    """A reading with all its parts, made as the pipeline makes it."""
    return reading_to_json(
        DocumentReading(
            file_name="scan.pdf",
            sha256=hashlib.sha256(PDF).hexdigest(),
            page_count=2,
            form=FormMatch("basic-info", "hunan-2020-40", matched=True, score=0.98),
            engine=EngineInfo("scripted", "1", "none"),
            fields={name: _field(name, TEXTS.get(name, "长沙市")) for name in FIELD_IDS},
            occupations=(OccupationRow(*map(_field, COLUMN_IDS, ROW)),),
            marks=Marks(
                SignatureReading(SignatureKind.HANDWRITTEN, 0.99, Status.AUTO),
                SealReading(present=True, text=TEXTS["org_name"], matches=True, confidence=0.9, status=Status.AUTO),
            ),
            pages=(PageSummary(1, Role.FORM, 1), PageSummary(2, Role.FORM_CONTINUATION, 1)),
            materials=(Material(1, "社会培训评价组织基本情况表", (1, 2)),),
            timing_s={"total": 0.1},
        )
    )  # fmt: skip


def _field(name: str, text: str) -> FieldReading:
    status = Status.REVIEW if name in {"uscc", "code"} else Status.AUTO
    place = (Part(1, Box(0.1, 0.1, 0.5, 0.2)),)
    return FieldReading(text, normalise(name, text), 0.9, status, (), place, (Candidate(text[:-1], 0.01),))


@contextmanager
def served(folder: Path, **settings: Any) -> Iterator[Served]:
    """Serve until the block ends; nothing reads unless a test does."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = make_parts(folder, **{"api_per_minute": 10**9, **settings})
    submission_id = _seed(parts)
    token = tokens.create_token(parts, SYSTEM, "served")
    app = create_app(parts.settings, answering(parts, ScriptedReader([whole_reading()])))
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=THREADS, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Served(parts, f"http://127.0.0.1:{server.effective_port}", token, submission_id)
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(timeout=5)
        parts.store.close()


def _seed(parts: Parts) -> str:
    """One submission in each of some states; returns the id of one in review."""
    upload(parts, PDF + b"broken")
    read_all(parts, "encrypted_pdf")
    accepted, returned, in_review = (upload(parts, PDF + bytes([n])) for n in range(3))
    read_all(parts, whole_reading())
    review.decide(parts, REVIEWER, accepted.id, 0, Move.ACCEPT)
    review.decide(parts, REVIEWER, returned.id, 0, Move.RETURN, ["缺一项材料"])
    upload(parts, PDF + b"waiting")
    return in_review.id
