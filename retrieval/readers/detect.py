"""What a file is, told by its bytes.

The name is asked what bytes can't tell: whether tags in a text make a web page, header lines above a text a
mail, and commas in a text a table.
"""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Iterator

from retrieval.readers.types import Kind

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG\r\n", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_PROGRAMS = (b"\x7fELF", b"MZ\x90\x00", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"BZh")
_MAGIC = (
    (_IMAGES, Kind.IMAGE),
    (_PROGRAMS, Kind.BINARY),
    ((b"{\\rtf",), Kind.RTF),
    ((b"Rar!\x1a\x07",), Kind.RAR),
    ((b"\xdb\xa5-\x00", b"\x9b\xa5!\x00", b"1\xbe\x00\x00"), Kind.WORD2),
    ((b"\x01\xfe\x20\x54\x02", b"\x01\xfe\x32\xb3\x10"), Kind.WORKS),
)
_PDF_HEAD = b"%PDF-"
_PDF_WITHIN = 1024  # bytes before "%PDF-" that readers forgive
_HEAD = 4096
_FIRST = frozenset(magic[0] for magics, _ in _MAGIC for magic in magics) | frozenset(b"PRB\xd0")
"""First bytes of what is told by its beginning, but for PDF; no Chinese text in UTF-8 begins so."""

# Streams of an OLE file, in its directory as UTF-16. The first that is there tells.
_STREAMS = (
    ("EncryptedPackage", Kind.ENCRYPTED),
    ("WordDocument", Kind.DOC),
    ("Workbook", Kind.XLS),
    ("PowerPoint Document", Kind.PPT),
    ("MatOST", Kind.WORKS),
)
_MEMBERS = (
    ("word/document.xml", Kind.DOCX),
    ("ofd.xml", Kind.OFD),
    ("xl/workbook.xml", Kind.XLSX),
    ("xl/workbook.bin", Kind.XLSX),
    ("ppt/presentation.xml", Kind.PPTX),
    ("meta-inf/container.xml", Kind.EPUB),
)
_MOST_MEMBERS = 20_000
_LOCAL = b"PK\x03\x04"
_CENTRAL = b"PK\x01\x02"
_END = b"PK\x05\x06"
_METHODS = frozenset((0, 1, 6, 8, 9, 12, 14, 93, 95, 98, 99))  # stored, deflated, and rarer ones
_END_WITHIN = 66_000  # bytes at the end of a zip: the record of 22 and a comment

_PAGE_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head)\b", re.I | re.S
)
_TAG = re.compile(r"<(?:html|head|body|div|p|br|table|span|meta|title|h[1-6]|a)\b[^<>]{0,500}>", re.I)
_LEAST_TAGS = 3
_PAGE_ENDINGS = (".html", ".htm", ".shtml", ".xhtml", ".mht", ".mhtml")
_TABLE_ENDINGS = (".csv", ".tsv")
_MAIL_ENDINGS = (".eml",)
_MAIL_HEAD = 1 << 16  # the stations of a mail's way, and signatures, may fill many lines before MIME-Version
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]?\S?")
_MIME = re.compile(r"^mime-version:", re.I | re.M)
_RELATED = re.compile(r"^content-type:\s*multipart/related|^snapshot-content-location:", re.I | re.M)


def detect(data: bytes, name: str = "") -> Kind:
    """What a file is.

    Args:
        data: the whole file.
        name: of the file; its ending tells a web page without a head from a text with a few tags in it.
    """
    kind = _by_magic(data)
    if kind is not None:
        return kind
    head = _text_of(data[:_HEAD])
    if _PAGE_START.match(head):
        return Kind.HTML
    if _HEADER.match(head) and (mail := _as_mail(_text_of(data[:_MAIL_HEAD]), name.lower())):
        return mail
    if (
        name.lower().endswith(_PAGE_ENDINGS)
        and len(_TAG.findall(_text_of(data[: 16 * _HEAD]))) >= _LEAST_TAGS
    ):
        return Kind.HTML
    return Kind.CSV if name.lower().endswith(_TABLE_ENDINGS) else Kind.TEXT


def _by_magic(data: bytes) -> Kind | None:
    is_pdf = _PDF_HEAD in data[:_PDF_WITHIN]
    if not data or data[0] not in _FIRST:
        return Kind.PDF if is_pdf else None
    if data.startswith(_LOCAL):
        return _in_zip(data)
    if data.startswith(_END):
        return Kind.ZIP  # an empty one
    if data.startswith(_OLE):
        return next((kind for name, kind in _STREAMS if name.encode("utf-16-le") in data), Kind.BINARY)
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    is_bitmap = data.startswith(b"BM") and data[6:10] == b"\x00\x00\x00\x00"
    if is_pdf or is_webp or is_bitmap:
        return Kind.PDF if is_pdf else Kind.IMAGE
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)


def _text_of(data: bytes) -> str:
    """Bytes as text, well enough to see tags and header lines."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return data.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def _as_mail(head: str, name: str) -> Kind | None:
    """A mail, or a web page saved as one: header lines from the first byte on, MIME-Version among them."""
    headers = re.split(r"\r?\n[ \t]*\r?\n", head, maxsplit=1)[0]
    if not _MIME.search(headers) and not name.endswith(_MAIL_ENDINGS):
        return None
    return Kind.MHTML if _RELATED.search(headers) else Kind.EML


def _in_zip(data: bytes) -> Kind:
    names = list(_member_names(data))
    for member, kind in _MEMBERS:
        if member in names:
            return kind
    if "content.xml" in names and "mimetype" in names:
        return Kind.ODT
    if "[content_types].xml" in names and any(name.startswith("word/") for name in names):
        return Kind.DOCX
    if not names:
        # No directory: cut off. The first member tells what it was going to be.
        first = _first_member(data)
        return Kind.DOCX if first and b"word/document.xml" in data else Kind.ZIP if first else Kind.BINARY
    return Kind.ZIP


def _member_names(data: bytes) -> Iterator[str]:
    """Names in a zip's directory, as office programs write them: forward slashes, lower case.

    By hand and not by `zipfile`, which builds an object for each of a million entries of a hostile file.
    """
    end = data.rfind(_END, max(0, len(data) - _END_WITHIN))
    if end < 0 or end + 22 > len(data):
        return
    size, at = struct.unpack_from("<II", data, end + 12)
    if data[at : at + 4] != _CENTRAL:
        at = end - size  # something stands before the zip
    for _ in range(_MOST_MEMBERS):
        if at < 0 or data[at : at + 4] != _CENTRAL or at + 46 > end:
            return
        name, extra, comment = struct.unpack_from("<HHH", data, at + 28)
        yield data[at + 46 : at + 46 + name].decode("latin-1").replace("\\", "/").lstrip("/").lower()
        at += 46 + name + extra + comment


def _first_member(data: bytes) -> str:
    if len(data) < 30:
        return ""
    (method,) = struct.unpack_from("<H", data, 8)
    (length,) = struct.unpack_from("<H", data, 26)
    name = data[30 : 30 + length]
    # A name in any encoding, and a method that packers use: else these are other bytes that begin so.
    is_named = 0 < length == len(name) and min(name) >= 0x20 and method in _METHODS
    return name.decode("latin-1") if is_named else ""
