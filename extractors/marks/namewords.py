"""What names of organisations are made of, so that a lost character of a usual word is no lost evidence.

Words and places come from closed lists: where the ink lost a character of 有限公司, no other word fits what is
left. The rest of a name (新星, 育泰) is its own; each of its characters must be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from extractors.form.catalogue import default_catalogue

_WORDS = (
    "职业 职工 技能 技术 技工 技师 培训 培育 教育 教学 学校 学院 学会 高级 中等 高等 中心 中学 中专 大学"
    " 有限 责任 公司 股份 集团 公会 协会 商会 工会 分会 理事 促进 发展 服务 管理 咨询 企业 实业 工业 产业 行业"
    " 人力 人才 资源 和社会 社会 保障 劳动 就业 创业 保险 保安 文化 文艺 传播 传媒 广告 科技 科学 科研 信息 网络 软件"
    " 电子 电气 电力 商务 商业 商贸 贸易 物流 物业 机电 机械 机器 数控 计算机 汽车 汽修 建筑 建设 建工 装饰 焊接"
    " 护理 护士 养老 育婴 家政 家居 美容 美发 美术 烹饪 餐饮 茶艺 电工 化工 化学 医药 医学 健康 康养 旅游 酒店"
    " 农业 林业 交通 运输 航空 航天 铁路 安全 环保 能源 投资 控股 评价 鉴定 评估 考试 研究院 研究所 事务所 医院"
    " 人力资源和社会保障局 人力资源社会保障局"
    " 分校 分公司 局 院 校 会 部 所 站 省 市 州 县 区 ( )"
)
_PROVINCES = (
    "湖南 湖北 河南 河北 海南 云南 广东 广西 江西 江苏 山东 山西 陕西 四川 贵州 福建 浙江 安徽 甘肃 青海 吉林 辽宁"
    " 台湾 宁夏 西藏 新疆 北京 天津 上海 重庆 中国 全国"
)
WORDS, PROVINCES = frozenset(_WORDS.split()), tuple(_PROVINCES.split())


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of a name; ``rivals``: other words of its length that could stand in its place."""

    start: int
    stop: int
    usual: bool
    rivals: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    """Full and short names of provinces, cities and counties."""
    regions = default_catalogue().regions.values()
    full = {r.name for r in regions} | set(PROVINCES) | {p + "省" for p in PROVINCES[:23]}
    return frozenset(full | {r.name[:-1] for r in regions if len(r.name) > 2})


def name_to_tokens(name: str) -> tuple[Token, ...]:
    """Cut a folded name into usual words and places, longest first, and the characters that are its own."""
    out: list[Token] = []
    start = 0
    longest = max(map(len, _places() | WORDS))
    while start < len(name):
        for size in range(min(longest, len(name) - start), 0, -1):
            word = name[start : start + size]
            if word in _places() or word in WORDS:
                known = _places() | WORDS if size > 1 else frozenset[str]()
                rivals = tuple(sorted(w for w in known if len(w) == size and w != word))
                out.append(Token(start, start + size, usual=True, rivals=rivals))
                break
        else:
            size = 1
            out.append(Token(start, start + 1, usual=False))
        start += size
    return tuple(out)
