"""What a recogniser or a pen confuses, kind by kind, and the repairs that follow from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from extractors.form import credit_code
from extractors.form.text import distance, fold_width

_READ_AS = {"0": "OoDQ〇○°", "1": "lIi|丨!", "2": "Zz", "5": "Ss", "6": "b", "8": "B&", "9": "gq"}
_DIGITS = str.maketrans({sign: digit for digit, signs in _READ_AS.items() for sign in signs})
_SIGN_ALTERNATIVES = {
    "0": "DQC68U",
    "1": "7LTJ",
    "2": "7",
    "3": "8BE",
    "4": "A",
    "5": "6",
    "6": "5G80",
    "7": "1TY2",
    "8": "B360R",
    "9": "QPG4",
    "A": "4R",
    "B": "8RE3",
    "C": "G0",
    "D": "0PQ",
    "E": "FB3",
    "F": "EP",
    "G": "6CQ9",
    "H": "NMKW",
    "J": "1U3",
    "K": "XHR",
    "L": "1J",
    "M": "NWH",
    "N": "MHW",
    "P": "RF9D",
    "Q": "0G9D",
    "R": "PKAB8",
    "T": "71Y",
    "U": "0JW",
    "W": "MNU",
    "X": "KY",
    "Y": "X7T",
}
_OUTSIDE = {"O": "0", "I": "1", "Z": "2", "S": "5", "V": "UY", "|": "1", "!": "1", "&": "8"}
_JOINED = ("M15", "MFF", "MLL", "MU", "ML", "M5", "MJ")
"""What two J after an M are read as, which codes of non-enterprise units have."""
_MOST_REPAIRS = 24


def digits(text: str) -> str:
    """Letters that look like a digit replaced by it; for texts that hold digits only."""
    return text.translate(_DIGITS)


def near_credit_codes(text: str) -> tuple[str, ...]:
    """Codes with a right form and both check signs, at most two look-alike signs from ``text``.

    Fewest changes win: two are tried only where one does not help.
    """
    raw = re.sub(r"[\s\-.·_—]", "", fold_width(text)).upper()
    starts = [code for text in _parted(raw) for code in _of_length(text)]
    found: dict[str, None] = {}
    for changes in (0, 1, 2) if len(raw) == credit_code.LENGTH else (0, 1):
        for start in starts:
            for code in _changed(start, changes):
                if credit_code.is_valid(code):
                    found.setdefault(code)
        if found and changes:
            break
    return tuple(sorted(found, key=lambda code: not code.startswith("43", 2)))[:_MOST_REPAIRS]


def _parted(raw: str) -> Iterator[str]:
    """The text, and with the two J that pens join after an M parted again."""
    yield raw
    if "MJJ" not in raw:
        yield from (raw.replace(joined, "MJJ", 1) for joined in _JOINED if joined in raw)


def _of_length(raw: str) -> Iterator[str]:
    """``raw`` with 18 signs of the alphabet; one sign too many or too few is taken as a doubled sign."""
    choices = [_OUTSIDE.get(sign, sign) for sign in raw]
    if not all(sign in credit_code.ALPHABET for options in choices for sign in options):
        return
    for code in _product(choices):
        if len(code) == credit_code.LENGTH:
            yield code
        elif len(code) == credit_code.LENGTH + 1:
            yield from {code[:i] + code[i + 1 :] for i in range(1, len(code)) if code[i] == code[i - 1]}
        elif len(code) == credit_code.LENGTH - 1:
            yield from {code[:i] + code[i] + code[i:] for i in range(len(code))}


def _product(choices: Sequence[str]) -> list[str]:
    out = [""]
    for options in choices:
        out = [start + sign for start in out for sign in options][:8]
    return out


def _changed(code: str, changes: int) -> Iterator[str]:
    for places in combinations(range(len(code)), changes):
        variants = [code]
        for place in places:
            variants = [
                variant[:place] + sign + variant[place + 1 :]
                for variant in variants
                for sign in _SIGN_ALTERNATIVES[code[place]]
            ]
        yield from variants


def nearest(texts: Iterable[str], candidates: Iterable[str], limit: int) -> tuple[str, ...]:
    """``candidates`` without repeats, the fewest edits from any of ``texts`` first, else in their order."""
    wanted = [fold_width(text) for text in texts] or [""]
    unique = list(dict.fromkeys(candidate for candidate in candidates if candidate))
    steps = {candidate: min(distance(fold_width(candidate), text) for text in wanted) for candidate in unique}
    return tuple(sorted(unique, key=lambda candidate: steps[candidate]))[:limit]
