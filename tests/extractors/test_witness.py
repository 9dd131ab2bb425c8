"""What the sign reader saw beside the exact one: it helps to choose, and to pass, but not by itself."""

from dataclasses import replace

import pytest

from extractors.confidence import transcript_to_field
from extractors.form.reading import Status
from tests.extractors.ink import read, sure


def test_of_two_near_readings_the_one_that_the_sign_reader_sees_too_is_taken():
    near = [*sure("2012/"), ("", 0.6, "1", 0.4), *sure("2/7")]
    assert read("date", *near).text == "2012/2/7"
    seen = read("date", *near, signs=sure("2012/12/7"))
    assert (seen.text, seen.signs) == ("2012/12/7", "2012/12/7")


def test_the_sign_reader_alone_does_not_overrule_ink_that_is_sure():
    nearly_sure = [*sure("2012/"), ("", 0.998, "1", 0.002), *sure("2/7")]
    seen = read("date", *nearly_sure, signs=[(sign, 1 - 1e-6) for sign in "2012/12/7"])
    assert seen.text == "2012/2/7"


def test_where_no_other_reader_agrees_a_person_must_look():
    seen = read("date", *sure("2012/2/7"), second="2012/7", signs=sure("2012/12/7"))
    assert transcript_to_field("date", seen, required=True).status is Status.REVIEW


def test_a_mistake_on_the_paper_stays_when_both_readers_see_it():
    seen = read("date", *sure("2012年13月"), signs=sure("2012年13月"))
    assert (seen.text, seen.well_formed) == ("2012年13月", False)


def test_what_the_quick_reader_saw_otherwise_passes_where_the_sign_reader_agrees():
    code = [*sure("2468012140@qq.com")]
    alone = read("email", *code, second="2468012140@99.com")
    assert transcript_to_field("email", alone, required=True).status is Status.REVIEW
    both = read("email", *code, second="2468012140@99.com", signs=sure("2468012140@qq.com"))
    assert transcript_to_field("email", both, required=True).status is Status.AUTO


@pytest.mark.parametrize(
    ("changes", "status"),
    [({}, Status.REVIEW), ({"sure": (0.99,) * 4}, Status.AUTO), ({"free": "五级-三级"}, Status.AUTO)],
)
def test_the_sign_reader_is_no_witness_of_what_it_alone_chose(changes, status):
    seen = read("levels", *sure("五级-三级"), second="五级三级", signs=sure("五级-三级"))
    chosen = replace(seen, free="五级三级", sure=(0.99, 0.99, 0.6, 0.99))
    assert transcript_to_field("levels", replace(chosen, **changes), required=True).status is status


@pytest.mark.parametrize(("p", "status"), [(0.68, Status.REVIEW), (0.9, Status.AUTO)])
def test_a_count_of_which_a_digit_was_hardly_seen_does_not_pass(p, status):
    seen = read("count", *sure("5286"), second="5286", signs=sure("5286"))
    assert transcript_to_field("count", replace(seen, sure=(p,) * 4), required=True).status is status


def test_names_are_not_asked_of_the_sign_reader():
    assert read("person_name", *sure("张三"), signs=sure("三")).signs == ""


@pytest.mark.parametrize(("p", "status"), [(0.9, Status.REVIEW), (0.999, Status.AUTO)])
def test_a_misspelt_name_that_the_quick_reader_saw_is_looked_at_while_the_ink_allows_it(p, status):
    name = [*sure("广电和通信设备"), ("调", p, "凋", 1 - p), *sure("试工")]
    seen = read("occupation_name", *name, second="广电和通信设备凋试工")
    field = transcript_to_field("occupation_name", replace(seen, supported=True), required=True)
    assert (seen.well_formed, field.text, field.status) == (True, "广电和通信设备调试工", status)
