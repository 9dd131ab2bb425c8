"""Dates as people write them: 2012年5月 · 2012.05 · 二〇一二年五月 · 2012年至今."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from extractors.form.numerals import number
from extractors.form.text import squeeze

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


def day_span(value: str) -> tuple[date, date]:
    """The first and last day an ISO date of any precision may mean: all of 2012 for 2012."""
    year, month, day_of_month = (int(part) for part in f"{value}-0-0".split("-")[:3])
    if day_of_month:
        return (date(year, month, day_of_month),) * 2
    last_month = month or 12
    return date(year, month or 1, 1), date(year, last_month, monthrange(year, last_month)[1])


def anniversary(day: date, years: int) -> date:
    """The day on which ``years`` are full; a 29 February ends with February where there is none (民法典 202)."""
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
