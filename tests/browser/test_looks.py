"""How values look to a reviewer, without a browser: what is said, what is offered, what the history tells."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from intake_service import review
from intake_service.app import create_app
from intake_service.current import Cell, Entry, Row
from intake_service.parts import Actor, Parts, Role
from intake_service.store import Move
from intake_service.web.listed import listed_near
from intake_service.web.review_candidates import IN_CATALOGUE, offered, printed
from intake_service.web.review_fields import Context, cell_look, field_view
from tests.browser import serving
from tests.browser.paper import SAMPLE
from tests.browser.serving import Prepared
from tests.browser.test_door import log_in
from tests.intake_service.builders import PNG

ADMIN = Actor("admin", Role.ADMIN, "管理员")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    return serving.desk_parts(tmp_path_factory.mktemp("looks"))


@pytest.fixture(scope="module")
def client(parts: Parts) -> FlaskClient:
    client = create_app(parts.settings, parts).test_client()
    log_in(client, "admin")
    return client


def cell(text: str, path: str = "fields.uscc", value: Any = None, **machine: Any) -> Cell:
    told = {"text": text, "confidence": 0.6, "status": "review", **machine}
    return Cell(path, text, value, "review", machine=told)


def context(**more: Any) -> Context:
    return Context("form", {}, **{"failed": {}, "broken": frozenset(), "last": {}, **more})


def sentences(found: Cell, *failed: str) -> tuple[str, ...]:
    return field_view(found, "", context(failed={found.path: failed} if failed else {})).reasons


def test_one_sentence_for_one_code() -> None:
    code = cell(
        "9143",
        reasons=["low_confidence", "readers_disagree", "candidates_close", "check_failed", "under_seal"],
    )
    told = sentences(code, "校验位不符。", "组织机构代码不符。", "登记地不符。")
    assert told == ("文字被印章压住，请对照原图核对。", "校验位不符。另有 2 条，见“校验”。")
    assert sentences(cell("x", reasons=["low_confidence", "readers_disagree"])) == (
        "几个识别模型的结果不一致，请对照原图核对。",
    )


def test_no_sentence_says_that_a_value_is_missing_that_is_there() -> None:
    (without,) = sentences(cell("三百万", "fields.registered_capital", None, reasons=["format_unknown"]))
    (with_value,) = sentences(
        cell("叁佰万圆", "fields.registered_capital", 3_000_000, reasons=["format_unknown"])
    )
    assert "无法换算" in without
    assert "无法换算" not in with_value


def test_what_nobody_would_pick_is_not_offered_but_the_ink_is() -> None:
    rare = [
        {"text": "甲乙", "confidence": 0.004},
        {"text": "甲丁", "confidence": 0.3},
        {"text": "甲戊", "confidence": 0.002},
    ]
    assert [each.text for each in offered(cell("甲丙", candidates=rare))] == ["甲丁"]
    close = cell("甲丙", candidates=rare, reasons=["candidates_close"])
    assert [each.text for each in offered(close)] == ["甲乙", "甲丁"]


def test_figures_always_mean_the_same_option() -> None:
    ticked = cell("行业协会", "fields.org_type", "industry_association")
    said = Entry("token:登记系统", "技工院校", "technical_school", datetime.now(UTC))
    shown = printed(replace(ticked, proposals=(said,)))
    assert [each.text for each in shown] == ["企业", "民办非企业单位", "行业协会", "技工院校"]
    assert shown[3].say == "登记系统"


def row(name: str, code: str) -> Row:
    return Row(
        "r1",
        {"name": cell(name, "occupations.r1.name", name), "code": cell(code, "occupations.r1.code", code)},
    )


def test_the_catalogue_is_offered_where_name_and_code_differ() -> None:
    assert listed_near(row("美容师", "4-10-03-01")) == {}
    assert listed_near(row("", "")) == {}
    slip = listed_near(row("美容帅", "4-10-03-01"))
    assert slip["occupations.r1.name"][0] == "美容师"
    wrong = listed_near(row("美发师", "4-10-03-01"))
    assert "4-10-03-02" in wrong["occupations.r1.code"]
    assert "美容师" in wrong["occupations.r1.name"]
    found = field_view(row("美容帅", "4-10-03-01").cells["name"], "", context(listed=slip))
    assert found.text == "美容帅"  # offered, never taken
    assert [(each.text, each.say) for each in found.candidates] == [("美容师", IN_CATALOGUE)]


def test_nobody_is_asked_to_look_once_it_is_decided() -> None:
    doubt = cell("x", reasons=["low_confidence"])
    assert field_view(doubt, "", context()).open
    decided = context(decided=True)
    assert not field_view(doubt, "", decided).open
    assert cell_look(doubt, decided).word == "没有核对"


@pytest.fixture(scope="module")
def blank() -> Prepared:
    """A form without pictures to look at."""
    return Prepared(SAMPLE, [PNG], {})


def test_the_history_tells_verdicts_and_grounds(parts: Parts, client: FlaskClient, blank: Prepared) -> None:
    made = serving.add_read(parts, blank)
    now = review.judge_mark(parts, ADMIN, made, 0, "marks.org_seal", {"present": True, "matches": False})
    review.decide(parts, ADMIN, made, now.version, Move.RETURN, ["公章不清晰"], "请寄原件。")
    review.reopen(parts, ADMIN, made, "单位已补交")
    version = review.open_review(parts, made).current.version
    review.decide(parts, ADMIN, made, version, Move.REJECT, ["同一单位重复申报"])
    told = history(client, made)
    assert "判断“单位公章”：有章，单位不符" in told or "：有章，单位不符" in told
    assert "退回补正公章不清晰；请寄原件" in told  # though another decision was made since
    assert "重新审核单位已补交" in told
    assert "不予受理同一单位重复申报" in told


def test_a_decided_file_shows_no_live_doubts(parts: Parts, client: FlaskClient, blank: Prepared) -> None:
    made = serving.add_read(parts, blank)
    assert 'data-open="yes"' in client.get(f"/review/{made}?seen=1").text
    review.decide(parts, ADMIN, made, 0, Move.RETURN, ["材料不齐"])
    page = client.get(f"/review/{made}").text
    assert 'data-open="yes"' not in page
    assert "没有核对" in page


def history(client: FlaskClient, submission_id: str) -> str:
    page = client.get(f"/review/{submission_id}").text
    return re.sub(r"<[^>]+>|\s+", "", page.split("data-history>", 1)[1].split("</ol>", 1)[0])
