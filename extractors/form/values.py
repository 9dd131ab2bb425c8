"""What a written text means: ``text_to_value`` for every kind a layout names.

The value is what other systems calculate with; the text stays beside it as written. A text that
cannot be understood has the value None: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from extractors.form.contacts import email, phone
from extractors.form.days import day
from extractors.form.layout import Label
from extractors.form.levels import text_to_levels
from extractors.form.numerals import number
from extractors.form.reading import Value
from extractors.form.text import fold_width, normal_label, squeeze

_CJK = "\u2e80-\u9fff\uff00-\uffef（）"
_SPACE_BY_CJK = re.compile(rf"(?<=[{_CJK}]) | (?=[{_CJK}])")
_MONEY_WORDS = re.compile(r"^(?:注册|开办)?(?:资[金本])?:?(?:人民币|RMB|CNY)?[:¥]?(?:大写:?)?", re.IGNORECASE)
_MONEY_END = re.compile(r"(?:人民币|RMB|CNY)?[整正]?$", re.IGNORECASE)
_UNITS_IN_BRACKETS = frozenset({"万元", "元", "万"})
_SAY_NOTHING = frozenset(
    {"人民币", "RMB", "大写", "小写", "开办资金", "注册资金", "注册资本", "实缴", "认缴"}
)
_LEAST_BARE_YUAN = 10_000
"""A bare number below this may be counted in 万元 (“500”): it has no value."""

_COUNT_START = re.compile(r"^(?:约为|大约|约|近|共计|总计|合计|累计|共|超过|超|逾|已培训|培训|>=|≥|>)*")
_COUNT_END = re.compile(r"(?:人次|人|名|位|个)?(?:左右|以上|次)?\+?$")
_ABOUT = re.compile(r"(?<=[\d十百千万])(?:余|多|来|几|\+)(?=$|[万千百]|人|名)")

_CODE = re.compile(r"[1-8]-\d{2}-\d{2}-\d{2}")
_CODE_DIGITS = re.compile(r"([1-8])[-._ ]?(\d{2})[-._ ]?(\d{2})[-._ ]?(\d{2})")
_YES = frozenset(
    {"是", "√", "✓", "✔", "对", "有", "属于", "y", "yes", "是新职业", "新职业", "属于新职业", "☑"}
)
_NO = frozenset(
    {
        "否",
        "无",
        "不是",
        "非",
        "不",
        "没有",
        "不属于",
        "×",
        "x",
        "✗",
        "✘",
        "n",
        "no",
        "非新职业",
        "不是新职业",
        "否新职业",
    }
)
_BOXED = re.compile(r"[□☐口]")


def text_to_value(kind: str, text: str) -> Value:
    """The value of a text of one of the layout's kinds, None when it is empty or not understood.

    ``capital`` yuan; ``count`` and ``sequence`` integers; ``date`` ISO ``YYYY[-MM[-DD]]`` (of a range
    its start); ``levels`` a list of 5..1, highest number first; ``yes_no`` a bool; the rest a tidied
    text. ``checkboxes`` have a value by ``option_value`` only. Raises KeyError for an unknown kind.
    """
    return PARSERS[kind](text) if text.strip() else None


def option_value(label: Label, text: str) -> str | None:
    """The value of the option whose printed text is ``text``."""
    wanted = normal_label(text)
    for option in label.options:
        if wanted in {normal_label(name) for name in (option.text, *option.variants)}:
            return option.value
    return None


def tidy(text: str) -> str:
    """Spaces collapsed, none beside Chinese characters; line breaks count as spaces."""
    return _SPACE_BY_CJK.sub("", " ".join(text.split()))


def _name(text: str) -> str | None:
    """A name: half-width letters and digits, full-width brackets, no spaces inside Chinese."""
    out = tidy(fold_width(text)).replace("(", "（").replace(")", "）")
    return out or None


def _plain(text: str) -> str | None:
    return tidy(text) or None


def _occupation_name(text: str) -> str | None:
    name = _name(text)
    return re.sub(r"(?<=[\u4e00-\u9fff）])(?:[LS]|L/S)$", "", name) if name else None


def capital(text: str) -> int | float | None:
    """Yuan. “500万元（伍佰万元整）” must say the same twice."""
    folded = squeeze(text).rstrip("。.;")
    bracket = re.fullmatch(r"(.+)\((.+)\)(元|万元)?", folded)
    parts = [folded]
    if bracket:
        inside, unit = bracket[2], bracket[3] or ""
        if inside in _UNITS_IN_BRACKETS:
            parts = [bracket[1] + inside]
        else:
            parts = [bracket[1] + unit] + ([] if inside in _SAY_NOTHING else [inside])
    yuan = {_yuan(part) for part in parts}
    return yuan.pop() if len(yuan) == 1 else None


def _yuan(text: str) -> int | float | None:
    body = _MONEY_END.sub("", _MONEY_WORDS.sub("", text))
    body = re.sub(r"(?<=\d)[wW](?=$|元)", "万", body).replace("圆", "元")
    if re.fullmatch(r".+元.+", body):
        whole, _, rest = body.partition("元")
        small = re.fullmatch(r"零?(?:(.)角)?零?(?:(.)分)?", rest)
        parts = [number(whole)] + [
            number(part) if part else Decimal(0) for part in (small.groups() if small else ())
        ]
        if len(parts) != 3 or any(part is None for part in parts):
            return None
        value = sum(
            (p * w for p, w in zip(parts, (Decimal(1), Decimal("0.1"), Decimal("0.01")), strict=True) if p),
            Decimal(0),
        )
        return _plain_number(value)
    amount = number(body.removesuffix("元"))
    if amount is None or (not re.search(r"[元万亿]", body) and amount < _LEAST_BARE_YUAN):
        return None
    return _plain_number(amount)


def _plain_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def count(text: str) -> int | None:
    """Heads: “约1.2万余人” → 12000."""
    body = squeeze(text).replace("(人)", "").replace("(人次)", "").rstrip("。.;")
    body = _COUNT_END.sub("", _ABOUT.sub("", _COUNT_START.sub("", body)))
    amount = number(_ABOUT.sub("", body))
    return int(amount) if amount is not None and amount == amount.to_integral_value() else None


def sequence(text: str) -> int | None:
    """A row's number: “1”, “1.”, “(2)”, “三”."""
    amount = number(normal_label(text))
    return int(amount) if amount is not None and amount == amount.to_integral_value() else None


def yes_no(text: str) -> bool | None:
    """“是”, “√” → True; “否”, “无”, “不是” → False; two printed boxes by the one that is ticked."""
    folded = normal_tick(text)
    if _BOXED.search(folded) and "☑" in folded:
        ticked = re.fullmatch(r"(☑是□否|是☑否□)|(□是☑否|是□否☑)", _BOXED.sub("□", folded))
        return None if not ticked else ticked[1] is not None
    return True if folded in _YES else False if folded in _NO else None


def normal_tick(text: str) -> str:
    """Folded lower-case text with one sign for every tick beside a box."""
    folded = squeeze(text).lower().strip("。.,()")
    return re.sub(r"[■▣☒✓✔√]", "☑", folded) if len(folded) > 1 else folded


def uscc(text: str) -> str | None:
    """Eighteen capitals and digits. O and I are no signs of the code's alphabet: they mean 0 and 1."""
    code = re.sub(r"[\s\-.·_]", "", fold_width(text)).upper().replace("O", "0").replace("I", "1")
    return code if re.fullmatch(r"[0-9A-Z]{18}", code) else None


def occupation_code(text: str) -> str | None:
    """``X-XX-XX-XX``; other separators or none are understood, missing digits are not."""
    found = _CODE_DIGITS.fullmatch(squeeze(text).replace("--", "-").strip("."))
    return "-".join(found.groups()) if found else None


def is_occupation_code(text: str) -> bool:
    """True for the exact form ``X-XX-XX-XX``."""
    return _CODE.fullmatch(text) is not None


PARSERS: dict[str, Callable[[str], Value]] = {
    "person_name": _name,
    "org_name": _name,
    "address": _name,
    "region_authority": _name,
    "position": _name,
    "occupation_name": _occupation_name,
    "text": _plain,
    "long_text": _plain,
    "capital": capital,
    "count": count,
    "sequence": sequence,
    "date": day,
    "levels": text_to_levels,
    "yes_no": yes_no,
    "uscc": uscc,
    "occupation_code": occupation_code,
    "email": email,
    "phone": phone,
    "checkboxes": lambda _text: None,
}
"""One parser a kind, the kinds of ``layout.schema.json``."""
