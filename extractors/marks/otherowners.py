"""Whether the ink of a seal's ring tells clearly of another owner than the one expected.

Either two strips read wholly clearly as one other name, or most of the name is not there and two strips show
clearly a city that the name does not have: what is left of a worn seal may tell whose it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from extractors.form.catalogue import default_catalogue
from extractors.form.text import distance
from extractors.marks.places import best_substring
from extractors.marks.strips import Run, Strip, strip_to_runs

PITCH = (0.5, 1.5)
"""Distance of two neighbouring characters in median distances: letters of a seal stand evenly."""
CLEAR_MEAN, CLEAR_LEAST = 0.88, 0.5
"""Mean and least probability of the characters of a reading that is wholly clear."""
LEAST_LETTERS, LEAST_APART = 5, 3
_OWNERS = "学校 公司 中心 学院 协会 商会 促进会 联合会 学会 局 院 校 厂 店 所 馆 社 站 会 部"
OWNERS = tuple(_OWNERS.split())
"""How names of owners of official seals end."""
ABSENT = 0.55
"""Share of a name's letters below which most of it is not there: no more strips are worth reading."""
SURE_CITY = 0.9
"""Least probability of the letters of a city that rules a name out."""


def another_told(strips: Sequence[Strip], name: str) -> float:
    """How sure it is (0..1) that the strips show another owner than ``name``; 0 where they do not tell."""
    clear = [text for strip in strips if (text := _clear_text(strip))]
    if len(clear) > 1 and all(_apart(text, name) and distance(text, clear[0][0]) <= 1 for text, _ in clear):
        return min(p for _, p in clear)
    if seen_share(strips, name) >= ABSENT:
        return 0.0
    found = [_cities(strip) for strip in strips]
    sure = [
        sorted(seen[city] for seen in found if city in seen)[-2:]
        for city in {city for seen in found for city in seen}
        if city[0] not in name
    ]
    return max((least for least, *more in sure if more), default=0.0)


def seen_share(strips: Sequence[Strip], name: str) -> float:
    """Share of the name's characters that stand anywhere on a strip's best path, as all do that are seen."""
    seen = {run.char for strip in strips for run in strip_to_runs(strip)}
    return sum(char in seen for char in name) / len(name)


def _apart(text: str, name: str) -> bool:
    """Whether a clear text is too far from the name to be a misreading, and neither may be a part of the other."""
    least = max(LEAST_APART, 0.25 * len(name))
    part = min(best_substring(name, text)[0], best_substring(text, name)[0])
    return distance(text, name) >= least and part >= LEAST_APART


@lru_cache(maxsize=32)
def _clear_text(strip: Strip) -> tuple[str, float] | None:
    """The strip's text where it is wholly clear: sure characters that stand evenly and end as owners' names do."""
    runs = strip_to_runs(strip)
    text = "".join(r.char for r in runs)
    sure = np.array([r.p for r in runs])
    if len(runs) <= LEAST_LETTERS or not text.endswith(OWNERS):
        return None
    if sure.mean() < CLEAR_MEAN or sure.min() < CLEAR_LEAST or not _even(runs, runs):
        return None
    return text, float(sure.mean())


def _even(part: Sequence[Run], whole: Sequence[Run]) -> bool:
    """Whether neighbours in the part stand about as far apart as those of the whole strip usually do."""
    share = np.diff([run.at for run in part]) / np.median(np.diff([run.at for run in whole]))
    return bool(share.min() >= PITCH[0] and share.max() <= PITCH[1])


@lru_cache(maxsize=1)
def _city_names() -> tuple[str, ...]:
    """Cities and prefectures in short, as names of organisations begin: 衡阳, 张家界, 湘西."""
    return tuple(c.name[:-1] if c.name.endswith("市") else c.name[:2] for c in default_catalogue().cities)


@lru_cache(maxsize=32)
def _cities(strip: Strip) -> dict[str, float]:
    """The cities a strip clearly shows, with the probability of the least sure letter."""
    runs = strip_to_runs(strip)
    text = "".join(run.char for run in runs)
    out: dict[str, float] = {}
    for city in _city_names():
        start = text.find(city)
        letters = runs[start : start + len(city)] if start >= 0 else ()
        if letters and min(run.p for run in letters) >= SURE_CITY and _even(letters, runs):
            out[city] = min(run.p for run in letters)
    return out
