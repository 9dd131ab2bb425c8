"""What stands right of 法定代表人（签字）：."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractors.form.reading import SignatureKind
from extractors.marks.seals import find_seals
from extractors.marks.signatures import SignatureFound, line_to_signature
from extractors.ocr.engine import Span
from extractors.pages import Rgb
from tests.extractors.marks.drawn import PITCH, ToldEngine, blank, letter, seal, table_of

LABEL = Span(60, 200 - 14, 60 + 7 * PITCH, 200 + 14)
REGION = Span(4, 4, 1196, 496)
START = LABEL.x1 + 2 * PITCH


def sheet() -> Rgb:
    page = blank(1200, 500)
    for place in range(7):
        letter(page, 60 + PITCH * (place + 0.5), 200)
        letter(page, 60 + PITCH * (place + 0.5), 200 + 4 * PITCH)
    cv2.circle(page, (LABEL.x1 + 40, 205), 3, (20, 20, 20), -1)
    return page


def sign(page: Rgb, colour: tuple[int, int, int] = (30, 40, 130)) -> None:
    rng = np.random.default_rng(4)
    points = np.stack(
        [np.linspace(START, START + 150, 9), 200 + 34 * rng.choice([-1, 1], 9) * rng.uniform(0.5, 1, 9)], 1
    )
    cv2.polylines(page, [points.astype(np.int32)], isClosed=False, color=colour, thickness=4)


def name_seal(page: Rgb, colour: tuple[int, int, int] = (205, 30, 40)) -> None:
    cv2.rectangle(page, (START, 145), (START + 125, 270), colour, 6)
    for x, y in ((30, 30), (95, 30), (30, 95), (95, 95)):
        cv2.drawMarker(page, (START + x, 145 + y), colour, cv2.MARKER_CROSS, 44, 5)


def typed(page: Rgb) -> None:
    for place in range(3):
        letter(page, START + PITCH * (place + 0.5), 200)


def judge(page: Rgb, text: str = "王小明") -> SignatureFound:
    table = table_of(page, [])
    seals = find_seals(page, 1200)
    return line_to_signature(table, table, LABEL, REGION, seals, "王小明", ToldEngine(text))


@pytest.mark.parametrize(
    ("draw", "kind"),
    [
        (sign, SignatureKind.HANDWRITTEN),
        (name_seal, SignatureKind.NAME_SEAL),
        (typed, SignatureKind.TYPED),
        (lambda page: None, SignatureKind.NONE),
    ],
    ids=["handwritten", "name_seal", "typed", "none"],
)
@pytest.mark.parametrize("stamped", [False, True], ids=["alone", "under_a_seal"])
def test_kinds(draw, kind: SignatureKind, stamped: bool) -> None:
    page = sheet()
    draw(page)
    if stamped:
        seal(page, (START + 80, 280), 150)
    found = judge(page)
    assert found.kind == kind
    assert found.confidence >= 0.85
    assert bool(found.reasons) == (kind != SignatureKind.HANDWRITTEN)


def test_a_name_seal_on_a_grey_scan() -> None:
    page = sheet()
    name_seal(page, (60, 60, 60))
    assert judge(page).kind == SignatureKind.NAME_SEAL


def test_handwriting_wins_over_a_name_seal_beside_it() -> None:
    page = sheet()
    name_seal(page)
    sign(page, (20, 20, 20))
    assert judge(page).kind == SignatureKind.HANDWRITTEN


def test_the_place_is_that_of_the_ink() -> None:
    page = sheet()
    sign(page)
    span = judge(page).span
    assert span is not None
    assert abs(span.x0 - START) < 8
    assert abs(span.x1 - START - 150) < 8


def test_print_that_reads_as_nothing_known_is_doubted() -> None:
    page = sheet()
    typed(page)
    table = table_of(page, [])
    found = line_to_signature(table, table, LABEL, REGION, (), "王小明", ToldEngine("？？", confidence=0.1))
    assert found.reasons == ("signature_unclear",)


def test_a_signature_beside_a_dark_name_seal_counts() -> None:
    page = sheet()
    sign(page, (20, 20, 20))
    cv2.rectangle(page, (START + 200, 145), (START + 325, 270), (60, 60, 60), 6)
    found = judge(page)
    assert found.kind == SignatureKind.HANDWRITTEN
    assert found.confidence < 0.9


def test_a_name_seal_higher_than_its_cell_is_seen() -> None:
    page = sheet()
    cv2.rectangle(page, (START, 110), (START + 180, 290), (205, 30, 40), 7)
    table = table_of(page, [])
    low = Span(REGION.x0, 150, REGION.x1, 260)
    found = line_to_signature(table, table, LABEL, low, (), "王小明", ToldEngine("王小明"))
    assert found.kind == SignatureKind.NAME_SEAL


def test_what_a_black_seal_hides_is_doubted() -> None:
    page = sheet()
    seal(page, (START + 80, 200), 150, (15, 15, 15))
    found = judge(page, "？？")
    assert found.kind == SignatureKind.NONE
    assert found.reasons == ("signature_unclear",)
