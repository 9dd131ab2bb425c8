"""Why a document could not be opened or read: one class a reason, each with the stable code of the contract.

Bad paper is data and never raises; these are for bytes that are not a document, and for limits.
"""

from __future__ import annotations

from typing import ClassVar


class ExtractionError(Exception):
    """A refused file. ``code`` is stable; the message says in Chinese what happened and what to do."""

    code: ClassVar[str] = "corrupt_file"
    default_message: ClassVar[str] = "文件已损坏，无法打开。请重新扫描或导出后再提交。"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.default_message)

    @property
    def message(self) -> str:
        return str(self)


class EmptyFileError(ExtractionError):
    """Zero bytes."""

    code = "empty_file"
    default_message = "文件是空的（0 字节）。请检查扫描仪或重新选择文件。"


class FileTooLargeError(ExtractionError):
    """More bytes than the limit."""

    code = "file_too_large"
    default_message = "文件超过大小上限。请降低扫描分辨率或分成几份提交。"


class UnsupportedTypeError(ExtractionError):
    """Neither PDF, JPEG, PNG nor TIFF."""

    code = "unsupported_type"
    default_message = "不支持的文件类型。请提交 PDF、JPEG、PNG 或 TIFF。"


class TypeMismatchError(ExtractionError):
    """The name's ending promises another type than the bytes hold."""

    code = "type_mismatch"
    default_message = "文件扩展名与内容不符。请用正确的扩展名保存后再提交。"


class CorruptFileError(ExtractionError):
    """Right type, but broken beyond repair."""


class EncryptedPdfError(ExtractionError):
    """A PDF that asks for a password."""

    code = "encrypted_pdf"
    default_message = "PDF 设有打开密码。请去掉密码后再提交。"


class NoPagesError(ExtractionError):
    """Opens, but holds no page."""

    code = "no_pages"
    default_message = "文件里没有页面。请重新导出后再提交。"


class TooManyPagesError(ExtractionError):
    """More pages than the limit."""

    code = "too_many_pages"
    default_message = "页数超过上限。请分成几份提交。"


class PageTooLargeError(ExtractionError):
    """A PDF page so large that even at 150 dpi it passes the pixel limit."""

    code = "page_too_large"
    default_message = "页面尺寸过大。请按 A4 或 A3 重新导出。"


class ImageTooLargeError(ExtractionError):
    """A picture with more pixels than the limit."""

    code = "image_too_large"
    default_message = "图片像素过大。请降低分辨率后再提交。"


class ResourceLimitError(ExtractionError):
    """The reading child passed its memory or processor budget."""

    code = "resource_limit"
    default_message = "读取时超出内存或计算上限，已停止。可在“管理”中重试，或人工录入。"


class ReadingTimeoutError(ExtractionError):
    """The reading child passed its wall-clock budget."""

    code = "timeout"
    default_message = "读取超时，已停止。可在“管理”中重试，或人工录入。"


class ProcessingCrashedError(ExtractionError):
    """The reading child died."""

    code = "processing_crashed"
    default_message = "读取程序意外退出。系统会自动重试；多次失败后转人工处理。"


def _subclasses(cls: type[ExtractionError]) -> list[type[ExtractionError]]:
    return [cls, *(found for sub in cls.__subclasses__() for found in _subclasses(sub))]


ERRORS_BY_CODE: dict[str, type[ExtractionError]] = {cls.code: cls for cls in _subclasses(ExtractionError)}
