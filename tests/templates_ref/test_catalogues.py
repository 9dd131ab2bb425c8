"""The tables themselves: complete columns, codes of the right form, no row twice, sources told."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "templates_ref" / "catalogues"
COLUMNS = {
    "classes_2015": ["prefix", "name"],
    "holidays": ["name", "first", "last", "worked", "document"],
    "hunan_regions": ["adcode", "name", "level", "parent", "area_code", "postcode"],
    "new_occupations": ["name", "code", "code_basis", "announced", "document"],
    "occupations": ["code", "name", "edition"],
    "old_codes": ["old_code", "old_name", "code", "name"],
    "qualifications_2017": ["number", "name", "class", "code"],
    "standard_levels": ["code", "name", "levels", "document"],
}
CODE = re.compile(r"[1-8]-\d{2}-\d{2}-\d{2}")


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_is_known_and_described() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(COLUMNS)
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}.csv`" in readme for name in COLUMNS)


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_a_table_has_its_columns_and_no_row_twice(name: str) -> None:
    found = rows(name)
    assert list(found[0]) == COLUMNS[name]
    assert all(None not in row and None not in row.values() for row in found)
    keys = [tuple(row.values()) for row in found]
    assert len(set(keys)) == len(keys)
    assert all(value == value.strip() for row in found for value in row.values())


@pytest.mark.parametrize("name", ["occupations", "new_occupations", "old_codes", "standard_levels"])
def test_codes_have_the_form(name: str) -> None:
    for row in rows(name):
        assert CODE.fullmatch(row["code"]), row
        assert CODE.fullmatch(row.get("old_code", row["code"])), row


def test_the_classes_of_2015_hold_all_certain_codes() -> None:
    prefixes = {row["prefix"] for row in rows("classes_2015")}
    outside = [
        row for row in rows("occupations") if row["edition"] == "2015" and row["code"][:7] not in prefixes
    ]
    assert outside == []


def test_levels_run_from_five_to_one_without_a_gap() -> None:
    for row in rows("standard_levels"):
        assert row["levels"] in "54321", row


def test_each_county_has_its_city_and_each_city_an_area_code() -> None:
    regions = {row["adcode"]: row for row in rows("hunan_regions")}
    assert [
        sum(row["level"] == level for row in regions.values()) for level in ("province", "city", "county")
    ] == [1, 14, 122]
    for row in regions.values():
        if row["level"] != "province":
            assert row["parent"] in regions
            assert re.fullmatch(r"07\d\d", row["area_code"])


def test_the_two_announcements_before_the_deadline_are_whole() -> None:
    announced = [row["announced"] for row in rows("new_occupations")]
    assert (announced.count("2019-04-01"), announced.count("2020-02-25")) == (13, 16)
