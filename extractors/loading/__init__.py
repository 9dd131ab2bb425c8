"""Bytes become pages: limits first, then one page at a time.

``file_to_pages`` looks at a file and refuses it, or hands back a ``LoadedFile`` whose ``pages()`` decodes
page after page. It opens hostile bytes with C libraries, so it belongs into a fenced process.
"""

from extractors.loading.limits import Limits
from extractors.loading.loaded import LoadedFile, file_to_pages

__all__ = ["Limits", "LoadedFile", "file_to_pages"]
