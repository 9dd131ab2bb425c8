"""``doctor``: one line a part, exit 1 when one fails."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click
import redis
import sqlalchemy as sa

from intake_service import upkeep
from intake_service.cli.shared import migrated_parts
from intake_service.dispatch import connect
from intake_service.errors import ServiceError
from intake_service.parts import Parts
from intake_service.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    part: str
    good: bool
    words: str


@click.command()
def doctor() -> None:
    """逐项检查，一项一行；有一项不通过则以 1 退出。"""
    findings = list(examine())
    for finding in findings:
        click.echo(f"{'通过' if finding.good else '不通过'}\t{finding.part}\t{finding.words}")
    if not all(finding.good for finding in findings):
        raise SystemExit(1)


def examine() -> Iterator[Finding]:
    """Every check in turn."""
    parts = migrated_parts()
    yield _finding("数据库", lambda: _database(parts))
    yield _finding("审计链", lambda: _audit(parts))
    yield _finding("存储", lambda: _files(parts))
    yield _finding("队列", lambda: _queue(parts))
    yield _finding("识别模型", lambda: _models(parts.settings.engine))
    yield _finding("字体", _fonts)


def _finding(part: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(part, good=True, words=check())
    except (
        sa.exc.SQLAlchemyError,
        OSError,
        ServiceError,
        redis.RedisError,
        RuntimeError,
        ImportError,
    ) as error:
        return Finding(part, good=False, words=f"{error}"[:300].replace("\n", " "))


def _database(parts: Parts) -> str:
    if not parts.store.is_current():
        raise RuntimeError("结构不是最新，请运行 intake migrate")
    return "SQLite" if parts.store.is_sqlite else "PostgreSQL"


def _audit(parts: Parts) -> str:
    broken = upkeep.first_broken_audit_entry(parts)
    if broken is not None:
        raise RuntimeError(f"第 {broken} 条记录被改动过")
    return "完整"


def _files(parts: Parts) -> str:
    parts.files.is_writable()
    free_gb = shutil.disk_usage(parts.settings.data).free / 1024**3
    return f"可写，剩余 {free_gb:.1f} GB"


def _queue(parts: Parts) -> str:
    """A queue server that may evict or forget calls is refused; a bundled one that is not running is no fault."""
    client = connect(parts.settings)
    try:
        client.ping()
    except (redis.RedisError, OSError):
        if parts.settings.embedded_queue:
            return "自带的队列服务未运行（由 intake serve 启动）"
        raise
    if _asks_no_password(parts.settings):
        raise RuntimeError("队列服务不要求密码，请设置 requirepass")
    try:
        wanted = {"maxmemory-policy": "noeviction", "appendonly": "yes"}
        wrong = [
            f"{name} 应为 {value}"
            for name, value in wanted.items()
            if client.config_get(name).get(name) != value
        ]
    except redis.ResponseError:
        return "可用（不允许查看配置）"
    if wrong:
        raise RuntimeError("；".join(wrong))
    return "可用"


def _asks_no_password(settings: Settings) -> bool:
    """Whether the queue server serves somebody who gives none."""
    client = connect(settings)
    kwargs = {**client.connection_pool.connection_kwargs, "password": None, "username": None}
    pool = redis.ConnectionPool(connection_class=client.connection_pool.connection_class, **kwargs)
    try:
        return bool(redis.Redis(connection_pool=pool).ping())
    except redis.RedisError:
        return False


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
