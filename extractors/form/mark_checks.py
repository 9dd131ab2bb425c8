"""Rules for signature, seals and section 五. Never passed by guess: what cannot be read is left to a person."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.form.case import Case, found, judged, tell, written
from extractors.form.credit_checks import formed_code
from extractors.form.reading import Check, SealReading, SignatureKind, SignatureReading, Status
from extractors.form.rules import Rule


def of_province(case: Case) -> bool | None:
    """Whether the credit code was given by an authority of the province itself: only a hint at 省属单位."""
    code = formed_code(case)
    return code[4:8] == "0000" if code else None


def signature(rule: Rule, case: Case) -> Iterator[Check]:
    """The legal representative signs with a pen."""
    mark = case.marks.legal_rep_signature
    signed: bool | None = mark.kind == SignatureKind.HANDWRITTEN
    if _is_lost(mark):
        signed, outcome = None, "lost"
    elif mark.kind == SignatureKind.NAME_SEAL:
        signed, outcome = None, "name_seal"
    elif "signature_unclear" in mark.reasons:
        signed, outcome = None, "unclear"
    else:
        outcome = "good" if signed else str(mark.kind)
    yield tell(rule, outcome, "legal_rep_signature", passed=signed)


def organisation_seal(rule: Rule, case: Case) -> Iterator[Check]:
    """The applicant's own seal stands at its name."""
    seal = case.marks.org_seal
    # A seal that is absent or cannot be read says nothing against the name.
    fields = ("org_seal", "org_name") if seal.matches is not None else ("org_seal",)
    if _is_lost(seal):
        yield tell(rule, "lost" if not seal.present else "unreadable", fields, passed=None, text=seal.text)
    else:
        yield tell(
            rule, _seal_outcome(seal), fields, passed=seal.matches if seal.present else False, text=seal.text
        )


def authority_seal(rule: Rule, case: Case) -> Iterator[Check]:
    """The bureau's seal may be absent for units of the province."""
    seal = case.marks.authority_seal
    absent = None if _is_lost(seal) or of_province(case) is not False else False
    passed = seal.matches if seal.present else absent
    yield tell(rule, _seal_outcome(seal), "authority_seal", passed=passed, text=seal.text)


def authority_opinion(rule: Rule, case: Case) -> Iterator[Check]:
    """Units below the province apply through their city's bureau, which gives its opinion."""
    province, opinion = of_province(case), case.fields.get("authority_opinion")
    if province is None or opinion is None or opinion.status == Status.MISSING:
        return
    given = written(opinion)
    outcome = "good" if given else "province" if province else "bad"
    yield tell(rule, outcome, "authority_opinion", passed=given or (None if province else False))


def authority_date(rule: Rule, case: Case) -> Iterator[Check]:
    """Whoever gives an opinion or stamps one dates it."""
    day = case.fields.get("authority_opinion_date")
    sealed, given = case.marks.authority_seal.present, written(case.fields.get("authority_opinion"))
    if (sealed or given) and day is not None and day.status != Status.MISSING:
        about = "authority_seal" if sealed else "authority_opinion"
        yield judged(rule, (about, "authority_opinion_date"), passed=written(day))


def _is_lost(mark: SealReading | SignatureReading) -> bool:
    return mark.status == Status.MISSING or not found(mark.reasons)


def _seal_outcome(seal: SealReading) -> str:
    if not seal.present:
        return "absent"
    return {True: "good", False: "other", None: "unreadable"}[seal.matches]
