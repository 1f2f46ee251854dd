"""Files broken at random, by the byte, by the token, and inside the members of a package.

The same seed and number give the same file, so that one which breaks something can be made again.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable

_NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"255",
    b"65536",
    b"2147483647",
    b"4294967295",
    b"99999999999",
    b"1e308",
    b"nan",
)
_TOKEN = re.compile(rb"-?\d+(?:\.\d+)?|</?[\w:]+|\\[a-z]+|[A-Za-z]{3,}|[^\w\s]")
_MOST = 1 << 20  # bytes that a mutation may grow a file to

Mutation = Callable[[bytes, random.Random], bytes]


def mutant(data: bytes, seed: int, number: int) -> bytes:
    """One of the files that come of breaking this one."""
    chance = random.Random(f"{seed}/{number}")
    is_package = data.startswith(b"PK\x03\x04")
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        if is_package and data and chance.random() < 0.7:
            data = _inside(data, chance)
        else:
            data = chance.choice(_ANYWHERE)(data, chance)
    return data[:_MOST]


def _flip(data: bytes, chance: random.Random) -> bytes:
    broken = bytearray(data)
    for _ in range(chance.choice((1, 4, 32))):
        if broken:
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    return bytes(broken)


def _overwrite(data: bytes, chance: random.Random) -> bytes:
    """Put a number that programs trip over, of one to eight bytes, somewhere."""
    size = chance.choice((1, 2, 4, 8))
    value = chance.choice((0, 1, (1 << 8 * size) - 1, 1 << 8 * size - 1, (1 << 8 * size - 1) - 1))
    at = chance.randrange(len(data) + 1)
    return data[:at] + value.to_bytes(size, "little") + data[at + size :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _remove(data: bytes, chance: random.Random) -> bytes:
    start, end = _range(data, chance)
    return data[:start] + data[end:]


def _repeat(data: bytes, chance: random.Random) -> bytes:
    start, end = _range(data, chance)
    return data[:end] + data[start:end] * chance.choice((1, 2, 50)) + data[end:]


def _move(data: bytes, chance: random.Random) -> bytes:
    start, end = _range(data, chance)
    rest = data[:start] + data[end:]
    at = chance.randrange(len(rest) + 1)
    return rest[:at] + data[start:end] + rest[at:]


def _noise(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.choice((1, 16, 512))) + data[at:]


def _token(data: bytes, chance: random.Random) -> bytes:
    """Put a token of the file, or a number, in the place of another one of it."""
    tokens = list(_TOKEN.finditer(data[: 1 << 18]))
    if not tokens:
        return data
    for token in sorted(chance.choices(tokens, k=chance.choice((1, 3, 20))), key=lambda one: -one.start()):
        other = chance.choice(tokens)[0]
        if token[0].lstrip(b"-")[:1].isdigit() or chance.random() < 0.3:
            other = chance.choice(_NUMBERS)
        data = data[: token.start()] + other + data[token.end() :]
    return data


def _inside(data: bytes, chance: random.Random) -> bytes:
    """Break one member of a package, drop it, or give its bytes to another name; the package stays sound."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, ValueError, EOFError, zlib.error):
        return _flip(data, chance)
    if not members:
        return data
    name = chance.choice(list(members))
    way = chance.random()
    if way < 0.08:
        del members[name]
    elif way < 0.16:
        members[name] = members[chance.choice(list(members))]
    else:
        members[name] = chance.choice((_token, _token, *_ANYWHERE))(members[name], chance)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content[:_MOST])
    return stream.getvalue()


def _range(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.choice((1, 8, 64, 1000)))


_ANYWHERE: tuple[Mutation, ...] = (_flip, _overwrite, _cut, _remove, _repeat, _move, _noise, _token)
