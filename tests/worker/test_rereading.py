"""A box read again by the real reader behind the real fence."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from worker.sandbox import Reader


def test_a_region_of_a_page_is_read_behind_the_fence(tmp_path: Path) -> None:
    paper = np.full((2339, 1654), 250, np.uint8)
    cv2.putText(paper, "12860", (600, 1000), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 20, 3, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "page.png"), paper)
    region = {
        "page": 1, "box": [0.35, 0.405, 0.46, 0.437], "kind": "count", "rotation": 0, "skew_deg": 0.0
    }  # fmt: skip
    with Reader() as reader:
        found = reader.reread(tmp_path / "page.png", "page.png", region)
    assert (found["text"], found["value"], found["status"]) == ("12860", 12860, "review")
    assert found["box"] == region["box"]
