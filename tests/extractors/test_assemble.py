import pytest

from extractors.assemble import form_to_rows, with_checks, with_doubted_digits, with_doubted_pages
from extractors.form.catalogue import default_catalogue
from extractors.form.geometry import Box
from extractors.form.layout import default_layout
from extractors.form.reading import Check, FieldReading, Part, Status
from extractors.matching import FormMatcher
from tests.extractors.paper import FORM_ROWS, ScriptedEngine, table_of

DIGITS = {"start_date", "trained_count", "levels"}
ROW = ["1", "电工", "6-31-01-03", "否", "2012年5月", "12500", "五级至三级"]


def rows_and_pages(*rows):
    layout = default_layout()
    matcher = FormMatcher(layout)
    matcher.take(table_of([*FORM_ROWS[:10], *rows]))
    return form_to_rows(matcher.finish(), layout, default_catalogue(), ScriptedEngine())


def rows_of(row):
    return rows_and_pages(row)[0]


def test_a_whole_row_passes():
    (row,) = rows_of(ROW)
    assert {cell.status for _, cell in row.cells()} == {Status.AUTO}


def test_nothing_of_a_row_with_lost_cells_passes():
    (row,) = rows_of(ROW[:5])
    assert Status.AUTO not in {cell.status for _, cell in row.cells()}
    assert "row_split_uncertain" in row.name.reasons


def test_no_digit_passes_on_a_page_whose_codes_are_short_of_strokes():
    rows, pages = rows_and_pages(
        ["1", "企业人力资源管理师", "1-07-03-04", "否", "2003.5", "22000", "1-3级"], ROW
    )
    assert pages == {1}
    _, (first, second) = with_doubted_digits({}, rows, pages)
    assert {c for c, cell in first.cells() if "strokes_lost" in cell.reasons} == DIGITS
    assert {c for c, cell in second.cells() if "strokes_lost" in cell.reasons} == DIGITS - {"levels"}
    assert Status.AUTO not in {first.levels.status, second.trained_count.status}


@pytest.mark.parametrize("code", ["4-07-03-04", "1-07-03-05", "4-07-03-05", "4-07-03"])
def test_another_code_says_nothing_of_the_ink(code):
    _, pages = rows_and_pages(["1", "企业人力资源管理师", code, "否", "2003.5", "22000", "4-3级"])
    assert not pages


def test_a_name_and_a_code_that_nothing_confirms_do_not_pass():
    rows = rows_of(ROW)
    named = ("occupations[0].name", "occupations[0].code")
    for passed, status in ((True, Status.AUTO), (None, Status.REVIEW), (False, Status.REVIEW)):
        check = Check("occupation.name_matches_code", passed, "error", named, "")
        _, (row,) = with_checks({}, rows, [check])
        assert (row.name.status, row.code.status, row.levels.status) == (status, status, Status.AUTO)


def page_of_cells(doubted, sure, page=1):
    """A page's short texts, so many of them in doubt, one that passes and one that looks empty."""
    here = (Part(page, Box(0, 0, 1, 1)),)
    cells = {
        f"{page}-{i}": FieldReading(
            "x", "x", 0.5, Status.REVIEW if i < doubted else Status.AUTO,
            ("low_confidence",) if i < doubted else (), here,
        )
        for i in range(doubted + sure)
    }  # fmt: skip
    return {**cells, f"{page}-empty": FieldReading(confidence=0.99, status=Status.BLANK, parts=here)}


@pytest.mark.parametrize(
    ("doubted", "sure", "passing"), [(7, 3, False), (6, 4, True), (6, 1, True), (8, 0, False)]
)
def test_nothing_passes_on_a_page_most_of_which_is_in_doubt(doubted, sure, passing):
    fields, _ = with_doubted_pages({**page_of_cells(doubted, sure), **page_of_cells(0, 9, page=2)}, ())
    blank = fields["1-empty"]
    assert (blank.status is Status.BLANK) == passing
    assert ("image_damaged" in blank.reasons) != passing
    assert sum(fields[f"1-{i}"].status is Status.AUTO for i in range(doubted + sure)) == (
        sure if passing else 0
    )
    assert fields["2-empty"].status is Status.BLANK
