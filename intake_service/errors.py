"""Why a request was refused: one class a reason, each with the stable code and HTTP status of the contract.

A refused *file* is one of ``extractors.errors``; these are about the request, the account and the machine.
"""

from __future__ import annotations

from typing import ClassVar


class ServiceError(Exception):
    """A refused request; the message says in Chinese what happened and what to do."""

    code: ClassVar[str] = "invalid_request"
    http_status: ClassVar[int] = 400
    default_message: ClassVar[str] = "请求内容有误。"
    default_retry_after_s: ClassVar[int | None] = None
    """After how many seconds the same request may be tried again; None when that would not help."""

    def __init__(self, message: str | None = None, *, retry_after_s: int | None = None) -> None:
        super().__init__(message or self.default_message)
        self.retry_after_s = self.default_retry_after_s if retry_after_s is None else retry_after_s

    @property
    def message(self) -> str:
        return str(self)

    @property
    def headers(self) -> dict[str, str]:
        """What goes with the answer, at either door."""
        return {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}


class InvalidRequestError(ServiceError):
    """Something in the request cannot be understood."""


class UnauthorizedError(ServiceError):
    """Not logged in, wrong password, unknown or expired token."""

    code = "unauthorized"
    http_status = 401
    default_message = "请先登录。"


class ForbiddenError(ServiceError):
    """Logged in, but not allowed to."""

    code = "forbidden"
    http_status = 403
    default_message = "没有权限做这一步。需要时请联系管理员。"


class NotFoundError(ServiceError):
    """No such thing, or not yet."""

    code = "not_found"
    http_status = 404
    default_message = "找不到要看的内容，可能已被删除。"


class ConflictError(ServiceError):
    """Somebody else was faster, or the submission's state does not allow it."""

    code = "conflict"
    http_status = 409
    default_message = "这份件刚被别人改过。请看过最新内容后再保存。"


class OutdatedError(ConflictError):
    """There is a newer version than the one that was seen."""


class PreconditionFailedError(ServiceError):
    """What stands is not what ``If-Match`` names."""

    code = "precondition_failed"
    http_status = 412
    default_message = "内容已有变化，这次没有写入。请重新取得结果和它的 ETag，看过后再提交。"


class PreconditionRequiredError(ServiceError):
    """A change without ``If-Match`` could overwrite what nobody looked at."""

    code = "precondition_required"
    http_status = 428
    default_message = "请在 If-Match 头中写明所看到的结果的 ETag（不能用 *）。"


class IdempotencyMismatchError(ServiceError):
    """The same Idempotency-Key with another request."""

    code = "idempotency_mismatch"
    http_status = 422
    default_message = "同一个 Idempotency-Key 已用于另一份内容不同的提交。请换一个新的键。"


class RateLimitedError(ServiceError):
    """Too many tries or requests."""

    code = "rate_limited"
    http_status = 429
    default_message = "操作过于频繁，请稍后再试。"
    default_retry_after_s = 60


class QueueFullError(ServiceError):
    """More documents wait than the limit."""

    code = "queue_full"
    http_status = 503
    default_message = "等待读取的文件过多，请稍后再提交。"
    default_retry_after_s = 60


class UnavailableError(ServiceError):
    """Something of the machine does not answer."""

    code = "unavailable"
    http_status = 503
    default_message = "服务暂时不可用，请稍后再试。"
    default_retry_after_s = 10


class DatabaseBusyError(UnavailableError):
    """The database does not answer, or somebody holds it locked for too long."""

    default_retry_after_s = 5
    default_message = "数据库暂时没有回应，请稍后再试。"


class StorageFullError(ServiceError):
    """The disk is full, or nearly."""

    code = "storage_full"
    http_status = 507
    default_retry_after_s = 300
    default_message = "服务器磁盘空间不足，这份件没有保存。请联系管理员清理后再提交。"
