"""The five skill levels as people write their range: 五级/初级工—三级/高级工 · 5-3级 · 初级、中级、高级."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.form.text import squeeze

LEVEL_NAMES = {5: "初级工", 4: "中级工", 3: "高级工", 2: "技师", 1: "高级技师"}
LEVEL_NUMERALS = {5: "五", 4: "四", 3: "三", 2: "二", 1: "一"}

_NUMERALS = {
    **{numeral: level for level, numeral in LEVEL_NUMERALS.items()},
    **{str(n): n for n in range(1, 6)},
}
_NAMES = {
    "高级技师": 1,
    "技师": 2,
    "高级工": 3,
    "高级": 3,
    "高": 3,
    "中级工": 4,
    "中级": 4,
    "中": 4,
    "初级工": 5,
    "初级": 5,
    "初": 5,
}
_TOKEN = re.compile(
    r"(?P<name>高级技师|技师|[高中初](?:级工?)?)|(?P<numeral>[一二三四五1-5])(?P<suffix>级工?)?"
    r"|(?P<range>-+|~+|至|到|→)|(?P<list>[、,;.·。和及与&+])|(?P<slash>/)|(?P<open>\()|(?P<close>\))"
)
_NOISE = re.compile(r"国家职业资格|职业资格|职业技能等级|技能等级|等级|共?[一二三四五两1-5]个(?:等级)?$|:")
_AND_HIGHER = re.compile(r"(?:及|含)?以上$")
_AND_LOWER = re.compile(r"(?:及|含)?以下$")


@dataclass(frozen=True, slots=True)
class _Token:
    """One level (``sort`` numeral or name) or one separator (its own sort, level 0)."""

    sort: str
    level: int = 0


def text_to_levels(text: str) -> list[int] | None:
    """The levels a text names, highest number first (5 = 五级/初级工); None when it is not certain.

    A missing separator is understood only where list and range say the same (五级四级); 五级三级 is
    not. A numeral and a name joined as one level (五级/初级工) must agree.
    """
    body = _NOISE.sub("", squeeze(text)).rstrip(".。,、;")
    higher, lower = _AND_HIGHER.search(body), _AND_LOWER.search(body)
    if not higher and not lower:
        return _parse(body)
    single = _parse(_AND_LOWER.sub("", _AND_HIGHER.sub("", body)))
    if single is None or len(single) != 1:
        return None
    return list(range(single[0], 0, -1)) if higher else list(range(5, single[0] - 1, -1))


def _parse(body: str) -> list[int] | None:
    tokens = _tokens(body)
    if tokens is None:
        return None
    items = _join_synonyms(tokens)
    return _combine(items) if items else None


def _tokens(body: str) -> list[_Token] | None:
    tokens: list[_Token] = []
    place = 0
    bare = 0
    while place < len(body):
        found = _TOKEN.match(body, place)
        if found is None:
            return None
        place = found.end()
        if found["name"]:
            tokens.append(_Token("name", _NAMES[found["name"]]))
        elif found["numeral"]:
            tokens.append(_Token("numeral", _NUMERALS[found["numeral"]]))
            bare += found["suffix"] is None
        else:
            tokens.append(_Token(str(found.lastgroup)))
    levels = [token for token in tokens if token.level]
    return None if bare == 1 and len(levels) == 1 else tokens


def _join_synonyms(tokens: list[_Token]) -> list[_Token] | None:
    """五级/初级工, 五级(初级工), 初级工/五级 → one level; a slash between two of a sort is a list."""
    out: list[_Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        after = tokens[index + 1 : index + 4]
        sorts = [item.sort for item in after]
        bracketed = sorts[:3] in (["open", "name", "close"], ["open", "numeral", "close"])
        slashed = sorts[:1] == ["slash"] and len(after) > 1 and bool(after[1].level)
        if token.level and (bracketed or slashed) and after[1].sort != token.sort:
            if after[1].level != token.level:
                return None
            out.append(_Token("both", token.level))
            index += 4 if bracketed else 3
            continue
        if token.sort in {"open", "close"}:
            return None
        out.append(_Token("list") if token.sort == "slash" else token)
        index += 1
    return out


def _combine(items: list[_Token]) -> list[int] | None:
    """Levels and separators in turn → the set of levels; nobody writes a range from a level to itself."""
    found: set[int] = set()
    last = 0
    separator = "start"
    for item in items:
        if not item.level:
            if separator != "":
                return None
            separator = item.sort
            continue
        if separator == "range" and item.level == last:
            return None
        if separator == "range":
            low, high = sorted((last, item.level))
            found |= set(range(low, high + 1))
        elif separator == "" and abs(item.level - last) > 1:
            return None
        found.add(item.level)
        last, separator = item.level, ""
    return sorted(found, reverse=True) if found and separator == "" else None
