"""Is each part as it should be? One sentence a part, for ``intake doctor`` and for the desk's administration."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import redis
import sqlalchemy as sa

from intake_service import presence, upkeep
from intake_service.dispatch import connect
from intake_service.errors import ServiceError
from intake_service.parts import Parts
from intake_service.settings import Settings
from intake_service.store import calls, documents

TROUBLES = (sa.exc.SQLAlchemyError, OSError, ServiceError, redis.RedisError, RuntimeError, ImportError)
"""What a check may raise; its message is the finding's sentence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One part and how it is."""

    part: str
    good: bool
    words: str


def finding(part: str, check: Callable[[], str]) -> Finding:
    """What the check says, or why it failed."""
    try:
        return Finding(part, good=True, words=check())
    except TROUBLES as error:
        return Finding(part, good=False, words=f"{error}"[:300].replace("\n", " "))


def examine(parts: Parts, *, running: bool) -> Iterator[Finding]:
    """Every part that can be seen from any process. ``running``: the service is meant to be at work now."""
    yield finding("版本", lambda: f"intake-service {importlib.metadata.version('intake-service')}")
    yield finding("数据库", lambda: _database(parts))
    yield finding("存储", lambda: _files(parts))
    yield finding("队列", lambda: check_queue(parts, running=running))
    yield finding("读取进程", lambda: _workers(parts, running=running))
    if parts.settings.watch is not None or presence.watchers(parts):
        yield finding("扫描文件夹", lambda: _watched(parts, running=running))


def check_audit(parts: Parts) -> str:
    """Look at every seal of the audit trail, which takes its time. Raises RuntimeError."""
    broken = upkeep.first_broken_audit_entry(parts)
    if broken is not None:
        raise RuntimeError(f"第 {broken} 条记录被改动过")
    return "完整"


def _database(parts: Parts) -> str:
    if not parts.store.is_current():
        raise RuntimeError("结构不是最新，请运行 intake migrate")
    return "SQLite" if parts.store.is_sqlite else "PostgreSQL"


def _files(parts: Parts) -> str:
    parts.files.is_writable()
    free, least_mb = parts.files.free_bytes(), parts.settings.min_free_mb
    words = f"剩余 {free / 1024**3:.1f} GB"
    if free < least_mb * 1024**2:
        raise RuntimeError(f"{words}，少于 INTAKE_MIN_FREE_MB（{least_mb} MB），暂不收件，请清理磁盘")
    return f"可写，{words}"


def _workers(parts: Parts, *, running: bool) -> str:
    with parts.store.read() as tx:
        waiting = documents.count_waiting(tx)
        _calls, oldest_s = calls.outbox_state(tx)
    backlog = f"{waiting} 个文件待读，最久 {round(oldest_s / 60)} 分钟" if waiting else "没有文件在等"
    alive = [process for process in presence.workers(parts) if presence.is_alive(process)]
    if alive:
        engines = "、".join(sorted({str(process.report["engine"]) for process in alive}))
        age_s = (datetime.now(UTC) - alive[0].seen_at).total_seconds()
        return f"{len(alive)} 个在工作（{engines}，{age_s:.0f} 秒前有消息），{backlog}"
    if running:
        raise RuntimeError(f"没有在工作的，{backlog}；请启动 intake serve 或 intake worker")
    return f"未运行，{backlog}"


def _watched(parts: Parts, *, running: bool) -> str:
    found = presence.watchers(parts)
    if troubles := [
        f"{each.folder}：{each.trouble}" for each in found if each.trouble and (each.alive or running)
    ]:
        raise RuntimeError("；".join(troubles))
    if refused := sum(each.refused_count for each in found):
        return f"在看 {found[0].folder}，有 {refused} 个没有收下的在等人处理"
    return f"{'在看' if found[0].alive else '未运行：'} {found[0].folder}"


def check_queue(parts: Parts, *, running: bool = False) -> str:
    """A queue server that may evict or forget calls is refused; a bundled one that is not running is no fault.

    Raises RuntimeError, redis.RedisError, OSError.
    """
    client = connect(parts.settings)
    try:
        client.ping()
    except (redis.RedisError, OSError):
        if parts.settings.embedded_queue and not running:
            return "自带的队列服务未运行（由 intake serve 启动）"
        raise RuntimeError("没有回应；收件照常，识读改为定时从数据库取，会慢几秒") from None
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
