"""Set phrases of organisations' names and addresses, and what is left of them when one character is misread.

文他传播 is a misread 文化传播; 文明路 is another road. So a phrase counts as misread only where a character
stands that looks like the right one, never where any other does.
"""

from __future__ import annotations

import re

from extractors.form.text import squeeze

PHRASES = (
    "文化传播", "文化传媒", "文化艺术", "教育科技", "教育咨询", "教育培训", "教育集团", "职业技能", "职业技术", "职业培训",
    "职业教育", "职业学校", "职业学院", "职业中专", "技能培训", "技术培训", "技能鉴定", "培训学校", "培训中心", "培训学院",
    "技工学校", "技师学院", "技术学院", "职工大学", "有限公司", "有限责任", "责任公司", "股份有限", "人力资源", "企业管理",
    "管理咨询", "科技发展", "信息技术", "服务有限", "行业协会", "行业商会", "计算机", "机电职业", "汽车职业", "电子商务",
    "人民医院", "机械制造", "产业园", "工业园", "科技园", "创业园", "文化路", "文化街", "文化北路", "文化南路", "文化东路",
    "文化西路", "文化中路", "学院路", "学院北路", "学院南路", "人民路", "解放路", "建设路", "火车站", "党校院内", "大厦",
    "有限责任公司", "股份有限公司",
)  # fmt: skip
_ALIKE = {
    "化": "他代华", "育": "盲青", "技": "披枝肢", "职": "取织", "厦": "夏", "园": "图圆因", "培": "陪倍", "训": "洲驯川",
    "校": "枝较", "限": "恨跟", "传": "转", "科": "料", "业": "亚", "院": "皖", "党": "堂", "服": "股", "询": "讯洵",
    "汽": "气", "计": "汁", "算": "笪", "机": "杋", "能": "熊", "鉴": "签", "协": "办", "责": "贵", "任": "仕", "份": "分",
    "股": "服", "资": "货", "源": "沅", "管": "菅", "理": "埋", "商": "啇", "电": "申", "息": "恩", "信": "伩", "术": "木",
    "艺": "芝", "播": "摇", "媒": "煤", "创": "刨", "建": "健", "设": "没", "民": "氏", "放": "故", "路": "跻", "街": "衔",
}  # fmt: skip
"""What stands in a character's place when a pen or a reader slips."""
_SLIPS = {
    phrase[:at] + wrong + phrase[at + 1 :]: phrase
    for phrase in PHRASES
    for at, sign in enumerate(phrase)
    for wrong in _ALIKE.get(sign, "")
}
_SLIP = re.compile("|".join(sorted(map(re.escape, _SLIPS), key=len, reverse=True)))


def with_set_phrases(text: str) -> str:
    """The text with its set phrases as they are written."""
    return _SLIP.sub(lambda found: _SLIPS[found[0]], squeeze(text))


def has_set_phrases(text: str) -> bool:
    """Whether no set phrase in the text is misread by one character."""
    return _SLIP.search(squeeze(text)) is None
