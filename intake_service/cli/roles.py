"""One role each: web, worker, watch, migrate."""

from __future__ import annotations

import ctypes
import importlib
import socket
import threading
from contextlib import suppress
from typing import Any

import click

from intake_service.cli.shared import migrated_parts, settings_or_exit
from intake_service.settings import Settings

WORKER, WATCH = "worker.main", "worker.watch"
RECEIVE_BYTES = 128 * 1024
"""What is taken from a connection at a time; waitress's own 8 KiB makes 250 turns of a scan of 2 MB."""
KEPT_BYTES = 64 * 1024 * 1024
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Numbers of glibc's malloc.h."""


@click.command()
@click.option("--host", help="监听地址")
@click.option("--port", type=click.IntRange(0, 65535), help="监听端口")
@click.option("--fd", type=int, hidden=True, help="an open listening socket, from serve")
def web(host: str | None, port: int | None, fd: int | None) -> None:
    """启动网页与接口（waitress）。"""
    import waitress

    from intake_service import rechecks
    from intake_service.app import IN_MEMORY_BYTES, create_app

    settings = settings_or_exit()
    keep_memory()
    app = create_app(settings)
    threading.Thread(target=rechecks.warm_up, name="warm-up", daemon=True).start()
    options = {
        "ident": None,
        "threads": settings.threads,
        "recv_bytes": RECEIVE_BYTES,
        "inbuf_overflow": IN_MEMORY_BYTES,
        "max_request_body_size": app.config["MAX_CONTENT_LENGTH"] + 1024 * 1024,
        **proxies(settings),
    }
    if fd is not None:
        waitress.serve(app, sockets=[socket.socket(fileno=fd)], **options)
        return
    waitress.serve(app, host=host or settings.host, port=settings.port if port is None else port, **options)


def keep_memory() -> None:
    """Have the C library keep what an upload took for the next one: fresh pages cost more than copying into them."""
    with suppress(AttributeError, OSError):  # a C library without it, as musl's
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, KEPT_BYTES // 8)
        libc.mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)


def proxies(settings: Settings) -> dict[str, Any]:
    """What waitress is told of who may say where a request came from; without a proxy it drops what is said."""
    if not settings.trusted_proxy:
        return {"clear_untrusted_proxy_headers": True}
    return {
        "clear_untrusted_proxy_headers": True,
        "trusted_proxy": settings.trusted_proxy,
        "trusted_proxy_count": settings.trusted_proxy_hops,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    }


@click.command()
def worker() -> None:
    """启动一个读取进程，直到 SIGTERM 或 Ctrl-C。"""
    settings = settings_or_exit()
    migrated_parts().store.close()
    importlib.import_module(WORKER).run(settings)


@click.command()
def watch() -> None:
    """看着 INTAKE_WATCH 文件夹，把放进来的文件收件，直到 SIGTERM 或 Ctrl-C。"""
    settings = settings_or_exit()
    if settings.watch is None:
        raise click.UsageError("请先把 INTAKE_WATCH 设为扫描仪存放文件的文件夹。")
    migrated_parts().store.close()
    importlib.import_module(WATCH).run(settings)


@click.command()
def migrate() -> None:
    """把数据库升级到最新结构，打印版本。"""
    click.echo(migrated_parts().store.migrate())
