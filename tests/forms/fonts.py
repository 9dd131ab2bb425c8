"""The fonts of the drawn forms: print fonts from Debian, pen fonts from npm, all under free licences.

``python -m tests.forms.fonts`` fetches the pen fonts into ``.state/fonts`` (ignored by git). Nothing is
installed into the system: LibreOffice is pointed to the folder with a fontconfig file of its own.
"""

from __future__ import annotations

import functools
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont

from intake_service.web.frontend_build import find_npm

STATE = Path(__file__).resolve().parents[2] / ".state" / "fonts"
STROKES = STATE / "strokes.json"
LETTER_FONTS = ("EMSTech", "EMSReadability", "EMSReadabilityItalic", "HersheySans1")
DEBIAN = (
    "fonts-noto-cjk",
    "fonts-arphic-uming",
    "fonts-arphic-gbsn00lp",
    "fonts-arphic-gkai00mp",
    "fonts-wqy-zenhei",
    "fonts-wqy-microhei",
    "fonts-lxgw-wenkai",
)


@dataclass(frozen=True, slots=True)
class PenFont:
    """A font that looks written. ``scale`` evens out how large it looks beside print of the same size."""

    family: str
    package: str
    scale: float


PEN_FONTS = (
    PenFont("Ma Shan Zheng", "ma-shan-zheng", 1.1),
    PenFont("Long Cang", "long-cang", 1.25),
    PenFont("Zhi Mang Xing", "zhi-mang-xing", 1.25),
    PenFont("Liu Jian Mao Cao", "liu-jian-mao-cao", 1.3),
)
NEAT_PEN_FONTS = (PenFont("LXGW WenKai Light", "", 1.0),)
STROKE_PEN = PenFont("strokes", "", 1.0)
"""Not a font: the entries are written stroke by stroke (``tests.forms.writing``)."""
FALLBACK_PEN_FAMILY = "LXGW WenKai"
PRINT_FAMILIES = (
    "Noto Serif CJK SC",
    "Noto Sans CJK SC",
    "AR PL SungtiL GB",
    "AR PL KaitiM GB",
    "AR PL UMing CN",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "LXGW WenKai",
)


class FontsMissingError(RuntimeError):
    """A font that the forms need is not there; the message says how to get it."""


def pen_font_path(font: PenFont) -> Path:
    """Where the fetched font lies, as TrueType."""
    return STATE / "ttf" / f"{font.package}.ttf"


def _pack(package: str, folder: Path) -> tarfile.TarFile:
    """A package's archive as npm fetches it; no script of it is run."""
    npm, environment = find_npm()
    command = [*npm, "pack", "--silent", package]
    done = subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True, timeout=300
    )
    return tarfile.open(folder / done.stdout.split()[-1])


def fetch_face(package: str, subset: str) -> TTFont:
    """A face from npm's @fontsource in plain TrueType. Raises FontsMissingError where it has no such subset."""
    name = f"package/files/{package}-{subset}-400-normal.woff2"
    with tempfile.TemporaryDirectory() as folder, _pack(f"@fontsource/{package}", Path(folder)) as archive:
        if name not in archive.getnames():
            raise FontsMissingError(f"{package}: no {name}")
        member = archive.extractfile(name)
        assert member is not None
        face = TTFont(io.BytesIO(member.read()))
        face.flavor = None
        return face


def _fetch_pen_font(font: PenFont) -> None:
    """The web subset carries a name of its own; LibreOffice must find it under the family's plain name."""
    ttf = fetch_face(font.package, "chinese-simplified")
    for record in ttf["name"].names:
        if record.nameID in {1, 4, 16}:
            record.string = font.family
    ttf.save(pen_font_path(font))


def _fetch_strokes() -> None:
    """Middle lines of Chinese characters' strokes (hanzi-writer-data, Arphic Public License) in one file."""
    lines: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder, _pack("hanzi-writer-data", Path(folder)) as archive:
        for member in archive:
            character = Path(member.name).stem
            content = archive.extractfile(member)
            if len(character) == 1 and member.name.endswith(".json") and content is not None:
                lines[character] = json.loads(content.read())["medians"]
    STROKES.write_text(json.dumps(lines, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def fetch_letters(names: Sequence[str], into: Path) -> None:
    """Single-line letters and digits (hersheytext: Hershey and EMS fonts, OFL) as SVG fonts."""
    with tempfile.TemporaryDirectory() as folder, _pack("hersheytext", Path(folder)) as archive:
        for name in names:
            content = archive.extractfile(f"package/svg_fonts/{name}.svg")
            if content is not None:
                (into / f"{name}.svg").write_bytes(content.read())


def ensure_fonts() -> None:
    """Fetch what is missing. Raises FontsMissingError naming the Debian packages that must be installed."""
    (STATE / "ttf").mkdir(parents=True, exist_ok=True)
    for font in PEN_FONTS:
        if not pen_font_path(font).exists():
            _fetch_pen_font(font)
    if not STROKES.exists():
        _fetch_strokes()
    if not all((STATE / f"{name}.svg").exists() for name in LETTER_FONTS):
        fetch_letters(LETTER_FONTS, STATE)
    lacking = missing_print_families()
    if lacking:
        message = f"fonts missing: {', '.join(lacking)}; install: apt-get install {' '.join(DEBIAN)}"
        raise FontsMissingError(message)


def missing_print_families() -> list[str]:
    """Print families that fontconfig does not know."""
    out = subprocess.run(
        ["fc-list", ":", "family"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    known = {name.strip() for line in out.splitlines() for name in line.split(",")}
    return [family for family in PRINT_FAMILIES if family not in known]


def ready() -> str:
    """Empty when forms can be drawn, else a sentence saying what is missing."""
    if shutil.which("soffice") is None:
        return "soffice is missing; install libreoffice-writer"
    if shutil.which("fc-list") is None:
        return "fc-list is missing; install fontconfig"
    needed = [STROKES, *(STATE / f"{name}.svg" for name in LETTER_FONTS), *map(pen_font_path, PEN_FONTS)]
    if not all(path.exists() for path in needed):
        return "pen fonts are missing; run: python -m tests.forms.fonts"
    lacking = missing_print_families()
    return f"fonts missing: {', '.join(lacking)}; install: {' '.join(DEBIAN)}" if lacking else ""


def fontconfig_environment() -> dict[str, str]:
    """The environment in which LibreOffice finds the pen fonts too."""
    config = STATE / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"<dir>{STATE / 'ttf'}</dir></fontconfig>\n"
    )
    return {**os.environ, "FONTCONFIG_FILE": str(config)}


@functools.cache
def characters_of(package: str) -> frozenset[str]:
    """The characters a pen font can draw."""
    font = TTFont(STATE / "ttf" / f"{package}.ttf", lazy=True)
    return frozenset(map(chr, font.getBestCmap()))


if __name__ == "__main__":
    ensure_fonts()
    print(f"fonts ready in {STATE}")
