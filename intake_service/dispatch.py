"""Wake-up calls to the workers through an RQ queue. Losing all of them loses nothing: the outbox repeats them.

Beside them errands, which somebody waits for: asked, taken and answered through lists of the same server.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DeserializationError, InvalidJobOperation, NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from intake_service.errors import UnavailableError
from intake_service.faultpoints import reach
from intake_service.settings import Settings

QUEUE_NAME = "reading"
CONNECT_S, ANSWER_S = 1.0, 5.0
READ_JOB = "worker.jobs.read_submission"
REST_S = 1.5
ASKED, ANSWER = "intake:asked", "intake:answer:"
"""The list of errands that nobody has taken yet, and how the lists begin that each hold an answer."""
ENOUGH = 100
"""So many calls wake every worker there is; the sweeper sends more when these are answered."""
COUNT = "intake:count:"
"""How the names of counters begin."""
ANSWER_TTL_S = 300
POP_S = 2.0
"""How long one look into a list waits: less than ``ANSWER_S``, after which the server is taken for dead."""
CALL_TTL_S = 3600
"""How long an unanswered call stays in the queue; the outbox repeats it long before."""

log = logging.getLogger(__name__)


def socket_path(data: Path) -> Path:
    """Where the bundled queue server listens: in DATA, or, as a socket's path must be short, in a private folder.

    Not in TMPDIR, which may be another one for the server than for those who look for it.
    """
    path = data / "queue" / "queue.sock"
    if len(str(path)) < 100:
        return path
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path(os.sep, "tmp", f"intake-{os.getuid()}-{digest}", "queue.sock")


def connect(settings: Settings) -> redis.Redis:
    """A client that gives up at once, so that no request waits for a dead queue server.

    The client's own retries would hold an upload for seconds; ours is the outbox.
    """
    retry = Retry(NoBackoff(), 0)
    if settings.embedded_queue:
        return redis.Redis(
            unix_socket_path=str(socket_path(settings.data)),
            password=settings.queue_password,
            socket_connect_timeout=CONNECT_S,
            socket_timeout=ANSWER_S,
            retry=retry,
        )
    return redis.Redis.from_url(
        settings.redis_url, socket_connect_timeout=CONNECT_S, socket_timeout=ANSWER_S, retry=retry
    )


@dataclass(frozen=True)
class Dispatch:
    """Sends calls; connects on first use."""

    settings: Settings
    _rest: list[float] = field(default_factory=list, repr=False, compare=False)
    """Until when (monotonic seconds) the server is left alone, so that requests need not wait for one that hangs."""

    @classmethod
    def from_settings(cls, settings: Settings) -> Dispatch:
        return cls(settings)

    @cached_property
    def _connection(self) -> redis.Redis:
        return connect(self.settings)

    def wake(self, document_id: str) -> bool:
        """Ask a worker to read a document; False when the queue server does not answer.

        A call that still waits is not repeated. Any other trace of an earlier call (its worker died, say)
        is replaced: the lease in the database decides who reads, so one call too many does no harm.
        None is sent where ``ENOUGH`` wait: workers ask the database whose turn it is.
        """
        job_id = f"read-{document_id}"
        if self._rests():
            return False
        queue = Queue(QUEUE_NAME, connection=self._connection, serializer=JSONSerializer)
        try:
            if self._connection.llen(queue.key) >= ENOUGH:
                return True
            if self._connection.lpos(queue.key, job_id) is not None:
                return True
            # Not Job.delete: it asks for the job's state and fails on one that another process just removed.
            self._connection.delete(Job.key_for(job_id))
            queue.enqueue_call(
                READ_JOB, args=(document_id,), job_id=job_id, timeout=-1, ttl=CALL_TTL_S,
                result_ttl=0, failure_ttl=CALL_TTL_S,
            )  # fmt: skip
        except (redis.RedisError, OSError, InvalidJobOperation, NoSuchJobError) as error:
            log.warning("no call could be sent: %s", type(error).__name__)
            self._rest[:] = [time.monotonic() + REST_S]
            return False
        return True

    def count(self, name: str, ttl_s: int) -> int | None:
        """One more under this name, over all processes; forgotten ``ttl_s`` after the first. None: nobody counts."""
        if self._rests():
            return None
        try:
            with self._connection.pipeline() as both:
                both.incr(COUNT + name)
                both.expire(COUNT + name, ttl_s, nx=True)
                return int(both.execute()[0])
        except (redis.RedisError, OSError):
            self._rest[:] = [time.monotonic() + REST_S]
            return None

    def _rests(self) -> bool:
        return bool(self._rest) and time.monotonic() < self._rest[0]

    def next_call(self, timeout_s: int) -> str | None:
        """Wait for a call and take it off the queue: a document's id, or None after ``timeout_s``.

        The call is gone from the queue before the work begins; the lease in the database is what keeps
        the document from being lost. A call for anything but our one job is dropped, never imported.
        Raises redis.RedisError when the queue server does not answer.
        """
        queue = Queue(QUEUE_NAME, connection=self._connection, serializer=JSONSerializer)
        popped = self._connection.blpop([queue.key], timeout=timeout_s)
        if popped is None:
            return None
        reach("call.taken")
        job_id = cast("bytes", popped[1]).decode("utf-8", "replace")
        try:
            job = Job.fetch(job_id, connection=self._connection, serializer=JSONSerializer)
            name, arguments = job.func_name, job.args
            self._connection.delete(job.key)
        except NoSuchJobError:
            return None  # repeated, or answered by somebody else, a moment ago
        except (InvalidJobOperation, DeserializationError, ValueError, KeyError, TypeError):
            log.warning("dropped a call that is not ours")
            return None
        if name != READ_JOB or len(arguments) != 1 or not isinstance(arguments[0], str):
            log.warning("dropped a call for another job")
            return None
        return arguments[0]

    def ask(self, errand: str, wait_s: float, answer_s: float) -> str | None:
        """Have some worker do the errand at this address (see ``intake_service.errands``); returns its answer's address.

        None when no worker took it within ``wait_s`` seconds. Raises UnavailableError when the queue server does not
        answer, or the worker that took it does not within ``answer_s`` seconds more.
        """
        try:
            self._connection.rpush(ASKED, errand)
            answer = self._popped(ANSWER + errand, wait_s)
            if answer is None:
                if self._connection.lrem(ASKED, 1, errand):
                    return None
                answer = self._popped(ANSWER + errand, answer_s)
        except (redis.RedisError, OSError) as error:
            raise UnavailableError from error
        if not answer:
            raise UnavailableError
        return answer

    def next_errand(self, timeout_s: float) -> str | None:
        """Take the errand that waits longest, None after ``timeout_s``. Raises redis.RedisError, OSError."""
        return self._popped(ASKED, timeout_s)

    def answer(self, errand: str, answer: str) -> None:
        """Tell who asked where the answer is; empty when there will be none. Raises redis.RedisError, OSError."""
        with self._connection.pipeline() as both:
            both.rpush(ANSWER + errand, answer)
            both.expire(ANSWER + errand, ANSWER_TTL_S)
            both.execute()

    def errands(self) -> int | None:
        """Errands that nobody has taken yet, None when the queue server does not answer."""
        try:
            return int(self._connection.llen(ASKED))
        except (redis.RedisError, OSError):
            return None

    def _popped(self, name: str, timeout_s: float) -> str | None:
        end = time.monotonic() + timeout_s
        while (left_s := end - time.monotonic()) > 0:
            popped = self._connection.blpop([name], timeout=max(0.01, min(POP_S, left_s)))
            if popped is not None:
                return cast("bytes", popped[1]).decode("ascii", "replace")
        return None

    def is_up(self) -> bool:
        """Whether the queue server answers."""
        try:
            return bool(self._connection.ping())
        except (redis.RedisError, OSError):
            return False

    def depth(self) -> int | None:
        """Calls that wait, None when the queue server does not answer."""
        try:
            return int(Queue(QUEUE_NAME, connection=self._connection, serializer=JSONSerializer).count)
        except (redis.RedisError, OSError):
            return None
