"""How cost grows with pages, rows, the queue and what is stored: ``python -m tests.flow.growth``.

Prints every figure and draws them to ``out/growth.svg``. Everything runs in this process, on SQLite, without a server.
"""

from __future__ import annotations

import io
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.pipeline import Pipeline, build_pipeline, read_document
from intake_service import queue
from intake_service.intake import Meta, UntrustedFile, accept_upload
from intake_service.parts import SYSTEM, Parts, open_parts
from intake_service.settings import load_settings
from intake_service.store import calls
from intake_service.store.submissions import Filter
from tests.bench.lengths import joined
from tests.flow.bench import SCAN, fill, wait_behind
from tests.flow.test_stack import ROOT
from tests.forms import draw, fonts

PAPER = SCAN.with_name("1-printed-skewed.pdf")
TIMES = (1, 2, 4)
"""How often the paper stands in one file."""
SEEDS = range(1000, 1006)
"""Drawn forms whose rows are counted; seeds that serve for developing."""
WAITING = (0, 1_000, 5_000, 20_000)
STORED = (1_000, 10_000, 100_000)
REPEATS = 9
WIDTH, HEIGHT, MARGIN = 420, 260, 55
"""Of one chart, px."""
COLOURS = ("#0b6bcb", "#c2410c", "#15803d", "#7e22ce")


@dataclass(frozen=True, slots=True)
class Line:
    """One quantity over another; ``points`` in the units that the chart names."""

    name: str
    points: tuple[tuple[float, float], ...]
    joined: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """``across`` and ``up`` name the axes with their units."""

    title: str
    across: str
    up: str
    lines: tuple[Line, ...]


def median_ms(act: Callable[[], object]) -> float:
    """Processor milliseconds, the median of ``REPEATS`` after one that does not count. A busy machine changes these least."""
    act()
    found = []
    for _ in range(REPEATS):
        begun = time.process_time()
        act()
        found.append(1000 * (time.process_time() - begun))
    return statistics.median(found)


def reading_s(path: Path, reader: Pipeline) -> tuple[float, int, int]:
    """Processor seconds of one reading, its pages and the rows it found."""
    begun = time.process_time()
    reading = read_document(path, path.name, reader=reader)
    return time.process_time() - begun, len(reading.pages), len(reading.occupations)


def over_pages(reader: Pipeline, folder: Path) -> Chart:
    """One paper, and the same several times over in one file."""
    from pypdf import PdfReader

    own = [(PAPER, index) for index in range(len(PdfReader(PAPER).pages))]
    reading_s(PAPER, reader)  # what is loaded at first does not count
    read = [reading_s(joined(own * times, folder / f"{times}.pdf"), reader) for times in TIMES]
    points = tuple((float(pages), spent) for spent, pages, _rows in read)
    return Chart("Reading a file", "pages of the form", "processor s", (Line("one file", points),))


def over_rows(reader: Pipeline, folder: Path) -> Chart:
    """Drawn forms by the rows that were read in them."""
    drawn = draw.draw_forms(folder, SEEDS, "printed")
    read = sorted((rows, spent / pages) for spent, pages, rows in (reading_s(d.path, reader) for d in drawn))
    points = tuple((float(rows), spent) for rows, spent in read)
    return Chart(
        "Rows of the table", "rows of a form", "processor s a page", (Line("forms", points, joined=False),)
    )


def hand_in(parts: Parts) -> None:
    """One small upload."""
    content = b"\xff\xd8\xff\xe0" + os.urandom(16)
    accept_upload(parts, SYSTEM, [UntrustedFile("a.jpg", io.BytesIO(content))], Meta())


def next_turn(parts: Parts) -> None:
    """What a worker asks before each document."""
    with parts.store.read() as tx:
        calls.waiting(tx)


def over_queue(parts: Parts) -> Chart:
    """Uploads and the workers' question, by how many documents wait."""
    accepted, asked, have = [], [], 0
    for count in WAITING:
        wait_behind(parts, count - have, have)
        have = count
        accepted.append((float(count), median_ms(lambda: hand_in(parts))))
        asked.append((float(count), median_ms(lambda: next_turn(parts))))
    lines = (Line("upload (a small file)", tuple(accepted)), Line("whose turn is next", tuple(asked)))
    return Chart("The queue", "documents waiting", "processor ms", lines)


def over_stored(parts: Parts) -> Chart:
    """Lists and searches, by how many submissions there are."""
    asked: dict[str, Filter] = {
        "newest": Filter(),
        "by deadline": Filter(status=("received",), order="deadline"),
        "a word that nothing holds": Filter(search="B999999999"),
    }
    points: dict[str, list[tuple[float, float]]] = {name: [] for name in [*asked, "upload (a small file)"]}
    have = 0
    for count in STORED:
        fill(parts, count - have, have)
        have = count
        for name, chosen in asked.items():
            taken = median_ms(lambda chosen=chosen: queue.list_submissions(parts, chosen))  # type: ignore[misc]
            points[name].append((float(count), taken))
        points["upload (a small file)"].append((float(count), median_ms(lambda: hand_in(parts))))
    lines = tuple(Line(name, tuple(found)) for name, found in points.items())
    return Chart("What is stored", "submissions", "processor ms", lines)


def print_chart(chart: Chart) -> None:
    """One line a figure."""
    for line in chart.lines:
        for across, up in line.points:
            print(
                f"{chart.title}: {line.name}: {across:,.0f} {chart.across}: {up:.2f} {chart.up}", flush=True
            )


def drawn(charts: Sequence[Chart]) -> str:
    """All charts beside each other as one SVG."""
    body = "".join(
        f'<g transform="translate({WIDTH * (n % 2)} {HEIGHT * (n // 2)})">{"".join(_marks(chart))}</g>'
        for n, chart in enumerate(charts)
    )
    size = f'width="{2 * WIDTH}" height="{HEIGHT * -(-len(charts) // 2)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">'
        f'<rect width="100%" height="100%" fill="white"/>{body}</svg>\n'
    )


def _marks(chart: Chart) -> Iterator[str]:
    right, floor = WIDTH - 20, HEIGHT - MARGIN
    most_x = max(x for line in chart.lines for x, _ in line.points) or 1
    most_y = max(y for line in chart.lines for _, y in line.points) or 1
    yield f'<text x="{MARGIN}" y="16" font-weight="bold">{chart.title}</text>'
    yield f'<path d="M{MARGIN} 30V{floor}H{right}" fill="none" stroke="#444"/>'
    yield f'<text x="{right}" y="{floor + 14}" text-anchor="end">{most_x:,.0f} {chart.across}</text>'
    yield f'<text x="{MARGIN - 4}" y="34" text-anchor="end">{most_y:.3g}</text>'
    yield f'<text x="4" y="48">{chart.up}</text>'
    for number, (line, colour) in enumerate(zip(chart.lines, COLOURS, strict=False)):
        places = [
            (MARGIN + (right - MARGIN) * x / most_x, floor - (floor - 30) * y / most_y)
            for x, y in line.points
        ]
        if line.joined:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
        where = f'x="{MARGIN + 150 * (number % 2)}" y="{floor + 28 + 14 * (number // 2)}"'
        yield f'<text {where} fill="{colour}">{line.name}</text>'


def main() -> None:
    """Measure, print, draw."""
    print(f"load of this machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    charts: list[Chart] = []

    def add(chart: Chart) -> None:
        charts.append(chart)
        print_chart(chart)

    logging.getLogger("intake_service.dispatch").setLevel(logging.ERROR)  # no queue server runs here
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for measure, name in ((over_queue, "queue"), (over_stored, "stored")):
            parts = open_parts(
                load_settings({"INTAKE_DATA": str(folder / name), "INTAKE_MAX_WAITING": "1000000"})
            )
            parts.store.migrate()
            hand_in(parts)
            add(measure(parts))
            parts.store.close()
        reader = build_pipeline()
        add(over_pages(reader, folder))
        lacking = fonts.ready()
        if lacking:
            print(f"rows are left out: {lacking}")
        else:
            add(over_rows(reader, folder / "forms"))
    out = ROOT / "out" / "growth.svg"
    out.parent.mkdir(exist_ok=True)
    out.write_text(drawn(charts), encoding="utf-8")
    print(f"drawn in {out.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
