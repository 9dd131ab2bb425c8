"""axe on every screen and state, both themes, and the large and the forced ones: ``python -m tests.browser.axe [NAME…]``.

Prints what is serious for WCAG 2.2 AA; about five minutes for all. A short choice of it is part of ``make test``.
"""

from __future__ import annotations

import sys
from typing import Any

from playwright.sync_api import Page, ViewportSize

from intake_service.web.frontend_build import FRONTEND
from tests.browser.screenshots import Theme, walk

AXE = FRONTEND / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Of forced colours axe sees those that we had asked for, so that their contrast says nothing.
RUN = """async (only) => (await axe.run(document, {runOnly: only,
  rules: {'color-contrast': {enabled: !matchMedia('(forced-colors: active)').matches}}})).violations
  .map((found) => [found.impact, found.id, found.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))])"""
LOST = """() => {
  const page = document.documentElement;
  return page.scrollWidth > page.clientWidth + 1 ? [['serious', 'wider-than-the-window', [`${page.scrollWidth} px`]]] : [];
}"""
"""At 200 % nothing may need scrolling in two directions (WCAG 1.4.10); tables scroll in a box of their own."""
ENLARGED: ViewportSize = {"width": 683, "height": 384}


def serious(page: Page) -> list[Any]:
    """What axe finds serious or critical on the page as it stands: impact, rule, some elements."""
    return _run(page, {"type": "tag", "values": RULES})


def serious_in_both_themes(page: Page) -> list[Any]:
    """The same in the light theme, then the contrasts in the dark one: no other rule looks at colours."""
    page.emulate_media(color_scheme="light")
    found = serious(page)
    page.emulate_media(color_scheme="dark")
    found += _run(page, {"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    return found


def _run(page: Page, only: dict[str, Any]) -> list[Any]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return [found for found in page.evaluate(RUN, only) if found[0] in {"serious", "critical"}]


def main() -> int:
    """Look at all, tell what was found."""
    found: dict[str, list[Any]] = {}
    looked = 0

    def look(page: Page, name: str, theme: Theme) -> None:
        nonlocal looked
        page.wait_for_load_state("networkidle")
        page.emulate_media(reduced_motion="reduce")
        looked += 1
        found[f"{name}, {theme}"] = serious(page)
        shape = page.viewport_size
        if shape is not None and shape["width"] > ENLARGED["width"] and "printed" not in name:
            page.set_viewport_size(ENLARGED)
            found[f"{name}, {theme}, 200 %"] = [*serious(page), *page.evaluate(LOST)]
            page.set_viewport_size(shape)

    walk(look, sys.argv[1:])
    for name, each in found.items():
        for impact, rule, nodes in each:
            sys.stdout.write(f"{name}: {impact} {rule}: {' | '.join(nodes)}\n")
    bad = sum(map(bool, found.values()))
    sys.stdout.write(f"{looked} screens and states, each also at 200 %: {bad} with something serious\n")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
