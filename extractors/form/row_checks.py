"""Rules for the rows of the occupations' table, and the call's thresholds they hint at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from extractors.form.catalogue import Catalogue, occupation_key
from extractors.form.field_checks import date_checks
from extractors.form.layout import Layout
from extractors.form.reading import Check, FieldReading, OccupationRow
from extractors.form.text import distance
from extractors.form.verdicts import INFO, WARNING, filled, verdict, written

_EARLIEST_START = "1949-10-01"
_FORMATS = {
    "trained_count": ("count.format", "已培训评价人数", "请填写人数，如 12500"),
    "levels": ("levels.format", "评价等级范围", "请写明等级，如 五级/初级工—三级/高级工"),
    "is_new": ("is_new.format", "是否新职业", "请填“是”或“否”"),
}


def rows_checks(
    rows: Sequence[OccupationRow], catalogue: Catalogue, layout: Layout, reference_day: date | None
) -> Iterator[Check]:
    """All rules of all rows: fields are named ``occupations[i].column`` from 0, sentences count from 1."""
    yield verdict(
        "required.occupations",
        passed=bool(rows),
        fields="occupations",
        good=f"已填写 {len(rows)} 个职业（工种）。",
        bad="第二部分没有填写任何职业（工种）。",
    )
    for index, row in enumerate(rows):
        yield from _required_cells(index, row, layout)
        yield from _code_checks(index, row, catalogue)
        yield from _level_checks(index, row, catalogue)
        yield from _value_checks(index, row, reference_day or _deadline(layout))
        yield from _new_checks(index, row, catalogue)
        yield from _call_checks(index, row, layout)
    yield from _sequence_checks(rows)
    yield from _total_check(rows, layout)


def _place(index: int, column: str) -> str:
    return f"occupations[{index}].{column}"


def _required_cells(index: int, row: OccupationRow, layout: Layout) -> Iterator[Check]:
    """Only what is wrong: a table of ten rows would say sixty times that all is well."""
    cells = dict(row.cells())
    for column in layout.columns:
        reading = cells.get(column.id)
        if not column.required or reading is None or written(reading):
            continue
        yield verdict(
            f"required.{column.id}",
            passed=filled(reading),
            fields=_place(index, column.id),
            good="",
            bad=f"第 {index + 1} 行的“{column.header}”没有填写。",
            unsure=f"没有找到第 {index + 1} 行的“{column.header}”，请对照原图查找。",
        )


def _code_checks(index: int, row: OccupationRow, catalogue: Catalogue) -> Iterator[Check]:
    if not written(row.code):
        return
    code = str(row.code.value or "")
    field = _place(index, "code")
    yield verdict(
        "occupation.code_format",
        passed=bool(code),
        fields=field,
        good=f"第 {index + 1} 行职业编码的格式正确。",
        bad=f"第 {index + 1} 行的职业编码“{row.code.text}”格式不对，应为 X-XX-XX-XX。",
    )
    if not code:
        return
    name = str(row.name.value or row.name.text)
    old = catalogue.old_code(code, name)
    if old is not None:
        yield verdict(
            "occupation.old_code",
            passed=False,
            fields=(field, _place(index, "name")),
            severity=WARNING,
            good="",
            bad=f"第 {index + 1} 行填的是旧版编码 {code}，{old.name}的现行编码是 {old.code}。",
        )
    else:
        yield _known_check(index, code, catalogue)
        if written(row.name):
            yield _pair_check(index, code, name, catalogue)


def _known_check(index: int, code: str, catalogue: Catalogue) -> Check:
    """Absence from tables that are not complete proves nothing, a class that does not exist does."""
    rows = catalogue.by_code(code)
    announced = any(item.code == code for item in catalogue.new_occupations)
    known = announced or any(row.in_force_2020 for row in rows)
    if known:
        passed: bool | None = True
    else:
        passed = None if rows or catalogue.class_name(code) else False
    later = (
        f"职业编码 {code} 只见于以后版本的职业分类（{rows[0].name}）"
        if rows
        else f"目录中没有职业编码 {code}"
    )
    return verdict(
        "occupation.code_known",
        passed=passed,
        fields=_place(index, "code"),
        severity=WARNING,
        good=f"第 {index + 1} 行的职业编码在职业分类目录中。",
        bad=f"第 {index + 1} 行的职业编码 {code} 所属的小类不存在，请核对。",
        unsure=f"第 {index + 1} 行：{later}，请核对。",
    )


def _pair_check(index: int, code: str, name: str, catalogue: Catalogue) -> Check:
    """Rows that are certain may contradict; the others only confirm."""
    codes = catalogue.codes(name)
    certain_names = [row.name for row in catalogue.by_code(code) if row.certain]
    certain_codes = [row.code for row in catalogue.by_name(name) if row.certain]
    if code in codes:
        passed: bool | None = True
    else:
        passed = False if certain_names or certain_codes else None
    hints = _pair_hints(code, name, catalogue)
    detail = "：" + "，".join(hints) if hints else ""
    return verdict(
        "occupation.name_matches_code",
        passed=passed,
        fields=(_place(index, "name"), _place(index, "code")),
        good=f"第 {index + 1} 行的职业名称与编码相符。",
        bad=f"第 {index + 1} 行的职业名称与编码不符{detail}。",
        unsure=f"第 {index + 1} 行的职业名称与编码无法互相印证{detail}，请核对。",
    )


def _pair_hints(code: str, name: str, catalogue: Catalogue) -> list[str]:
    """A slip of one or two characters, else what code and name belong to, certain facts before others."""
    for known in catalogue.names(code):
        if 0 < distance(occupation_key(name), known) <= min(2, len(known) // 3):
            return [f"“{name}”与 {code} 的名称“{known}”只差一两个字，可能是笔误或认错"]
    names = [row.name for row in catalogue.by_code(code) if row.certain] or catalogue.names(code)
    codes = [row.code for row in catalogue.by_name(name) if row.certain] or catalogue.codes(name)
    hints = [f"{code} 是{'、'.join(dict.fromkeys(names))}"] if names else []
    return hints + ([f"{occupation_key(name)}的编码是 {'、'.join(dict.fromkeys(codes))}"] if codes else [])


def _levels(reading: FieldReading) -> list[int]:
    return reading.value if isinstance(reading.value, list) else []


def _level_checks(index: int, row: OccupationRow, catalogue: Catalogue) -> Iterator[Check]:
    levels = _levels(row.levels)
    standard = catalogue.standard_levels(str(row.code.value or ""))
    if not levels or standard is None:
        return
    beyond = [level for level in levels if level not in standard]
    names = "、".join(f"{'一二三四五'[level - 1]}级" for level in beyond)
    covered = "、".join(f"{'一二三四五'[level - 1]}级" for level in standard)
    yield verdict(
        "occupation.levels_in_standard",
        passed=not beyond,
        fields=(_place(index, "levels"), _place(index, "code")),
        severity=WARNING,
        good=f"第 {index + 1} 行的等级在国家职业技能标准之内。",
        bad=f"第 {index + 1} 行的{names}不在国家职业技能标准之内（标准设{covered}）。",
    )


def _deadline(layout: Layout) -> date | None:
    """What an applicant has done began before applications closed, whenever the paper is read."""
    return date.fromisoformat(layout.call.deadline) if layout.call.deadline else None


def _value_checks(index: int, row: OccupationRow, reference_day: date | None) -> Iterator[Check]:
    cells = dict(row.cells())
    for column, (rule, name, hint) in _FORMATS.items():
        reading = cells[column]
        if written(reading):
            yield verdict(
                rule,
                passed=reading.value is not None,
                fields=_place(index, column),
                good=f"第 {index + 1} 行的“{name}”写法正确。",
                bad=f"第 {index + 1} 行的“{name}”写作“{reading.text}”，无法识别；{hint}。",
            )
    if written(row.start_date):
        name = f"第 {index + 1} 行的培训评价起始日期"
        yield from date_checks(
            _place(index, "start_date"), name, row.start_date, _EARLIEST_START, reference_day
        )


def _new_checks(index: int, row: OccupationRow, catalogue: Catalogue) -> Iterator[Check]:
    """``occupation.is_new``: against the announcements made before the call's deadline."""
    if not isinstance(row.is_new.value, bool) or not written(row.name):
        return
    name = str(row.name.value or row.name.text)
    announced = catalogue.new_occupation(name)
    listed = announced is not None
    claim = "是" if row.is_new.value else "否"
    fact = f"{announced.announced} 公布的新职业" if announced else "目录中已公布的新职业里没有它"
    yield verdict(
        "occupation.is_new",
        passed=row.is_new.value == listed,
        fields=(_place(index, "is_new"), _place(index, "name")),
        severity=WARNING,
        good=f"第 {index + 1} 行的“是否新职业”与公布的目录相符。",
        bad=f"第 {index + 1} 行“是否新职业”填“{claim}”，但{occupation_key(name)}：{fact}，请核对。",
    )


def _call_checks(index: int, row: OccupationRow, layout: Layout) -> Iterator[Check]:
    """``call.*``: the thresholds of the call, as hints: the form has one count where the call has two."""
    limits = layout.call.thresholds
    start = str(row.start_date.value or "")
    if start:
        latest = f"{int(layout.call.deadline[:4]) - limits.years}{layout.call.deadline[4:]}"
        yield verdict(
            "call.years",
            passed=start <= latest[: len(start)],
            fields=_place(index, "start_date"),
            severity=INFO,
            good=f"第 {index + 1} 行的培训评价经历满 {limits.years} 年。",
            bad=f"第 {index + 1} 行自 {start} 起，到截止日不满 {limits.years} 年。",
        )
    if isinstance(row.trained_count.value, int):
        yield verdict(
            "call.trained_per_occupation",
            passed=row.trained_count.value >= limits.trained_per_occupation,
            fields=_place(index, "trained_count"),
            severity=INFO,
            good=f"第 {index + 1} 行的人数达到每个职业 {limits.trained_per_occupation} 人次。",
            bad=f"第 {index + 1} 行的人数不足每个职业 {limits.trained_per_occupation} 人次。",
        )


def _sequence_checks(rows: Sequence[OccupationRow]) -> Iterator[Check]:
    if not rows:
        return
    numbers = [row.seq.value for row in rows]
    known = [number for number in numbers if isinstance(number, int)]
    right = known == [place for place, number in enumerate(numbers, 1) if isinstance(number, int)]
    passed = (True if len(known) == len(numbers) else None) if right else False
    yield verdict(
        "rows.sequence",
        passed=passed,
        fields=tuple(_place(index, "seq") for index in range(len(rows))),
        severity=WARNING,
        good="序号连续。",
        bad="序号不连续，可能漏行、缺页或认错，请核对。",
        unsure="有的行没有序号，请核对是否漏行。",
    )
    seen: dict[tuple[str, str], int] = {}
    for index, row in enumerate(rows):
        key = (str(row.code.value or ""), str(row.name.value or ""))
        if all(key) and key in seen:
            yield verdict(
                "rows.duplicate",
                passed=False,
                fields=(_place(seen[key], "code"), _place(index, "code")),
                severity=WARNING,
                good="",
                bad=f"第 {seen[key] + 1} 行与第 {index + 1} 行是同一职业（工种），请核对是否重复。",
            )
        seen.setdefault(key, index)


def _total_check(rows: Sequence[OccupationRow], layout: Layout) -> Iterator[Check]:
    counts = [row.trained_count.value for row in rows]
    whole = [value for value in counts if isinstance(value, int)]
    if not whole:
        return
    least = layout.call.thresholds.trained_total
    enough = sum(whole) >= least
    yield verdict(
        "call.trained_total",
        passed=True if enough else False if len(whole) == len(counts) else None,
        fields=tuple(_place(index, "trained_count") for index in range(len(rows))),
        severity=INFO,
        good=f"人数合计 {sum(whole)}，达到 {least} 人次。",
        bad=f"人数合计 {sum(whole)}，不足 {least} 人次。",
        unsure=f"能识别的人数合计 {sum(whole)}，有的行无法识别，暂不能判断是否达到 {least} 人次。",
    )
