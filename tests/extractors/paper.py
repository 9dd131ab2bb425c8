"""Small hand-made paper for tests of single stages: tables of given texts, drawn rules, a scripted reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import cv2
import numpy as np

from extractors.cells import CellText, TextTable
from extractors.form.reading import EngineInfo
from extractors.grid import Cell, Grid, upright_to_grids
from extractors.ink import page_to_inks
from extractors.lines import TextLine
from extractors.ocr.engine import LineText, Span
from extractors.rules import RuleFinder
from extractors.straighten import UprightPage

WIDTH, ROW = 1000, 40


@cache
def rule_finder() -> RuleFinder:
    """The net, loaded once for all tests of a process."""
    return RuleFinder()


SCALE = 1.654
"""From drawn pages, 1,000 pixels wide, to the working size of real ones."""


def at_working_size(page: np.ndarray) -> np.ndarray:
    """A drawn page as wide as pages are when their rules are looked for."""
    return np.asarray(cv2.resize(page, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_LINEAR))


def grids_of(page: np.ndarray) -> tuple[Grid, ...]:
    """The tables of an upright page, RGB, at working size."""
    return upright_to_grids(page_to_inks(page), rule_finder())


def blank(shade: int = 245) -> np.ndarray:
    """An empty page."""
    return np.full((1400, 1000, 3), shade, np.uint8)


class ScriptedEngine:
    """Answers every line with what the script makes of its picture; counts its calls."""

    info = EngineInfo("scripted", "1", "")

    def __init__(self, script: Callable[[np.ndarray], str] = lambda _line: "") -> None:
        self.script = script
        self.calls = 0

    def read_lines(self, lines, *, quick=False):
        self.calls += len(lines)
        texts = [self.script(line) for line in lines]
        return tuple(LineText(t, 0.99 if t else 0.0, (0.99,) * len(t)) for t in texts)

    def read_signs(self, lines):
        return ()

    def read_third(self, lines):
        return ()

    def find_lines(self, page):
        return ()


def table_of(rows: Sequence[Sequence[str]], *, page: int = 1, digital: bool = True) -> TextTable:
    """A table whose cells hold the given texts (``\\n`` parts lines); rows share the width equally."""
    height = ROW * (len(rows) + 1)
    picture = np.full((height, WIDTH, 3), 255, np.uint8)
    upright = UprightPage(page, picture, 0, 0.0, np.eye(3), picture.shape[:2])
    made, cells = [], []
    for r, texts in enumerate(rows):
        step = WIDTH // len(texts)
        line = [
            Cell(c * step + 3, r * ROW + 3, (c + 1) * step - 3, (r + 1) * ROW - 3) for c in range(len(texts))
        ]
        cells.append(tuple(line))
        made.append(tuple(_cell(cell, text) for cell, text in zip(line, texts, strict=True)))
    grid = Grid(picture[:, :, 0], np.zeros((height, WIDTH), bool), tuple(cells), np.eye(3), WIDTH)
    return TextTable(upright, grid, tuple(made), digital=digital)


def _cell(cell: Cell, text: str) -> CellText:
    lines = [t for t in text.split("\n") if t]
    tops = [cell.y0 + 10 * i for i in range(len(lines))]
    spans = [Span(cell.x0, y, cell.x0 + 10 * len(t), y + 9) for y, t in zip(tops, lines, strict=True)]
    pictures = tuple(TextLine(np.full((9, 10), 255, np.uint8), span) for span in spans)
    return CellText(cell, pictures, tuple(LineText(t, 0.99, (0.99,) * len(t)) for t in lines))


FORM_ROWS: list[list[str]] = [
    ["一、基本信息"],
    ["名称", "湖南星辰职业培训学校"],
    ["地址", "长沙市岳麓区麓山路1号"],
    ["注册登记机构", "长沙市民政局", "机构性质", "企业□民办非企业单位☑行业协会□技工院校□"],
    ["统一社会信用代码", "52430100MJJ0000000"],
    ["法定代表人", "张三", "注册资金", "50万元"],
    ["联系人", "李四", "职务", "主任"],
    ["联系电话", "13800000000", "电子邮箱", "a@qq.com"],
    ["二、拟开展职业技能等级评价的职业（工种）情况"],
    [
        "序号",
        "职业（工种）名称",
        "职业编码",
        "是否新职业",
        "培训评价起始日期",
        "已培训评价人数（人）",
        "评价等级范围",
    ],
    ["1", "电工", "6-31-01-03", "否", "2012年5月", "12500", "五级至三级"],
    ["2", "育婴员", "4-10-01-02", "否", "2013年", "9000", "五级、四级"],
    ["3", "", "", "", "", "", ""],
    ["...", "", "", "", "", "", ""],
]
TAIL_ROWS: list[list[str]] = [
    [
        "三、人员场地、设备设施以及组织优势、专业优势（含参与国家职业技能标\n准、教学大纲、教材等编制）等情况\n本校有教师三十人。\n设备齐全。"
    ],
    [
        "四、诚信承诺：\n本人承诺申报材料真实有效，如有虚假，自愿退出申报。\n法定代表人（签字）：\n单位名称（公章）："
    ],
    ["五、市（州）人力资源社会保障局意见：\n同意申报。\n公章\n2020年4月6日"],
]


def drawn_table(
    columns: Sequence[int], rows: int, *, thickness: int = 2, size=(1400, 1000), row=60
) -> np.ndarray:
    """RGB page with a ruled table: ``columns`` are the x of its verticals, first and last are its sides."""
    page = np.full((*size, 3), 255, np.uint8)
    top = 150
    for r in range(rows + 1):
        y = top + r * row
        cv2.line(page, (columns[0], y), (columns[-1], y), (0, 0, 0), thickness)
    for x in columns:
        cv2.line(page, (x, top), (x, top + rows * row), (0, 0, 0), thickness)
    return page
