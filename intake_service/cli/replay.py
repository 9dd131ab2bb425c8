"""Trying another reader on what people have settled, before it reads for them."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import click

from extractors.errors import ExtractionError
from extractors.form.reading import EngineInfo
from intake_service import export, replay_report
from intake_service.cli.shared import migrated_parts, sentences
from intake_service.parts import SYSTEM, Parts
from intake_service.replaying import Verdict, compare, to_json
from intake_service.review import Review

READER, VERSION = "worker.sandbox.Reader", "extractors.kept.reader_version"
"""Loaded by name when the command runs: they belong to the other side of the house."""
ENGINES = ("rapidocr", "tesseract", "null")
WORSE = 1


class Reader(Protocol):
    """What ``READER`` makes."""

    def read(self, path: Path, name: str) -> dict[str, Any]:
        """The reading JSON of a file. Raises ExtractionError subclasses."""
        ...

    def close(self) -> None:
        """End the child."""
        ...


@click.command()
@click.option(
    "--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True, help="用哪个识别引擎"
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True,
    help="报告写到这个文件夹；中断后用同一文件夹再运行，读过的不再读",
)  # fmt: skip
@click.option("--limit", type=click.IntRange(1), help="只读最早通过的这么多份")
@sentences
def replay(engine: str, out: Path, limit: int | None) -> None:
    """把已通过的件用这个版本的程序重读，与人定过的内容逐栏比较，不改动任何件。

    报告是 OUT 里的 report.html 和 report.json，含件上的内容，请按原件保管。结论为变差时退出码为 1。
    """
    reader: Reader = _load(READER)(engine)
    version = _load(VERSION)(EngineInfo(engine, "", ""))
    try:
        report = run(migrated_parts(), reader, engine, version, out, limit)
    finally:
        reader.close()
    every = report["all"]
    click.echo(
        f"{replay_report.VERDICTS[Verdict(report['verdict'])]}：{report['submissions']} 份，"
        f"改对 {every['mended']}，读错 {every['broken']}，没人看过而不同 {every['unjudged']}，"
        f"错而放过 {every['passed_wrong_before']} → {every['passed_wrong_after']}，"
        f"需要人看 {every['asked_before']} → {every['asked_after']}。报告：{out / 'report.html'}"
    )
    raise SystemExit(WORSE if report["verdict"] == Verdict.WORSE else 0)


def run(
    parts: Parts, reader: Reader, engine: str, version: str, out: Path, limit: int | None = None
) -> dict[str, Any]:
    """Read what is not read yet, and write the report of everything read in this folder by this version."""
    kept = out / "submissions"
    kept.mkdir(parents=True, exist_ok=True, mode=0o700)
    report = replay_report.summary(
        {"engine": engine, "version": version}, _outcomes(parts, reader, version, kept, limit)
    )
    replay_report.write(out, report)
    return report


def _outcomes(
    parts: Parts, reader: Reader, version: str, kept: Path, limit: int | None
) -> Iterator[Mapping[str, Any]]:
    for review in islice(export.accepted(parts, SYSTEM), limit):
        if review.reading is None:
            continue  # typed in by people from a file in which no form was found
        file, mark = kept / f"{review.submission.id}.json", [version, review.current.version]
        outcome = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        if outcome.get("of") != mark:
            outcome = {"of": mark, **_outcome(parts, reader, review, review.reading)}
            partial = file.with_suffix(".part")
            partial.write_text(json.dumps(outcome, ensure_ascii=False), encoding="utf-8")
            partial.replace(file)
            click.echo(f"{review.submission.receipt_number} {outcome['error'] or ''}", err=True)
        yield outcome


def _outcome(parts: Parts, reader: Reader, review: Review, before: Mapping[str, Any]) -> dict[str, Any]:
    document = next(each for each in review.documents if each.id == review.submission.form_document_id)
    told: dict[str, Any] = {"receipt_number": review.submission.receipt_number, "error": None}
    try:
        after = reader.read(parts.files.path(document.file_hash), document.name)
    except ExtractionError as error:
        return {**told, "error": error.code}
    values = [to_json(value) for value in compare(review.current, before, after)]
    return {**told, "matched": after["form"]["matched"], "values": values}


def _load(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)
