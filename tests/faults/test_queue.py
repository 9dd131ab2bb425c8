"""Somebody who can write into the queue can wake workers, and nothing else."""

from __future__ import annotations

import pickle
import time
from pathlib import Path

import pytest
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from intake_service.cli import queue_server
from intake_service.dispatch import QUEUE_NAME, READ_JOB, Dispatch, connect
from tests.faults.checker import Report, check, unknown_errors
from tests.faults.sender import Upload, hand_in
from tests.faults.stack import Stack
from tests.faults.standin import make_document
from tests.intake_service.builders import make_settings

pytestmark = pytest.mark.slow


class Evil:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self._path), "w")


def test_pickles_and_other_peoples_jobs_run_nothing_and_stop_nobody(tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    report = Report()
    with Stack(tmp_path / "service", workers=2) as stack:
        stack.wait_until_up()
        connection = connect(stack.parts.settings)
        queue = Queue(QUEUE_NAME, connection=connection, serializer=JSONSerializer)
        for name, arguments in (
            ("os.system", (f"touch {planted}",)), ("subprocess.getoutput", (f"touch {planted}",)),
            ("builtins.open", (str(planted), "w")), ("worker.jobs.read_submission", ("../../x",)),
            ("worker.jobs.read_submission", ("x", "y")), ("worker.jobs.__import__", ("antigravity",)),
        ):  # fmt: skip
            queue.enqueue_call(name, args=arguments)
        for number, data in enumerate((pickle.dumps(Evil(planted)), b"", b"\xff" * 4096, b"[" * 100_000)):
            key = f"evil-{number}"
            connection.hset(
                Job.key_for(key),
                mapping={"data": data, "created_at": "2020-01-01T00:00:00.000000Z", "status": "queued"},
            )
            connection.rpush(queue.key, key)
        connection.rpush(queue.key, b"\x80\x04\x95", b"x" * 100_000, b"")
        connection.set(Job.key_for("no-hash"), "a string where a hash belongs")
        connection.rpush(queue.key, "no-hash")
        uploads = [Upload((make_document(number),), f"k{number}") for number in range(10)]
        for upload in uploads:
            hand_in(stack.port, stack.token, upload)
        check(stack.parts, uploads, report, settle_s=40)
        end = time.monotonic() + 20
        while connection.llen(queue.key) and time.monotonic() < end:
            time.sleep(0.1)
        assert connection.llen(queue.key) == 0
        report.errors += unknown_errors(stack.folder / "roles.log")
    print(report.line())
    assert not planted.exists()
    assert not (report.lost + report.doubled + report.stuck + report.errors)


def test_a_call_for_anything_but_our_one_job_is_dropped(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    server = queue_server.start(settings)
    try:
        dispatch = Dispatch.from_settings(settings)
        queue = Queue(QUEUE_NAME, connection=connect(settings), serializer=JSONSerializer)
        for name, arguments in (("os.system", ("true",)), (READ_JOB, ("a", "b")), (READ_JOB, (["a"],))):
            queue.enqueue_call(name, args=arguments)
            assert dispatch.next_call(5) is None, name
        queue.enqueue_call(READ_JOB, args=("a",))
        assert dispatch.next_call(5) == "a"
    finally:
        server.kill()
        server.wait()
