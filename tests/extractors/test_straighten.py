import cv2
import numpy as np
import pytest

from extractors.pages import PageImage
from extractors.sheet import sheet_corners, without_streaks
from extractors.straighten import as_displayed, find_skew, page_to_upright
from tests.extractors.paper import ScriptedEngine, drawn_table


def lettered() -> np.ndarray:
    page = drawn_table([100, 400, 900], 8)
    for r in range(8):
        cv2.putText(page, "TTTTTTTTTTTTT", (430, 190 + r * 60), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2)
    return page


def turned_by(page, degrees):
    turn = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), -degrees, 1.0)
    return cv2.warpAffine(page, turn, page.shape[1::-1], borderValue=(255, 255, 255))


@pytest.mark.parametrize("degrees", [-3.0, -0.8, 0.0, 0.4, 2.2])
def test_skew_is_measured_to_a_tenth_of_a_degree(degrees):
    gray = cv2.cvtColor(turned_by(lettered(), degrees), cv2.COLOR_RGB2GRAY)
    assert find_skew(gray) == pytest.approx(degrees, abs=0.1)


def upright_reader(line: np.ndarray) -> str:
    """Reads a line of T only when the bars are on top."""
    ink = line < 128
    rows = np.flatnonzero(ink.any(axis=1))
    if rows.size < 6:
        return ""
    ink = ink[rows[0] : rows[-1] + 1]
    third = max(1, ink.shape[0] // 3)
    return "TTTTTTT" if ink[:third].sum() > 1.3 * ink[-third:].sum() else ""


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_page_scanned_lying_or_upside_down_is_turned(quarters):
    page = np.ascontiguousarray(np.rot90(lettered(), quarters))
    upright = page_to_upright(PageImage(1, page, 200, "scan"), ScriptedEngine(upright_reader))
    assert upright.rotation == 90 * quarters
    assert upright.turned_px == (2316, 1654)
    assert as_displayed(PageImage(1, page, 200, "scan"), upright.rotation).shape[:2] == upright.turned_px


def test_a_digital_page_is_left_as_the_file_shows_it():
    page = turned_by(lettered(), 2)
    upright = page_to_upright(PageImage(1, page, 200, "digital"), ScriptedEngine())
    assert (upright.rotation, upright.skew_deg) == (0, 0.0)


def test_a_blank_page_is_not_turned():
    blank = np.full((1400, 1000, 3), 255, np.uint8)
    assert page_to_upright(PageImage(1, blank, 200, "scan"), ScriptedEngine()).rotation == 0


def test_places_on_the_straight_page_lead_back_to_the_page_as_scanned():
    page = turned_by(lettered(), 2.0)
    upright = page_to_upright(PageImage(1, page, 200, "scan"), ScriptedEngine())
    dark = (upright.rgb[:, :, 0] < 100).nonzero()
    corner = np.array([dark[1].min(), dark[0][dark[1].argmin()], 1.0])
    x, y, _ = upright.to_turned @ corner
    shown = as_displayed(PageImage(1, page, 200, "scan"), upright.rotation)
    window = shown[int(y) - 4 : int(y) + 5, int(x) - 4 : int(x) + 5]
    assert window.min() < 140


def test_a_photographed_sheet_is_cut_from_the_desk():
    desk = np.full((1200, 1000, 3), (90, 70, 50), np.uint8)
    corners = np.int32([[150, 120], [860, 160], [900, 1080], [110, 1050]])
    cv2.fillConvexPoly(desk, corners, (245, 245, 240))
    assert sheet_corners(desk) == pytest.approx(corners, abs=12)


@pytest.mark.parametrize("page", [lettered(), np.full((900, 700, 3), 250, np.uint8)])
def test_a_scan_that_fills_its_picture_has_no_desk(page):
    assert sheet_corners(page) is None


def test_a_streak_fades_and_print_stays():
    page = lettered()
    dirty = page.copy()
    dirty[:, 700:703] = (dirty[:, 700:703] * 0.6).astype(np.uint8)
    clean = without_streaks(dirty)
    assert clean[1000:1300, 700:703].min() > 240
    assert np.abs(clean[:, :600].astype(int) - page[:, :600]).max() == 0
    assert without_streaks(page) is page
