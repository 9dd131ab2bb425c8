"""Every usual spelling of a range of skill levels, and those near a doubtful reading."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from extractors.form.levels import LEVEL_NAMES, LEVEL_NUMERALS
from extractors.form.text import distance, squeeze

RANGE_SIGNS = ("—", "-", "——", "–", "~", "～", "至", "到")
LIST_SIGNS = ("、", "，", ",", "/", "；", ".")
_RANGE, _LIST = "\ue000", "\ue001"
"""Private characters that stand for any sign between two levels."""

_STYLES: tuple[Callable[[int], str], ...] = (
    lambda level: f"{LEVEL_NUMERALS[level]}级/{LEVEL_NAMES[level]}",
    lambda level: f"{LEVEL_NUMERALS[level]}级",
    lambda level: LEVEL_NAMES[level],
    lambda level: LEVEL_NAMES[level].replace("级工", "级"),
    lambda level: f"{level}级",
    lambda level: f"{LEVEL_NUMERALS[level]}级（{LEVEL_NAMES[level]}）",
    lambda level: f"{LEVEL_NAMES[level]}（{LEVEL_NUMERALS[level]}级）",
    lambda level: f"{LEVEL_NUMERALS[level]}级{LEVEL_NAMES[level]}",
    lambda level: f"{level}级/{LEVEL_NAMES[level]}",
)
_SHARED_SUFFIX: tuple[Callable[[int], str], ...] = (lambda level: LEVEL_NUMERALS[level], str)
_DASH_READ_AS_ONE = re.compile(r"(?<=[级工师)])[一\-~—]+(?=[一二三四五1-5]级|[初中高技])")


def near_level_texts(texts: Sequence[str], limit: int) -> tuple[str, ...]:
    """Well-formed spellings near ``texts``, nearest first, with the signs the texts use before others."""
    keys = [_key(text) for text in texts]
    if not any(keys):
        return ()
    near = ((min(_steps(key, skeleton) for key in keys), skeleton) for skeleton in _skeletons())
    ranked = sorted((steps, skeleton) for steps, skeleton in near if steps <= _reach(skeleton))
    ranges = _by_use(RANGE_SIGNS, texts)
    lists = _by_use(LIST_SIGNS, texts)
    out: list[str] = []
    for _, skeleton in ranked[:limit]:
        signs = ranges if _RANGE in skeleton else lists if _LIST in skeleton else ("",)
        out += [skeleton.replace(_RANGE, sign).replace(_LIST, sign) for sign in signs]
    return tuple(dict.fromkeys(out))[:limit]


def _key(text: str) -> str:
    """The text with a private sign for what may be a sign between levels."""
    body = _DASH_READ_AS_ONE.sub(_RANGE, squeeze(text)).replace("(", "（").replace(")", "）")
    return re.sub(r"[-~至到]+", _RANGE, re.sub(r"[、,;]|\.", _LIST, body))


def _reach(skeleton: str) -> int:
    """Most edits at which a spelling still counts as near."""
    return max(1, len(skeleton) // 4)


def _steps(key: str, skeleton: str) -> int:
    """Edits between the two, or more than their reach; a slash may be a list sign."""
    reach = _reach(skeleton)
    if abs(len(key) - len(skeleton)) > reach or len(set(skeleton) - set(key)) > reach:
        return reach + 1
    plain = distance(key, skeleton, reach)
    return plain if "/" not in key else min(plain, distance(key.replace("/", _LIST), skeleton, reach))


def _by_use(signs: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """Signs found in the texts first, the others in their own order."""
    return tuple(sorted(signs, key=lambda sign: not any(sign in text for text in texts)))


@lru_cache(maxsize=1)
def _skeletons() -> tuple[str, ...]:
    return tuple(dict.fromkeys(_all_skeletons()))


def _all_skeletons() -> Iterator[str]:
    for style in _STYLES:
        for high in range(5, 0, -1):
            yield style(high)
            for low in range(high - 1, 0, -1):
                run = [style(level) for level in range(high, low - 1, -1)]
                yield from (run[0] + _RANGE + run[-1], run[-1] + _RANGE + run[0])
                yield from (_LIST.join(run), _LIST.join(reversed(run)))
    for style in _SHARED_SUFFIX:
        for high in range(5, 1, -1):
            for low in range(high - 1, 0, -1):
                run = [style(level) for level in range(high, low - 1, -1)]
                for order in (run, run[::-1]):
                    yield order[0] + _RANGE + order[-1] + "级"
                    yield _LIST.join(order) + "级"
                    yield "".join(order) + "级"
