"""Pictures of every mode come out as upright RGB on white."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from extractors.errors import ImageTooLargeError
from extractors.loading import Limits, file_to_pages
from extractors.pages import PageImage
from tests.extractors.loading.files import image_bytes, put


def load(
    folder: Path, image: Image.Image, kind: str, limits: Limits | None = None, **options: Any
) -> PageImage:
    path = put(folder, f"scan.{kind.lower()}", image_bytes(image, kind, **options))
    (page,) = file_to_pages(path, name=path.name, limits=limits).pages()
    assert page.rgb.dtype == np.uint8
    assert page.rgb.ndim == 3
    assert page.source == "image"
    return page


def halves(mode: str, dark: Any, light: Any) -> Image.Image:
    """Dark on the left, light on the right, 40 by 20."""
    image = Image.new(mode, (40, 20), light)
    image.paste(dark, (0, 0, 20, 20))
    return image


def deep(mode: str) -> Image.Image:
    values = np.full((20, 40), 60_000, np.uint16)
    values[:, :20] = 2_000
    return Image.fromarray(
        values if mode == "I;16" else values.astype(np.int32 if mode == "I" else np.float32)
    )


MODES: list[tuple[str, Image.Image, str]] = [
    ("1-bit", halves("1", 0, 1), "PNG"),
    ("1-bit fax", halves("1", 0, 1), "TIFF"),
    ("grey", halves("L", 5, 250), "PNG"),
    ("palette", halves("RGB", (0, 0, 0), (255, 250, 240)).quantize(4), "PNG"),
    ("rgb", halves("RGB", (10, 0, 0), (255, 255, 250)), "PNG"),
    ("16-bit png", deep("I;16"), "PNG"),
    ("16-bit tiff", deep("I;16"), "TIFF"),
    ("32-bit tiff", deep("I"), "TIFF"),
    ("float tiff", deep("F"), "TIFF"),
    ("cmyk tiff", halves("CMYK", (0, 0, 0, 255), (0, 0, 0, 0)), "TIFF"),
    ("cmyk jpeg", halves("CMYK", (0, 0, 0, 255), (0, 0, 0, 0)), "JPEG"),
    ("lab", halves("LAB", (10, 128, 128), (250, 128, 128)), "TIFF"),
    ("transparent paper", halves("RGBA", (0, 0, 0, 255), (0, 0, 0, 0)), "PNG"),
    ("grey with alpha", halves("LA", (0, 255), (0, 0)), "PNG"),
]


@pytest.mark.parametrize(("image", "kind"), [m[1:] for m in MODES], ids=[m[0] for m in MODES])
def test_dark_stays_dark_and_light_stays_light(image: Image.Image, kind: str, tmp_path: Path) -> None:
    page = load(tmp_path, image, kind)
    assert page.rgb.shape == (20, 40, 3)
    assert page.rgb[:, :14].max() < 60
    assert page.rgb[:, 26:].min() > 215


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_exif_turn_is_applied(kind: str, orientation: int, tmp_path: Path) -> None:
    upright = np.full((48, 96, 3), 255, np.uint8)
    upright[:16, :16] = 0  # a black corner at the top left
    undo = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE"}
    undo |= {6: "ROTATE_90", 7: "TRANSVERSE", 8: "ROTATE_270"}
    image = Image.fromarray(upright)
    if orientation in undo:
        image = image.transpose(Image.Transpose[undo[orientation]])
    exif = Image.Exif()
    exif[274] = orientation
    page = load(tmp_path, image, kind, exif=exif)
    assert page.rgb.shape == (48, 96, 3)
    assert page.rgb[2:14, 2:14].max() < 40
    assert page.rgb[20:, 20:].min() > 215


def test_every_frame_of_a_tiff_is_a_page_of_its_own_size(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (30 + n, 20), (n * 40, 0, 0)) for n in range(3)]
    content = image_bytes(frames[0], "TIFF", save_all=True, append_images=frames[1:], dpi=(300, 300))
    loaded = file_to_pages(put(tmp_path, "three.tiff", content), name="three.tiff")
    pages = list(loaded.pages())
    assert loaded.page_count == 3
    assert [p.number for p in pages] == [1, 2, 3]
    assert [p.rgb.shape for p in pages] == [(20, 30, 3), (20, 31, 3), (20, 32, 3)]
    assert [int(p.rgb[0, 0, 0]) for p in pages] == [0, 40, 80]
    assert [p.dpi for p in pages] == [300, 300, 300]
    assert [p.number for p in loaded.pages()] == [1, 2, 3], "pages() starts again"


def test_an_animation_counts_as_its_first_picture(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (30, 20), (n * 40, 0, 0)) for n in range(3)]
    page = load(tmp_path, frames[0], "PNG", save_all=True, append_images=frames[1:])
    assert page.rgb[0, 0].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("said", "size", "expected"),
    [((300, 300), (2480, 40), 300), ((72, 72), (3000, 40), 0), ((1, 1), (30, 40), 0), (None, (30, 40), 0)],
)
def test_dpi_is_the_files_own_or_unknown(
    said: tuple[int, int] | None, size: tuple[int, int], expected: int, tmp_path: Path
) -> None:
    options: dict[str, Any] = {"dpi": said} if said else {}
    assert load(tmp_path, Image.new("L", size, 255), "PNG", **options).dpi == expected


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_too_many_pixels_for_a_page_are_brought_down_with_a_warning(kind: str, tmp_path: Path) -> None:
    page = load(
        tmp_path,
        halves("RGB", (0, 0, 0), (255, 255, 255)).resize((2000, 1000)),
        kind,
        Limits(max_page_px=500_000),
        dpi=(400, 400),
    )
    assert page.warnings == ("downscaled",)
    height, width = page.rgb.shape[:2]
    assert 450_000 < height * width <= 500_000
    assert page.dpi == pytest.approx(400 * width / 2000, abs=1)
    assert page.rgb[:, : width // 3].max() < 40


@pytest.mark.parametrize("limits", [Limits(max_source_px=1_900_000), Limits(max_side_px=450)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_picture_past_our_limits_is_refused_before_pillow_would(
    kind: str, limits: Limits, tmp_path: Path
) -> None:
    with pytest.raises(ImageTooLargeError, match="2000×1000"):
        load(tmp_path, Image.new("L", (2000, 1000), 255), kind, limits)


def test_an_empty_sheet_is_noted(tmp_path: Path) -> None:
    sheet = Image.new("L", (200, 300), 250)
    assert load(tmp_path, sheet, "PNG").warnings == ("blank_page",)
    sheet.paste(0, (50, 50, 60, 60))
    assert load(tmp_path, sheet, "PNG").warnings == ("blank_page",), "a filled box alone says nothing"
    sheet.paste(0, (90, 50, 91, 60))
    assert load(tmp_path, sheet, "PNG").warnings == ()
