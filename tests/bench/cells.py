"""Every cell that was read from ink, with what was seen of it, kept as JSON so that fitting needs no second reading.

One line a document. A cell keeps its whole transcript (but for places and lattice), so that the confidence of
today's ``extractors.confidence`` can be worked out again for cells that were read yesterday.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from unittest.mock import patch

import extractors
from extractors import assemble, confidence
from extractors.errors import ExtractionError
from extractors.form.reading import Candidate, FieldReading, reading_to_json
from extractors.pipeline import Pipeline, read_document
from extractors.transcribe import LONG_KINDS, Transcript
from tests.bench.compare import compare
from tests.bench.figures import GRASS
from tests.bench.outcomes import CellOutcome
from tests.bench.reading import Case

NOT_KEPT = {"parts", "lattice"}
"""Places and step probabilities: large, and nothing in a confidence depends on them."""


@dataclass(frozen=True, slots=True)
class SeenCell:
    """One cell and what is true of it. ``mistake``: in what way the paper itself is wrong here, mostly empty.

    ``later``: reasons that checks added after the cell was weighed by itself.
    """

    document: str
    cls: str
    field: str
    row: int
    kind: str
    required: bool
    truth: str
    exact: bool
    mistake: str
    later: tuple[str, ...]
    transcript: Transcript


Place = tuple[int, tuple[float, ...]]


def has_ink(case: Case) -> bool:
    """Born-digital files have no ink to be unsure of; grass script would bend the weights of everything else."""
    return case.truth["class"] != "digital" and case.truth["font"] != GRASS


def name_of(case: Case) -> str:
    """Set and file: what a document is called wherever several sets meet."""
    return f"{case.path.parent.name}/{case.path.name}"


class _Listener:
    """Keeps every transcript that becomes a field, by the place of its first part.

    The reading leaves transcripts behind, so the arrow to fields is replaced while a set is read.
    """

    def __init__(self) -> None:
        self.seen: dict[Place, tuple[str, bool, Transcript, tuple[str, ...]]] = {}

    def __call__(
        self, kind: str, transcript: Transcript | None, *, required: bool, **more: Any
    ) -> FieldReading:
        field = confidence.transcript_to_field(kind, transcript, required=required, **more)
        if transcript is not None and field.text and kind not in LONG_KINDS and not transcript.digital:
            part = transcript.parts[0]
            self.seen[part.page, tuple(part.box.rounded())] = kind, required, transcript, field.reasons
        return field


def read_cells(cases: Sequence[Case], reader: Pipeline) -> Iterator[tuple[Case, list[SeenCell]]]:
    """The inked cells of each document, in order; none where it was refused or its form not found."""
    listener = _Listener()
    with patch.object(assemble, "transcript_to_field", listener):
        for case in cases:
            listener.seen.clear()
            try:
                reading = read_document(case.path, case.path.name, reader=reader)
            except ExtractionError:
                yield case, []
                continue
            found = compare(case.truth, reading_to_json(reading)).cells
            yield case, [cell for one in found if (cell := _seen(case, one, listener)) is not None]


def _seen(case: Case, cell: CellOutcome, listener: _Listener) -> SeenCell | None:
    heard = listener.seen.get((cell.page or 0, cell.box))
    if heard is None or heard[2].text != cell.text:
        return None
    kind, required, transcript, at_once = heard
    return SeenCell(
        document=name_of(case),
        cls=cell.source.cls,
        field=cell.field,
        row=cell.row,
        kind=kind,
        required=required,
        truth=cell.truth,
        exact=cell.exact,
        mistake=cell.mistake,
        later=tuple(reason for reason in cell.reasons if reason not in at_once),
        transcript=transcript,
    )


def cell_to_json(cell: SeenCell) -> dict[str, Any]:
    """Plain values; the transcript without what is large."""
    kept = [f.name for f in fields(Transcript) if f.name not in NOT_KEPT]
    transcript = {name: getattr(cell.transcript, name) for name in kept}
    transcript["candidates"] = [asdict(each) for each in cell.transcript.candidates]
    plain = {f.name: getattr(cell, f.name) for f in fields(SeenCell)}
    return {**plain, "transcript": transcript}


def json_to_cell(data: dict[str, Any]) -> SeenCell:
    """The other way; what a transcript did not have when it was stored has its default."""
    known = {f.name for f in fields(Transcript)} - NOT_KEPT
    stored = {name: value for name, value in data["transcript"].items() if name in known}
    stored |= {name: tuple(value) for name, value in stored.items() if isinstance(value, list)}
    stored["candidates"] = tuple(Candidate(**each) for each in stored.get("candidates", ()))
    own = {f.name: data[f.name] for f in fields(SeenCell)}
    return SeenCell(**{**own, "later": tuple(data["later"]), "transcript": Transcript((), **stored)})


def code_digest() -> str:
    """Eight hex digits of what reads: the library's source and models."""
    digest = hashlib.sha256()
    for path in sorted(Path(extractors.__file__).parent.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Store:
    """A file of one JSON line a document; what is in it was read by the code whose digest stands beside it."""

    path: Path

    def lines(self) -> Iterator[dict[str, Any]]:
        """Every document in the file; a line that a killed run left unfinished is passed over."""
        if not self.path.exists():
            return
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue

    def documents(self) -> dict[str, str]:
        """Document → digest of the code that read it."""
        return {line["document"]: line["code"] for line in self.lines()}

    def cells(self) -> list[SeenCell]:
        """All cells; of a document that was read again, the later reading's."""
        last = {line["document"]: line["cells"] for line in self.lines()}
        return [json_to_cell(cell) for cells in last.values() for cell in cells]

    def add(self, read: Iterable[tuple[Case, list[SeenCell]]]) -> Iterator[int]:
        """Write each document as soon as it is read, so that a run may be stopped; yields cells of each."""
        code = code_digest()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as stream:
            for case, cells in read:
                line = {
                    "document": name_of(case),
                    "code": code,
                    "cells": [cell_to_json(cell) for cell in cells],
                }
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
                stream.flush()
                yield len(cells)
