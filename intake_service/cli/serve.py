"""``serve`` and ``demo``: everything on one machine, one process tree."""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from intake_service import accounts, intake
from intake_service.cli import queue_server
from intake_service.cli.children import Child, start_role, watch
from intake_service.cli.shared import migrated_parts, settings_or_exit
from intake_service.parts import SYSTEM, Parts
from intake_service.settings import Settings

SAMPLES = ("basic-info", "hunan-2020-40", "samples")
SAMPLE_ENDINGS = {".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff"}
UP_S = 60.0


@click.command()
@click.option("--host", help="监听地址（默认 INTAKE_HOST）")
@click.option("--port", type=click.IntRange(0, 65535), help="监听端口（默认 INTAKE_PORT；0 = 任选一个）")
@click.option("--workers", type=click.IntRange(1, 64), help="读取进程数（默认 INTAKE_WORKERS）")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """在一台机器上启动全部。数据在 INTAKE_DATA；意外中断后重新运行即可继续。"""
    _serve(host, port, workers)


@click.command()
@click.option("--host", help="监听地址")
@click.option("--port", type=click.IntRange(0, 65535), help="监听端口（默认 INTAKE_PORT；0 = 任选一个）")
@click.option("--workers", type=click.IntRange(1, 64), help="读取进程数")
def demo(host: str | None, port: int | None, workers: int | None) -> None:
    """演示：数据放在临时文件夹，退出即删；样张已在队列中。"""
    with tempfile.TemporaryDirectory(prefix="intake-demo-") as folder:
        os.environ["INTAKE_DATA"] = folder
        for name in ("DATABASE_URL", "REDIS_URL", "FILES_URL", "SECRET_KEY"):
            os.environ.pop(f"INTAKE_{name}", None)
        # The queue server is not there yet, and need not be: the outbox holds the calls.
        logging.getLogger("intake_service.dispatch").setLevel(logging.ERROR)
        queued = queue_samples(migrated_parts())
        click.echo(f"演示数据在临时文件夹，退出即删除；已有 {queued} 份样张在队列中。")
        _serve(host, port, workers)


def queue_samples(parts: Parts) -> int:
    """Upload the sample scans that come with the form; returns how many there are."""
    from importlib import resources

    folder = resources.files("templates_ref").joinpath(*SAMPLES)
    found = sorted(folder.iterdir(), key=lambda each: each.name) if folder.is_dir() else []
    count = 0
    for sample in found:
        if Path(sample.name).suffix.lower() in SAMPLE_ENDINGS:
            with sample.open("rb") as stream:
                meta = intake.Meta(channel="mail", sender="样张")
                intake.accept_upload(parts, SYSTEM, [intake.UntrustedFile(sample.name, stream)], meta)
            count += 1
    return count


def _serve(host: str | None, port: int | None, workers: int | None) -> None:
    settings = settings_or_exit()
    with _only_one(settings), _listening(settings, host, port) as listener:
        parts = migrated_parts()
        parts.files.forget_unfinished()
        password = accounts.first_administrator(parts)
        parts.store.close()
        url = "http://{}:{}".format(*_shown(listener))
        children = [
            Child(
                f"web {n}",
                lambda: start_role("web", "--fd", str(listener.fileno()), pass_fds=(listener.fileno(),)),
            )
            for n in range(max(1, settings.web_processes))
        ]
        children += [
            Child(f"worker {n}", lambda: start_role("worker")) for n in range(workers or settings.workers)
        ]
        if settings.watch is not None:
            children.append(Child("watch", lambda: start_role("watch")))
        if settings.embedded_queue:
            children.insert(0, Child("queue", lambda: queue_server.start(settings)))
        watch(children, lambda: _announce(url, password))


def _announce(url: str, password: str | None) -> None:
    end = time.monotonic() + UP_S
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):  # noqa: S310 - our own address
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    else:
        raise click.ClickException("网页进程没有启动，请看上面的错误信息。")
    click.echo(f"服务已启动：{url}   （接口说明：{url}/api/docs，按 Ctrl-C 停止）")
    if password is not None:
        click.echo(f"首次启动，已建立管理员账号。用户名：admin   一次性显示的密码：{password}")


def _shown(listener: socket.socket) -> tuple[str, int]:
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return shown, port


@contextmanager
def _listening(settings: Settings, host: str | None, port: int | None) -> Iterator[socket.socket]:
    """The listening socket, opened here: a port in use is told at once, and a restart of the web process drops no caller."""
    address = (host or settings.host, settings.port if port is None else port)
    try:
        listener = socket.create_server(
            address, family=socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        )
    except OSError as error:
        raise click.ClickException(
            f"不能监听 {address[0]}:{address[1]}：{error.strerror}。可用 --port 换一个端口。"
        ) from error
    with listener:
        yield listener


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Hold the folder's lock; two services on one folder would fight over the queue's files."""
    with (settings.data / "serve.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise click.ClickException(f"{settings.data} 上已有一个服务在运行。") from error
        yield
