"""Look-alikes: the table itself, and how they are offered and taken."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import intake_service.web
from extractors.ocr.rapid import RapidEngine

ALIKE = Path(intake_service.web.__file__).parent / "static" / "js" / "review" / "alike.js"


def groups() -> list[str]:
    found = re.search(r"GROUPS = `(.*?)`", ALIKE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1].split()


def test_every_character_stands_in_one_group_of_at_least_two() -> None:
    signs = list(chain.from_iterable(groups()))
    assert sorted(signs) == sorted(set(signs))
    assert min(len(group) for group in groups()) >= 2


def test_every_character_is_one_that_the_reader_knows() -> None:
    known = RapidEngine().symbols
    assert [sign for sign in chain.from_iterable(groups()) if sign not in known] == []


@pytest.mark.browser
def test_a_doubtful_sign_is_offered_with_its_look_alikes_after_the_readers_own(
    page: Page, opened: str
) -> None:
    offered = page.locator(".field.here [data-candidate]")  # the code's last sign, a Z, is in doubt
    expect(offered).to_have_count(3)
    expect(page.locator(".field.here .alike")).to_have_text(["3…38122形近"])
    page.keyboard.press("3")
    expect(page.locator('[name="fields.uscc"]')).to_have_value("52430100MJJ5238122")


@pytest.mark.browser
def test_the_character_before_the_caret_becomes_its_look_alike(page: Page, opened: str) -> None:
    page.focus('[name="fields.contact_position"]')
    page.keyboard.press("Control+a")
    page.keyboard.type("自己千")
    expect(page.locator(".field.here .alike")).to_have_count(2)
    page.keyboard.press("Alt+v")
    expect(page.locator('[name="fields.contact_position"]')).to_have_value("自己干")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Alt+v")
    page.keyboard.press("Alt+v")
    expect(page.locator('[name="fields.contact_position"]')).to_have_value("自巳干")
