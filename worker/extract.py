"""``intake extract``: files in, readings out; no server, no database."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from extractors.errors import ExtractionError
from worker.sandbox import Reader

REFUSED = 3
"""Exit code when some input was refused."""

OnPage = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: its reading, or the error object of the contract."""

    path: Path
    answer: dict[str, Any]
    error: ExtractionError | None = None


class Pool:
    """``jobs`` readers, each in its own thread with its own child process."""

    def __init__(self, make_reader: Callable[[], Reader], jobs: int) -> None:
        self._make_reader = make_reader
        self._mine = threading.local()
        self._all: list[Reader] = []
        self._executor = ThreadPoolExecutor(jobs, thread_name_prefix="reader")

    def read_all(self, paths: Sequence[Path], on_page: Callable[[Path, int, int], None]) -> Iterator[Outcome]:
        """The outcomes in the order of ``paths``, each as soon as it and those before it are there."""
        futures = [self._executor.submit(self._read, path, on_page) for path in paths]
        try:
            for future in futures:
                yield future.result()
        finally:
            self.close()

    def close(self) -> None:
        """End every child, also in the middle of a document."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        for reader in self._all:
            reader.kill()
        self._executor.shutdown(wait=True)
        for reader in self._all:
            reader.close()

    def _read(self, path: Path, on_page: Callable[[Path, int, int], None]) -> Outcome:
        reader: Reader | None = getattr(self._mine, "reader", None)
        if reader is None:
            reader = self._mine.reader = self._make_reader()
            self._all.append(reader)
        try:
            return Outcome(
                path, reader.read(path, path.name, on_page=lambda n, of, _kept: on_page(path, n, of))
            )
        except ExtractionError as error:
            refusal = {"file": path.name, "error": {"code": error.code, "message": error.message}}
            return Outcome(path, refusal, error)


def answer_names(paths: Sequence[Path]) -> list[str]:
    """``<stem>.json`` for each; a stem that was there before gets ``-2``, ``-3`` …; case is ignored."""
    wanted = {path.stem.casefold() for path in paths}
    taken: set[str] = set()
    names = []
    for path in paths:
        stem, number = path.stem, 1
        while stem.casefold() in taken or (number > 1 and stem.casefold() in wanted):
            number += 1
            stem = f"{path.stem}-{number}"
        taken.add(stem.casefold())
        names.append(f"{stem}.json")
    return names


def to_line(answer: dict[str, Any]) -> bytes:
    """One JSON line in UTF-8. File names that are not UTF-8 come as escaped lone surrogates."""
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def printable(text: str) -> str:
    """Text for a terminal: control characters and line breaks of hostile names escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text)


def run(
    paths: Sequence[Path],
    *,
    out: Path | None,
    pool: Pool,
    write: Callable[[bytes], object],
    complain: Callable[[str], object],
    progress: Progress,
) -> bool:
    """Read every file and put the answers where they belong. True when none was refused."""
    task = progress.add_task("", total=len(paths))

    def on_page(path: Path, number: int, total: int) -> None:
        progress.update(task, description=f"{printable(path.name)} {number}/{total} 页")

    accepted = True
    names = answer_names(paths)
    for name, outcome in zip(names, pool.read_all(paths, on_page), strict=True):
        line = to_line(outcome.answer)
        if out is None:
            write(line)
        else:
            _replace(out / name, line)
        if outcome.error is not None:
            accepted = False
            complain(f"{printable(str(outcome.path))}: {outcome.error.code}: {outcome.error.message}")
        progress.advance(task)
    return accepted


def _replace(target: Path, data: bytes) -> None:
    partial = target.with_name(target.name + ".part")
    partial.write_bytes(data)
    partial.replace(target)


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write DIR/<stem>.json for each file."
)
@click.option(
    "--engine",
    type=click.Choice(["rapidocr", "tesseract", "null"]),
    default="rapidocr",
    show_default=True,
    help="Who reads the text; null opens and measures the pages only.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Files read at the same time."
)
@click.pass_context
def extract(
    context: click.Context, files: tuple[Path, ...], out: Path | None, engine: str, jobs: int
) -> None:
    """Read PDF, JPEG, PNG or TIFF files: one JSON reading a file.

    Readings go to DIR/<stem>.json, else as JSON Lines to standard output. A refused file gives an error
    object in its place, a line on standard error and exit code 3.
    """
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    pool = Pool(lambda: Reader(engine), min(jobs, len(files)))
    with Progress(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as progress:
        accepted = run(
            files,
            out=out,
            pool=pool,
            write=_to_stdout,
            complain=lambda text: click.echo(text, err=True),
            progress=progress,
        )
    context.exit(0 if accepted else REFUSED)


def _to_stdout(line: bytes) -> None:
    click.echo(line, nl=False)


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        extract()
