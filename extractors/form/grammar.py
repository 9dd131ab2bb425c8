"""Knowledge offered to the recogniser: what a cell of a kind may hold, and well-formed texts near a reading.

A suggestion never overrules ink: the reader scores it on the picture and takes it only when the picture
agrees. Lists are short (``LIMIT``), the nearest first, and keep the punctuation the texts themselves use.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from extractors.form import credit_code, places
from extractors.form.catalogue import Catalogue, occupation_key
from extractors.form.lookalikes import digits, near_credit_codes, nearest
from extractors.form.near_texts import (
    near_capital,
    near_counts,
    near_dates,
    near_emails,
    near_levels,
    near_names,
    near_phones,
    near_yes_no,
)
from extractors.form.positions import is_position
from extractors.form.set_phrases import has_set_phrases, with_set_phrases
from extractors.form.text import distance, fold_width
from extractors.form.values import text_to_value
from extractors.form.wellformed import (
    is_code,
    is_credit_code,
    is_email,
    is_levels,
    is_person,
    is_phone,
    spaced_well,
    well_read,
)

LIMIT = 60
"""Most suggestions for one cell."""

_DIGITS = "0123456789"
_CHINESE = "〇零一二三四五六七八九十百千万亿"
_FINANCIAL = "壹贰叁肆伍陆柒捌玖拾佰仟萬億圆元整正"
_DASHES = "-—–－~～"
_MOST_CODE_STEPS = 2
_JOINED_SIGNS = str.maketrans({"a": "01", "d": "01", "α": "01", "Q": "0", "G": "6"})
"""What pens write so near to each other that a code's digits are read as one letter."""
_SPECKS = "•·.。,，、'`’‘…_^ "
"""What specks beside a text are read as."""


class Grammar(Protocol):
    """What a reader may ask about a kind of cell."""

    @property
    def alphabet(self) -> frozenset[str] | None:
        """Characters a text of this kind is made of, None when anything may stand there."""

    def accepts(self, text: str) -> bool:
        """Tell whether ``text`` is well formed."""

    def suggest(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Well-formed texts near the reader's guesses, nearest first; a well-formed guess is among them."""


@dataclass(frozen=True, slots=True)
class KindGrammar:
    """A grammar made of two functions: is it well formed, and what is near."""

    alphabet: frozenset[str] | None
    test: Callable[[str], bool]
    near: Callable[[Sequence[str]], Iterable[str]]

    def accepts(self, text: str) -> bool:
        """Tell whether ``text`` is well formed."""
        return bool(text.strip()) and self.test(text)

    def suggest(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Well-formed guesses first, then what is near any guess; at most ``LIMIT``."""
        bare = [text.strip(_SPECKS) for text in texts]
        written = [text for text in dict.fromkeys([*texts, *bare]) if text.strip()]
        if not written:
            return ()
        found = [*(text for text in written if self.accepts(text)), *self.near(written)]
        return tuple(dict.fromkeys(text for text in found if self.accepts(text)))[:LIMIT]


@lru_cache(maxsize=64)
def grammar_for(kind: str, catalogue: Catalogue) -> Grammar:
    """The grammar of a layout's kind. Raises KeyError for an unknown kind."""
    return _GRAMMARS[kind](catalogue)


def suggest_occupation(
    names: Sequence[str], codes: Sequence[str], catalogue: Catalogue
) -> tuple[tuple[str, str], ...]:
    """Pairs of name and code that belong together and are near both readings, nearest first.

    A pair is near when its name is within half its characters (three at most) and its code within two signs.
    """
    readings = tuple(dict.fromkeys(name for name in names if name.strip()))
    near = dict.fromkeys(found for name in readings for found in catalogue.near_names(name, _reach(name)))
    ranked: dict[tuple[str, str], int] = {}
    for name in near:
        steps = min(distance(occupation_key(reading), name) for reading in readings)
        for code in catalogue.codes(name):
            code_steps = min((_code_steps(text, code) for text in codes if text.strip()), default=9)
            if code_steps <= _MOST_CODE_STEPS:
                ranked.setdefault((name, code), steps + code_steps)
    return tuple(sorted(ranked, key=lambda pair: ranked[pair]))[:LIMIT]


def _reach(name: str) -> int:
    """Most edits at which an occupation's name still counts as near."""
    return min(3, max(1, len(name) // 2))


def _code_steps(text: str, code: str) -> int:
    return distance(only_digits(text), code.replace("-", ""), _MOST_CODE_STEPS)


def only_digits(text: str) -> str:
    """The digits of a code, letters that look like one among them."""
    return re.sub(r"\D", "", digits(fold_width(text)))


def _near_codes(catalogue: Catalogue) -> Callable[[Sequence[str]], Iterable[str]]:
    """Signs mended first, then codes of the catalogue that are one digit away."""
    by_part: defaultdict[str, list[str]] = defaultdict(list)
    for code in dict.fromkeys(row.code for row in catalogue.occupations):
        for part in _with_one_left_out(code.replace("-", "")):
            by_part[part].append(code)

    def near(texts: Sequence[str]) -> Iterable[str]:
        out: list[str] = []
        known: list[str] = []
        for text in (*texts, *(text.translate(_JOINED_SIGNS) for text in texts)):
            found = text_to_value("occupation_code", digits(fold_width(text).replace("一", "-")))
            out += [str(found)] if found else []
            bare = only_digits(text)
            out += ["-".join((bare[0], bare[1:3], bare[3:5], bare[5:]))] if len(bare) == 7 else []
            known += [code for part in _with_one_left_out(bare) for code in by_part.get(part, ())]
        return [*out, *nearest(texts, known, LIMIT)]

    return near


def _with_one_left_out(text: str) -> set[str]:
    """The text and every text with one character less: two texts one edit apart share one of them."""
    return {text, *(text[:i] + text[i + 1 :] for i in range(len(text)))}


def _near_occupations(catalogue: Catalogue) -> Callable[[Sequence[str]], Iterable[str]]:
    def near(texts: Sequence[str]) -> Iterable[str]:
        out: list[str] = []
        for text in texts:
            name = occupation_key(text)
            base, bracket, rest = name.partition("(")
            reach = _reach(base)
            out += catalogue.near_names(name, reach)
            if bracket:
                work = rest.rstrip(")")
                out += [f"{found}（{work}）" for found in catalogue.near_names(base, reach)]
        return nearest(texts, out, LIMIT)

    return near


def _near_credit_codes(texts: Sequence[str]) -> Iterable[str]:
    return [code for text in texts for code in near_credit_codes(text)]


_DASH_FOR_ONE = re.compile(r"(?<=[\u4e00-\u9fff])[-—–－](?=[\u4e00-\u9fff])")


def _near_addresses(catalogue: Catalogue) -> Callable[[Sequence[str]], Iterable[str]]:
    """Regions put right, and 五—中路 read as 五一中路."""
    regions = places.near_addresses(catalogue)

    def near(texts: Sequence[str]) -> Iterable[str]:
        ones = [_DASH_FOR_ONE.sub("一", text) for text in texts]
        return _phrased([*ones, *regions([*ones, *texts])])

    return near


def _near_org_names(catalogue: Catalogue) -> Callable[[Sequence[str]], Iterable[str]]:
    regions = places.near_addresses(catalogue)
    return lambda texts: _phrased([*texts, *regions(texts)])


def _phrased(texts: Sequence[str]) -> list[str]:
    """The texts, and before each what it is with its set phrases put right."""
    return [each for text in texts for each in (with_set_phrases(text), text)]


def _is_org_name(catalogue: Catalogue) -> Callable[[str], bool]:
    true_regions = places.has_true_regions(catalogue)
    return lambda text: has_set_phrases(text) and true_regions(text)


def _is_address(catalogue: Catalogue) -> Callable[[str], bool]:
    true_regions = places.has_true_regions(catalogue)
    return lambda text: _DASH_FOR_ONE.search(text) is None and has_set_phrases(text) and true_regions(text)


def _fixed(
    alphabet: str | None, test: Callable[[str], bool], near: Callable[[Sequence[str]], Iterable[str]]
) -> Callable[[Catalogue], Grammar]:
    grammar = KindGrammar(frozenset(alphabet) if alphabet else None, test, near)
    return lambda _catalogue: grammar


def _nothing(_texts: Sequence[str]) -> Iterable[str]:
    return ()


def _anything(_text: str) -> bool:
    return True


_GRAMMARS: dict[str, Callable[[Catalogue], Grammar]] = {
    "levels": _fixed(
        "一二三四五六七八九零0123456789级初中高特首席工技师/（）()、，,；;.。和及与以上下至到 国家职业资格"
        + _DASHES,
        is_levels,
        near_levels,
    ),
    "date": _fixed(
        _DIGITS + _CHINESE + _DASHES + "年月日号./ 至今起自从始份初底末○O",
        spaced_well("date", r"(?<![年月日至起]) +(?![年月日至])|[.。、,，/\-—]$"),
        near_dates,
    ),
    "count": _fixed(
        _DIGITS + _CHINESE + ",，.人次余多约近超过共计累左右以上名+（）() ",
        spaced_well("count", r"\d +[\d,.]|[,.] +\d|[,，.。]$"),
        near_counts,
    ),
    "capital": _fixed(
        _DIGITS + _CHINESE + _FINANCIAL + ",，.￥¥人民币大小写角分（）():： RMBCNYWw开办注册资金本实认缴",
        spaced_well("capital", r"\d +[\d,.]|[,.] +\d|[,，.。]$"),
        near_capital,
    ),
    "sequence": _fixed(
        _DIGITS + ".．、（）()" + _CHINESE, well_read("sequence"), lambda texts: map(digits, texts)
    ),
    "yes_no": _fixed("是否√✓×无不非有没属于新职业☑□/", spaced_well("yes_no", r"[.。]$"), near_yes_no),
    "uscc": _fixed(
        credit_code.ALPHABET + " -",
        is_credit_code,
        _near_credit_codes,
    ),
    "phone": _fixed(_DIGITS + _DASHES + "、，,；;/／ ()（）+转", is_phone, near_phones),
    "email": _fixed(
        _DIGITS + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@._-+%/、；; ",
        is_email,
        near_emails,
    ),
    "person_name": _fixed(None, is_person, near_names),
    "occupation_code": lambda catalogue: KindGrammar(
        frozenset(_DIGITS + _DASHES + ". "),
        is_code,
        _near_codes(catalogue),
    ),
    "occupation_name": lambda catalogue: KindGrammar(
        None, lambda text: bool(catalogue.by_name(text)), _near_occupations(catalogue)
    ),
    "address": lambda catalogue: KindGrammar(None, _is_address(catalogue), _near_addresses(catalogue)),
    "region_authority": lambda catalogue: KindGrammar(
        None, places.is_authority(catalogue), places.near_authorities(catalogue)
    ),
    "org_name": lambda catalogue: KindGrammar(None, _is_org_name(catalogue), _near_org_names(catalogue)),
    "position": _fixed(None, is_position, _nothing),
    "text": _fixed(None, _anything, _nothing),
    "long_text": _fixed(None, _anything, _nothing),
    "checkboxes": _fixed(None, _anything, _nothing),
}
"""One grammar a kind, the kinds of ``layout.schema.json``."""
