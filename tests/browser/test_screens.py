"""Every screen in both themes: nothing serious for axe, no console error, no request to another host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import screenshots, states
from tests.browser.axe import serious, serious_in_both_themes
from tests.browser.conftest import Desk, log_in
from tests.browser.serving import Prepared
from tests.browser.states import Scene

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def ids(desk: Desk, browser: Browser) -> dict[str, str]:
    return screenshots.populate(desk.parts, browser, organisations=2)


@pytest.fixture(params=["light", "dark"])
def shown(request: pytest.FixtureRequest, browser: Browser, desk: Desk) -> Iterator[Page]:
    """An administrator's page in one theme."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, color_scheme=request.param, reduced_motion="reduce"
    )
    desk.watch(context)
    desk.troubles.clear()
    page = context.new_page()
    yield page
    context.close()
    assert desk.troubles == []


def test_nothing_serious_on_any_screen(browser: Browser, desk: Desk, ids: dict[str, str]) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
    desk.watch(context)
    desk.troubles.clear()
    shown, found = context.new_page(), dict[str, list[Any]]()
    shown.goto(f"{desk.address}/login")
    found["login"] = serious_in_both_themes(shown)
    log_in(shown, desk.address, "admin")
    for name, path in screenshots.SCREENS.items():
        shown.goto(f"{desk.address}{path}")
        found[name] = serious_in_both_themes(shown)
    for name, path in screenshots.OF_ONE.items():
        shown.goto(f"{desk.address}{path.format(**ids)}")
        found[name] = serious_in_both_themes(shown)
    shown.goto(f"{desk.address}/review/{ids['review']}")
    shown.wait_for_selector(".field.here canvas")
    found["review"] = serious_in_both_themes(shown)
    shown.focus('[name="occupations.r3.code"]')
    found["review, table"] = serious_in_both_themes(shown)
    for tab in "234":
        shown.keyboard.press(f"Alt+{tab}")
        found[f"review, tab {tab}"] = serious_in_both_themes(shown)
    for key, dialog in (("Alt+t", "return"), ("Alt+j", "reject"), ("Control+Enter", "accept")):
        shown.keyboard.press(key)
        found[f"review, {dialog}"] = serious_in_both_themes(shown)
        shown.keyboard.press("Escape")
    context.close()
    assert desk.troubles == []
    assert {name: each for name, each in found.items() if each} == {}


QUICK = ("intake-refused", "intake-watched", "review-long", "review-conflict", "review-typed-in", "second-blind",
         "second-compared")  # fmt: skip
"""States whose parts stand on no screen otherwise; `make axe` looks at all of them."""


def test_nothing_serious_in_any_state(
    browser: Browser, desk: Desk, ids: dict[str, str], prepared: Prepared
) -> None:
    """Both themes in turn; nothing here may depend on the theme alone."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    scene = Scene(context.new_page(), desk.address, desk.parts, ids, prepared)
    log_in(scene.page, desk.address, "admin")
    states.add_submissions(scene)
    found: dict[str, list[Any]] = {}
    for at, name in enumerate(QUICK):
        scene.page.emulate_media(color_scheme="dark" if at % 2 else "light")
        states.STATES[name](scene)
        found[name] = serious(scene.page)
    context.close()
    assert {name: each for name, each in found.items() if each} == {}


def test_help_lists_the_keys_and_single_keys_can_be_switched_off(shown: Page, desk: Desk) -> None:
    log_in(shown, desk.address, "admin")
    shown.keyboard.press("?")
    help_ = shown.locator("#help")
    expect(help_).to_be_visible()
    shown.locator("[data-preference]").uncheck()
    shown.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    shown.keyboard.press("?")
    assert not help_.is_visible()


def test_the_chosen_theme_stays(shown: Page, desk: Desk) -> None:
    log_in(shown, desk.address, "admin")
    shown.locator("[data-theme-toggle]").press("Enter")
    chosen = shown.locator("html").get_attribute("data-theme")
    assert chosen in {"light", "dark"}
    shown.goto(f"{desk.address}/results")
    assert shown.locator("html").get_attribute("data-theme") == chosen
    background = shown.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(14, 21, 20)") is (chosen == "dark")


def test_missing_browser_packages_are_told(shown: Page, desk: Desk, ids: dict[str, str]) -> None:
    log_in(shown, desk.address, "admin")
    shown.route("**/openseadragon.min.js*", lambda route: route.abort())
    shown.goto(f"{desk.address}/review/{ids['review']}")
    shown.wait_for_selector(".field.here")  # the fields still work without the viewer
    desk.troubles[:] = [
        each for each in desk.troubles if "openseadragon" not in each and "ERR_FAILED" not in each
    ]
