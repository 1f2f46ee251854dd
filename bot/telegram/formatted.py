"""Text with marks, made fit for a message: nothing is markup, everything is entities.

Offsets of marks are half-open code points. Telegram counts UTF-16 units, so they are converted once, at the
very end, in :meth:`Formatted.to_part`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from telegram import MessageEntity
from telegram.constants import MessageEntityType, MessageLimit

MAX_UNITS = int(MessageLimit.MAX_TEXT_LENGTH)
"""UTF-16 units of one message: what the Bot API takes."""

MAX_MARKS = int(MessageLimit.MESSAGE_ENTITIES)
"""Entities of one message; Telegram drops the ones beyond without a word."""

BOLD = MessageEntityType.BOLD
ITALIC = MessageEntityType.ITALIC
CODE = MessageEntityType.CODE
QUOTE = MessageEntityType.EXPANDABLE_BLOCKQUOTE
LINK = MessageEntityType.TEXT_LINK

_SPACES = re.compile(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_BREAKS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = {"Cc", "Cf", "Cs"}
_BLANK_LETTERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters that show as nothing
_ENDS = (
    re.compile(r"\n+"),
    re.compile(r"[。！？!?…]+[”’」』）)]*|[.]\s"),
    re.compile(r"[；;，,、：:]|\s"),
)
"""Where a long text may be cut, best first."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How ``text[start:end]`` is shown; ``url`` only for links."""

    kind: MessageEntityType
    start: int
    end: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One message: text and entities as the Bot API takes them (offsets in UTF-16 units)."""

    text: str
    entities: tuple[MessageEntity, ...] = ()


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text and its marks, which may lie in each other but not across."""

    text: str = ""
    marks: tuple[Mark, ...] = ()

    def __add__(self, other: Formatted | str) -> Formatted:
        if isinstance(other, str):
            return Formatted(self.text + other, self.marks)
        return Formatted(self.text + other.text, self.marks + _moved(other.marks, len(self.text)))

    def marked(self, kind: MessageEntityType, url: str | None = None) -> Formatted:
        """The same with one mark over all of it; unchanged when there is nothing to mark."""
        if not self.text.strip():
            return self
        return Formatted(self.text, (Mark(kind, 0, len(self.text), url), *self.marks))

    def slice(self, start: int, end: int) -> Formatted:
        """A piece without white space at its ends; marks are cut to it."""
        piece = self.text[start:end]
        start += len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
        kept = (
            replace(mark, start=max(mark.start, start) - start, end=min(mark.end, end) - start)
            for mark in self.marks
            if mark.start < end and mark.end > start
        )
        return Formatted(self.text[start:end], tuple(kept))

    def to_part(self) -> Part:
        """The message; entities that mark only white space are left out, as Telegram refuses them."""
        whole = self.slice(0, len(self.text))
        trimmed = (_trimmed(whole.text, mark) for mark in whole.marks)
        found = [
            MessageEntity(mark.kind, mark.start, mark.end - mark.start, url=mark.url)
            for mark in trimmed
            if mark.end > mark.start
        ]
        entities = MessageEntity.adjust_message_entities_to_utf_16(whole.text, found[:MAX_MARKS])
        return Part(whole.text, tuple(entities))


def harmless(text: str) -> str:
    """Text of a document or a person for showing: no control, zero-width or bidirectional characters.

    Line breaks of every kind become line feeds, wide and odd spaces of Latin scripts become one space.
    """
    text = _SPACES.sub(" ", _BREAKS.sub("\n", text))
    return "".join(character for character in text if character == "\n" or not _is_invisible(character))


def one_line(text: str, most: int = 0) -> str:
    """The same in one line, cut to at most ``most`` characters when that is not 0."""
    line = " ".join(harmless(text).split())
    return line if not most or len(line) <= most else line[: most - 1].rstrip() + "…"


def plain(text: str) -> Formatted:
    """Text without marks, made harmless."""
    return Formatted(harmless(text))


def joined(pieces: Iterable[Formatted | str], separator: str = "\n") -> Formatted:
    """Pieces with something between them; empty ones are left out."""
    whole = Formatted()
    for piece in pieces:
        given = Formatted(piece) if isinstance(piece, str) else piece
        if given.text:
            whole = whole + separator + given if whole.text else given
    return whole


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def pack(blocks: Sequence[Formatted], limit: int = MAX_UNITS) -> tuple[Part, ...]:
    """Blocks as few messages, in order, an empty line between two blocks.

    A block stays whole if it fits into one message; a longer one is cut at a paragraph or a sentence. A mark
    that spans a cut goes on in the next message as a mark of its own; a link is never cut.

    Args:
        blocks: what belongs together.
        limit: most UTF-16 units of a message; at least 16, so that anything fits.
    """
    if limit < 16:
        raise ValueError(f"no message is as short as {limit}")
    parts: list[Formatted] = []
    current = Formatted()
    for block in blocks:
        both = joined((current, block), "\n\n")
        if _fits(both, limit):
            current = both
            continue
        if current.text:
            parts.append(current)
        *full, current = _cut_up(block, limit)
        parts.extend(full)
    return tuple(part.to_part() for part in (*parts, current) if part.text.strip())


def stacked(top: Formatted, below: Part) -> Part | None:
    """A message with something above it, an empty line between; None where that is too much for one."""
    head = top.to_part()
    text = f"{head.text}\n\n{below.text}"
    moved = MessageEntity.shift_entities(units(text) - units(below.text), below.entities)
    entities = (*head.entities, *moved)
    return Part(text, entities) if units(text) <= MAX_UNITS and len(entities) <= MAX_MARKS else None


def _cut_up(block: Formatted, limit: int) -> list[Formatted]:
    pieces: list[Formatted] = []
    rest = block.slice(0, len(block.text))
    while not _fits(rest, limit):
        at = _cut_at(rest, limit)
        pieces.append(rest.slice(0, at))
        rest = rest.slice(at, len(rest.text))
    return [*pieces, rest]


def _fits(text: Formatted, limit: int) -> bool:
    return units(text.text) <= limit and len(text.marks) <= MAX_MARKS


def _cut_at(text: Formatted, limit: int) -> int:
    """Where to end the first message: as late as possible, at the best kind of end in its second half."""
    most = _longest(text.text, limit)
    if len(text.marks) > MAX_MARKS:
        most = max(1, min(most, sorted(mark.start for mark in text.marks)[MAX_MARKS]))
    for ends in _ENDS:
        found = [match.end() for match in ends.finditer(text.text, most // 2, most)]
        whole = [at for at in found if _between_links(text.marks, at) == at]
        if whole:
            return whole[-1]
    return _between_links(text.marks, _between_letters(text.text, most)) or most


def _longest(text: str, limit: int) -> int:
    """How many characters fit into so many units."""
    left = limit
    for at, character in enumerate(text):
        left -= 2 if character > "\uffff" else 1
        if left < 0:
            return at
    return len(text)


def _between_letters(text: str, at: int) -> int:
    """Not before a mark that belongs to the letter in front of it."""
    cut = at
    while cut > 1 and _combines(text[cut : cut + 1]):
        cut -= 1
    return cut if cut > 1 else at


def _between_links(marks: Sequence[Mark], at: int) -> int:
    """The nearest place before ``at`` that cuts no link."""
    return min((mark.start for mark in marks if mark.kind is LINK and mark.start < at < mark.end), default=at)


def _combines(character: str) -> bool:
    return character != "" and (
        unicodedata.category(character) in ("Mn", "Me", "Mc") or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE or character in _BLANK_LETTERS


def _moved(marks: Sequence[Mark], by: int) -> tuple[Mark, ...]:
    return tuple(replace(mark, start=mark.start + by, end=mark.end + by) for mark in marks)


def _trimmed(text: str, mark: Mark) -> Mark:
    piece = text[mark.start : mark.end]
    start = mark.start + len(piece) - len(piece.lstrip())
    return replace(mark, start=start, end=start + len(piece.strip()))
