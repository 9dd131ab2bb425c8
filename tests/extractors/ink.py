"""Hand-made ink: a reader that sees each place of a text as a few signs with probabilities, and cells read by it."""

from __future__ import annotations

import numpy as np

from extractors.form.catalogue import default_catalogue
from extractors.form.grammar import grammar_for
from extractors.form.reading import EngineInfo
from extractors.labelled import Piece
from extractors.ocr.engine import LineText
from extractors.ocr.lattice import Lattice
from extractors.transcribe import pieces_to_transcript
from tests.extractors.paper import table_of


class InkEngine:
    """Sees each place of a text as a few signs with probabilities: ``[("8", .9, "3", .1), …]``."""

    info = EngineInfo("ink", "1", "")

    def __init__(self, *places, signs=None):
        self.places = places
        self.signs = signs

    def read_signs(self, lines):
        """What the sign reader sees, in the same notation; it is not there unless it was given something."""
        return () if self.signs is None else InkEngine(*self.signs).read_lines(lines)

    def read_lines(self, lines, *, quick=False):
        if not self.places:
            return ()
        symbols = ["", *dict.fromkeys(sign for place in self.places for sign in place[::2])]
        rows = []
        for place in self.places:
            row = np.full(len(symbols), 1e-6)
            for sign, p in zip(place[::2], place[1::2], strict=True):
                row[symbols.index(sign)] = p
            rows += [row, np.eye(len(symbols))[0] + 1e-6]
        p = np.array(rows)
        lattice = Lattice(tuple(symbols), np.log(p / p.sum(axis=1, keepdims=True)).astype(np.float32))
        text = "".join(place[0] for place in self.places)
        return tuple(LineText(text, 0.9, (0.9,) * len(text), lattice) for _ in lines)


def sure(text):
    return [(sign, 0.999) for sign in text]


def read(kind, *places, second=None, signs=None):
    """A cell's transcript. ``second``: the quick reader's text; ``signs``: the places as the sign reader sees them."""
    text = "".join(p[0] for p in places) if second is None else second
    table = table_of([["", text]], digital=False)
    piece = Piece(table, table.rows[0][1])
    return pieces_to_transcript(
        kind, [piece], InkEngine(*places, signs=signs), grammar_for(kind, default_catalogue())
    )
