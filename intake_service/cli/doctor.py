"""``doctor``: one line a part, exit 1 when one fails."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import shutil
import subprocess
from collections.abc import Iterator

import click

from intake_service.checkup import Finding, check_audit, examine, finding
from intake_service.cli.shared import migrated_parts


@click.command()
def doctor() -> None:
    """逐项检查，一项一行；有一项不通过则以 1 退出。"""
    findings = list(examine_here())
    for each in findings:
        click.echo(f"{'通过' if each.good else '不通过'}\t{each.part}\t{each.words}")
    if not all(each.good for each in findings):
        raise SystemExit(1)


def examine_here() -> Iterator[Finding]:
    """Every part, and what only this machine can tell: the whole trail, models and fonts."""
    parts = migrated_parts()
    yield from examine(parts, running=parts.dispatch.is_up())
    yield finding("审计链", lambda: check_audit(parts))
    yield finding("识别模型", lambda: _models(parts.settings.engine))
    yield finding("字体", _fonts)


def _models(engine: str) -> str:
    module = {"rapidocr": "rapidocr", "tesseract": "pytesseract"}.get(engine)
    if module is None or importlib.util.find_spec(module) is None:
        raise RuntimeError(f"没有识别引擎 {engine}")
    if engine == "tesseract":
        listed = subprocess.run(
            ["tesseract", "--list-langs"], capture_output=True, text=True, check=False, timeout=20
        )
        if "chi_sim" not in listed.stdout:
            raise RuntimeError("没有中文模型：apt-get install tesseract-ocr-chi-sim")
        return "tesseract chi_sim"
    importlib.import_module(module)
    return f"{engine} {importlib.metadata.version(engine)}"


def _fonts() -> str:
    if shutil.which("fc-list") is None:
        return "未安装 fontconfig；仅绘制样张时需要"
    listed = subprocess.run(
        ["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False, timeout=20
    )
    count = len(set(listed.stdout.split("\n"))) - 1
    return f"{count} 种中文字体" if count > 0 else "没有中文字体；仅绘制样张时需要（fonts-noto-cjk）"
