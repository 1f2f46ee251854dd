"""Web pages: decoded, cut into lines by their block elements, menus and link lists set apart as noise.

Nothing is executed or fetched; a page is the text of its tags.
"""

from __future__ import annotations

import codecs
import re

from selectolax.lexbor import LexborHTMLParser

from retrieval.documents.decoding import Decoded, decode
from retrieval.documents.types import ReadWarning
from retrieval.readers.html_blocks import Block, read_blocks
from retrieval.readers.html_noise import find_noise
from retrieval.readers.lines import Line, build_reading
from retrieval.readers.types import Reading

_DECLARED_WITHIN = 4096  # bytes; browsers look at the first 1,024
_DECLARED = re.compile(
    rb"""charset\s*=\s*["']?\s*([\w.:-]{2,40})|^<\?xml[^>]*encoding=["']([\w.:-]{2,40})""", re.I
)
_CHINESE = frozenset({"gb2312", "gbk", "gb18030", "hz", "euc_cn", "cp936"})
_LOST_SHARE = 0.01
"""Share of characters that may be lost before a page is taken to be in another encoding than it says."""

_TITLES = ('meta[name="ArticleTitle"]', 'meta[property="og:title"]')
_SITE = re.compile(r"\s*[_|｜]\s*|\s+[-–—]+\s*|\s*[-–—]{2,}\s*|-(?=[^-]*(?:网|政府|门户|局|厅|委)[^-]*$)")


def read(data: bytes) -> Reading:
    """Read a page."""
    return read_page(decode_page(data), "html")


def read_page(decoded: Decoded, reader: str) -> Reading:
    """Read a page that is text already.

    Args:
        decoded: the page.
        reader: the name of what read the file that it comes from.
    """
    page = LexborHTMLParser(decoded.text)
    root = page.body or page.root
    blocks = read_blocks(root) if root is not None else []
    title = _title(page, blocks)
    noise = find_noise(blocks, title)
    return build_reading(
        [_line(block, is_noise=is_noise) for block, is_noise in zip(blocks, noise, strict=True)],
        reader=reader,
        encoding=decoded.encoding,
        title=title,
        warnings=[
            *([ReadWarning.LOST_CHARACTERS] if decoded.lost else []),
            *([ReadWarning.MIXED_ENCODINGS] if decoded.is_mixed else []),
        ],
    )


def decode_page(data: bytes, charset: str = "") -> Decoded:
    """Decode a page: what UTF-8 or a mark proves, then what is declared, then what reads best.

    Args:
        data: the page.
        charset: declared outside of the page; "" when nothing is.
    """
    guessed = decode(data)
    if guessed.encoding == "utf-8" and not guessed.lost:
        return guessed
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
        return guessed
    codec = _codec(charset) or _declared(data)
    if not codec:
        return guessed
    text = data.decode(codec, "replace")
    lost = text.count("\ufffd")
    return Decoded(text, codec, lost, 0) if lost <= _LOST_SHARE * len(text) else guessed


def _declared(data: bytes) -> str:
    found = _DECLARED.search(data[:_DECLARED_WITHIN])
    return _codec((found[1] or found[2]).decode("ascii", "ignore")) if found else ""


def _codec(charset: str) -> str:
    """A declared charset as a codec of text; GB 18030 stands for all of its ancestors."""
    try:
        info = codecs.lookup(charset.strip("\"' "))
    except LookupError:
        return ""
    if not info._is_text_encoding:
        return ""
    name = info.name.replace("-", "_")
    # Bytes without marks that are declared UTF-16 are not: the declaration itself was read byte by byte.
    return "gb18030" if name in _CHINESE else "" if name.startswith(("utf_16", "utf_32")) else info.name


def _title(page: LexborHTMLParser, blocks: list[Block]) -> str:
    """What the head says, else the only first-level heading, else the window's title without the site."""
    for selector in _TITLES:
        meta = page.css_first(selector)
        if meta is not None and (said := " ".join((meta.attributes.get("content") or "").split())):
            return said
    first = [block.text for block in blocks if block.level == 1]
    if len(first) == 1:
        return " ".join(first[0].split())
    element = page.css_first("title")
    window = " ".join(element.text().split()) if element is not None else ""
    return _SITE.split(window)[0].strip()


def _line(block: Block, *, is_noise: bool) -> Line:
    return Line(
        block.text,
        "" if is_noise else block.place,
        0 if is_noise else block.level,
        bold=0 if is_noise else block.bold,
        noise=is_noise,
    )
