"""Public facts about occupations and regions, loaded from the tables of ``templates_ref/catalogues``.

A frozen ``Catalogue`` answers look-ups; it never decides. Rows of edition ``2015-derived`` and codes
that are not confirmed may support a reading but must not contradict one: see ``Occupation.certain``.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib import resources
from itertools import chain
from pathlib import Path
from types import MappingProxyType

from extractors.form.text import distance, squeeze

_WORK_TYPE = re.compile(r"\([^()]*\)$")
_MARKER = re.compile(r"(?<=[\u4e00-\u9fff)])(?:L/S|[LS])$")
_EDITION_ORDER = ("2015", "2015-draft-2020", "2015-derived", "2022", "2022-new-2024", "2022-new-2025")


@dataclass(frozen=True, slots=True)
class Occupation:
    """One row of the occupational classification in one edition."""

    code: str
    name: str
    edition: str

    @property
    def certain(self) -> bool:
        """True where this row may contradict what is written."""
        return self.edition == "2015"

    @property
    def in_force_2020(self) -> bool:
        """True for the edition an application of 2020 is judged by."""
        return self.edition.startswith("2015")


@dataclass(frozen=True, slots=True)
class OldCode:
    """A code of the 1999 edition and its successor of 2015."""

    old_code: str
    old_name: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class NewOccupation:
    """An announced 新职业; ``announced`` is an ISO date, ``certain`` says whether the code is confirmed."""

    name: str
    code: str
    announced: str
    document: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Standard:
    """The levels a national standard covers, highest number first."""

    code: str
    name: str
    levels: tuple[int, ...]
    document: str


@dataclass(frozen=True, slots=True)
class Region:
    """A place in Hunan; ``level`` is province, city or county, ``parent`` an adcode."""

    adcode: str
    name: str
    level: str
    parent: str
    area_code: str


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """All tables with their indices. Texts are compared folded, brackets of a work type apart."""

    occupations: tuple[Occupation, ...]
    old_codes: tuple[OldCode, ...]
    new_occupations: tuple[NewOccupation, ...]
    standards: Mapping[str, Standard]
    classes: Mapping[str, str]
    qualifications: Mapping[str, str]
    regions: Mapping[str, Region]
    _by_code: Mapping[str, tuple[Occupation, ...]] = field(repr=False)
    _by_name: Mapping[str, tuple[Occupation, ...]] = field(repr=False)
    _names_with: Mapping[str, frozenset[str]] = field(repr=False)

    def by_code(self, code: str) -> tuple[Occupation, ...]:
        """All rows with this code, the edition in force in 2020 first."""
        return self._by_code.get(code, ())

    def by_name(self, name: str) -> tuple[Occupation, ...]:
        """All rows with this name, or with the occupation's name when ``name`` is 职业（工种）."""
        folded = occupation_key(name)
        return self._by_name.get(folded) or self._by_name.get(_WORK_TYPE.sub("", folded), ())

    def names(self, code: str) -> tuple[str, ...]:
        """Different names of a code, best edition first."""
        return tuple(dict.fromkeys(row.name for row in self.by_code(code)))

    def codes(self, name: str) -> tuple[str, ...]:
        """Different codes of a name, best edition first, then those of announced new occupations."""
        wanted = occupation_key(name)
        announced = [item.code for item in self.new_occupations if item.name == wanted]
        return tuple(dict.fromkeys([*(row.code for row in self.by_name(name)), *announced]))

    def near_names(self, text: str, limit: int = 2) -> tuple[str, ...]:
        """Occupation names within ``limit`` edits of ``text``, nearest first, then by edition."""
        wanted = occupation_key(text)
        shared = Counter(chain.from_iterable(self._names_with.get(letter, ()) for letter in set(wanted)))
        found = [
            (distance(wanted, name, limit), self._rank(name), name)
            for name, count in shared.items()
            if abs(len(name) - len(wanted)) <= limit and count >= len(set(name)) - limit
        ]
        return tuple(self._by_name[name][0].name for steps, _, name in sorted(found) if steps <= limit)

    def _rank(self, name: str) -> int:
        return _EDITION_ORDER.index(self._by_name[name][0].edition)

    def standard_levels(self, code: str) -> tuple[int, ...] | None:
        """Levels of the national standard, None where no standard is known."""
        standard = self.standards.get(code)
        return standard.levels if standard else None

    def class_name(self, code: str) -> str | None:
        """The minor class of a code (first three parts) in the 2015 edition, None when there is none."""
        return self.classes.get(code[:7])

    def old_code(self, code: str, name: str) -> OldCode | None:
        """The 1999 row when code and name are an old pair; a code alone may be another occupation today."""
        wanted = occupation_key(name)
        for row in self.old_codes:
            if row.old_code == code and (wanted in {row.old_name, row.name}):
                return row
        return None

    def new_occupation(self, name: str, by: date | None = None) -> NewOccupation | None:
        """The announcement of this name, if there was one (``by`` that day)."""
        wanted = _WORK_TYPE.sub("", occupation_key(name))
        last = by.isoformat() if by else "9999"
        return next((i for i in self.new_occupations if i.name == wanted and i.announced <= last), None)

    def qualification(self, name: str) -> str:
        """``admission`` or ``assessment`` where the directory of qualifications has this occupation, else nothing."""
        return self.qualifications.get(_WORK_TYPE.sub("", occupation_key(name)), "")

    @property
    def area_codes(self) -> frozenset[str]:
        """Telephone area codes of the region's cities."""
        return frozenset(region.area_code for region in self.regions.values() if region.area_code)

    @property
    def cities(self) -> tuple[Region, ...]:
        """Cities and prefectures, by adcode."""
        return tuple(region for region in self.regions.values() if region.level == "city")


def occupation_key(name: str) -> str:
    """An occupation's name as compared: folded, without spaces and without the 2022 markers L and S."""
    return _MARKER.sub("", squeeze(name))


def load_catalogue(folder: Path) -> Catalogue:
    """All tables of ``folder``. Raises OSError when one is absent, KeyError when a column is.

    Names and codes of the national standards are of the 2015 edition too and join the occupations.
    """
    listed = {Occupation(**row) for row in _rows(folder, "occupations")}
    standard = {Occupation(row["code"], row["name"], "2015") for row in _rows(folder, "standard_levels")}
    occupations = tuple(
        sorted(
            listed | standard,
            key=lambda row: (row.code, _EDITION_ORDER.index(row.edition), row.name),
        )
    )
    by_name = _grouped((occupation_key(row.name), row) for row in occupations)
    return Catalogue(
        occupations=occupations,
        old_codes=tuple(OldCode(**row) for row in _rows(folder, "old_codes")),
        new_occupations=tuple(_new_occupation(row) for row in _rows(folder, "new_occupations")),
        standards=MappingProxyType({row["code"]: _standard(row) for row in _rows(folder, "standard_levels")}),
        classes=MappingProxyType({row["prefix"]: row["name"] for row in _rows(folder, "classes_2015")}),
        qualifications=MappingProxyType(
            {occupation_key(row["name"]): row["class"] for row in _rows(folder, "qualifications_2017")}
        ),
        regions=MappingProxyType({row["adcode"]: _region(row) for row in _rows(folder, "hunan_regions")}),
        _by_code=_grouped((row.code, row) for row in occupations),
        _by_name=by_name,
        _names_with=_characters(by_name),
    )


@lru_cache(maxsize=1)
def default_catalogue() -> Catalogue:
    """The tables of the installed package of reference data."""
    with resources.as_file(resources.files("templates_ref")) as root:
        return load_catalogue(root / "catalogues")


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _grouped(pairs: Iterable[tuple[str, Occupation]]) -> Mapping[str, tuple[Occupation, ...]]:
    groups: defaultdict[str, list[Occupation]] = defaultdict(list)
    for key, row in pairs:
        groups[key].append(row)
    return MappingProxyType(
        {
            key: tuple(sorted(rows, key=lambda row: _EDITION_ORDER.index(row.edition)))
            for key, rows in groups.items()
        }
    )


def _characters(names: Iterable[str]) -> Mapping[str, frozenset[str]]:
    index: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        for character in name:
            index[character].add(name)
    return MappingProxyType({character: frozenset(found) for character, found in index.items()})


def _new_occupation(row: Mapping[str, str]) -> NewOccupation:
    certain = row["code_basis"] == "confirmed"
    return NewOccupation(row["name"], row["code"], row["announced"], row["document"], certain)


def _standard(row: Mapping[str, str]) -> Standard:
    return Standard(row["code"], row["name"], tuple(int(digit) for digit in row["levels"]), row["document"])


def _region(row: Mapping[str, str]) -> Region:
    return Region(row["adcode"], row["name"], row["level"], row["parent"], row["area_code"])
