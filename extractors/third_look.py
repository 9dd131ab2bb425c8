"""Values that two readers leave in doubt, read by a third that was built and taught otherwise.

It costs twice what the exact reader does, so it looks only where its word may let a value pass or correct one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.form.grammar import Grammar
from extractors.form.reading import FieldReading, Status
from extractors.form.text import squeeze
from extractors.labelled import Piece
from extractors.ocr.engine import OcrEngine
from extractors.ocr.lattice import score
from extractors.ocr.signs import said
from extractors.transcribe import LONG_KINDS, Transcript, free_text, to_grant
from extractors.weighing import NO_SIGNS

LIFTABLE = frozenset({"low_confidence", "readers_disagree", "candidates_close", "format_unknown"})
"""Doubts about the reading itself; no reader's word lifts any other."""
NEVER_OUTVOTED = frozenset({"date"})
"""What stands under a seal misleads two readers as easily as one: of four dates that two outvoted three were right before."""
OUTVOTED_NATS = 3.0
"""What the text of two readers may cost the exact one to be shown in place of its own; above it they erred."""


def may_be_lifted(kind: str, transcript: Transcript | None, field: FieldReading) -> bool:
    """Whether another reader's word could change what is made of a value."""
    return (
        transcript is not None
        and not (transcript.digital or transcript.empty or kind in LONG_KINDS)
        and field.status is Status.REVIEW
        and LIFTABLE.issuperset(field.reasons)
    )


def with_third_look(
    kind: str, transcript: Transcript, pieces: Sequence[Piece], engine: OcrEngine, grammar: Grammar | None
) -> Transcript:
    """The transcript with what the third reader saw; where it and the quick one saw the same other text, that is shown."""
    seen = engine.read_third([line.picture for piece in pieces for line in piece.lines])
    if not seen:
        return transcript
    asked = replace(transcript, third=free_text(kind, seen))
    return asked if kind in NEVER_OUTVOTED else _outvoted(asked, grammar)


def _outvoted(transcript: Transcript, grammar: Grammar | None) -> Transcript:
    """Two against one, for a person to grant; not against what the sign reader, or another cell of the paper, says too.

    Signs so small that readers drop them are no votes.
    """
    other = transcript.third
    ours = squeeze(transcript.text).translate(NO_SIGNS)
    backed = transcript.supported or transcript.strained or said(transcript.text) == transcript.signs
    if not other or backed or squeeze(other) != squeeze(transcript.second):
        return transcript
    formed = grammar is None or grammar.accepts(other)
    if squeeze(other).translate(NO_SIGNS) == ours or not transcript.lattice.steps or not formed:
        return transcript
    logp = float(score(transcript.lattice, [other])[0])
    return to_grant(transcript, other, logp) if transcript.logp - logp <= OUTVOTED_NATS else transcript
