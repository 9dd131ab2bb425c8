"""A form drawn by the browser itself, with the exact place of every cell: page pictures and the reading of them.

For pictures of the desk and for tests that need no reader. Names, numbers and codes are made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser

WIDTH, HEIGHT = 1600, 2263


@dataclass(frozen=True)
class Drawn:
    """What one form says, and what the reader makes of it (``doubts``: path → overrides of the reading)."""

    values: dict[str, str]
    rows: list[dict[str, str]]
    doubts: dict[str, dict[str, Any]] = field(default_factory=dict)
    tick: str = "民办非企业单位"
    authority: bool = True
    signature: str = "handwritten"


TYPES = ("企业", "民办非企业单位", "行业协会", "技工院校")
STYLE = """
*{box-sizing:border-box} body{margin:0;background:#fdfdfb;color:#1c1c1c;font:25px/1.5 'Noto Serif CJK SC',serif}
.page{width:1600px;height:2263px;padding:150px 130px;position:relative;overflow:hidden}
h1{font-size:42px;text-align:center;font-weight:700;margin:0 0 36px}
table{border-collapse:collapse;width:100%;table-layout:fixed} td{border:2px solid #222;padding:10px 12px;height:62px;word-break:break-all}
.l{text-align:center}.s{font-weight:700;height:56px}.c{text-align:center}.h td{text-align:center;font-size:22px;padding:6px}
.pen{font-family:'Noto Serif CJK SC';font-style:italic;color:#1b2a5c;font-size:29px}
.seal{position:absolute;width:320px;height:320px;opacity:.78}
.sign{position:absolute}
"""


def _seal(name: str, left: int, top: int) -> str:
    arc = "M 40 160 A 120 120 0 1 1 280 160"
    return (
        f'<svg class="seal" style="left:{left}px;top:{top}px" viewBox="0 0 320 320"><g fill="none" stroke="#d2231c">'
        f'<circle cx="160" cy="160" r="150" stroke-width="7"/></g><path id="a{left}" d="{arc}" fill="none"/>'
        f'<text fill="#d2231c" font-size="32" font-weight="700"><textPath href="#a{left}" startOffset="50%" '
        f'text-anchor="middle">{name}</textPath></text>'
        '<path fill="#d2231c" d="m160 108 12.500 36.500h38.500l-31 23 11.500 37-31.500-22.500-31.500 22.500 11.500-37-31-23h38.500z"/></svg>'
    )


def _html(form: Drawn) -> list[str]:
    v = form.values
    boxes = " ".join(f"{name}{'☑' if name == form.tick else '□'}" for name in TYPES)

    def cell(path: str, text: str, span: int = 1, kind: str = "") -> str:
        return f'<td colspan="{span}" class="{kind}" data-path="{path}"><span>{text}</span></td>'

    def label(text: str, span: int = 1) -> str:
        return f'<td class="l" colspan="{span}">{text}</td>'

    def one(text: str, name: str) -> str:
        return f"<tr>{label(text)}{cell(f'fields.{name}', v[name], 6)}</tr>"

    def two(a: str, x: str, b: str, y: str) -> str:
        return f"<tr>{label(a)}{cell(f'fields.{x}', v[x], 2)}{label(b)}{cell(f'fields.{y}', v[y], 3)}</tr>"

    columns = ("seq", "name", "code", "is_new", "start_date", "trained_count", "levels")
    rows = "".join(
        "<tr>" + "".join(cell(f"occupations.r{n}.{c}", row[c], 1, "c") for c in columns) + "</tr>"
        for n, row in enumerate(form.rows, start=1)
    )
    head = "".join(
        f"<td>{t}</td>"
        for t in (
            "序号",
            "职业（工种）名称",
            "职业编码",
            "是否新职业",
            "培训评价起始日期",
            "已培训评价人数（人）",
            "评价等级范围",
        )
    )
    first = (
        f"<h1>社会培训评价组织基本情况表</h1><table><tr><td class='s' colspan='7'>一、基本信息</td></tr>"
        f"{one('名称', 'org_name')}{one('地址', 'address')}"
        f"<tr>{label('注册登记机构')}{cell('fields.registration_authority', v['registration_authority'], 2)}{label('机构性质')}"
        f"{cell('fields.org_type', boxes, 3)}</tr>{one('统一社会信用代码', 'uscc')}"
        f"{two('法定代表人', 'legal_representative', '注册资金', 'registered_capital')}"
        f"{two('联系人', 'contact_person', '职务', 'contact_position')}{two('联系电话', 'contact_phone', '电子邮箱', 'email')}"
        f"<tr><td class='s' colspan='7'>二、拟开展职业技能等级评价的职业（工种）情况</td></tr><tr class='h'>{head}</tr>{rows}"
        f"<tr><td class='s' colspan='7'>三、人员场地、设备设施以及组织优势、专业优势（含参与国家职业技能标准、教学大纲、教材等编制）等情况</td></tr>"
        f"<tr>{cell('fields.statement', v['statement'], 7)}</tr></table>"
    )
    signature = (
        f'<span class="pen" style="font-size:54px;letter-spacing:6px">{v["legal_representative"]}</span>'
        if form.signature == "handwritten"
        else ""
    )
    second = (
        "<table><tr><td class='s'>四、诚信承诺：</td></tr><tr><td style='height:520px;vertical-align:top'>本人承诺申报材料真实有效，如有虚假，自愿退出申报。"
        f"<br><br><br><div style='padding-left:640px'>法定代表人（签字）：<span data-path='marks.legal_rep_signature'>{signature}&nbsp;</span><br><br>单位名称（公章）：{v['org_name']}</div></td></tr>"
        "<tr><td class='s'>五、市（州）人力资源社会保障局意见：</td></tr>"
        f"<tr><td style='height:520px;vertical-align:top'><div data-path='fields.authority_opinion'>{v['authority_opinion']}&nbsp;</div><br><br><br><br>"
        f"<div style='padding-left:900px'>公章<br><span data-path='fields.authority_opinion_date'>{v['authority_opinion_date']}&nbsp;</span></div></td></tr></table>"
        "<p>注：请申请单位在单位名称处加盖本单位公章；本表可增行或续页。</p>"
        + _seal(v["org_name"], 880, 400)
        + (_seal("长沙市人力资源和社会保障局", 1000, 960) if form.authority else "")
    )
    return [first, second]


def draw(browser: Browser, form: Drawn) -> tuple[list[bytes], dict[str, tuple[int, list[float]]]]:
    """The PNG of each page, and path → (page, box in page fractions)."""
    pictures: list[bytes] = []
    places: dict[str, tuple[int, list[float]]] = {}
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    for number, body in enumerate(_html(form), start=1):
        page.set_content(f"<style>{STYLE}</style><div class='page'>{body}</div>")
        found = page.evaluate(
            "() => [...document.querySelectorAll('[data-path], .seal')].map((e, i) => {const r = e.getBoundingClientRect();"
            "return [e.dataset.path ?? (e.matches('.seal:last-of-type') ? 'seal' : 'seal'), r.left, r.top, r.right, r.bottom]})"
        )
        seals = iter(("marks.org_seal", "marks.authority_seal"))
        for path, x0, y0, x1, y1 in found:
            name = next(seals) if path == "seal" else path
            places[name] = (number, [x0 / WIDTH, y0 / HEIGHT, x1 / WIDTH, y1 / HEIGHT])
        pictures.append(page.screenshot())
    page.close()
    return pictures, places


def reading_of(
    form: Drawn, places: dict[str, tuple[int, list[float]]], name: str, sha256: str
) -> dict[str, Any]:
    """The reading as a good reader would give it, with the doubts the form asks for."""

    def cell(path: str, text: str, value: Any = None) -> dict[str, Any]:
        page, box = places.get(path, (None, None))
        status = "auto" if text else "blank"
        base = {
            "text": text, "value": value if value is not None else text or None, "confidence": 0.998, "status": status,
            "reasons": [], "page": page, "box": box, "candidates": [],
        }  # fmt: skip
        return base | form.doubts.get(path, {})

    def mark(path: str, **told: Any) -> dict[str, Any]:
        page, box = places.get(path, (None, None))
        return {
            "confidence": 0.97,
            "status": "auto",
            "reasons": [],
            "page": page,
            "box": box,
            **told,
        } | form.doubts.get(path, {})

    fields = {name: cell(f"fields.{name}", text) for name, text in form.values.items()}
    fields["org_type"] = cell("fields.org_type", form.tick, "private_non_enterprise")
    columns = ("seq", "name", "code", "is_new", "start_date", "trained_count", "levels")
    org = form.values["org_name"]
    return {
        "schema": "intake.reading/1",
        "file": {"name": name, "sha256": sha256, "pages": 2},
        "form": {"id": "basic-info", "version": "hunan-2020-40", "matched": True, "score": 0.98, "deviations": []},
        "fields": fields,
        "occupations": [
            {c: cell(f"occupations.r{n}.{c}", row[c]) for c in columns} for n, row in enumerate(form.rows, start=1)
        ],
        "marks": {
            "legal_rep_signature": mark("marks.legal_rep_signature", present=True, kind=form.signature),
            "org_seal": mark("marks.org_seal", present=True, text=org, number="", matches=True, covers=["org_name_line"]),
            "authority_seal": mark("marks.authority_seal", present=form.authority, text="", number="", matches=None, covers=[]),
            "edge_seals": [],
        },
        "checks": CHECKS,
        "pages": [
            {"number": n, "role": "form", "material": 1, "rotation": 0, "skew_deg": 0.4, "source": "scan", "dpi": 200, "warnings": []}
            for n in (1, 2)
        ],
        "materials": [{"number": 1, "title": "社会培训评价组织基本情况表", "pages": [1, 2]}],
        "warnings": [],
        "engine": {"name": "rapidocr", "version": "3.10", "models": "PP-OCRv6"},
        "timing_s": {"total": 1.1},
    }  # fmt: skip


CHECKS = [
    {"rule": "uscc.check_digit", "passed": True, "severity": "error", "fields": ["uscc"], "message": "统一社会信用代码校验位正确。"},
    {"rule": "uscc.org_type", "passed": True, "severity": "warning", "fields": ["uscc", "org_type"], "message": "代码前两位与机构性质相符。"},
    {"rule": "occupation.code_name", "passed": False, "severity": "error", "fields": ["occupations[2].code"], "message": "职业编码 4-10-01-06 在 2015 版大典中是“家政服务员”，与名称“养老护理员”不符。"},
    {"rule": "occupation.years", "passed": False, "severity": "warning", "fields": ["occupations[1].start_date"], "message": "起始日期距申报日不足 5 年，请核对。"},
    {"rule": "seal.present", "passed": True, "severity": "error", "fields": ["org_seal"], "message": "申请单位公章在位。"},
    {"rule": "address.region", "passed": None, "severity": "info", "fields": ["address"], "message": "地址所在县区无法判断。"},
]  # fmt: skip

SAMPLE = Drawn(
    values={
        "org_name": "长沙市湘江职业技能培训学校",
        "address": "湖南省长沙市岳麓区麓山南路 128 号创新大厦 6 楼",
        "registration_authority": "长沙市民政局",
        "org_type": "",
        "uscc": "52430100MJJ5238127",
        "legal_representative": "周明远",
        "registered_capital": "300 万元",
        "contact_person": "何晓芸",
        "contact_position": "教务主任",
        "contact_phone": "0731-88651234",
        "email": "xjpx2012@example.cn",
        "statement": "我校现有专职教师 36 人，其中高级技师 9 人、国家级裁判 2 人；自有实训场地 4,200 平方米，设美容、美发、养老护理、"
        "中式烹调四个实训中心，工位 310 个，考场全部安装视频监控。2016 年参与《养老护理员国家职业技能标准》修订，"
        "主编《家庭照护实务》教材一部。近五年累计培训 2.6 万人次，无违规记录。",
        "authority_opinion": "情况属实，同意推荐。",
        "authority_opinion_date": "2020 年 4 月 10 日",
    },
    rows=[
        {"seq": "1", "name": "美容师", "code": "4-10-03-01", "is_new": "否", "start_date": "2012年3月", "trained_count": "12860", "levels": "五级/初级工—三级/高级工"},
        {"seq": "2", "name": "美发师", "code": "4-10-03-02", "is_new": "否", "start_date": "2015年9月", "trained_count": "10420", "levels": "五级—三级"},
        {"seq": "3", "name": "养老护理员", "code": "4-10-01-06", "is_new": "否", "start_date": "2013年6月", "trained_count": "10150", "levels": "五级/初级工—二级/技师"},
        {"seq": "4", "name": "中式烹调师", "code": "4-03-02-01", "is_new": "否", "start_date": "2011.05", "trained_count": "11300", "levels": "五、四、三级"},
    ],
    doubts={
        "fields.uscc": {"text": "52430100MJJ523812Z", "confidence": 0.62, "status": "review", "reasons": ["check_failed"], "doubts": [17],
                        "candidates": [{"text": "52430100MJJ5238127", "confidence": 0.34}, {"text": "52430100MJJ523812T", "confidence": 0.03}]},
        "fields.legal_representative": {"text": "周明元", "confidence": 0.71, "status": "review", "reasons": ["readers_disagree"], "doubts": [2],
                                        "candidates": [{"text": "周明远", "confidence": 0.27}, {"text": "周朋远", "confidence": 0.01}]},
        "occupations.r3.code": {"confidence": 0.9, "status": "review", "reasons": ["name_code_mismatch"],
                                "candidates": [{"text": "4-10-01-05", "confidence": 0.08}]},
        "occupations.r4.start_date": {"text": "2017.05", "value": "2017-05", "confidence": 0.55, "status": "review", "reasons": ["low_confidence"],
                                      "candidates": [{"text": "2011.05", "confidence": 0.42}]},
        "marks.authority_seal": {"status": "review", "confidence": 0.6, "reasons": ["seal_unreadable"], "present": True, "matches": None, "text": ""},
    },
)  # fmt: skip
