"""Bytes to text: which codec wrote this file, and how much of it was lost.

A byte order mark decides, then strict UTF-8, then the codec whose result has the best share of common
Chinese characters. Statistical detectors were tried and failed on real files (one took a UTF-8 speech
for Big5, one returned nothing for a single bad byte). GB 18030 stands for all of its ancestors.
"""

from __future__ import annotations

import codecs
import functools
import re
from dataclasses import dataclass, replace

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CODECS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "big5")
_SAMPLE_BYTES = 1 << 16
_MAGIC = (
    b"PK\x03\x04",
    b"%PDF-",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\xd0\xcf\x11\xe0",
    b"\x7fELF",
    b"\x1f\x8b",
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LOST = "\ufffd"
# Text files hold a stray control character here and there, binary files one in eight or more.
_MAX_DAMAGED_SHARE = 0.08
# Any prose has common characters; bytes that merely happen to decode have few of them.
_MIN_COMMON_SHARE = 0.3
_MIXED_LEAST = 12  # characters that each of two encodings must have in a file that mixes them
_MIXED_SHARE = 0.9
_MIXED_LINE = 200  # characters looked at in a line


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded file.

    Attributes:
        text: without a byte order mark; line ends as they are.
        encoding: the codec, as Python names it.
        lost: characters that could not be decoded and stand as U+FFFD.
        controls: control characters other than white space.
        is_mixed: some of its lines are UTF-8 and others GB 18030, so that one of the two is garbled.
    """

    text: str
    encoding: str
    lost: int
    controls: int
    is_mixed: bool = False


def decode(data: bytes) -> Decoded:
    """Decode a file whose encoding nobody told us; never fails, ``lost`` says how well it went."""
    for mark, codec in _BOMS:
        if data.startswith(mark):
            decoded = _decode_as(data[len(mark) :], codec)
            return replace(decoded, is_mixed=codec == "utf-8" and decoded.lost > 0 and _is_mixed(data))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return replace(_decode_as(data, _best_codec(data)), is_mixed=_is_mixed(data))
    if text.count("\x00") * 8 > len(text):
        # Latin letters in UTF-16 without a mark are valid UTF-8, every other character NUL.
        return _decode_as(data, _best_codec(data))
    return _finish(text, "utf-8", 0)


def is_text(data: bytes, decoded: Decoded) -> bool:
    """Whether the bytes are prose rather than a program, a picture or a packed document."""
    if data.startswith(_MAGIC):
        return False
    text = decoded.text
    if not text:
        return True
    if (decoded.lost + decoded.controls) > _MAX_DAMAGED_SHARE * len(text):
        return False
    foreign = _foreign(text[:_SAMPLE_BYTES])
    mostly_foreign = foreign * 3 > min(len(text), _SAMPLE_BYTES)
    guessed = decoded.encoding not in {"utf-8"}
    return not (mostly_foreign and guessed and _common_share(text[:_SAMPLE_BYTES]) < _MIN_COMMON_SHARE)


def _decode_as(data: bytes, codec: str) -> Decoded:
    try:
        return _finish(data.decode(codec), codec, 0)
    except UnicodeDecodeError:
        text = data.decode(codec, "replace")
        return _finish(text, codec, text.count(_LOST))


def _is_mixed(data: bytes) -> bool:
    """Whether a file that is not UTF-8 as a whole has enough lines that are, and enough in GB 18030.

    Bytes of one are valid in the other now and then, so both must give common characters, and enough of them.
    """
    left = dict.fromkeys(("utf-8", "gb18030"), _MIXED_LEAST)
    for line in data.splitlines():
        if line.isascii():
            continue
        codec = "utf-8" if _reads_as(line, "utf-8") else "gb18030"
        if left[codec] > 0:
            text = _reads_as(line, codec)[:_MIXED_LINE]
            if _common_share(text) > _MIXED_SHARE:
                left[codec] -= _foreign(text)
        if max(left.values()) <= 0:
            return True
    return False


def _reads_as(line: bytes, codec: str) -> str:
    try:
        return line.decode(codec)
    except UnicodeDecodeError:
        return ""


def _finish(text: str, codec: str, lost: int) -> Decoded:
    return Decoded(text, codec, lost, len(_CONTROL.findall(text)))


def _best_codec(data: bytes) -> str:
    """The codec under which a sample reads most like Chinese or plain Latin text; ties keep the order."""
    sample = data[:_SAMPLE_BYTES]
    return max(_CODECS, key=lambda codec: _common_share(sample.decode(codec, "replace")))


def _common_share(text: str) -> float:
    """Share of common characters among all that are not white space, in [0, 1]."""
    seen = "".join(text.split())
    return sum(map(len, _common_characters().findall(seen))) / len(seen) if seen else 0.0


def _foreign(text: str) -> int:
    """How many characters are not ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


@functools.cache
def _common_characters() -> re.Pattern[str]:
    """Runs of first-level characters of GB 2312 and Big5, their punctuation, and printable ASCII."""
    simplified = (
        bytes((high, low)) for high in (0xA1, 0xA3, *range(0xB0, 0xD8)) for low in range(0xA1, 0xFF)
    )
    traditional = (
        bytes((high, low))
        for high in (0xA1, *range(0xA4, 0xC7))
        for low in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    )
    text = b"".join(simplified).decode("gb2312", "ignore") + b"".join(traditional).decode("big5", "ignore")
    common = {*text, *map(chr, range(0x21, 0x7F))}
    return re.compile(f"[{re.escape(''.join(sorted(common)))}]+")
