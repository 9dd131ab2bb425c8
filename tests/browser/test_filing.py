"""After acceptance, by keyboard: code, period and sites, the lists that leave the house, what a reviewer mistypes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from intake_service import review
from tests.browser import serving
from tests.browser.conftest import Desk
from tests.browser.serving import Prepared

pytestmark = pytest.mark.browser
SAID = "[role=status].note"


@pytest.fixture(scope="module")
def two(desk: Desk, prepared: Prepared) -> list[str]:
    """Two accepted organisations, the older first."""
    made = [
        serving.add_read(desk.parts, prepared, f"{name}.png", org_name=name, uscc=f"5243000{n}MJJ1111111")
        for n, name in enumerate(("岳阳培训学校", "郴州行业协会"))
    ]
    for each in made:
        serving.accept(desk.parts, each)
    return made


def test_code_period_and_sites_by_keyboard_alone(page: Page, desk: Desk, two: list[str]) -> None:
    page.goto(f"{desk.address}/results")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("b")
    expect(page.locator("h1")).to_have_text("岳阳培训学校")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type("S00004301001")
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_contain_text("共 13 位")
    expect(page.locator("#code")).to_be_focused()
    expect(page.locator("#code")).to_have_value("S00004301001")
    page.keyboard.press("End")
    page.keyboard.type("9")
    page.fill("#valid_from", "2020-06-01")
    page.fill("#valid_to", "2023-05-31")
    first = page.locator("[name=site_name]").first
    first.focus()
    for text in ("总部", "某路 1 号", "株洲考点", "某路 2 号"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(page.locator("[data-sites] tbody tr")).to_have_count(3)
    page.keyboard.press("Alt+Enter")
    expect(page.locator("[data-sites] tbody tr")).to_have_count(4)
    page.keyboard.press("Alt+Delete")
    expect(page.locator("[data-sites] tbody tr")).to_have_count(3)
    page.keyboard.press("Enter")
    expect(page.locator(SAID)).to_contain_text("已保存")
    kept = review.open_review(desk.parts, two[0]).filing
    assert (kept.code, [site.name for site in kept.sites]) == ("S000043010019", ["总部", "株洲考点"])
    expect(page.locator(".history li")).to_have_count(3)
    expect(page.locator(".history")).to_contain_text("林审核")
    page.keyboard.press("Alt+n")
    expect(page.locator("h1")).to_have_text("郴州行业协会")
    page.goto(f"{desk.address}/review/{two[0]}")
    expect(page.locator("[data-history]")).to_contain_text("填“备案号”：（空） → S000043010019")


def test_sites_come_from_a_spreadsheet(page: Page, desk: Desk, two: list[str]) -> None:
    page.goto(f"{desk.address}/results/{two[1]}/filing")
    page.locator("[name=site_name]").first.focus()
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const how = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        "甲点\t甲路\n乙点\t乙路\n",
    )
    expect(page.locator("[data-sites] tbody tr")).to_have_count(3)
    page.locator("#code").press("Enter")
    expect(page.locator(SAID)).to_contain_text("已保存")
    assert [s.address for s in review.open_review(desk.parts, two[1]).filing.sites] == ["甲路", "乙路"]


def test_the_lists_are_had_by_one_key_and_say_who_has_no_code(
    page: Page, desk: Desk, two: list[str], tmp_path: Path
) -> None:
    page.goto(f"{desk.address}/results")
    page.keyboard.press("t")
    expect(page.locator(".note")).to_contain_text("还没有备案号")
    for key, name in enumerate(("publication", "supervision", "national"), start=1):
        with page.expect_download() as saving:
            page.keyboard.press(str(key))
        assert saving.value.suggested_filename.startswith(f"{name}-")
        assert saving.value.suggested_filename.endswith(".xlsx")
    with page.expect_download() as saving:
        page.get_by_role("link", name="JSON").first.press("Enter")
    saving.value.save_as(tmp_path / "list.json")
    told = json.loads((tmp_path / "list.json").read_text(encoding="utf-8"))
    assert {row["机构名称"] for row in told["rows"]} == {"岳阳培训学校", "郴州行业协会"}
    page.locator("summary").last.press("Enter")
    expect(page.locator("#list-national").locator("xpath=../..").locator("dl")).to_contain_text(
        "统一社会信用代码"
    )
    page.locator("h1").click()
    page.keyboard.press("u")
    expect(page.locator("[data-rows] tbody tr")).to_have_count(1)
    expect(page.locator("[data-rows]")).to_contain_text("填备案号")
    page.keyboard.press("u")
    expect(page.locator("[data-rows] tbody tr")).to_have_count(2)


def test_the_printed_list_has_the_notices_items(page: Page, desk: Desk, two: list[str]) -> None:
    page.goto(f"{desk.address}/results/publication")
    expect(page.locator(".published thead th")).to_have_text(
        [
            "序号",
            "机构名称",
            "地址",
            "联系方式",
            "备案号",
            "备案期限",
            "职业（工种）名称",
            "技能等级",
            "站点情况",
        ]
    )
    expect(page.locator("[data-uncoded]")).to_contain_text("1 家还没有备案号")
    page.emulate_media(media="print")
    expect(page.locator("[data-uncoded]")).to_be_hidden()
    expect(page.locator(".published tbody")).to_contain_text("株洲考点（某路 2 号）")
