"""A real object store that speaks S3, on this machine: OpenStack Swift with its S3 door, as Debian packages it.

Four small servers and three rings of one folder; requests are signed and checked, objects lie on the disk.
"""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import obstore
from obstore.exceptions import GenericError
from obstore.store import S3Store

from tests.waiting import running, until

KEY, SECRET = "test:intake", "only-for-tests"
START_S = 60
KINDS = ("account", "container", "object")

START = """
import sys
from swift.common import utils
folder, kind = sys.argv[1:]
utils.SWIFT_CONF_FILE = folder + "/swift.conf"  # else one for the whole machine
from swift.common.wsgi import run_wsgi
options = {}
if kind == "object":
    from swift.obj import server
    options["global_conf_callback"] = server.global_conf_callback
sys.exit(run_wsgi(f"{folder}/{kind}-server.conf", kind + "-server", **options))
"""
RINGS = """
import sys
from swift.common.ring import RingBuilder
for kind, port in (word.split("=") for word in sys.argv[2:]):
    ring = RingBuilder(part_power=4, replicas=1, min_part_hours=1)
    place = {"ip": "127.0.0.1", "port": int(port), "device": "d1"}
    place.update(replication_ip=place["ip"], replication_port=place["port"])
    ring.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "meta": "", **place})
    ring.rebalance()
    ring.get_ring().save(f"{sys.argv[1]}/{kind}.ring.gz")
"""
SERVER = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
log_address = {folder}/no-log
[pipeline:main]
pipeline = healthcheck {kind}-server
[filter:healthcheck]
use = egg:swift#healthcheck
[app:{kind}-server]
use = egg:swift#{kind}
"""
PROXY = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
log_address = {folder}/no-log
[pipeline:main]
pipeline = catch_errors healthcheck cache s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
[filter:tempauth]
use = egg:swift#tempauth
user_test_intake = {secret} .admin
[filter:slo]
use = egg:swift#slo
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def swift(folder: Path) -> Iterator[str]:
    """The servers, with an empty bucket; gives its address as ``INTAKE_FILES_URL`` wants it."""
    ports = {kind: free_port() for kind in (*KINDS, "proxy")}
    told = {"folder": folder, "user": pwd.getpwuid(os.geteuid()).pw_name, "secret": SECRET}
    (folder / "devices" / "d1").mkdir(parents=True)
    (folder / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = tests\n", encoding="ascii")
    for kind in KINDS:
        lines = SERVER.format(kind=kind, port=ports[kind], **told)
        (folder / f"{kind}-server.conf").write_text(lines, encoding="ascii")
    (folder / "proxy-server.conf").write_text(PROXY.format(port=ports["proxy"], **told), encoding="ascii")
    _make_rings(folder, ports)
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SWIFT_TEST_CONFIG_FILE": "", "HOME": f"{folder}"}
    with ExitStack() as started:
        log = started.enter_context((folder / "servers.log").open("ab"))
        for kind in (*KINDS, "proxy"):
            command = ["/usr/bin/python3", "-c", START, f"{folder}", kind]
            started.enter_context(running(command, env=environment, stdout=log, stderr=log))
        # All of them: a door that finds nobody behind it asks again after a minute only.
        for kind, port in ports.items():
            health = f"http://127.0.0.1:{port}/healthcheck"
            until(partial(_answers, health), START_S, f"the object store's {kind} server")
        endpoint = f"http://127.0.0.1:{ports['proxy']}"
        _make_bucket(endpoint)
        yield f"s3://papers/in%20here?endpoint={endpoint}&region=us-east-1"


def _make_rings(folder: Path, ports: dict[str, int]) -> None:
    """Say on which port and disk each kind of thing lies."""
    words = [f"{kind}={ports[kind]}" for kind in KINDS]
    subprocess.run(["/usr/bin/python3", "-c", RINGS, f"{folder}", *words], check=True, timeout=60)


def _answers(address: str) -> bool:
    with suppress(HTTPError), urlopen(address, timeout=2) as answer:
        return bool(answer.status == 200)
    return False


def _make_bucket(endpoint: str) -> None:
    """A bucket is made by a PUT on its name; the client library knows objects only, and misses an object's ETag."""
    above = S3Store(
        "papers", endpoint=endpoint, region="us-east-1", access_key_id=KEY, secret_access_key=SECRET,
        client_options={"allow_http": True},
    )  # fmt: skip
    with suppress(GenericError):
        obstore.put(above, "", b"", use_multipart=False)
    obstore.put(above, "there", b"")  # raises where the bucket was not made after all
    obstore.delete(above, "there")
