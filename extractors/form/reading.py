"""What was read, as frozen values, and their JSON (``intake.reading/1``).

The machine's reading is a snapshot: nothing here is changed after it was made; people's corrections
are kept beside it. Pages count from 1, boxes are page fractions of the page as displayed upright,
confidence is the probability that the text is wholly right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from extractors.form.geometry import Box

SCHEMA = "intake.reading/1"

FIELD_IDS = (
    "org_name",
    "address",
    "registration_authority",
    "org_type",
    "uscc",
    "legal_representative",
    "registered_capital",
    "contact_person",
    "contact_position",
    "contact_phone",
    "email",
    "statement",
    "authority_opinion",
    "authority_opinion_date",
)
COLUMN_IDS = ("seq", "name", "code", "is_new", "start_date", "trained_count", "levels")

Value = str | int | float | bool | list[int] | None
"""A normalised value as JSON can hold it; ``levels`` is a list of 5..1, counts are integers."""


class Status(StrEnum):
    """Whether a field or mark may pass without a person."""

    AUTO = "auto"
    REVIEW = "review"
    BLANK = "blank"
    MISSING = "missing"


class SignatureKind(StrEnum):
    """What stands where the legal representative signs; only the first two count as present."""

    HANDWRITTEN = "handwritten"
    NAME_SEAL = "name_seal"
    TYPED = "typed"
    NONE = "none"


class Role(StrEnum):
    """What a page is for."""

    FORM = "form"
    FORM_CONTINUATION = "form_continuation"
    MATERIAL = "material"
    BLANK = "blank"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another way to read the ink."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Part:
    """Where one piece of a value stands; a cell cut by a page break has two."""

    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field or row cell: as written, normalised, how sure, why doubted, where."""

    text: str = ""
    value: Value = None
    confidence: float = 0.0
    status: Status = Status.MISSING
    reasons: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    doubts: tuple[int, ...] = ()
    """Indices into ``text`` of characters that are doubtful one by one."""


@dataclass(frozen=True, slots=True)
class OccupationRow:
    """One filled row of the table in section 二, in the form's column order."""

    seq: FieldReading
    name: FieldReading
    code: FieldReading
    is_new: FieldReading
    start_date: FieldReading
    trained_count: FieldReading
    levels: FieldReading

    def cells(self) -> tuple[tuple[str, FieldReading], ...]:
        return tuple((column, getattr(self, column)) for column in COLUMN_IDS)


@dataclass(frozen=True, slots=True)
class SignatureReading:
    """The legal representative's signature line in section 四."""

    kind: SignatureKind = SignatureKind.NONE
    confidence: float = 0.0
    status: Status = Status.MISSING
    reasons: tuple[str, ...] = ()
    part: Part | None = None

    @property
    def present(self) -> bool:
        return self.kind in {SignatureKind.HANDWRITTEN, SignatureKind.NAME_SEAL}


@dataclass(frozen=True, slots=True)
class SealReading:
    """A seal, or its absence where one belongs. ``matches`` is None when the ring cannot be read."""

    present: bool = False
    text: str = ""
    number: str = ""
    matches: bool | None = None
    confidence: float = 0.0
    status: Status = Status.MISSING
    reasons: tuple[str, ...] = ()
    part: Part | None = None
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """Everything that is stamped or signed on the form."""

    legal_rep_signature: SignatureReading = SignatureReading()
    org_seal: SealReading = SealReading()
    authority_seal: SealReading = SealReading()
    edge_seals: tuple[SealReading, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One rule applied. ``passed`` is None where the rule cannot be judged. ``severity`` is error, warning or info."""

    rule: str
    passed: bool | None
    severity: str
    fields: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class PageSummary:
    """One page of the file. ``rotation`` is how many degrees clockwise it was turned to stand upright."""

    number: int
    role: Role
    material: int | None = None
    rotation: int = 0
    skew_deg: float = 0.0
    source: str = "scan"
    dpi: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """One of the six materials of the call that was recognised in the file."""

    number: int
    title: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FormMatch:
    """How well the paper matched the reference layout; deviations are printed texts that differ from it."""

    id: str = ""
    version: str = ""
    matched: bool = False
    score: float = 0.0
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Which reader produced the texts."""

    name: str
    version: str
    models: str


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """The whole snapshot of one file."""

    file_name: str
    sha256: str
    page_count: int
    form: FormMatch
    engine: EngineInfo
    fields: Mapping[str, FieldReading] = field(default_factory=dict)
    occupations: tuple[OccupationRow, ...] = ()
    marks: Marks = Marks()
    checks: tuple[Check, ...] = ()
    pages: tuple[PageSummary, ...] = ()
    materials: tuple[Material, ...] = ()
    warnings: tuple[str, ...] = ()
    timing_s: Mapping[str, float] = field(default_factory=dict)


def _place(part: Part | None) -> dict[str, Any]:
    return {"page": part.page if part else None, "box": list(part.box.rounded()) if part else None}


def field_to_json(reading: FieldReading) -> dict[str, Any]:
    """One field as the contract writes it; ``parts`` is added only where a page break cuts the cell."""
    first = reading.parts[0] if reading.parts else None
    out: dict[str, Any] = {
        "text": reading.text,
        "value": reading.value,
        "confidence": round(reading.confidence, 5),
        "status": str(reading.status),
        "reasons": list(reading.reasons),
        **_place(first),
        "candidates": [{"text": c.text, "confidence": round(c.confidence, 5)} for c in reading.candidates],
    }
    if len(reading.parts) > 1:
        out["parts"] = [_place(part) for part in reading.parts]
    if reading.doubts:
        out["doubts"] = list(reading.doubts)
    return out


def _signature_to_json(mark: SignatureReading) -> dict[str, Any]:
    return {
        "present": mark.present,
        "kind": str(mark.kind),
        "confidence": round(mark.confidence, 5),
        "status": str(mark.status),
        "reasons": list(mark.reasons),
        **_place(mark.part),
    }


def _seal_to_json(mark: SealReading) -> dict[str, Any]:
    return {
        "present": mark.present,
        "text": mark.text,
        "number": mark.number,
        "matches": mark.matches,
        "confidence": round(mark.confidence, 5),
        "status": str(mark.status),
        "reasons": list(mark.reasons),
        **_place(mark.part),
        "covers": list(mark.covers),
    }


def _plain(value: object) -> dict[str, Any]:
    """A flat frozen value as JSON: tuples become lists, enums their words."""
    out: dict[str, Any] = {}
    for item in fields(value):  # type: ignore[arg-type]
        content = getattr(value, item.name)
        out[item.name] = list(content) if isinstance(content, tuple) else content
        if isinstance(content, StrEnum):
            out[item.name] = str(content)
    return out


def reading_to_json(reading: DocumentReading) -> dict[str, Any]:
    """The whole reading as plain JSON values, valid against ``reading.schema.json``."""
    return {
        "schema": SCHEMA,
        "file": {"name": reading.file_name, "sha256": reading.sha256, "pages": reading.page_count},
        "form": _plain(reading.form),
        "fields": {name: field_to_json(value) for name, value in reading.fields.items()},
        "occupations": [
            {column: field_to_json(cell) for column, cell in row.cells()} for row in reading.occupations
        ],
        "marks": {
            "legal_rep_signature": _signature_to_json(reading.marks.legal_rep_signature),
            "org_seal": _seal_to_json(reading.marks.org_seal),
            "authority_seal": _seal_to_json(reading.marks.authority_seal),
            "edge_seals": [_seal_to_json(seal) for seal in reading.marks.edge_seals],
        },
        "checks": [_plain(check) for check in reading.checks],
        "pages": [_plain(page) for page in reading.pages],
        "materials": [_plain(material) for material in reading.materials],
        "warnings": list(reading.warnings),
        "engine": _plain(reading.engine),
        "timing_s": {stage: round(seconds, 4) for stage, seconds in reading.timing_s.items()},
    }
