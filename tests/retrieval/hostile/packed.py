"""Packed files: bombs, files in themselves, paths that lead out, names that are none."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from tests.retrieval.hostile.case import MEMBERS, Hostile, hostile, words
from tests.retrieval.readers.office import package

_MIB = 1 << 20


def packed() -> list[Hostile]:
    """The cases. Their outcomes are those of the packed file; what it holds has lines of its own."""
    good = package({"讲话.txt": words("包里").encode()})
    return [
        hostile("截断.zip", good[: len(good) // 2], "zip_damaged"),
        hostile("空包.zip", package({}), "nothing_inside"),
        hostile("炸弹.zip", _bomb(6, 100 * _MIB), MEMBERS),
        hostile("重叠.zip", _overlapping(), "zip_overlap"),
        hostile("层层套.zip", _nested(10), MEMBERS),
        hostile("自己套自己.zip", _many_layers(), MEMBERS),
        hostile("十万个.zip", _crowded(100_000), "too_many_members"),
        hostile(
            "穿越.zip",
            package({"../../../tmp/anjiang-was-here.txt": b"x", "/etc/anjiang.txt": b"x", "C:\\a.txt": b"x"}),
            MEMBERS,
        ),
        hostile("加密.zip", _encrypted(), "encrypted"),
        hostile("坏校验.zip", _wrong_sum(), MEMBERS),
        hostile(
            "坏名字.zip",
            package({"a\x00b.txt": b"x", "\x1b[31m.txt": words("红").encode(), "con/../..": b""}),
            MEMBERS,
        ),
        hostile(
            "长名字.zip",
            package({"深/" * 2000 + "讲话.txt": words("深处").encode()}),
            MEMBERS,
        ),
        hostile("谎报大小.zip", _lying(), MEMBERS),
        hostile("压缩包.rar", b"Rar!\x1a\x07\x01\x00" + bytes(500), "skip_ending"),
        hostile("压缩包.7z", b"7z\xbc\xaf\x27\x1c" + bytes(500), "skip_ending"),
    ]


def _bomb(count: int, size: int) -> bytes:
    return package({f"{number}.txt": b"\n" * size for number in range(count)})


def _overlapping() -> bytes:
    """Many entries of the directory that share the data of one."""
    data = package({"a.txt": words("重叠").encode() * 2000})
    at = data.find(b"PK\x01\x02")
    end = data.rfind(b"PK\x05\x06")
    entry = data[at:end]
    entries = b"".join(entry.replace(b"a.txt", f"{number:05}".encode()) for number in range(5000))
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 5000, 5000, len(entries), at, 0)
    return data[:at] + entries + tail


def _nested(depth: int) -> bytes:
    data = words("最里层").encode()
    name = "讲话.txt"
    for level in range(depth):
        data, name = package({name: data}), f"{level}.zip"
    return data


def _many_layers() -> bytes:
    """Ten in ten in ten: a thousand files of ten megabytes in a few kilobytes."""
    data = package({f"{i}.txt": b"\n" * (10 * _MIB) for i in range(10)})
    for _ in range(2):
        data = package({f"{i}.zip": data for i in range(10)})
    return data


def _crowded(count: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.txt", b"")
    return stream.getvalue()


def _encrypted() -> bytes:
    data = bytearray(package({"讲话.txt": words("加密").encode()}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark) + offset
        data[at] |= 1
    return bytes(data)


def _wrong_sum() -> bytes:
    content = words("坏校验").encode()
    right = struct.pack("<I", zlib.crc32(content))
    return package({"讲话.txt": content}).replace(right, bytes(4))


def _lying() -> bytes:
    """It says ten bytes and holds sixty megabytes."""
    size = struct.pack("<I", 60 * _MIB)
    return package({"讲话.txt": b"\n" * (60 * _MIB)}).replace(size, struct.pack("<I", 10))
