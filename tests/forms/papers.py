"""The other papers of a package: letter, lists, plan, certificates, lease, audit, pledge. Plain, but of their kind.

They are traps as well: tables much like section 二, pledges much like section 四, seals of the same owner.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from tests.forms import fonts, phrases
from tests.forms.cells import dress
from tests.forms.content import Content, regions
from tests.forms.word import new_document

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of the package: ``material`` is its number in the notice's list, None for others."""

    path: Path
    role: str
    material: int | None


class _Sheet:
    """A Word file being written in one font."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.family = rng.choice(fonts.PRINT_FAMILIES)
        self.size = rng.choice([10.5, 12, 14])
        self.document = new_document(rng.uniform(18, 28), rng.uniform(150, 172))

    def title(self, text: str) -> None:
        """A centred heading."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        dress(paragraph.add_run(text), self.family, self.size + 6, bold=True)

    def text(self, *texts: str, indent: bool = True) -> None:
        """Paragraphs."""
        for text in texts:
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.first_line_indent = Pt(self.size * 2) if indent else None
            paragraph.paragraph_format.line_spacing = 1.4
            dress(paragraph.add_run(text), self.family, self.size)

    def table(self, rows: Rows) -> None:
        """A ruled table, the first row its header."""
        table = self.document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                dress(cell.paragraphs[0].add_run(text), self.family, 10)

    def signed(self, name: str, day: str) -> None:
        """Who and when, at the right; the seal goes over it."""
        for text in (f"{name}（盖章）", day):
            paragraph = self.document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            dress(paragraph.add_run(text), self.family, self.size)

    def save(self, path: Path) -> Path:
        """Write it."""
        self.document.save(str(path))
        return path


def _day(rng: random.Random) -> str:
    return f"2020年{rng.choice([3, 4])}月{rng.randint(1, 20)}日"


def _letter(rng: random.Random, sheet: _Sheet, content: Content) -> None:
    name = content.fields["org_name"].text
    sheet.title(
        rng.choice(["关于申报社会培训评价组织的请示", "申报函", "关于报送社会培训评价组织申报材料的函"])
    )
    sheet.text("湖南省人力资源和社会保障厅：", indent=False)
    sheet.text(
        f"根据湘人社函〔2020〕40号文件精神，{name}现申请成为社会培训评价组织，拟开展{len(content.occupations)}个职业"
        "（工种）的职业技能等级认定工作。随函报送申报材料，请予审核。",
        f"联系人：{content.fields['contact_person'].text}，联系电话：{content.fields['contact_phone'].text or '见附表'}。",
    )
    sheet.signed(name, _day(rng))


def _catalogue(rng: random.Random, sheet: _Sheet, content: Content) -> None:
    sheet.title(rng.choice(["拟认定职业（工种）目录", "认定职业（工种）目录及历史鉴定情况"]))
    rows: list[Sequence[str]] = [("序号", "职业（工种）名称", "职业编码", "评价等级", "执行标准")]
    rows += [
        (row["seq"].text, row["name"].text, row["code"].text, row["levels"].text, "国家职业技能标准")
        for row in content.occupations
    ]
    sheet.table(rows)
    sheet.title("历年培训鉴定人数统计表")
    years = [("年度", "培训人数", "鉴定人数", "合格人数", "合格率")]
    for year in range(2015, 2020):
        trained = rng.randint(800, 9000)
        tested = trained * rng.randint(60, 95) // 100
        passed = tested * rng.randint(80, 97) // 100
        years.append((f"{year}年", str(trained), str(tested), str(passed), f"{passed / tested:.1%}"))
    sheet.table(years)
    sheet.signed(content.fields["org_name"].text, _day(rng))


def _plan(rng: random.Random, sheet: _Sheet, content: Content) -> None:
    sheet.title("职业技能等级认定试点工作实施方案")
    heads = [
        "一、指导思想",
        "二、组织机构",
        "三、认定范围",
        "四、考务管理",
        "五、质量管控措施",
        "六、经费保障",
    ]
    for head in heads[: rng.randint(4, 6)]:
        sheet.text(head, indent=False)
        sheet.text(phrases.statement(rng, content.org_type))
    sheet.signed(content.fields["org_name"].text, _day(rng))


def _experts(rng: random.Random, sheet: _Sheet, content: Content) -> None:
    sheet.title("专家等专业技术人员名册")
    rows = [("序号", "姓名", "性别", "工作单位", "职称/技能等级", "证书编号")]
    for number in range(1, rng.randint(8, 22)):
        level = rng.choice(["高级技师", "技师", "高级讲师", "工程师", "副教授", "高级考评员"])
        work = rng.choice(["本单位", "外聘"])
        number_text = f"{rng.randint(10**15, 10**16 - 1)}"
        rows.append((str(number), phrases.person(rng), rng.choice("男女"), work, level, number_text))
    sheet.table(rows)
    sheet.signed(content.fields["org_name"].text, _day(rng))


def _certificate(rng: random.Random, sheet: _Sheet, content: Content) -> None:
    sheet.title("职业资格证书")
    for label, text in (
        ("姓名", phrases.person(rng)),
        ("职业（工种）", content.occupations[0]["name"].text),
        ("职业资格等级", rng.choice(["一级/高级技师", "二级/技师", "三级/高级工"])),
        ("证书编号", str(rng.randint(10**15, 10**16 - 1))),
        ("发证日期", f"201{rng.randint(0, 9)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日"),
    ):
        sheet.text(f"{label}：{text}")
    sheet.signed("职业技能鉴定指导中心", "（复印件与原件一致）")


def _lease(rng: random.Random, sheet: _Sheet, content: Content) -> None:
    sheet.title("房屋租赁合同")
    tenant, owner = content.fields["org_name"].text, phrases.person(rng)
    sheet.text(f"出租方（甲方）：{owner}", f"承租方（乙方）：{tenant}", indent=False)
    sheet.text(
        f"第一条 甲方将位于{content.fields['address'].text}的房屋出租给乙方作教学实训使用，建筑面积"
        f"{rng.randint(400, 6000)}平方米。",
        f"第二条 租赁期{rng.randint(3, 10)}年，自201{rng.randint(5, 9)}年1月1日起。",
        f"第三条 年租金人民币{rng.randint(5, 80)}万元，按季支付。",
        "第四条 乙方不得擅自改变房屋结构，水电费由乙方承担。",
        "第五条 本合同一式两份，双方各执一份，签字盖章后生效。",
    )
    sheet.signed(f"乙方：{tenant}", f"法定代表人：{content.fields['legal_representative'].text}")


def _assets(rng: random.Random, sheet: _Sheet, content: Content) -> None:
    sheet.title("固定资产清单")
    rows = [("序号", "设备名称", "规格型号", "数量", "单价（元）", "金额（元）", "存放地点")]
    for number in range(1, rng.randint(10, 30)):
        count, price = rng.randint(1, 60), rng.randint(2, 300) * 100
        what = rng.choice(
            ["台式计算机", "投影仪", "数控车床", "焊机", "实训台", "监控主机", "课桌椅", "示教板"]
        )
        model = f"{rng.choice('ABCXYZ')}{rng.randint(100, 9900)}"
        place = f"{rng.randint(1, 6)}号楼{rng.randint(101, 520)}"
        rows.append((str(number), what, model, str(count), f"{price}", f"{count * price}", place))
    sheet.table(rows)
    sheet.signed(content.fields["org_name"].text, _day(rng))


def _audit(rng: random.Random, sheet: _Sheet, content: Content) -> None:
    sheet.title("审 计 报 告")
    sheet.text(f"湘恒会审字〔2019〕第{rng.randint(100, 999)}号", indent=False)
    sheet.text(f"{content.fields['org_name'].text}：", indent=False)
    sheet.text(
        "我们审计了后附的财务报表，包括2018年12月31日的资产负债表、2018年度的业务活动表以及财务报表附注。",
        "我们认为，财务报表在所有重大方面按照会计制度的规定编制，公允反映了贵单位2018年12月31日的财务状况。",
    )
    rows = [("资产", "年初数", "期末数", "负债和净资产", "年初数", "期末数")]
    assets = ["货币资金", "应收款项", "存货", "流动资产合计", "固定资产原价", "减：累计折旧", "资产总计"]
    debts = ["短期借款", "应付款项", "应付工资", "流动负债合计", "长期负债", "净资产合计", "负债和净资产总计"]
    for left, right in zip(assets, debts, strict=True):
        numbers = [f"{rng.randint(10_000, 9_000_000):,}.{rng.randint(0, 99):02}" for _ in range(4)]
        rows.append((left, numbers[0], numbers[1], right, numbers[2], numbers[3]))
    sheet.table(rows)
    other = rng.choice(regions())
    sheet.signed(f"{other.city}恒信联合会计师事务所", "2019年3月18日")


def _pledge(rng: random.Random, sheet: _Sheet, content: Content) -> None:
    sheet.title("诚信承诺书")
    sheet.text(
        "本单位郑重承诺：所提交的申报材料真实、准确、完整，无违法违规、失信等不良行为记录。",
        "严格执行国家职业技能标准，规范开展职业技能等级认定，自愿接受人力资源社会保障部门的监督。",
        "如有虚假，自愿退出申报，并承担相应法律责任。",
    )
    sheet.text(f"法定代表人：{content.fields['legal_representative'].text}", indent=False)
    sheet.signed(content.fields["org_name"].text, _day(rng))


Maker = Callable[[random.Random, _Sheet, Content], None]
MAKERS: dict[str, tuple[Maker, str, int | None]] = {
    "letter": (_letter, "other", None),
    "catalogue": (_catalogue, "material", 2),
    "plan": (_plan, "material", 3),
    "experts": (_experts, "material", 4),
    "certificate": (_certificate, "material", 4),
    "lease": (_lease, "material", 5),
    "assets": (_assets, "material", 5),
    "audit": (_audit, "material", 5),
    "pledge": (_pledge, "material", 6),
}


def write_papers(folder: Path, stem: str, rng: random.Random, content: Content) -> list[Paper]:
    """Some of the papers, in the order people put them: the letter first, then the notice's list."""
    names = [name for name in MAKERS if rng.random() < 0.65] or ["pledge"]
    papers = []
    for name in names:
        make, role, material = MAKERS[name]
        sheet = _Sheet(rng)
        make(rng, sheet, content)
        papers.append(Paper(sheet.save(folder / f"{stem}-{name}.docx"), role, material))
    return papers
