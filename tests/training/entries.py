"""What stands in the cells that the sign reader is for, in the spellings of people, with slips; and its alphabet.

A reader that has only seen well-formed texts would read well-formed ones: a share of the texts is spoilt at random,
so that a thirteenth month is a thirteenth month.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from extractors.ocr.signs import SYMBOLS, said
from tests.forms import spellings

SPOILT = 0.3
"""Share of texts in which signs are replaced, dropped, doubled or put in."""
CHANCES = {
    "date": 20,
    "count": 15,
    "levels": 20,
    "code": 13,
    "phone": 10,
    "email": 13,
    "uscc": 8,
    "capital": 4,
    "yes_no": 2,
    "number": 5,
}
YEARS = ("2020", "2019", "2018", "2015", "2010", "2005", "2021", "2012")


def draw_entry(rng: random.Random) -> str:
    """One text, not empty, of signs that ``extractors.ocr.signs`` knows and spaces."""
    while True:
        kind = rng.choices(list(CHANCES), list(CHANCES.values()))[0]
        text = _MAKERS[kind](rng)
        if rng.random() < SPOILT:
            text = _spoilt(rng, text)
        if said(text) and set(said(text)) <= set(SYMBOLS):
            return text


def _spoilt(rng: random.Random, text: str) -> str:
    """One to three signs other than they were, from the same text or of the same kind."""
    for _ in range(rng.choice([1, 1, 2, 3])):
        at = rng.randrange(len(text)) if text else 0
        sign = rng.choice(_kin(text[at : at + 1]))
        text = rng.choice(
            [text[:at] + sign + text[at + 1 :]] * 3
            + [
                text[:at] + text[at + 1 :],
                text[:at] + sign + text[at:],
                text[:at] + text[at : at + 1] * 2 + text[at + 1 :],
            ]
        )
    return text


def _kin(sign: str) -> str:
    """Signs that may stand in another's place."""
    for group in (
        "0123456789",
        "abcdefghijklmnopqrstuvwxyz",
        "ABCDEFGHJKLMNPQRTUWXY",
        "一二三四五六七八九十",
        "-~/.、,",
        "初中高级技师工",
        "年月日号",
        "万余人约元次",
    ):
        if sign in group:
            return group
    return "0123456789"


def _date(rng: random.Random) -> str:
    chance = rng.random()
    if chance < 0.25:
        return f"{rng.choice(YEARS)}年{rng.randint(1, 12)}月{rng.randint(1, 31)}日"
    if chance < 0.35:
        year, month, day = rng.randint(1990, 2029), rng.randint(1, 12), rng.randint(1, 31)
        return rng.choice(
            [
                f"{year}.{month}.{day}",
                f"{year}-{month:02}-{day:02}",
                f"{year}{month:02}{day:02}",
                f"{year}/{month:02}",
                f"{year}年{month:02}月",
                f"{year}年{month}月起",
                f"{year}.{month}至今",
            ]
        )
    return _style(rng).date(rng, recent=rng.random() < 0.4).text


def _style(rng: random.Random) -> spellings.RowStyle:
    return spellings.RowStyle.draw(rng)


def _code(rng: random.Random) -> str:
    code = f"{rng.randint(1, 8)}-{rng.randint(0, 31):02}-{rng.randint(0, 20):02}-{rng.choice([rng.randint(0, 20), 99]):02}"
    return _style(rng).code(rng, code)


def _email(rng: random.Random) -> str:
    if rng.random() < 0.6:
        return spellings.email(rng).text
    letters = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 9)))
    tail = rng.choice(
        [
            "",
            "",
            str(rng.randint(1, 99999)),
            "_" + str(rng.randint(1, 999)),
            "." + letters[:3],
            "-" + letters[-3:],
        ]
    )
    host = rng.choice(
        [
            "qq.com",
            "163.com",
            "126.com",
            "sina.com",
            "sina.cn",
            "139.com",
            "189.cn",
            "foxmail.com",
            "hotmail.com",
            "sohu.com",
            "gmail.com",
            f"{letters[::-1]}.com",
            f"{letters[:4]}.edu.cn",
            "yeah.net",
        ]
    )
    text = rng.choice([letters + tail, tail.strip("_.-") + letters]) + "@" + host
    return text.upper() if rng.random() < 0.04 else text


def _uscc(rng: random.Random) -> str:
    region = "43" + f"{rng.randint(0, 31):02}" + f"{rng.choice([0, rng.randint(1, 82)]):02}"
    made = spellings.uscc(rng, rng.choice(["91", "91", "92", "52", "51", "12", "11"]), region).text
    if rng.random() < 0.3:
        return "".join(rng.choices("0123456789" * 2 + "ABCDEFGHJKLMNPQRTUWXY", k=18))
    return made


def _number(rng: random.Random) -> str:
    return "".join(rng.choices("0123456789", k=rng.choice([1, 1, 2, 2, 3, 5, 8, 11])))


_MAKERS: dict[str, Callable[[random.Random], str]] = {
    "date": _date,
    "count": lambda rng: _style(rng).count(rng).text,
    "levels": lambda rng: _style(rng).levels(rng, rng.choice(["", "", "543", "54321", "43", "54"])).text,
    "code": _code,
    "phone": lambda rng: spellings.phones(rng, rng.choice(["0731", "0730", "0746", "0739", "010"])).text,
    "email": _email,
    "uscc": _uscc,
    "capital": lambda rng: re.sub(r"[（）]", "", spellings.capital(rng, rng.choice(["91", "52"])).text),
    "yes_no": lambda rng: _style(rng).is_new(rng, new=rng.random() < 0.5).text,
    "number": _number,
}
