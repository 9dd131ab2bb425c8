from extractors.assemble import form_to_rows, with_checks
from extractors.form.catalogue import default_catalogue
from extractors.form.layout import default_layout
from extractors.form.reading import Check, Status
from extractors.matching import FormMatcher
from tests.extractors.paper import FORM_ROWS, ScriptedEngine, table_of

ROW = ["1", "电工", "6-31-01-03", "否", "2012年5月", "12500", "五级至三级"]


def rows_of(row):
    layout = default_layout()
    matcher = FormMatcher(layout)
    matcher.take(table_of([*FORM_ROWS[:10], row]))
    return form_to_rows(matcher.finish(), layout, default_catalogue(), ScriptedEngine())


def test_a_whole_row_passes():
    (row,) = rows_of(ROW)
    assert {cell.status for _, cell in row.cells()} == {Status.AUTO}


def test_nothing_of_a_row_with_lost_cells_passes():
    (row,) = rows_of(ROW[:5])
    assert Status.AUTO not in {cell.status for _, cell in row.cells()}
    assert "row_split_uncertain" in row.name.reasons


def test_a_name_and_a_code_that_nothing_confirms_do_not_pass():
    rows = rows_of(ROW)
    named = ("occupations[0].name", "occupations[0].code")
    for passed, status in ((True, Status.AUTO), (None, Status.REVIEW), (False, Status.REVIEW)):
        check = Check("occupation.name_matches_code", passed, "error", named, "")
        _, (row,) = with_checks({}, rows, [check])
        assert (row.name.status, row.code.status, row.levels.status) == (status, status, Status.AUTO)
