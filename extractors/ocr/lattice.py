"""What a CTC recogniser saw, step by step, kept so that well-formed texts can be scored on the ink itself.

A lattice holds log probabilities of a few symbols over time steps; symbol 0 is CTC's blank. The sum
over all alignments of a text (Graves et al. 2006, "Connectionist Temporal Classification", eq. 6-8)
is the probability the recogniser gives to that text as a whole.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KEEP_ABOVE = 1e-5
"""Columns that never rise above this are dropped: 18,710 symbols become some dozens."""
FLOOR = -16.0
"""Log probability given to a symbol that the recogniser never considered at a step."""
RESCALED_EVERY, TINY = 16, 1e-300
"""Steps after which the forward sums are scaled to 1 again: 16 of the least probable symbol are 1e-112."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """``logp``: float32 (steps, symbols), natural logarithms; ``symbols[0]`` is the blank ``""``."""

    symbols: tuple[str, ...]
    logp: NDArray[np.float32]

    @property
    def steps(self) -> int:
        return int(self.logp.shape[0])


EMPTY = Lattice(("",), np.zeros((0, 1), np.float32))


def probabilities_to_lattice(probabilities: NDArray[np.float32], symbols: Sequence[str]) -> Lattice:
    """Keep what the recogniser considered. ``probabilities``: (steps, len(symbols)), rows sum to 1."""
    peak = probabilities.max(axis=0)
    keep = np.flatnonzero(peak > KEEP_ABOVE)
    if keep.size == 0 or keep[0] != 0:
        keep = np.concatenate(([0], keep))
    seen = np.maximum(np.take(probabilities, keep, axis=1), np.float32(math.exp(FLOOR)))
    return Lattice(tuple(map(symbols.__getitem__, keep.tolist())), np.log(seen, out=seen))


def join(lattices: Sequence[Lattice], between: str = "") -> Lattice:
    """The lines of one cell as one lattice, with a blank between lines, or as likely the sign ``between``."""
    filled = [lattice for lattice in lattices if lattice.steps]
    if len(filled) <= 1:
        return filled[0] if filled else EMPTY
    symbols = ("", *sorted({between, *(s for lattice in filled for s in lattice.symbols)} - {""}))
    column = {symbol: i for i, symbol in enumerate(symbols)}
    blank = np.full((1, len(symbols)), FLOOR, np.float32)
    either = sorted({0, column[between]})
    blank[0, either] = -math.log(len(either))
    blocks: list[NDArray[np.float32]] = []
    for lattice in filled:
        block = np.full((lattice.steps, len(symbols)), FLOOR, np.float32)
        block[:, [column[s] for s in lattice.symbols]] = lattice.logp
        blocks += [block, blank]
    return Lattice(symbols, np.concatenate(blocks[:-1]))


def fold(lattice: Lattice, alike: Mapping[str, str]) -> Lattice:
    """Sum symbols that look the same on paper: each becomes ``alike[symbol]`` (or stays)."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i, symbol in enumerate(lattice.symbols):
        groups[alike.get(symbol, symbol)].append(i)
    if len(groups) == len(lattice.symbols) and all(s in groups for s in lattice.symbols):
        return lattice
    names = ("", *(s for s in groups if s))
    logp = np.take(lattice.logp, [groups[s][0] for s in names], axis=1)
    for column, own in enumerate(groups[s] for s in names):
        if len(own) > 1:
            logp[:, column] = np.logaddexp.reduce(lattice.logp[:, own], axis=1)
    return Lattice(names, logp)


def best_path(lattice: Lattice) -> tuple[str, tuple[float, ...]]:
    """Greedy decoding: the text and, for each character, the highest probability along its run."""
    if not lattice.steps:
        return "", ()
    chosen = lattice.logp.argmax(axis=1)
    highest = lattice.logp[np.arange(lattice.steps), chosen]
    text: list[str] = []
    sure: list[float] = []
    previous = 0
    for index, logp in zip(chosen.tolist(), highest.tolist(), strict=True):
        if index != 0:
            p = math.exp(logp)
            if index == previous:
                sure[-1] = max(sure[-1], p)
            else:
                text.append(lattice.symbols[index])
                sure.append(p)
        previous = index
    return "".join(text), tuple(min(1.0, p) for p in sure)


def peaks(lattice: Lattice) -> tuple[tuple[str, int], ...]:
    """Greedy decoding with places: each character and the first step of its run."""
    out: list[tuple[str, int]] = []
    previous = 0
    for step, index in enumerate(lattice.logp.argmax(axis=1) if lattice.steps else ()):
        if index not in (0, previous):
            out.append((lattice.symbols[index], step))
        previous = int(index)
    return tuple(out)


def score(lattice: Lattice, texts: Sequence[str]) -> NDArray[np.float64]:
    """Natural log probability of each text: CTC's forward sum, all texts side by side.

    Returns shape (len(texts),). An empty text scores the all-blank path.
    """
    if not texts:
        return np.zeros(0)
    if not lattice.steps:
        return np.array([0.0 if not t else -np.inf for t in texts])
    column = {s: i for i, s in enumerate(lattice.symbols)}
    unseen = len(lattice.symbols)
    width = 2 * max(len(t) for t in texts) + 1
    labels = np.zeros((len(texts), width), np.intp)
    for row, text in enumerate(texts):
        labels[row, 1 : 2 * len(text) : 2] = [column.get(c, unseen) for c in text]
    skip = np.zeros(labels.shape, bool)
    skip[:, 2:] = (labels[:, 2:] != 0) & (labels[:, 2:] != labels[:, :-2])
    unlikely = np.full((lattice.steps, 1), FLOOR, np.float32)
    emit = np.exp(np.concatenate([lattice.logp, unlikely], axis=1).astype(np.float64))[:, labels]
    alpha = np.zeros(labels.shape)
    alpha[:, :2] = emit[0, :, :2]
    scale = np.zeros(len(texts))
    for step in range(1, lattice.steps):
        following = alpha.copy()
        following[:, 1:] += alpha[:, :-1]
        following[:, 2:] += skip[:, 2:] * alpha[:, :-2]
        following *= emit[step]
        alpha = following
        if step % RESCALED_EVERY == 0:
            most = np.maximum(alpha.max(axis=1), TINY)
            alpha /= most[:, None]
            scale += np.log(most)
    rows = np.arange(len(texts))
    last = np.array([2 * len(t) for t in texts])
    ends = alpha[rows, last] + np.where(last > 0, alpha[rows, np.maximum(last - 1, 0)], 0.0)
    with np.errstate(divide="ignore"):
        total: NDArray[np.float64] = np.log(ends) + scale
    return total


def beam(
    lattice: Lattice, width: int = 12, per_step: int = 5, least: float = 1e-4
) -> tuple[tuple[str, float], ...]:
    """Prefix beam search: up to ``width`` texts with their log probabilities, best first."""
    beams: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}
    log_scale = 0.0
    p = np.exp(lattice.logp)
    order = np.argsort(-p, axis=1)[:, : per_step + 1] if lattice.steps else p
    for step in range(lattice.steps):
        row = p[step]
        choices = [(lattice.symbols[i], float(row[i])) for i in order[step] if i and row[i] > least]
        following: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for text, (in_blank, in_symbol) in beams.items():
            both = in_blank + in_symbol
            following[text][0] += both * float(row[0])
            for symbol, q in choices:
                if text and text[-1] == symbol:
                    following[text][1] += in_symbol * q
                    following[text + symbol][1] += in_blank * q
                else:
                    following[text + symbol][1] += both * q
        ranked = sorted(following.items(), key=lambda item: -sum(item[1]))[:width]
        scale = sum(ranked[0][1]) or 1e-300
        log_scale += math.log(scale)
        beams = {text: (a / scale, b / scale) for text, (a, b) in ranked}
    return tuple(
        (text, math.log(max(a + b, 1e-300)) + log_scale)
        for text, (a, b) in sorted(beams.items(), key=lambda item: -sum(item[1]))
        if a + b > 0.0
    )
