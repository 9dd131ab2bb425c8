"""``python -m tests.bench``: draw a set, read it, compare, measure; tables, ``report.html``, ``figures.json``.

By default the set is the one whose figures are committed (``last_figures.json``): what became better or worse since
is told, and with ``--check`` the run fails where something is worse beyond chance. To judge anew, name a first seed
that nothing has read (``tests/bench/sets.py`` says from where) and keep its figures with ``--remember``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from tests.bench import real, remembered, runs, sets, tables
from tests.bench.reading import Case, load_cases
from tests.bench.report import write_report
from tests.bench.results import Results, results_of, to_figures
from tests.forms import draw, fonts

QUICK_COUNT, QUICK_FIRST_SEED = 12, 1
QUICK_RIVALS = 3
T = TypeVar("T")


def main() -> int:
    """Exit 1 when the forms cannot be drawn here, or with ``--check`` when something became worse."""
    options = _options()
    console = Console(width=None if sys.stdout.isatty() else 160)
    folder = options.folder or sets.set_folder(options.out.parent, options.first_seed)
    if options.folder is None and not options.redraw and not _draw(folder, options, console):
        return 1
    cases = load_cases(folder)
    if options.folder is None:
        wanted = range(options.first_seed, options.first_seed + options.count)
        cases = [case for case in cases if case.truth["seed"] in wanted]
    cases = cases[: options.count]
    kept = options.out / "run.json"
    options.out.mkdir(parents=True, exist_ok=True)
    if options.redraw:
        run = runs.load(kept)
        cases = [case for case in load_cases(folder) if case.path.name in run.documents]
    else:
        run = _measured(cases, options, console)
        runs.save(run, kept)
    if not cases:
        console.print(f"{folder} holds no document with its truth beside it.")
        return 1
    return _tell(results_of(run, cases, _about(folder, run)), folder, options, console)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--count", type=int, default=60, help="documents at most (60)")
    parser.add_argument("--first-seed", type=int, default=sets.JUDGED_LAST, help=f"({sets.JUDGED_LAST})")
    parser.add_argument(
        "--quick", action="store_true", help="12 developing seeds, one process, 3 documents for other readers"
    )
    parser.add_argument("--folder", type=Path, help="a set drawn before, instead of seeds")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rivals", type=int, default=8, help="documents for rapidocr and tesseract (8)")
    parser.add_argument("--no-rivals", action="store_true")
    parser.add_argument("--no-lengths", action="store_true", help="do not read a file of thirty pages")
    parser.add_argument(
        "--real", type=Path, default=real.FOLDER, help="folder of real papers, if there is one"
    )
    parser.add_argument(
        "--redraw", action="store_true", help="tables and report of the last run, nothing is read"
    )
    parser.add_argument("--check", action="store_true", help="fail where something is worse beyond chance")
    parser.add_argument("--remember", action="store_true", help="write last_figures.json, to be committed")
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    options = parser.parse_args()
    if options.quick:
        options.count = min(options.count, QUICK_COUNT)
        options.processes, options.no_lengths = 1, True
        options.rivals = min(options.rivals, QUICK_RIVALS)
        if options.first_seed == sets.JUDGED_LAST:
            options.first_seed = QUICK_FIRST_SEED
    return options


def _draw(folder: Path, options: argparse.Namespace, console: Console) -> bool:
    """Whether the set is there, drawn now or before."""
    seeds = range(options.first_seed, options.first_seed + options.count)
    lacking = sets.lacking_seeds(folder, seeds)
    if not lacking:
        return True
    missing = fonts.ready()
    if missing:
        console.print(missing)
        return False
    for _ in _progress(console, "drawing", draw.draw_forms(folder, lacking), len(lacking)):
        pass
    return True


def _measured(cases: list[Case], options: argparse.Namespace, console: Console) -> runs.Run:
    return runs.measure(
        cases,
        processes=options.processes,
        rival_count=0 if options.no_rivals else options.rivals,
        with_lengths=not options.no_lengths,
        real_folder=options.real,
        scratch=options.out,
        progress=lambda words, items, total: _progress(console, words, items, total),
    )


def _progress(console: Console, words: str, items: Iterable[T], total: int) -> Iterable[T]:
    return track(items, description=words, total=total, console=console, disable=not console.is_terminal)


def _about(folder: Path, run: runs.Run) -> dict[str, object]:
    return {
        "set": folder.name,
        "documents": len(run.documents),
        "pages": sum(read.pages for read in run.alone),
        "machine": run.machine,
        "load before": f"{run.load:.1f}",
    }


def _tell(results: Results, folder: Path, options: argparse.Namespace, console: Console) -> int:
    figures = to_figures(results)
    tables.show(console, results)
    text = json.dumps(figures, ensure_ascii=False, indent=1)
    (options.out / "figures.json").write_text(text + "\n", encoding="utf-8")
    write_report(options.out / "report.html", folder, results)
    console.print(f"{options.out / 'report.html'} shows every wrong cell.")
    if options.remember:
        remembered.remember(figures)
        console.print(f"{remembered.PATH.name} holds these figures now.")
    worse = [change for change in results.changes if change.verdict == "worse"]
    return 1 if worse and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
