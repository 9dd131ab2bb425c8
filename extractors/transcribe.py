"""Labelled pieces → field readings: the exact reading of values, weighed against what the form may say.

Knowledge chooses between readings of the ink and never overrules it: a well-formed text may cost only
little probability against the free reading, else the free reading stands and is doubted.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from extractors.form.characters import to_simplified
from extractors.form.geometry import Box
from extractors.form.grammar import Grammar
from extractors.form.reading import Candidate, Part
from extractors.form.text import HAN, squeeze
from extractors.form.values import text_to_value
from extractors.labelled import Piece
from extractors.lines import narrowed
from extractors.ocr.engine import LineText, OcrEngine, Span
from extractors.ocr.lattice import EMPTY, Lattice, best_path, fold, join, peaks
from extractors.ocr.signs import said
from extractors.traces import bear_traces
from extractors.weighing import MOST_GAP, REPAIR_NATS, Ink, weigh

WIDER = {
    "yes_no": 6.0,
    "email": 6.0,
    "uscc": 5.0,
    "levels": 5.0,
    "address": 6.0,
    "region_authority": 6.0,
    "org_name": 6.0,
}
"""Kinds whose grammar leaves hardly another text: closed lists of hosts, spellings and regions, two check signs."""
SHOWN = {
    "levels": 20.0,
    "occupation_code": 16.0,
    "email": 18.0,
    "address": 10.0,
    "org_name": 10.0,
    "region_authority": 12.0,
    "yes_no": 20.0,
    "uscc": 13.0,
    "date": 6.0,
    "position": 6.0,
    "occupation_name": 5.0,
}
"""What a well-formed text may cost to be shown, never passed: of 21,700 drawn cells it made 90 right that a person sees."""
WRITTEN_WRONG = frozenset({"occupation_name", "uscc", "date", "phone", "levels"})
"""Kinds that people write wrongly: of them nothing else is shown where the ink is sure of every character."""
SURE_INK = 0.98
"""Least certain character's probability above which stood what is wrong on the paper, below it what was read wrongly."""
LONG_KINDS = frozenset({"long_text", "text"})
SPACED_KINDS = frozenset({"phone", "position", "address"})
"""Where a space may part two values; elsewhere it costs nothing to read none."""
CAPITAL_KINDS = frozenset({"uscc"})
"""Where small letters do not exist: a pen's m is an M."""
NO_LETTERS = str.maketrans({"I": "1", "O": "0"})
"""In credit codes the letters I and O do not exist either (GB 32100-2015)."""
QUICK_ENOUGH = 0.75
"""A line of long text whose every character the quick model read with this probability is not read again."""
DOUBTFUL_CHARACTER = 0.9
LEAST_STEPS = 3
STRETCHED = 1.7
"""Of Chinese characters in a row, a step this many times the usual one: a character between may be lost."""
SURE_LOOK, SURE_FREE_LOOK, CLEAR_LOOK = 0.9, 0.995, 3.0
"""Least probability of each character, and least distance of the next text, for two quick looks to be enough.

The second where nothing else tells that a sign is wrong: a date or a count with another digit is as good a one. Below
it both looks had passed a pen's 5-1级 as 5级 and 司赟 as 司赞, which the exact reader doubts.
"""
CLOSED_KINDS = frozenset(
    {"occupation_name", "occupation_code", "yes_no", "uscc", "region_authority", "sequence", "position"}
)
"""Kinds that are lists, or have a check sign: hardly a misread text is one of them, or its neighbour tells."""
SIGN_KINDS = frozenset(
    {"date", "count", "levels", "occupation_code", "phone", "email", "uscc", "sequence", "yes_no", "capital"}
)
"""Kinds of the few signs that the sign reader knows."""
NARROWED = 0.8
"""Width of a line's picture for the second look, as a share of its own; the exact reader loses nothing by it in long texts."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A value as seen: free and chosen text with natural log probabilities, and what else it could be.

    ``second`` is what another reader, or a second look, saw; ``sure`` a probability for each character of ``free``;
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
    gap: float = MOST_GAP
    """How much less probable (natural logarithm) the next well-formed text is; 12 where there is none."""
    stretch: float = 1.0
    """Widest step from one Chinese character to the next over the usual one; a character lost leaves a gap of 2."""
    inked: bool = False
    """Something stands there, read or not."""
    clipped: bool = False
    """Ink runs on beyond the cell's left or right side: the cell may have been cut wrongly."""
    supported: bool = False
    """Another cell of the paper says the same: an occupation's name and code belong together."""
    strained: bool = False
    """Well formed at a cost that only a person may grant: ``well_formed`` is False."""
    stamped: bool = False
    """Found under a seal's strokes, which may hide a stroke of its own."""
    twice: bool = False
    """Seen alike in two quick looks; the exact reader was not asked."""
    signs: str = ""
    """What the sign reader saw, as ``extractors.ocr.signs.said`` folds it; empty where it was not asked."""
    third: str = ""
    """What the third reader saw (``extractors.third_look``); empty where it was not asked."""
    lattice: Lattice = EMPTY

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
    quick = [line for p in pieces for line in p.texts]
    if all(p.table.digital for p in pieces):
        ways = [sign.join(line.text for line in quick) for sign in dict.fromkeys(("", _between(kind)))]
        text = next((way for way in ways if grammar and way and grammar.accepts(way)), ways[0])
        formed = grammar.accepts(text) if grammar and text else None
        return Transcript(parts, text, free=text, second=text, well_formed=formed, digital=True)
    signs = _signs(kind, pieces, engine)
    seen = None if kind in LONG_KINDS else _seen_twice(kind, pieces, engine, grammar, parts, signs)
    if seen is None:
        texts = [text for p in pieces for text in _read(kind, p, engine)]
        if not texts:
            return Transcript(parts, inked=kind not in LONG_KINDS and bear_traces(pieces))
        second = "".join(line.text for line in quick)
        if kind in LONG_KINDS:
            return replace(_long(texts, second, parts), inked=True)
        seen = _short(texts, second, grammar, parts, kind, signs)
    seen = replace(seen, inked=True, clipped=any(line.clipped for p in pieces for line in p.lines))
    return _with_dashes(seen) if kind == "occupation_code" else seen


def _signs(kind: str, pieces: Sequence[Piece], engine: OcrEngine) -> Lattice:
    """What the sign reader saw; nothing where it does not know such texts, or is not there."""
    if kind not in SIGN_KINDS or any(p.table.digital for p in pieces):
        return EMPTY
    read = engine.read_signs([line.picture for p in pieces for line in p.lines])
    return join([line.lattice for line in read])


def _seen_twice(
    kind: str,
    pieces: Sequence[Piece],
    engine: OcrEngine,
    grammar: Grammar | None,
    parts: tuple[Part, ...],
    signs: Lattice,
) -> Transcript | None:
    """What two quick looks see alike, sure of every character; None: the exact reader must read.

    Where the sign reader knows the kind it is the second look, a reader of another making; else the quick reader in
    a narrower picture, where the characters fall on other steps and what it guessed comes out otherwise.
    """
    quick = [text for p in pieces for text in p.texts]
    if grammar is None or not quick or any(p.table.digital for p in pieces):
        return None
    least = SURE_LOOK if signs.steps or kind in CLOSED_KINDS else SURE_FREE_LOOK
    if min(best_path(_joined(quick, kind))[1], default=0.0) < least:
        return None
    first = _short(quick, "", grammar, parts, kind, EMPTY)
    if not first.well_formed or first.gap <= CLEAR_LOOK or first.stretch > STRETCHED:
        return None
    if signs.steps:
        again, sure_again = best_path(signs)
        same = again in {said(first.text), said(first.free)}
    else:
        pictures = [narrowed(line.picture, NARROWED) for p in pieces for line in p.lines]
        again, sure_again = best_path(_joined(engine.read_lines(pictures, quick=True), kind))
        same = squeeze(again) in {squeeze(first.text), squeeze(first.free)}
    if not same or min(sure_again, default=0.0) < least:
        return None
    second = first.text if signs.steps and again == said(first.text) else again
    return replace(first, second=second, signs=again if signs.steps else "", twice=True)


def _read(kind: str, piece: Piece, engine: OcrEngine) -> list[LineText]:
    """A piece's lines read in full; a digital page in a mixed file already has its texts."""
    quick = piece.texts
    if piece.table.digital:
        return list(quick)
    pictures = [line.picture for line in piece.lines]
    if kind not in LONG_KINDS:
        return list(engine.read_lines(pictures))
    return [
        fast
        if min(fast.sure, default=0.0) >= QUICK_ENOUGH
        else engine.read_lines([narrowed(picture, NARROWED)])[0]
        for picture, fast in zip(pictures, quick, strict=True)
    ]


def _long(texts: Sequence[LineText], second: str, parts: tuple[Part, ...]) -> Transcript:
    text = "".join(line.text for line in texts)
    sure = _sure(texts)
    logp = sum(math.log(max(line.confidence, 1e-9)) for line in texts if line.text)
    return Transcript(parts, text, logp, text, logp, second, sure)


def _with_dashes(transcript: Transcript) -> Transcript:
    """A code whose digits were all read is written with its dashes, which recognisers and pens drop."""
    code = text_to_value("occupation_code", transcript.text)
    return replace(transcript, text=code) if isinstance(code, str) else transcript


@lru_cache(maxsize=65536)
def _as_printed(symbol: str) -> str:
    """Full-width letters and digits → half-width; traditional forms → the simplified ones a 2020 form is filled in with."""
    narrow = unicodedata.normalize("NFKC", symbol)
    if len(narrow) == 1 and narrow.isascii() and narrow.isalnum():
        return narrow
    return to_simplified(symbol)


def _short(
    texts: Sequence[LineText],
    second: str,
    grammar: Grammar | None,
    parts: tuple[Part, ...],
    kind: str,
    signs: Lattice,
) -> Transcript:
    lattice = _joined(texts, kind)
    free, sure = best_path(lattice) if lattice.steps else ("".join(t.text for t in texts), _sure(texts))
    if not lattice.steps:
        logp = math.log(max(1e-9, min((line.confidence for line in texts), default=1e-9)))
        return Transcript(parts, free, logp, free, logp, second, sure)
    certain = kind in WRITTEN_WRONG and min(sure, default=0.0) > SURE_INK
    shown_nats = 0.0 if certain else SHOWN.get(kind, 0.0)
    seen = weigh(Ink.of(lattice, signs), free, second, grammar, WIDER.get(kind, REPAIR_NATS), shown_nats)
    return Transcript(
        parts, seen.text, seen.logp, seen.free, seen.free_logp, second, sure, seen.others, seen.well_formed,
        gap=seen.gap, strained=seen.strained, stretch=max((_stretch(line) for line in texts), default=1.0), lattice=lattice,
        signs=best_path(signs)[0],
    )  # fmt: skip


def free_text(kind: str, texts: Sequence[LineText]) -> str:
    """What a reader saw of a value's lines, by the ink alone."""
    return best_path(_joined(texts, kind))[0]


def _joined(texts: Sequence[LineText], kind: str) -> Lattice:
    """The lines of a cell as one lattice, look-alikes of the kind summed."""
    lattice = join([line.lattice for line in texts], _between(kind))
    alike = {symbol: _as_printed(symbol) for symbol in lattice.symbols}
    if kind in CAPITAL_KINDS:
        alike = {symbol: seen.upper().translate(NO_LETTERS) for symbol, seen in alike.items()}
    return fold(lattice, alike if kind in SPACED_KINDS else {**alike, " ": ""})


def _between(kind: str) -> str:
    """What parts the lines of a cell: two telephone numbers below each other are not one."""
    return " " if kind == "phone" else ""


def _stretch(line: LineText) -> float:
    """Of one line of at least four Chinese characters in a row; 1 where there are fewer."""
    places = peaks(line.lattice)
    steps = [b - a for (x, a), (y, b) in pairwise(places) if HAN.match(x) and HAN.match(y)]
    if len(steps) < LEAST_STEPS:
        return 1.0
    return max(steps) / max(1.0, float(sorted(steps)[len(steps) // 2]))


def _sure(texts: Sequence[LineText]) -> tuple[float, ...]:
    return tuple(s for line in texts for s in line.sure)


def to_grant(transcript: Transcript, text: str, logp: float) -> Transcript:
    """The transcript with a likelier text in place of what the ink alone says, for a person to grant."""
    read_as = Candidate(transcript.text, math.exp(transcript.logp))
    others = (read_as, *(c for c in transcript.candidates if c.text not in {text, read_as.text}))
    return replace(transcript, text=text, logp=logp, candidates=others, well_formed=False, strained=True)


def piece_box(piece: Piece) -> Box:
    """Where a piece's ink stands; the whole cell where it has none."""
    cell = piece.cell.cell
    spans = [line.span for line in piece.lines]
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
