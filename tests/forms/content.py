"""Invented content of a filled form, from one seeded generator: nobody and nothing in it exists.

A cell is ``(text, value)``: the text as written on the paper and its normalised value as the reading contract
writes it. Only the facts (regions, dialling codes, occupation names and codes) are real.
"""

from __future__ import annotations

import csv
import functools
import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.forms import phrases, spellings
from tests.forms.spellings import Cell

DATA = Path(__file__).parent / "data"
EMPTY = Cell("", None)
ORG_TYPES = {
    "enterprise": "企业",
    "private_non_enterprise": "民办非企业单位",
    "industry_association": "行业协会",
    "technical_school": "技工院校",
}
PREFIXES = {
    "enterprise": ("91",),
    "private_non_enterprise": ("52",),
    "industry_association": ("51",),
    "technical_school": ("12", "12", "52", "91"),
}


@dataclass(frozen=True, slots=True)
class Region:
    """A county with the city above it; ``adcode`` has six digits, ``tel`` is the dialling code."""

    adcode: str
    county: str
    city: str
    tel: str


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation of the 2015 catalogue; ``levels`` such as "543" where a standard says so, else empty."""

    code: str
    name: str
    levels: str
    kind: str


@dataclass(slots=True)
class Content:
    """Everything a form says. ``wrong`` lists what is deliberately wrong on the paper."""

    region: Region
    provincial: bool
    org_type: str
    fields: dict[str, Cell]
    ticks: tuple[str, ...]
    occupations: list[dict[str, Cell]]
    wrong: list[dict[str, str]] = field(default_factory=list)
    judged: bool = False
    """The bureau has put its seal to section 五, with or without words."""

    @property
    def bureau(self) -> str:
        """The authority of section 五."""
        return f"{self.region.city}人力资源和社会保障局"


@functools.cache
def regions() -> tuple[Region, ...]:
    with (DATA / "regions.csv").open(encoding="utf-8") as lines:
        return tuple(Region(r["adcode"], r["name"], r["city"], r["tel"]) for r in csv.DictReader(lines))


@functools.cache
def occupations() -> tuple[Occupation, ...]:
    with (DATA / "occupations.csv").open(encoding="utf-8") as lines:
        return tuple(Occupation(**row) for row in csv.DictReader(lines))


def make_content(rng: random.Random, *, rows: int | None = None) -> Content:
    """One form's content; ``rows`` fixes the number of occupations (1 to 30), else it is drawn."""
    region = rng.choice(regions())
    provincial = rng.random() < 0.12
    kind = rng.choices(list(ORG_TYPES), weights=(40, 28, 14, 18))[0]
    name = phrases.organisation(rng, kind, region.city, region.county, provincial=provincial)
    prefix = rng.choice(PREFIXES[kind])
    place = "430000" if provincial else rng.choice([region.adcode, region.adcode[:4] + "00"])
    fields = {
        "org_name": _plain(name),
        "address": _plain(phrases.address(rng, region.city, region.county)),
        "registration_authority": _plain(phrases.authority(rng, prefix, region, provincial=provincial)),
        "uscc": spellings.uscc(rng, prefix, place),
        "legal_representative": _plain(phrases.person(rng)),
        "registered_capital": spellings.capital(rng, prefix),
        "contact_person": _plain(phrases.person(rng)),
        "contact_position": _plain(rng.choice(phrases.POSITIONS)),
        "contact_phone": spellings.phones(rng, region.tel),
        "email": spellings.email(rng),
        "statement": _plain(phrases.statement(rng, kind)),
    }
    content = Content(region, provincial, kind, fields, (kind,), [])
    _tick(rng, content)
    _opinion(rng, content)
    _fill_rows(rng, content, rows or _row_count(rng))
    _leave_empty(rng, content)
    if rng.random() < 0.25:
        _make_wrong(rng, content)
    return content


def _plain(text: str) -> Cell:
    """A text whose value is itself, with full-width brackets."""
    return Cell(text, text.replace("(", "（").replace(")", "）") or None)


def _row_count(rng: random.Random) -> int:
    return rng.choices(
        [1, 2, 3, rng.randint(4, 8), rng.randint(9, 16), rng.randint(17, 30)], (12, 18, 25, 30, 10, 5)
    )[0]


def _tick(rng: random.Random, content: Content) -> None:
    chance = rng.random()
    if chance < 0.03:
        content.ticks = ()
    elif chance < 0.05:
        other = rng.choice([kind for kind in ORG_TYPES if kind != content.org_type])
        content.ticks = tuple(kind for kind in ORG_TYPES if kind in {content.org_type, other})
    text = "、".join(ORG_TYPES[kind] for kind in content.ticks)
    content.fields["org_type"] = Cell(text, content.ticks[0] if len(content.ticks) == 1 else None)


def _opinion(rng: random.Random, content: Content) -> None:
    empty = content.provincial or rng.random() < 0.1
    wordless = empty or rng.random() < 0.08
    content.fields["authority_opinion"] = EMPTY if wordless else _plain(rng.choice(phrases.OPINIONS))
    content.judged = not empty
    day = rng.randint(13, 31) if rng.random() < 0.4 else rng.randint(1, 20)
    month = 3 if day > 20 else rng.choice([3, 4]) if day >= 13 else 4
    dated = not empty and rng.random() < 0.92
    content.fields["authority_opinion_date"] = (
        Cell(f"2020年{month}月{day}日", f"2020-{month:02}-{day:02}") if dated else EMPTY
    )


def _fill_rows(rng: random.Random, content: Content, count: int) -> None:
    known = [one for one in occupations() if one.kind == "checked"]
    pool = known * 3 + [one for one in occupations() if one.kind == "derived"]
    fresh = [one for one in occupations() if one.kind == "new"]
    chosen: list[Occupation] = []
    while len(chosen) < count:
        one = rng.choice(fresh) if rng.random() < 0.06 else rng.choice(pool)
        if one not in chosen:
            chosen.append(one)
    style = spellings.RowStyle.draw(rng)
    for number, one in enumerate(chosen, 1):
        content.occupations.append(
            {
                "seq": Cell(str(number), number),
                "name": _plain(one.name),
                "code": Cell(style.code(rng, one.code), one.code),
                "is_new": style.is_new(rng, new=one.kind == "new"),
                "start_date": style.date(rng, recent=one.kind == "new"),
                "trained_count": style.count(rng),
                "levels": style.levels(rng, one.levels),
            }
        )


def _leave_empty(rng: random.Random, content: Content) -> None:
    """People leave cells empty: about one form in six lacks something small."""
    if rng.random() < 0.17:
        content.fields[rng.choice(["contact_position", "email", "contact_phone", "registered_capital"])] = (
            EMPTY
        )
    if rng.random() < 0.08:
        row = rng.choice(content.occupations)
        row[rng.choice(["is_new", "start_date", "trained_count", "levels", "code"])] = EMPTY


def _make_wrong(rng: random.Random, content: Content) -> None:
    """One or two mistakes a person makes; the truth stays what is on the paper."""
    makers = (_wrong_uscc, _wrong_name, _wrong_code, _wrong_date, _wrong_phone)
    for maker in rng.sample(makers, rng.choice([1, 1, 2])):
        maker(rng, content)


def _wrong_uscc(rng: random.Random, content: Content) -> None:
    code = content.fields["uscc"].value
    at = rng.randrange(9, 18)
    wrong = code[:at] + rng.choice([c for c in spellings.USCC_ALPHABET if c != code[at]]) + code[at + 1 :]
    content.fields["uscc"] = Cell(wrong, wrong)
    content.wrong.append({"field": "uscc", "kind": "check_digit"})


def _wrong_name(rng: random.Random, content: Content) -> None:
    index = rng.randrange(len(content.occupations))
    name = content.occupations[index]["name"].text
    wrong = phrases.misspelt(rng, name)
    if wrong != name:
        content.occupations[index]["name"] = _plain(wrong)
        content.wrong.append({"field": f"occupations.{index}.name", "kind": "misspelt"})


def _wrong_code(rng: random.Random, content: Content) -> None:
    index = rng.randrange(len(content.occupations))
    own = content.occupations[index]["code"].value
    other = rng.choice([one for one in occupations() if one.code != own])
    content.occupations[index]["code"] = Cell(other.code, other.code)
    content.wrong.append({"field": f"occupations.{index}.code", "kind": "code_of_another"})


def _wrong_date(rng: random.Random, content: Content) -> None:
    index = rng.randrange(len(content.occupations))
    text = rng.choice(["2015年13月", "2016.2.30", "2026年5月", "2012年15月"])
    value = "2026-05" if text == "2026年5月" else None
    content.occupations[index]["start_date"] = Cell(text, value)
    content.wrong.append({"field": f"occupations.{index}.start_date", "kind": "impossible_date"})


def _wrong_phone(rng: random.Random, content: Content) -> None:
    number = spellings.mobile(rng)
    at = rng.randrange(3, 11)
    short = number[:at] + number[at + 1 :]
    content.fields["contact_phone"] = Cell(short, None)
    content.wrong.append({"field": "contact_phone", "kind": "digit_short"})
