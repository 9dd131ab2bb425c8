"""Rules as data: what a call's ``rules`` may say, and what is wrong with those that cannot be applied.

A rule names its kind (a function in the check modules), the fields it looks at, its numbers and lists, the
clause it rests on and the sentence of each outcome. ``KINDS`` is each kind's signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any

from extractors.form.layout_file import LayoutError


@dataclass(frozen=True, slots=True)
class Kind:
    """What rules of one kind must and may say."""

    say: frozenset[str]
    """Its outcomes; each needs a sentence."""
    facts: frozenset[str] = frozenset()
    """What a sentence may name in braces."""
    params: Mapping[str, type] = field(default_factory=dict)
    """What ``with`` must hold."""
    of: bool = False
    """Whether ``of`` names the fields."""


def _kind(say: str, facts: str = "", *, of: bool = False, **params: type) -> Kind:
    return Kind(frozenset(say.split()), frozenset(facts.split()), MappingProxyType(params), of)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "required": _kind("good bad unsure", "place"),
        "format": _kind("good bad", "place text", of=True),
        "possible_date": _kind(
            "good early late", "place value day", start_date=dict, authority_opinion_date=dict
        ),
        "uscc_format": _kind("good bad"),
        "uscc_check_sign": _kind("good bad unsure"),
        "uscc_organisation": _kind("good bad unsure"),
        "prefix_type": _kind("good bad", "prefix kind", prefixes=dict),
        "prefix_region": _kind("good bad", "region", region=str),
        "registration": _kind("good bad unsure", "text prefix kind", authorities=dict),
        "same_region": _kind("good bad", "place found own", of=True),
        "area_code": _kind("good bad unsure", "codes"),
        "mail_host": _kind("unsure", "host near"),
        "shared": _kind("bad", "place count numbers", of=True),
        "occupations_filled": _kind("good bad", "count"),
        "old_code": _kind("bad", "row code name current"),
        "code_known": _kind("good bad later unknown", "row code name"),
        "name_and_code": _kind("good bad unsure", "row detail"),
        "levels_in_standard": _kind("good bad", "row beyond covered"),
        "is_new": _kind("good bad", "row claim name fact"),
        "new_with_history": _kind("bad", "row name source start day years", years=int),
        "sequence": _kind("good bad unsure"),
        "duplicate_rows": _kind("bad", "first second"),
        "entry_restricted": _kind("bad partly", "row name", partly=list),
        "scope": _kind(
            "good shortage bad unsure expired", "row name day", catalogue_until=date, shortage=list
        ),
        "years_of_practice": _kind("good bad some unsure", "years day rows", years=int),
        "total_count": _kind("good below unsure", "least total", least=int),
        "count_each": _kind("below reached unsure", "least rows", least=int),
        "material": _kind("recognised confirmed missing unseen", "number title pages", number=int),
        "authority_opinion": _kind("good bad province"),
        "signature": _kind("good name_seal typed none unclear lost"),
        "organisation_seal": _kind("good other absent unreadable lost", "text"),
        "authority_seal": _kind("good other absent unreadable", "text"),
        "authority_date": _kind("good bad"),
        "deadline": _kind("good bad unsure", "deadline days"),
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a call. ``id`` is what its findings are called, ``required.*`` for all that begin so."""

    id: str
    kind: str
    basis: str
    severity: str
    say: Mapping[str, str]
    words: str = ""
    """What the clause says, as it says it."""
    of: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)


def rule_of(rules: Sequence[Rule], finding: str) -> Rule | None:
    """The rule that makes findings of this name."""
    exact = next((rule for rule in rules if rule.id == finding), None)
    return exact or next(
        (rule for rule in rules if rule.id.endswith("*") and finding.startswith(rule.id[:-1])), None
    )


def checked_rules(file: Path, items: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The rules of a call whose shape the schema has approved. Raises LayoutError for what cannot be applied."""
    seen: dict[str, int] = {}
    for index, item in enumerate(items):
        place = f"rules[{index}]"
        if item["id"] in seen:
            raise LayoutError(file, f"{place}.id", f"“{item['id']}” 与 rules[{seen[item['id']]}] 重复。")
        seen[item["id"]] = index
        if item["kind"] not in KINDS:
            raise LayoutError(file, f"{place}.kind", f"没有“{item['kind']}”这种规则，请检查拼写。")
        kind = KINDS[item["kind"]]
        _refuse_names(file, f"{place}.say", item["say"], kind.say)
        _refuse_names(file, f"{place}.with", item.get("with", {}), kind.params)
        _refuse_params(file, place, item, kind)
        _refuse_sentences(file, place, item["say"], kind)
    return tuple(_rule(item) for item in items)


def refuse_other_materials(file: Path, rules: Sequence[Rule], numbers: Iterable[int]) -> None:
    """Raises LayoutError for a rule about a material that the call does not ask for."""
    asked = set(numbers)
    for index, rule in enumerate(rules):
        if rule.kind == "material" and rule.params["number"] not in asked:
            place = f"rules[{index}].with.number"
            raise LayoutError(file, place, f"没有第 {rule.params['number']} 项材料。")


def _rule(item: Mapping[str, Any]) -> Rule:
    rest = {key: value for key, value in item.items() if key not in {"with", "of"}}
    return Rule(**rest, of=tuple(item.get("of", ())), params=item.get("with", {}))


def _refuse_names(file: Path, place: str, found: Iterable[str], wanted: Iterable[str]) -> None:
    if extra := set(found) - set(wanted):
        raise LayoutError(file, place, f"不认识的键：{'、'.join(sorted(extra))}。请检查拼写。")
    if missing := set(wanted) - set(found):
        raise LayoutError(file, place, f"缺少 {'、'.join(sorted(missing))}。")


def _refuse_params(file: Path, place: str, item: Mapping[str, Any], kind: Kind) -> None:
    if kind.of != bool(item.get("of")):
        raise LayoutError(file, f"{place}.of", "要写明看哪些栏目。" if kind.of else "这种规则不用写栏目。")
    for name, wanted in kind.params.items():
        value = item["with"][name]
        if not _is(value, wanted):
            raise LayoutError(file, f"{place}.with.{name}", f"类型不对，应为 {wanted.__name__}。")
        if isinstance(value, int) and value < 0:
            raise LayoutError(file, f"{place}.with.{name}", "不能小于 0。")


def _is(value: object, wanted: type) -> bool:
    """Whether a parameter is of its type; a ``date`` is written as ISO text."""
    if wanted is date:
        try:
            return isinstance(value, str) and bool(date.fromisoformat(value))
        except ValueError:
            return False
    return isinstance(value, wanted) and not isinstance(value, bool)


def _refuse_sentences(file: Path, place: str, say: Mapping[str, str], kind: Kind) -> None:
    for outcome, sentence in say.items():
        where = f"{place}.say.{outcome}"
        try:
            named = {name for _text, name, _form, _how in Formatter().parse(sentence) if name is not None}
        except ValueError:
            raise LayoutError(file, where, "大括号不成对。") from None
        if unknown := named - kind.facts:
            may = "、".join(sorted(kind.facts)) or "（没有）"
            raise LayoutError(file, where, f"不能写 {'、'.join(sorted(unknown))}；可以写：{may}。")
