import numpy as np
import pytest

from extractors.lines import cut_lines
from extractors.ocr.engine import Span

REGION = Span(20, 20, 200, 80)


def paper(*, rule: bool, gap: int = 10, side: str = "right", pale: int = 0):
    """A row with characters of 20 px, the region's side between two of them ``gap`` px apart; a rule there or none."""
    dark = np.full((100, 420), 255, np.uint8)
    for left in range(202 + gap - gap // 2, 380, 28):
        dark[40:60, left : left + 20] = 30
    for left in range(200 - gap // 2 - 20, 30, -28):
        dark[40:60, left : left + 20] = 30
    if rule:
        dark[20:80, 201:204] = pale
    if side == "left":
        return np.ascontiguousarray(dark[:, ::-1]), Span(220, 20, 400, 80)
    return dark, REGION


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(
    ("rule", "gap", "pale", "clipped"),
    [(False, 10, 0, True), (True, 10, 0, False), (True, 10, 225, False), (False, 50, 0, False)],
    ids=["no rule between", "a rule", "a pale rule", "far apart"],
)
def test_a_line_that_goes_on_over_a_side_without_a_rule_is_clipped(side, rule, gap, pale, clipped):
    (line,) = cut_lines(*paper(rule=rule, gap=gap, side=side, pale=pale))
    assert line.clipped == clipped
