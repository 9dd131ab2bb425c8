"""Which of a few boxes is ticked, judged by the ink in and beside each. Two or none is a doubt, never a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.form.layout import Label, Option
from extractors.form.text import TICKS
from extractors.marks.boxes import BoxInk
from extractors.ocr.engine import Span

INK_TICKED, INK_EMPTY = 0.11, 0.06
"""Score of a box (see ``_score``) from which it counts as ticked, and up to which as empty."""
STROKES_TICKED, STROKES_EMPTY = 0.03, 0.006
"""The same for strokes that other boxes lack: blur and dirt are none, so less ink tells."""
SECOND_SHARE = 0.2
"""Share of a tick's strokes that its end in another box's place has."""
COMMON_INK = 0.3
"""At most this much of the score may be common to all boxes, as blur and thick outlines are."""


@dataclass(frozen=True, slots=True)
class TickReading:
    """``ticked``: values of the ticked options, in the form's order. ``span`` in pixels of the table picture."""

    ticked: tuple[str, ...]
    confidence: float
    reasons: tuple[str, ...]
    text: str
    span: Span | None


def inks_to_reading(
    inks: Sequence[BoxInk],
    glyphs: Sequence[str],
    options: Sequence[Option],
    label: Label,
    text: str,
    span: Span | None,
) -> TickReading:
    """The reading of boxes, ``options`` and what the recogniser saw between the words in the same order."""
    whole = all(ink.seen for ink in inks)
    scores = [_score(ink, read, whole=whole) for ink, read in zip(inks, glyphs, strict=True)]
    thin = _thin_tick([ink.more for ink in inks], scores) if whole else None
    if thin is not None:
        best, sure = thin
        return TickReading((options[best].value,), 0.9 + 0.099 * sure, (), text, span)
    return _judged(scores, [ink.more for ink in inks], options, label, text, span)


def _score(ink: BoxInk, glyphs: str, *, whole: bool) -> float:
    """0 for a hollow box, 1 for a filled one: ink inside or beside it, and what the recogniser saw there.

    ``whole``: all boxes' outlines were seen. Then ink inside that makes no stroke is a speck or shines through.
    """
    speck = whole and ink.more < STROKES_EMPTY
    score = ink.loose + (0.0 if speck else ink.inside)
    if any(g in TICKS for g in glyphs):
        score += 0.25
    return min(1.0, score)


def _thin_tick(more: Sequence[float], scores: Sequence[float]) -> tuple[int, float] | None:
    """The one box with strokes that the others lack, and how sure, 0..1; None where it is not one alone.

    Hollow boxes differ by next to nothing, so this sees a thin tick that runs along its box's outline.
    """
    order = sorted(range(len(more)), key=lambda i: -more[i])
    best, second = order[0], order[1]
    spilt = min(STROKES_TICKED, SECOND_SHARE * more[best])
    if more[best] < STROKES_TICKED or more[second] > max(STROKES_EMPTY, spilt):
        return None
    if max(score for i, score in enumerate(scores) if i != best) - min(scores) > INK_TICKED:
        return None
    return best, min(1.0, more[best] / (3 * STROKES_TICKED))


def _judged(
    scores: Sequence[float],
    more: Sequence[float],
    options: Sequence[Option],
    label: Label,
    text: str,
    span: Span | None,
) -> TickReading:
    """The one box with clearly more ink than the others; what all have in common (blur, thick outlines) is no tick.

    Strokes in another box, however thin beside a cross in the first, are a second tick.
    """
    common = min(*scores, COMMON_INK)
    above = [score - common for score in scores]
    order = sorted(range(len(above)), key=lambda i: -above[i])
    best, second = above[order[0]], above[order[1]]
    over = [i for i in order if above[i] >= max(INK_TICKED, 0.35 * best)]
    level = max(INK_EMPTY, 0.2 * best)
    struck = [i for i in order[1:] if more[i] >= STROKES_TICKED]
    if len(over) == 1 and second <= level and not struck:
        sure = min(1.0, (best - second) / (2 * INK_TICKED))
        return TickReading((options[over[0]].value,), 0.9 + 0.099 * sure, (), text, span)
    if best <= INK_EMPTY:
        return TickReading((), 0.95, ("no_tick",), text, span)
    doubtful = {options[i].value for i in order if above[i] > level or i in struck}
    ticked = tuple(o.value for o in label.options if o.value in doubtful)
    return TickReading(ticked, 0.5, ("ambiguous_ticks",), text, span)
