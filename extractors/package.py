"""What each page of the envelope is for: the form, one of the call's materials, a blank back, or something else.

A page is told by its title; without one by the words at its top; and a page that begins without a title, behind a
page that is full, goes on with what stands there. Whatever says none of this is ``other``, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from extractors.blank import has_no_letters, has_red, inked_mask, is_bare
from extractors.cells import TextTable
from extractors.form.geometry import Box
from extractors.form.layout import Layout, MaterialKind
from extractors.form.reading import Material, PageSummary, Role
from extractors.form.text import fold_width, normal_label, similarity
from extractors.headlines import PageText, page_to_text, read_headlines
from extractors.ink import Inks
from extractors.kept import KeptPage, PageEnd, PageKind
from extractors.ocr.engine import LineText, OcrEngine
from extractors.pages import Gray, Word

FORM_MATERIAL = 1
"""The form's own number in the call's list."""
TOP_LINES, TITLES, BODY_LINES = 6, 3, 6
"""A title is one of the first lines; so many are read as titles, and as the text below."""
TITLE_ROWS, HEADER_ROWS = 1, 3
KEYWORD_VOTES, TITLED_LEAD = 2, 2
"""Words that it takes to tell a material, and how many more than of any other under a title that says nothing."""
FUZZY_LETTERS, FUZZY_LIKE = 5, 0.79
"""A word of so many letters may be misread in one of five."""
FORM_LIKE, LEAST_PRINTED, LEAST_PRINTED_ALONE = 0.75, 5, 10
"""Likeness to what the form prints, and letters of it that tell, behind a page of the form and anywhere."""
SURE_LETTERS, LEGIBLE, LEAST_LETTERS = 0.9, 0.6, 3
"""Mean character confidence below which a title is read again, and from which a line is; so many letters are words."""
FULL = 0.72
"""Share of the page's height down to which a page is written on that goes on overleaf."""
SAME_EDGE = 0.02
"""Share of the page's width by which a column may stand elsewhere on the next page."""
LETTER = re.compile(
    r"^关于.*(函|请示|通知|申请|批复)$|^关于(申报|报送|上报|呈报|提交|推荐|申请).*报告$|(申报|公|复|推荐|介绍|邀请|情况)函$"
    r"|(请示|申请书|介绍信|推荐信)$|^(申报)?(材料|文件|资料)?(目录|清单)$|^(电话|来电|通话)记录$"
)
"""Titles of letters, lists of contents and telephone notes: these name what they enclose, and are not it."""
SALUTATION, SALUTED = re.compile(r"^尊敬的|(省|市|州|县|区|部).{0,18}(厅|局|处|中心)[:：]$"), 2
"""Whom a letter addresses, in one of its first lines."""
PAGE_NUMBER = re.compile(r"^[\W_]*(第?\d{1,3}页?(共?\d{1,3}页)?|附件?\d{0,2})[\W_]*$")


_UNREAD = PageKind(Role.OTHER, None, ("page_unread",))


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page shows before anybody reads its lines."""

    dark: Gray
    text: PageText
    tables: tuple[TextTable, ...]
    """Those with columns: a frame around the text, or shadows and creases that look like one, is none."""
    first_cells: tuple[LineText, ...]

    @property
    def begins_with_table(self) -> bool:
        """Whether nothing but a page number or dirt stands above the first table."""
        top = min((table.y0 for table in self.text.tables), default=0.0)
        return bool(self.tables) and not any(line.box.y0 < top for line in self.text.long_lines)

    @property
    def columns_left_open(self) -> tuple[float, ...]:
        """The columns of a table that nothing follows on the page; empty without."""
        end = max((table.y1 for table in self.text.tables), default=1.0)
        return () if any(line.box.y0 > end for line in self.text.long_lines) else _columns(self.tables[-1:])


class Package:
    """Judges pages in their order; what a page is may depend on the page before it."""

    def __init__(self, layout: Layout, engine: OcrEngine) -> None:
        self._layout = layout
        self._engine = engine
        self.before: PageEnd | None = None
        """How the page before ended; None behind the form."""
        self._form_seen = False

    def take_form(self) -> PageKind:
        """A page of which the form's matcher took a table."""
        self._form_seen, self.before = True, None
        return PageKind(Role.FORM, FORM_MATERIAL)

    def recall(self, page: KeptPage) -> None:
        """A page that was judged before, when the reading was cut off behind it."""
        self._form_seen |= page.summary.role is Role.FORM
        self.before = page.end

    def judge(self, inks: Inks, tables: Sequence[TextTable], words: Sequence[Word] = ()) -> PageKind:
        """A page that is not part of the form. ``words``: the file's own, where it has any that can be trusted."""
        inked = None if words else inked_mask(inks)
        bare = inked is not None and not has_red(inks) and not any(len(r) > 2 for t in tables for r in t.rows)
        if bare and inked is not None and is_bare(inked):
            return PageKind(Role.BLANK)
        ruled = tuple(table for table in tables if any(len(row) > 1 for row in table.rows))
        boxes = [_table_box(table, inks.dark) for table in ruled]
        page = _Page(inks.dark, page_to_text(inks.dark, boxes, words), ruled, _first_cells(tables))
        kind = self._kind_of(page)
        if bare and inked is not None and kind is _UNREAD and has_no_letters(inked):
            return PageKind(Role.BLANK)
        self._form_seen |= kind.role is Role.FORM
        self.before = PageEnd(kind, page.text.bottom, page.columns_left_open)
        return kind

    def _kind_of(self, page: _Page) -> PageKind:
        before = self._goes_on_with(page)
        if before is not None and page.begins_with_table and len(page.tables[0].rows[0]) > 1:
            return before
        top = page.text.lines[:TOP_LINES]
        titles = page.text.titles(TOP_LINES, TITLES)
        read = list(read_headlines(page.dark, titles, self._engine))
        kind = self._by_titles(page, read)
        if kind is None and read and _sureness(read) < SURE_LETTERS:
            read = list(read_headlines(page.dark, titles, self._engine, quick=False))
            kind = self._by_titles(page, read)
        if kind is not None:
            return kind
        below = [line for line in top if line not in titles][:BODY_LINES]
        body = read_headlines(page.dark, below, self._engine)
        if not _are_legible((*read, *body, *page.first_cells)):
            return _UNREAD
        return self._by_text(page, read, body)

    def _by_titles(self, page: _Page, read: Sequence[LineText]) -> PageKind | None:
        """By the lines in the middle of the page's top, and by a first row that is one cell."""
        titles = [normal_label(line.text) for line in read]
        if page.begins_with_table or not titles:
            rows = [row for table in page.tables[:1] for row in table.rows[:TITLE_ROWS]]
            titles += [normal_label(row[0].text) for row in rows if len(row) == 1]
        titles = [*titles, "".join(titles)] if len(titles) > 1 else titles
        if self._is_of_form([*titles, *(normal_label(line.text) for line in page.first_cells)]):
            return PageKind(Role.FORM_CONTINUATION, FORM_MATERIAL, ("form_unread",))
        if any(LETTER.search(title) for title in titles):
            return PageKind(Role.OTHER)
        if any(_is_like(title, self._layout.titles) for title in titles):
            return PageKind(Role.FORM, FORM_MATERIAL, ("form_unread",))
        for title in titles:
            found = title_to_material(title, self._layout.materials)
            if found is not None:
                return PageKind(Role.MATERIAL, found)
        return None

    def _by_text(self, page: _Page, titles: Sequence[LineText], body: Sequence[LineText]) -> PageKind:
        """By what stands below, or as the page before."""
        lines = [normal_label(line.text) for line in body]
        if self._is_of_form(lines):
            return PageKind(Role.FORM_CONTINUATION, FORM_MATERIAL, ("form_unread",))
        if any(SALUTATION.search(fold_width(line.text)) for line in body[:SALUTED]):
            return PageKind(Role.OTHER)
        titled = any(_is_legible(t) and not PAGE_NUMBER.search(normal_label(t.text)) for t in titles)
        before = self._goes_on_with(page)
        if before is not None and not titled:
            return before
        cells = [
            normal_label(cell.text)
            for table in page.tables
            for row in table.rows[:HEADER_ROWS]
            for cell in row
        ]
        found = words_to_material(
            [*(normal_label(line.text) for line in titles), *lines, *cells], self._layout.materials
        )
        if found is not None:
            return PageKind(Role.MATERIAL, found)
        return PageKind(Role.OTHER)

    def _is_of_form(self, lines: Sequence[str]) -> bool:
        """Whether a line is the heading of a later section of the form, or the note below its table.

        Short ones may stand in other papers, and count only behind a page of the form.
        """
        least = LEAST_PRINTED if self._form_seen else LEAST_PRINTED_ALONE
        sections = [text for section in self._layout.sections[2:] for text in section.texts]
        printed = [text for text in map(normal_label, (*sections, self._layout.note)) if len(text) >= least]
        return any(
            line[:1] == text[:1] and similarity(line[: len(text)], text, FORM_LIKE) > 0
            for line in lines
            for text in printed
        )

    def _goes_on_with(self, page: _Page) -> PageKind | None:
        """The material before, when it filled its page and a page without a title would go on with it."""
        before = self.before
        if before is None or before.kind.role is not Role.MATERIAL or before.bottom < FULL:
            return None
        if not page.begins_with_table:
            return before.kind
        columns = _columns(page.tables[:1])
        same = len(columns) == len(before.columns) and all(
            abs(a - b) < SAME_EDGE for a, b in zip(columns, before.columns, strict=True)
        )
        return before.kind if same else None


def _columns(tables: Sequence[TextTable]) -> tuple[float, ...]:
    """Where the columns of a table end, as shares of its width, in the row with most cells."""
    rows = [(len(row), row, table) for table in tables for row in table.rows]
    if not rows:
        return ()
    _, row, table = max(rows, key=lambda each: each[0])
    return tuple(table.share_across(cell.cell)[1] for cell in row)


def _table_box(table: TextTable, dark: Gray) -> Box:
    """Where a table stands on the straightened page, in its fractions."""
    cells = [cell.cell for row in table.rows for cell in row]
    x0, x1 = min(c.x0 for c in cells), max(c.x1 for c in cells)
    y0, y1 = min(c.y0 for c in cells), max(c.y1 for c in cells)
    corners = np.array([[[x0, y0]], [[x1, y0]], [[x1, y1]], [[x0, y1]]], np.float64)
    mapped = cv2.perspectiveTransform(corners, table.grid.to_page).reshape(-1, 2)
    (left, top), (right, bottom) = mapped.min(axis=0), mapped.max(axis=0)
    height, width = dark.shape
    return Box(left / width, top / height, right / width, bottom / height).clipped()


def _first_cells(tables: Sequence[TextTable]) -> tuple[LineText, ...]:
    """The lines of the tables' first rows."""
    return tuple(
        t for table in tables for row in table.rows[:HEADER_ROWS] for cell in row for t in cell.texts
    )


def _are_legible(lines: Sequence[LineText]) -> bool:
    """Whether words stand in the lines; what specks and creases are read as is short or unsure."""
    return sum(len(line.text) for line in lines if _is_legible(line)) >= LEAST_LETTERS


def _is_legible(line: LineText) -> bool:
    return len(line.text) > 1 and _sureness([line]) >= LEGIBLE


def _sureness(lines: Sequence[LineText]) -> float:
    """Mean confidence of the characters of all lines; 0 where there is none."""
    sure = [p for line in lines for p in line.sure]
    return sum(sure) / len(sure) if sure else 0.0


def _is_like(seen: str, texts: Sequence[str]) -> bool:
    return any(similarity(seen, normal_label(text), FUZZY_LIKE) > 0 for text in texts)


def title_to_material(title: str, materials: Sequence[MaterialKind]) -> int | None:
    """The material whose strong word the title ends with, or holds nearest to its end: there its noun stands."""
    found = [
        (end, len(word), material.number)
        for material in materials
        for word in map(normal_label, material.strong)
        if (end := _end_of(word, title)) is not None
    ]
    return max(found)[2] if found else None


def _end_of(word: str, text: str) -> int | None:
    """Where a word ends in a text, a long one perhaps with a wrong letter."""
    at = text.rfind(word)
    if at >= 0:
        return at + len(word)
    if len(word) >= FUZZY_LETTERS:
        for start in range(len(text) - len(word), -1, -1):
            if similarity(text[start : start + len(word)], word, FUZZY_LIKE) > 0:
                return start + len(word)
    return None


def words_to_material(lines: Sequence[str], materials: Sequence[MaterialKind], lead: int = 1) -> int | None:
    """The material of which the lines hold most words: at least two, and ``lead`` more than of any other."""
    text = "\n".join(lines)
    votes = sorted(((_votes(text, m), m.number) for m in materials), reverse=True)
    if not votes or votes[0][0] < KEYWORD_VOTES or any(votes[0][0] - other < lead for other, _ in votes[1:]):
        return None
    return votes[0][1]


def _votes(text: str, material: MaterialKind) -> int:
    """How many of a material's words stand in a text; a word inside a longer one does not count again."""
    votes = 0
    for word in sorted(map(normal_label, {*material.keywords, *material.strong}), key=lambda w: (-len(w), w)):
        votes += word in text
        text = text.replace(word, "\n")
    return votes


def pages_to_materials(pages: Sequence[PageSummary], layout: Layout) -> tuple[Material, ...]:
    """The materials found, in the call's order, each with its pages."""
    out = []
    for kind in layout.materials:
        numbers = tuple(p.number for p in pages if p.material == kind.number)
        if numbers:
            out.append(Material(kind.number, kind.title, numbers))
    return tuple(out)
