"""What the recogniser saw on an unrolled ring, reduced to the characters names are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from extractors.form.text import fold as fold_text
from extractors.ocr.lattice import FLOOR, Lattice


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """One strip's ink (see ``plain_lattice``); compared by identity, so that work on it is done once."""

    lattice: Lattice


@dataclass(frozen=True, slots=True)
class Run:
    """A character of the greedy path; ``at`` its middle step."""

    char: str
    p: float
    at: float


@lru_cache(maxsize=40_000)
def plain(symbol: str) -> str:
    """The Chinese character or bracket a symbol stands for; "" for what stars, rims and digits are read as."""
    folded = fold_text(symbol)
    return folded if len(folded) == 1 and ("\u4e00" <= folded <= "\u9fff" or folded in "()、·") else ""


def plain_lattice(lattice: Lattice) -> Lattice:
    """Sum the symbols that are one character, and all that is none with the blank."""
    names = ["", *dict.fromkeys(p for s in lattice.symbols if (p := plain(s)))]
    place = {name: i for i, name in enumerate(names)}
    summed = np.zeros((len(names), lattice.steps), np.float32)
    # Added up one by one: a table of symbols by characters takes a gigabyte where a strip shows nearly all of them.
    np.add.at(summed, [place[plain(s)] for s in lattice.symbols], np.exp(lattice.logp).T)
    return Lattice(tuple(names), np.log(np.maximum(summed.T, np.exp(FLOOR))).astype(np.float32))


def told_lattice(text: str, sure: Sequence[float]) -> Lattice:
    """For engines that tell no more than text and probabilities: three steps for each character."""
    symbols = ("", *dict.fromkeys(text))
    logp = np.full((3 * len(text), len(symbols)), FLOOR, np.float32)
    logp[:, 0] = 0.0
    for i, (char, p) in enumerate(zip(text, sure, strict=True)):
        logp[3 * i + 1, symbols.index(char)] = np.log(max(p, 1e-6))
        logp[3 * i + 1, 0] = np.log(max(1 - p, 1e-6))
    return Lattice(symbols, logp)


@lru_cache(maxsize=32)
def strip_to_runs(strip: Strip) -> tuple[Run, ...]:
    """The characters of the greedy path, in their order."""
    lattice = strip.lattice
    chosen = lattice.logp.argmax(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([-1], chosen, [-1]))))
    out = []
    for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        symbol = int(chosen[a])
        if symbol:
            p = lattice.logp[a:b, symbol]
            out.append(Run(lattice.symbols[symbol], float(np.exp(p.max())), a + float(p.argmax())))
    return tuple(out)
