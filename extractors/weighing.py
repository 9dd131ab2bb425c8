"""A short value's readings weighed: what the ink says alone against what the form may say.

Knowledge chooses between readings of the ink and never overrules it: a well-formed text may cost only
little probability against the free reading, else the free reading stands and is doubted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractors.form.grammar import Grammar
from extractors.form.reading import Candidate
from extractors.form.text import dashes_named, squeeze
from extractors.ocr.lattice import EMPTY, Lattice, beam, score
from extractors.ocr.signs import said

REPAIR_NATS = 3.0
"""How much log probability a well-formed text may cost against the free reading."""
BEAM = 10
CLEAR_NATS = -0.05
"""A well-formed text this certain needs no suggestions."""
DASH_NATS, POINT_NATS = 14.0, 8.0
"""The same for a text that differs in dashes alone (the ink is there, only its name is in doubt), and in small signs."""
NAMED_NATS = 0.1
"""What it costs to call a stroke that was seen a dash where only one may stand."""
DASHES = "—–-－―─~～"
NO_DASHES = str.maketrans(dict.fromkeys(DASHES + "一", ""))
NO_POINTS = str.maketrans(dict.fromkeys("/、，,.·•。", ""))
"""Signs so small that pens and recognisers drop them."""
NO_SIGNS = NO_DASHES | NO_POINTS
OPEN_ENDS = frozenset("、，,;；—–-~～/至到")
"""Signs behind which a text goes on: 四、三、 is no 四、三, its next line was not seen."""
SMALL_SIGNS = frozenset("—–-－―─~～/、，,.·•。;； ")
MOST_GAP = 12.0
MOST_WITNESS_NATS = 4.0
"""Most that the sign reader can cost a text: it knows few hands, and none of the signs outside its alphabet."""
WITNESS_TEXTS = 4
SPECKS_BEFORE, SPECKS_BEHIND = "•·.。,，、'`’‘…", "•·"
"""What a speck before or behind a text is read as."""


@dataclass(frozen=True, slots=True)
class Ink:
    """What two readers saw of one value: the exact one's lattice, and the sign reader's where it was asked.

    ``witness``: what the sign reader takes for likely, the likeliest first.
    """

    lattice: Lattice
    signs: Lattice = EMPTY
    witness: tuple[str, ...] = ()

    @classmethod
    def of(cls, lattice: Lattice, signs: Lattice) -> Ink:
        """Both lattices, and the sign reader's texts worked out once."""
        likely = beam(signs, WITNESS_TEXTS) if signs.steps else ()
        return cls(lattice, signs, tuple(text for text, _ in likely if text))

    def costs(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """What each text costs the sign reader against its own, 0 at best, in natural logarithms; shape (texts,)."""
        if not self.witness or not texts:
            return np.zeros(len(texts))
        scores = score(self.signs, [self.witness[0], *map(said, texts)])
        return np.asarray(np.clip(scores[1:] - scores[0], -MOST_WITNESS_NATS, 0.0), np.float64)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The text that stands and the free one, with natural log probabilities; ``others`` it could be.

    ``gap``: how much less probable the next text is that says something else; ``well_formed``: None without grammar.
    ``strained``: well formed, but at a cost that only a person may grant.
    """

    text: str
    logp: float
    free: str
    free_logp: float
    well_formed: bool | None
    others: tuple[Candidate, ...]
    gap: float
    strained: bool = False


def weigh(
    ink: Ink,
    free: str,
    second: str,
    grammar: Grammar | None,
    repair_nats: float,
    shown_nats: float = 0.0,
) -> Weighed:
    """The text for a cell. ``second``: the quick reader's; ``repair_nats``: what a well-formed text may cost.

    ``shown_nats``: what it may cost where a person looks, who is helped by the likelier text.
    """
    ranked = _ranked(ink, free, second, grammar)
    free_logp = max(logp for _, logp in ranked)
    free = next(text for text, logp in ranked if logp == free_logp)
    chosen, logp, formed = free, free_logp, None
    if grammar is not None:
        chosen, logp, formed = _well_formed(free, free_logp, ranked, grammar, repair_nats)
        if not formed:
            shown = max(((p, t) for t, p in ranked if t and grammar.accepts(t)), default=(-math.inf, ""))
            logp, chosen = shown if free_logp - shown[0] <= shown_nats else (logp, chosen)
    strained = formed is False and chosen != free
    bare = chosen.lstrip(SPECKS_BEFORE).rstrip(SPECKS_BEHIND)
    if bare and bare != chosen and not strained:
        chosen, logp = bare, float(score(ink.lattice, [bare])[0] + ink.costs([bare])[0])
        formed = None if grammar is None else grammar.accepts(bare)
    # What is written otherwise but says the same (a space, the width of a bracket) adds to its probability.
    alike = [p for text, p in ranked if text != chosen and squeeze(text) == squeeze(chosen)]
    logp = min(0.0, float(np.logaddexp.reduce([logp, *alike])))
    others = tuple(
        Candidate(text, math.exp(p))
        for text, p in sorted(ranked, key=lambda item: -item[1])[:6]
        if text != chosen and p > -9
    )
    return Weighed(
        chosen, logp, free, free_logp, formed, others, _gap(chosen, logp, ranked, grammar), strained
    )


def _well_formed(
    free: str, free_logp: float, ranked: Sequence[tuple[str, float]], grammar: Grammar, repair_nats: float
) -> tuple[str, float, bool]:
    """The likeliest well-formed text that the ink allows, else the free one; and whether it is well formed."""
    if grammar.accepts(free):
        return free, free_logp, True
    for text, cost in sorted(ranked, key=lambda item: -item[1]):
        if free_logp - cost > repair_nats:
            break
        if text and grammar.accepts(text):
            return text, cost, True
    chosen, logp, formed = _sign_found(free, free_logp, ranked, grammar)
    return (chosen, logp, formed) if formed else (*_as_of_kind(free, free_logp, ranked, grammar), False)


def _sign_found(
    free: str, free_logp: float, ranked: Sequence[tuple[str, float]], grammar: Grammar
) -> tuple[str, float, bool]:
    """The well-formed text that differs only in dashes, which are read as one with 一 beside them, or in small signs."""
    # Where the ink of a dash is seen, it is as certain as what it was taken for; a sign not seen costs more.
    named = [(p, t) for t, p in ranked if dashes_named(t) == dashes_named(free) and grammar.accepts(t)]
    if named and free_logp - max(named)[0] <= DASH_NATS:
        logp, text = max(named)
        return text, max(logp, free_logp - NAMED_NATS), True
    for signs, most in ((NO_DASHES, DASH_NATS), (NO_POINTS, POINT_NATS), (NO_SIGNS, DASH_NATS)):
        bare = free.translate(signs)
        same = [
            (p, t)
            for t, p in ranked
            if t.translate(signs) == bare
            and (_dashed(t) or not _dashed(free))
            and (free[-1:] not in OPEN_ENDS or t[-1:] in OPEN_ENDS)
            and grammar.accepts(t)
        ]
        if same and free_logp - max(same)[0] <= most:
            logp, text = max(same)
            return text, max(logp, free_logp - REPAIR_NATS), True
    return free, free_logp, False


def _dashed(text: str) -> bool:
    """Whether a dash stands inside the text: what it joined may have been lost, so it is no dirt (5—级 is not 5级)."""
    return any(dash in text.strip(DASHES) for dash in DASHES)


def _as_of_kind(
    free: str, free_logp: float, ranked: Sequence[tuple[str, float]], grammar: Grammar
) -> tuple[str, float]:
    """In place of a text that its kind never has, the likeliest well-formed one that keeps what may stand there.

    A letter in an occupation's code is a digit misread, a point between two levels a dash; which sign it is,
    a person must say: the text counts as malformed.
    """
    aliens = grammar.alphabet is not None and any(sign not in grammar.alphabet for sign in free)
    kept = [s for s in free if s not in SMALL_SIGNS and (grammar.alphabet is None or s in grammar.alphabet)]
    near = [
        (p, t)
        for t, p in ranked
        if grammar.accepts(t)
        and _holds(t, kept)
        and (aliens or kept == [sign for sign in t if sign not in SMALL_SIGNS])
    ]
    # Of equals the grammar's first: a sign that the recogniser never considered costs the same whichever it is.
    logp, text = max(near, key=lambda item: round(item[0], 1), default=(free_logp, free))
    return text, logp


def _holds(text: str, signs: Sequence[str]) -> bool:
    """Whether the signs stand in the text in their order."""
    rest = iter(text)
    return all(sign in rest for sign in signs)


def _gap(chosen: str, logp: float, ranked: Sequence[tuple[str, float]], grammar: Grammar | None) -> float:
    """Distance to the next text that says something else; where the chosen one is well formed, only to such."""
    strict = grammar is not None and grammar.accepts(chosen)
    rivals = [
        p
        for text, p in ranked
        if squeeze(text) != squeeze(chosen)
        and text
        and (not strict or grammar is None or grammar.accepts(text))
    ]
    return min(MOST_GAP, logp - max(rivals)) if rivals else MOST_GAP


def _ranked(ink: Ink, free: str, second: str, grammar: Grammar | None) -> list[tuple[str, float]]:
    """Texts with log probabilities: either reader's beam, the quick reader's text and the grammar's suggestions."""
    found = dict(beam(ink.lattice, BEAM))
    texts = [t for t in dict.fromkeys([free, second, *ink.witness]) if t and t not in found]
    clear = found.get(free, -9.0) > CLEAR_NATS and grammar is not None and grammar.accepts(free)
    if grammar is not None and not clear:
        near = grammar.suggest([*list(found)[:3], second, *ink.witness[:2]])
        texts += [t for t in dict.fromkeys(near) if t not in found and t not in texts]
    ranked = [*found.items(), *zip(texts, score(ink.lattice, texts).tolist(), strict=True)]
    costs = ink.costs([text for text, _ in ranked]).tolist()
    return [(text, logp + cost) for (text, logp), cost in zip(ranked, costs, strict=True)]
