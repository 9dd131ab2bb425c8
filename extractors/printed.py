"""What the form prints, told from cells as they were read: labels, headings and the repeating table's headers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from extractors.cells import CellText
from extractors.form.layout import Label, Layout, Section
from extractors.form.text import normal_label, similarity
from extractors.labelled import HEADING_LIKE

LABEL_LIKE = 0.7
PLACED_LIKE, PLACED_HEADER_LIKE = 0.45, 0.25
"""The same on the average over all labels of section 一, or all headers, that stand in their order."""
HEADER_COLUMNS = 4
LEAST_BELOW = 4
"""Cells with lines below the header's, from which a row is the header and a filled row together."""
LONGEST_LABEL = 16
PAIRED = (2, 4)
"""Cells of a row in which labels and values take turns."""


class PrintedTexts:
    """A layout's printed texts in all their wordings, as ``normal_label`` reduces them."""

    def __init__(self, layout: Layout, basic: Section) -> None:
        """``basic``: the section whose labels stand beside their values."""
        self._columns = [normal_texts(c.texts) for c in layout.columns]
        self._labels_of_basic = [(label, normal_texts(label.texts)) for label in basic.labels]
        self.headings = [(s, normal_texts(s.texts)) for s in layout.sections]
        self.label_texts = tuple(text for _, texts in self._labels_of_basic for text in texts)
        self.heading_texts = tuple(text for _, texts in self.headings for text in texts)

    def label_of(self, cell: CellText) -> Label | None:
        """The label of section 一 that the cell's text, or its first line, is."""
        seen = normal_label(cell.text)
        if not seen or len(seen) > LONGEST_LABEL:
            return None
        first = normal_label(cell.texts[0].text) if len(cell.texts) > 1 else seen
        best: tuple[float, Label | None] = (LABEL_LIKE, None)
        for label, texts in self._labels_of_basic:
            likeness = max(like(seen, texts), like(first, texts) - 0.1)
            if likeness > best[0] or (likeness == best[0] and best[1] is None):
                best = (likeness, label)
        return best[1]

    def names_label(self, lines: Sequence[str]) -> bool:
        """Whether lines are one of section 一's labels, whole."""
        seen = normal_label("".join(lines))
        return any(like(seen, texts) for _, texts in self._labels_of_basic)

    def labels_by_place(self, rows: Sequence[tuple[CellText, ...]]) -> dict[int, tuple[Label | None, ...]]:
        """Row index → its cells' labels, where section 一 stands whole in a table whose print is hardly readable."""
        counts = [len(row) // 2 if len(row) in PAIRED else 0 for row in rows]
        for first in range(len(rows)):
            last, seen = first, 0
            while last < len(rows) and counts[last] and seen < len(self._labels_of_basic):
                seen, last = seen + counts[last], last + 1
            if seen != len(self._labels_of_basic):
                continue
            cells = [cell for row in rows[first:last] for cell in row[::2]]
            likeness = [
                max(similarity(normal_label(cell.text), text) for text in texts)
                for cell, (_, texts) in zip(cells, self._labels_of_basic, strict=True)
            ]
            names_another = any(
                self.label_of(cell) not in {None, label}
                for cell, (label, _) in zip(cells, self._labels_of_basic, strict=True)
            )
            if sum(likeness) >= PLACED_LIKE * len(likeness) and not names_another:
                labels = iter(label for label, _ in self._labels_of_basic)
                return {
                    row: tuple(next(labels) if i % 2 == 0 else None for i in range(len(rows[row])))
                    for row in range(first, last)
                }
        return {}

    def heading_of(self, row: tuple[CellText, ...]) -> Section | None:
        """The section whose heading starts the row's first cell, in its first line or wrapped over several."""
        if not row[0].texts or len(row) > 2:
            return None
        seen = normal_label("".join(t.text for t in row[0].texts[:3]))
        if len(seen) < 4:
            return None
        best: tuple[float, Section | None] = (HEADING_LIKE, None)
        for section, texts in self.headings:
            for text in texts:
                likeness = similarity(seen[: len(text)], text, HEADING_LIKE)
                if likeness > best[0]:
                    best = (likeness, section)
        return best[1]

    def is_header_by_place(self, row: tuple[CellText, ...]) -> bool:
        """Whether a row's texts are faintly like all headers in their order."""
        if len(row) != len(self._columns):
            return False
        seen = [normal_label(cell.text) for cell in row]
        likeness = [
            max(similarity(s, text) for text in texts) for s, texts in zip(seen, self._columns, strict=True)
        ]
        longest = sum(max(map(len, texts)) for texts in self._columns)
        return sum(likeness) >= PLACED_HEADER_LIKE * len(likeness) and sum(map(len, seen)) <= longest

    def header_over(self, row: tuple[CellText, ...]) -> tuple[int, ...] | None:
        """How many lines of each cell are the header, where its rule to the row below it was not seen."""
        if len(row) != len(self._columns):
            return None
        lines, headed = [], 0
        for cell, texts in zip(row, self._columns, strict=True):
            starts = ["".join(t.text for t in cell.texts[:k]) for k in range(1, min(3, len(cell.texts)) + 1)]
            likeness = [like(normal_label(start), texts) for start in starts]
            best = max(likeness, default=0.0)
            lines.append(max((k for k, one in enumerate(likeness, 1) if one == best), default=0))
            headed += best >= LABEL_LIKE
        below = sum(k < len(cell.texts) for k, cell in zip(lines, row, strict=True))
        return tuple(lines) if headed >= HEADER_COLUMNS and below >= LEAST_BELOW else None

    def header_of(self, row: tuple[CellText, ...]) -> dict[int, int]:
        """Cell index → column index of the texts that look like the repeating table's headers."""
        found: dict[int, int] = {}
        if len(row) < HEADER_COLUMNS or not self._columns:
            return found
        for i, cell in enumerate(row):
            seen = normal_label(cell.text)
            scores = [like(seen, texts) for texts in self._columns]
            best = max(range(len(scores)), key=lambda k: scores[k])
            if seen and scores[best] >= LABEL_LIKE and best not in found.values():
                found[i] = best
        # Other lists of occupations share some headers: where these do not stand as in ours, nearly all must.
        placed = len(row) == len(self._columns) and sum(i == c for i, c in found.items()) >= HEADER_COLUMNS
        other = not placed and len(found) < len(self._columns) - 2
        return {} if other else found


def normal_texts(texts: Sequence[str]) -> tuple[str, ...]:
    """The wordings without spaces and punctuation, each once."""
    return tuple(dict.fromkeys(normal_label(text) for text in texts))


@lru_cache(maxsize=16384)
def like(seen: str, texts: tuple[str, ...]) -> float:
    """Likeness to the most similar text; 0 where it is below ``LABEL_LIKE``."""
    return max((similarity(seen, text, LABEL_LIKE) for text in texts), default=0.0)
