"""Tables with texts → the layout's labelled cells, over as many pages as the form runs.

No coordinates: a row is known by its label texts, a table column by its header, everything else by
where it stands relative to those. Pages are taken in order; what a page break cuts is joined again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.cells import CellText, TextTable
from extractors.form.layout import Label, Layout, Section
from extractors.form.text import normal_label, similarity
from extractors.form.values import is_occupation_code, text_to_value
from extractors.joined_rows import with_parted_rows
from extractors.labelled import LabelledForm, Piece
from extractors.occupation_rows import OccupationRows
from extractors.printed import HEADER_COLUMNS, LABEL_LIKE, PrintedTexts, like, normal_texts
from extractors.straighten import right_margin

OTHER_WIDTH, OTHER_WIDTH_HEADED = 0.06, 0.25
"""A continuation page's table may be this share wider or narrower than the form's."""
LEAST_CODED = 2
"""Rows with codes from which a table may be the form's."""
LEAST_BODY = 30
"""Characters from which what fills a whole row behind the table is a section's body, not a remark."""

KEPT_MARGIN = 0.17
"""Of the page's picture, as a share of the table's width, what a seal over the sheets' edges may cover."""


class FormMatcher:
    """Collects the form while pages go by; ``take`` says whether a page belongs to it."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._basic = next(s for s in layout.sections if s.labels and not s.columns and s.body is None)
        self.printed = PrintedTexts(layout, self._basic)
        self._fields: dict[str, list[Piece]] = {}
        self._rows = OccupationRows(layout.columns)
        self._sections: dict[str, list[Piece]] = {}
        self._pages: list[int] = []
        self._reached = 0
        self._section: Section | None = None
        self._headings_seen: set[str] = set()
        self._labels = 0
        self._width = 0.0
        self._spare: list[tuple[int, tuple[CellText, ...], TextTable]] = []
        self._order: list[str | None] = []

    def take(self, table: TextTable) -> bool:
        """Add a page's table when it is part of the form; False leaves the form as it was."""
        table = with_parted_rows(table, self.printed, self._layout.columns)
        if not self._belongs(table):
            return False
        page = table.page.number
        first = page not in self._pages
        if first:
            self._pages.append(page)
            self._reached = page
        self._width = table.grid.width / table.page.rgb.shape[1]
        placed = self.printed.labels_by_place(table.rows)
        at_top = first
        for index, row in enumerate(table.rows):
            at_top = self._take_row(row, table, placed.get(index), at_top=at_top) and at_top
        if not self._bears_marks(table):
            self._let_go(table)
        return True

    def may_miss(self, table: TextTable) -> bool:
        """Whether a table that was not taken may hold rows of the form all the same: it follows them and has codes."""
        follows = table.page.number - self._reached <= 1
        if self._section is None or not self._section.columns or not follows:
            return False
        codes = (text_to_value("occupation_code", cell.text) for row in table.rows for cell in row)
        return sum(is_occupation_code(str(code)) for code in codes) >= LEAST_CODED

    def pass_blank(self, page: int) -> None:
        """A page with nothing on it, as the back of a sheet: the form may go on behind it."""
        if page == self._reached + 1:
            self._reached = page

    def finish(self) -> LabelledForm:
        """The form as collected."""
        self._place_spare_rows()
        return LabelledForm(
            {name: tuple(pieces) for name, pieces in self._fields.items()},
            self._rows.filled(),
            {name: tuple(pieces) for name, pieces in self._sections.items()},
            tuple(self._pages),
            frozenset(self._headings_seen),
            self._labels,
        )

    # -- what is kept of them ----------------------------------------------------------------------

    def _bears_marks(self, table: TextTable) -> bool:
        """Whether cells of a section that is signed and stamped are in the table."""
        marked = (self._sections.get(section.id, ()) for section in self._layout.sections if section.marks)
        return any(piece.table is table for pieces in marked for piece in pieces)

    def _let_go(self, table: TextTable) -> None:
        """Keep of its page's picture the right margin only: thirty pictures are half of all the memory."""
        page = right_margin(table.page, round(KEPT_MARGIN * table.grid.width))
        less = replace(table, page=page)
        held = [
            *self._fields.values(),
            *self._sections.values(),
            *(c for row in self._rows.rows for c in row),
        ]
        for pieces in held:
            pieces[:] = [replace(p, table=less) if p.table is table else p for p in pieces]
        self._spare = [(at, row, less if of is table else of) for at, row, of in self._spare]

    # -- which pages -------------------------------------------------------------------------------

    def _belongs(self, table: TextTable) -> bool:
        labels, headings, headers, coded, wide = self._evidence(table)
        if labels >= 4 or headings >= 2 or headers or self._faintly(table, coded):
            return True
        if self._section is None:
            return False
        follows = table.page.number - self._reached <= 1
        in_rows = bool(self._section.columns)
        # The rest of a row that a page break cut has no code; rows with codes may stand behind other papers.
        if in_rows and (follows or coded >= 1) and self._rows.same_columns(table):
            return True
        if not follows:
            return False
        width = table.grid.width / table.page.rgb.shape[1]
        if abs(width - self._width) > (OTHER_WIDTH_HEADED if headings else OTHER_WIDTH):
            return False
        return headings >= 1 or (in_rows and coded >= 1) or (not in_rows and wide and self._open())

    def _faintly(self, table: TextTable, coded: int) -> bool:
        """Whether print that is hardly readable stands as the form's does."""
        headed = coded >= LEAST_CODED and any(self.printed.is_header_by_place(row) for row in table.rows)
        return headed or bool(self.printed.labels_by_place(table.rows))

    def _open(self) -> bool:
        """Whether the last section met can go on over the page: not once section 五 has been seen whole."""
        return self._section is not None and self._section is not self._layout.sections[-1]

    def _evidence(self, table: TextTable) -> tuple[int, int, bool, int, bool]:
        labels = headings = coded = 0
        header = False
        for row in table.rows:
            labels += sum(self.printed.label_of(cell) is not None for cell in row)
            headings += self.printed.heading_of(row) is not None
            header |= len(self.printed.header_of(row)) >= HEADER_COLUMNS
            coded += self._rows.has_code(row)
        return labels, headings, header, coded, all(len(row) == 1 for row in table.rows[:1])

    # -- rows --------------------------------------------------------------------------------------

    def _take_row(
        self,
        row: tuple[CellText, ...],
        table: TextTable,
        placed: Sequence[Label | None] | None,
        *,
        at_top: bool,
    ) -> bool:
        """Add one row; whether it was the heading or the header over the table's rows, which a page may repeat."""
        if placed is not None:
            self._section = self._basic
            self._take_labelled(row, placed, table)
            return False
        heading = self.printed.heading_of(row)
        if heading is not None:
            self._section = heading
            self._headings_seen.add(heading.id)
            if heading is not self._basic and not heading.columns:
                self._take_body(heading, row, table)
            return bool(heading.columns)
        over = self.printed.header_over(row)
        if over is not None:
            self._section = next(s for s in self._layout.sections if s.columns)
            self._rows.take_header(row, {}, table, over)
            return False
        header = self.printed.header_of(row)
        if len(header) >= HEADER_COLUMNS or self.printed.is_header_by_place(row):
            self._section = next(s for s in self._layout.sections if s.columns)
            self._rows.take_header(row, header, table)
            return True
        labelled = [self.printed.label_of(cell) for cell in row]
        if any(labelled) and (
            self._section is None or self._section is self._basic or sum(map(bool, labelled)) > 1
        ):
            self._section = self._basic
            self._take_labelled(row, labelled, table)
        elif self._section is not None and self._section.columns and not self._is_body(row):
            self._rows.take(row, table, at_top=at_top)
        elif self._section is None or self._section is self._basic:
            if at_top and self._order and len(row) > 1 and not row[0].text.strip():
                self._continue_basic(row, table)
            else:
                self._order.append(None)
                self._spare.append((len(self._order) - 1, row, table))
        else:
            following = None if at_top and not self._section.columns else self._next_by_place(row)
            self._take_body(following or self._section, row, table)
        return False

    def _is_body(self, row: tuple[CellText, ...]) -> bool:
        """Whether a row among those of the table is the next section's body, its heading unread."""
        return len(row) == 1 and len(normal_label(row[0].text)) >= LEAST_BODY

    def _next_by_place(self, row: tuple[CellText, ...]) -> Section | None:
        """The next section behind the table, or when a row begins with its number: writing may cover its heading."""
        if len(row) != 1 or self._section is None or self._section is self._layout.sections[-1]:
            return None
        following, texts = self._after(self._section)
        if self._section.columns:
            return following
        return following if normal_label(row[0].text)[:1] in {text[:1] for text in texts} else None

    def _after(self, section: Section) -> tuple[Section, tuple[str, ...]]:
        """The section after one that is not the last, and its heading's wordings."""
        return self.printed.headings[self._layout.sections.index(section) + 1]

    def _take_body(self, section: Section, row: tuple[CellText, ...], table: TextTable) -> None:
        """Cells of a section's body; a later section's heading inside one, its rule unseen, starts that section."""
        for cell in row:
            start = 0
            for line, text in enumerate(cell.texts):
                following = self._next_heading(section, text.text) if line else None
                if following is not None:
                    self._sections.setdefault(section.id, []).append(Piece(table, cell, start, line))
                    self._headings_seen.add(following.id)
                    section, start = following, line
            self._sections.setdefault(section.id, []).append(Piece(table, cell, start))
        self._section = section

    def _next_heading(self, section: Section, text: str) -> Section | None:
        """The section after ``section`` when the line is its heading."""
        if section is self._layout.sections[-1]:
            return None
        seen = normal_label(text)
        following, texts = self._after(section)
        starts = (similarity(seen[: len(t)], t) for t in texts if len(seen) >= 4)
        return following if max(starts, default=0.0) >= LABEL_LIKE else None

    def _take_labelled(
        self, row: tuple[CellText, ...], labelled: Sequence[Label | None], table: TextTable
    ) -> None:
        for i, label in enumerate(labelled):
            if label is None:
                continue
            self._labels += 1
            self._order.append(label.field)
            end = next((j for j in range(i + 1, len(row)) if labelled[j] is not None), len(row))
            values = row[i + 1 : end] if label.relation == "rest_of_row" else row[i + 1 : i + 2]
            if not values and (below := self._after_label(row[i], label)) is not None:
                self._fields.setdefault(label.field, []).append(Piece(table, row[i], first_line=below))
            self._fields.setdefault(label.field, []).extend(Piece(table, cell) for cell in values)

    def _after_label(self, cell: CellText, label: Label) -> int | None:
        """Label and value in one merged cell: the value starts on the line after the label."""
        if len(cell.texts) < 2:
            return None
        return 1 if like(normal_label(cell.texts[0].text), normal_texts(label.texts)) >= LABEL_LIKE else None

    def _continue_basic(self, row: tuple[CellText, ...], table: TextTable) -> None:
        """A row of section 一 cut by the page break: its value cells go on with empty label cells."""
        last = next((f for f in reversed(self._order) if f), None)
        if last:
            self._fields[last].extend(Piece(table, cell) for cell in row[1:] if cell.text.strip())

    def _place_spare_rows(self) -> None:
        """Unread labels in section 一: a spare row takes the labels that are missing between its neighbours."""
        order = [label.field for label in self._basic.labels]
        for place, row, table in self._spare:
            before = next((f for f in reversed(self._order[:place]) if f in order), None)
            after = next((f for f in self._order[place + 1 :] if f in order), None)
            low = order.index(before) + 1 if before else 0
            high = order.index(after) if after else len(order)
            missing = [f for f in order[low:high] if f not in self._fields]
            if len(row) >= 2 and missing and len(row) == 2 * len(missing):
                for name, cell in zip(missing, row[1::2], strict=True):
                    self._fields[name] = [Piece(table, cell)]
