"""What may stand in a cell besides what stands there: other systems' words, the reader's own, the catalogue's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from extractors.form.layout import default_layout
from intake_service.current import Cell

MAX_CANDIDATES = 9
WORTH_OFFERING = 0.01
IN_CATALOGUE = "目录中的近似项，纸上没有读到这样写"

Piece = tuple[str, bool]
"""Some characters, and whether they are to be marked."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One text to choose; ``say`` tells who says so, or how sure the reader is."""

    text: str
    pieces: tuple[Piece, ...]
    say: str


def offered(cell: Cell, listed: Sequence[str] = ()) -> tuple[Choice, ...]:
    """What a person may pick by a figure. ``listed``: what the catalogue has where name and code do not agree."""
    text = str(cell.text)
    said = {each.text: each.who.removeprefix("token:") for each in cell.proposals if each.text != text}
    proposed = [Choice(other, differing_pieces(text, other), who) for other, who in said.items()]
    proposed += (each for each in read_as(cell.machine, text) if each.text not in said)
    known = {each.text for each in proposed}
    near = (
        Choice(each, differing_pieces(text, each), IN_CATALOGUE)
        for each in listed
        if each not in {text, *known}
    )
    return (*proposed, *near)


def printed(cell: Cell) -> tuple[Choice, ...]:
    """The options to tick in the form's order, so that a figure always means the same one."""
    said = {each.text: each.who.removeprefix("token:") for each in cell.proposals}
    name = cell.path.rsplit(".", 1)[-1]
    return tuple(Choice(word, ((word, False),), said.get(word, "")) for word in option_words(name))


def option_words(name: str) -> list[str]:
    """The words printed beside the boxes of a field."""
    return [option.text for option in default_layout().label(name).options]


def read_as(machine: Mapping[str, Any], text: str) -> tuple[Choice, ...]:
    """The reader's candidates, likeliest first; those under one in a hundred only take attention."""
    own = str(machine.get("text", ""))
    offered = [(own, float(machine.get("confidence", 0.0)))] if own and own != text else []
    read = [(c["text"], float(c["confidence"])) for c in machine.get("candidates", ())]
    # Where the readings are close, the first may be what the ink alone says of a text that was mended: worth a key.
    kept = 1 if "candidates_close" in machine.get("reasons", ()) else 0
    offered += [*read[:kept], *(each for each in read[kept:] if each[1] >= WORTH_OFFERING)]
    unique = {word: sure for word, sure in reversed(offered) if word and word != text}
    chosen = [(word, unique[word]) for word in dict.fromkeys(w for w, _ in offered) if word in unique]
    return tuple(Choice(w, differing_pieces(text, w), _percent(p)) for w, p in chosen[:MAX_CANDIDATES])


def _percent(confidence: float) -> str:
    return "不足 1%" if confidence < 0.01 else f"{min(confidence, 0.99):.0%}"


def differing_pieces(base: str, other: str) -> tuple[Piece, ...]:
    """``other`` cut into what it shares with ``base`` (False) and what differs (True)."""
    steps = SequenceMatcher(None, base, other, autojunk=False).get_opcodes()
    return tuple((other[b0:b1], tag != "equal") for tag, _a0, _a1, b0, b1 in steps if b1 > b0)
