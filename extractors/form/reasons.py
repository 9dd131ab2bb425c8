"""Stable codes of doubt, and the sentence a reviewer reads for each."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "low_confidence": "识别把握不足，请对照原图核对。",
    "candidates_close": "有几种读法难以区分，请对照原图选择。",
    "readers_disagree": "几个识别模型的结果不一致，请对照原图核对。",
    "variant_conflict": "同一个字有简体、繁体或异体几种读法，请核对用字。",
    "check_failed": "未通过校验规则，可能填写有误或识别有误。",
    "format_unknown": "写法无法换算成规范值，请人工录入。",
    "not_in_catalogue": "不在职业名称、编码等目录中，请核对。",
    "name_code_mismatch": "职业名称与职业编码对不上，请核对。",
    "ambiguous_ticks": "勾选了不止一个选项或勾选不清，请人工判断。",
    "options_not_found": "没有找到可勾选的选项，请对照原图选择。",
    "no_tick": "没有看到勾选，请对照原图确认。",
    "under_seal": "文字被印章压住，请对照原图核对。",
    "struck_out": "有划改痕迹，请确认以哪一处为准。",
    "overflows_cell": "文字超出格子或被裁切，请核对是否完整。",
    "cell_not_found": "没有在表上找到这一格，请在原图中查找并录入。",
    "label_not_found": "没有在表上找到这一处的印刷文字，请在原图中查找。",
    "section_not_found": "没有在表上找到这一部分，可能缺页，请核对原件。",
    "row_joined": "这一行跨页或由两行合并而成，请核对。",
    "row_split_uncertain": "相邻两行的分界不清，请核对内容是否串行。",
    "strokes_lost": "这一页扫描时丢了细笔画（如 4 成了 1），请对照原件核对数字。",
    "image_damaged": "这一处图像破损、过暗或过糊，无法可靠识别。",
    "text_layer_mismatch": "PDF 自带文字与图像上看到的不一致，以图像为准，请核对。",
    "handwritten": "此处为手写，请对照原图核对。",
    "mixed_hands": "此处有打印和手写两种笔迹，请核对是否改动。",
    "long_text": "大段文字，已识别全文，请抽查要点。",
    "blank_required": "必填项没有填写。",
    "unexpected_text": "此处出现了表上原本没有的内容，请核对。",
    "form_not_found": "文件里没有找到《社会培训评价组织基本情况表》。",
    "form_incomplete": "表格缺页或缺少部分内容，请核对原件。",
    "printed_text_changed": "表上印刷的文字与标准表不同，请核对是否被改动。",
    "page_order": "页面顺序可能不对，请核对。",
    "seal_absent": "应盖章处没有看到印章。",
    "seal_unreadable": "印章文字无法辨认，请人工核对是哪家单位的章。",
    "seal_of_another": "印章属于另一家单位，与应盖章的单位不符。",
    "seal_not_red": "印章不是红色，可能是复印件或扫描时丢了颜色，请核对原件。",
    "seal_beside_its_line": "印章没有盖在规定的那一行上，请核对位置。",
    "seal_special": "盖的是财务、合同等专用章，不是单位公章。",
    "seal_overlapping": "几枚印章相互重叠，请人工辨认。",
    "signature_absent": "应签字处没有看到签字。",
    "signature_typed": "签字处是打印的姓名，不是亲笔签字。",
    "name_seal_in_grey": "签字处像是灰黑色的人名章，请核对原件。",
    "name_seal_instead": "以人名章代替签字，请人工确认是否接受。",
    "signature_of_other": "签字与填写的法定代表人可能不是同一人。",
    "supplement_changed": "补正后与原来不同，请对照原图核对。",
    "supplement_gone": "补正后的表上没有找到这一处（原来有），请核对是否删去。",
    "signature_unclear": "签字处的笔迹不清，请人工确认是否已签字。",
}
"""Doubt code → sentence in Chinese."""


def sentence(code: str) -> str:
    """The sentence of a doubt; an unknown code still asks the reviewer to look."""
    return REASONS.get(code, "请对照原图核对。")
