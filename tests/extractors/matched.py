"""A form made of typed tables, matched page by page, and its texts."""

from extractors.form.layout import default_layout
from extractors.matching import FormMatcher
from tests.extractors.paper import table_of


def match(*pages, numbers=None):
    matcher = FormMatcher(default_layout())
    taken = [
        matcher.take(table_of(rows, page=n)) for n, rows in zip(numbers or range(1, 99), pages, strict=False)
    ]
    return matcher.finish(), taken


def text(pieces):
    return "".join(p.text for p in pieces)


def names(form):
    return [text(row[1]) for row in form.rows]
