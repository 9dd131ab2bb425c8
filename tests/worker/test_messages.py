"""What a child that may have been taken over sends is let in only in shapes we know."""

import pytest

from worker.messages import is_page, kept_of, to_object


@pytest.mark.parametrize("line", [b"", b"no", b"[1]", b"1", b"[" * 100_000])
def test_what_is_no_object_is_an_empty_one(line: bytes) -> None:
    assert to_object(line) == {}


@pytest.mark.parametrize(
    "message", [{"page": 3, "of": 9}, {"page": 2}, {"page": 2, "of": True}, {"page": "2", "of": 9}]
)
def test_only_the_next_page_is_a_page(message: dict[str, object]) -> None:
    assert not is_page(message, 2)
    assert is_page({"page": 2, "of": 9}, 2)


@pytest.mark.parametrize("kept", [None, "x", [1], {"hoard": "x" * 20_000}])
def test_little_is_kept_of_a_page(kept: object) -> None:
    assert kept_of({"kept": kept}) is None
    assert kept_of({"kept": {"number": 1}}) == {"number": 1}
