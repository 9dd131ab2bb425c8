"""Whether the ink of a seal's ring bears a name: scored on what the recogniser saw, not on its best text.

A name is laid along each strip (Viterbi over CTC's alignments), which tells for each of its characters how
far the ink bears it out, and which characters the ink shows that the name has not. Strips differ in ink and
edges, so a character that print covers on one may be clear on another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from extractors.marks.namewords import Token, name_to_tokens
from extractors.marks.otherowners import LEAST_LETTERS, another_told, seen_share
from extractors.marks.strips import Strip, strip_to_runs
from extractors.ocr.lattice import FLOOR, Lattice

BORNE = 0.5
"""Probability from which a character of the name counts as seen."""
SINGLE = 0.85
"""With only one strip read, every character must be seen this clearly."""
LEAST_SEEN = 0.7
"""Share of the name's characters that must be seen."""
LONG_WORD = 6
"""Letters of a word that cannot be another word but for a few, such as 湘西土家族苗族自治州."""
RATIO_NATS = 3.0
"""How much likelier a lost character of a usual word must be than that of every other word that fits."""
FOREIGN = 0.3
"""Mean probability over the strips from which a character that the name has not rules the name out."""
PLAY_STEPS, PLAY_PITCHES = 1.7, 0.45
"""How far off its even place a character may be found."""
AGREED = 0.6
"""Mean probability over the strips from which another character stands where the name has one of a usual word."""
GLIMPSE = 0.02
"""Probability that a lost character of a usual word must have on a strip at least, where another may stand."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``matches``: True for this very name, False for clearly another, else None. ``confidence``: 0..1."""

    matches: bool | None
    confidence: float


@dataclass(frozen=True, slots=True)
class _Laid:
    """A name laid along one strip; arrays have one entry for each of its characters.

    ``seen``: probability; ``at``: middle step; ``rivals``: what the ink shows instead of a character it does
    not bear out, with probabilities; ``extra``: probability of a foreign character before each place and at
    the end, length + 1; ``pitch``: usual distance of two characters in steps.
    """

    lattice: Lattice
    seen: NDArray[np.float64]
    at: NDArray[np.float64]
    rivals: tuple[dict[str, float], ...]
    extra: NDArray[np.float64]
    pitch: float


def judge_name(strips: Sequence[Strip], name: str) -> Verdict:
    """Whether the strips' ink bears ``name``, folded to plain characters."""
    if len(name) < LEAST_LETTERS:
        return Verdict(None, 0.0)
    if seen_share(strips, name) >= LEAST_SEEN:
        laid = [_lay(strip, name) for strip in strips if strip.lattice.steps >= len(name)]
        sure = _borne_out(laid, name) if laid else 0.0
        if sure > 0.0:
            return Verdict(matches=True, confidence=sure)
    other = another_told(strips, name)
    return Verdict(matches=False, confidence=other) if other else Verdict(None, 0.0)


def _borne_out(laid: Sequence[_Laid], name: str) -> float:
    """How sure the least sure of the seen characters is, 0 where the ink does not bear the name."""
    best = np.max([one.seen for one in laid], axis=0)
    seen = best >= BORNE
    for i in np.flatnonzero(seen):
        rivals: dict[str, float] = defaultdict(float)
        for one in laid:
            for char, p in one.rivals[i].items():
                rivals[char] += p
        seen[i] = max(rivals.values(), default=0.0) <= sum(float(one.seen[i]) for one in laid)
    if seen.mean() < LEAST_SEEN or (len(laid) == 1 and best.min() < SINGLE):
        return 0.0
    if any(not _token_borne(token, laid, name, seen) for token in name_to_tokens(name)):
        return 0.0
    if _foreign(laid) or not _evenly(laid, name, seen):
        return 0.0
    return float(best[seen].min())


def _token_borne(token: Token, laid: Sequence[_Laid], name: str, seen: NDArray[np.bool_]) -> bool:
    """A name's own characters must all be seen; of usual words half, where no other word fits the ink."""
    here = range(token.start, token.stop)
    lost = [i for i in here if not seen[i]]
    if not lost:
        return True
    if not token.usual or 2 * len(lost) > len(here):
        return False
    # Of a word so long no other differs in a character or two, however surely that is misread.
    if len(here) < LONG_WORD and any(_other_there(laid, i, name[i]) for i in lost):
        return False
    fitting = [r for r in token.rivals if all(r[i - token.start] == name[i] for i in here if seen[i])]
    own = [_best_logp(laid, i, name[i]) for i in lost]
    # Where other words fit, noise must not choose among them.
    if fitting and min(own) < np.log(GLIMPSE):
        return False
    return all(
        sum(own) - sum(_best_logp(laid, i, rival[i - token.start]) for i in lost) >= RATIO_NATS
        for rival in fitting
    )


def _other_there(laid: Sequence[_Laid], place: int, char: str) -> bool:
    """Whether most of the ink agrees on one other character where the name's was lost: no misreading is so sure.

    Unless some ink shows a glimpse of the name's: then it is worn to look like the other, for words are told apart.
    """
    seen: dict[str, float] = defaultdict(float)
    for one in laid:
        for rival, p in one.rivals[place].items():
            seen[rival] += p
    agreed = max(seen.values(), default=0.0) >= AGREED * len(laid)
    return agreed and _best_logp(laid, place, char) < np.log(GLIMPSE)


def _best_logp(laid: Sequence[_Laid], place: int, char: str) -> float:
    """The highest log probability of a character between the neighbours of a place, over all strips."""
    best = FLOOR
    for one in laid:
        if char in one.lattice.symbols:
            low = one.at[place - 1] if place else one.at[place] - 12
            high = one.at[place + 1] if place + 1 < len(one.at) else one.at[place] + 12
            steps = one.lattice.logp[
                max(0, int(low)) : max(1, int(high) + 1), one.lattice.symbols.index(char)
            ]
            best = max(best, float(steps.max(initial=FLOOR)))
    return best


def _foreign(laid: Sequence[_Laid]) -> bool:
    """Whether the strips that are clear around a place show a character there that the name has not."""
    last = len(laid[0].seen)
    for gap in range(last + 1):
        sides = [i for i in (gap - 1, gap) if 0 <= i < last]
        clear = [one.extra[gap] for one in laid if all(one.seen[i] >= BORNE for i in sides)]
        at_end = gap in (0, last)
        if clear and (max(clear) >= BORNE if at_end else np.mean(clear) >= FOREIGN):
            return True
    return False


def _evenly(laid: Sequence[_Laid], name: str, seen: NDArray[np.bool_]) -> bool:
    """Whether neighbours among the seen characters stand as far apart as the name says: no room for more or less."""
    where = [int(i) for i in np.flatnonzero(seen) if name[i] not in "()"]
    for a, b in pairwise(where):
        both = [one for one in laid if min(one.seen[a], one.seen[b]) >= BORNE]
        off = [abs(one.at[b] - one.at[a] - (b - a) * one.pitch) for one in both]
        play = [max(PLAY_STEPS, (PLAY_PITCHES + 0.08 * (b - a - 1)) * one.pitch) for one in both]
        if not both or float(np.median(np.array(off) - np.array(play))) > 0:
            return False
    return True


@lru_cache(maxsize=64)
def _lay(strip: Strip, name: str) -> _Laid:
    lattice = strip.lattice
    state, emit = _aligned(lattice, name)
    steps = [np.flatnonzero(state == 2 * i + 1) for i in range(len(name))]
    seen = np.exp([emit[s, 2 * i + 1].max(initial=FLOOR) for i, s in enumerate(steps)])
    at = np.array([float(s[int(emit[s, 2 * i + 1].argmax())]) for i, s in enumerate(steps)])
    rivals: list[dict[str, float]] = [{} for _ in name]
    extra = np.zeros(len(name) + 1)
    good = np.flatnonzero(seen >= 0.3)
    pitch = float(np.median(np.diff(at[good]) / np.diff(good))) if len(good) > 1 else 6.0
    for run in strip_to_runs(strip):
        if any(name[i] == run.char and abs(at[i] - run.at) <= 2 for i in good):
            continue
        before, after = good[at[good] < run.at], good[at[good] > run.at]
        low = int(before[-1]) + 1 if len(before) else 0
        high = int(after[0]) if len(after) else len(name)
        for i in range(low, high):
            rivals[i][run.char] = max(run.p, rivals[i].get(run.char, 0.0))
        near = min((abs(run.at - at[i]) for i in (low - 1, high) if 0 <= i < len(name)), default=0.0)
        # Print leaves brackets; what would tell another name stands between them.
        if low == high and near < 1.6 * pitch and run.char not in "()":
            extra[low] = max(extra[low], run.p)
    return _Laid(lattice, seen, at, tuple(rivals), extra, pitch)


def _aligned(lattice: Lattice, name: str) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The best alignment's state at each step (odd states are characters) and log probabilities of all states."""
    column = {s: i for i, s in enumerate(lattice.symbols)}
    labels = np.zeros(2 * len(name) + 1, np.intp)
    labels[1::2] = [column.get(c, len(column)) for c in name]
    padded = np.concatenate([lattice.logp, np.full((lattice.steps, 1), FLOOR, np.float32)], axis=1)
    emit = padded[:, labels]
    skip = np.zeros(len(labels), bool)
    skip[3::2] = [a != b for a, b in pairwise(name)]
    worth = np.full(len(labels), -np.inf)
    worth[:2] = emit[0, :2]
    came = np.zeros(emit.shape, np.intp)
    for step in range(1, lattice.steps):
        one = np.concatenate(([-np.inf], worth[:-1]))
        two = np.where(skip, np.concatenate(([-np.inf, -np.inf], worth[:-2])), -np.inf)
        options = np.stack([worth, one, two])
        came[step] = options.argmax(axis=0)
        worth = options.max(axis=0) + emit[step]
    state = len(labels) - 1 if worth[-1] > worth[-2] else len(labels) - 2
    path = np.zeros(lattice.steps, np.intp)
    for step in range(lattice.steps - 1, -1, -1):
        path[step] = state
        state -= int(came[step, state])
    return path, emit
