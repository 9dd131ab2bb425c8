"""A small net of our own for lines of digits, letters and the few characters of dates, counts and levels.

It knows no other form of text, was taught by other hands and typefaces than the large readers
(``tests/training/signs.py``), and so makes other mistakes: where both say the same, hardly anything else is written.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.nets import model_session
from extractors.ocr.engine import LineText
from extractors.ocr.lattice import best_path, probabilities_to_lattice
from extractors.pages import Gray

MODEL = Path(__file__).parents[1] / "models" / "signs.onnx"
SYMBOLS = (
    "0123456789"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz"
    "-~/.,、:;@_()¥"
    "年月日号至今起"
    "约余人次万元"
    "一二三四五六七八九十〇零"
    "级初中高技师工"
    "是否不无√"
    "民币整开办资金"
    "壹贰叁肆伍陆柒捌玖拾佰仟"
)
"""Every sign that the net tells, in the order of its output behind CTC's blank."""
HEIGHT_PX, STEP_PX = 32, 4
"""Height of the net's input, and input columns of a step of its output."""
NARROWEST_PX, WIDEST_PX = 16, 960
_FOLDED = str.maketrans(
    {**dict.fromkeys("—–－―─‐−", "-"), **dict.fromkeys("～∼", "~"), "·": ".", "￥": "¥", "✓": "√"}
)
_SPACE, _DASHES = re.compile(r"\s+"), re.compile(r"-+")


def said(text: str) -> str:
    """What a text says in these signs: one dash, one tilde, half-width forms, no spaces; other signs stay."""
    narrow = unicodedata.normalize("NFKC", text.translate(_FOLDED)).translate(_FOLDED)
    # Composed again, as an accent may now stand beside its letter.
    return _DASHES.sub("-", unicodedata.normalize("NFKC", _SPACE.sub("", narrow)))


def picture_to_input(picture: Gray) -> Gray:
    """A line's picture, dark on light, any size → uint8 (32, width), ink 255, width divisible by 4."""
    width = round(picture.shape[1] * HEIGHT_PX / picture.shape[0] / STEP_PX) * STEP_PX
    size = (max(NARROWEST_PX, min(WIDEST_PX, width)), HEIGHT_PX)
    way = cv2.INTER_AREA if picture.shape[0] > HEIGHT_PX else cv2.INTER_LINEAR
    return np.asarray(255 - cv2.resize(picture, size, interpolation=way), np.uint8)


class SignReader:
    """The net with its symbols; texts come as ``said`` would fold them."""

    def __init__(self) -> None:
        self._session = model_session(MODEL)
        self._symbols = ("", *SYMBOLS)

    def read(self, picture: Gray) -> LineText:
        """Read one line's picture, dark on light, any size."""
        if picture.size == 0 or min(picture.shape) < 2:
            return LineText("", 0.0)
        line = picture_to_input(picture)[None, None].astype(np.float32) / 255.0
        logp: NDArray[np.float32] = self._session.run(None, {"line": line})[0][0]
        lattice = probabilities_to_lattice(np.exp(logp), self._symbols)
        text, sure = best_path(lattice)
        return LineText(text, None, sure, lattice)
