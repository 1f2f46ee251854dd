"""A page's lines: one for each block element, line break and table row, with what tells text from menus."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from retrieval.readers.html_items import Items

# fmt: off
_DROPPED = frozenset((
    "script", "style", "noscript", "template", "svg", "iframe", "frame", "object", "embed", "applet",
    "canvas", "audio", "video", "map", "select", "datalist", "button", "textarea", "input", "head",
    "title", "rt", "rp",
))
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hgroup", "li", "main", "menu", "nav", "ol", "p", "pre", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))
# fmt: on
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_BOLD = frozenset(("b", "strong"))
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.I)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)

_CHROME = frozenset(("nav", "footer", "aside", "menu"))
_CHROME_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|menus?|bread\w*|crumbs?|foot(?:er)?|copyright|sidebar|share\w*|bdshare\w*|relat\w+|"
    r"recommend\w*|comments?|pager|pagination|toolbar|login|search\w*|banner|advert\w*|ads?|qr-?code|friend-?links?|"
    r"hot-?news|topbar|top-?nav)(?:$|[\s_\d-])",
    re.I,
)
_STOP = re.compile(r"[。！？；]")
_MAIN_SHARE = 0.3
"""Share of a page's sentences from which a part of it is no menu, whatever it is called."""
_MAIN_LEAST = 3
_MOST_WEIGHED = 1000
"""Parts of a page that are weighed; of more, nested as only a hostile page nests them, the rest are text."""

_GAP = re.compile(r"([ \t\r\n\f]+)")
_CELL = 150  # characters of a longest entry of a table; a longer cell is a frame around text
_CELL_LINES = 3


@dataclass(frozen=True, slots=True)
class Block:
    """A line of a page.

    Attributes:
        place: its name where it is a row of a table, else "".
        level: 1 to 6 in a heading, 0 elsewhere.
        bold: characters from the first on that are bold.
        linked: characters that are links.
        chrome: whether it stands in what the page calls navigation, foot, sidebar and the like.
    """

    text: str
    place: str = ""
    level: int = 0
    bold: int = 0
    linked: int = 0
    chrome: bool = False


@dataclass(frozen=True, slots=True)
class _Open:
    """What an element that is being read means for its text, with what is around it."""

    link: bool = False
    bold: bool = False
    chrome: bool = False
    level: int = 0
    pre: bool = False


def read_blocks(root: LexborNode) -> list[Block]:
    """The lines of an element in the order of the page; hidden ones left out."""
    stops = len(_STOP.findall(root.text(deep=True)))
    return _Collector(max(_MAIN_LEAST, _MAIN_SHARE * stops)).read(root)


class _Collector:
    """Walks the tree without recursion: pages nest as deeply as they like."""

    def __init__(self, main: float) -> None:
        self._main = main
        self._blocks: list[Block] = []
        self._pieces: list[tuple[str, bool, bool]] = []
        self._open: list[_Open] = [_Open()]
        self._weighed = 0
        self._tables: dict[int, tuple[int, int]] = {}
        self._items = Items()

    def read(self, root: LexborNode) -> list[Block]:
        node = root.child
        while node is not None:
            is_open = self._enter(node)
            if is_open and node.child is not None:
                node = node.child
                continue
            if is_open:
                self._leave(node)
            node = self._next(node, root)
        self._flush()
        return self._blocks

    def _next(self, node: LexborNode, root: LexborNode) -> LexborNode | None:
        """The node that follows in the page, leaving what ends between; None at the end of the root."""
        while node.next is None:
            parent = node.parent
            if parent is None or parent.mem_id == root.mem_id:
                return None
            self._leave(parent)
            node = parent
        return node.next

    def _enter(self, node: LexborNode) -> bool:
        """Take in a node; whether its children are to be read one by one."""
        tag = node.tag or ""
        if tag == "-text":
            self._add(node.text_content or "")
            return False
        if tag.startswith("-") or tag in _DROPPED or _is_hidden(node):
            return False
        if tag in ("br", "hr"):
            self._flush()
            return False
        is_block = tag in _BLOCKS
        if is_block:
            self._flush()
        if tag == "tr" and self._add_row(node):
            return False
        if tag == "li":
            self._items.enter(node)
        style = node.attributes.get("style") or ""
        around = self._open[-1]
        self._open.append(
            _Open(
                link=around.link or (tag == "a" and node.attributes.get("href") is not None),
                bold=around.bold or tag in _BOLD or bool(_BOLD_STYLE.search(style)),
                chrome=around.chrome or self._is_chrome(node, tag),
                level=_LEVELS.get(tag, 0) or around.level,
                pre=around.pre or tag == "pre",
            )
        )
        return True

    def _leave(self, node: LexborNode) -> None:
        if node.tag in _BLOCKS:
            self._flush()
        if node.tag == "li":
            self._items.leave()
        self._open.pop()

    def _add(self, text: str) -> None:
        around = self._open[-1]
        for number, line in enumerate(text.split("\n") if around.pre else [text]):
            if number:
                self._flush()
            self._pieces.append((line, around.bold, around.link))

    def _add_row(self, row: LexborNode) -> bool:
        """Add a row of a table as one line; False when it is a frame around text."""
        cells = [child for child in row.iter() if child.tag in ("td", "th")]
        if len(cells) < 2 or row.css_first("table") is not None:
            return False
        read = [_Collector(self._main).read(cell) for cell in cells]
        if any(len(cell) > _CELL_LINES or sum(len(one.text) for one in cell) > _CELL for cell in read):
            return False
        texts = [" ".join(block.text.strip() for block in cell) for cell in read]
        if sum(map(bool, texts)) < 2:
            return False
        self._blocks.append(
            Block(
                "\t".join(filter(None, texts)),
                place=self._row_name(row),
                linked=sum(block.linked for cell in read for block in cell),
                chrome=self._open[-1].chrome,
            )
        )
        return True

    def _row_name(self, row: LexborNode) -> str:
        table = row.parent
        while table is not None and table.tag != "table":
            table = table.parent
        key = table.mem_id if table is not None else 0
        number, rows = self._tables.get(key, (len(self._tables) + 1, 0))
        self._tables[key] = number, rows + 1
        return f"表{number}第{rows + 1}行"

    def _is_chrome(self, node: LexborNode, tag: str) -> bool:
        if tag not in _CHROME:
            names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
            if tag not in _BLOCKS or not _CHROME_NAME.search(names):
                return False
        self._weighed += 1
        if self._weighed > _MOST_WEIGHED:
            return False
        return len(_STOP.findall(node.text(deep=True))) < self._main

    def _flush(self) -> None:
        """End a line."""
        pieces, self._pieces = self._pieces, []
        text, bold, linked = _joined(pieces)
        if text.strip():
            around = self._open[-1]
            # A list of links is a menu, whoever numbers it.
            is_menu = around.chrome or linked >= len(text)
            marker = self._items.marker(text) if not is_menu else ""
            bold += len(marker) * bool(bold)
            self._blocks.append(Block(marker + text, "", around.level, bold, linked, around.chrome))


def _joined(pieces: list[tuple[str, bool, bool]]) -> tuple[str, int, int]:
    """(text, bold characters at its start, linked characters) of a line, white space as a browser shows it.

    But for line breaks in the source between Chinese characters, which browsers show as blanks nobody meant.
    """
    text = gap = ""
    bold = linked = 0
    is_leading = True
    for piece, is_bold, is_link in pieces:
        for part in _GAP.split(piece):
            if not part:
                continue
            if part[0] in " \t\r\n\f":
                gap += part
                continue
            if text and gap and not ("\n" in gap and _is_wide(text[-1]) and _is_wide(part[0])):
                text += " "
            gap = ""
            text += part
            bare = bool(part.strip("\xa0\u3000"))
            linked += len(part) if is_link else 0
            is_leading = is_leading and (is_bold or not bare)
            if is_leading and is_bold:
                bold = len(text)
    bare_text = text.rstrip("\xa0\u3000")
    return bare_text, min(bold, len(bare_text)), linked


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\uffef"


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN_STYLE.search(attributes.get("style") or ""))
