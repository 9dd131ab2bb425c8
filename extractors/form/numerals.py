"""Numbers as people write them: 12,500 · 1.25万 · 伍佰万 · 一万二 · 3千5百."""

from __future__ import annotations

import re
from decimal import Decimal

_FINANCIAL = str.maketrans(
    "壹贰贰叁肆伍陆柒捌玖拾佰仟萬億两〇○零貳陸參弍", "一二二三四五六七八九十百千万亿二〇〇〇二六三二"
)
_DIGITS = {ch: Decimal(i) for i, ch in enumerate("〇一二三四五六七八九")}
_SMALL = {"十": Decimal(10), "百": Decimal(100), "千": Decimal(1000)}
_LARGE = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
_TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[〇一二三四五六七八九十百千万亿]")
_PLAIN_DIGITS = re.compile(r"[〇一二三四五六七八九]{2,}")


def number(text: str) -> Decimal | None:
    """The number a folded text without spaces means, None when it is not wholly one number.

    Arabic, Chinese, financial and mixed numerals; “一万二” is 12000 as it is spoken, while the mixed
    “1万2” says nothing certain. Thousands commas must stand where they belong.
    """
    body = text.translate(_FINANCIAL)
    if _PLAIN_DIGITS.fullmatch(body):
        return Decimal("".join(str(int(_DIGITS[ch])) for ch in body))
    tokens = _TOKEN.findall(body)
    if not tokens or "".join(tokens) != body:
        return None
    return _sum_tokens(tokens)


def _sum_tokens(tokens: list[str]) -> Decimal | None:  # noqa: PLR0911
    """Sections of 亿 and 万, each of 千 百 十; units must fall from left to right."""
    total = section = Decimal(0)
    pending: Decimal | None = None
    large = small = Decimal(10) ** 12
    unit = Decimal(1)
    zero = False
    for word in tokens:
        if word == "〇":
            if pending is not None:
                return None
            zero = True
        elif word in _SMALL:
            if _SMALL[word] >= small or (pending is None and word != "十"):
                return None
            small = unit = _SMALL[word]
            section += (pending if pending is not None else Decimal(1)) * small
            pending, zero = None, False
        elif word in _LARGE:
            if _LARGE[word] >= large or (pending is None and section == 0):
                return None
            large = unit = _LARGE[word]
            total += (section + (pending or 0)) * large
            section, pending, small, zero = Decimal(0), None, Decimal(10) ** 12, False
        else:
            if pending is not None:
                return None
            pending = _DIGITS[word] if word in _DIGITS else Decimal(word.replace(",", ""))
    if pending is None:
        return total + section
    if unit > 10 and not zero:
        if tokens[-1] not in _DIGITS:
            return None
        pending *= unit / 10
    return total + section + pending
