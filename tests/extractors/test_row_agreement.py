"""Name and code of an occupation, read together."""

from extractors.confidence import transcript_to_field
from extractors.form.catalogue import default_catalogue
from extractors.form.reading import Status
from extractors.row_agreement import agree_on_occupation
from tests.extractors.ink import read, sure


def test_name_and_code_support_each_other():
    name = read("occupation_name", ("电", 0.999), ("王", 0.55, "工", 0.45))
    code = read("occupation_code", *sure("6-31-01-03"))
    name, code = agree_on_occupation(name, code, default_catalogue())
    assert (name.text, code.text) == ("电工", "6-31-01-03")
    assert name.supported
    assert code.supported


def test_the_code_of_another_occupation_stays_as_written():
    name, code = read("occupation_name", *sure("电工")), read("occupation_code", *sure("6-18-01-01"))
    name, code = agree_on_occupation(name, code, default_catalogue())
    assert (name.text, code.text) == ("电工", "6-18-01-01")
    assert not code.supported


def test_a_name_supports_the_digits_of_a_code_whose_dashes_were_lost():
    name, code = read("occupation_name", *sure("电工")), read("occupation_code", *sure("6310103"))
    name, code = agree_on_occupation(name, code, default_catalogue())
    assert (name.text, code.text) == ("电工", "6-31-01-03")
    assert name.supported
    assert code.supported


def test_a_pair_that_costs_more_is_shown_for_a_person_to_grant():
    name = read("occupation_name", ("电", 0.999), ("王", 0.95, "玉", 0.05, "工", 0.0005))
    name, code = agree_on_occupation(name, read("occupation_code", *sure("6-31-01-03")), default_catalogue())
    field = transcript_to_field("occupation_name", name, required=True)
    assert (field.text, field.status) == ("电工", Status.REVIEW)
    assert "电王" in {c.text for c in field.candidates}
    assert not code.strained


def test_a_name_that_the_ink_is_sure_of_stays_as_written():
    name = read("occupation_name", ("电", 0.9995), ("功", 0.999, "工", 0.0005))
    name, _ = agree_on_occupation(name, read("occupation_code", *sure("6-31-01-03")), default_catalogue())
    assert name.text == "电功"
