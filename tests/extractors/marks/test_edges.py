"""A seal over the edges of all sheets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.form.layout import default_layout
from extractors.form.reading import Status
from extractors.labelled import LabelledForm, Piece
from extractors.marks.collect import form_to_marks, form_to_seals
from extractors.marks.edges import STRIP_MM, TABLE_MM, form_to_edge_seal
from extractors.matching import KEPT_MARGIN
from extractors.ocr.engine import Span
from extractors.pages import Rgb
from extractors.straighten import right_margin
from tests.extractors.marks.drawn import ToldEngine, blank, seal, table_of

LAYOUT = default_layout()
NAME = "长沙市湘江职业培训学校"
TABLE, MARGIN, RADIUS = 1200, 170, 145
RED, GREY = (205, 30, 40), (90, 90, 90)


def stamp(colour: tuple[int, int, int]) -> Rgb:
    page = blank(2 * RADIUS + 20, 2 * RADIUS + 20)
    seal(page, (RADIUS + 10, RADIUS + 10), RADIUS, colour)
    return page


def form_of(pages: list[Rgb]) -> LabelledForm:
    sections: dict[str, tuple[Piece, ...]] = {}
    for number, page in enumerate(pages, 1):
        table = table_of(page[:, :TABLE], [("", Span(40, 40, 90, 70))])
        upright = replace(table.page, number=number, rgb=page, turned_px=page.shape[:2])
        whole = type(table)(upright, table.grid, table.rows)
        sections[f"section {number}"] = (Piece(whole, table.rows[0][0]),)
    return LabelledForm(sections=sections, pages=tuple(range(1, len(pages) + 1)))


def with_margins_only(form: LabelledForm) -> LabelledForm:
    sections: dict[str, tuple[Piece, ...]] = {}
    for name, (piece,) in form.sections.items():
        page = right_margin(piece.table.page, round(KEPT_MARGIN * piece.table.grid.width))
        sections[name] = (replace(piece, table=replace(piece.table, page=page)),)
    return replace(form, sections=sections)


def stamped(count: int, colour: tuple[int, int, int] = RED, heights: tuple[int, ...] = ()) -> LabelledForm:
    """So many pages, on the right edge of each its share of one seal, at 500 px or at these heights."""
    whole = stamp(colour)
    wide = whole.shape[1] // count
    pages = []
    for k in range(count):
        page = blank(TABLE + MARGIN, 1600)
        top = heights[k] if heights else 500
        page[top : top + whole.shape[0], -wide:] = whole[:, k * wide : (k + 1) * wide]
        pages.append(page)
    return form_of(pages)


@pytest.mark.parametrize("colour", [RED, GREY], ids=["red", "copied"])
@pytest.mark.parametrize("count", [2, 3])
def test_strips_are_joined_to_the_seal_again(count: int, colour: tuple[int, int, int]) -> None:
    found = form_to_edge_seal(stamped(count, colour), ())
    assert found is not None
    assert found.seal is not None
    assert found.seal.radius_px == pytest.approx(RADIUS, rel=0.08)
    assert [part.page for part in found.parts] == list(range(1, count + 1))


@pytest.mark.parametrize("colour", [RED, GREY], ids=["red", "copied"])
def test_the_right_margins_that_are_kept_of_pages_are_enough(colour: tuple[int, int, int]) -> None:
    form = stamped(3, colour)
    found, again = form_to_edge_seal(form, ()), form_to_edge_seal(with_margins_only(form), ())
    assert found is not None
    assert again is not None
    assert (again.picture == found.picture).all()
    assert (again.parts, again.inner_px) == (found.parts, found.inner_px)


def test_a_strip_is_never_wider_than_the_margin_that_is_kept() -> None:
    assert STRIP_MM[1] / TABLE_MM < KEPT_MARGIN


def test_pages_of_one_stack_may_lie_a_little_higher_or_lower() -> None:
    found = form_to_edge_seal(stamped(2, heights=(500, 530)), ())
    assert found is not None
    assert found.seal is not None


def test_ink_at_other_heights_is_no_seal() -> None:
    assert form_to_edge_seal(stamped(2, heights=(200, 900)), ()) is None


def test_one_page_or_clean_margins_have_none() -> None:
    assert form_to_edge_seal(stamped(1), ()) is None
    assert form_to_edge_seal(form_of([blank(TABLE + MARGIN, 1600)] * 2), ()) is None


def test_a_dark_shadow_along_the_edge_is_no_seal() -> None:
    pages = []
    for _ in range(2):
        page = blank(TABLE + MARGIN, 1600)
        page[500:820, -60:] = 60
        pages.append(page)
    assert form_to_edge_seal(form_of(pages), ()) is None


@pytest.mark.parametrize(
    ("text", "matches", "status"),
    [
        (NAME, True, Status.AUTO),
        ("岳阳市平江县兴达技工学校", False, Status.REVIEW),
        ("", None, Status.REVIEW),
    ],
)
def test_its_ring_is_judged_like_any_other(text: str, matches: bool | None, status: Status) -> None:
    form = stamped(2)
    marks = form_to_marks(form, form_to_seals(form, LAYOUT), NAME, LAYOUT, ToldEngine(text))
    (edge,) = marks.edge_seals
    assert (edge.present, edge.matches, edge.status) == (True, matches, status)
    assert edge.part is not None
    assert edge.part.box.x1 > 0.98
