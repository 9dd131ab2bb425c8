"""Rules for the single fields: what must be filled in, the credit code, telephones, mail, money, dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from extractors.form import credit_code
from extractors.form.catalogue import Catalogue
from extractors.form.contacts import usual_host_near
from extractors.form.layout import Layout
from extractors.form.reading import Check, FieldReading, Status
from extractors.form.verdicts import INFO, WARNING, filled, verdict, written

_PREFIXES = {
    "enterprise": ("91", "93"),
    "private_non_enterprise": ("52",),
    "industry_association": ("51",),
    "technical_school": ("12", "52", "91"),
}
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
_PROVINCE_DIGITS = 2


def required_checks(fields: Mapping[str, FieldReading], layout: Layout) -> Iterator[Check]:
    """``required.<field>``: filled in, blank, or not to be judged because the cell was not found."""
    names = {label.field: label.text for label in layout.labels if label.required}
    names |= {
        s.body.field: f"第{s.heading[0]}部分的说明" for s in layout.sections if s.body and s.body.required
    }
    for field, name in names.items():
        reading = fields.get(field)
        yield verdict(
            f"required.{field}",
            passed=filled(reading),
            fields=field,
            good=f"“{name}”已填写。",
            bad=f"“{name}”没有填写，请申请单位补填。",
            unsure=f"没有在表上找到“{name}”，请对照原图查找。",
        )


def credit_code_checks(fields: Mapping[str, FieldReading], layout: Layout) -> Iterator[Check]:
    """``uscc.*``: form, both check signs (GB 32100, GB 11714), and what its parts say beside other fields."""
    reading = fields.get("uscc")
    if reading is None or not written(reading):
        return
    code = str(reading.value or "")
    formed = credit_code.has_form(code)
    yield verdict(
        "uscc.format",
        passed=formed,
        fields="uscc",
        good="统一社会信用代码为 18 位，字符合乎规定。",
        bad="统一社会信用代码应为 18 位数字和大写字母（不用 I、O、S、V、Z），请核对证照。",
    )
    yield verdict(
        "uscc.check_digit",
        passed=credit_code.check_digit_holds(code) if formed else None,
        fields="uscc",
        good="统一社会信用代码的校验位正确。",
        bad="统一社会信用代码的第 18 位校验不符，可能有一位写错或认错，请核对证照。",
        unsure="统一社会信用代码的格式不对，无法计算校验位。",
    )
    yield verdict(
        "uscc.org_code",
        passed=credit_code.organisation_code_holds(code) if formed else None,
        fields="uscc",
        good="统一社会信用代码中的组织机构代码（第 9—17 位）校验正确。",
        bad="统一社会信用代码第 9—17 位（组织机构代码）校验不符，可能有一位写错或认错。",
        unsure="统一社会信用代码的格式不对，无法校验第 9—17 位。",
    )
    if formed:
        yield from _credit_code_parts(code, fields.get("org_type"), layout)


def _credit_code_parts(code: str, org_type: FieldReading | None, layout: Layout) -> Iterator[Check]:
    kind = str(org_type.value) if org_type and org_type.value else ""
    if kind in _PREFIXES:
        found = _PREFIX_NAMES.get(code[:2], "其他机构")
        yield verdict(
            "uscc.prefix_org_type",
            passed=code[:2] in _PREFIXES[kind],
            fields=("uscc", "org_type"),
            severity=WARNING,
            good="统一社会信用代码的前两位与机构性质相符。",
            bad=f"统一社会信用代码以 {code[:2]} 开头（{found}），与勾选的机构性质不一致，请核对。",
        )
    if layout.call.region_prefix:
        yield verdict(
            "uscc.region",
            passed=code[2:4] == layout.call.region_prefix,
            fields="uscc",
            severity=WARNING,
            good="登记机关在本省。",
            bad=f"统一社会信用代码的登记区划 {code[credit_code.REGION]} 不在本省，请核对登记地。",
        )


def contact_checks(fields: Mapping[str, FieldReading], catalogue: Catalogue) -> Iterator[Check]:
    """``phone.*``, ``email.format``."""
    phone = fields.get("contact_phone")
    if phone is not None and written(phone):
        yield verdict(
            "phone.format",
            passed=phone.value is not None,
            fields="contact_phone",
            good="联系电话的位数正确。",
            bad=f"联系电话“{phone.text}”的位数不对：手机应为 11 位，固定电话应为区号加 7 或 8 位号码。",
        )
        yield from _area_code_check(str(phone.value or ""), catalogue)
    email = fields.get("email")
    if email is not None and written(email):
        yield verdict(
            "email.format",
            passed=email.value is not None,
            fields="email",
            good="电子邮箱的格式正确。",
            bad=f"电子邮箱“{email.text}”的格式不对，请核对 @ 和域名。",
        )
        yield from _mail_host_check(str(email.value or ""))


def _mail_host_check(addresses: str) -> Iterator[Check]:
    """``email.host``: a host one or two signs from a usual one (99.com for qq.com) is likely a slip."""
    for host in (address.partition("@")[2] for address in addresses.split("/") if address):
        if near := usual_host_near(host):
            yield verdict(
                "email.host",
                passed=None,
                fields="email",
                severity=WARNING,
                good="",
                bad="",
                unsure=f"电子邮箱的域名“{host}”不常见，与“{near}”相近，请核对。",
            )


def _area_code_check(numbers: str, catalogue: Catalogue) -> Iterator[Check]:
    landlines = [
        number for number in numbers.split("/") if number and number[0] != "1" and number[:3] != "400"
    ]
    if not landlines:
        return
    codes = [number.split("-")[0] for number in landlines]
    known = [code in catalogue.area_codes for code in codes]
    without = all(not code.startswith("0") for code in codes)
    yield verdict(
        "phone.area_code",
        passed=None if without else all(known),
        fields="contact_phone",
        severity=WARNING,
        good="固定电话的区号属于本省。",
        bad=f"固定电话的区号 {'、'.join(codes)} 不是本省区号，请核对。",
        unsure="固定电话没有写区号，请核对。",
    )


def value_checks(
    fields: Mapping[str, FieldReading], layout: Layout, reference_day: date | None
) -> Iterator[Check]:
    """``capital.format`` and ``date.*`` of the authority's opinion."""
    capital = fields.get("registered_capital")
    if capital is not None and written(capital):
        yield verdict(
            "capital.format",
            passed=capital.value is not None,
            fields="registered_capital",
            severity=WARNING,
            good="注册资金可以换算成元。",
            bad=f"注册资金“{capital.text}”无法换算成元，请核对金额和单位。",
        )
    day = fields.get("authority_opinion_date")
    if day is not None and written(day):
        yield from date_checks(
            "authority_opinion_date", "人社局意见的日期", day, layout.call.issued, reference_day
        )


def date_checks(
    field: str, name: str, reading: FieldReading, earliest: str, reference_day: date | None
) -> Iterator[Check]:
    """``date.format`` and ``date.possible``: not before ``earliest`` (ISO), not after ``reference_day``."""
    value = str(reading.value or "")
    yield verdict(
        "date.format",
        passed=bool(value),
        fields=field,
        good=f"{name}的写法正确。",
        bad=f"{name}“{reading.text}”不是一个可以识别的日期，请核对年月。",
    )
    if not value:
        return
    late = reference_day is not None and value > reference_day.isoformat()[: len(value)]
    early = value < earliest[: len(value)]
    yield verdict(
        "date.possible",
        passed=not late and not early,
        fields=field,
        good=f"{name}合理。",
        bad=f"{name} {value} {f'晚于 {reference_day}' if late else f'早于 {earliest}'}，请核对。",
    )


def local_checks(fields: Mapping[str, FieldReading]) -> Iterator[Check]:
    """``authority.opinion``: units below the province apply through their city's bureau."""
    code = str(fields["uscc"].value or "") if "uscc" in fields else ""
    opinion = fields.get("authority_opinion")
    if not credit_code.has_form(code) or opinion is None or opinion.status == Status.MISSING:
        return
    province = code[4:8] == "0000"
    yield verdict(
        "authority.opinion",
        passed=True if written(opinion) else None if province else False,
        fields="authority_opinion",
        severity=INFO if province else WARNING,
        good="市（州）人社局已签署意见。",
        bad="市（州）人社局没有签署意见；市州、县区的单位须经市（州）人社局签署意见后统一报送。",
        unsure="市（州）人社局没有签署意见；登记机关在省级，可能是省属单位直接报送，请确认。",
    )
