"""Two quick looks that see the same do for the exact one, where they are sure enough."""

from dataclasses import replace

import pytest

from extractors.form.catalogue import default_catalogue
from extractors.form.grammar import grammar_for
from extractors.form.reading import EngineInfo
from extractors.labelled import Piece
from extractors.transcribe import pieces_to_transcript
from tests.extractors.ink import InkEngine, sure
from tests.extractors.paper import table_of


class Glances:
    """A quick reader that sees the texts of its first looks in turn; counts how often the exact one is asked."""

    info = EngineInfo("glances", "1", "")

    def __init__(self, *looks, signs=None):
        self.looks = list(looks)
        self.signs = signs
        self.exact = 0

    def read_signs(self, lines):
        return () if self.signs is None else InkEngine(*self.signs).read_lines(lines)

    def read_lines(self, lines, *, quick=False):
        if not quick:
            self.exact += 1
            return InkEngine(*sure("五级—二级")).read_lines(lines)
        return InkEngine(*self.looks.pop(0)).read_lines(lines)


def glanced(kind, *looks, signs=None):
    """The transcript of a cell whose first look is the first of ``looks``, and the engine that gave them."""
    engine = Glances(*looks, signs=signs)
    table = table_of([["", "?"]], digital=False)
    cell = table.rows[0][1]
    cell = replace(cell, texts=engine.read_lines([line.picture for line in cell.lines], quick=True))
    piece = Piece(table, cell)
    return pieces_to_transcript(kind, [piece], engine, grammar_for(kind, default_catalogue())), engine


@pytest.mark.parametrize(("p", "exact"), [(0.99, 1), (0.998, 0)])
def test_digits_that_nothing_checks_must_be_surer_for_two_looks_to_do(p, exact):
    look = [*sure("2009.4.2"), ("5", p, "王", 1 - p)]
    assert glanced("date", look, look)[1].exact == exact


def test_what_two_quick_looks_see_alike_needs_no_exact_reading():
    seen, engine = glanced("levels", sure("五级—三级"), sure("五级—三级"))
    assert (seen.text, seen.second, engine.exact) == ("五级—三级", "五级—三级", 0)


@pytest.mark.parametrize(
    ("kind", "looks"),
    [
        pytest.param("levels", (sure("五级—三级"), sure("五级—二级")), id="the looks differ"),
        pytest.param(
            "levels", ([("五", 0.8, "王", 0.2), *sure("级—三级")], sure("五级—三级")), id="unsure first"
        ),
        pytest.param(
            "levels", (sure("五级—三级"), [("五", 0.8, "四", 0.2), *sure("级—三级")]), id="unsure again"
        ),
        pytest.param("levels", (sure("五级三"), sure("五级三")), id="not well formed"),
        pytest.param(
            "levels", ([("五", 0.93, "四", 0.07), *sure("级—三级")], sure("五级—三级")), id="a near rival"
        ),
    ],
)
def test_else_the_exact_reader_decides(kind, looks):
    seen, engine = glanced(kind, *looks)
    assert engine.exact == 1
    assert seen.text == "五级—二级"


def test_the_sign_reader_is_the_second_look_where_it_knows_the_kind():
    seen, engine = glanced("levels", sure("五级—三级"), signs=sure("五级-三级"))
    assert (seen.text, seen.signs, engine.exact) == ("五级—三级", "五级-三级", 0)


def test_where_the_sign_reader_sees_something_else_the_exact_reader_decides():
    seen, engine = glanced("levels", sure("五级—三级"), signs=sure("五级-二级"))
    assert (seen.text, engine.exact) == ("五级—二级", 1)
