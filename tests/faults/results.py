"""What the long runs found, summed up over all of them in ``last_run.json``: figures only, no place, no machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("last_run.json")


def of_part(part: str) -> dict[str, Any]:
    """The sums of ``kills``, ``files`` or ``flips``; empty when nothing has run yet."""
    kept: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    found: dict[str, Any] = kept.get(part, {})
    return found


def keep(part: str, figures: Mapping[str, Any]) -> None:
    """Put ``figures`` in the place of the part's sums."""
    kept = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    partial = FILE.with_suffix(".part")
    partial.write_text(
        json.dumps(kept | {part: figures}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    partial.replace(FILE)


def add(part: str, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Add one run's figures to the part's sums, which are returned."""
    total: dict[str, Any] = summed(of_part(part), figures)
    keep(part, total)
    return total


def summed(one: Any, other: Any) -> Any:
    """Numbers are added, lists joined, mappings summed name by name."""
    if isinstance(one, Mapping):
        names = dict.fromkeys([*one, *other])
        return {
            name: summed(one[name], other[name])
            if name in one and name in other
            else one.get(name, other.get(name))
            for name in names
        }
    return one + other
