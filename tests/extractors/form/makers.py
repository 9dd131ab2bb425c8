"""How tests write values the way people do; made without the parsers they try."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from hypothesis import settings
from hypothesis import strategies as st

from extractors.form.credit_code import check_sign, organisation_check_sign
from extractors.form.reading import COLUMN_IDS, FieldReading, OccupationRow, Status
from extractors.form.values import text_to_value

quick = settings(max_examples=50, deadline=None)
"""A shared machine may be slow for a moment; that is no failure."""

PLAIN = "〇一二三四五六七八九", ("", "十", "百", "千")
FINANCIAL = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")
NUMERAL = {5: "五", 4: "四", 3: "三", 2: "二", 1: "一"}
NAME = {5: "初级工", 4: "中级工", 3: "高级工", 2: "技师", 1: "高级技师"}
DASHES = ("-", "—", "——", "–", "－", "~", "～", "至", "到", "--")


def chinese(number: int, style: tuple[str, tuple[str, ...]] = PLAIN) -> str:
    """1 to 99,999,999 in Chinese numerals."""
    high, low = divmod(number, 10_000)
    if high and low:
        gap = style[0][0] if low < 1000 else ""
        return chinese(high, style) + "万" + gap + chinese(low, style)
    if high:
        return chinese(high, style) + "万"
    digits, units = style
    out = ""
    for place in range(3, -1, -1):
        digit = low // 10**place % 10
        if digit:
            out += digits[digit] + units[place]
        elif out and low % 10**place:
            out += "" if out.endswith(digits[0]) else digits[0]
    return out


def counts() -> st.SearchStrategy[tuple[str, int]]:
    exact = st.integers(1, 999_999).flatmap(
        lambda n: st.sampled_from(
            [
                str(n),
                f"{n}人",
                f"{n:,}",
                f"{n:,}人",
                f"约{n}",
                f"{n}余人",
                f"{n} 人次",
                f"累计{n}人",
                chinese(n) + "人",
                f"{n}+",
            ]
        ).map(lambda text: (text, n))
    )
    tens = st.integers(1, 9999).flatmap(
        lambda n: st.sampled_from(["{}万", "{}万人", "约{}万余人", "{}多万人", "{} 万人次"]).map(
            lambda shape: (shape.format(f"{n / 100:g}"), n * 100)
        )
    )
    return st.one_of(exact, tens)


def sums() -> st.SearchStrategy[tuple[str, int]]:
    shapes: list[Callable[[int], str]] = [
        lambda n: f"{n}万元",
        lambda n: f"{n}万",
        lambda n: f"人民币{n}万元",
        lambda n: f"{n}万元人民币",
        lambda n: f"{n}.00万元",
        lambda n: f"{n * 10000:,}元",
        lambda n: f"¥{n * 10000}",
        lambda n: f"{n}（万元）",
        lambda n: chinese(n * 10_000, FINANCIAL) + "元整",
        lambda n: f"人民币{chinese(n, FINANCIAL)}万元整",
        lambda n: f"{n}万元（{chinese(n * 10_000, FINANCIAL)}元整）",
        lambda n: f"{n / 10000:g}亿元",
    ]
    return st.tuples(st.integers(1, 9999), st.sampled_from(shapes)).map(
        lambda pair: (pair[1](pair[0]), pair[0] * 10_000)
    )


def days() -> st.SearchStrategy[tuple[str, str]]:
    def spell(day: date, shape: int) -> tuple[str, str]:
        y, m, d = day.year, day.month, day.day
        month, whole = f"{y}-{m:02}", day.isoformat()
        numerals = "".join("〇一二三四五六七八九"[int(c)] for c in str(y))
        return (
            (f"{y}年", str(y)),
            (f"{y}年至今", str(y)),
            (f"{y}年{m}月", month),
            (f"{y}.{m:02}", month),
            (f"{y}.{m}", month),
            (f"{y}-{m:02}", month),
            (f"{y}/{m}/{d}", whole),
            (f"{y}年{m}月{d}日", whole),
            (f"{y} 年 {m:02} 月 {d:02} 日", whole),
            (f"{y}.{m}.{d}", whole),
            (f"{y}{m:02}{d:02}", whole),
            (f"{numerals}年{chinese(m).removeprefix('一') if m > 9 else chinese(m)}月", month),
            (f"{y}年{m}月—至今", month),
            (f"自{y}年{m}月起", month),
            (f"{y}.{m:02}-2020.03", month),
            (f"{y}年{m}月—2020年3月", month),
        )[shape]

    return st.builds(spell, st.dates(date(1980, 1, 1), date(2029, 12, 31)), st.integers(0, 15))


def level_spellings() -> st.SearchStrategy[tuple[str, list[int]]]:
    styles: list[Callable[[int], str]] = [
        lambda n: f"{NUMERAL[n]}级/{NAME[n]}",
        lambda n: f"{NUMERAL[n]}级",
        lambda n: NAME[n],
        lambda n: NAME[n].replace("级工", "级"),
        lambda n: f"{n}级",
        lambda n: f"{NUMERAL[n]}级（{NAME[n]}）",
    ]

    def spell(
        high: int, length: int, style: Callable[[int], str], sign: str, shape: int
    ) -> tuple[str, list[int]]:
        span = list(range(high, max(high - length, 0), -1))
        parts = [style(n) for n in span]
        if len(span) == 1:
            return parts[0], span
        text = (
            parts[0] + sign + parts[-1],
            parts[-1] + sign + parts[0],
            "、".join(parts),
            "，".join(reversed(parts)),
            f"{span[0]}{sign}{span[-1]}级",
            "、".join(NUMERAL[n] for n in span) + "级",
        )[shape]
        return text, span

    return st.builds(
        spell,
        st.integers(1, 5),
        st.integers(1, 5),
        st.sampled_from(styles),
        st.sampled_from(DASHES),
        st.integers(0, 5),
    )


def credit_codes() -> st.SearchStrategy[str]:
    def build(head: str, region: str, body: str) -> str:
        first = head + region + body + str(organisation_check_sign(body))
        return first + str(check_sign(first))

    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    heads = st.sampled_from(["91", "52", "51", "12", "93"])
    regions = st.sampled_from(["430000", "430100", "430482", "433101", "110105"])
    # A body may end in X by GB 11714, which the outer alphabet holds too.
    return st.builds(build, heads, regions, st.text(signs, min_size=8, max_size=8))


def phones() -> st.SearchStrategy[tuple[str, str]]:
    digits = st.text("0123456789", min_size=8, max_size=8)
    mobile = st.builds(lambda head, rest: head + rest, st.sampled_from(["135", "186", "199"]), digits)
    line = st.builds(lambda head, rest: f"{head}-2{rest[1:]}", st.sampled_from(["0731", "0745"]), digits)
    shapes = ("{0}", "{1}", "{0}、{1}", "{1} {0}", "{1}/{0}", "{0}；{1}", "手机：{0} 电话：{1}")
    values = ("{0}", "{1}", "{0}/{1}", "{1}/{0}", "{1}/{0}", "{0}/{1}", "{0}/{1}")
    return st.builds(
        lambda m, p, i: (shapes[i].format(m, p), values[i].format(m, p)), mobile, line, st.integers(0, 6)
    )


def cell(kind: str, text: str) -> FieldReading:
    """A cell read without doubt; an empty text is a blank cell."""
    return FieldReading(text, text_to_value(kind, text), 0.99, Status.AUTO if text else Status.BLANK)


KINDS = ("sequence", "occupation_name", "occupation_code", "yes_no", "date", "count", "levels")


def row(*texts: str) -> OccupationRow:
    return OccupationRow(**{i: cell(k, t) for i, k, t in zip(COLUMN_IDS, KINDS, texts, strict=True)})
