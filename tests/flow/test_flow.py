# mypy: disable-error-code="index, union-attr, unreachable"
"""From the upload to the result through a real queue server and real worker processes, with deaths on the way."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rq import Queue
from rq.serializers import JSONSerializer

from intake_service import dispatch, queue, review, tokens
from intake_service.app import create_app
from intake_service.cli import queue_server
from intake_service.dispatch import QUEUE_NAME, connect
from intake_service.parts import SYSTEM, Parts
from intake_service.store import Move, State
from tests.intake_service.builders import PDF, REVIEWER, make_parts, upload
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    made = make_parts(tmp_path, lease_s=2)
    yield made
    made.store.close()


@pytest.fixture
def queue_process(parts: Parts) -> Iterator[subprocess.Popen[bytes]]:
    process = queue_server.start(parts.settings)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def start_worker(parts: Parts) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start(page_s: float = 0.01) -> subprocess.Popen[bytes]:
        environment = {
            "PATH": os.environ["PATH"],
            "INTAKE_DATA": str(parts.settings.data),
            "INTAKE_LEASE_S": "2",
        }
        command = [sys.executable, "-m", "tests.flow.slow_worker", str(page_s)]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def state(parts: Parts, submission_id: str) -> State:
    return queue.get_submission(parts, submission_id)[0].status


def pages_done(parts: Parts, submission_id: str) -> int:
    return queue.get_submission(parts, submission_id)[1][0].pages_done


def client_of(parts: Parts) -> tuple[FlaskClient, dict[str, str]]:
    secret = tokens.create_token(parts, SYSTEM, "register")
    return create_app(parts.settings, parts).test_client(), {"Authorization": f"Bearer {secret}"}


@pytest.mark.usefixtures("queue_process")
def test_from_upload_to_result(parts: Parts, start_worker: Callable[..., object]) -> None:
    client, headers = client_of(parts)
    start_worker()
    sent = client.post("/api/v1/submissions", headers=headers, data={"file": (io.BytesIO(PDF), "scan.pdf")})
    assert sent.status_code == 202
    here = sent.json["links"]["self"]
    until(lambda: client.get(here, headers=headers).json["status"] == "in_review")
    assert client.get(here, headers=headers).json["progress"]["pages_done"] == 3
    assert client.get(f"{here}/pages/2.png", headers=headers).data.startswith(b"\x89PNG")
    review.decide(parts, REVIEWER, sent.json["id"], 0, Move.ACCEPT)
    result = client.get(f"{here}/result", headers=headers).json
    assert (result["status"], result["fields"]["org_name"]["text"]) == ("accepted", "湘江职业培训学校")


@pytest.mark.usefixtures("queue_process")
def test_a_document_whose_worker_is_killed_is_finished_by_another(
    parts: Parts, start_worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    doomed = start_worker(1.0)
    submission = upload(parts)
    until(lambda: pages_done(parts, submission.id) >= 1)
    doomed.send_signal(signal.SIGKILL)
    doomed.wait()
    start_worker()
    took_s = until(lambda: state(parts, submission.id) is State.IN_REVIEW)
    assert took_s < 20
    document = queue.get_submission(parts, submission.id)[1][0]
    assert (document.attempts, document.lease) == (2, 2)


def test_uploads_are_taken_and_read_while_the_queue_server_is_gone(
    parts: Parts, queue_process: subprocess.Popen[bytes], start_worker: Callable[..., object]
) -> None:
    queue_process.kill()
    queue_process.wait()
    submissions = [upload(parts, PDF + bytes([n])) for n in range(3)]
    start_worker()
    until(lambda: all(state(parts, each.id) is State.IN_REVIEW for each in submissions))


@pytest.mark.usefixtures("queue_process")
def test_a_flushed_queue_loses_nothing(parts: Parts, start_worker: Callable[..., object]) -> None:
    submissions = [upload(parts, PDF + bytes([n])) for n in range(5)]
    assert parts.dispatch.depth() == 5
    connect(parts.settings).flushall()
    start_worker()
    until(lambda: all(state(parts, each.id) is State.IN_REVIEW for each in submissions))


@pytest.mark.usefixtures("queue_process")
def test_a_worker_asked_to_stop_leaves_at_once_and_gives_its_document_back(
    parts: Parts, start_worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    worker = start_worker(5.0)
    submission = upload(parts)
    until(lambda: state(parts, submission.id) is State.READING)
    worker.terminate()
    assert worker.wait(timeout=10) == 0
    assert state(parts, submission.id) is State.RECEIVED
    assert queue.get_submission(parts, submission.id)[1][0].attempts == 0


@pytest.mark.usefixtures("queue_process")
def test_a_call_for_another_job_is_dropped_unimported(parts: Parts) -> None:
    foreign = Queue(QUEUE_NAME, connection=connect(parts.settings), serializer=JSONSerializer)
    foreign.enqueue_call("antigravity.fly", args=("x",))
    foreign.connection.rpush(foreign.key, "no such job", b"\xff\xfe")
    foreign.connection.hset("rq:job:poison", mapping={"data": b"\x80\x04cos\nsystem\n.", "created_at": "x"})
    foreign.connection.rpush(foreign.key, "poison")
    assert [parts.dispatch.next_call(1) for _ in range(4)] == [None] * 4
    assert "antigravity" not in sys.modules
    assert parts.dispatch.depth() == 0
    assert parts.dispatch.wake("d1")
    assert parts.dispatch.wake("d1")
    assert parts.dispatch.depth() == 1
    assert parts.dispatch.next_call(1) == "d1"


@pytest.mark.usefixtures("queue_process")
def test_a_long_backlog_is_not_called_for_one_by_one(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "ENOUGH", 3)
    assert all(parts.dispatch.wake(f"d{number}") for number in range(5))
    assert parts.dispatch.depth() == 3
    assert [parts.dispatch.next_call(1) for _ in range(4)] == ["d0", "d1", "d2", None]
    assert parts.dispatch.wake("d4")
    assert parts.dispatch.depth() == 1


def test_the_queue_server_asks_for_its_password_and_keeps_what_it_holds(parts: Parts) -> None:
    from dataclasses import replace

    first = queue_server.start(parts.settings)
    stranger = connect(replace(parts.settings, secret_key="another"))
    with pytest.raises(Exception, match=r"(?i)wrongpass|noauth|invalid"):
        stranger.ping()
    parts.dispatch.wake("d1")
    assert connect(parts.settings).config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    time.sleep(1.2)
    second = queue_server.start(parts.settings)  # an earlier serve was killed: its server is replaced
    assert first.wait(timeout=5) == 0
    assert parts.dispatch.depth() == 1
    second.terminate()
    second.wait(timeout=5)
