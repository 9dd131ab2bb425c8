from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.form.catalogue import Occupation, default_catalogue
from extractors.form.text import distance
from tests.extractors.form.makers import quick

CATALOGUE = default_catalogue()


def test_codes_and_names_of_2020_come_before_later_ones() -> None:
    assert CATALOGUE.names("4-10-01-03") == ("保育员", "保育师")
    assert CATALOGUE.codes("保育员") == ("4-10-01-03",)
    assert CATALOGUE.codes("育婴员") == ("4-10-01-02",)
    assert CATALOGUE.names("0-00-00-00") == ()


def test_a_work_type_in_brackets_belongs_to_its_occupation() -> None:
    assert CATALOGUE.codes("美容师（皮肤管理师）")[0] == "4-10-03-01"
    assert CATALOGUE.codes("美容师 (皮肤管理师)")[0] == "4-10-03-01"


@quick
@given(st.sampled_from(CATALOGUE.occupations))
def test_every_row_is_found_both_ways(row: Occupation) -> None:
    assert row in CATALOGUE.by_code(row.code)
    assert row in CATALOGUE.by_name(row.name)


@quick
@given(st.sampled_from(CATALOGUE.occupations), st.data())
def test_near_names_are_all_the_names_within_the_limit(row: Occupation, data: st.DataObject) -> None:
    name = row.name
    place = data.draw(st.integers(0, len(name) - 1))
    text = name[:place] + "■" + name[place + 1 :]
    near = CATALOGUE.near_names(text, 1)
    assert near == tuple(sorted(near, key=lambda other: distance(text, other)))
    if len(name) > 1:
        assert name in near


def test_a_lost_or_doubled_character_is_one_step() -> None:
    assert "中式烹调师" in CATALOGUE.near_names("中式烹调", 1)
    assert "中式烹调师" in CATALOGUE.near_names("中式烹烹调师", 1)
    assert "中式烹调师" not in CATALOGUE.near_names("中式烹", 1)


def test_derived_rows_are_not_certain() -> None:
    rows = CATALOGUE.by_code("1-03-00-01")
    assert rows
    assert not any(row.certain for row in rows)
    assert any(row.certain for row in CATALOGUE.by_code("6-31-01-03"))


def test_an_old_code_counts_only_with_its_name() -> None:
    found = CATALOGUE.old_code("4-03-01-01", "中式烹调师")
    assert found is not None
    assert found.code == "4-03-02-01"
    assert CATALOGUE.old_code("4-03-01-01", "前厅服务员") is None


def test_announced_new_occupations() -> None:
    found = CATALOGUE.new_occupation("人工智能训练师")
    assert found is not None
    assert (found.announced, found.certain) == ("2020-02-25", True)
    assert CATALOGUE.new_occupation("电工") is None
    assert len(CATALOGUE.new_occupations) == 29


def test_regions_know_their_area_codes() -> None:
    assert len(CATALOGUE.cities) == 14
    assert CATALOGUE.area_codes == {
        "0730", "0731", "0734", "0735", "0736", "0737", "0738", "0739", "0743", "0744", "0745", "0746",
    }  # fmt: skip
    assert CATALOGUE.regions["433100"].area_code == "0743"


@pytest.mark.parametrize(
    ("code", "levels"), [("6-31-01-03", (5, 4, 3, 2, 1)), ("4-10-01-03", (5, 4, 3)), ("1-01-00-01", None)]
)
def test_standards_know_their_levels(code: str, levels: tuple[int, ...] | None) -> None:
    assert CATALOGUE.standard_levels(code) == levels
