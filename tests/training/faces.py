"""Typefaces and written faces that the sign reader learns from: other ones than those of the drawn forms that judge.

``python -m tests.training.faces`` fetches written Latin and Chinese faces and single-line letters (npm, OFL) into
``.state/training``. The pen fonts and letters of ``tests.forms`` are not among them, so that drawn forms tell how
the reader fares with hands it has never seen; only the strokes of Chinese characters are the same.
"""

from __future__ import annotations

import functools

import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from tests.forms import fonts, strokes

STATE = fonts.STATE.parent / "training"
# fmt: off
LATIN = (
    "annie-use-your-telescope", "architects-daughter", "bad-script", "caveat", "cedarville-cursive", "coming-soon",
    "covered-by-your-grace", "crafty-girls", "dawning-of-a-new-day", "dekko", "delicious-handrawn", "east-sea-dokdo",
    "edu-sa-beginner", "gaegu", "gamja-flower", "give-you-glory", "gloria-hallelujah", "gochi-hand", "handlee",
    "hi-melody", "homemade-apple", "indie-flower", "just-another-hand", "kalam", "kristi", "la-belle-aurore",
    "loved-by-the-king", "mali", "mansalva", "marck-script", "merienda", "nanum-brush-script", "nanum-pen-script",
    "neucha", "nothing-you-could-do", "over-the-rainbow", "patrick-hand", "playpen-sans", "poor-story",
    "reenie-beanie", "rock-salt", "schoolbell", "shadows-into-light", "short-stack", "single-day", "sriracha",
    "sue-ellen-francisco", "swanky-and-moo-moo", "the-girl-next-door", "waiting-for-the-sunrise", "zeyada",
)
# fmt: on
CHINESE = {
    "zcool-kuaile": "chinese-simplified",
    "klee-one": "japanese",
    "yomogi": "japanese",
    "zen-kurenaido": "japanese",
    "yuji-boku": "japanese",
    "yuji-syuku": "japanese",
    "hachi-maru-pop": "japanese",
    "yusei-magic": "japanese",
}
"""Faces of Chinese characters; the Japanese ones lack the simplified forms."""
LETTERS = (
    "EMSAllure",
    "EMSElfin",
    "EMSFelix",
    "EMSNixish",
    "EMSNixishItalic",
    "EMSOsmotron",
    "HersheySansMed",
    "HersheyScript1",
)
"""Single-line letters that `tests.forms` does not write with."""
PRINT_FILES = (
    "opentype/noto/NotoSerifCJK-Regular.ttc",
    "opentype/noto/NotoSansCJK-Regular.ttc",
    "truetype/arphic-gbsn00lp/gbsn00lp.ttf",
    "truetype/arphic-gkai00mp/gkai00mp.ttf",
    "truetype/arphic/uming.ttc",
    "truetype/wqy/wqy-zenhei.ttc",
    "truetype/wqy/wqy-microhei.ttc",
    "truetype/lxgw-wenkai/LXGWWenKai-Light.ttf",
)
EM = 56
"""Pixels of an em on the canvas on which a line is written."""
Glyph = tuple[np.ndarray, int, int, float]
"""Cover (uint8), its left and top from the pen point and base line in pixels, and the advance."""


def fetch() -> None:
    """Fetch what is missing."""
    STATE.mkdir(parents=True, exist_ok=True)
    for package, subset in [*((name, "latin") for name in LATIN), *CHINESE.items()]:
        path = STATE / f"{package}.ttf"
        if not path.exists():
            fonts.fetch_face(package, subset).save(path)
    if not all((STATE / f"{name}.svg").exists() for name in LETTERS):
        fonts.fetch_letters(LETTERS, STATE)


@functools.cache
def _face(path: str) -> tuple[ImageFont.FreeTypeFont, frozenset[str], float]:
    """The face, the characters it can draw and the factor that makes its digits 0.66 em high."""
    number = 2 if path.endswith("CJK-Regular.ttc") else 0
    known = frozenset(map(chr, TTFont(path, fontNumber=number, lazy=True).getBestCmap()))
    probe = ImageFont.truetype(path, 100, index=number)
    tall = [box[3] - box[1] for s in "0358" if s in known for box in [probe.getbbox(s)]]
    factor = 66.0 / max(30.0, float(np.median(tall))) if tall else 1.0
    return ImageFont.truetype(path, round(EM * factor), index=number), known, factor


@functools.cache
def glyph(path: str, sign: str) -> Glyph | None:
    """A sign in a face whose digits are 0.66 em high; None where the face does not know it."""
    face, known, _ = _face(path)
    if sign not in known:
        return None
    box = face.getbbox(sign, anchor="ls")
    wide, high = int(box[2] - box[0]), int(box[3] - box[1])
    if wide < 1 or high < 1 or wide > 3 * EM or high > 3 * EM:
        return None
    image = Image.new("L", (wide + 4, high + 4), 0)
    ImageDraw.Draw(image).text((2 - box[0], 2 - box[1]), sign, fill=255, font=face, anchor="ls")
    return np.asarray(image), int(box[0]) - 2, int(box[1]) - 2, float(face.getlength(sign))


def letters(name: str) -> dict[str, strokes.Strokes]:
    """One of the single-line alphabets."""
    return strokes.letters(STATE / f"{name}.svg")


if __name__ == "__main__":
    fetch()
    print(f"faces ready in {STATE}")
