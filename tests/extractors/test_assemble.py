import pytest

from extractors.assemble import form_to_rows, with_checks, with_doubted_digits
from extractors.form.catalogue import default_catalogue
from extractors.form.layout import default_layout
from extractors.form.reading import Check, Status
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
