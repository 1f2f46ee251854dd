"""Mails (eml): the words of the mail as one member, each attachment as another.

The words are its plain text, or its page where it has no other; pictures that belong to the page are
passed over. Chinese mail programs write GBK and call it gb2312, put encoded words where RFC 2231 wants
others, or put the bytes of a name as they are: all of that is read. Headers are decoded here because the
header parser of the standard library loses such names.
"""

from __future__ import annotations

import email
import email.policy
import html
import re
from collections.abc import Iterator, Sequence
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message

from config.errors import DocumentError
from retrieval.documents.decoding import decode
from retrieval.readers.members import MOST_MEMBERS, Entry, TooMuchError, text_entry
from retrieval.readers.types import UNNAMED, Kind

_BODY = "正文"
_PAGE = "正文.html"
_ATTACHMENT = "附件{number}"
_ENDINGS = {"text/html": ".html", "text/plain": ".txt", "message/rfc822": ".eml"}
_GB = re.compile(r"gb[-_]?2312(-80)?|gbk|x-gbk|cp936|ms936|csgb2312|euc[-_]cn|gb18030", re.I)
_FORWARDED = re.compile(r"^(?:\s*(?:re|fwd?|回复|答复|转发|转)\s*[:：])+\s*", re.I)
_TAGS = re.compile(r"<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>", re.I | re.S)
_LEAST_PLAIN = 40
"""Characters below which the plain text of a mail that also has a page is taken for a notice about that."""
_COVER_NOTE = 80
"""Characters up to which a mail with attachments has no words but "see there"."""
_BARE_NAME = re.compile(r"""(?:file)?name\s*=\s*(?:"([^"]*)"|([^";\s]+))""", re.I)
_UNSAFE = re.compile(r"[\\/\x00-\x1f\x7f]")
_BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError)


def entries(data: bytes, kind: Kind = Kind.EML) -> list[Entry]:  # noqa: ARG001 - as every container's
    """What a mail holds: its words first, then its attachments in order.

    Raises:
        DocumentError: it has too many parts, or can't be taken apart.
    """
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        return _listed(message)
    except _BROKEN as error:
        raise DocumentError("documents.mail_damaged", file=UNNAMED) from error


def _listed(message: Message) -> list[Entry]:
    plain: list[str] = []
    pages: list[str] = []
    attached: list[Entry] = []
    taken = {_BODY: 1, _PAGE: 1}
    for number, part in enumerate(_leaves(message), 1):
        if number > MOST_MEMBERS:
            raise TooMuchError("documents.too_many_members", file=UNNAMED, limit=MOST_MEMBERS)
        kind, name = part.get_content_type(), _file_name(part)
        is_words = not name and part.get_content_disposition() != "attachment"
        if is_words and kind == "text/plain":
            plain.append(_words(part))
        elif is_words and kind == "text/html":
            pages.append(_words(part))
        elif part.get("Content-ID") and part.get_content_maintype() == "image":
            continue
        else:
            chosen = name or _ATTACHMENT.format(number=len(attached) + 1) + _ENDINGS.get(kind, "")
            attached.append(_attachment(part, _free_name(chosen, taken)))
    return [*_body(message, plain, pages, has_more=bool(attached)), *attached]


def _leaves(part: Message) -> Iterator[Message]:
    """The parts that hold something, a mail inside the mail as one of them."""
    inside = part.get_payload()
    if not part.is_multipart() or not isinstance(inside, list) or part.get_content_type() == "message/rfc822":
        yield part
        return
    for one in inside:
        if isinstance(one, Message):
            yield from _leaves(one)


def _body(message: Message, plain: Sequence[str], pages: Sequence[str], *, has_more: bool) -> list[Entry]:
    subject = _FORWARDED.sub("", " ".join(_header(message, "Subject").split()))
    words = "\n\n".join(text.strip() for text in plain if text.strip())
    page = max(pages, key=len, default="")
    shown = len(_plain(page))
    if page and (not words or (len(words) < _LEAST_PLAIN and shown > 2 * len(words))):
        length, name = shown, _PAGE
        title = "" if re.search("<title", page, re.I) else f"<title>{html.escape(subject)}</title>\n"
        # The mark says how the page is encoded now, whatever it says of itself.
        text = f"\ufeff<!DOCTYPE html>\n{title}{page}"
    else:
        length, name = len(words), _BODY
        first = words.split("\n", 1)[0].strip()
        text = words if first == subject else f"{subject}\n\n{words}".strip()
    if has_more and length <= _COVER_NOTE:
        note = DocumentError("documents.cover_note", file=UNNAMED)
        return [Entry(name, error=note)] if length else []
    if not length:
        return []
    # A page is read as one, by what its bytes say; the words of the mail are a text.
    return [text_entry(name, text, is_made=name == _BODY)]


def _plain(page: str) -> str:
    """The words of a page, well enough to count them."""
    return "".join(html.unescape(_TAGS.sub("", page)).split())


def _attachment(part: Message, name: str) -> Entry:
    if part.get_content_type() == "message/rfc822":
        inside = part.get_payload()
        held = inside[0] if isinstance(inside, list) and inside else None
        content = held.as_bytes() if isinstance(held, Message) else b""
    else:
        found = part.get_payload(decode=True)
        content = found if isinstance(found, bytes) else b""
    return Entry(name, len(content), lambda most: content[:most])


def _words(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = _codec(part.get_content_charset() or "")
    try:
        text = content.decode(charset) if charset else decode(content).text
    except (LookupError, ValueError):
        text = decode(content).text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _codec(charset: str) -> str:
    return "gb18030" if _GB.fullmatch(charset.strip()) else charset


def _file_name(part: Message) -> str:
    found = part.get_param("filename", None, "content-disposition") or part.get_param("name", None)
    if bare := _bare_name(part):
        name = bare
    elif isinstance(found, tuple):  # RFC 2231: charset, language, and the bytes as characters
        name = _decoded(found[2].encode("latin-1", "replace"), found[0] or "")
    else:
        name = _header_text(found) if isinstance(found, str) else ""
    base = re.split(r"[\\/]", name)[-1]
    return _UNSAFE.sub("", base).strip(" .")


def _bare_name(part: Message) -> str:
    """A name whose bytes stand in the header as they are; no standard says how to read that."""
    for header in ("Content-Disposition", "Content-Type"):
        value = _raw_header(part, header)
        found = _BARE_NAME.search(_header_text(value)) if not _bytes_of(value).isascii() else None
        if found:
            return found[1] or found[2]
    return ""


def _free_name(name: str, taken: dict[str, int]) -> str:
    """Mails may carry several files of one name; a mail keeps them all.

    ``taken`` has the names in use, and the last number that each was given.
    """
    stem, dot, ending = name.rpartition(".")
    chosen = name
    while chosen in taken:
        taken[name] += 1
        chosen = f"{stem} ({taken[name]}).{ending}" if dot and stem else f"{name} ({taken[name]})"
    taken[chosen] = 1
    return chosen


def _header(message: Message, name: str) -> str:
    return _header_text(_raw_header(message, name))


def _raw_header(message: Message, name: str) -> str:
    wanted = name.lower()
    return next((str(value) for key, value in message.raw_items() if key.lower() == wanted), "")


def _bytes_of(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")


def _header_text(value: str) -> str:
    """A header's value: bytes as they are, or encoded words, of which some programs cut characters in two."""
    raw = _bytes_of(value)
    if not raw.isascii():
        return decode(raw).text
    try:
        words = decode_header(value)
    except HeaderParseError:
        return value
    pieces: list[tuple[bytes, str]] = []
    for word, charset in words:
        codec = _codec(charset or "")
        content = word if isinstance(word, bytes) else word.encode("latin-1", "replace")
        if pieces and codec and pieces[-1][1] == codec:
            pieces[-1] = (pieces[-1][0] + content, codec)
        else:
            pieces.append((content, codec))
    return "".join(_decoded(content, codec) for content, codec in pieces)


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(_codec(charset) or "ascii")
    except (LookupError, ValueError):
        return decode(content).text
