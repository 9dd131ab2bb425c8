"""``python -m tests.bench``: draw a set, read it, compare, measure; tables, ``report.html``, ``figures.json``.

The default set is drawn from seeds that are set aside (900000 on): it judges and is for nothing else. While
working on the reading, use ``--first-seed 1`` or ``--quick``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from tests.bench import figures, rivals, tables
from tests.bench.compare import compare
from tests.bench.reading import Case, load_cases, read_cases
from tests.bench.report import write_report
from tests.forms import draw, fonts

SET_ASIDE = 900_000
QUICK_COUNT = 12
FORMS = Path(draw.__file__).parent
T = TypeVar("T")


def main() -> int:
    """Exit 1 when the forms cannot be drawn here."""
    options = _options()
    console = Console(width=None if sys.stdout.isatty() else 160)
    if options.folder is None:
        lacking = fonts.ready()
        if lacking:
            console.print(lacking)
            return 1
    folder = options.folder or _drawn(options, console)
    cases = load_cases(folder, options.count if options.folder is None else None)
    if not cases:
        console.print(f"{folder} holds no document with its truth beside it.")
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    if load > 1:
        console.print(
            f"Other work is running here (load {load:.1f}): the speeds below are those of a busy machine."
        )

    alone = list(_progress(console, "one process", read_cases(cases, processes=1), len(cases)))
    together = []
    if not options.quick and options.processes > 1:
        several = read_cases(cases, processes=options.processes)
        together = list(_progress(console, f"{options.processes} processes", several, len(cases)))
    outcomes = [
        compare(case.truth, read.reading, read.refused) for case, read in zip(cases, alone, strict=True)
    ]
    speeds = figures.speed(alone, together or alone, options.processes if together else 1)
    others = _rivals(console, cases, 0 if options.no_rivals else 3 if options.quick else options.rivals)
    about = {
        "documents": len(cases),
        "set": str(folder.name),
        "drawing": _digest(FORMS.rglob("*.py")),
        "machine": f"{os.cpu_count()} × {platform.machine()}, Python {platform.python_version()}",
        "load before": f"{load:.1f}",
    }
    result = figures.all_figures(outcomes, speeds, others, about)
    tables.show_classes(console, figures.class_figures(outcomes))
    tables.show_broken_down(console, figures.broken_down(outcomes))
    tables.show_calibration(console, result["calibration"])
    tables.show_speed(console, speeds, others)
    text = json.dumps(result, ensure_ascii=False, indent=1)
    (options.out / "figures.json").write_text(text + "\n", encoding="utf-8")
    write_report(options.out / "report.html", folder, outcomes, about)
    console.print(f"{options.out / 'report.html'} shows every wrong cell.")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--first-seed", type=int, default=SET_ASIDE)
    parser.add_argument(
        "--quick", action="store_true", help="12 developing seeds, one process, 3 documents for others"
    )
    parser.add_argument("--folder", type=Path, help="a set drawn before, instead of seeds")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rivals", type=int, default=8, help="documents for rapidocr and tesseract")
    parser.add_argument("--no-rivals", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    options = parser.parse_args()
    if options.quick:
        options.count = min(options.count, QUICK_COUNT)
        options.first_seed = 1 if options.first_seed == SET_ASIDE else options.first_seed
    return options


def _digest(paths: Iterable[Path]) -> str:
    """Eight hex digits of the drawing's source: a set is drawn anew when the drawing changed."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _drawn(options: argparse.Namespace, console: Console) -> Path:
    """The set's folder; what is there already is not drawn again."""
    seeds = range(options.first_seed, options.first_seed + options.count)
    folder = options.out.parent / f"forms-{options.first_seed}-{_digest(FORMS.rglob('*.py'))}"
    lacking = [seed for seed in seeds if not (folder / f"{seed:04}.truth.json").exists()]
    for _ in _progress(console, "drawing", draw.draw_forms(folder, lacking), len(lacking)):
        pass
    return folder


def _progress(console: Console, words: str, items: Iterable[T], total: int) -> Iterable[T]:
    return track(items, description=words, total=total, console=console, disable=not console.is_terminal)


def _rivals(console: Console, cases: Sequence[Case], count: int) -> list[rivals.Rival]:
    """Ours and theirs on a sample of scanned documents, one right after the other, so that the machine is the same."""
    sample = [cases[i] for i in rivals.choose(cases, count)]
    if not sample:
        return []
    out = [rivals.ours(sample, list(read_cases(sample, processes=1)))]
    out.append(rivals.measure("rapidocr, default run", rivals.rapidocr_reader(), sample))
    tesseract = rivals.tesseract_reader()
    if tesseract is None:
        console.print("tesseract with chi_sim is not installed and was left out.")
    else:
        out.append(rivals.measure("tesseract chi_sim, psm 3", tesseract, sample))
    return out


if __name__ == "__main__":
    sys.exit(main())
