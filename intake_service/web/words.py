"""The desk's vocabulary: what each state, role and code is called, and which icon and colour go with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from extractors.errors import ERRORS_BY_CODE
from intake_service.figures import Alarm
from intake_service.intake import LOCAL_UTC_OFFSET
from intake_service.store import State


@dataclass(frozen=True, slots=True)
class Look:
    """A state as people see it: a word, an icon and a colour, never the colour alone."""

    word: str
    icon: str
    tone: str

    def to_json(self) -> dict[str, str]:
        """For the page's scripts."""
        return {"word": self.word, "icon": self.icon, "tone": self.tone}


SURE = Look("机器确信", "sure", "sure")
CONFIRMED = Look("人工确认", "person", "person")
CHECK = Look("待核对", "check", "check")
BROKEN = Look("规则不符", "fail", "fail")
ILLEGIBLE = Look("无法辨认", "illegible", "illegible")
BLANK = Look("纸面空白", "blank", "blank")
HIDDEN = Look("等您另录", "illegible", "blank")
"""A colleague's entry that whoever looks must not have seen."""
UNCHECKED = Look("没有核对", "blank", "blank")
"""A doubt that was left when the submission was decided."""

LEGEND = (
    (SURE, "机器有把握，可以不看；点开仍能核对和改。"),
    (CHECK, "机器拿不准，原因写在栏目下面，请对照原图。"),
    (CONFIRMED, "有人看过，纸上就是这样写的；写得对不对由“校验”说。谁、何时见“经过”。"),
    (BROKEN, "内容与规则不符，如校验位、日期、编码。可能是纸上写错，也可能是读错。"),
    (ILLEGIBLE, "有人看过原件，无法辨认；退回补正时会列入。"),
    (BLANK, "纸上没有填写。"),
    (UNCHECKED, "办结时还没有人核对的疑处，按机器读到的内容留存。"),
)
"""The states of a field and what they mean, as the help tells it."""

SUBMISSION_LOOKS = {
    State.RECEIVED: Look("等待识读", "clock", "blank"),
    State.READING: Look("识读中", "clock", "sure"),
    State.IN_REVIEW: Look("待审核", "check", "check"),
    State.ACCEPTED: Look("已通过", "done", "person"),
    State.RETURNED: Look("已退回补正", "back", "illegible"),
    State.REJECTED: Look("不予受理", "close", "fail"),
    State.FAILED: Look("读取失败", "fail", "fail"),
    State.QUARANTINED: Look("已隔离", "fail", "fail"),
}

TABS: tuple[tuple[str, str, tuple[State, ...]], ...] = (
    ("review", "待审核", (State.IN_REVIEW,)),
    ("reading", "识读中", (State.RECEIVED, State.READING)),
    ("failed", "读取失败", (State.FAILED, State.QUARANTINED)),
    ("accepted", "已通过", (State.ACCEPTED,)),
    ("returned", "退回补正", (State.RETURNED,)),
    ("rejected", "不予受理", (State.REJECTED,)),
    ("all", "全部", tuple(State)),
)

PAGE_ROLES = {
    "form": "基本情况表",
    "form_continuation": "基本情况表续页",
    "material": "附件材料",
    "blank": "空白页",
    "other": "其他",
}
PAGE_WARNINGS = {
    "repaired": "文件有损坏，已修复后读取",
    "downscaled": "页面过大，已缩小后读取",
    "blank_page": "整页空白",
    "page_unread": "页上文字无法辨认，请人工核看",
    "form_unread": "像是基本情况表的一页，但表格没有读出，请人工核看",
    "image_damaged": "图像有损坏，部分内容可能缺失",
    "page_count_mismatch": "两个程序数出的页数不一致，或有一个数不出，请核对原件",
    "text_layer_mismatch": "文件自带的文字与页面图像不一致，以图像为准",
    "active_content": "文件带有脚本等活动内容，未运行",
    "has_attachments": "文件内嵌有附件，未读取",
}

SIGNATURE_WORDS = {
    "handwritten": "手写签名",
    "name_seal": "人名章",
    "typed": "打印字，不是签名",
    "none": "没有签名",
}
SEAL_WORDS = {
    "match": "有章，单位相符",
    "mismatch": "有章，单位不符",
    "unreadable": "有章，印文不清",
    "none": "没有盖章",
}

ROLE_WORDS = {"clerk": "收发", "reviewer": "审核", "admin": "管理"}

EVENT_WORDS = {
    "submission.accept_upload": "收件",
    "submission.supplement": "补正到件",
    "submission.read": "识读完成",
    "submission.accept": "通过",
    "submission.return": "退回补正",
    "submission.reject": "不予受理",
    "submission.reopen": "重新审核",
    "submission.retry": "重新识读",
    "submission.fail": "读取失败",
    "submission.type_in": "转为人工录入",
    "document.download": "下载原件",
    "document.searchable": "下载可搜索的 PDF",
    "letter.issue": "出具文书",
}
LETTER_WORDS = {
    "receipt": "收件回执",
    "supplement": "补正告知书",
    "acceptance": "通过通知书",
    "refusal": "不予受理通知书",
}
ACTION_WORDS = EVENT_WORDS | {
    "submission.register": "改收发登记",
    "submission.filing": "填备案信息",
    "submission.hand_over": "交办",
    "submission.purge": "到期清除",
    "login": "登录",
    "login.refused": "登录被拒",
    "password.refused": "改密码被拒",
    "export": "导出结果",
    "user.add": "添加用户",
    "user.password": "改密码",
    "user.role": "改角色",
    "user.disable": "停用用户",
    "user.enable": "启用用户",
    "token.create": "新建令牌",
    "token.revoke": "撤销令牌",
    "webhook.create": "登记回调",
    "webhook.delete": "删除回调",
    "webhook.send_again": "重发回调",
    "session.end": "结束登录",
    "service.restore": "从备份恢复",
    "certificate.seal": "清除证明",
    "letter.keep": "文书存档",
}
"""What the trail calls each action."""

CHANGE_WORDS = {
    "row_add": "加行",
    "row_remove": "删行",
    "row_replace": "合并或拆分行",
    "row_move": "移动行",
    "undo": "撤销",
    "hidden": "录入",
}

REGISTER_WORDS = {
    "register.channel": "来件方式",
    "register.tracking_number": "邮件单号",
    "register.postmark_date": "邮戳日期",
    "register.received_at": "收到时间",
    "register.sender": "寄件人",
    "register.copies": "份数",
    "register.envelope": "信封状况",
    "register.note": "备注",
}

FILING_WORDS = {"filing.code": "备案号", "filing.period": "备案期限", "filing.sites": "站点"}

BLANK_REASON = "纸面空白"
DRAWN_REASON = "在第 {page} 页框选后重读"
PRESENCE = {True: "齐", False: "缺", None: "未定"}

RETURN_REASONS = ("表格缺页或有涂改", "公章不清晰或加盖位置不符", "申报材料不齐全", "内容填写不完整")
REJECT_REASONS = (
    "提交的不是《社会培训评价组织基本情况表》",
    "申报职业（工种）不在征集范围内",
    "不符合申报条件",
    "超过申报截止时间",
    "同一单位重复申报",
)


def local(moment: datetime) -> datetime:
    """The same moment on the office's clock, without a zone."""
    return (moment.astimezone(UTC) + LOCAL_UTC_OFFSET).replace(tzinfo=None)


def exact(moment: datetime) -> str:
    """The moment to the second on the office's clock."""
    return local(moment).strftime("%Y-%m-%d %H:%M:%S")


def day(moment: datetime) -> str:
    """The day on the office's calendar, as letters write it."""
    there = local(moment)
    return f"{there.year}年{there.month}月{there.day}日"


def near(moment: datetime) -> str:
    """The moment as short as it stays clear: 今天, 昨天, else month and day, else the whole date."""
    there, now = local(moment), local(datetime.now(UTC))
    clock = there.strftime("%H:%M")
    if there.date() == now.date():
        return f"今天 {clock}"
    if there.date() == (now - timedelta(days=1)).date():
        return f"昨天 {clock}"
    return there.strftime("%m-%d %H:%M") if there.year == now.year else there.strftime("%Y-%m-%d")


def span(hours: float | None) -> str:
    """A length of time in the unit people would use, empty for none."""
    if hours is None:
        return ""
    if hours < 1:
        return f"{max(1, round(hours * 60))} 分钟"
    return f"{hours:.0f} 小时" if hours < 48 else f"{hours / 24:.0f} 天"


def size_words(size: int) -> str:
    """A file's size in kB or MB (powers of 1024)."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, round(size / 1024))} KB"


BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "安卓"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac", "Mac"),
    ("Linux", "Linux"),
)


def browser(untrusted_agent: str) -> str:
    """Which browser on which system a request says to come from, to tell one's log-ins apart."""
    found = [
        next((word for mark, word in table if mark in untrusted_agent), "") for table in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(word for word in found if word) or "别的程序"


def error_advice(code: str | None) -> str:
    """The default sentence of a reading's error code, empty for none."""
    return ERRORS_BY_CODE[code].default_message if code in ERRORS_BY_CODE else ""


ALARMS = {
    Alarm.ABOVE: "机器确信的栏目里，读错的确实多于允许的比例。请看下面是哪些栏目，并告诉管理员。",
    Alarm.RISING: "近 30 天，机器确信的栏目读错的确实比以前多。扫描仪、表格或程序可能有变化，请告诉管理员。",
}
"""What the board says of second looks."""
