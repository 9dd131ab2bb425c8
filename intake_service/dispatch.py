"""Wake-up calls to the workers through an RQ queue. Losing all of them loses nothing: the outbox repeats them."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import redis
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from intake_service.settings import Settings

QUEUE_NAME = "reading"
READ_JOB = "worker.jobs.read_submission"
CALL_TTL_S = 3600
"""How long an unanswered call stays in the queue; the outbox repeats it long before."""

log = logging.getLogger(__name__)


def socket_path(data: Path) -> Path:
    """Where the bundled queue server listens: in DATA, or, as a socket's path must be short, in a private folder."""
    path = data / "queue" / "queue.sock"
    if len(str(path)) < 100:
        return path
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"intake-{os.getuid()}-{digest}" / "queue.sock"


def connect(settings: Settings) -> redis.Redis:
    """A client that gives up after a second, so that no request waits for a dead queue server."""
    if settings.embedded_queue:
        return redis.Redis(
            unix_socket_path=str(socket_path(settings.data)),
            password=settings.queue_password,
            socket_connect_timeout=1,
            socket_timeout=5,
        )
    return redis.Redis.from_url(settings.redis_url, socket_connect_timeout=1, socket_timeout=5)


@dataclass(frozen=True)
class Dispatch:
    """Sends calls; connects on first use."""

    settings: Settings

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
        """
        job_id = f"read-{document_id}"
        queue = Queue(QUEUE_NAME, connection=self._connection, serializer=JSONSerializer)
        try:
            try:
                old = Job.fetch(job_id, connection=self._connection, serializer=JSONSerializer)
                if old.get_status() == "queued" and job_id in queue.job_ids:
                    return True
                old.delete()
            except NoSuchJobError:
                pass
            queue.enqueue_call(
                READ_JOB, args=(document_id,), job_id=job_id, timeout=-1, ttl=CALL_TTL_S,
                result_ttl=0, failure_ttl=CALL_TTL_S,
            )  # fmt: skip
        except (redis.RedisError, OSError) as error:
            log.warning("queue server does not answer: %s", type(error).__name__)
            return False
        return True

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
