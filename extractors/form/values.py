"""What a written text means: ``text_to_value`` for every kind a layout names.

The value is what other systems calculate with; the text stays beside it as written. A text that
cannot be understood has the value None: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from extractors.form.layout import Label
from extractors.form.levels import text_to_levels
from extractors.form.numerals import number
from extractors.form.reading import Value
from extractors.form.text import fold, fold_width, normal_label, squeeze

_CJK = "\u2e80-\u9fff\uff00-\uffef（）"
_SPACE_BY_CJK = re.compile(rf"(?<=[{_CJK}]) | (?=[{_CJK}])")
_FOREIGN = re.compile(r"美元|美金|港[元币]|欧元|日元|英镑|USD|HKD|EUR|\$", re.IGNORECASE)
_MONEY_WORDS = re.compile(r"^(?:注册|开办)?(?:资[金本])?:?(?:人民币|RMB|CNY)?[:¥]?(?:大写:?)?", re.IGNORECASE)
_MONEY_END = re.compile(r"(?:人民币|RMB|CNY)?[整正]?$", re.IGNORECASE)
_LEAST_BARE_YUAN = 10_000
"""A bare number below this may be counted in 万元 (“500”): it has no value."""

_COUNT_START = re.compile(r"^(?:约为|大约|约|近|共计|总计|合计|累计|共|超过|超|逾|已培训|培训|>=|≥|>)*")
_COUNT_END = re.compile(r"(?:人次|人|名|位|个)?(?:左右|以上|次)?\+?$")
_ABOUT = re.compile(r"(?<=[\d十百千万])(?:余|多|来|几|\+)(?=$|[万千百]|人|名)")

_YEAR = r"(?P<y>(?:19|20)\d{2})"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}年?(?:初|底|末|[上下]半年)?",
        rf"{_YEAR}(?:年|[-./])(?P<m>\d{{1,2}})(?:月份?)?",
        rf"{_YEAR}年(?P<m>\d{{1,2}})月(?:份)?(?P<d>\d{{1,2}})[日号]?",
        rf"{_YEAR}(?P<sep>[-./])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})",
        rf"{_YEAR}(?P<m>\d{{2}})(?P<d>\d{{2}})?",
    )
)
_DATE_START = re.compile(r"^(?:自|从|始于|起始于|起)")
_DATE_END = re.compile(
    r"(?:开始|起)?(?:[-~]*(?:至今|到现在|到目前|至目前)|[-~]+今|(?<=[年月日])[-~]+|以来|开始|起)$"
)
_UNTIL = re.compile(r"(?<=[年月日\d])(?:至|到|~|--+)(?=\d)|(?<=[年月日])-(?=\d)|(?<=\d)-(?=(?:19|20)\d{2})")
_YEAR_DIGITS = re.compile(r"[〇零○OoΟ0一二三四五六七八九]{4}(?=年)")
_CHINESE_DAY = re.compile(r"[一二三四五六七八九十廿卅]+(?=[月日号])")
_DIGIT = {**dict.fromkeys("〇零○OoΟ0", "0"), **{ch: str(i) for i, ch in enumerate("一二三四五六七八九", 1)}}

_CODE = re.compile(r"[1-8]-\d{2}-\d{2}-\d{2}")
_CODE_DIGITS = re.compile(r"([1-8])[-._ ]?(\d{2})[-._ ]?(\d{2})[-._ ]?(\d{2})")
_EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+-]*@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.[a-z]{2,}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))([2-9]\d{6,7})")
_SERVICE = re.compile(r"(400|800)(\d{7})")
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
    if _FOREIGN.search(folded):
        return None
    bracket = re.fullmatch(r"(.+)\((.+)\)(元|万元)?", folded)
    if bracket:
        unit = bracket[3] or ""
        parts = [
            part for part in (bracket[1] + unit, bracket[2]) if part not in {"人民币", "RMB", "大写", "小写"}
        ]
    else:
        parts = [folded.replace("(人民币)", "")]
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


def day(text: str) -> str | None:
    """ISO date of the precision written; the start of a range; None for an impossible day."""
    body = squeeze(text).replace("。", ".").rstrip(".;,")
    body = _YEAR_DIGITS.sub(lambda found: "".join(_DIGIT[ch] for ch in found[0]), body)
    body = _CHINESE_DAY.sub(lambda found: _small_number(found[0]), body)
    start = _UNTIL.split(_DATE_START.sub("", body), maxsplit=1)[0]
    for candidate in (start, _DATE_END.sub("", start)):
        for pattern in _DATES:
            found = pattern.fullmatch(candidate)
            if found:
                return _iso(found.groupdict())
    return None


def _small_number(text: str) -> str:
    amount = number(text.replace("廿", "二十").replace("卅", "三十"))
    return str(amount) if amount is not None else text


def _iso(parts: dict[str, str | None]) -> str | None:
    year, month, day_of_month = (int(parts.get(key) or 0) for key in ("y", "m", "d"))
    try:
        date(year, month or 1, day_of_month or 1)
    except ValueError:
        return None
    if (parts.get("m") is not None and month == 0) or (parts.get("d") is not None and day_of_month == 0):
        return None
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day_of_month:02}" if day_of_month else "")


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


def email(text: str) -> str | None:
    """Lower case; several are joined by ``/``."""
    parts = [
        part for part in re.split(r"[、,;/]|\s+(?=\S+@)", fold_width(text).strip().lower()) if part.strip()
    ]
    found = [re.sub(r"\s", "", part) for part in parts]
    return "/".join(found) if found and all(_EMAIL.fullmatch(part) for part in found) else None


def phone(text: str) -> str | None:
    """Mobiles as 11 digits, landlines as ``area-number[-extension]``; several are joined by ``/``."""
    folded = re.sub(r"[((](\d{3,4})[))]", r"\1-", fold(text))
    folded = re.sub(
        r"(?:手机|电话|座机|办公|固话|联系电话|tel|mobile)[:号码]*", " ", folded, flags=re.IGNORECASE
    )
    numbers: list[str] = []
    for part in re.split(r"[、,;/。|]|或|和", folded):
        if not part.strip():
            continue
        one = _one_phone(part)
        several = [one] if one else [_one_phone(piece) for piece in _spaced_numbers(part)]
        if not several or any(item is None for item in several):
            return None
        numbers += [item for item in several if item]
    return "/".join(numbers) or None


def _spaced_numbers(text: str) -> list[str]:
    """Numbers written with only spaces between: cut where a new one begins after a whole one."""
    pieces: list[str] = []
    for word in text.split():
        if pieces and _one_phone(pieces[-1]) is None:
            pieces[-1] += word
        else:
            pieces.append(word)
    return pieces


def _one_phone(text: str) -> str | None:
    body, _, extension = re.sub(r"\s", "", text).partition("转")
    body = re.sub(r"^(?:\+|00)?86-?(?=[01])", "", body)
    parts = [part for part in body.split("-") if part]
    if not extension and len(parts) == 3 and parts[0].startswith("0"):
        extension = parts.pop()
    digits = "".join(parts)
    if (
        not digits.isascii()
        or not digits.isdigit()
        or (extension and not re.fullmatch(r"\d{1,5}", extension))
    ):
        return None
    tail = f"-{extension}" if extension else ""
    if _MOBILE.fullmatch(digits) and not extension:
        return digits
    split = _LANDLINE.fullmatch(digits) or _SERVICE.fullmatch(digits)
    if split and (not digits.startswith("0") or len(parts) == 1 or parts[0] == split[1]):
        return f"{split[1]}-{split[2]}{tail}"
    return digits + tail if re.fullmatch(r"[2-9]\d{6,7}", digits) and len(parts) == 1 else None


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
