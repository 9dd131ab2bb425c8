"""Texts near a doubtful reading, kind by kind: signs mended, then the same content in the usual spellings.

What is returned need not be well formed: the grammar keeps what it accepts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import product

from extractors.form.characters import to_simplified
from extractors.form.contacts import MAIL_HOSTS
from extractors.form.level_texts import near_level_texts
from extractors.form.lookalikes import digits, nearest
from extractors.form.text import distance, fold_width, squeeze

MOST = 60
"""Most texts near one cell's readings."""

_DATE_SLIPS = str.maketrans({"牛": "年", "午": "年", "曰": "日", "目": "日", "用": "月", "凡": "月"})
_LOST_AT = r"[©⊙◎]|(?=(?:vip\.)?(?:qq|163|126|sina|139|189|foxmail|sohu)\.c)"
_NO_IN_TWO = re.compile(r"[不木禾ホ][口ロ日曰0oOD□]")
"""否 whose halves stand apart."""
_YES_NO = ("是", "否", "√", "无", "不是", "×", "有", "新职业", "非新职业")


def near_levels(texts: Sequence[str]) -> Iterable[str]:
    """Spellings of level ranges."""
    return near_level_texts(texts, MOST)


def near_dates(texts: Sequence[str]) -> Iterable[str]:
    """Signs mended, then the same numbers in the usual spellings."""
    out: list[str] = []
    for text in texts:
        mended = re.sub(r"(?<=\d)一(?=\d)", "-", digits(squeeze(text).translate(_DATE_SLIPS)))
        out += [mended, re.sub(r"[,、:;·。]", ".", mended), re.sub(r"[-.年/]{2,}", lambda m: m[0][0], mended)]
        numbers = re.fullmatch(r"\D*((?:19|20)\d{2})\D+(\d{1,2})(?:\D+(\d{1,2}))?\D*", mended)
        if numbers:
            out += _date_spellings(*numbers.groups())
        out += _with_lost_digit(mended)
        out += [re.sub(r"(?<=\d[.\-/])(\d{1,2})(\d{2})$", rf"\1{sign}\2", mended) for sign in ".-/"]
    return out


_SHORT_YEAR = re.compile(r"^\d{3}(?=$|[年.\-/])")
_DAY_OF_TWO = re.compile(r"(?<=[.\-/])\d(?=[.\-/]|$)|(?<=年)\d(?=月)|(?<=月)\d(?=日)")


def _with_lost_digit(text: str) -> list[str]:
    """Years of three digits with the fourth put back, and months or days with the 1 that pens draw thin."""
    short = _SHORT_YEAR.search(text)
    years = [f"{y}{text[3:]}" for y in range(1990, 2030) if short and _lacks_one(str(y), short[0])]
    ones = [text[: at.start()] + one + text[at.end() :] for at in _DAY_OF_TWO.finditer(text) for one in
            (f"1{at[0]}", f"{at[0]}1")]  # fmt: skip
    return [*years, *ones]


def _lacks_one(whole: str, rest: str) -> bool:
    """Whether ``rest`` is ``whole`` without one of its signs."""
    return any(whole[:i] + whole[i + 1 :] == rest for i in range(len(whole)))


def _date_spellings(year: str, month: str, day: str | None) -> list[str]:
    tail = {"年": f"{day}日", "": ""} if day else {"年": ""}
    end = tail["年"]
    rest = [f"{sign}{day}" if day else "" for sign in "./-"]
    return [f"{year}年{month}月{end}", *(f"{year}{s}{month}{r}" for s, r in zip("./-", rest, strict=True))]


def near_counts(texts: Sequence[str]) -> Iterable[str]:
    """Counts with letters read as digits again, and thousands marks where they belong."""
    out: list[str] = []
    for text in texts:
        mended = digits(squeeze(text)).replace("方", "万").replace("力", "万")
        mended = re.sub(r"(?<=\d)[入八](?=$|次)", "人", mended)
        out += [
            mended,
            re.sub(r"[,.、](?=\d{3}(?!\d))", ",", mended),
            re.sub(r"[,、](?=\d{1,2}万)", ".", mended),
        ]
        out += (
            [re.sub(r"[\s,.、·]", "", mended)] if re.fullmatch(r"\d{1,3}([,.、·]\d{3})+人?", mended) else []
        )
    return out


def near_capital(texts: Sequence[str]) -> Iterable[str]:
    """Sums of money with 万 and 元 put right."""
    out: list[str] = []
    for text in texts:
        body = squeeze(text).replace("力", "万").replace("方", "万").replace("兀", "元").replace("无", "元")
        mended = digits(body)
        out += [mended, body, re.sub(r"(万)(?:[^元整]?)(?=整?$)", r"\1元", mended)]
        out += [
            mended.replace("人民帀", "人民币").replace("人民巾", "人民币"),
            re.sub(r"[、.](?=\d{3}(?!\d))", ",", mended),
        ]
    return out


def near_phones(texts: Sequence[str]) -> Iterable[str]:
    """Telephone numbers with digits, dashes and the signs between two numbers put right."""
    out: list[str] = []
    for text in texts:
        mended = digits(fold_width(text)).replace("一", "-")
        close = re.sub(r"(?<=\d) +(?=[\d-])|(?<=-) +", "", mended)
        out += [close, re.sub(r"(0\d{2,3}-?\d{7,8}) *(?=1[3-9]\d{9}(?!\d))", r"\1 ", close)]
        out += [re.sub(r"(1[3-9]\d{9})(?=0\d{2,3}-)", r"\1 ", close)]
        out += [mended, re.sub(r"-{2,}", "-", mended), re.sub(r"[.·:_]", "-", mended)]
        out += [re.sub(r"(?<=\d)[^\d\s-]+(?=\d)", sign, mended) for sign in ("、", "/", " ", "-")]
        out += [re.sub(r"(?<!\d)(0\d{3})(?=\d{7,8}(?!\d))", r"\1-", mended)]
        out += [re.sub(r"(0\d{2,3}-?\d{7,8})(?=1[3-9]\d{9}(?!\d))", rf"\1{sign}", mended) for sign in "、/ "]
    return out


def near_emails(texts: Sequence[str]) -> Iterable[str]:
    """Addresses with the usual hosts, the lost @, and look-alike letters exchanged."""
    out: list[str] = []
    for text in texts:
        folded = re.sub(r"\s", "", fold_width(text)).replace("。", ".").replace(",", ".").replace("、", ".")
        folded = folded if "@" in folded else re.sub(_LOST_AT, "@", folded, count=1)
        local, _, host = re.sub(r"[©⊙◎＠a]?@+", "@", folded, count=1).partition("@")
        local = re.sub(r"_{2,}", "_", local)
        seen = {host.lower(), *(re.sub(pen_q, "q", host.lower()) for pen_q in ("[9ga]", "[9ga40]"))}
        hosts = [name for name in MAIL_HOSTS if any(distance(each, name, 2) <= 2 for each in seen)] or [host]
        locals_ = dict.fromkeys([local, digits(local) if "qq" in host else local, *_toggled(local)])
        out += [f"{name}@{at}" for at, name in product([host, *hosts], locals_)]
    return nearest(texts, out, MOST)


def _toggled(local: str) -> list[str]:
    """One sign of a look-alike pair exchanged: l/1/I, o/0, doubled underscores."""
    pairs = {"1": "l", "l": "1I", "I": "l1", "|": "l1", "0": "o", "o": "0", "O": "0o"}
    return [
        local[:i] + other + local[i + 1 :] for i, sign in enumerate(local) for other in pairs.get(sign, "")
    ]


def near_yes_no(texts: Sequence[str]) -> Iterable[str]:
    """The few words and ticks that answer yes or no."""
    slips = {
        "V": "√",
        "v": "√",
        "J": "√",
        "X": "×",
        "x": "×",
        "昰": "是",
        "早": "是",
        "香": "否",
        "杏": "否",
        "吾": "否",
    }
    out = [slips[squeeze(text)] for text in texts if squeeze(text) in slips]
    out += ["否" for text in texts if _NO_IN_TWO.fullmatch(squeeze(text))]
    return [
        *out,
        *nearest(
            texts, (word for word in _YES_NO if any(distance(text, word, 2) <= 2 for text in texts)), MOST
        ),
    ]


def near_names(texts: Sequence[str]) -> Iterable[str]:
    """Names in simplified characters and without spaces."""
    return [variant for text in texts for variant in (to_simplified(text), text.replace(" ", ""))]
