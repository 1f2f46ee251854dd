"""What an RTF group has in force: where its text goes, its font, properties of characters and paragraph."""

from __future__ import annotations

import copy
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from retrieval.readers.story import Story
from retrieval.readers.style_names import CONTENTS_FIELD, heading_level, is_contents, is_title

_BODY_LEVEL = 9
_MOST_FALLBACK = 100


class Destination(enum.Enum):
    """Where text of a group goes."""

    TEXT = enum.auto()
    SKIP = enum.auto()
    FONTS = enum.auto()
    STYLES = enum.auto()
    NUMBER = enum.auto()
    INSTRUCTION = enum.auto()
    TITLE = enum.auto()


@dataclass(slots=True)
class Field:
    """A field: what it does, and where its result goes."""

    shown_in: Destination
    outer: Field | None
    instruction: str = ""

    @property
    def is_contents(self) -> bool:
        """Whether it, or one that it lies in, is a table of contents."""
        inner: Field | None = self
        while inner is not None:
            if CONTENTS_FIELD.match(inner.instruction):
                return True
            inner = inner.outer
        return False


@dataclass(slots=True)
class State:
    """A group's properties; a group within it begins with a copy.

    Attributes:
        around: where text goes when the group turns out to hold the wanted one of two.
        fallback: characters after one of Unicode that stand for it in old programs.
        east_asian: whether properties of "the other script" are about Chinese characters.
        outline: the paragraph's own outline level, from 0; None for its style's.
    """

    story: Story
    destination: Destination = Destination.TEXT
    around: Destination = Destination.TEXT
    font: int = -1
    fallback: int = 1
    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    east_asian: bool = False
    field: Field | None = None
    in_table: bool = False
    style: int = 0
    outline: int | None = None

    def copy(self) -> State:
        """For a group that opens."""
        return copy.copy(self)

    def plain(self, font: int) -> None:
        """Take character properties back."""
        self.bold = self.hidden = self.deleted = self.east_asian = False
        self.font = font

    def paragraph(self) -> None:
        """Take paragraph properties back."""
        self.in_table, self.style, self.outline = False, 0, None


def _set_paragraph(state: State, _number: int | None) -> None:
    state.paragraph()


def _set_bold(state: State, number: int | None) -> None:
    state.bold = number != 0


def _set_other_bold(state: State, number: int | None) -> None:
    if state.east_asian:  # else it is about Hebrew and Arabic letters
        state.bold = number != 0


def _set_east_asian(state: State, _number: int | None) -> None:
    state.east_asian = True


def _set_not_east_asian(state: State, _number: int | None) -> None:
    state.east_asian = False


def _set_hidden(state: State, number: int | None) -> None:
    state.hidden = number != 0


def _set_deleted(state: State, number: int | None) -> None:
    state.deleted = number != 0


def _set_in_table(state: State, number: int | None) -> None:
    state.in_table = number != 0


def _set_nesting(state: State, number: int | None) -> None:
    state.in_table = bool(number)


def _set_fallback(state: State, number: int | None) -> None:
    state.fallback = min(max(1 if number is None else number, 0), _MOST_FALLBACK)


PROPERTIES: Mapping[bytes, Callable[[State, int | None], None]] = {
    b"pard": _set_paragraph,
    b"b": _set_bold,
    b"ab": _set_other_bold,
    b"dbch": _set_east_asian,
    **dict.fromkeys((b"loch", b"hich", b"rtlch", b"ltrch"), _set_not_east_asian),
    b"v": _set_hidden,
    b"deleted": _set_deleted,
    b"intbl": _set_in_table,
    b"itap": _set_nesting,
    b"uc": _set_fallback,
}
"""Words that change a group's properties and nothing else."""


@dataclass(slots=True)
class _Style:
    name: str = ""
    outline: int | None = None


@dataclass(slots=True)
class Styles:
    """Paragraph styles by number."""

    by_number: dict[int, _Style] = field(default_factory=dict)
    _number: int = 0
    _open: _Style = field(default_factory=_Style)

    def begin(self, number: int) -> None:
        """The definition that is read is of this style."""
        self._number = number

    def outlined(self, level: int) -> None:
        """It makes headings of this level, from 0."""
        self._open.outline = level

    def add(self, text: str) -> None:
        """Characters of its name."""
        self._open.name += text

    def end(self) -> None:
        """It is whole."""
        self._open.name = self._open.name.strip().removesuffix(";").partition(",")[0].strip()
        if self._open.name:
            self.by_number.setdefault(self._number, self._open)
        self._number, self._open = 0, _Style()

    def level(self, number: int, own: int | None) -> int:
        """1 to 9 where a paragraph is a heading.

        Args:
            number: of its style.
            own: the outline level that it sets itself, from 0.
        """
        style = self.by_number.get(number, _Style())
        outline = own if own is not None else style.outline
        if outline is not None:
            return outline + 1 if 0 <= outline < _BODY_LEVEL else 0
        return heading_level(style.name)

    def is_title(self, number: int) -> bool:
        """Whether the style is that of the document's title."""
        return is_title(self.by_number.get(number, _Style()).name)

    def is_contents(self, number: int) -> bool:
        """Whether the style is that of a table of contents."""
        return is_contents(self.by_number.get(number, _Style()).name)
