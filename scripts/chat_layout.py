"""How the messages of a Telegram chat are broken into lines, and how much room they take.

Latin letters are reckoned at widths close to those of common sans-serif fonts, wide glyphs at the size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

BUBBLE = 330.0  # the widest bubble
PAD = 11.0
SIZE, LINE = 15.0, 21.5
SMALL, SMALL_LINE = 11.5, 15.0
FOLDED = 3  # lines that a folded quotation shows

# Never at the start of a line, never at its end.
_NOT_FIRST = "，。、；：？！）》」』”’…】〕—·,.;:?!)]}%"
_NOT_LAST = "（《「『“‘【〔([{"
_WORD = re.compile(r"\n|[\x21-\x7e\u00a0-\u024f]+|.", re.DOTALL)
_NARROW = {
    "i": 0.25,
    "l": 0.25,
    "j": 0.25,
    "m": 0.92,
    "w": 0.78,
    "M": 0.9,
    "W": 0.95,
    "@": 0.9,
    " ": 0.26,
    "–": 0.56,
    "›": 0.4,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A style of a stretch of text, in UTF-16 code units as Telegram counts."""

    kind: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message, or a line between messages (``service``).

    Attributes:
        rows: labels of the buttons below; ``pressed`` is drawn as just touched.
        unfolded: whether the person opened its folded quotations.
        file: name and size of a document.
    """

    text: str
    ours: bool = False
    marks: tuple[Mark, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    pressed: str = ""
    clock: str = ""
    edited: str = ""
    unfolded: bool = False
    file: tuple[str, str] | None = None
    service: bool = False


@dataclass(frozen=True, slots=True)
class Glyph:
    """A word or a character of a line: how wide it is, in pixels, and in which styles."""

    text: str
    width: float
    kinds: frozenset[str]


@dataclass(slots=True)
class Block:
    """Lines of the body, or of one quotation."""

    quote: bool
    lines: list[list[Glyph]] = field(default_factory=list)
    hidden: int = 0

    @property
    def height(self) -> float:
        """In pixels, the edges of a quotation included."""
        return len(self.lines) * LINE + (10.0 if self.quote else 0.0)


def blocks_of(bubble: Bubble) -> list[Block]:
    """The text cut into body and quotations, each broken into lines."""
    blocks: list[Block] = []
    for quote, folds, text, kinds in _stretches(bubble):
        # The line break before and after a quotation is the quotation's own edge.
        room = BUBBLE - 2 * PAD - (20 if quote else 0)
        lines = list(_wrapped(text, kinds, room))
        block = Block(quote, lines)
        if folds and not bubble.unfolded and len(lines) > FOLDED:
            block.hidden = len(lines) - FOLDED
            del lines[FOLDED:]
            last = lines[-1]
            while last and sum(glyph.width for glyph in last) > room - SIZE - 12:
                last.pop()
            last.append(Glyph("…", SIZE, frozenset()))
        blocks.append(block)
    return blocks


def _stretches(bubble: Bubble) -> Iterator[tuple[bool, bool, str, list[frozenset[str]]]]:
    marked = [
        (_index(bubble.text, mark.offset), _index(bubble.text, mark.offset + mark.length), mark.kind)
        for mark in bubble.marks
    ]
    kinds = [
        frozenset(kind for start, end, kind in marked if start <= at < end) for at in range(len(bubble.text))
    ]
    quotes = sorted((start, end, kind) for start, end, kind in marked if "blockquote" in kind)
    place = 0
    for start, end, kind in [*quotes, (len(bubble.text), len(bubble.text), "")]:
        first, last = place, start
        if first and first < last and bubble.text[first] == "\n":
            first += 1
        if kind and last > first and bubble.text[last - 1] == "\n":
            last -= 1
        if first < last:
            yield False, False, bubble.text[first:last], kinds[first:last]
        if end > start:
            yield True, kind == "expandable_blockquote", bubble.text[start:end], kinds[start:end]
        place = end


def _wrapped(text: str, kinds: Sequence[frozenset[str]], room: float) -> Iterator[list[Glyph]]:
    line: list[Glyph] = []
    used = 0.0
    for match in _WORD.finditer(text):
        if match.group() == "\n":
            yield line
            line, used = [], 0.0
            continue
        for word in _fitting(match.group(), room):
            width = width_of(word, SIZE)
            if used + width > room and line:
                kept = _carried(line, word)
                yield line
                line = kept
                used = sum(glyph.width for glyph in line)
                if word == " ":
                    continue
            line.append(Glyph(word, width, kinds[match.start()]))
            used += width
    yield line


def _carried(line: list[Glyph], word: str) -> list[Glyph]:
    """What must go over to the next line with ``word``, taken off this one."""
    kept: list[Glyph] = []
    first = word
    while len(line) > 1 and (first[0] in _NOT_FIRST or line[-1].text in _NOT_LAST):
        kept.insert(0, line.pop())
        first = kept[0].text
    return kept


def _fitting(word: str, room: float) -> Iterator[str]:
    """A word in pieces no wider than a line."""
    piece = ""
    for character in word:
        if piece and width_of(piece + character, SIZE) > room:
            yield piece
            piece = ""
        piece += character
    yield piece


def body_height(bubble: Bubble, blocks: Sequence[Block]) -> float:
    """Pixels of a message without its buttons; the time stands beside the last line where it fits."""
    height = 2 * PAD - 5 + sum(block.height for block in blocks) + (50 if bubble.file else 0)
    last = blocks[-1] if blocks else None
    fits = (
        last is not None
        and not last.quote
        and sum(glyph.width for glyph in last.lines[-1]) + _stamp(bubble) < BUBBLE - 2 * PAD
    )
    return height if fits else height + SMALL_LINE


def bubble_width(bubble: Bubble, blocks: Sequence[Block]) -> float:
    """Pixels of the narrowest bubble that holds a message, ``BUBBLE`` at most."""
    widest = [
        sum(glyph.width for glyph in line) + (20 if block.quote else 0)
        for block in blocks
        for line in block.lines
    ]
    if blocks and not blocks[-1].quote:
        beside = widest[-1] + _stamp(bubble)
        if beside < BUBBLE - 2 * PAD:
            widest.append(beside)
    if bubble.file:
        widest.append(54 + width_of(bubble.file[0], SIZE) * 1.06)
    if bubble.rows:
        widest.append(BUBBLE)
    return min(BUBBLE, max([*widest, _stamp(bubble)]) + 2 * PAD)


def _stamp(bubble: Bubble) -> float:
    text = " ".join(filter(None, (bubble.edited, bubble.clock)))
    return width_of(text, SMALL) + (20 if bubble.ours else 0) + 10


def width_of(text: str, size: float) -> float:
    """Pixels of a text in one line."""
    return sum(_advance(character) for character in text) * size


def _advance(character: str) -> float:
    if character > "\u2000":
        return 1.0
    if character in _NARROW:
        return _NARROW[character]
    if character in ".,:;'|!()[]/ftr":
        return 0.34
    if character.isupper():
        return 0.66
    return 0.56


def cut(text: str, room: float, size: float) -> str:
    """A text that fits, with … for what does not."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(text, size) > room - size:
        text = text[:-1]
    return text + "…"


def _index(text: str, units: int) -> int:
    """The place in ``text`` of an offset in UTF-16 code units."""
    return len(text.encode("utf-16-le")[: units * 2].decode("utf-16-le"))
