"""Finds the typefaces that seals and pens are drawn with, on whatever machine the tests run.

Asked in this order: ``fc-match`` (fontconfig), then the usual font folders. A face is only taken when it
really holds the characters asked for, since fontconfig always answers with something.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

SONG = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
    "AR PL UMing CN",
    "AR PL SungtiL GB",
    "FandolSong",
)
"""Families in the manner of Songti, as engraved on official seals; the best first."""
HEI = ("Noto Sans CJK SC", "Source Han Sans SC", "SimHei", "WenQuanYi Zen Hei")
"""Families in the manner of Heiti."""
KAI = ("AR PL UKai CN", "AR PL KaitiM GB", "KaiTi", "LXGW WenKai", "FandolKai")
"""Families in the manner of Kaiti."""
HAND = (
    "Long Cang",
    "Zhi Mang Xing",
    "Liu Jian Mao Cao",
    "Ma Shan Zheng",
    "Xingkai SC",
    "STXingkai",
    "STHupo",
)
"""Handwriting families, for signatures."""

FILE_HINTS = {
    "song": ("notoserifcjk", "sourcehanserif", "simsun", "uming", "gbsn"),
    "hei": ("notosanscjk", "sourcehansans", "simhei", "wqy"),
    "kai": ("ukai", "gkai", "simkai", "wenkai"),
}
STYLES = {"song": SONG, "hei": HEI, "kai": KAI}
FETCHED = Path(__file__).resolve().parents[3] / ".state" / "fonts" / "ttf"
"""Where ``python -m tests.forms.fonts`` puts handwriting faces."""
PROBE = "公章国印"
"""Characters every usable Chinese face holds."""


class TypefaceMissingError(LookupError):
    """No installed typeface of a style holds Chinese."""


@lru_cache(maxsize=32)
def typeface(style: str, size_px: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The best installed face of a style, at an em of ``size_px``.

    Args:
        style: ``song``, ``hei`` or ``kai``.
        size_px: Size of the em square.
        bold: Prefer the bold cut, where the family has one.

    Raises:
        TypefaceMissingError: None is installed; the message names families that would do.
    """
    path, index = typeface_file(style, bold=bold)
    return ImageFont.truetype(str(path), size_px, index=index)


@lru_cache(maxsize=32)
def typeface_file(style: str, *, bold: bool = False) -> tuple[Path, int]:
    """File and index inside it of the best installed face of a style.

    Raises:
        TypefaceMissingError: As for :func:`typeface`.
    """
    weight = ":bold" if bold else ""
    for family in STYLES[style]:
        found = _ask_fontconfig(family, weight)
        if found is not None and _holds_chinese(*found):
            return found
    for path in _files_named(FILE_HINTS[style]):
        for index in (2, 0):  # collections of Noto and Source Han keep the simplified cut at 2
            if _holds_chinese(path, index):
                return path, index
    families = "、".join(STYLES[style])
    raise TypefaceMissingError(
        f"本机没有“{style}”类中文字体,请安装其中之一:{families}(Debian: fonts-noto-cjk)"
    )


def available(style: str) -> bool:
    """Whether a face of the style is installed."""
    try:
        typeface_file(style)
    except TypefaceMissingError:
        return False
    return True


def hands() -> tuple[Path, ...]:
    """Every handwriting face found: those fetched for the drawn forms, else those of the machine."""
    fetched = tuple(sorted(FETCHED.glob("*.ttf")))
    if fetched:
        return fetched
    installed = (_ask_fontconfig(family, "") for family in HAND)
    return tuple(found[0] for found in installed if found is not None and _holds_chinese(*found))


def glyph_mask(font: ImageFont.FreeTypeFont, character: str) -> NDArray[np.float32]:
    """A character's ink, 0..1, cut to its outline; shape (0, 0) for one without ink."""
    left, top, right, bottom = (int(edge) for edge in font.getbbox(character))
    if right <= left or bottom <= top:
        return np.zeros((0, 0), np.float32)
    picture = Image.new("L", (right - left, bottom - top), 0)
    ImageDraw.Draw(picture).text((-left, -top), character, fill=255, font=font)
    return np.asarray(picture, np.float32) / np.float32(255)


def holds(font: ImageFont.FreeTypeFont, characters: str) -> bool:
    """Whether every character has a glyph of its own, judged by comparing with the face's empty box."""
    nothing = glyph_mask(font, "\U0010fffe")  # a code point that no face holds
    masks = (glyph_mask(font, character) for character in characters)
    return all(mask.size > 0 and not np.array_equal(mask, nothing) for mask in masks)


@lru_cache(maxsize=64)
def _ask_fontconfig(family: str, weight: str) -> tuple[Path, int] | None:
    """fontconfig's file for a family, or None when it answers with another family."""
    if shutil.which("fc-match") is None:
        return None
    answer = subprocess.run(
        ["fc-match", "-f", "%{file}\t%{index}\t%{family}", f"{family}{weight}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    ).stdout.split("\t")
    if len(answer) != 3 or family not in answer[2]:
        return None
    return Path(answer[0]), int(answer[1] or 0) & 0xFFFF  # the high half is a variable font's instance


def _holds_chinese(path: Path, index: int) -> bool:
    try:
        font = ImageFont.truetype(str(path), 24, index=index)
    except OSError:  # not a font, or no such index
        return False
    return holds(font, PROBE)


@lru_cache(maxsize=8)
def _files_named(hints: tuple[str, ...]) -> list[Path]:
    """Font files in the usual folders whose names hold a hint, in the hints' order."""
    home = Path.home()
    folders = [home / ".fonts", home / ".local/share/fonts", home / "Library/Fonts"]
    folders += [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts")]
    folders += [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
    files = [
        file
        for folder in folders
        if folder.is_dir()
        for file in sorted(folder.rglob("*"))
        if file.suffix.lower() in {".ttf", ".ttc", ".otf"}
    ]
    return [file for hint in hints for file in files if hint in file.name.lower()]
