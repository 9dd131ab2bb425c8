"""The report from a made-up run: everything in it, escaped, and nothing fetched from anywhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.bench import breakdowns, lengths, real, runs, speeds
from tests.bench.compare import compare
from tests.bench.diagrams import log_odds, reliability
from tests.bench.lengths import Length
from tests.bench.outcomes import Outcome
from tests.bench.pictures import cut, to_jpeg
from tests.bench.reading import Case, Read, peak_mib
from tests.bench.real import Finding
from tests.bench.report import different, write_report
from tests.bench.results import results_of, to_figures
from tests.bench.rivals import Rival
from tests.bench.test_compare import cell, reading, row, truth


def made(**changes: Any) -> Outcome:
    return compare(truth(**changes.pop("wanted", {})), reading(**changes))


def read(wall_s: float, pages: int = 2, began_s: float = 0.0, **more: Any) -> Read:
    text = reading(**more)
    text["timing_s"] = {"grid": 0.4, "cells": 0.2, "total": 0.6}
    return Read(text, "", pages, began_s, began_s + wall_s, wall_s / 2, 500.0)


def test_speed_is_a_median_over_documents_and_a_wall_over_processes() -> None:
    alone = [read(2.0), read(4.0, began_s=2.0), read(20.0, began_s=6.0)]
    together = [read(3.0), read(3.0), read(3.0, began_s=3.0)]
    found = speeds.speed(alone, together, 2)
    assert found["seconds a page, one process, median over documents"] == 2.0
    assert found["seconds a page, one process, slowest document"] == 10.0
    assert found["wall seconds a page, one process"] == pytest.approx(26 / 6)
    assert found["wall seconds a page, 2 processes"] == 1.0
    assert speeds.stages(alone) == pytest.approx({"grid": 0.2, "cells": 0.1})


def test_memory_is_that_of_a_process_itself_and_not_of_its_parent() -> None:
    held = b"x" * 300_000_000
    words = (
        "from tests.bench.reading import peak_mib; a = peak_mib(); b'x' * 60_000_000; print(a, peak_mib())"
    )
    told = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True).stdout
    before, after = map(float, told.split())
    assert before < 150
    assert before + 50 < after < before + 100
    assert peak_mib() > len(held) / 2**20


def test_a_tick_a_seal_and_a_mistake_stand_in_groups_of_their_own() -> None:
    wanted = {
        "fields": {"org_type": cell("企业", "enterprise")},
        "occupations": [row("焊工", "6")],
        "wrong_on_paper": [{"field": "occupations.0.code", "kind": "code_of_another"}],
        "org_type_ticks": ["enterprise"],
        "tick": "pen",
        "colour": "grey",
        "layout": "split",
        "text_layer": "bad",
        "marks": {"org_seal": {"present": True, "matches": False, "style": "pale"}},
        "pages": [{"role": "material", "material": 3, "rotation": 0}],
    }
    seal = {"present": True, "matches": True}
    page = {"role": "material", "material": 4, "rotation": 0}
    rows = [{**row("焊工", "6"), "code": cell("6", status="auto")}]
    by = breakdowns.broken_down(
        [made(wanted=wanted, marks={"org_seal": seal}, pages=[page], occupations=rows)]
    )
    assert str(by["check-boxes by tick"]["pen"]["check-boxes right"]).endswith("0/1")
    assert str(by["wrong on paper"]["code_of_another"]["mistakes on paper kept"]).endswith("1/1")
    assert str(by["wrong on paper"]["code_of_another"]["mistakes on paper passed"]).endswith("1/1")
    assert str(
        by["seals by how they were made"]["on a scan in grey"]["another's seal taken for own"]
    ).endswith("1/1")
    assert str(by["pages by role"]["material 3"]["page roles"]).endswith("1/1")
    assert str(by["pages by role"]["material 3"]["material numbers"]).endswith("0/1")
    assert list(by["cells by layout"]) == ["section 二 apart"]
    assert list(by["cells by hidden text"]) == ["scanner's, rubbish"]


def test_what_differs_is_marked_on_both_sides() -> None:
    left, right = different("2013-03", "201303号")
    assert left == (("2013", False), ("-", True), ("03", False))
    assert right == (("2013", False), ("03", False), ("号", True))
    assert different("", "") == ((), ())


def test_the_diagram_gives_each_nine_its_room() -> None:
    assert log_odds(0.5) == 0.0
    assert log_odds(0.0) < log_odds(0.9) < log_odds(0.99) < log_odds(0.999) < log_odds(1.0)
    bins = [
        {"from": 0.0, "to": 0.2, "n": 10, "confidence": 0.1, "right": 1},
        {"from": 0.99, "to": 1.0, "n": 900, "confidence": 0.995, "right": 900},
    ]
    drawn = reliability(bins)
    dots = [
        tuple(map(float, d)) for d in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', drawn)
    ]
    assert len(dots) == 2
    assert dots[0][0] < dots[1][0]
    assert dots[0][1] > dots[1][1]
    assert dots[0][2] < dots[1][2]


def test_a_cut_stays_inside_the_page() -> None:
    rgb = np.full((100, 80, 3), 255, np.uint8)
    assert cut(rgb, (-5, -5, 10, 10), 4).shape == (14, 14, 3)
    assert cut(rgb, (70, 90, 90, 120), 4).shape == (14, 14, 3)


@pytest.fixture
def paper(tmp_path: Path) -> Case:
    """A white page with a black bar, standing for a document; the truth says more than was read."""
    picture = np.full((600, 420, 3), 255, np.uint8)
    cv2.rectangle(picture, (60, 120), (300, 130), (0, 0, 0), -1)
    (tmp_path / "set").mkdir()
    cv2.imwrite(str(tmp_path / "set" / "0001.png"), picture)
    fields = {"org_name": cell("<b>甲</b>学校"), "statement": cell("本校成立", None)}
    return Case(tmp_path / "set" / "0001.png", truth(file="0001.png", seed=1, fields=fields))


def run_of(case: Case) -> runs.Run:
    box = [0.1, 0.2, 0.8, 0.25]
    wrong = cell(
        "<b>申</b>学校", status="auto", confidence=0.995, page=1, box=box,
        candidates=[{"text": "<b>甲</b>学校", "confidence": 0.3}], reasons=["low_confidence"],
    )  # fmt: skip
    fields = {"org_name": wrong, "statement": cell("本校", None, status="review", page=1, box=box)}
    crop = to_jpeg(np.full((20, 20, 3), 200, np.uint8))
    return runs.Run(
        documents=(case.path.name,),
        machine="2 × any",
        load=0.1,
        processes=1,
        alone=(read(2.0, 1, fields=fields),),
        rivals=(
            Rival("ours, 1 process", 1, 2.0, 2.0, 1, 2),
            Rival("rapidocr, default run", 1, 4.0, 8.0, 1, 2),
        ),
        lengths=(Length("one paper", 3, 3.0, 3.0, 600.0), Length("10 times over", 30, 45.0, 45.0, 1200.0)),
        real=(
            Finding(real.RING, "a.png", "某章", "某草", right=False, crop=crop),
            Finding(real.PEN_DIGITS, "b.png", "844", "844", right=True, crop=crop),
        ),
        remarks=("Nothing else.",),
    )


def test_the_report_holds_it_all_and_fetches_nothing(tmp_path: Path, paper: Case) -> None:
    results = results_of(run_of(paper), [paper], {"set": "set"})
    write_report(tmp_path / "report.html", paper.path.parent, results)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "<b>申" not in page
    assert "&lt;b&gt;<mark>申</mark>&lt;/b&gt;学校" in page
    assert 'class="candidate right">&lt;b&gt;甲' in page
    assert "low_confidence" in page
    assert "<svg" in page
    assert "某草" in page
    assert page.count("data:image/jpeg;base64,") >= 4
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", page)
    assert not re.search(r"https?://|@import|url\(", page)
    assert str(results.classes["printed"]["processor seconds a page, median"]) == "1.00 s"
    assert to_figures(results)["classes"]["all"]["peak MiB"] == 500
    goals = {goal["what"]: goal for goal in to_figures(results)["goals"]}
    assert goals["quicker than rapidocr, processor time"]["measured"] == "4 times"
    assert goals["passed and wrong"]["verdict"] == "short"
    assert goals["a page of 30, 10 times over, against one alone"]["measured"] == "1.5 times"
    assert goals["memory for 30 pages, 10 times over"]["verdict"] == "short"


def test_a_run_comes_back_as_it_was_kept(tmp_path: Path, paper: Case) -> None:
    kept = run_of(paper)
    runs.save(kept, tmp_path / "run.json")
    assert runs.load(tmp_path / "run.json") == kept


def test_no_real_paper_is_no_failure(tmp_path: Path) -> None:
    assert real.look_at(tmp_path) is None
    assert real.real_figures(()) == {}


def test_minutes_are_minutes_however_they_are_typed() -> None:
    assert real._signs("3′16″") == real._signs("3'16\"") == real._signs("3’16''")
    assert real._signs("3'16") != real._signs("316")


def test_long_files_are_made_of_scanned_pages(tmp_path: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for _ in range(3):
        writer.add_blank_page(200, 300)
    writer.write(tmp_path / "1.pdf")
    pages = [{"role": "form"}, {"role": "material"}, {"role": "blank"}]
    case = Case(tmp_path / "1.pdf", truth(file="1.pdf", pages=pages))
    digital = Case(tmp_path / "2.pdf", truth(**{"class": "digital"}))
    package = Case(tmp_path / "3.pdf", truth(papers="package"))
    long = Case(tmp_path / "4.pdf", truth(pages=[{"role": "form"}] * 9))
    photo = Case(tmp_path / "5.jpg", truth())
    assert lengths.choose([digital, long, package, photo, case]) is case
    assert lengths.choose([digital, long, package, photo]) is None
    assert lengths.others([digital, case]) == [(case.path, 1), (case.path, 2)]
    made = lengths.joined(lengths.others([case]) * 10, tmp_path / "long.pdf")
    assert len(PdfReader(made).pages) == 20
