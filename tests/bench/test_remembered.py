"""What became worse must be told, luck must not be, and what may never happen is told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.bench import goals, remembered
from tests.bench.figures import AtMost, Share
from tests.bench.remembered import beyond_chance, compare_figures


def figures(**measures: Any) -> dict[str, Any]:
    return {
        "about": {"set": "forms-1", "documents": 3, "machine": "any"},
        "classes": {"printed": {name.replace("_", " "): value for name, value in measures.items()}},
        "calibration": {"expected_calibration_error": 0.01234},
    }


def verdicts(then: dict[str, Any], now: dict[str, Any]) -> dict[str, str]:
    return {change.measure: change.verdict for change in compare_figures(then, now)}


def test_a_fall_beyond_chance_is_worse_and_a_rise_is_better() -> None:
    then = figures(cells_exact=[1100, 1127], passed=[800, 1127], page_roles=[60, 70])
    now = figures(cells_exact=[1050, 1127], passed=[1000, 1127], page_roles=[58, 70])
    assert verdicts(then, now) == {"cells exact": "worse", "passed": "better", "page roles": "luck"}


def test_of_mistakes_fewer_is_better() -> None:
    then = figures(passed_wrong=[40, 1000], rows_lost=[0, 500], seal_ring_unread=[5, 100])
    now = figures(passed_wrong=[5, 1000], rows_lost=[20, 500], seal_ring_unread=[30, 100])
    assert verdicts(then, now) == {
        "passed wrong": "better",
        "rows lost": "worse",
        "seal ring unread": "worse",
    }


def test_what_may_never_happen_is_worse_the_first_time() -> None:
    then = {"classes": {"all": {"another's seal taken for own": [0, 6], "seals invented": [0, 6]}}}
    now = {"classes": {"all": {"another's seal taken for own": [1, 6], "seals invented": [1, 6]}}}
    assert verdicts(then, now) == {"another's seal taken for own": "worse", "seals invented": "luck"}


def test_what_one_side_did_not_count_is_not_compared() -> None:
    text = "long texts' characters wrong"
    assert verdicts({"classes": {"a": {text: [0, 9000]}}}, {"classes": {"a": {text: [900, 9000]}}}) == {}
    then = figures(passed=[5, 10], refused=[0, 0], pages=4)
    assert verdicts(then, figures(passed=[0, 0], refused=[1, 4], pages=9, page_roles=[1, 1])) == {}


def test_the_worse_comes_first() -> None:
    then = figures(passed=[100, 1000], cells_exact=[900, 1000], values_equal=[1, 2])
    now = figures(passed=[900, 1000], cells_exact=[700, 1000], values_equal=[2, 2])
    assert [c.measure for c in beyond_chance(compare_figures(then, now))] == ["cells exact", "passed"]


def test_remembered_figures_are_shares_alone_and_come_back(tmp_path: Path) -> None:
    path = tmp_path / "last.json"
    remembered.remember(figures(passed=[5, 10], pages=4, passed_wrong_at_most=35.8), path)
    again = remembered.load(path)
    assert again is not None
    assert again["classes"] == {"printed": {"passed": [5, 10]}}
    assert again["about"] == {"set": "forms-1", "documents": 3}
    assert '"passed": [5, 10]' in path.read_text("utf-8")
    assert remembered.load(tmp_path / "none.json") is None


def test_the_committed_figures_can_be_read_and_agree_with_themselves() -> None:
    then = remembered.load()
    assert then is not None
    changes = compare_figures(then, then)
    assert len(changes) > 50
    assert beyond_chance(changes) == []
    for change in changes:
        assert 0 <= change.then[0] <= change.then[1], change
    named = {change.measure for change in changes}
    assert named >= remembered.LESS_IS_BETTER - remembered.NOT_ASKED, (
        "a measure was renamed and would be taken the wrong way round"
    )


@pytest.mark.parametrize(
    ("counted", "verdict"),
    [(Share(999, 1000), "reached"), (Share(99, 100), "open"), (Share(900, 1000), "short")],
)
def test_a_goal_is_open_where_few_were_counted(counted: Share, verdict: str) -> None:
    goal = goals.at_least("cells", 0.999, counted)
    assert goal is not None
    assert goal.verdict == verdict


def test_never_is_never_and_nothing_counted_is_no_goal() -> None:
    assert goals.at_most("x", 0.0, Share(1, 5)).verdict == "short"
    assert goals.at_most("x", 0.0, Share(0, 5)).verdict == "reached"
    assert goals.at_most("x", 0.01, Share(1, 50)).verdict == "open"
    assert goals.at_least("x", 0.5, Share(0, 0)) is None
    assert goals.at_most("x", 0.5, None) is None


def test_one_in_ten_thousand_takes_thirty_thousand_cells() -> None:
    assert goals.bounded("x", 1e-4, Share(0, 3_000)).verdict == "open"
    assert goals.bounded("x", 1e-4, Share(0, 30_000)).verdict == "reached"
    assert goals.bounded("x", 1e-4, Share(20, 30_000)).verdict == "short"
    assert str(AtMost.of(Share(0, 30_000))) == "1.0 in 10,000"
    assert str(AtMost.of(Share(0, 0))) == "–"
