"""How people write codes, sums, numbers, dates and levels: each maker returns the text and its value."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, NamedTuple

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LEVEL_WORDS = {5: "五级", 4: "四级", 3: "三级", 2: "二级", 1: "一级"}
SKILL_WORDS = {5: "初级工", 4: "中级工", 3: "高级工", 2: "技师", 1: "高级技师"}
MOBILE_HEADS = (133, *range(135, 140), 150, 151, 152, 158, 159, 173, 176, 177, *range(180, 190), 198)


class Cell(NamedTuple):
    """What stands in a cell and what it means; an empty cell is ``("", None)``."""

    text: str
    value: Any


def check_digit_gb11714(body: str) -> str:
    """Ninth character of an organisation code (GB 11714): weights 3 7 9 10 5 8 4 2, modulo 11."""
    values = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = 11 - sum(w * values.index(c) for w, c in zip((3, 7, 9, 10, 5, 8, 4, 2), body, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def check_digit_gb32100(first17: str) -> str:
    """Eighteenth character of the credit code (GB 32100-2015): weights 3^i modulo 31."""
    total = sum(pow(3, i, 31) * USCC_ALPHABET.index(c) for i, c in enumerate(first17))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def uscc(rng: random.Random, prefix: str, adcode: str) -> Cell:
    """A code with both check digits right."""
    if prefix == "91" and rng.random() < 0.6:
        body = (
            "MA4"
            + "".join(rng.choice("LMPQRT") for _ in range(1))
            + "".join(rng.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(4))
        )
    elif prefix in {"51", "52"} and rng.random() < 0.6:
        body = "MJJ" + "".join(rng.choice("0123456789") for _ in range(5))
    else:
        body = "".join(rng.choice("0123456789") for _ in range(8))
    head = prefix + adcode + body + check_digit_gb11714(body)
    code = head + check_digit_gb32100(head)
    chance = rng.random()
    if chance < 0.04:
        return Cell(" ".join([code[:2], code[2:8], code[8:17], code[17:]]), code)
    return Cell(code, code)


_CHINESE = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")


def formal_number(number: int) -> str:
    """1 to 9999 in the capitals of cheques, such as 伍佰 or 壹仟零捌拾."""
    out, pending_zero = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            pending_zero = bool(out)
            continue
        out += ("零" if pending_zero else "") + _CHINESE[digit] + _UNITS[place]
        pending_zero = False
    return out


def capital(rng: random.Random, prefix: str) -> Cell:
    """Registered capital; the value is in yuan."""
    small = prefix in {"51", "52", "12"}
    wan = rng.choice(
        [3, 5, 10, 20, 30, 50, 80, 100, 126]
        if small
        else [50, 100, 200, 300, 500, 508, 600, 1000, 1080, 2000, 5000]
    )
    yuan = wan * 10_000
    styles = [
        f"{wan}万元",
        f"{wan}万元",
        f"{wan}万元人民币",
        f"{wan}万",
        f"人民币{wan}万元",
        f"人民币{formal_number(wan)}万元整",
        f"{formal_number(wan)}万元整",
        f"{wan}.00万元",
        f"￥{yuan:,}元",
        f"{yuan}元",
        f"{wan}（万元）",
    ]
    if small:
        styles += [f"{wan}万元（开办资金）", f"开办资金{wan}万元"]
    return Cell(rng.choice(styles), yuan)


def mobile(rng: random.Random) -> str:
    return str(rng.choice(MOBILE_HEADS)) + "".join(rng.choice("0123456789") for _ in range(8))


def landline(rng: random.Random, tel: str) -> str:
    digits = 8 if tel == "0731" else 7
    return f"{tel}-{rng.choice('2345678')}" + "".join(rng.choice("0123456789") for _ in range(digits - 1))


def phones(rng: random.Random, tel: str) -> Cell:
    """One or two numbers; the value has them in plain spelling with a slash between."""
    hand, line = mobile(rng), landline(rng, tel)
    hand_text = rng.choice(
        [hand] * 5 + [f"{hand[:3]} {hand[3:7]} {hand[7:]}", f"{hand[:3]}-{hand[3:7]}-{hand[7:]}"]
    )
    line_text = rng.choice(
        [line] * 5
        + [
            line.replace("-", " "),
            f"({line[:4]}){line[5:]}",
            f"（{line[:4]}）{line[5:]}",
            line.replace("-", "－"),
        ]
    )
    shape = rng.random()
    if shape < 0.5:
        return Cell(hand_text, hand)
    if shape < 0.65:
        return Cell(line_text, line)
    mark = rng.choice(["/", " ", "、", "；", ";", "，", " / "])
    if rng.random() < 0.7:
        return Cell(f"{line}{mark}{hand}", f"{line}/{hand}")
    return Cell(f"{hand}{mark}{line}", f"{hand}/{line}")


def email(rng: random.Random) -> Cell:
    syllables = [
        "zhang",
        "wei",
        "li",
        "hn",
        "px",
        "jn",
        "xx",
        "yang",
        "chen",
        "hua",
        "xin",
        "da",
        "cs",
        "zz",
        "liu",
        "tan",
        "rui",
    ]
    chance = rng.random()
    if chance < 0.55:
        text = f"{rng.randint(10_000_000, 3_999_999_999)}@qq.com"
    else:
        local = "".join(rng.sample(syllables, rng.choice([1, 2, 2, 3]))) + rng.choice(
            ["", str(rng.randint(1, 9999)), "_" + str(rng.randint(1, 99)), "." + rng.choice(syllables)]
        )
        host = rng.choice(
            [
                "163.com",
                "163.com",
                "126.com",
                "sina.com",
                "139.com",
                "qq.com",
                f"{rng.choice(syllables)}{rng.choice(syllables)}-edu.cn",
            ]
        )
        text = f"{local}@{host}"
    return Cell(text.capitalize() if rng.random() < 0.02 else text, text)


DATE_STYLES = ("ym_cn", "ym_cn", "dot2", "dot", "dash", "year", "ymd_cn", "until_now", "slash", "ymd_dot")
COUNT_STYLES = ("plain", "plain", "people", "comma", "wan", "about", "over")
LEVEL_STYLES = (
    "full_dash",
    "full_dash",
    "short_dash",
    "short_hyphen",
    "digits",
    "skills",
    "list",
    "to",
    "upward",
    "slash_list",
)


@dataclass(frozen=True, slots=True)
class RowStyle:
    """One writer keeps to one spelling through the table, with slips."""

    dates: str
    counts: str
    level: str
    code_dash: str
    dash: str

    @classmethod
    def draw(cls, rng: random.Random) -> RowStyle:
        return cls(
            rng.choice(DATE_STYLES),
            rng.choice(COUNT_STYLES),
            rng.choice(LEVEL_STYLES),
            rng.choices(["-", "－", "—"], (92, 5, 3))[0],
            rng.choice(["—", "—", "-", "～", "~", "－", "–", "--"]),
        )

    def code(self, rng: random.Random, code: str) -> str:
        return code.replace("-", self.code_dash)

    def is_new(self, rng: random.Random, *, new: bool) -> Cell:
        if new:
            return Cell(rng.choices(["是", "√"], (85, 15))[0], True)
        return Cell(rng.choices(["否", "不是", "无"], (86, 7, 7))[0], False)

    def date(self, rng: random.Random, *, recent: bool) -> Cell:
        year = rng.randint(2018, 2020) if recent else rng.choices(range(1998, 2020), [1] * 7 + [3] * 15)[0]
        month, day = rng.randint(1, 3 if year == 2020 else 12), rng.randint(1, 28)
        style = self.dates if rng.random() < 0.93 else rng.choice(DATE_STYLES)
        to_month, to_day = f"{year}-{month:02}", f"{year}-{month:02}-{day:02}"
        return {
            "ym_cn": Cell(f"{year}年{month}月", to_month),
            "dot2": Cell(f"{year}.{month:02}", to_month),
            "dot": Cell(f"{year}.{month}", to_month),
            "dash": Cell(f"{year}-{month:02}", to_month),
            "year": Cell(f"{year}年", str(year)),
            "ymd_cn": Cell(f"{year}年{month}月{day}日", to_day),
            "until_now": Cell(f"{year}年至今", str(year)),
            "slash": Cell(f"{year}/{month}/{day}", to_day),
            "ymd_dot": Cell(f"{year}.{month}.{day}", to_day),
        }[style]

    def count(self, rng: random.Random) -> Cell:
        exact = rng.choice([rng.randint(200, 9999), rng.randint(10_000, 60_000), rng.randint(10, 300) * 100])
        hundred = max(1, round(exact / 100))
        style = self.counts if rng.random() < 0.93 else rng.choice(COUNT_STYLES)
        if style in {"wan", "over"} and hundred >= 100:
            thousand = round(hundred / 10) / 10
            return Cell(
                f"{thousand:g}万" + ("余人" if style == "over" else rng.choice(["", "人"])),
                round(thousand * 10_000),
            )
        return {
            "people": Cell(f"{exact}人", exact),
            "comma": Cell(f"{exact:,}", exact),
            "about": Cell(f"约{hundred * 100}", hundred * 100),
            "over": Cell(f"{hundred * 100}余人", hundred * 100),
        }.get(style, Cell(str(exact), exact))

    def levels(self, rng: random.Random, allowed: str) -> Cell:
        span = [int(c) for c in allowed] or rng.choice(
            [[5, 4, 3], [5, 4, 3, 2, 1], [5, 4], [4, 3], [4, 3, 2, 1], [5, 4, 3, 2], [3, 2, 1], [5], [3]]
        )
        if len(span) > 2 and rng.random() < 0.4:
            span = span[: rng.randint(2, len(span))]
        style = self.level if rng.random() < 0.93 else rng.choice(LEVEL_STYLES)
        return Cell(_level_text(rng, span, style, self.dash), span)


def _level_text(rng: random.Random, span: list[int], style: str, dash: str) -> str:
    top, low = span[-1], span[0]
    if len(span) == 1:
        return rng.choice(
            [f"{LEVEL_WORDS[low]}/{SKILL_WORDS[low]}", LEVEL_WORDS[low], SKILL_WORDS[low], f"{low}级"]
        )
    listing = "、".join(SKILL_WORDS[n].removesuffix("工") if n >= 3 else SKILL_WORDS[n] for n in span)
    return {
        "full_dash": f"{LEVEL_WORDS[low]}/{SKILL_WORDS[low]}{dash}{LEVEL_WORDS[top]}/{SKILL_WORDS[top]}",
        "short_dash": f"{LEVEL_WORDS[low]}{dash}{LEVEL_WORDS[top]}",
        "short_hyphen": f"{LEVEL_WORDS[low]}-{LEVEL_WORDS[top]}",
        "digits": f"{low}-{top}级",
        "skills": listing,
        "list": "、".join(LEVEL_WORDS[n][0] for n in span) + "级",
        "to": f"{LEVEL_WORDS[low]}至{LEVEL_WORDS[top]}",
        "upward": f"{LEVEL_WORDS[top]}至{LEVEL_WORDS[low]}",
        "slash_list": "、".join(LEVEL_WORDS[n] for n in span),
    }[style]
