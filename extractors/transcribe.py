"""Labelled pieces → field readings: the exact reading of values, weighed against what the form may say.

Knowledge chooses between readings of the ink and never overrules it: a well-formed text may cost only
little probability against the free reading, else the free reading stands and is doubted.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractors.form.characters import to_simplified
from extractors.form.geometry import Box
from extractors.form.grammar import Grammar
from extractors.form.reading import Candidate, Part
from extractors.lines import TextLine
from extractors.matching import Piece
from extractors.ocr.engine import LineText, OcrEngine, Span
from extractors.ocr.lattice import Lattice, beam, best_path, fold, join, score

REPAIR_NATS = 3.0
"""How much log probability a well-formed text may cost against the free reading."""
BEAM = 10
LONG_KINDS = frozenset({"long_text", "text"})
QUICK_ENOUGH = 0.9
"""A line of long text read by the quick model with this confidence is not read again."""
DOUBTFUL_CHARACTER = 0.9


@dataclass(frozen=True, slots=True)
class Transcript:
    """A value as seen: free and chosen text with natural log probabilities, and what else it could be.

    ``second`` is what the quick reader saw; ``sure`` a probability for each character of ``free``;
    ``well_formed`` is None where there is no grammar; ``digital`` texts come from the file itself.
    """

    parts: tuple[Part, ...]
    text: str = ""
    logp: float = 0.0
    free: str = ""
    free_logp: float = 0.0
    second: str = ""
    sure: tuple[float, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    well_formed: bool | None = None
    digital: bool = False

    @property
    def empty(self) -> bool:
        return not self.text


def pieces_to_transcript(
    kind: str, pieces: Sequence[Piece], engine: OcrEngine, grammar: Grammar | None
) -> Transcript | None:
    """Read a value's pieces. None where the value has no cell at all."""
    if not pieces:
        return None
    parts = tuple(Part(p.table.page.number, piece_box(p)) for p in pieces)
    quick = [line for p in pieces for line in p.cell.texts[p.first_line : p.last_line]]
    if all(p.table.digital for p in pieces):
        text = "".join(line.text for line in quick)
        formed = grammar.accepts(text) if grammar and text else None
        return Transcript(parts, text, free=text, second=text, well_formed=formed, digital=True)
    lines = [(p, line) for p in pieces for line in p.cell.lines[p.first_line : p.last_line]]
    if not lines:
        return Transcript(parts)
    second = "".join(line.text for line in quick)
    texts = _read(kind, [line for _, line in lines], quick, engine)
    if kind in LONG_KINDS:
        return _long(texts, second, parts)
    return _short(texts, second, grammar, parts)


def _read(
    kind: str, lines: Sequence[TextLine], quick: Sequence[LineText], engine: OcrEngine
) -> list[LineText]:
    if kind not in LONG_KINDS:
        return list(engine.read_lines([line.picture for line in lines]))
    return [
        fast if fast.confidence >= QUICK_ENOUGH else engine.read_lines([line.picture])[0]
        for line, fast in zip(lines, quick, strict=True)
    ]


def _long(texts: Sequence[LineText], second: str, parts: tuple[Part, ...]) -> Transcript:
    text = "".join(line.text for line in texts)
    sure = _sure(texts)
    logp = sum(math.log(max(line.confidence, 1e-9)) for line in texts if line.text)
    return Transcript(parts, text, logp, text, logp, second, sure)


@lru_cache(maxsize=65536)
def _as_printed(symbol: str) -> str:
    """Full-width letters and digits → half-width; traditional forms → the simplified ones a 2020 form is filled in with."""
    narrow = unicodedata.normalize("NFKC", symbol)
    if len(narrow) == 1 and narrow.isascii() and narrow.isalnum():
        return narrow
    return to_simplified(symbol)


def _short(
    texts: Sequence[LineText], second: str, grammar: Grammar | None, parts: tuple[Part, ...]
) -> Transcript:
    lattice = join([line.lattice for line in texts])
    lattice = fold(lattice, {symbol: _as_printed(symbol) for symbol in lattice.symbols})
    free, sure = best_path(lattice) if lattice.steps else ("".join(t.text for t in texts), _sure(texts))
    if not lattice.steps:
        logp = math.log(max(1e-9, min((line.confidence for line in texts), default=1e-9)))
        return Transcript(parts, free, logp, free, logp, second, sure)
    ranked = _ranked(lattice, free, second, grammar)
    free_logp = max(logp for _, logp in ranked)
    free = next(text for text, logp in ranked if logp == free_logp)
    chosen, logp, formed = free, free_logp, None
    if grammar is not None:
        formed = grammar.accepts(free)
        if not formed:
            for text, cost in sorted(ranked, key=lambda item: -item[1]):
                if free_logp - cost > REPAIR_NATS:
                    break
                if text and grammar.accepts(text):
                    chosen, logp, formed = text, cost, True
                    break
    others = tuple(
        Candidate(text, math.exp(p))
        for text, p in sorted(ranked, key=lambda item: -item[1])[:6]
        if text != chosen and p > -9
    )
    return Transcript(parts, chosen, logp, free, free_logp, second, sure, others, formed)


def _sure(texts: Sequence[LineText]) -> tuple[float, ...]:
    return tuple(s for line in texts for s in line.sure)


def _ranked(lattice: Lattice, free: str, second: str, grammar: Grammar | None) -> list[tuple[str, float]]:
    """Texts with log probabilities: the beam's, the second reader's and the grammar's suggestions."""
    found = dict(beam(lattice, BEAM))
    texts = [t for t in dict.fromkeys([free, second]) if t and t not in found]
    if grammar is not None:
        near = grammar.suggest([*list(found)[:3], second])
        texts += [t for t in dict.fromkeys(near) if t not in found and t not in texts]
    scores = score(lattice, texts)
    return [*found.items(), *zip(texts, (float(s) for s in scores), strict=True)]


def piece_box(piece: Piece) -> Box:
    """Where a piece's ink stands; the whole cell where it has none."""
    cell = piece.cell.cell
    spans = [line.span for line in piece.cell.lines[piece.first_line : piece.last_line]]
    if not spans:
        return piece.table.span_to_box(Span(cell.x0, cell.y0, cell.x1, cell.y1))
    pad = 4
    return piece.table.span_to_box(
        Span(
            max(cell.x0, min(s.x0 for s in spans) - pad),
            max(cell.y0, min(s.y0 for s in spans) - pad),
            min(cell.x1, max(s.x1 for s in spans) + pad),
            min(cell.y1, max(s.y1 for s in spans) + pad),
        )
    )
