"""The tokens of an RTF file (Microsoft's specification 1.9.1): words, signs, bytes, groups."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})?[ ]?"  # a control word
    rb"|\\'([0-9a-fA-F]{2})"
    rb"|\\([^a-zA-Z'])"  # a control sign; an escaped line end is one
    rb"|([{}])"
    rb"|[\r\n\0]+"  # lines of the file mean nothing
    rb"|([^\\{}\r\n\0]+)"
    rb"|\\'?",  # broken: passed over
    re.S,
)
_MOST_BINARY = 1 << 30

Token = tuple[str, bytes, int | None]
"""What it is, its bytes, and the number of a control word.

Kinds: "word", "sign", "text" (bytes of the file as they are or one that it escapes, then with the number 1),
"{", "}", "binary".
"""


def tokens(data: bytes) -> Iterator[Token]:
    """The tokens in order; binary data is passed over and told as one token."""
    at, end = 0, len(data)
    while at < end:
        match = _TOKEN.match(data, at)
        if match is None:  # pragma: no cover - the pattern takes every byte
            return
        at = match.end()
        word, number, escaped, sign, brace, text = match.groups()
        if word is not None:
            value = int(number) if number is not None else None
            if word == b"bin":
                at += min(max(value or 0, 0), _MOST_BINARY)
                yield "binary", b"", None
            else:
                yield "word", word, value
        elif text is not None:
            yield "text", text, None
        elif escaped is not None:
            yield "text", bytes((int(escaped, 16),)), 1
        elif brace is not None:
            yield ("{" if brace == b"{" else "}"), b"", None
        elif sign is not None:
            yield "sign", sign, None
