"""Posts people hold in an organisation: a department or work, and a title.

A closed list of words cannot name every post; it only tells which readings need no second look.
"""

from __future__ import annotations

import re

_WORKS = (
    "培训|教育|教育培训|教务|教学|教学管理|教研|科研|研发|招生|就业|招生就业|学生|学工|实训|实习|考务|考试|考评|鉴定|认定|评价|职业技能|技能|技能鉴定"
    "|技能评价|技能认定|等级认定|职业培训|综合|综合管理|综合业务|行政|行政人事|行政管理|人事|人力|人力资源|财务|会计|市场|销售|业务|运营|技术|质量|质量督导|督导|质检"
    "|项目|工程|生产|安全|安全生产|设备|后勤|总务|采购|法务|信息|网络|宣传|策划|客服|外联|对外联络|合作|校企合作|企业合作|党委|党政|党群|党总支|党支部|团委|工会"
    "|继续教育|成人教育|社会培训|职教|校|院|会员|会务|秘书|执行|常务|首席|分管|专业|档案|资料|办公"
)
_UNITS = "部|部门|处|科|室|股|组|办|办公室|中心|站|所|系|学院|分院|分校|分公司|公司|事业部|管理部|管理中心|集团|支部|总支"
_TITLES = (
    "主任|部长|科长|处长|股长|组长|队长|班长|站长|所长|室长|厂长|店长|系主任|校长|院长|园长|会长|秘书长|理事长|理事|监事|监事长|董事|董事长|书记|支部书记|委员"
    "|经理|总经理|总监|总裁|总工|总工程师|工程师|主管|主办|专员|专干|干事|干部|科员|职员|员工|文员|办事员|业务员|联络员|管理员|教务员|资料员|档案员|督导员|考评员"
    "|会计|出纳|财务|内勤|文秘|秘书|助理|顾问|负责人|责任人|经办人|联系人|法人|法定代表人|执行董事|合伙人|老师|教师|讲师|教授|教练|班主任|调研员|主席|教务长|总务"
)
_LATER = "助理|秘书"
_POST = re.compile(
    rf"(?:(?:{_WORKS})?(?:{_UNITS})?|(?:{_WORKS})?(?:{_UNITS})(?:{_WORKS}))(?:常务|执行|名誉|代理|代)?(?:副|第一副|总)?(?:{_TITLES})(?:{_LATER})?"
)
_BETWEEN = re.compile(r"[、，,/；;兼及和 ]")


def is_position(text: str) -> bool:
    """Tell whether each of the posts named in a text is put together from words of departments and titles."""
    posts = [part for part in _BETWEEN.split(text.strip()) if part]
    return bool(posts) and all(_POST.fullmatch(post) for post in posts)
