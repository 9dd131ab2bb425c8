"""Rules for signature and seals. Never passed by guess: what cannot be read is left to a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from extractors.form import credit_code
from extractors.form.reading import Check, FieldReading, Marks, SealReading, SignatureKind, Status
from extractors.form.verdicts import INFO, WARNING, found, verdict, written

_SIGNATURES = {
    SignatureKind.NAME_SEAL: "法定代表人处盖的是人名章，没有亲笔签字，请确认是否接受。",
    SignatureKind.TYPED: "法定代表人处是打印的姓名，须由本人签字。",
    SignatureKind.NONE: "法定代表人没有签字。",
}


def marks_checks(marks: Marks, fields: Mapping[str, FieldReading]) -> Iterator[Check]:
    """``marks.*``: the signature, the organisation's seal, the bureau's seal and its date."""
    yield _signature_check(marks)
    yield _org_seal_check(marks.org_seal)
    yield from _authority_checks(marks.authority_seal, fields)


def _signature_check(marks: Marks) -> Check:
    mark = marks.legal_rep_signature
    signed: bool | None = mark.kind == SignatureKind.HANDWRITTEN
    lost = mark.status == Status.MISSING or not found(mark.reasons)
    if lost or mark.kind == SignatureKind.NAME_SEAL or "signature_unclear" in mark.reasons:
        signed = None
    unsure = _SIGNATURES.get(mark.kind, "签字处的笔迹不清，请人工确认是否已签字。")
    return verdict(
        "marks.legal_rep_signature",
        passed=signed,
        fields="legal_rep_signature",
        good="法定代表人已签字。",
        bad=_SIGNATURES.get(mark.kind, ""),
        unsure="没有找到法定代表人签字的位置，请对照原图查找。" if lost else unsure,
    )


def _org_seal_check(seal: SealReading) -> Check:
    if seal.status == Status.MISSING or not found(seal.reasons):
        passed: bool | None = None
    else:
        passed = seal.matches if seal.present else False
    absent = "单位名称处没有看到单位公章。"
    return verdict(
        "marks.org_seal",
        passed=passed,
        # A seal that is absent or cannot be read says nothing against the name.
        fields=("org_seal", "org_name") if seal.matches is not None else "org_seal",
        good="单位公章与填写的名称一致。",
        bad=f"印章文字“{seal.text}”与填写的单位名称不一致，请核对。" if seal.present else absent,
        unsure="单位公章的文字无法辨认，请人工核对。" if seal.present else "没有找到盖章处，请对照原图查找。",
    )


def _authority_checks(seal: SealReading, fields: Mapping[str, FieldReading]) -> Iterator[Check]:
    """The bureau's seal may be absent for units of the province; the credit code's region is only a hint."""
    uscc = fields.get("uscc")
    code = str(uscc.value or "") if uscc else ""
    province = code[4:8] == "0000" if credit_code.has_form(code) else None
    if seal.present:
        passed = seal.matches
    else:
        lost = seal.status == Status.MISSING or not found(seal.reasons)
        passed = None if lost or province is not False else False
    if seal.present:
        unsure = "市（州）人社局印章的文字无法辨认，请人工核对。"
    else:
        unsure = "没有看到市（州）人社局的印章；省属单位可直接报送，其他单位须经市（州）人社局签署意见。"
    yield verdict(
        "marks.authority_seal",
        passed=passed,
        fields="authority_seal",
        severity=INFO if province and not seal.present else WARNING,
        good="市（州）人社局已盖章。",
        bad=f"第五部分的印章“{seal.text}”不是市（州）人社局的印章，请核对。" if seal.present else unsure,
        unsure=unsure,
    )
    day = fields.get("authority_opinion_date")
    if seal.present and day is not None and day.status != Status.MISSING:
        yield verdict(
            "marks.authority_date",
            passed=written(day),
            fields=("authority_seal", "authority_opinion_date"),
            severity=WARNING,
            good="市（州）人社局意见已写日期。",
            bad="市（州）人社局已盖章，但没有写日期。",
        )
