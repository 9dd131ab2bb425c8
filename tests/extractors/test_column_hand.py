"""Small signs that a pen's rows lost are those of the rows around; digits never change."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from extractors.column_hand import column_in_one_hand
from extractors.confidence import transcript_to_field
from extractors.form.reading import Status
from extractors.form.values import text_to_value
from tests.extractors.ink import read, sure


def column(kind, *texts):
    return column_in_one_hand(kind, [replace(read(kind, *sure(text)), second=text) for text in texts])


def test_a_date_without_its_sign_is_written_as_the_others():
    seen = column("date", "2014-08", "2016-11", "201003")
    assert [each.text for each in seen] == ["2014-08", "2016-11", "2010-03"]
    assert seen[2].well_formed


def test_a_day_stands_where_the_others_have_one():
    faint = ("", 0.99, ".", 0.001)
    bare = read("date", *sure("2010"), faint, *sure("8"), faint, *sure("16"))
    rows = [read("date", *sure(text)) for text in ("2016.10.14", "2015.4.17")]
    assert column_in_one_hand("date", [*rows, bare])[2].text == "2010.8.16"


def test_one_row_is_no_hand():
    assert column("date", "2014-08", "201003")[1].text == "201003"


def test_other_ways_to_write_are_left_alone():
    assert column("date", "2014-08", "2016-11", "2010年3月")[2].text == "2010年3月"


def test_a_point_that_changes_the_value_is_for_a_person_to_grant():
    seen = column("count", "3.6万人", "1.2万人", "28万人")[2]
    field = transcript_to_field("count", seen, required=True)
    assert (field.text, field.status) == ("2.8万人", Status.REVIEW)


def test_a_comma_is_put_only_where_a_sign_was_seen():
    seen = column("count", "15,900", "40,838", "7.415", "26674")
    assert [each.text for each in seen] == ["15,900", "40,838", "7,415", "26674"]


def test_a_speck_that_weighing_left_out_stays_out():
    rows = [read("count", *sure("15,900")), read("count", *sure("40,838"))]
    specked = read("count", *sure("8,600"), (".", 0.94, "", 0.06))
    seen = column_in_one_hand("count", [*rows, specked])[2]
    assert (specked.free, specked.text, seen.text) == ("8,600.", "8,600", "8,600")


def test_a_number_that_the_rows_around_ask_for_is_shown_to_a_person():
    faint = read("sequence", ("1", 0.9), ("", 0.7, "1", 0.3))
    rows = [read("sequence", *sure(text)) for text in ("9", "10")]
    seen = column_in_one_hand("sequence", [*rows, faint, read("sequence", *sure("12"))])[2]
    field = transcript_to_field("sequence", seen, required=False)
    assert (faint.text, field.text, field.status) == ("1", "11", Status.REVIEW)


def test_a_number_is_supported_only_where_it_is_read():
    seen = column("sequence", "1", "2", "3", "8", "5", "6", "7")
    assert [each.text for each in seen] == ["1", "2", "3", "8", "5", "6", "7"]
    assert [each.supported for each in seen] == [True, True, True, False, True, True, True]


def test_rows_behind_a_gap_support_no_number_before_it():
    assert [each.supported for each in column("sequence", "1", "2", "4", "5")] == [False] * 4


dates = st.dates().filter(lambda day: 1990 <= day.year <= 2020)
styles = st.sampled_from(["{0}.{1:02}", "{0}-{1:02}", "{0}{1:02}", "{0}年{1}月", "{0}/{1}/{2}", "{0}"])
written = st.builds(lambda day, style: style.format(day.year, day.month, day.day), dates, styles)


@given(st.lists(written, max_size=6))
def test_no_digit_and_no_sure_value_changes(texts):
    for text, seen in zip(texts, column("date", *texts), strict=True):
        assert [sign for sign in seen.text if sign.isdigit()] == [sign for sign in text if sign.isdigit()]
        if seen.well_formed:
            assert text_to_value("date", seen.text) == text_to_value("date", text)
