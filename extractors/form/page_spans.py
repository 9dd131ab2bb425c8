"""Page numbers as people write them."""

from __future__ import annotations

from collections.abc import Iterable


def page_ranges(pages: Iterable[int]) -> str:
    """Pages in order, neighbours joined: ``3–5、9``."""
    spans: list[list[int]] = []
    for page in sorted(set(pages)):
        if spans and page == spans[-1][1] + 1:
            spans[-1][1] = page
        else:
            spans.append([page, page])
    return "、".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)
