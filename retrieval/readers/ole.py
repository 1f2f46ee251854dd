"""Compound files (OLE): the container of Word's, WPS's and Excel's binary documents."""

from __future__ import annotations

import io
import struct

import olefile

from config.errors import DocumentError
from retrieval.readers.package import damaged
from retrieval.readers.types import UNNAMED

_LARGEST = 256 << 20
_BROKEN = (
    OSError,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    struct.error,
    RecursionError,
)


class Container:
    """An opened compound file; only streams of its root, no embedded object's."""

    def __init__(self, data: bytes) -> None:
        """Read the directory.

        Raises:
            DocumentError: it is damaged.
        """
        try:
            self._file = olefile.OleFileIO(io.BytesIO(data))
        except _BROKEN as error:
            raise damaged("OLE") from error

    def __contains__(self, name: str) -> bool:
        return bool(self._file.exists(name))

    def stream(self, name: str) -> bytes:
        """The bytes of a stream, b"" where there is none.

        Raises:
            DocumentError: it is damaged, or larger than any document's.
        """
        try:
            if not self._file.exists(name):
                return b""
            if self._file.get_size(name) > _LARGEST:
                raise DocumentError("documents.bomb", file=UNNAMED, detail=f"{name} > {_LARGEST >> 20} MB")
            content: bytes = self._file.openstream(name).read()
        except _BROKEN as error:
            raise damaged(f"OLE {name}") from error
        return content

    def title(self) -> str:
        """The title among the document's properties."""
        try:
            properties = self._file.get_metadata()
            title, page = properties.title, properties.codepage
        except _BROKEN:
            return ""
        if not isinstance(title, bytes):
            return str(title or "").strip("\0 \r\n\t")
        name = "utf-8" if page in (65001, -535) else f"cp{(page or 936) % 65536}"
        try:
            text = title.decode("gb18030" if name == "cp936" else name, "replace")
        except LookupError:
            return ""
        return "" if "\ufffd" in text else text.strip("\0 \r\n\t")
