"""Web pages saved as one file (mhtml): the first page in it is read, pictures and frames are not."""

from __future__ import annotations

import email
import email.policy
from email.message import Message

from retrieval.readers.html import decode_page, read_page
from retrieval.readers.package import damaged
from retrieval.readers.types import Reading

_MOST_PARTS = 5_000


def read(data: bytes) -> Reading:
    """Read a saved page.

    Raises:
        DocumentError: there is no page in it.
    """
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            break
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            return _read_part(part)
    raise damaged("MHTML")


def _read_part(part: Message) -> Reading:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise damaged("MHTML: text/html")
    return read_page(decode_page(content, part.get_content_charset() or ""), "mhtml")
