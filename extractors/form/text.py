"""Folding of texts, so that two ways to write one thing compare equal, and how far two texts are apart.

Folding serves comparison only: what the paper says is kept as written beside it.
"""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz.distance import Levenshtein

from extractors.form.characters import to_simplified

DASHES = "-‐‑‒–—―−─━﹣－ー⁃"
TILDES = "~～〜∼"
TICKS = "√✓✔☑☒■▣"
HAN = re.compile("[\u4e00-\u9fff]")
"""One Chinese character of the usual block."""
_PUNCTUATION = re.compile(r"[\s\W_]+")
_SPACES = re.compile(r"\s+")
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])
_ONE_DASH = str.maketrans(dict.fromkeys(DASHES, "-") | dict.fromkeys(TILDES, "~"))
_KANA = str.maketrans("エニハロカタトオミ巿", "工二八口力夕卜才三市")
"""Katakana and the like that a recogniser returns for the Chinese character of the same shape."""

_LOOK_ALIKE_CLASSES = (
    "0OoDQ〇○Oо",
    "1lIi|丨!｜",
    "2Zz",
    "5Ss",
    "8B",
    "6b",
    "9gq",
    "-一",
    "Uu",
    "Vv",
    "Xx",
    "Cc",
    "Kk",
    "Pp",
    "Ww",
)
_LOOK_ALIKE = {ord(ch): ord(group[0]) for group in _LOOK_ALIKE_CLASSES for ch in group}


def fold_width(text: str) -> str:
    """Full-width letters, digits and brackets → half-width, one dash, one tilde, nothing invisible."""
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE).translate(_ONE_DASH)


def fold(text: str) -> str:
    """``fold_width`` with Japanese look-alikes and traditional characters replaced and spaces collapsed."""
    return _SPACES.sub(" ", to_simplified(fold_width(text).translate(_KANA))).strip()


def squeeze(text: str) -> str:
    """``fold`` without any space; folded again, as an accent may now stand beside its letter."""
    return fold_width(fold(text).replace(" ", ""))


def dashes_named(text: str) -> str:
    """``squeeze`` with every stroke that may be a dash, 一 among them, as a dash."""
    return squeeze(text).replace("一", "-").replace("~", "-")


def normal_label(text: str) -> str:
    """A printed label reduced to its letters: no spaces, punctuation or brackets (their content stays)."""
    return _PUNCTUATION.sub("", fold(text)).lower()


def look_alike(text: str) -> str:
    """Each character replaced by the first of its look-alikes (0/O, 1/l/I/|, -/一 …); same length."""
    return fold_width(text).translate(_LOOK_ALIKE)


def distance(a: str, b: str, limit: int | None = None) -> int:
    """Levenshtein distance; past ``limit`` the answer is ``limit + 1`` and found sooner."""
    return Levenshtein.distance(a, b, score_cutoff=limit)


def similarity(a: str, b: str, least: float = 0.0) -> float:
    """1 for equal texts, 0 for texts with nothing in common, by edit distance over the longer length.

    Where it would be below ``least`` the answer is 0 and found sooner.
    """
    longest = max(len(a), len(b))
    limit = int((1.0 - least) * longest + 1e-9)
    apart = distance(a, b, limit)
    return 1.0 if longest == 0 else 1.0 - apart / longest if apart <= limit else 0.0
