"""The fit must weigh what confidence weighs, remember what was read, and count only what would pass."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from extractors import confidence
from extractors.form.reading import Candidate
from extractors.transcribe import Transcript
from tests.bench import fit_tables
from tests.bench.cells import SeenCell, Store, cell_to_json, json_to_cell
from tests.bench.fit import Row, cell_to_row, fit, judged_by_others, main, rival_feature, transcript_features
from tests.bench.sets import JUDGING_FROM


def seen(transcript: Transcript, **changes: Any) -> SeenCell:
    plain = SeenCell(
        document="set/1.pdf", cls="printed", field="contact_phone", row=0, kind="phone", required=True,
        truth=transcript.text, exact=True, mistake="", later=(), transcript=transcript,
    )  # fmt: skip
    return replace(plain, **changes)


SURE = Transcript(
    (),
    "13800000000",
    logp=-0.01,
    second="13800000000",
    well_formed=True,
    inked=True,
    sure=(0.5,) * 11,
    candidates=(Candidate("13800000000", 0.9), Candidate("13800000006", 0.05)),
)

transcripts = st.builds(
    Transcript,
    parts=st.just(()),
    text=st.just("138"),
    logp=st.floats(-9, 0),
    second=st.sampled_from(["138", "l38", "x"]),
    well_formed=st.sampled_from([True, False, None]),
    gap=st.floats(0, 12),
    stretch=st.floats(1, 3),
    supported=st.booleans(),
)


@settings(deadline=None)
@given(transcripts)
def test_weights_times_features_is_the_confidence(transcript: Transcript) -> None:
    features = transcript_features("phone", transcript)
    z = sum(confidence.WEIGHTS[name] * value for name, value in features.items())
    now = confidence.transcript_to_confidence("phone", transcript)
    assert 1 / (1 + np.exp(-z)) == pytest.approx(now, abs=1e-7)


def test_asking_for_features_leaves_the_weights_as_they_were() -> None:
    before = dict(confidence.WEIGHTS)
    transcript_features("phone", SURE)
    assert before == confidence.WEIGHTS


def test_a_stored_cell_comes_back_with_the_same_confidence(tmp_path: Path) -> None:
    cell = seen(SURE, later=("check_failed",))
    again = json_to_cell(json.loads(json.dumps(cell_to_json(cell))))
    assert again == cell
    assert cell_to_row(again).now == cell_to_row(cell).now


def test_a_line_cut_short_and_a_second_reading(tmp_path: Path) -> None:
    store = Store(tmp_path / "cells.jsonl")
    old, new = cell_to_json(seen(SURE, exact=False)), cell_to_json(seen(SURE))
    lines = [{"document": "a", "code": "1", "cells": [old]}, {"document": "a", "code": "2", "cells": [new]}]
    text = "\n".join(json.dumps(line) for line in lines)
    store.path.write_text(text + '\n{"document": "b", "co', "utf-8")
    assert [cell.exact for cell in store.cells()] == [True]
    assert store.documents() == {"a": "2"}


def test_what_holds_a_cell_back_is_what_would_do_so_at_any_threshold() -> None:
    assert cell_to_row(seen(SURE)).held_back == ()
    with patch.dict(confidence.WEIGHTS, {"bias": -20.0}):
        row = cell_to_row(seen(SURE))
        assert (row.held_back, row.now < 0.01) == ((), True)
    assert cell_to_row(seen(SURE, later=("check_failed",))).held_back == ("check_failed",)


def test_a_row_that_is_held_back_passes_nothing_wrongly() -> None:
    rows = [
        Row("a", {}, right=False, cls="printed", held_back=("check_failed",)),
        Row("a", {}, right=False, cls="handwriting"),
        Row("a", {}, right=True, cls="printed"),
    ]
    stream = io.StringIO()
    console = Console(file=stream, width=200)
    with patch.object(fit_tables, "THRESHOLDS", (0.9,)):
        fit_tables.show_thresholds(console, "t", rows, np.array([1.0, 1.0, 1.0]))
    words = [line.split() for line in stream.getvalue().splitlines() if line.strip().startswith("0.9 ")]
    assert words[0][:10] == ["0.9", "100.0%", "1", "1", "50.0%", "1", "0", "66.7%", "2", "1"]


def test_the_rival_is_the_next_candidate() -> None:
    assert rival_feature(SURE) == pytest.approx(-0.01 - np.log(0.05))


def test_no_document_is_judged_by_itself() -> None:
    """What only one document shows, and shows wrongly, the weights of the others cannot know."""
    rows = [
        Row(str(name), {"bias": 1.0, "x": float(name == 7)}, right=name != 7 and i > 1)
        for name in range(40)
        for i in range(30)
    ]
    honest = judged_by_others(rows, ("bias", "x"))
    own = [p for p, row in zip(honest, rows, strict=True) if row.document == "7"]
    assert all(p > 0.8 for p in own)


def test_the_fit_finds_the_weights_that_made_the_data() -> None:
    rng = np.random.default_rng(7)
    logp, agree = -rng.exponential(1.0, 6000), rng.integers(0, 2, 6000)
    chance = 1 / (1 + np.exp(-(0.5 + 1.5 * logp + 2.0 * agree)))
    rows = [
        Row("x", {"bias": 1.0, "logp": float(p), "agree": float(a)}, bool(rng.random() < c))
        for p, a, c in zip(logp, agree, chance, strict=True)
    ]
    weights = fit(rows, ("bias", "logp", "agree"))
    assert weights["bias"] == pytest.approx(0.5, abs=0.2)
    assert weights["logp"] == pytest.approx(1.5, abs=0.2)
    assert weights["agree"] == pytest.approx(2.0, abs=0.25)


def test_nothing_is_fitted_to_a_set_that_still_judges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = {"file": "1.pdf", "seed": JUDGING_FROM, "class": "printed", "font": "print"}
    (tmp_path / "1.truth.json").write_text(json.dumps(truth), "utf-8")
    cells = tmp_path / "cells.jsonl"
    monkeypatch.setattr(sys, "argv", ["fit", str(tmp_path), "--cells", str(cells)])
    assert main() == 2
    assert str(JUDGING_FROM) in capsys.readouterr().out
    assert not cells.exists()


def test_a_second_fit_reads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    right, wrong = seen(SURE), seen(replace(SURE, logp=-5.0, gap=0.2, second="x"), exact=False, truth="1")
    lines = [
        {"document": f"set/{i}", "code": "0", "cells": [cell_to_json(replace(c, document=f"set/{i}"))] * 3}
        for i, c in enumerate([right, wrong] * 10)
    ]
    cells = tmp_path / "cells.jsonl"
    cells.write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    monkeypatch.setattr(sys, "argv", ["fit", "--cells", str(cells)])
    assert main() == 0
    told = capsys.readouterr().out
    assert "60 cells of 20 scans, 30 of them wrong" in told
    assert "20 documents were read by other code" in told
    weights = json.loads((tmp_path / "weights.json").read_text("utf-8"))
    assert list(weights) == list(confidence.WEIGHTS)
    assert all(f'"{name}": {value:.2f},' in told for name, value in weights.items())
