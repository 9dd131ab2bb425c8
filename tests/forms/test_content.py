"""The invented content: it must say of itself what the contract's parsers say, or the truth misleads."""

from __future__ import annotations

import random

import pytest

from extractors.form import values
from tests.forms import spellings
from tests.forms.content import Content, make_content, occupations
from tests.forms.mix import spec_of

KINDS = {
    "org_name": "org_name",
    "address": "address",
    "registration_authority": "region_authority",
    "uscc": "uscc",
    "legal_representative": "person_name",
    "registered_capital": "capital",
    "contact_person": "person_name",
    "contact_position": "position",
    "contact_phone": "phone",
    "email": "email",
    "statement": "long_text",
    "authority_opinion": "long_text",
    "authority_opinion_date": "date",
    "seq": "sequence",
    "name": "occupation_name",
    "code": "occupation_code",
    "is_new": "yes_no",
    "start_date": "date",
    "trained_count": "count",
    "levels": "levels",
}


@pytest.fixture(scope="module")
def many() -> list[Content]:
    return [make_content(random.Random(seed)) for seed in range(200)]


def test_every_value_is_what_its_text_means(many: list[Content]) -> None:
    cells = [(name, cell) for content in many for name, cell in content.fields.items() if name != "org_type"]
    cells += [item for content in many for row in content.occupations for item in row.items()]
    differing = [(n, c) for n, c in cells if values.text_to_value(KINDS[n], c.text) != c.value]
    assert differing == []


def test_credit_codes_pass_both_checks_unless_made_wrong(many: list[Content]) -> None:
    for content in many:
        code = content.fields["uscc"].value
        right = spellings.check_digit_gb32100(code[:17]) == code[17]
        right = right and spellings.check_digit_gb11714(code[8:16]) == code[16]
        assert right is not any(item["field"] == "uscc" for item in content.wrong)


@pytest.mark.parametrize("code", ["91110000101623741K", "911101066976941872"])
def test_check_digits_of_published_examples(code: str) -> None:
    assert spellings.check_digit_gb11714(code[8:16]) == code[16]
    assert spellings.check_digit_gb32100(code[:17]) == code[17]


def test_names_and_codes_belong_together_unless_made_wrong(many: list[Content]) -> None:
    known = {(one.name.replace("(", "（").replace(")", "）"), one.code) for one in occupations()}
    for content in many:
        for index, row in enumerate(content.occupations):
            touched = any(item["field"].startswith(f"occupations.{index}.") for item in content.wrong)
            if not touched and row["code"].value:
                assert (row["name"].value, row["code"].value) in known


def test_statements_have_the_length_people_write(many: list[Content]) -> None:
    lengths = [len(content.fields["statement"].text) for content in many]
    assert min(lengths) >= 80
    assert max(lengths) <= 700
    assert max(lengths) > 400


def test_the_mistakes_the_reading_must_not_repair_all_occur(many: list[Content]) -> None:
    kinds = {item["kind"] for content in many for item in content.wrong}
    assert kinds == {"check_digit", "misspelt", "code_of_another", "impossible_date", "digit_short"}


def test_ticks_none_one_and_two_occur(many: list[Content]) -> None:
    assert {len(content.ticks) for content in many} == {0, 1, 2}
    for content in many:
        assert (content.fields["org_type"].value is None) == (len(content.ticks) != 1)


@pytest.mark.parametrize(
    ("number", "words"),
    [(5, "伍"), (10, "壹拾"), (508, "伍佰零捌"), (1080, "壹仟零捌拾"), (2000, "贰仟"), (3003, "叁仟零叁")],
)
def test_sums_in_capitals(number: int, words: str) -> None:
    assert spellings.formal_number(number) == words


def test_same_seed_same_form() -> None:
    assert make_content(random.Random(7)) == make_content(random.Random(7))
    assert spec_of(7) == spec_of(7)
    assert spec_of(7) != spec_of(8)


def test_the_mix_holds_every_kind_of_paper() -> None:
    specs = [spec_of(seed) for seed in range(1, 400)]
    assert {spec.cls for spec in specs} == {"printed", "handwriting", "digital"}
    assert {spec.output for spec in specs} == {"pdf", "jpg", "png", "tif"}
    assert {spec.colour for spec in specs} == {"colour", "grey", "bw"}
    assert {turn for spec in specs for turn in spec.rotations} == {0, 90, 180, 270}
    assert 0.05 < sum(spec.photographed for spec in specs) / len(specs) < 0.15
    assert all(not spec.damage for spec in specs if spec.cls == "digital")
