"""The drawn ink must be worth testing against: seals that read like seals, damage that stays put."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.forms.ink import paste, pens, seals, typefaces
from tests.forms.ink.damage import DAMAGES, MOVING, damage_page, photograph, turn

pytestmark = pytest.mark.skipif(
    not typefaces.available("song"), reason="no Songti face installed (Debian: fonts-noto-cjk)"
)
DPI = 200
NAME = "长沙星火职业培训学校"


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def seal(seed: int = 1, text: str = NAME, *, number: str | None = None, **options: Any) -> NDArray[np.uint8]:
    return seals.draw_seal(rng(seed), text, number=number, diameter_px=300, rotation_deg=0, **options)


def cover(rgba: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(rgba[..., 3], np.float32) / np.float32(255)


def unrolled(rgba: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Rows from the centre (top) to the rim (bottom), 720 columns clockwise from the seal's lowest point."""
    side = rgba.shape[0]
    polar = cv2.warpPolar(cover(rgba), (160, 720), (side / 2, side / 2), 150, cv2.WARP_POLAR_LINEAR)
    return np.asarray(np.roll(polar, -180, axis=0).T, np.float32)


def likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Correlation after both were cut to their ink and brought to one size and softness."""
    prepared = []
    for picture in (one, other):
        rows, columns = np.nonzero(picture > 0.4)
        cut = picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        small = cv2.resize(cut, (32, 32), interpolation=cv2.INTER_AREA)
        prepared.append(np.asarray(cv2.GaussianBlur(small, (0, 0), 1.5), np.float64).ravel())
    return float(np.corrcoef(prepared[0], prepared[1])[0, 1])


def best_match(picture: NDArray[np.float32], letters: str) -> str:
    faces = [typefaces.typeface(style, 80) for style in ("song", "hei") if typefaces.available(style)]
    return max(
        letters, key=lambda letter: max(likeness(picture, typefaces.glyph_mask(f, letter)) for f in faces)
    )


def page() -> NDArray[np.uint8]:
    """A small sheet with rules, print and one red square."""
    sheet = np.full((560, 480, 3), 250, np.uint8)
    for y in range(80, 530, 60):
        cv2.line(sheet, (50, y), (430, y), (20, 20, 20), 2)
        cv2.putText(sheet, "4-03-02-01 EXAMPLE", (60, y - 18), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 20, 20), 2)
    sheet[400:440, 300:340] = (200, 30, 40)
    return sheet


# seals


def test_seal_is_red_ink_on_nothing() -> None:
    rgba = seal()
    red, green, blue = (int(v) for v in rgba[0, 0, :3])
    assert red > 150
    assert max(green, blue) < 0.5 * red
    assert 0.08 < float(cover(rgba).mean()) < 0.35


@pytest.mark.parametrize("diameter_px", [120, 315, 900])
def test_seal_has_the_diameter_asked_for(diameter_px: int) -> None:
    rgba = seals.draw_seal(rng(), NAME, number=None, diameter_px=diameter_px)
    columns = np.flatnonzero((rgba[..., 3] > 100).any(axis=0))
    assert columns[-1] - columns[0] + 1 == pytest.approx(diameter_px, rel=0.03)


def test_rim_goes_all_round() -> None:
    rim = unrolled(seal())[148:158].max(axis=0)
    assert float((rim > 0.5).mean()) > 0.97


@pytest.mark.parametrize("seed", [0, 1, 3, 4])
def test_letters_read_clockwise_with_their_feet_to_the_centre(seed: int) -> None:
    text = "长沙技师学院"
    ring = unrolled(seal(seed, text))[70:145]
    ink = ring.max(axis=0) > 0.4
    starts = np.flatnonzero(ink)
    pitch = (starts[-1] - starts[0]) / (len(text) - 0.3)
    read = ""
    for place in range(len(text)):
        left = max(starts[0] + place * pitch - 0.1 * pitch, 0)
        read += best_match(ring[::-1, round(left) : round(left + 0.95 * pitch)], text)
    same = sum(a == b for a, b in zip(read, text, strict=True))
    assert same >= 5, read


def test_number_stands_in_the_lower_arc() -> None:
    bottom = slice(0, 60), slice(660, 720)
    without, with_number = unrolled(seal())[110:143], unrolled(seal(number="4301020012345"))[110:143]
    assert all(float(without[:, columns].max()) < 0.3 for columns in bottom)
    assert all(float(with_number[:, columns].mean()) > 0.05 for columns in bottom)


def test_star_and_inner_line_are_as_asked() -> None:
    middle = slice(145, 167), slice(145, 167)
    assert float(cover(seal())[middle].mean()) > 0.8
    assert float(cover(seal(centre="none"))[middle].max()) < 0.2
    below = slice(215, 250), slice(110, 200)
    assert float(cover(seal(inner="财务专用章"))[below].mean()) > 0.1 > float(cover(seal())[below].mean())


def test_oval_lies_wide() -> None:
    ink = seal(shape="oval")[..., 3] > 100
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    assert (rows[-1] - rows[0]) / (columns[-1] - columns[0]) == pytest.approx(2 / 3, abs=0.03)


def test_styles_lose_ink_in_their_own_way() -> None:
    clean = float(cover(seal()).mean())
    assert float(cover(seal(style="pale")).mean()) < 0.65 * clean
    assert float(cover(seal(style="uneven")).mean()) < 0.97 * clean
    gaps = [float((unrolled(seal(n, style="partial"))[148:158].max(axis=0) < 0.2).mean()) for n in range(4)]
    assert min(gaps) > 0.05
    assert max(gaps) < 0.7


def test_unknown_words_are_refused() -> None:
    with pytest.raises(ValueError, match="style"):
        seal(style="shiny")
    with pytest.raises(ValueError, match="colour"):
        seal(colour="green")
    with pytest.raises(ValueError, match="印章文字"):
        seal(text="")


@pytest.mark.parametrize("kind", ["zhuwen", "baiwen"])
def test_name_seal_reads_from_the_right(kind: str) -> None:
    for seed in range(20):  # the cutter may set 张三 + 之印 or else; take the first with four equal fields
        alpha = cover(seals.draw_name_seal(rng(seed), "欧阳小明", 160, kind=kind))
        if float(alpha.max()) > 0.9:
            break
    ink = alpha if kind == "zhuwen" else 1 - alpha
    side = alpha.shape[0]
    near, far = slice(round(0.17 * side), round(0.48 * side)), slice(round(0.52 * side), round(0.83 * side))
    read = "".join(
        best_match(ink[rows, columns], "欧阳小明") for columns in (far, near) for rows in (near, far)
    )
    assert read == "欧阳小明"


# pens


@pytest.mark.parametrize("variant", ["written", "scribble"])
def test_signature_fills_its_height_with_pen_ink(variant: str) -> None:
    rgba = pens.draw_signature(rng(), "李庆国", 80, variant=variant)
    assert rgba.shape[0] == 80
    assert 0.6 * 80 < rgba.shape[1] < 8 * 80
    assert 0.03 < float(cover(rgba).mean()) < 0.5
    assert int(rgba[0, 0, 0]) < 80


def test_signatures_of_one_name_differ() -> None:
    drawn = {pens.draw_signature(rng(seed), "李庆国", 60).tobytes() for seed in range(5)}
    assert len(drawn) == 5


def test_signature_without_any_face_is_a_scribble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pens, "hands", tuple)
    monkeypatch.setattr(pens, "typeface", _no_typeface)
    rgba = pens.draw_signature(rng(), "李庆国", 60)
    assert float(cover(rgba).mean()) > 0.02
    with pytest.raises(typefaces.TypefaceMissingError):
        pens.write_text(rng(), "李庆国", 60)


def _no_typeface(style: str, size_px: int) -> None:
    raise typefaces.TypefaceMissingError(style)


@pytest.mark.parametrize("kind", ["tick", "cross", "slash", "dot", "circle", "scribble"])
@pytest.mark.parametrize("size_px", [14, 60])
def test_ticks_leave_ink_inside_their_canvas(kind: str, size_px: int) -> None:
    rgba = pens.draw_tick(rng(), kind, size_px)
    assert rgba.shape == (size_px, size_px * (2 if kind == "circle" else 1), 4)
    assert 0.01 < float(cover(rgba).mean()) < 0.6


def test_tick_of_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="heart"):
        pens.draw_tick(rng(), "heart", 20)


# paste


def test_paste_multiplies_paper_and_print() -> None:
    sheet = np.full((4, 4, 3), 200, np.uint8)
    sheet[0, 0] = 0
    ink = np.zeros((4, 4, 4), np.uint8)
    ink[..., :3] = (255, 51, 0)
    ink[..., 3] = 255
    ink[3, 3, 3] = 0
    laid = paste(sheet, ink, (2, 2))
    assert laid[1, 1].tolist() == [200, 40, 0]
    assert laid[0, 0].tolist() == [0, 0, 0]
    assert laid[3, 3].tolist() == [200, 200, 200]
    assert sheet[1, 1].tolist() == [200, 200, 200]
    assert paste(sheet, ink, (2, 2), mode="over")[0, 0].tolist() == [255, 51, 0]


def test_paste_cuts_what_hangs_over_the_edge() -> None:
    sheet = page()
    rgba = seal()
    laid = paste(sheet, rgba, (0, 0))
    assert laid.shape == sheet.shape
    assert (laid[:100, :150] != sheet[:100, :150]).any()
    assert np.array_equal(laid[200:], sheet[200:])
    assert np.array_equal(paste(sheet, rgba, (-900, -900)), sheet)
    with pytest.raises(ValueError, match="burn"):
        paste(sheet, rgba, (0, 0), mode="burn")


# damage


@pytest.mark.parametrize("kind", sorted(DAMAGES))
def test_damage_keeps_the_shape_and_the_original(kind: str) -> None:
    sheet = page()
    first, again = (damage_page(rng(5), sheet, [kind], DPI) for _ in range(2))
    assert first.shape == sheet.shape
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, sheet)
    assert np.array_equal(sheet, page())


@pytest.mark.parametrize("kind", sorted(set(DAMAGES) - MOVING))
def test_damage_leaves_marks_where_they_were_and_darker_than_paper(kind: str) -> None:
    hurt = damage_page(rng(3), page(), [kind], DPI).astype(np.float64).mean(axis=2)
    clean = page().astype(np.float64).mean(axis=2)
    (dx, dy), _ = cv2.phaseCorrelate(clean, hurt)
    assert np.hypot(dx, dy) < 1.2
    assert float(hurt[clean > 60].mean()) - float(hurt[clean < 60].mean()) > 25


def test_grey_and_fax_lose_colour() -> None:
    grey, fax = (damage_page(rng(), page(), [kind], DPI) for kind in ("grey", "fax"))
    assert (grey == grey[..., :1]).all()
    assert set(np.unique(fax)) == {0, 255}


def test_colour_of_seals_survives_where_it_should() -> None:
    for kind in ("faint", "jpeg", "low_dpi", "noise", "coloured_paper"):
        red, green, _ = damage_page(rng(2), page(), [kind], DPI)[405:435, 305:335].reshape(-1, 3).mean(axis=0)
        assert red > green + 30, kind


def test_damages_follow_one_another() -> None:
    hurt = damage_page(rng(), page(), ["punch_holes", "fax"], DPI)
    assert set(np.unique(hurt)) == {0, 255}
    with pytest.raises(ValueError, match="fire"):
        damage_page(rng(), page(), ["fire"], DPI)


def test_photograph_shows_the_page_within_the_desk() -> None:
    for seed in range(3):
        shot, again = photograph(rng(seed), page()), photograph(rng(seed), page())
        assert np.array_equal(shot, again)
        assert shot.shape[0] > 560
        assert shot.shape[1] > 480
        middle = shot[shot.shape[0] // 2 - 200 : shot.shape[0] // 2 + 200, shot.shape[1] // 2 - 150 :][
            :, :300
        ]
        assert float(np.percentile(middle, 90)) > 120
        assert float(middle.min()) < 90


def test_turn_is_clockwise() -> None:
    sheet = page()
    sheet[0, 0] = (1, 2, 3)
    assert turn(sheet, 90)[0, -1].tolist() == [1, 2, 3]
    assert turn(sheet, 180)[-1, -1].tolist() == [1, 2, 3]
    assert np.array_equal(turn(turn(sheet, 270), 90), sheet)
    with pytest.raises(ValueError, match="45"):
        turn(sheet, 45)


# typefaces


def test_missing_typeface_names_what_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typefaces, "STYLES", {"song": ("No Such Family",)})
    monkeypatch.setattr(typefaces, "FILE_HINTS", {"song": ("no-such-file",)})
    typefaces.typeface_file.cache_clear()
    try:
        with pytest.raises(typefaces.TypefaceMissingError, match="No Such Family"):
            typefaces.typeface("song", 20)
    finally:
        typefaces.typeface_file.cache_clear()


def test_face_without_a_character_is_told() -> None:
    font = typefaces.typeface("song", 24)
    assert typefaces.holds(font, "公章")
    assert not typefaces.holds(font, "公\U0010fffd")
