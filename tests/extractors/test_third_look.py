"""A third reader's word lets a disputed value pass, or shows what two of three saw; it never passes what it corrects."""

from dataclasses import replace

import pytest

from extractors.assemble import form_to_fields
from extractors.confidence import transcript_to_confidence, transcript_to_field
from extractors.form.catalogue import default_catalogue
from extractors.form.grammar import grammar_for
from extractors.form.layout import default_layout
from extractors.form.reading import Status
from extractors.labelled import LabelledForm, Piece
from extractors.third_look import may_be_lifted, with_third_look
from extractors.transcribe import Transcript
from tests.extractors.ink import InkEngine, read, sure
from tests.extractors.paper import table_of


class Third:
    """An engine whose third reader sees a text; counts how often it is asked."""

    def __init__(self, text):
        self.text = text
        self.asked = 0

    def read_third(self, lines):
        self.asked += 1
        return InkEngine(*sure(self.text)).read_lines(lines) if self.text else ()


def looked(kind, seen, third):
    table = table_of([["", "?"]], digital=False)
    pieces = [Piece(table, table.rows[0][1])]
    return with_third_look(kind, seen, pieces, Third(third), grammar_for(kind, default_catalogue()))


def field_of(kind, seen):
    return transcript_to_field(kind, seen, required=True)


@pytest.mark.parametrize(
    ("third", "status"),
    [
        ("张三丰", Status.AUTO),
        ("張三丰", Status.AUTO),
        ("张三士", Status.REVIEW),
        ("", Status.REVIEW),
    ],
)
def test_a_name_that_the_quick_reader_disputes_passes_where_the_third_says_the_same(third, status):
    seen = read("person_name", *sure("张三丰"), second="张三手")
    assert field_of("person_name", seen).status is Status.REVIEW
    assert field_of("person_name", looked("person_name", seen, third)).status is status


def test_where_a_near_rival_stands_the_third_word_is_not_enough():
    near = [*sure("包"), ("活", 0.6, "湉", 0.4), *sure("泽")]
    seen = read("person_name", *near, second="包活泽")
    assert field_of("person_name", looked("person_name", seen, "包活泽")).status is Status.REVIEW


def test_a_name_passes_by_the_third_word_only_where_no_other_is_even_far():
    for p, status in ((0.02, Status.REVIEW), (0.001, Status.AUTO)):
        name = [*sure("解翰"), ("渔", 0.95, "谦", p)]
        seen = replace(read("person_name", *name, second="解翰渔"), third="解翰渔")
        assert field_of("person_name", seen).status is status


def test_what_two_of_three_saw_is_shown_and_doubted():
    seen = read(
        "levels", *sure("五、四、"), ("二", 0.9, "三", 0.1), *sure("、二级"), second="五、四、三、二级"
    )
    field = field_of("levels", looked("levels", seen, "五、四、三、二级"))
    assert (field.text, field.status) == ("五、四、三、二级", Status.REVIEW)
    assert "五、四、二、二级" in [c.text for c in field.candidates]


@pytest.mark.parametrize(
    ("kind", "text", "others"),
    [
        pytest.param("count", "18,300", "18300", id="small signs are no votes"),
        pytest.param("levels", "五级", "五级技", id="malformed"),
        pytest.param("person_name", "张三丰", "李四", id="nothing of the ink"),
    ],
)
def test_two_readers_do_not_outvote(kind, text, others):
    assert looked(kind, read(kind, *sure(text), second=others), others).text == text


def test_two_readers_do_not_outvote_a_date():
    near = [*sure("2020年"), ("4", 0.9, "9", 0.1), *sure("月7日")]
    assert looked("date", read("date", *near, second="2020年9月7日"), "2020年9月7日").text == "2020年4月7日"


def test_a_field_that_two_readers_dispute_is_asked_of_the_third():
    class Engine(InkEngine):
        def read_third(self, lines):
            return InkEngine(*sure("张三丰")).read_lines(lines)

    table = table_of([["", "张三手"]], digital=False)
    form = LabelledForm({"contact_person": (Piece(table, table.rows[0][1]),)})
    engine, layout = Engine(*sure("张三丰")), default_layout()
    fields = form_to_fields(form, (), layout, default_catalogue(), engine)
    assert (fields["contact_person"].text, fields["contact_person"].status) == ("张三丰", Status.AUTO)


@pytest.mark.parametrize("backing", [{"supported": True}, {"strained": True}, {"signs": "五、四、二、二级"}])
def test_what_something_else_says_too_is_not_outvoted(backing):
    near = [*sure("五、四、"), ("二", 0.9, "三", 0.1), *sure("、二级")]
    seen = replace(read("levels", *near, second="五、四、三、二级"), **backing)
    assert looked("levels", seen, "五、四、三、二级").text == "五、四、二、二级"


@pytest.mark.parametrize(
    ("changes", "passes"),
    [
        ({}, True),
        ({"gap": 2.9}, False),
        ({"well_formed": False}, False),
        ({"signs": "13500000000", "gap": 5.0}, False),
    ],
)
def test_a_third_word_counts_where_nothing_is_near_and_no_sign_reader_was_heard(changes, passes):
    quick = "1350000000"
    seen = replace(read("phone", *sure("13500000000"), second=quick), third="13500000000", **changes)
    heard = replace(seen, third="")
    assert (transcript_to_confidence("phone", seen) > transcript_to_confidence("phone", heard)) == passes


def test_only_doubts_about_the_reading_are_lifted():
    seen = read("person_name", *sure("张三丰"), second="张三手")
    doubted = field_of("person_name", seen)
    assert may_be_lifted("person_name", seen, doubted)
    assert not may_be_lifted("long_text", seen, doubted)
    assert not may_be_lifted("person_name", replace(seen, digital=True), doubted)
    for reason in ("under_seal", "overflows_cell"):
        held = replace(doubted, reasons=(*doubted.reasons, reason))
        assert not may_be_lifted("person_name", seen, held)
    passed = replace(doubted, status=Status.AUTO, reasons=())
    assert not may_be_lifted("person_name", seen, passed)
    blank = Transcript(())
    assert not may_be_lifted("person_name", blank, field_of("person_name", blank))
