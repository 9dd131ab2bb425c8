"""Rules for the unified social credit code: its form, its check signs, and what its parts say beside other fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from extractors.form import credit_code
from extractors.form.case import Case, judged
from extractors.form.catalogue import Catalogue, Region
from extractors.form.places import regions_in
from extractors.form.reading import Check
from extractors.form.rules import Rule

_PREFIX_NAMES = {
    "11": "机关",
    "12": "事业单位",
    "13": "群众团体",
    "51": "社会团体",
    "52": "民办非企业单位",
    "53": "基金会",
    "91": "企业",
    "92": "个体工商户",
    "93": "农民专业合作社",
}


def well_formed(rule: Rule, case: Case) -> Iterator[Check]:
    """Eighteen signs of the alphabet."""
    if case.readings("uscc"):
        yield judged(rule, "uscc", passed=credit_code.has_form(case.value("uscc")))


def check_sign(rule: Rule, case: Case) -> Iterator[Check]:
    """The 18th sign (GB 32100)."""
    yield from _signed(rule, case, credit_code.check_digit_holds)


def organisation_code(rule: Rule, case: Case) -> Iterator[Check]:
    """Signs 9 to 17 (GB 11714)."""
    yield from _signed(rule, case, credit_code.organisation_code_holds)


def _signed(rule: Rule, case: Case, holds: Callable[[str], bool]) -> Iterator[Check]:
    code = case.value("uscc")
    if case.readings("uscc"):
        yield judged(rule, "uscc", passed=holds(code) if credit_code.has_form(code) else None)


def formed_code(case: Case) -> str:
    """The credit code where it has the form of one, else nothing."""
    code = case.value("uscc")
    return code if credit_code.has_form(code) else ""


def prefix_type(rule: Rule, case: Case) -> Iterator[Check]:
    """The first two signs against the box that is ticked; ``prefixes`` says which go with it."""
    code, kind = formed_code(case), case.value("org_type")
    if code and kind in rule.params["prefixes"]:
        passed = code[:2] in rule.params["prefixes"][kind]
        yield judged(rule, ("uscc", "org_type"), passed=passed, prefix=code[:2], kind=_prefix_name(code))


def prefix_region(rule: Rule, case: Case) -> Iterator[Check]:
    """Registered in the call's region (the first digits of its code)."""
    if code := formed_code(case):
        region = code[credit_code.REGION]
        yield judged(rule, "uscc", passed=region.startswith(rule.params["region"]), region=region)


def registration(rule: Rule, case: Case) -> Iterator[Check]:
    """The registration authority is one that gives codes with this prefix; an authority nobody listed says nothing."""
    code, text = formed_code(case), case.value("registration_authority")
    authorities: dict[str, list[str]] = rule.params["authorities"]
    if not text or code[:2] not in authorities:
        return
    known = {word for words in authorities.values() for word in words if word in text}
    passed = bool(known & set(authorities[code[:2]])) if known else None
    yield judged(
        rule,
        ("registration_authority", "uscc"),
        passed=passed,
        text=text,
        prefix=code[:2],
        kind=_prefix_name(code),
    )


def same_region(rule: Rule, case: Case) -> Iterator[Check]:
    """A city named in a text is the one the credit code was given in; codes of the province itself say nothing."""
    own = case.catalogue.regions.get(formed_code(case)[2:6] + "00")
    if own is None or own.level != "city":
        return
    for name in rule.of:
        seal = getattr(case.marks, name, None)
        text = seal.text if seal is not None else case.value(name)
        cities = _cities(text, case.catalogue)
        if cities:
            found = "、".join(city.name for city in cities)
            passed = own in cities
            yield judged(
                rule, (name, "uscc"), passed=passed, place=case.called(name), found=found, own=own.name
            )


def _cities(text: str, catalogue: Catalogue) -> list[Region]:
    """The cities that a text names, or whose counties it names."""
    named = regions_in(text, catalogue)
    codes = dict.fromkeys(r.adcode if r.level == "city" else r.parent for r in named if r.level != "province")
    return [catalogue.regions[code] for code in codes]


def _prefix_name(code: str) -> str:
    return _PREFIX_NAMES.get(code[:2], "其他机构")
