"""An occupation's name and code, read together: the catalogue says which belong to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.form.catalogue import Catalogue
from extractors.form.grammar import only_digits, suggest_occupation
from extractors.form.text import squeeze
from extractors.ocr.lattice import score
from extractors.transcribe import SURE_INK, Transcript, to_grant
from extractors.weighing import REPAIR_NATS

SHOWN_PAIR = 11.0
"""What a pair may cost to be shown, for a person to grant, where the ink is not sure of what it says."""


def agree_on_occupation(
    name: Transcript | None, code: Transcript | None, catalogue: Catalogue
) -> tuple[Transcript | None, Transcript | None]:
    """Name and code of one row read together: a pair of the catalogue wins while it costs little against the ink.

    A pair that costs more is shown, for a person to grant, unless the ink is sure of what it says.
    """
    if name is None or code is None or name.empty or code.empty:
        return name, code
    pairs = suggest_occupation(_guesses(name), _guesses(code), catalogue)
    if _says_so(name, code) and (name.text, code.text) in pairs:
        return _agreed(name, name.text, name.logp), _agreed(code, code.text, code.logp)
    if not pairs or not name.lattice.steps or not code.lattice.steps:
        return name, code
    return _by_ink(name, code, pairs)


def _says_so(name: Transcript, code: Transcript) -> bool:
    """Whether both say what they say without another's help; dashes that a pen dropped are no digits."""
    return bool(name.well_formed) and only_digits(code.free) == only_digits(code.text)


def _by_ink(
    name: Transcript, code: Transcript, pairs: Sequence[tuple[str, str]]
) -> tuple[Transcript, Transcript]:
    """The pair that costs least against both inks, where it does not cost too much."""
    names = score(name.lattice, [pair[0] for pair in pairs])
    codes = score(code.lattice, [pair[1] for pair in pairs])
    cost = (name.free_logp - names) + (code.free_logp - codes)
    best = int(cost.argmin())
    both = zip((name, code), pairs[best], (float(names[best]), float(codes[best])), strict=True)
    if cost[best] <= REPAIR_NATS:
        name, code = (_agreed(*each) for each in both)
    elif cost[best] <= SHOWN_PAIR:
        name, code = (_granted(*each) for each in both)
    return name, code


def _granted(transcript: Transcript, text: str, logp: float) -> Transcript:
    """What a person may grant: another text than was read, where the ink was in doubt."""
    if squeeze(text) == squeeze(transcript.text) or min(transcript.sure, default=0.0) > SURE_INK:
        return transcript
    return to_grant(transcript, text, logp)


def _guesses(transcript: Transcript) -> list[str]:
    return [transcript.text, transcript.second, *(c.text for c in transcript.candidates[:3])]


def _agreed(transcript: Transcript, text: str, logp: float) -> Transcript:
    """The transcript with the agreed text; a text that only differs in brackets or dashes stays as written."""
    same = squeeze(text) == squeeze(transcript.text)
    return replace(
        transcript,
        text=transcript.text if same else text,
        logp=transcript.logp if same else logp,
        well_formed=True,
        strained=False,
        supported=True,
    )
