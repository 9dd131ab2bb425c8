"""Knowledge may choose between readings of the ink and never overrules it."""

from dataclasses import replace

import pytest

from extractors.confidence import agreement, transcript_to_field
from extractors.form import credit_code
from extractors.form.catalogue import default_catalogue
from extractors.form.grammar import grammar_for
from extractors.form.reading import Status
from extractors.labelled import Piece
from extractors.transcribe import Transcript, pieces_to_transcript
from tests.extractors.ink import InkEngine, read, sure
from tests.extractors.paper import table_of


def test_a_close_well_formed_code_wins_over_a_broken_one():
    good = "91430100MA4R740X81"
    good = good[:17] + credit_code.check_sign(good[:17])
    broken = [(sign, 0.999) for sign in good]
    broken[6] = ("8", 0.6, good[6], 0.4)
    seen = read("uscc", *broken)
    assert seen.text == good
    assert seen.well_formed


def test_a_wrong_check_digit_on_the_paper_is_read_as_it_stands():
    wrong = "91430000MA4R740X82"
    seen = read("uscc", *sure(wrong))
    assert seen.text == wrong
    assert seen.well_formed is False
    assert transcript_to_field("uscc", seen, required=True).status is Status.REVIEW


def test_a_misspelt_occupation_on_the_paper_is_read_as_it_stands():
    seen = read("occupation_name", *sure("电焊焊工"))
    assert seen.text == "电焊焊工"
    assert seen.well_formed is False


def test_a_dash_read_as_one_is_a_dash_where_only_that_is_well_formed():
    seen = read("levels", *sure("五级/初级工"), ("一", 0.9, "—", 0.1), *sure("三级/高级工"))
    assert seen.text == "五级/初级工—三级/高级工"
    assert seen.well_formed


@pytest.mark.parametrize("digital", [True, False])
def test_two_telephones_below_each_other_are_two(digital):
    table = table_of([["", "13500000001\n13500000001"]], digital=digital)
    engine, grammar = InkEngine(*sure("13500000001")), grammar_for("phone", default_catalogue())
    seen = pieces_to_transcript("phone", [Piece(table, table.rows[0][1])], engine, grammar)
    assert (seen.text, seen.well_formed) == ("13500000001 13500000001", True)
    assert transcript_to_field("phone", seen, required=True).status is Status.AUTO


@pytest.mark.parametrize("lines", ["0734-\n25000\n01，13500000001", "0734-2500001\n13500000001"])
def test_a_text_layer_s_telephone_may_break_anywhere(lines):
    table = table_of([["", lines]])
    grammar = grammar_for("phone", default_catalogue())
    seen = pieces_to_transcript("phone", [Piece(table, table.rows[0][1])], InkEngine(), grammar)
    assert transcript_to_field("phone", seen, required=True).value == "0734-2500001/13500000001"


def test_a_comma_at_the_end_of_a_line_parts_two_telephones_as_well():
    table = table_of([["", "13500000001、\n13500000001、"]], digital=False)
    engine = InkEngine(*sure("13500000001、"))
    grammar = grammar_for("phone", default_catalogue())
    seen = pieces_to_transcript("phone", [Piece(table, table.rows[0][1])], engine, grammar)
    assert seen.well_formed
    assert transcript_to_field("phone", seen, required=True).status is Status.AUTO


@pytest.mark.parametrize(
    ("kind", "signs", "shown"),
    [
        ("occupation_code", "6-28-01-d", "6-28-01-01"),
        ("occupation_code", "6-26-a-08", "6-26-01-08"),
        ("date", "2015牛6月", "2015年6月"),
        ("phone", "0744-8396800·15229564546", "0744-8396800、15229564546"),
    ],
)
def test_signs_that_a_kind_never_has_are_replaced_in_what_is_shown_and_doubted(kind, signs, shown):
    seen = read(kind, *sure(signs))
    assert (seen.text, seen.free) == (shown, signs)
    field = transcript_to_field(kind, seen, required=True)
    assert field.status is Status.REVIEW
    assert signs in {c.text for c in field.candidates}


SLASH = ("", 0.99, "/", 0.001)
PEN_Q = ("9", 0.99, "q", 0.003)


@pytest.mark.parametrize(
    ("kind", "places", "shown"),
    [
        (
            "levels",
            [
                *sure("五级"),
                SLASH,
                *sure("初级工"),
                ("一", 0.9, "—", 0.1),
                *sure("三级"),
                SLASH,
                *sure("高级工"),
            ],
            "五级/初级工—三级/高级工",
        ),
        ("email", [*sure("2484918432@"), PEN_Q, PEN_Q, *sure(".com")], "2484918432@qq.com"),
        ("position", [*sure("校"), ("衣", 0.95, "长", 0.01)], "校长"),
        ("yes_no", sure("业否"), "否"),
        ("date", [*sure("201"), ("", 0.9, "4", 0.01), ("年", 0.9, "午", 0.1), *sure("6月")], "2014年6月"),
    ],
)
def test_a_likelier_text_is_shown_but_a_person_must_grant_it(kind, places, shown):
    seen = read(kind, *places)
    field = transcript_to_field(kind, seen, required=True)
    assert field.text == shown
    assert field.status is Status.REVIEW
    assert "candidates_close" in field.reasons
    assert seen.free in {c.text for c in field.candidates}


def test_a_dash_that_joined_something_is_not_dropped():
    assert read("levels", *sure("5—级")).well_formed is False


def test_what_is_wrong_on_the_paper_is_shown_as_it_stands():
    assert read("date", *sure("2015年13月")).text == "2015年13月"
    assert read("occupation_name", *sure("报刊业务圆")).text == "报刊业务圆"
    assert read("levels", *sure("六级-四级")).text == "六级-四级"


def test_a_digit_that_may_stand_there_is_never_replaced():
    seen = read("occupation_code", *sure("6-28-02-d"))
    assert seen.text.startswith("6-28-02-") or seen.text == "6-28-02-d"


def test_a_credit_code_has_no_small_letters():
    code = "51431100MJJ037018"
    seen = read("uscc", *sure((code + credit_code.check_sign(code)).replace("M", "m")))
    assert seen.text == code + credit_code.check_sign(code)
    assert seen.well_formed


def test_a_speck_before_a_value_is_no_part_of_it():
    seen = read("address", ("•", 0.95), *sure("湖南省长沙市岳麓区麓山路1号"))
    assert seen.text == "湖南省长沙市岳麓区麓山路1号"
    assert transcript_to_field("address", seen, required=True).status is Status.REVIEW


def test_traditional_forms_count_for_the_simplified_name():
    seen = read("person_name", *sure("许"), ("峯", 0.5, "峰", 0.4), *sure("涛"))
    assert seen.text == "许峰涛"


def test_a_code_keeps_its_dashes():
    assert read("occupation_code", *sure("6-31-0103")).text == "6-31-01-03"


def test_letters_that_credit_codes_never_have_are_the_digits_they_look_like():
    seen = read("uscc", *sure("9I43O2"), ("0", 0.5, "O", 0.4), *sure("MA4M9AA200"))
    assert seen.text == seen.free == "9143020MA4M9AA200"


def test_disagreeing_readers_leave_a_doubt():
    agreed = transcript_to_field("person_name", read("person_name", *sure("张三丰")), required=True)
    apart = transcript_to_field(
        "person_name", read("person_name", *sure("张三丰"), second="张三半"), required=True
    )
    assert agreed.status is Status.AUTO
    assert apart.status is Status.REVIEW
    assert "readers_disagree" in apart.reasons
    assert apart.confidence < agreed.confidence


@pytest.mark.parametrize(
    ("kind", "signs", "status"),
    [
        ("email", [*sure("2403@"), ("q", 0.9, "9", 0.1), *sure("q.com")], Status.AUTO),
        ("email", [*sure("2403@"), ("l", 0.9, "1", 0.1), *sure("an.cn")], Status.REVIEW),
        ("capital", [("￥", 0.7, "¥", 0.3), *sure("50万元")], Status.AUTO),
    ],
)
def test_a_look_alike_that_says_the_same_is_no_rival(kind, signs, status):
    assert transcript_to_field(kind, read(kind, *signs), required=True).status is status


def test_a_close_rival_leaves_a_doubt_and_is_offered():
    places = [("l", 0.55, "1", 0.45), *sure("iu@qq.com")]
    field = transcript_to_field("email", read("email", *places), required=True)
    assert field.status is Status.REVIEW
    assert "1iu@qq.com" in {c.text for c in field.candidates}


@pytest.mark.parametrize(
    ("address", "clear"),
    [("liu@139.com", True), ("3441990@qq.com", True), ("1iu3387@139.com", False), ("ho0@163.com", False)],
)
def test_one_and_l_beside_each_other_in_a_mail_address_leave_a_doubt(address, clear):
    field = transcript_to_field(
        "email", replace(read("email", *sure(address)), second=address), required=True
    )
    assert (field.status is Status.AUTO) is clear


def test_an_empty_cell_is_blank_and_a_required_one_asks_for_a_person():
    table = table_of([["", ""]], digital=False)
    seen = pieces_to_transcript("email", [Piece(table, table.rows[0][1])], InkEngine(), None)
    assert transcript_to_field("email", seen, required=False).status is Status.BLANK
    assert transcript_to_field("email", seen, required=True).reasons == ("blank_required",)


def test_a_missing_cell_is_missing():
    assert transcript_to_field("email", None, required=True).status is Status.MISSING


@pytest.mark.parametrize(
    ("kind", "text", "passes"),
    [
        ("date", "2002", False),
        ("date", "20101019", False),
        ("date", "201401", False),
        ("date", "2002年", True),
        ("date", "2010.2", True),
        ("count", "36万人", False),
        ("count", "3.6万人", True),
        ("count", "36000", True),
        ("count", "360000", False),
        ("levels", "4级—二级", False),
        ("levels", "五级—二级", True),
        ("levels", "5级—2级", True),
    ],
)
def test_what_may_have_lost_a_small_sign_does_not_pass(kind, text, passes):
    field = transcript_to_field(kind, replace(read(kind, *sure(text)), second=text), required=True)
    assert (field.text, field.status is Status.AUTO) == (text, passes)


def test_a_space_that_may_or_may_not_be_there_leaves_the_text_certain():
    seen = read("address", *sure("湖南省永州市新田县车站街15号"), (" ", 0.5, "", 0.5), *sure("8栋"))
    assert seen.logp > -0.1


def test_a_dash_that_both_looks_take_for_a_one_is_agreed_on():
    seen = read("levels", *sure("五级"), ("一", 0.999, "—", 0.001), *sure("三级"))
    assert (seen.text, seen.second) == ("五级—三级", "五级一三级")
    assert agreement(seen) == 1.0
    assert seen.logp > -0.2
    assert agreement(replace(seen, second="五级三级")) < 1.0


def test_dashes_and_strokes_that_a_pen_left_out_are_put_back_where_only_they_may_stand_and_doubted():
    stroke = ("", 0.98, "/", 0.02)
    seen = read(
        "levels",
        *sure("四级"),
        stroke,
        *sure("中级工"),
        ("一", 0.99, "—", 0.01),
        *sure("三级"),
        stroke,
        *sure("高级工"),
    )
    assert (seen.text, seen.well_formed) == ("四级/中级工—三级/高级工", True)
    assert transcript_to_field("levels", seen, required=True).status is Status.REVIEW


def test_a_list_that_ends_with_a_comma_goes_on_somewhere():
    seen = read("levels", *sure("四、三、"), signs=sure("四、三"))
    assert transcript_to_field("levels", seen, required=True).status is Status.REVIEW


def test_a_letter_where_only_digits_stand_becomes_the_likeliest_and_the_doubt_is_which():
    seen = read("phone", *sure("073l-88888888"))
    field = transcript_to_field("phone", seen, required=True)
    assert (field.text, field.status) == ("0731-88888888", Status.REVIEW)
    assert "candidates_close" in field.reasons
    assert "format_unknown" not in field.reasons


@pytest.mark.parametrize(
    ("text", "status"), [("同意", Status.AUTO), ("2", Status.REVIEW), ("章", Status.REVIEW)]
)
def test_less_than_a_word_is_no_opinion_that_passes(text, status):
    seen = Transcript((), text, free=text, second=text, sure=(0.999,) * len(text), inked=True)
    assert transcript_to_field("text", seen, required=False).status is status


@pytest.mark.parametrize(
    ("kind", "text", "passes"),
    [
        ("uscc", "51431100MJJ037018X", False),
        ("region_authority", "长沙市民政局", True),
        ("position", "校长", True),
        ("person_name", "张三丰", False),
        ("levels", "五级—三级", False),
    ],
)
def test_what_a_list_knows_passes_however_unsure_the_other_reader_was(kind, text, passes):
    field = transcript_to_field(kind, read(kind, *sure(text), second="？" * len(text)), required=True)
    assert (field.text, field.status is Status.AUTO) == (text, passes)


def test_check_signs_let_a_code_pass_only_where_the_ink_says_it_by_itself():
    code = "51431100MJJ037018"
    code += credit_code.check_sign(code)
    alone = read("uscc", *sure(code), second="?")
    assert transcript_to_field("uscc", alone, required=True).status is Status.AUTO
    mended = read("uscc", *sure(code[:-1]), ("Q", 0.55, code[-1], 0.45), second="?")
    assert mended.text == code
    assert transcript_to_field("uscc", mended, required=True).status is Status.REVIEW
