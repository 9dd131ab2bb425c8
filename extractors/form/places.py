"""Names of regions and authorities inside longer texts, and those near a doubtful reading."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import product

from extractors.form.catalogue import Catalogue, Region
from extractors.form.text import distance, squeeze

AUTHORITIES = (
    "市场监督管理局",
    "民政局",
    "行政审批服务局",
    "工商行政管理局",
    "食品药品工商质量监督管理局",
    "事业单位登记管理局",
    "市场监督管理厅",
    "民政厅",
    "行政审批局",
    "市场和质量监督管理局",
    "机构编制委员会办公室",
    "教育局",
    "人力资源和社会保障局",
    "人力资源社会保障局",
)
_ZONES = ("高新技术产业开发区", "高新区", "经济技术开发区", "经开区", "湘江新区", "")
_NEAR = 1


def is_authority(catalogue: Catalogue) -> Callable[[str], bool]:
    """A test: known region names (none, one or several), perhaps a zone, and a known authority."""
    names = "|".join(sorted(map(re.escape, _region_names(catalogue)), key=len, reverse=True))
    ends = "|".join(map(re.escape, AUTHORITIES))
    zones = "|".join(zone for zone in _ZONES if zone)
    whole = re.compile(rf"(?:{names})+(?:{zones})?(?:{ends})(?:.{{1,8}}(?:分局|所))?")
    return lambda text: whole.fullmatch(squeeze(text)) is not None


def near_authorities(catalogue: Catalogue) -> Callable[[Sequence[str]], Iterable[str]]:
    """Region and authority put right where a name is one sign (an authority: two) from a known one."""
    mend_regions = near_addresses(catalogue)

    def near(texts: Sequence[str]) -> Iterable[str]:
        mended = list(dict.fromkeys([*map(squeeze, texts), *mend_regions(texts)]))
        return [
            *mended,
            *(found for text, end in product(mended, AUTHORITIES) if (found := _ended(text, end))),
        ]

    return near


def _ended(text: str, end: str) -> str | None:
    """``text`` with its tail replaced by ``end``, when the two differ by a third of their signs at most."""
    lengths = [length for length in (len(end), len(end) - 1, len(end) + 1) if 2 < length < len(text)]
    steps = {length: distance(text[-length:], end, 2) for length in lengths}
    best = min(steps, key=lambda length: steps[length], default=0)
    return text[:-best] + end if best and steps[best] <= min(2, len(end) // 3) else None


def near_addresses(catalogue: Catalogue) -> Callable[[Sequence[str]], Iterable[str]]:
    """Texts with their region names put right, where one sign differs: 湖甫省长沙巿 → 湖南省长沙市."""

    def near(texts: Sequence[str]) -> Iterable[str]:
        bodies = [squeeze(text) for text in texts]
        return [mended for body in bodies if (mended := _mend(body, catalogue)) != body]

    return near


def has_true_regions(catalogue: Catalogue) -> Callable[[str], bool]:
    """A test: no region's name at the text's start is one sign away from a true one that could stand there."""
    return lambda text: _mend(squeeze(text), catalogue) == squeeze(text)


def _mend(text: str, catalogue: Catalogue) -> str:
    """From the left, as long as the name of a region inside the one before follows, known or with one sign wrong."""
    out, rest, inside = "", text, ""
    while rest:
        regions = _regions_inside(catalogue, inside)
        found = next((region for region in regions if rest.startswith(region.name)), None)
        short = next((region for region in regions if rest.startswith(region.name[:-1])), None)
        if found is None and short is not None:  # 湖南长沙市: without 省
            written = short.name[:-1]
            out, rest, inside = out + written, rest[len(written) :], short.adcode
            continue
        if found is None:
            near = {region.name: region for region in regions if _is_near(rest, region.name)}
            if len(near) != 1:
                break
            (found,) = near.values()
        out, rest, inside = out + found.name, rest[len(found.name) :], found.adcode
    return out + rest


def _is_near(text: str, name: str) -> bool:
    """Whether the text starts with the name but for one sign."""
    return len(name) > 2 and distance(text[: len(name)], name, _NEAR) <= _NEAR


@lru_cache(maxsize=256)
def _regions_inside(catalogue: Catalogue, code: str) -> tuple[Region, ...]:
    """Regions at any depth below one, all of them for ""; longer names first."""
    whole = [region for region in catalogue.regions.values() if len(region.name) > 1]
    below = [region for region in whole if not code or code in _above(catalogue, region)]
    return tuple(sorted(below, key=lambda region: -len(region.name)))


def _above(catalogue: Catalogue, region: Region) -> set[str]:
    """Codes of the regions that hold one."""
    codes: set[str] = set()
    while region.parent and region.parent in catalogue.regions:
        codes.add(region.parent)
        region = catalogue.regions[region.parent]
    return codes


def _region_names(catalogue: Catalogue) -> set[str]:
    return {region.name for region in catalogue.regions.values()}


def regions_in(text: str, catalogue: Catalogue) -> tuple[Region, ...]:
    """Regions whose full name stands in the text, in order of the text."""
    body = squeeze(text)
    found = [(body.find(region.name), region) for region in catalogue.regions.values()]
    return tuple(region for place, region in sorted(found, key=lambda pair: pair[0]) if place >= 0)
