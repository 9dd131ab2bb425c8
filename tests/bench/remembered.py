"""The committed figures of the last set that judged, and what became better or worse beyond chance since.

On the same set the documents are the same, so that a difference is a real one; whether it would show on other
paper is asked of chance: Fisher's exact test on the two shares. Cells of one paper share its fate, so the test is
a generous one. What may never happen is worse the first time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.intervals import chance_of_difference

PATH = Path(__file__).with_name("last_figures.json")
BEYOND_CHANCE = 0.01
"""Of some hundred comparisons one may cross this by luck: a finding is looked at, not believed."""
LESS_IS_BETTER = frozenset(
    {
        "passed wrong",
        "mistakes on paper passed",
        "mistakes on paper repaired and passed",
        "check-boxes passed wrong",
        "long texts' characters wrong",
        "long texts missing",
        "long texts passed wrong",
        "rows lost",
        "rows invented",
        "seals invented",
        "own seal called another's",
        "another's seal taken for own",
        "seal ring unread",
        "refused",
    }
)
NOT_ASKED = frozenset({"long texts' characters wrong"})
"""Hundreds of them fall at once where one text goes wrong: no independent draws. Whole texts are asked instead."""
NEVER = frozenset({"mistakes on paper repaired and passed", "another's seal taken for own", "refused"})
Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of one class then and now, as [hits, all]. ``verdict``: better, worse, or luck."""

    cls: str
    measure: str
    then: tuple[int, int]
    now: tuple[int, int]
    verdict: str
    chance: float


def load(path: Path = PATH) -> Figures | None:
    """The committed figures, None where there are none yet."""
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else None


def remember(figures: Figures, path: Path = PATH) -> None:
    """Write the small part of ``figures.json`` that is committed: shares by class, calibration, where from."""
    classes = {
        name: {measure: value for measure, value in measures.items() if _is_share(value)}
        for name, measures in with_real(figures)["classes"].items()
    }
    small = {
        "about": {name: figures["about"][name] for name in ("set", "documents")},
        "expected calibration error": round(figures["calibration"]["expected_calibration_error"], 4),
        "classes": classes,
    }
    lines = json.dumps(small, ensure_ascii=False, indent=1)
    path.write_text(_on_one_line(lines) + "\n", encoding="utf-8")


def with_real(figures: Figures) -> Figures:
    """Real papers as one more class, where they were looked at."""
    real = figures.get("real")
    return {**figures, "classes": {**figures["classes"], **({"real papers": real} if real else {})}}


def _is_share(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2


def _on_one_line(text: str) -> str:
    """Each pair of numbers on its line, so that a difference is read measure by measure."""
    import re

    return re.sub(r"\[\s+(\d+),\s+(\d+)\s+\]", r"[\1, \2]", text)


def compare_figures(then: Figures, now: Figures) -> list[Change]:
    """Every share that both have, in the order of the classes and measures of now."""
    out = []
    for cls, measures in now["classes"].items():
        for measure, value in measures.items():
            before = then["classes"].get(cls, {}).get(measure)
            if measure in NOT_ASKED or not _is_share(value) or before is None:
                continue
            if before[1] and value[1]:
                out.append(_change(cls, measure, tuple(before), tuple(value)))
    return out


def _change(cls: str, measure: str, then: tuple[int, int], now: tuple[int, int]) -> Change:
    chance = chance_of_difference(*then, *now)
    rose = now[0] / now[1] > then[0] / then[1]
    verdict = "luck"
    if measure in NEVER and not then[0] and now[0]:
        verdict = "worse"
    elif chance < BEYOND_CHANCE:
        verdict = "worse" if rose == (measure in LESS_IS_BETTER) else "better"
    return Change(cls, measure, then, now, verdict, chance)


def beyond_chance(changes: Sequence[Change]) -> list[Change]:
    """What became worse, then what became better."""
    told = [change for change in changes if change.verdict != "luck"]
    return sorted(told, key=lambda c: (c.verdict != "worse", c.chance))
