"""Zip files: what they list, under names that can be read, and nothing that no archive of speeches needs.

Chinese zips name their files in GBK, mostly without saying so; some say UTF-8 with a flag, some in a field
beside the name, some not at all. Names are decoded here, never by `zipfile`.
"""

from __future__ import annotations

import io
import lzma
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Sequence

from config.errors import DocumentError
from retrieval.readers.members import MOST_MEMBERS, MOST_RATIO, PASSED_OVER, UNSHOWABLE, Entry, TooMuchError
from retrieval.readers.types import UNNAMED, Kind

_CENTRAL = b"PK\x01\x02"
_MOST_SIGNATURES = 10 * MOST_MEMBERS
"""Signatures of directory entries in the whole file; stored zips in the zip have theirs."""
_LOCAL_HEADER = 30  # bytes of an entry's own header without its name
_BOMB_LEAST = 4 << 20  # bytes below which no ratio matters
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_UNICODE_PATH = 0x7075
_LONGEST_NAME = 500  # characters; systems end at 255 bytes a part
_DRIVE = re.compile(r"[A-Za-z]:")
_PASSED_NAMES = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, struct.error, lzma.LZMAError)


def entries(data: bytes, kind: Kind = Kind.ZIP) -> list[Entry]:  # noqa: ARG001 - as every container's
    """What a zip lists, in its order; folders and what systems leave behind are passed over.

    Raises:
        DocumentError: it has no directory, lists more than is read, its files overlap, or all are encrypted.
    """
    if data.count(_CENTRAL) > _MOST_SIGNATURES:
        raise TooMuchError("documents.too_many_members", file=UNNAMED, limit=MOST_MEMBERS)
    try:
        opened = zipfile.ZipFile(io.BytesIO(data), metadata_encoding="latin-1")
    except (*_BROKEN, NotImplementedError) as error:
        raise DocumentError("documents.zip_damaged", file=UNNAMED) from error
    infos = opened.infolist()
    if len(infos) > MOST_MEMBERS:
        raise TooMuchError("documents.too_many_members", file=UNNAMED, limit=MOST_MEMBERS)
    _refuse_overlap(infos, opened.start_dir)
    listed = [
        (info, name)
        for info, name in zip(infos, _names(infos), strict=True)
        if not name.endswith("/") and not _is_passed(name)
    ]
    if listed and all(info.flag_bits & _ENCRYPTED_FLAG for info, _ in listed):
        raise DocumentError("documents.encrypted", file=UNNAMED)
    last = {name: info for info, name in listed}
    return [_entry(opened, info, name, is_last=last[name] is info) for info, name in listed]


def _refuse_overlap(infos: Sequence[zipfile.ZipInfo], end: int) -> None:
    """Refuse files that share their bytes with others: how a small zip lists terabytes with no nesting.

    Raises:
        DocumentError: two entries overlap, or one lies in the directory.
    """
    ordered = sorted(infos, key=lambda info: info.header_offset)
    starts = [*(info.header_offset for info in ordered), end]
    for info, following in zip(ordered, starts[1:], strict=True):
        # Without the header's extra field, which may differ from the directory's: the least that it takes.
        end_of_entry = info.header_offset + _LOCAL_HEADER + len(_raw_name(info)) + info.compress_size
        if info.header_offset < 0 or end_of_entry > following:
            raise DocumentError("documents.zip_overlap", file=UNNAMED)


def _names(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    told = [_told_name(info) for info in infos]
    raw = [b"" if name is not None else _raw_name(info) for info, name in zip(infos, told, strict=True)]
    # Only all together: two characters of GBK may well be valid UTF-8, fifty are not.
    codec = "utf-8" if _is_utf8(b"\n".join(raw)) else "gb18030"
    names = [
        name if name is not None else own.decode(codec, "replace")
        for own, name in zip(raw, told, strict=True)
    ]
    return [_normal(name.replace("\\", "/")) for name in names]


def _normal(name: str) -> str:
    """Without what changes nothing: doubled slashes and "."; folders keep their last slash."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return "/" * name.startswith("/") + "/".join(parts) + "/" * name.endswith("/")


def _told_name(info: zipfile.ZipInfo) -> str | None:
    """The name where the zip says how it is encoded."""
    if info.flag_bits & _UTF8_FLAG:
        return info.orig_filename
    extra = info.extra
    while len(extra) >= 4:
        field, length = struct.unpack_from("<HH", extra)
        content, extra = extra[4 : 4 + length], extra[4 + length :]
        # A name that was changed since the field was written has another checksum.
        if field == _UNICODE_PATH and len(content) > 5 and content[0] == 1:
            (checksum,) = struct.unpack_from("<L", content, 1)
            if checksum == zlib.crc32(_raw_name(info)) and _is_utf8(content[5:]):
                return content[5:].decode("utf-8")
    return None


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8_FLAG else "latin-1")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_passed(name: str) -> bool:
    parts = name.split("/")
    return ".." not in parts and any(
        part.startswith(PASSED_OVER) or part.lower() in _PASSED_NAMES for part in parts
    )


def _entry(opened: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, *, is_last: bool) -> Entry:
    shown = "".join("�" if unicodedata.category(c) in UNSHOWABLE else c for c in name)[:_LONGEST_NAME]
    error: DocumentError | None = None
    packed = max(1, info.compress_size)
    if shown != name or name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
        error = DocumentError("documents.member_name", file=UNNAMED)
    elif stat.S_ISLNK(info.external_attr >> 16):
        error = DocumentError("index.skip_irregular")
    elif not is_last:
        error = DocumentError("documents.member_twice", file=UNNAMED)
    elif info.flag_bits & _ENCRYPTED_FLAG:
        error = DocumentError("documents.encrypted", file=UNNAMED)
    elif info.file_size > _BOMB_LEAST and info.file_size > MOST_RATIO * packed:
        error = DocumentError("documents.bomb", file=UNNAMED, detail=f"1:{info.file_size // packed}")
    return Entry(shown, 0 if error else info.file_size, _loader(opened, info), error=error)


def _loader(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def load(most: int) -> bytes:
        # Never more than the directory declares, which was held against the bounds.
        size = min(most, info.file_size)
        try:
            with opened.open(info) as stream:
                content = stream.read(size)
        except NotImplementedError as error:
            raise DocumentError("documents.zip_method", file=UNNAMED, method=info.compress_type) from error
        except RuntimeError as error:
            raise DocumentError("documents.encrypted", file=UNNAMED) from error
        except _BROKEN as error:
            raise DocumentError("documents.member_damaged", file=UNNAMED) from error
        if len(content) < size:
            raise DocumentError("documents.member_damaged", file=UNNAMED)
        return content

    return load
