"""Rules for the rows of the occupations' table: codes, names, levels, new occupations, numbering."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from extractors.form.case import Case, judged, place, tell, written
from extractors.form.catalogue import Catalogue, occupation_key
from extractors.form.days import anniversary, day_span
from extractors.form.reading import Check, OccupationRow
from extractors.form.rules import Rule
from extractors.form.text import distance


def numbered(case: Case) -> Iterator[tuple[int, OccupationRow, str, str]]:
    """Each row with its index from 0, its code and the name as written."""
    for index, row in enumerate(case.rows):
        name = str(row.name.value or row.name.text) if written(row.name) else ""
        yield index, row, str(row.code.value or "") if written(row.code) else "", name


def occupations_filled(rule: Rule, case: Case) -> Iterator[Check]:
    """At least one row."""
    yield judged(rule, "occupations", passed=bool(case.rows), count=len(case.rows))


def old_code(rule: Rule, case: Case) -> Iterator[Check]:
    """A pair of the 1999 edition, which long-standing applicants still copy."""
    for index, _row, code, name in numbered(case):
        if old := case.catalogue.old_code(code, name):
            cells = (place(index, "code"), place(index, "name"))
            yield judged(rule, cells, passed=False, row=index + 1, code=code, name=old.name, current=old.code)


def code_known(rule: Rule, case: Case) -> Iterator[Check]:
    """Absence from tables that are not complete proves nothing, a class that does not exist does."""
    for index, _row, code, name in numbered(case):
        if not code or case.catalogue.old_code(code, name):
            continue
        rows = case.catalogue.by_code(code)
        announced = any(item.code == code for item in case.catalogue.new_occupations)
        if announced or any(row.in_force_2020 for row in rows):
            outcome = "good"
        elif rows:
            outcome = "later"
        else:
            outcome = "unknown" if case.catalogue.class_name(code) else "bad"
        passed = {"good": True, "bad": False}.get(outcome)
        later = rows[0].name if rows else ""
        yield tell(rule, outcome, place(index, "code"), passed=passed, row=index + 1, code=code, name=later)


def name_and_code(rule: Rule, case: Case) -> Iterator[Check]:
    """Rows of the catalogue that are certain may contradict; the others only confirm."""
    known = case.catalogue
    for index, _row, code, name in numbered(case):
        if not code or not name or known.old_code(code, name):
            continue
        certain = [row for row in (*known.by_code(code), *known.by_name(name)) if row.certain]
        passed = True if code in known.codes(name) else False if certain else None
        hints = _pair_hints(code, name, known)
        detail = "：" + "，".join(hints) if hints else ""
        cells = (place(index, "name"), place(index, "code"))
        yield judged(rule, cells, passed=passed, row=index + 1, detail=detail)


def _pair_hints(code: str, name: str, catalogue: Catalogue) -> list[str]:
    """A slip of one or two characters, else what code and name belong to, certain facts before others."""
    for known in catalogue.names(code):
        if 0 < distance(occupation_key(name), known) <= min(2, len(known) // 3):
            return [f"“{name}”与 {code} 的名称“{known}”只差一两个字，可能是笔误或认错"]
    names = [row.name for row in catalogue.by_code(code) if row.certain] or catalogue.names(code)
    codes = [row.code for row in catalogue.by_name(name) if row.certain] or catalogue.codes(name)
    hints = [f"{code} 是{'、'.join(dict.fromkeys(names))}"] if names else []
    return hints + ([f"{occupation_key(name)}的编码是 {'、'.join(dict.fromkeys(codes))}"] if codes else [])


def levels_in_standard(rule: Rule, case: Case) -> Iterator[Check]:
    """No level the national standard does not have; where no standard is known nothing is said."""
    for index, row, code, _name in numbered(case):
        levels = row.levels.value if isinstance(row.levels.value, list) else []
        standard = case.catalogue.standard_levels(code)
        if not levels or standard is None:
            continue
        beyond = [level for level in levels if level not in standard]
        yield judged(
            rule, (place(index, "levels"), place(index, "code")), passed=not beyond, row=index + 1,
            beyond=_level_names(beyond), covered=_level_names(standard),
        )  # fmt: skip


def _level_names(levels: list[int] | tuple[int, ...]) -> str:
    return "、".join(f"{'一二三四五'[level - 1]}级" for level in levels)


def is_new(rule: Rule, case: Case) -> Iterator[Check]:
    """The claim against the announcements made by the day the application is judged by."""
    for index, row, _code, name in numbered(case):
        if not isinstance(row.is_new.value, bool) or not name:
            continue
        announced = case.catalogue.new_occupation(name, case.as_of)
        yield judged(
            rule, (place(index, "is_new"), place(index, "name")),
            passed=row.is_new.value == (announced is not None), row=index + 1,
            claim="是" if row.is_new.value else "否", name=occupation_key(name),
            fact=f"{announced.announced} 公布的新职业" if announced else "目录中已公布的新职业里没有它",
        )  # fmt: skip


def new_with_history(rule: Rule, case: Case) -> Iterator[Check]:
    """A new occupation that was trained for years before: one of the two is wrong."""
    as_of, years = case.as_of, rule.params["years"]
    for index, row, _code, name in numbered(case):
        start = str(row.start_date.value or "")
        announced = case.catalogue.new_occupation(name, as_of) if name else None
        if as_of is None or not start or not (announced or row.is_new.value is True):
            continue
        if anniversary(day_span(start)[1], years) <= as_of:
            source = f"{announced.announced} 公布的新职业" if announced else "填报的新职业"
            cells = (place(index, "is_new"), place(index, "start_date"), place(index, "name"))
            yield judged(
                rule, cells, passed=False,
                row=index + 1, name=occupation_key(name), source=source, start=start, day=as_of, years=years,
            )  # fmt: skip


def sequence(rule: Rule, case: Case) -> Iterator[Check]:
    """The rows are numbered from one without a gap; where they are not, only the numbers out of step are named."""
    numbers = [row.seq.value for row in case.rows]
    if not numbers:
        return
    known = [(at, number) for at, number in enumerate(numbers) if isinstance(number, int)]
    astray = [] if all(number == at + 1 for at, number in known) else out_of_step(known)
    passed = False if astray else (True if len(known) == len(numbers) else None)
    yield judged(rule, tuple(place(at, "seq") for at in astray or range(len(numbers))), passed=passed)


def out_of_step(numbered: Sequence[tuple[int, int]]) -> list[int]:
    """Rows whose numbers do not go on from the row before; a single number astray is named alone.

    ``numbered``: rows, counted from 0, with their numbers. Behind a gap the rows go on counting, so its two sides
    are named and none behind them. Never empty where the numbers are not those of the rows.
    """
    # Rows that count on have the same distance between number and place; the first such run's should be 1.
    runs = [list(run) for _, run in groupby(numbered, key=lambda each: each[1] - each[0])]
    ahead = [run[0][1] - run[0][0] for run in runs]
    out: set[int] = set()
    before = 1
    for k, run in enumerate(runs):
        if ahead[k] == before:
            continue
        out.add(run[0][0])
        alone = len(run) == 1 and ahead[k + 1 : k + 2] in ([], [before])
        if not alone:
            out |= {runs[k - 1][-1][0]} if k else set()
            before = ahead[k]
    return sorted(out)


def duplicate_rows(rule: Rule, case: Case) -> Iterator[Check]:
    """One occupation is applied for once."""
    seen: dict[tuple[str, str], int] = {}
    for index, row in enumerate(case.rows):
        key = (str(row.code.value or ""), str(row.name.value or ""))
        if all(key) and key in seen:
            cells = (place(seen[key], "code"), place(index, "code"))
            yield judged(rule, cells, passed=False, first=seen[key] + 1, second=index + 1)
        seen.setdefault(key, index)
